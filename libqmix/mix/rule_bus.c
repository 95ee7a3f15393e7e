/* A compressor over the whole mix. Its threshold is relative to the loudness of what it
 * is fed, so that it does the same to loud and to soft mixes. */
#include "mix/mix.h"

enum { THRESHOLD, RATIO, ATTACK, RELEASE, KNEE };

static const QmParam params[] = {
    {.name = "threshold",
     .help = "above the loudness of the mix",
     .unit = QM_UNIT_DB,
     .min = -20,
     .max = 20,
     .def = 4},
    {.name = "ratio",
     .unit = QM_UNIT_RATIO,
     .help = "of it",
     .min = 1,
     .max = 10,
     .def = 1.5},
    {.name = "attack",
     .help = "long enough for drums to pass",
     .unit = QM_UNIT_MS,
     .min = 1,
     .max = 200,
     .def = 30},
    {.name = "release",
     .help = "of it",
     .unit = QM_UNIT_MS,
     .min = 10,
     .max = 2000,
     .def = 200},
    {.name = "knee", .help = "of it", .unit = QM_UNIT_DB, .max = 24, .def = 8},
};

static void decide(QmMix *mix, const QmRule *rule, const double *settings,
                   uint32_t n_groups)
{
    (void)n_groups;
    if (mix->sum->lufs.why)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "lufs", mix->sum->lufs, 1);
    qm_reason_measured(&reason, "plr", mix->sum->plr, 1);
    qm_decide(mix, rule, &reason, mix->sum->lufs.value + settings[THRESHOLD],
              "master.compressor.threshold");
    reason.origin = QM_ORIGIN_TEMPLATE;
    qm_decide(mix, rule, &reason, settings[RATIO], "master.compressor.ratio");
    qm_decide(mix, rule, &reason, settings[ATTACK], "master.compressor.attack");
    qm_decide(mix, rule, &reason, settings[RELEASE], "master.compressor.release");
    qm_decide(mix, rule, &reason, settings[KNEE], "master.compressor.knee");
}

const QmRule qm_rule_master_bus = {
    .id = "master.bus",
    .key = "bus",
    .stage = QM_STAGE_MASTER,
    .passes = QM_PASS_SUM,
    .reads = "loudness of what the master is fed",
    .writes = "master.compressor.*",
    .doc = "A gentle compressor over the mix, as genres want it.",
    .params = params,
    .n_params = QM_COUNT(params),
    .mix = decide,
};
