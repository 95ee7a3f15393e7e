/* effects.modulate. */
#include "mix/mix.h"
#include "proc/cycle.h"

enum { TYPE, MIX, RATE, SYNC, DEPTH, TRANSIENT_RATIO, STEREO, VOICES, FEEDBACK, STAGES };

static const char *const type_names[] = {"chorus", "flanger", "phaser", NULL};
static const char *const sync_names[] = QM_SYNC_NAMES;

static const QmParam params[] = {
    [TYPE] = {.name = "type",
              .help = "what moves",
              .kind = QM_PARAM_CHOICE,
              .max = 2,
              .choices = type_names},
    [MIX] = {.name = "mix",
             .help = "share of the moving copies",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 30},
    [RATE] = {.name = "rate",
              .help = "swings a second",
              .unit = QM_UNIT_HZ,
              .min = 0.01,
              .max = 20,
              .def = 0.5},
    [SYNC] = {.name = "sync",
              .help = "length of a swing as a note, where the tempo is known",
              .kind = QM_PARAM_CHOICE,
              .max = QM_SYNC_COUNT - 1,
              .choices = sync_names},
    [DEPTH] = {.name = "depth",
               .help = "chorus, flanger: ms; phaser: octaves; 0: as is usual",
               .max = 20},
    [TRANSIENT_RATIO] = {.name = "transient-ratio",
                         .help = "strips above that are left alone: hits smear",
                         .max = 1,
                         .def = 1},
    [STEREO] = {.name = "stereo",
                .help = "by which the right side is ahead of the left, degrees",
                .max = 360,
                .def = 90},
    [VOICES] = {.name = "voices",
                .help = "of a chorus",
                .kind = QM_PARAM_INTEGER,
                .min = 1,
                .max = 6,
                .def = 3},
    [FEEDBACK] = {.name = "feedback",
                  .help = "of flanger and phaser",
                  .unit = QM_UNIT_PERCENT,
                  .min = -90,
                  .max = 90,
                  .def = 50},
    [STAGES] = {.name = "stages",
                .help = "of a phaser, two for a notch",
                .kind = QM_PARAM_INTEGER,
                .min = 2,
                .max = 12,
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

const QmRule qm_rule_effects_modulate = {
    .id = "effects.modulate",
    .key = "modulate",
    .stage = QM_STAGE_EFFECTS,
    .passes = QM_PASS_STEMS,
    .reads = "transient ratio",
    .writes = "STRIP.chorus.*, STRIP.flanger.*, STRIP.phaser.*",
    .doc = "chorus, flanger or phaser in the chain",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
