/* automation.pump. */
#include "mix/mix.h"
#include "proc/cycle.h"

enum { DEPTH, SYNC, SHAPE, CONFIDENCE };

static const char *const sync_names[] = QM_SYNC_NAMES;
static const char *const shape_names[] = {"saw-up", "sine", NULL};

static const QmParam params[] = {
    [DEPTH] = {.name = "depth",
               .help = "what is taken on the beat",
               .unit = QM_UNIT_PERCENT,
               .max = 90,
               .def = 30},
    [SYNC] = {.name = "sync",
              .help = "note from one to the next",
              .kind = QM_PARAM_CHOICE,
              .max = QM_SYNC_COUNT - 1,
              .choices = sync_names,
              .def = QM_SYNC_QUARTER},
    [SHAPE] = {.name = "shape",
               .help = "of the way back up",
               .kind = QM_PARAM_CHOICE,
               .max = 1,
               .choices = shape_names},
    [CONFIDENCE] = {.name = "confidence",
                    .help = "least confidence in a tempo that was measured",
                    .max = 1,
                    .def = 0.6},
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

const QmRule qm_rule_automation_pump = {
    .id = "automation.pump",
    .key = "pump",
    .stage = QM_STAGE_AUTOMATION,
    .passes = QM_PASS_STEMS,
    .reads = "tempo",
    .writes = "STRIP.tremolo.*",
    .doc = "the level pumps in tempo",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
