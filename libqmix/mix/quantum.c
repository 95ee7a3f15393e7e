/* Units have either a fixed step, or so many digits: nobody hears 1 % of a frequency or
 * of a time. Steps are decimal, so that 0.1 dB is printed as such: the value is divided
 * by a whole number, not multiplied by a fraction. */
#include "mix/quantum.h"

#include "base/number.h"
#include "base/qmath.h"

#include <stdint.h>

typedef struct Grain {
    double parts;    /* of 1: 10 is a step of 0.1; 0: see digits */
    uint32_t digits; /* that count */
} Grain;

static const Grain grains[QM_UNIT_COUNT] = {
    [QM_UNIT_NONE] = {100, 0}, [QM_UNIT_DB] = {10, 0},      [QM_UNIT_HZ] = {0, 3},
    [QM_UNIT_MS] = {0, 2},     [QM_UNIT_S] = {0, 2},        [QM_UNIT_PERCENT] = {1, 0},
    [QM_UNIT_RATIO] = {10, 0}, [QM_UNIT_SEMITONE] = {1, 0}, [QM_UNIT_BPM] = {100, 0},
    [QM_UNIT_LU] = {10, 0},    [QM_UNIT_LUFS] = {10, 0},    [QM_UNIT_SAMPLES] = {1, 0},
    [QM_UNIT_DEGREE] = {1, 0},
};

static double rounded(double value)
{
    const double whole = (double)(int64_t)(value < 0 ? value - 0.5 : value + 0.5);
    return whole + 0.0;
}

/* To `digits` digits: 1234 has three of them in 1230. */
static double to_digits(double value, uint32_t digits)
{
    const double size = value < 0 ? -value : value;
    double unit = 1, parts = 1, most = 1;
    for (uint32_t i = 0; i < digits; i++)
        most *= 10;
    if (size == 0)
        return 0;
    while (size >= most * unit)
        unit *= 10;
    while (unit == 1 && parts < 1e9 && size * parts * 10 < most)
        parts *= 10;
    return unit > 1 ? rounded(value / unit) * unit : rounded(value * parts) / parts;
}

double qm_quantum(const QmParam *row, double value, double step)
{
    if (row->kind != QM_PARAM_NUMBER)
        return qm_param_clamp(row, value);
    value = qm_param_clamp(row, value);
    const Grain *const grain = &grains[row->unit];
    if (step > 0 && step < 1)
        value = rounded(value * rounded(1 / step)) / rounded(1 / step);
    else if (step > 0)
        value = rounded(value / step) * step;
    else if (grain->digits)
        value = to_digits(value, grain->digits);
    else
        value = rounded(value * grain->parts) / grain->parts;
    return qm_param_clamp(row, value);
}

void qm_value_print(const QmParam *row, double value, QmText *text)
{
    char quantity[QM_NUMBER_TEXT + 16];
    if (row->kind == QM_PARAM_SWITCH) {
        qm_text_add(text, value != 0 ? "yes" : "no");
    } else if (row->kind == QM_PARAM_CHOICE) {
        qm_text_add(text, row->choices[(uint32_t)value]);
    } else {
        qm_quantity_text(value, row->unit, quantity);
        qm_text_add(text, quantity);
    }
}
