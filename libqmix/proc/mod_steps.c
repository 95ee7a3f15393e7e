/* steps: a list of values in time, over and over.
 *
 *   index = floor(beats / step) mod n
 *
 * counted from 1.1.1, whatever is played: a step begins on the frame to which its place
 * is rounded. With `smooth` the first part of a step is a straight line from the value
 * before. */
#include "proc/cycle.h"
#include "proc/modulator.h"

enum { STEP, SMOOTH, PARAMS };
enum { SIXTEENTH = 3, MAX_VALUES = 64 };

static const char *const all_lengths[] = QM_SYNC_NAMES;

static const QmParam params_table[PARAMS] = {
    [STEP] = {.name = "step",
              .help = "length of a step",
              .kind = QM_PARAM_CHOICE,
              .choices = all_lengths + 1, /* a step cannot be off */
              .def = SIXTEENTH},
    [SMOOTH] = {.name = "smooth",
                .help = "part of a step in which it slides to its value",
                .unit = QM_UNIT_PERCENT,
                .max = 100},
};
static const QmParam values_table[1] = {
    {.name = "value", .help = "of the step", .max = 1},
};

static double value_of(const QmModCall *call, int64_t index)
{
    const int64_t n = call->n_groups;
    const int64_t i = (index % n + n) % n;
    return call->params[PARAMS + i];
}

static QmModValue value(const QmModCall *call)
{
    if (call->n_groups == 0)
        return (QmModValue){0, 0};
    const double step = qm_sync_beats(1 + (uint32_t)call->params[STEP]);
    const double steps = (call->beats + 0.5 / call->beat_frames) / step;
    int64_t index = (int64_t)steps;
    index -= steps < (double)index;
    const double passed = steps - (double)index;
    const double smooth = call->params[SMOOTH] / 100.0;
    double share = value_of(call, index);
    if (passed < smooth) {
        const double before = value_of(call, index - 1);
        share = before + (share - before) * passed / smooth;
    }
    return (QmModValue){share, share};
}

const QmModDesc qm_mod_steps = {
    .name = "steps",
    .summary = "a list of values in time, over and over",
    .params = params_table,
    .n_params = PARAMS,
    .group_name = "values",
    .group = values_table,
    .max_groups = MAX_VALUES,
    .value = value,
};
