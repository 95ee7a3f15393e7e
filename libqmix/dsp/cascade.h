/* Chains of equal sections, left and right, four sections of both a vector.
 *
 * Lanes 2k and 2k + 1 are section k of the left and of the right chain. Every frame each
 * section works on what the one before it gave some frames ago, so that none waits for
 * another: a chain costs as much as a single section, and is late by that many frames for
 * every section but the first.
 *
 * Dispersion: sections (a + z^-K) / (1 + a z^-K), first-order all-passes stretched by K.
 * One holds the frequency f back by K (1 - a^2) / (1 + a^2 + 2 a cos(2 pi f K / rate))
 * frames: with a > 0 most at rate / 2K, with a < 0 most at 0 and rate / K. (Stretched
 * all-passes for springs: Abel, Berners, Costello, Smith, "Spring reverb emulation using
 * dispersive allpass filters in a waveguide structure", AES 121, 2006.) */
#ifndef QM_DSP_CASCADE_H
#define QM_DSP_CASCADE_H

#include "base/qmath.h"
#include "dsp/vec.h"

/* A frame of left and right as the sections before the first would give it. */
QM_INLINE QmVec qm_vec_enter(float left, float right)
{
    return (QmVec){0, 0, 0, 0, 0, 0, left, right};
}

enum { QM_CASCADE_AT_ONCE = QM_LANES / 2 }; /* sections of each side in a vector */

typedef struct QmDisperse {
    uint32_t rows, stretch; /* vectors of sections; K */
    uint32_t at;            /* which of the last K frames comes next */
} QmDisperse;

/* Vectors to keep for it, at rest when zero. */
QM_INLINE size_t qm_disperse_vecs(const QmDisperse *d)
{
    return (size_t)2 * d->rows * d->stretch;
}

/* Frames by which all frequencies are late besides. */
QM_INLINE uint32_t qm_disperse_latency(const QmDisperse *d)
{
    return (QM_CASCADE_AT_ONCE * d->rows - 1) * d->stretch;
}

/* Frames by which one section holds back what turns by `turns` a frame. */
QM_INLINE double qm_disperse_delay(double a, uint32_t stretch, double turns)
{
    const double c = qm_cos_turns(turns * stretch);
    return stretch * (1 - a * a) / (1 + a * a + 2 * a * c);
}

/* One vector of sections in one frame: y and s are what K frames ago left. */
#ifdef __AVX2__
QM_INLINE void qm_disperse_cell(const QmVec *before, QmVec *ys, QmVec a)
{
    const QmVec x = qm_vec_march(*before, ys[0]), y = a * x + ys[1];
    ys[0] = y;
    ys[1] = x - a * y;
}
#else
QM_INLINE void qm_disperse_cell(const QmVec *before, QmVec *ys, QmVec a)
{
    const QmHalf *const from = (const QmHalf *)before, b = ((const QmHalf *)&a)[0];
    QmHalf *const to = (QmHalf *)ys;
    const QmHalf x = __builtin_shufflevector(from[1], to[0], 2, 3, 4, 5);
    const QmHalf u = __builtin_shufflevector(to[0], to[1], 2, 3, 4, 5);
    const QmHalf y = b * x + to[2], v = b * u + to[3];
    to[0] = y;
    to[1] = v;
    to[2] = x - b * y;
    to[3] = u - b * v;
}
#endif

/* m <= K frames, which do not depend on each other, of all rows; the last row first, for
 * it needs what the one before gave K frames ago. */
QM_INLINE void qm_disperse_rows(const QmDisperse *d, QmVec *items, QmVec a, uint32_t m,
                                const QmVec *in)
{
    const size_t row = (size_t)2 * d->stretch;
    for (uint32_t r = d->rows - 1; r > 0; r--) {
        QmVec *const ys = items + r * row + 2 * d->at;
        for (uint32_t j = 0; j < m; j++)
            qm_disperse_cell(ys - row + 2 * j, ys + 2 * j, a);
    }
    for (uint32_t j = 0; j < m; j++)
        qm_disperse_cell(in + j, items + 2 * (d->at + j), a);
}

/* n <= 64 frames of left and right in place; a: of the left, of the right chain, in all
 * pairs alike. */
QM_INLINE void qm_disperse(QmDisperse *d, QmVec *items, QmVec a, uint32_t n,
                           float *const io[2])
{
    const QmVec *const last = items + (size_t)2 * d->stretch * (d->rows - 1);
    for (uint32_t i = 0, m; i < n; i += m) {
        QmVec in[64];
        m = d->stretch - d->at < n - i ? d->stretch - d->at : n - i;
        for (uint32_t j = 0; j < m; j++)
            in[j] = qm_vec_enter(io[0][i + j], io[1][i + j]);
        qm_disperse_rows(d, items, a, m, in);
        for (uint32_t j = 0; j < m; j++) {
            const QmVec y = last[2 * (d->at + j)];
            io[0][i + j] = y[6];
            io[1][i + j] = y[7];
        }
        d->at = (d->at + m) % d->stretch;
    }
}

/* At a fixed place of the grid, when all has become quiet (R7). */
QM_INLINE void qm_disperse_flush(const QmDisperse *d, QmVec *items)
{
    for (size_t k = 0; k < qm_disperse_vecs(d); k++)
        items[k] = qm_vec_flush(items[k]);
}

/* The same with K = 1 and four vectors, which stay in registers: sixteen sections a
 * side. */
enum { QM_WHIP_ROWS = 4 };

typedef struct QmWhip {
    QmVec a, ys[QM_WHIP_ROWS][2];
} QmWhip;

/* The lows are held back by 16 / (pi hz) seconds, what is at `hz` by half of that: a =
 * (t - 1) / (t + 1) with t = tan(pi hz / rate). */
static inline void qm_whip_init(QmWhip *w, double hz, double rate_hz)
{
    const double t = qm_tan(QM_PI * (hz < 0.25 * rate_hz ? hz / rate_hz : 0.25));
    memset(w, 0, sizeof *w);
    w->a = qm_vec((float)((t - 1) / (t + 1)));
}

/* n frames of left and right in place. */
QM_INLINE void qm_whip_run(QmWhip *w, uint32_t n, float *const io[2])
{
    const QmVec a = w->a;
    QmVec ys[QM_WHIP_ROWS][2];
    memcpy(ys, w->ys, sizeof ys);
    for (uint32_t i = 0; i < n; i++) {
        QmVec before = qm_vec_enter(io[0][i], io[1][i]);
        _Pragma("GCC unroll 4") for (uint32_t r = 0; r < QM_WHIP_ROWS; r++)
        {
            const QmVec last = ys[r][0], x = qm_vec_march(before, last);
            const QmVec y = a * x + ys[r][1];
            ys[r][0] = y;
            ys[r][1] = x - a * y;
            before = last;
        }
        io[0][i] = ys[QM_WHIP_ROWS - 1][0][6];
        io[1][i] = ys[QM_WHIP_ROWS - 1][0][7];
    }
    memcpy(w->ys, ys, sizeof ys);
}

QM_INLINE void qm_whip_flush(QmWhip *w)
{
    for (uint32_t r = 0; r < QM_WHIP_ROWS; r++) {
        w->ys[r][0] = qm_vec_flush(w->ys[r][0]);
        w->ys[r][1] = qm_vec_flush(w->ys[r][1]);
    }
}

/* A steep low-pass: four second-order sections a side, TPT state variable filters (see
 * dsp/svf.h) in a chain. Three frames late besides. */
typedef struct QmSteep {
    QmVec a1, a2, a3;  /* of the sections */
    QmVec ic1, ic2, y; /* states, and what they gave last */
} QmSteep;

/* Chebyshev's filter of order 8: within 0.2 dB below `hz`, 24 dB down at 1.2 hz. Its
 * poles are -sinh(m) sin t, +-cosh(m) cos t, t = pi (2 k + 1) / 16, with m = asinh(1 /
 * sqrt(10^0.02 - 1)) / 8. */
static inline void qm_steep_init(QmSteep *f, double hz, double rate_hz)
{
    static const double sinh_m = 0.28258, cosh_m = 1.03916;
    memset(f, 0, sizeof *f);
    for (int k = 0; k < QM_CASCADE_AT_ONCE; k++) {
        const double turns = (2 * k + 1) / 32.0;
        const double re = sinh_m * qm_sin_turns(turns), im = cosh_m * qm_cos_turns(turns);
        const double w = qm_sqrt(re * re + im * im);
        const double g = w * qm_tan(QM_PI * hz / rate_hz),
                     a1 = 1 / (1 + g * (g + 2 * re / w));
        for (int side = 0; side < 2; side++) {
            f->a1[2 * k + side] = (float)a1;
            f->a2[2 * k + side] = (float)(g * a1);
            f->a3[2 * k + side] = (float)(g * g * a1);
        }
    }
}

/* n frames of left and right. */
QM_INLINE void qm_steep_run(QmSteep *f, uint32_t n, float *const io[2])
{
    const QmVec a1 = f->a1, a2 = f->a2, a3 = f->a3;
    QmVec ic1 = f->ic1, ic2 = f->ic2, y = f->y;
    for (uint32_t i = 0; i < n; i++) {
        const QmVec x = qm_vec_march(qm_vec_enter(io[0][i], io[1][i]), y);
        const QmVec v3 = x - ic2, v1 = a1 * ic1 + a2 * v3;
        y = ic2 + a2 * ic1 + a3 * v3;
        ic1 = v1 + v1 - ic1;
        ic2 = y + y - ic2;
        io[0][i] = y[6];
        io[1][i] = y[7];
    }
    f->ic1 = ic1;
    f->ic2 = ic2;
    f->y = y;
}

QM_INLINE void qm_steep_flush(QmSteep *f)
{
    f->ic1 = qm_vec_flush(f->ic1);
    f->ic2 = qm_vec_flush(f->ic2);
    f->y = qm_vec_flush(f->y);
}

#endif
