/* Stems have no tempo but the one that is heard in them. Where it is steady and sure, the
 * session gets it, for what keeps time in the mix: echoes, pulses, bars to cut at. A
 * session that somebody wrote has its own. */
#include "mix/mix.h"

enum { CONFIDENCE };

static const QmParam params[] = {
    {.name = "confidence", .help = "least that is trusted", .max = 1, .def = 0.6},
};

static void decide(QmMix *mix, const QmRule *rule, const double *settings,
                   uint32_t n_groups)
{
    const QmSongFacts *const song = mix->song;
    (void)n_groups;
    if (mix->log.session || song->bpm.why || !song->bpm_steady ||
        song->bpm_confidence < settings[CONFIDENCE])
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "detected", song->bpm, 2);
    qm_reason_number(&reason, "confidence", song->bpm_confidence, 2);
    qm_decide(mix, rule, &reason, song->bpm.value, "tempo");
}

const QmRule qm_rule_role_tempo = {
    .id = "role.tempo",
    .key = "tempo",
    .stage = QM_STAGE_ROLE,
    .passes = QM_PASS_STEMS,
    .reads = "tempo of the plain sum, how sure it is",
    .writes = "tempo",
    .doc = "Gives a session that is made of stems the tempo that is heard in them.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .mix = decide,
};
