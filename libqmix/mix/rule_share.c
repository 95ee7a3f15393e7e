/* dynamics.share. */
#include "mix/mix.h"

enum { WEIGHT, ATTACK, RELEASE, FLOOR };

static const QmParam params[] = {
    [WEIGHT] = {.name = "weight",
                .help = "of the strip: 3 dB: it wins by that",
                .unit = QM_UNIT_DB,
                .min = -40,
                .max = 40},
    [ATTACK] = {.name = "attack",
                .help = "time to hear 63 % of a rising level",
                .unit = QM_UNIT_MS,
                .min = 1,
                .max = 1000,
                .def = 10},
    [RELEASE] = {.name = "release",
                 .help = "time to forget 63 % of a falling level",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 200},
    [FLOOR] = {.name = "floor",
               .help = "level of all together below which gains stay",
               .unit = QM_UNIT_DB,
               .min = -120,
               .max = 0,
               .def = -60},
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

const QmRule qm_rule_dynamics_share = {
    .id = "dynamics.share",
    .key = "share",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS,
    .reads = "where strips go",
    .writes = "BUS.gain-share, BUS.gain-share.*, STRIP.weight",
    .doc = "who speaks gets the gain: Dugan sharing of the voices in front of their bus",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
