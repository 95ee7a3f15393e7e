/* automation.energy. */
#include "mix/mix.h"

enum { REVERB, DELAY, WIDTH, LEAST };

static const QmParam params[] = {
    [REVERB] = {.name = "reverb",
                .help = "how much more reverb the loudest section gets than the quietest",
                .unit = QM_UNIT_DB,
                .min = -12,
                .max = 12},
    [DELAY] =
        {.name = "delay", .help = "and delay", .unit = QM_UNIT_DB, .min = -12, .max = 12},
    [WIDTH] = {.name = "width", .help = "and width", .min = -0.5, .max = 0.5},
    [LEAST] = {.name = "least",
               .help = "difference of loudness between sections that is worth it",
               .unit = QM_UNIT_LU,
               .max = 20,
               .def = 3},
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

const QmRule qm_rule_automation_energy = {
    .id = "automation.energy",
    .key = "energy",
    .stage = QM_STAGE_AUTOMATION,
    .passes = QM_PASS_STEMS,
    .reads = "sections",
    .writes = "energy.macro.value@*, energy.N.*",
    .doc = "a macro that follows how loud the sections are, and moves sends and width",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = strip,
};
