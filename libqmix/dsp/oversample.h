/* Two, four or eight times the rate and back, over lanes: for what bends a signal.
 *
 *     QmVec fast[8 * QM_QUANTUM];                   up to QM_OVERSAMPLE_BLOCK frames
 *     qm_oversample_up(&s, factor, in, n, fast);    n frames become n * factor
 *     ... bend fast[0, n * factor) ...
 *     qm_oversample_down(&s, factor, fast, n, out); and n frames again
 *
 * The way up and down is a delay of qm_oversample_latency(factor) frames, exactly, and
 * changes nothing else below 0.4167 of the rate (20 kHz at 48 kHz): the response is flat
 * within 0.001 dB, images and what folds back there are below -100 dB. Between 0.4167
 * and 0.5 of the rate it falls to -12 dB (-6 dB each way). A dry share is best mixed in
 * at the high rate, where it is in time with what was bent.
 *
 * `factor` is 1, 2, 4 or 8 and does not change between resets (1 passes everything on).
 * Memory is of a gang; zero is rest. It holds nothing but input: there is nothing to
 * flush, infinity and NaN are gone after the latency, and any split of calls gives the
 * same bits.
 *
 * A strip alone has two lanes. `folded` gives it all eight: a call is of 4 n frames then,
 * always as many, and lanes 2c and 2c + 1 are left and right of frames [c n, c n + n).
 * What a lane remembers is what its neighbour is given.
 *
 * Stages of doubled rate, each a half-band filter: a symmetric FIR of length 4k - 1 whose
 * every other tap is zero, so that half of what comes out is what went in, and the other
 * half is k products of folded pairs:
 *
 *     up     y[2m] = x[m - k]        y[2m + 1] = sum over i < k of
 *                                       g[i] (x[m - k + 1 + i] + x[m - k - i])
 *     down   y[m] = (v[2m - 2k] + sum over i < k of
 *                       g[i] (v[2m - 2k + 1 + 2i] + v[2m - 2k - 1 - 2i])) / 2
 *
 * Both are late by 2k frames of the high rate, so that the whole is late by whole frames.
 * The first stage is steep; the others need only keep the images apart that the stage
 * before left, so they are short.
 *
 *     stage   k    window    stop band (of its high rate)    below
 *     2x     20    10.4      0.2917, 28 kHz at 48 kHz       -102 dB
 *     4x      8    11.6      0.375                          -107 dB
 *     8x      6    11.8      0.427                          -113 dB
 *
 * Taps: g[i] = sinc(d / 2) w(d / 2k), d = 2i + 1, w Kaiser's window I0(b sqrt(1 - t^2)) /
 * I0(b) with the b above, divided by twice their sum: then the gain at 0 is one and, as a
 * half-band filter adds up to one with its mirror image, zero at half the high rate.
 * tests/unit/test_oversample.c computes the tables again and measures the responses.
 *
 * Speed, AVX2, up and down together: 2, 3.5 and 6 ns a sample and channel.
 *
 * Source: Bellanger, Daguet, Lepagnol (1974) for the half band; Kaiser (1974). */
#ifndef QM_DSP_OVERSAMPLE_H
#define QM_DSP_OVERSAMPLE_H

#include "dsp/vec.h"

#include <stdbool.h>

enum {
    QM_OVERSAMPLE_MAX = 8,
    QM_OVERSAMPLE_BLOCK = 64, /* most frames of a call, at the low rate */
    QM_HALF_BAND_2X = 20,     /* k of each stage, even in the last */
    QM_HALF_BAND_4X = 8,
    QM_HALF_BAND_8X = 6,
};

static const float qm_half_band_2x[QM_HALF_BAND_2X] = {
    0.634656991f,    -0.20638002f,     0.117826116f,   -0.0780822191f,
    0.0549059776f,   -0.0395472949f,   0.0286550694f,  -0.02065856f,
    0.0147050045f,   -0.01027132f,     0.00700130622f, -0.00463135162f,
    0.0029548862f,   -0.00180496886f,  0.00104555104f, -0.000566750036f,
    0.000281752329f, -0.000124165197f, 4.5306982e-05f, -1.13111888e-05f};
static const float qm_half_band_4x[QM_HALF_BAND_4X] = {0.62296583f,     -0.174336458f,
                                                       0.0731193807f,   -0.0298338531f,
                                                       0.010458378f,    -0.00284782338f,
                                                       0.000512853221f, -3.83078217e-05f};
static const float qm_half_band_8x[QM_HALF_BAND_8X] = {0.612108481f,   -0.148320556f,
                                                       0.045717241f,   -0.0110376929f,
                                                       0.00161076772f, -7.82399502e-05f};

/* The last frames that went into each stage. */
typedef struct QmOversampler {
    QmVec up_2x[2 * QM_HALF_BAND_2X], down_2x[4 * QM_HALF_BAND_2X];
    QmVec up_4x[2 * QM_HALF_BAND_4X], down_4x[4 * QM_HALF_BAND_4X];
    QmVec up_8x[2 * QM_HALF_BAND_8X], down_8x[4 * QM_HALF_BAND_8X];
    bool folded;
} QmOversampler;

/* Frames by which the way up and down is late. */
static inline uint32_t qm_oversample_latency(uint32_t factor)
{
    return (factor >= 2 ? 2 * QM_HALF_BAND_2X : 0) + (factor >= 4 ? QM_HALF_BAND_4X : 0) +
           (factor >= 8 ? QM_HALF_BAND_8X / 2 : 0);
}

/* What one register holds: a QmVec, or where that is two registers, half of it. Compilers
 * run out of registers where they have to keep both halves of everything. */
#ifdef __AVX2__
typedef QmVec QmPart;
#else
typedef float QmPart __attribute__((vector_size(16), may_alias));
#endif
enum { QM_PARTS = sizeof(QmVec) / sizeof(QmPart) };
QM_INLINE QmPart qm_part(float x) { return x - (QmPart){0}; }

/* sum[u], u < count: the folded sum around the place between at[u * step] and what is
 * `step` before it; small products first. Several at once, as each is a chain of
 * additions that wait for each other. */
QM_INLINE void qm_half_band(const float *taps, const int k, const QmPart *at,
                            const int step, const int count, QmPart *sum)
{
    QM_EACH(u) sum[u] = qm_part(0);
    for (int i = k; i-- > 0;) {
        const QmPart tap = qm_part(taps[i]);
        QM_EACH(u) sum[u] += tap * (at[(u + i) * step] + at[(u - i - 1) * step]);
    }
}

/* The frames of a call behind those that the stage remembers. */
QM_INLINE void qm_half_band_take(const QmVec *last, uint32_t n_last, const QmVec *in,
                                 uint32_t n, bool folded, QmVec *line)
{
    memcpy(line + n_last, in, n * sizeof *line);
    if (!folded)
        memcpy(line, last, n_last * sizeof *line);
    for (uint32_t i = n_last; folded && i-- > 0;)
        line[i] = qm_vec_march(last[i], line[i + n]);
}

QM_INLINE void qm_half_band_up_some(const float *taps, const int k, const QmPart *at,
                                    QmPart *out, const int count)
{
    QmPart sum[4];
    qm_half_band(taps, k, at + QM_PARTS, QM_PARTS, count, sum);
    QM_EACH(u) out[2 * u * QM_PARTS] = at[u * QM_PARTS];
    QM_EACH(u) out[(2 * u + 1) * QM_PARTS] = sum[u];
}

/* n frames become 2 n. */
QM_INLINE void qm_half_band_up(QmVec *last, const float *taps, const int k,
                               const QmVec *in, const uint32_t n, bool folded, QmVec *out)
{
    QmVec line[2 * QM_HALF_BAND_2X + QM_OVERSAMPLE_MAX / 2 * QM_OVERSAMPLE_BLOCK];
    qm_half_band_take(last, 2 * (uint32_t)k, in, n, folded, line);
    for (uint32_t part = 0; part < QM_PARTS; part++) {
        const QmPart *const at = (const QmPart *)(line + k) + part;
        QmPart *const to = (QmPart *)out + part;
        uint32_t m = 0;
        for (; m + 4 <= n; m += 4)
            qm_half_band_up_some(taps, k, at + m * QM_PARTS, to + 2 * m * QM_PARTS, 4);
        for (; m < n; m++)
            qm_half_band_up_some(taps, k, at + m * QM_PARTS, to + 2 * m * QM_PARTS, 1);
    }
    memcpy(last, line + n, 2 * (size_t)k * sizeof *line);
}

QM_INLINE void qm_half_band_down_some(const float *taps, const int k, const QmPart *at,
                                      QmPart *out, const int count)
{
    QmPart sum[4];
    qm_half_band(taps, k, at + QM_PARTS, 2 * QM_PARTS, count, sum);
    QM_EACH(u) out[u * QM_PARTS] = (at[2 * u * QM_PARTS] + sum[u]) * 0.5f;
}

/* 2 n frames become n. */
QM_INLINE void qm_half_band_down(QmVec *last, const float *taps, const int k,
                                 const QmVec *in, const uint32_t n, bool folded,
                                 QmVec *out)
{
    QmVec line[4 * QM_HALF_BAND_2X + QM_OVERSAMPLE_MAX * QM_OVERSAMPLE_BLOCK];
    qm_half_band_take(last, 4 * (uint32_t)k, in, 2 * n, folded, line);
    for (uint32_t part = 0; part < QM_PARTS; part++) {
        const QmPart *const at = (const QmPart *)(line + 2 * k) + part;
        QmPart *const to = (QmPart *)out + part;
        uint32_t m = 0;
        for (; m + 4 <= n; m += 4)
            qm_half_band_down_some(taps, k, at + 2 * m * QM_PARTS, to + m * QM_PARTS, 4);
        for (; m < n; m++)
            qm_half_band_down_some(taps, k, at + 2 * m * QM_PARTS, to + m * QM_PARTS, 1);
    }
    memcpy(last, line + 2 * n, 4 * (size_t)k * sizeof *line);
}

/* n <= QM_OVERSAMPLE_BLOCK frames become n * factor; `out` is not `in`. */
static inline void qm_oversample_up(QmOversampler *s, uint32_t factor, const QmVec *in,
                                    uint32_t n, QmVec *out)
{
    QmVec twice[2 * QM_OVERSAMPLE_BLOCK], four[4 * QM_OVERSAMPLE_BLOCK];
    if (factor == 1)
        memcpy(out, in, n * sizeof *out);
    if (factor >= 2)
        qm_half_band_up(s->up_2x, qm_half_band_2x, QM_HALF_BAND_2X, in, n, s->folded,
                        factor == 2 ? out : twice);
    if (factor >= 4)
        qm_half_band_up(s->up_4x, qm_half_band_4x, QM_HALF_BAND_4X, twice, 2 * n,
                        s->folded, factor == 4 ? out : four);
    if (factor >= 8)
        qm_half_band_up(s->up_8x, qm_half_band_8x, QM_HALF_BAND_8X, four, 4 * n,
                        s->folded, out);
}

/* n * factor frames become n; `out` may be `in`. */
static inline void qm_oversample_down(QmOversampler *s, uint32_t factor, const QmVec *in,
                                      uint32_t n, QmVec *out)
{
    QmVec twice[2 * QM_OVERSAMPLE_BLOCK], four[4 * QM_OVERSAMPLE_BLOCK];
    if (factor == 1)
        memmove(out, in, n * sizeof *out);
    if (factor >= 8)
        qm_half_band_down(s->down_8x, qm_half_band_8x, QM_HALF_BAND_8X, in, 4 * n,
                          s->folded, four);
    if (factor >= 4)
        qm_half_band_down(s->down_4x, qm_half_band_4x, QM_HALF_BAND_4X,
                          factor == 4 ? in : four, 2 * n, s->folded, twice);
    if (factor >= 2)
        qm_half_band_down(s->down_2x, qm_half_band_2x, QM_HALF_BAND_2X,
                          factor == 2 ? in : twice, n, s->folded, out);
}

#endif
