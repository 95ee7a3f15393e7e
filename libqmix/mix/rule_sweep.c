/* automation.sweep. */
#include "mix/mix.h"

enum { WHERE, TYPE, FROM, TO, LENGTH, CURVE, RESONANCE, SLOPE };

static const char *const where_names[] = {"start", "end", "before-loudest", NULL};
static const char *const type_names[] = {"low-pass", "high-pass", NULL};
static const char *const curve_names[] = {"linear", "exp", NULL};
static const char *const slope_names[] = {"12", "24", NULL};

static const QmParam params[] = {
    [WHERE] = {.name = "where",
               .help = "section over which the cutoff moves",
               .kind = QM_PARAM_CHOICE,
               .max = 2,
               .choices = where_names},
    [TYPE] = {.name = "type",
              .help = "what passes",
              .kind = QM_PARAM_CHOICE,
              .max = 1,
              .choices = type_names},
    [FROM] = {.name = "from",
              .help = "cutoff at its start",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 20000,
              .def = 300},
    [TO] = {.name = "to",
            .help = "cutoff at its end",
            .unit = QM_UNIT_HZ,
            .min = 20,
            .max = 20000,
            .def = 18000},
    [LENGTH] = {.name = "length",
                .help = "at most, before the section ends",
                .unit = QM_UNIT_S,
                .min = 0.5,
                .max = 120,
                .def = 16},
    [CURVE] = {.name = "curve",
               .help = "from one to the other",
               .kind = QM_PARAM_CHOICE,
               .max = 1,
               .choices = curve_names,
               .def = 1},
    [RESONANCE] = {.name = "resonance",
                   .help = "at the cutoff",
                   .unit = QM_UNIT_PERCENT,
                   .max = 80,
                   .def = 29},
    [SLOPE] = {.name = "slope",
               .help = "dB an octave",
               .kind = QM_PARAM_CHOICE,
               .max = 1,
               .choices = slope_names},
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

const QmRule qm_rule_automation_sweep = {
    .id = "automation.sweep",
    .key = "sweep",
    .stage = QM_STAGE_AUTOMATION,
    .passes = QM_PASS_STEMS,
    .reads = "sections",
    .writes = "STRIP.filter.*",
    .doc = "a filter that opens or closes over a section",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
