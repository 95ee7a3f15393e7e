/* dynamics.multiband. */
#include "mix/mix.h"

enum { MIX, MAX_REDUCTION, EVEN_RANGE, EVEN_PLR, MAKEUP, DETECTOR };
enum { G_UPTO, G_THRESHOLD, G_RATIO, G_ATTACK, G_RELEASE, G_KNEE };

static const char *const detector_names[] = {"peak", "rms", NULL};

static const QmParam params[] = {
    [MIX] = {.name = "mix",
             .help = "share of the compressed signal",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 100},
    [MAX_REDUCTION] = {.name = "max-reduction",
                       .help = "thresholds are raised until no band loses more than that",
                       .unit = QM_UNIT_DB,
                       .min = 0.5,
                       .max = 40,
                       .def = 12},
    [EVEN_RANGE] = {.name = "even-range",
                    .help = "levels of 400 ms that move less than that need none",
                    .unit = QM_UNIT_DB,
                    .max = 40},
    [EVEN_PLR] = {.name = "even-plr",
                  .help = "and true peaks that are less than that above the loudness",
                  .unit = QM_UNIT_DB,
                  .max = 40},
    [MAKEUP] = {.name = "makeup",
                .help = "whether what it takes is given back, by loudness",
                .kind = QM_PARAM_SWITCH,
                .max = 1,
                .def = 1},
    [DETECTOR] = {.name = "detector",
                  .help = "what the levels are taken from",
                  .kind = QM_PARAM_CHOICE,
                  .max = 1,
                  .choices = detector_names,
                  .def = 1},
};

static const QmParam group[] = {
    [G_UPTO] = {.name = "upto",
                .help =
                    "upper end of the band, 0: as suits their number; none for the last",
                .unit = QM_UNIT_HZ,
                .max = 20000},
    [G_THRESHOLD] =
        {.name = "threshold",
         .help = "of a strip at -18 LUFS; moves with the loudness that is measured",
         .unit = QM_UNIT_DB,
         .min = -80,
         .max = 0,
         .def = -18},
    [G_RATIO] = {.name = "ratio",
                 .help = "input over output, in dB above the threshold",
                 .unit = QM_UNIT_RATIO,
                 .min = 1,
                 .max = 100,
                 .def = 3},
    [G_ATTACK] = {.name = "attack",
                  .help = "time to cover 63 % of a growing reduction",
                  .unit = QM_UNIT_MS,
                  .min = 0.01,
                  .max = 500,
                  .def = 10},
    [G_RELEASE] = {.name = "release",
                   .help = "time to cover 63 % of a shrinking reduction",
                   .unit = QM_UNIT_MS,
                   .min = 1,
                   .max = 5000,
                   .def = 100},
    [G_KNEE] = {.name = "knee",
                .help = "width of the bend around the threshold",
                .unit = QM_UNIT_DB,
                .max = 24,
                .def = 6},
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

const QmRule qm_rule_dynamics_multiband = {
    .id = "dynamics.multiband",
    .key = "multiband",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS | QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads = "lufs, range, plr; reductions, lufs behind the chain",
    .writes = "STRIP.multiband.*",
    .doc = "compresses bands apart from each other, where their levels move",
    .params = params,
    .n_params = QM_COUNT(params),
    .group_name = "bands",
    .group = group,
    .n_group = QM_COUNT(group),
    .max_groups = 5,
    .strip = strip,
};
