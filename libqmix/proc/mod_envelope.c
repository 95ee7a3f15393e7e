/* envelope: follows the level of a strip.
 *
 *   level += (peak - level) * k        peak: the larger of |left| and |right|
 *   value  = min(1, level * gain)
 *
 * k is that of `attack` where the peak is above the level and that of `release` below
 * (1 - e^(-1 / frames): 63 % of a step in the time said; Zoelzer, DAFX, 2nd ed., 4.2). A
 * full-scale sound has the value 1; `gain` brings softer ones up. The value on a grid
 * line knows the sound in front of the line, none behind it. */
#include "base/qmath.h"
#include "proc/modulator.h"

enum { ATTACK, RELEASE, GAIN, TAP, PARAMS };

static const char *const tap_names[] = {"in", "pre", "post", NULL};

static const QmParam params_table[PARAMS] = {
    [ATTACK] = {.name = "attack",
                .help = "time in which it rises 63 % of a step",
                .unit = QM_UNIT_MS,
                .max = 1000,
                .def = 5},
    [RELEASE] = {.name = "release",
                 .help = "time in which it falls 63 % of a step",
                 .unit = QM_UNIT_MS,
                 .max = 5000,
                 .def = 120},
    [GAIN] = {.name = "gain",
              .help = "before the value: what a level of 1 is",
              .unit = QM_UNIT_DB,
              .min = -24,
              .max = 48},
    [TAP] = {.name = "tap",
             .help = "before the inserts, before the fader, behind it",
             .kind = QM_PARAM_CHOICE,
             .choices = tap_names,
             .def = QM_MOD_TAP_PRE,
             .flags = QM_PARAM_STRUCTURAL},
};

static double size_of(float x) { return x < 0.0f ? -(double)x : (double)x; }

static double follow(const double *params, double rate_hz, double state,
                     const float *left, const float *right, uint32_t n)
{
    const double rise = qm_one_pole(params[ATTACK] / 1000.0, rate_hz);
    const double fall = qm_one_pole(params[RELEASE] / 1000.0, rate_hz);
    double level = state;
    for (uint32_t i = 0; i < n; i++) {
        const double l = size_of(left[i]), r = size_of(right[i]);
        const double peak = l > r ? l : r;
        level += (peak - level) * (peak > level ? rise : fall);
    }
    return level > 1e-30 && level < 1e30 ? level : 0.0;
}

static QmModValue value(const QmModCall *call)
{
    const double level = call->start * qm_db_to_gain(call->params[GAIN]);
    const double share = level < 1.0 ? level : 1.0;
    return (QmModValue){share, share};
}

const QmModDesc qm_mod_envelope = {
    .name = "envelope",
    .summary = "follows the level of a strip",
    .params = params_table,
    .n_params = PARAMS,
    .flags = QM_MOD_LISTENS,
    .value = value,
    .follow = follow,
};
