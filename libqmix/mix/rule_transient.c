/* Transient shaping: factors of attacks and of what follows them, as templates say, where
 * there are attacks at all, and no more of them where they stand out enough: crest is the
 * highest sample over the RMS. */
#include "mix/insert.h"

enum { ATTACK, SUSTAIN, TRANSIENT_RATIO, CREST, ATTACK_TIME, SUSTAIN_TIME };

static const QmParam params[] = {
    [ATTACK] = {.name = "attack",
                .help = "factor of attacks: 1 as they are, 2 is 6 dB more",
                .min = 0.1,
                .max = 8,
                .def = 1},
    [SUSTAIN] = {.name = "sustain",
                 .help = "factor of what follows them: 1 as it is",
                 .min = 0.1,
                 .max = 8,
                 .def = 1},
    [TRANSIENT_RATIO] = {.name = "transient-ratio",
                         .help = "below that there are no attacks to be shaped",
                         .max = 1},
    [CREST] = {.name = "crest",
               .help = "from that on attacks stand out enough: no more is added",
               .unit = QM_UNIT_DB,
               .max = 60,
               .def = 60},
    [ATTACK_TIME] = {.name = "attack-time",
                     .help = "that counts as attack: in full for half of it",
                     .unit = QM_UNIT_MS,
                     .min = 2,
                     .max = 200,
                     .def = 20},
    [SUSTAIN_TIME] = {.name = "sustain-time",
                      .help = "decays that are shorter (37 %) count as sustain",
                      .unit = QM_UNIT_MS,
                      .min = 50,
                      .max = 3000,
                      .def = 400},
};

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    if (!qm_mix_heard(mix, strip) || strip->raw->transient_ratio.why ||
        strip->raw->crest.why)
        return;
    const QmMeasured ratio = strip->raw->transient_ratio, crest = strip->raw->crest;
    const bool enough = crest.value >= settings[CREST] && settings[ATTACK] > 1;
    const double attack = enough ? 1 : settings[ATTACK];
    if (ratio.value < settings[TRANSIENT_RATIO] ||
        (attack == 1 && settings[SUSTAIN] == 1))
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "transient-ratio", ratio, 2);
    qm_reason_measured(&reason, "crest", crest, 1);
    qm_decide(mix, rule, &reason, attack, "%s.transient.attack", strip->name);
    qm_decide(mix, rule, &reason, settings[SUSTAIN], "%s.transient.sustain", strip->name);
    qm_insert_hand_on(mix, rule, strip, settings, ATTACK_TIME, strip->name, "transient");
}

const QmRule qm_rule_dynamics_transient = {
    .id = "dynamics.transient",
    .key = "transient",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS,
    .reads = "transient ratio, crest",
    .writes = "STRIP.transient.*",
    .doc = "More or less of attacks, and of what follows them.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
