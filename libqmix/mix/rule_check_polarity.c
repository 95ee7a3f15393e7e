/* A stem that is there a second time with the opposite polarity takes the first one away:
 * the later one is muted, and the first is heard again. Where two only share a source
 * (top and bottom of a snare, a microphone and a line) and work against each other, it is
 * told of: the strip has no polarity that a rule could turn. */
#include "mix/check.h"

enum { SHARED, DELAY };

static const QmParam params[] = {
    [SHARED] = {.name = "shared",
                .help = "% of the spectrum that agrees, from which a copy is muted",
                .max = 100,
                .def = 97},
    [DELAY] = {.name = "delay",
               .help = "most by which a copy that is muted comes later",
               .unit = QM_UNIT_MS,
               .max = 50,
               .def = 1},
};

static void decide(QmMix *mix, const QmRule *rule, const double *settings,
                   uint32_t n_groups)
{
    (void)n_groups;
    const size_t n = mix->relations ? mix->relations->pairs.count : 0;
    for (size_t i = 0; i < n; i++) {
        const QmRelatedPair *const pair =
            (const QmRelatedPair *)mix->relations->pairs.items + i;
        const QmMixStrip *const first = &mix->strips[pair->first_at];
        const QmMixStrip *const second = &mix->strips[pair->second_at];
        if (!qm_same(pair->polarity, "inverted") || !qm_mix_heard(mix, first) ||
            !qm_mix_heard(mix, second))
            continue;
        QmReason reason = qm_reason(mix);
        qm_check_tell(&reason, pair);
        qm_reason_word(&reason, "polarity", pair->polarity);
        if (qm_check_same(mix, pair, settings[SHARED], settings[DELAY]))
            qm_check_mute(mix, rule, &reason, second);
        else
            qm_note(mix, rule, &reason, second->name);
    }
}

const QmRule qm_rule_check_polarity = {
    .id = "check.polarity",
    .key = "polarity",
    .stage = QM_STAGE_CHECK,
    .passes = QM_PASS_STEMS,
    .reads = "relations between stems, width",
    .writes = "STRIP.fader.mute",
    .doc = "Mutes what takes another stem away; tells of polarities that differ.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .mix = decide,
};
