/* dynamics.gate. */
#include "mix/mix.h"

enum { DEPTH, ABOVE, AUDIBLE, APART, PAUSES, RATIO, HYSTERESIS, ATTACK, HOLD, RELEASE };

static const QmParam params[] = {
    [DEPTH] = {.name = "depth",
               .help = "how far pauses are turned down",
               .unit = QM_UNIT_DB,
               .max = 80,
               .def = 12},
    [ABOVE] = {.name = "above",
               .help = "threshold above the noise floor",
               .unit = QM_UNIT_DB,
               .min = 3,
               .max = 40,
               .def = 12},
    [AUDIBLE] = {.name = "audible",
                 .help =
                     "noise floor below which it does not matter, in front of the fader",
                 .unit = QM_UNIT_DB,
                 .min = -120,
                 .max = 0,
                 .def = -66},
    [APART] = {.name = "apart",
               .help = "least distance from the noise floor to the loudness",
               .unit = QM_UNIT_DB,
               .max = 80,
               .def = 24},
    [PAUSES] = {.name = "pauses",
                .help = "least share of the time in which nothing plays",
                .max = 1,
                .def = 0.1},
    [RATIO] = {.name = "ratio",
               .help = "dB out for each dB in, below the threshold",
               .min = 1,
               .max = 100,
               .def = 4},
    [HYSTERESIS] = {.name = "hysteresis",
                    .help = "how far below the threshold it closes",
                    .unit = QM_UNIT_DB,
                    .max = 24,
                    .def = 6},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of an opening",
                .unit = QM_UNIT_MS,
                .min = 0.01,
                .max = 500,
                .def = 1},
    [HOLD] = {.name = "hold",
              .help = "time to stay open",
              .unit = QM_UNIT_MS,
              .max = 2000,
              .def = 50},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of a closing",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 100},
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

const QmRule qm_rule_dynamics_gate = {
    .id = "dynamics.gate",
    .key = "gate",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS,
    .reads = "noise floor, lufs, active",
    .writes = "STRIP.gate.*",
    .doc = "turns down what is heard in pauses, where a noise floor is measured that "
           "matters",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
