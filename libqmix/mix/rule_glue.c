/* dynamics.glue. */
#include "mix/mix.h"

enum { THRESHOLD, RATIO, ATTACK, RELEASE, KNEE, DETECTOR, MIX, KEY_LOW_CUT };

static const char *const detector_names[] = {"peak", "rms", NULL};

static const QmParam params[] = {
    [THRESHOLD] = {.name = "threshold",
                   .help = "of a bus at -18 LUFS; moves with what the bus carries",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 0,
                   .def = -18},
    [RATIO] = {.name = "ratio",
               .help = "input over output, in dB above the threshold",
               .unit = QM_UNIT_RATIO,
               .min = 1,
               .max = 100,
               .def = 2},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of a growing reduction",
                .unit = QM_UNIT_MS,
                .min = 0.01,
                .max = 500,
                .def = 30},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of a shrinking reduction",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 150},
    [KNEE] = {.name = "knee",
              .help = "width of the bend around the threshold",
              .unit = QM_UNIT_DB,
              .max = 24,
              .def = 6},
    [DETECTOR] = {.name = "detector",
                  .help = "what the level is taken from",
                  .kind = QM_PARAM_CHOICE,
                  .max = 1,
                  .choices = detector_names,
                  .def = 1},
    [MIX] = {.name = "mix",
             .help = "share of the compressed signal",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 100},
    [KEY_LOW_CUT] = {.name = "key-low-cut",
                     .help = "takes lows from what is listened to, 20 Hz: off",
                     .unit = QM_UNIT_HZ,
                     .min = 20,
                     .max = 10000,
                     .def = 20},
};

static void strip(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                  const double *settings, uint32_t n_groups)
{
    (void)mix;
    (void)rule;
    (void)strip;
    (void)settings;
    (void)n_groups;
}

const QmRule qm_rule_dynamics_glue = {
    .id = "dynamics.glue",
    .key = "glue",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads = "lufs of the strips of a bus",
    .writes = "BUS.compressor.*",
    .doc = "a compressor on the bus of a family",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
