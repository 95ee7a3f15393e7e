/* effects.saturate. */
#include "mix/mix.h"

enum { DRIVE, TYPE, EVEN_PLR, MIX, BIAS, BUMP, WOW, FLUTTER, ASYMMETRY, TONE };

static const char *const type_names[] = {"tape", "tube", "digital", NULL};

static const QmParam params[] = {
    [DRIVE] = {.name = "drive",
               .help = "how far it is pushed into the curve",
               .unit = QM_UNIT_PERCENT,
               .max = 60,
               .def = 30},
    [TYPE] = {.name = "type",
              .help = "what saturates",
              .kind = QM_PARAM_CHOICE,
              .max = 2,
              .choices = type_names},
    [EVEN_PLR] = {.name = "even-plr",
                  .help = "strips whose true peaks are less than that above their "
                          "loudness are dense already: none; from 6 dB more on in full",
                  .unit = QM_UNIT_DB,
                  .max = 40},
    [MIX] = {.name = "mix",
             .help = "share of what is saturated; tape: all",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 100},
    [BIAS] = {.name = "bias",
              .help = "of tape: even harmonics",
              .unit = QM_UNIT_PERCENT,
              .max = 100,
              .def = 10},
    [BUMP] = {.name = "bump",
              .help = "of tape: of the playback head, at 65 Hz",
              .unit = QM_UNIT_DB,
              .max = 6,
              .def = 1},
    [WOW] = {.name = "wow",
             .help = "of tape: slow error of the speed, peak",
             .unit = QM_UNIT_PERCENT,
             .max = 1},
    [FLUTTER] = {.name = "flutter",
                 .help = "of tape: fast error of the speed, peak",
                 .unit = QM_UNIT_PERCENT,
                 .max = 0.5},
    [ASYMMETRY] = {.name = "asymmetry",
                   .help = "of a tube: even harmonics",
                   .unit = QM_UNIT_PERCENT,
                   .max = 100,
                   .def = 30},
    [TONE] = {.name = "tone",
              .help = "of a tube: what is driven, 0: the lows, 100: the highs",
              .unit = QM_UNIT_PERCENT,
              .max = 100,
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

const QmRule qm_rule_effects_saturate = {
    .id = "effects.saturate",
    .key = "saturate",
    .stage = QM_STAGE_EFFECTS,
    .passes = QM_PASS_STEMS,
    .reads = "plr, clipped runs",
    .writes = "STRIP.tape.*, STRIP.tube.*, STRIP.digital.*",
    .doc = "warmth: tape, a tube, or an early converter in the chain",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
