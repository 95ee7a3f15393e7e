/* A curve that bends a signal, without aliases, and what belongs around it: tape, tube.
 *
 *     x -> pre -> up 8x -> curve -> down -> post -> high-pass -> wet
 *     x -> latency -> dry          out = dry + mix * (wet - dry)
 *
 * The curve is the algebraic sigmoid s(u) = u / sqrt(1 + u^2) around a working point,
 * with a slope of one for small signals at any drive:
 *
 *     y = (s(drive x + bias) - s(bias)) / (drive s'(bias))
 *
 * computed without dividing by drive or losing digits where it is small (drive 0: y = x).
 * With u = drive x, r = sqrt(1 + bias^2), q = sqrt(1 + (u + bias)^2):
 *
 *     y = x r^2 (r (r + q) - bias (u + 2 bias)) / (q (r + q))
 *
 * A tone a sin(wt), h = drive a: harmonics H3 / H1 = h^2 / 8 and H2 / H1 = 3/4 h bias /
 * (1 + bias^2) while h is small, and at most r^3 (1 + bias / r) / drive comes out.
 *
 * Aliases. The curve has no corner: its branch points lie at u = -bias +- i, so harmonics
 * fall as exp(-n asinh(1 / h)) at bias 0. With a bias of up to 1/2 and h <= 8 (18 dB),
 * what folds back below 20 kHz from 384 kHz is below -90 dBFS for a tone of 7 kHz at 0
 * dBFS, with h <= 5 for one of 10 kHz.
 *
 * Pre and post are first-order shelves, each the inverse of the other (both by the
 * trapezoidal rule, so the inverse is exact): they choose which part of the spectrum is
 * bent and leave small signals as they were.
 *
 * The high-pass takes out the steady part that a bias makes, as a coupling capacitor does
 * (5 Hz: 0.26 dB at 20 Hz). Without bias or drive there is nothing to take, and the
 * signal keeps its lows and their phase. Its state is a sum of base and rest, as in
 * dsp/svf.h. */
#ifndef QM_DSP_SATURATOR_H
#define QM_DSP_SATURATOR_H

#include "base/qmath.h"
#include "dsp/dry_line.h"
#include "dsp/oversample.h"

#include <stdbool.h>

/* A first-order shelf: factor of its one-pole, gains below and above. */
enum { QM_SHELF_G, QM_SHELF_LOW, QM_SHELF_HIGH, QM_SHELF_COEFFS };

enum {
    QM_SATURATE_DRIVE, /* 1 / the level at which the curve bends */
    QM_SATURATE_BIAS,
    QM_SATURATE_MIX,    /* 0..1 */
    QM_SATURATE_BLOCK,  /* factor of the high-pass' one-pole */
    QM_SATURATE_STEADY, /* 1: the steady part is taken out, 0: there is none */
    QM_SATURATE_PRE,
    QM_SATURATE_POST = QM_SATURATE_PRE + QM_SHELF_COEFFS,
    QM_SATURATE_COEFFS = QM_SATURATE_POST + QM_SHELF_COEFFS,
};

#define QM_SATURATE_BLOCK_HZ 5.0

typedef struct QmSaturator {
    QmOversampler fast;
    QmDryLine dry;
    QmVec pre, post, base, rest;
} QmSaturator;

/* Oversampling for a rate: 384 kHz, or about as much, for any up to 192 kHz. */
static inline uint32_t qm_saturator_factor(double rate_hz)
{
    return rate_hz < 50e3 ? 8 : rate_hz < 100e3 ? 4 : 2;
}

static inline uint32_t qm_saturator_latency(double rate_hz)
{
    return qm_oversample_latency(qm_saturator_factor(rate_hz));
}

/* Frames until all is quiet: the filters' and what the high-pass still remembers after
 * 120 dB. */
static inline uint64_t qm_saturator_tail(double rate_hz)
{
    const double seconds = 13.8 / (2 * QM_PI * QM_SATURATE_BLOCK_HZ);
    return 4 * qm_saturator_latency(rate_hz) + (uint64_t)(seconds * rate_hz);
}

/* tan(pi f / rate) of a one-pole at `hz`, or at 0.49 of the rate. */
static inline double qm_pole_warp(double hz, double rate_hz)
{
    const double most = 0.49 * rate_hz;
    return qm_tan(QM_PI * (hz < most ? hz : most) / rate_hz);
}

/* A shelf and its inverse with corners at `zero_hz` and `pole_hz`: 1 far below both,
 * times `level`; c[2 * QM_SHELF_COEFFS]. */
static inline void qm_shelf_pair(double zero_hz, double pole_hz, double level,
                                 double rate_hz, float *c)
{
    const double zero = qm_pole_warp(zero_hz, rate_hz);
    const double pole = qm_pole_warp(pole_hz, rate_hz);
    float *const inverse = c + QM_SHELF_COEFFS;
    c[QM_SHELF_G] = (float)(pole / (1 + pole));
    c[QM_SHELF_LOW] = (float)level;
    c[QM_SHELF_HIGH] = (float)(level * pole / zero);
    inverse[QM_SHELF_G] = (float)(zero / (1 + zero));
    inverse[QM_SHELF_LOW] = (float)(1 / level);
    inverse[QM_SHELF_HIGH] = (float)(zero / (level * pole));
}

/* All coeffs but those of the shelves. */
static inline void qm_saturator_update(double drive, double bias, double mix,
                                       double rate_hz, float *c)
{
    const double pole = qm_pole_warp(QM_SATURATE_BLOCK_HZ, rate_hz);
    c[QM_SATURATE_DRIVE] = (float)drive;
    c[QM_SATURATE_BIAS] = (float)bias;
    c[QM_SATURATE_MIX] = (float)mix;
    c[QM_SATURATE_BLOCK] = (float)(pole / (1 + pole));
    c[QM_SATURATE_STEADY] = drive > 0 && bias > 0 ? 1 : 0;
}

QM_INLINE QmVec qm_shelf_tick(QmVec *state, const QmVec *c, QmVec x)
{
    const QmVec v = (x - *state) * c[QM_SHELF_G], low = v + *state;
    *state = low + v;
    return c[QM_SHELF_LOW] * low + c[QM_SHELF_HIGH] * (x - low);
}

/* `count` frames through the curve. */
QM_INLINE void qm_bend(QmVec *x, uint32_t count, QmVec drive, QmVec bias)
{
    const QmVec one = qm_vec(1), rr = one + bias * bias, r = qm_vec_sqrt(rr);
    const QmVec twice = bias + bias;
    for (uint32_t i = 0; i < count; i++) {
        const QmVec u = drive * x[i], at = u + bias, q = qm_vec_sqrt(one + at * at);
        const QmVec sum = r + q, above = r * sum - bias * (u + twice);
        x[i] = (x[i] * rr) * above / (q * sum);
    }
}

/* What is louder than this, or not a number, is not let into the filters. */
#define QM_SATURATE_MOST 1e4f

/* n <= QM_OVERSAMPLE_BLOCK frames in place; coeffs advance by `step` a frame (NULL: they
 * stand). */
static inline void qm_saturate(QmSaturator *s, uint32_t factor, QmVec *coeffs,
                               const QmVec *step, QmVec *io, uint32_t n, bool on_grid)
{
    enum { N = QM_SATURATE_COEFFS };
    QmVec moved[QM_OVERSAMPLE_BLOCK * N], in[QM_OVERSAMPLE_BLOCK];
    QmVec fast[QM_OVERSAMPLE_MAX * QM_OVERSAMPLE_BLOCK];
    const QmVec *const c = step ? moved : coeffs;
    const uint32_t stride = step ? N : 0;
    for (uint32_t i = 0; step && i < n; i++)
        for (uint32_t k = 0; k < N; k++)
            moved[i * N + k] = coeffs[k] += step[k];
    for (uint32_t i = 0; i < n; i++) {
        const QmVec x = qm_vec_min(qm_vec_max(io[i], qm_vec(-QM_SATURATE_MOST)),
                                   qm_vec(QM_SATURATE_MOST));
        in[i] = qm_shelf_tick(&s->pre, c + i * stride + QM_SATURATE_PRE, x);
    }
    qm_oversample_up(&s->fast, factor, in, n, fast);
    for (uint32_t i = 0, span; i < n; i += span) {
        const QmVec *const at = c + i * stride;
        span = step ? 1 : n;
        qm_bend(fast + i * factor, span * factor, at[QM_SATURATE_DRIVE],
                at[QM_SATURATE_BIAS]);
    }
    qm_oversample_down(&s->fast, factor, fast, n, in);
    qm_dry_line(&s->dry, qm_oversample_latency(factor), io, n);
    for (uint32_t i = 0; i < n; i++) {
        const QmVec *const at = c + i * stride;
        const QmVec bent = qm_shelf_tick(&s->post, at + QM_SATURATE_POST, in[i]);
        const QmVec steady = s->base + s->rest;
        const QmVec v = (bent - steady) * at[QM_SATURATE_BLOCK];
        s->rest += v + v;
        const QmVec wet = bent - at[QM_SATURATE_STEADY] * (steady + v);
        const QmVec mix = at[QM_SATURATE_MIX];
        io[i] = (qm_vec(1) - mix) * io[i] + mix * wet;
    }
    if (!on_grid)
        return;
    qm_vec_settle(&s->base, &s->rest);
    /* it fades for long: cut off at 10^-20, where nothing behind it is a denormal yet */
    s->base = qm_vec_flush(s->base * qm_vec(0x1p-33f)) * qm_vec(0x1p33f);
    QmVec *const states[] = {&s->pre, &s->post, &s->rest};
    for (uint32_t k = 0; k < sizeof states / sizeof *states; k++)
        *states[k] = qm_vec_flush(*states[k]);
}

#endif
