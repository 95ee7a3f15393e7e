/* automation.shape. */
#include "mix/mix.h"

enum { CURVE, LENGTH, FLOOR, SECTION };

static const char *const curve_names[] = {"fade-in", "fade-out", "swell", "dip", NULL};
static const char *const section_names[] = {"first", "last", "loudest", "quietest", NULL};

static const QmParam params[] = {
    [CURVE] = {.name = "curve",
               .help = "what the level does",
               .kind = QM_PARAM_CHOICE,
               .max = 3,
               .choices = curve_names},
    [LENGTH] = {.name = "length",
                .help = "of it, at most; 0: of the section",
                .unit = QM_UNIT_S,
                .max = 120,
                .def = 4},
    [FLOOR] = {.name = "floor",
               .help = "level at its lowest, beside the rest",
               .unit = QM_UNIT_DB,
               .min = -60,
               .max = 0,
               .def = -60},
    [SECTION] = {.name = "section",
                 .help = "of swell and dip",
                 .kind = QM_PARAM_CHOICE,
                 .max = 3,
                 .choices = section_names},
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

const QmRule qm_rule_automation_shape = {
    .id = "automation.shape",
    .key = "shape",
    .stage = QM_STAGE_AUTOMATION,
    .passes = QM_PASS_STEMS,
    .reads = "sections, levels at the ends",
    .writes = "STRIP.level.gain@*",
    .doc = "fade-in, fade-out, swell or dip as points of a lane",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
