/* A delay line that is read between its samples while the place moves: chorus, flanger.
 *
 *     y = sum over j of x[n - d - 8 + j] h(j - 8 + f),   delay = d + f, j = 0..15
 *
 * h is a sinc under a Kaiser window (beta 7) of eight crossings to a side, drawn for
 * QM_MOVING_PHASES places between two samples, straight in between: no more than
 * -63 dB off up to 0.36 of the rate (17 kHz at 48 kHz;
 * tests/unit/test_moving_tap.c). The delay is a double: a float's fraction is too coarse
 * behind a few thousand frames.
 *
 * The line is written twice, `size` items apart, so that taps are always side by side. */
#ifndef QM_DSP_MOVING_TAP_H
#define QM_DSP_MOVING_TAP_H

#include "dsp/sinc.h"

enum {
    QM_MOVING_TAPS = 16,
    QM_MOVING_PHASES = 256,
    QM_MOVING_LEAST = QM_MOVING_TAPS / 2 - 1, /* frames behind the newest */
};

typedef struct QmMovingTap {
    float rows[(QM_MOVING_PHASES + 1) * QM_MOVING_TAPS] __attribute__((aligned(64)));
} QmMovingTap;

static inline void qm_moving_tap_init(QmMovingTap *tap)
{
    const double beta = 7.0, half = QM_MOVING_TAPS / 2;
    for (uint32_t p = 0; p <= QM_MOVING_PHASES; p++) {
        double h[QM_MOVING_TAPS], sum = 0;
        for (uint32_t j = 0; j < QM_MOVING_TAPS; j++) {
            const double x = (double)j - half + (double)p / QM_MOVING_PHASES;
            const double edge = 1 - x * x / (half * half);
            const double sinc = x == 0 ? 1 : qm_sin_turns(0.5 * x) / (QM_PI * x);
            h[j] = edge > 0 ? sinc * qm_bessel_i0(beta * qm_sqrt(edge)) : 0;
            sum += h[j];
        }
        for (uint32_t j = 0; j < QM_MOVING_TAPS; j++)
            tap->rows[p * QM_MOVING_TAPS + j] = (float)(h[j] / sum);
    }
}

typedef struct QmMovingLine {
    uint32_t size, at;
} QmMovingLine;

/* A line for delays of up to `delay` frames; its owner keeps 2 * size floats. */
static inline QmMovingLine qm_moving_line(uint32_t delay)
{
    return (QmMovingLine){.size = delay + QM_MOVING_TAPS};
}

QM_INLINE void qm_moving_line_write(QmMovingLine *line, float *items, float x)
{
    items[line->at] = items[line->at + line->size] = x;
    line->at = line->at + 1 < line->size ? line->at + 1 : 0;
}

/* What was written `delay` frames before the newest, QM_MOVING_LEAST <= delay <= that of
 * the line: the lanes' sum (dsp/sinc.h). */
QM_INLINE QmVec qm_moving_line_wide(const QmMovingLine *line, const float *items,
                                    const QmMovingTap *tap, double delay)
{
    const uint32_t whole = (uint32_t)delay;
    const double place = (delay - whole) * QM_MOVING_PHASES;
    const uint32_t phase = (uint32_t)place;
    const QmVec part = qm_vec((float)(place - phase));
    const float *const row = tap->rows + phase * QM_MOVING_TAPS;
    const float *const x = items + line->at + line->size - 1 - whole - QM_MOVING_TAPS / 2;
    QmVec sum = qm_vec(0);
    for (uint32_t j = 0; j < QM_MOVING_TAPS; j += QM_LANES) {
        const QmVec a = qm_vec_load(row + j), b = qm_vec_load(row + QM_MOVING_TAPS + j);
        sum += (a + (b - a) * part) * qm_vec_load(x + j);
    }
    return sum;
}

QM_INLINE float qm_moving_line_read(const QmMovingLine *line, const float *items,
                                    const QmMovingTap *tap, double delay)
{
    return qm_sinc_sum(qm_moving_line_wide(line, items, tap, delay));
}

#endif
