/* dynamics.de-ess. */
#include "mix/mix.h"

enum { RANGE, SIBILANCE, FREQ, MAX_MEAN, THRESHOLD, Q, ATTACK, RELEASE };

static const QmParam params[] = {
    [RANGE] = {.name = "range",
               .help = "largest reduction",
               .unit = QM_UNIT_DB,
               .max = 30,
               .def = 6},
    [SIBILANCE] = {.name = "sibilance",
                   .help = "5 to 10 kHz beside 1 to 4 kHz, from which on it is too much",
                   .unit = QM_UNIT_DB,
                   .min = -40,
                   .max = 40,
                   .def = -12},
    [FREQ] = {.name = "freq",
              .help = "centre of the band of sibilants, 0: where most of them is",
              .unit = QM_UNIT_HZ,
              .max = 16000},
    [MAX_MEAN] = {.name = "max-mean",
                  .help = "mean reduction beyond which the threshold is raised: no lisp",
                  .unit = QM_UNIT_DB,
                  .max = 30,
                  .def = 1.5},
    [THRESHOLD] = {.name = "threshold",
                   .help = "level of the band beside all where it begins",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 0,
                   .def = -10},
    [Q] = {.name = "q",
           .help = "of the band: the higher, the narrower",
           .min = 0.3,
           .max = 8,
           .def = 1},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of the way down",
                .unit = QM_UNIT_MS,
                .min = 0.1,
                .max = 100,
                .def = 1},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of the way up",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 1000,
                 .def = 50},
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

const QmRule qm_rule_dynamics_de_ess = {
    .id = "dynamics.de-ess",
    .key = "de-ess",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS | QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads = "thirds; reduction",
    .writes = "STRIP.de-esser.*",
    .doc = "turns sibilants down, where the spectrum has too much of them",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
