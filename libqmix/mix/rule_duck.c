/* dynamics.duck. */
#include "mix/mix.h"

enum {
    BY,
    AMOUNT,
    THRESHOLD,
    RELEASE,
    BEAT,
    MAX_REDUCTION,
    RATIO,
    ATTACK,
    KNEE,
    KEY_LOW_CUT,
    KEY_HIGH_CUT
};

static const QmParam params[] = {
    [BY] = {.name = "by",
            .help = "role of the strip that is listened to: the loudest of them",
            .kind = QM_PARAM_CHOICE,
            .max = QM_ROLE_COUNT - 1,
            .choices = qm_role_names,
            .def = QM_ROLE_KICK},
    [AMOUNT] = {.name = "amount",
                .help = "share of the ducked signal",
                .unit = QM_UNIT_PERCENT,
                .max = 100,
                .def = 50},
    [THRESHOLD] = {.name = "threshold",
                   .help =
                       "of a key at -18 LUFS; moves with the loudness that is measured",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 0,
                   .def = -20},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of the way up",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 150},
    [BEAT] = {.name = "beat",
              .help = "part of a beat that the release lasts at most; 0: any",
              .max = 4,
              .def = 0.33},
    [MAX_REDUCTION] = {.name = "max-reduction",
                       .help = "the threshold is raised until no more than that is taken",
                       .unit = QM_UNIT_DB,
                       .min = 0.5,
                       .max = 40,
                       .def = 18},
    [RATIO] = {.name = "ratio",
               .help = "input over output, in dB above the threshold",
               .unit = QM_UNIT_RATIO,
               .min = 1,
               .max = 100,
               .def = 8},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of the way down",
                .unit = QM_UNIT_MS,
                .min = 0.01,
                .max = 500,
                .def = 1},
    [KNEE] = {.name = "knee",
              .help = "width of the bend around the threshold",
              .unit = QM_UNIT_DB,
              .max = 24,
              .def = 6},
    [KEY_LOW_CUT] = {.name = "key-low-cut",
                     .help = "takes lows from what is listened to, 20 Hz: off",
                     .unit = QM_UNIT_HZ,
                     .min = 20,
                     .max = 10000,
                     .def = 20},
    [KEY_HIGH_CUT] = {.name = "key-high-cut",
                      .help = "takes highs from what is listened to, 20 kHz: off",
                      .unit = QM_UNIT_HZ,
                      .min = 50,
                      .max = 20000,
                      .def = 20000},
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

const QmRule qm_rule_dynamics_duck = {
    .id = "dynamics.duck",
    .key = "duck",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS | QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads = "roles, lufs of the key, tempo; reduction",
    .writes = "STRIP.duck.*",
    .doc = "turns a strip down while another one is heard",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
