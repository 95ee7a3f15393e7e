/* The peaks between the samples of a stereo signal, as a limiter needs them: block by
 * block, and only as far as they matter.
 *
 *     peak = qm_true_peak(&s, left, right, floor);
 *
 * takes the next QM_PEAK_BLOCK frames and tells of the block QM_PEAK_AHEAD frames ago:
 * the greatest magnitude that either channel has from each of its frames up to the next
 * frame, that one included. If nothing there is above `floor`, it may be any number not
 * above floor: most blocks of quiet music need no interpolation then, and what floor is
 * cannot change a peak that is above it. Zero is rest.
 *
 * Four points a frame: a half-band filter gives the value between two samples, another
 * the values beside it (formulas in dsp/oversample.h; k = 24 under a Kaiser window of
 * 4.5, k = 6 under one of 7). Up to 0.46 of the rate they err by 0.03 dB at most. A point
 * that is above both its neighbours is a peak that has been missed by up to an eighth of
 * a period, 0.69 dB at half the rate. The parabola through the three is the better guess:
 *
 *     peak = y + (l - r)^2 / (8 ((y - l) + (y - r)))
 *
 * errs by -0.08 dB at most, and with 7.2 in place of 8 by +-0.025 dB for any tone up to
 * 0.47 of the rate (by 0.003 dB at a sixth of it).
 *
 * The guard. What lies just below half the rate has no peak that everybody agrees on: a
 * meter of 128 taps reads 2 dB more at the edge of a burst of (+1, -1, +1, ...) than one
 * of 64, and an ideal one without end. So what is found there is added on top:
 *
 *     near[b] = sum over 64 frames around block b of (-1)^i hann[i] x[i]
 *     peak += QM_PEAK_GUARD * max |near| of blocks b - 2 to b + 1
 *
 * a band of 0.03 of the rate below half of it, where music has next to nothing: 0.27 dB
 * for a lone sample, 0.2 dB for white noise, 6 dB for (+1, -1, ...) itself.
 *
 * Where nothing can be. A point is the straight line between the samples beside it plus a
 * sum of the line's second differences x[i - 1] - 2 x[i] + x[i + 1], which are small
 * where music is low: its taps less the line's, summed up twice. Their magnitudes add up
 * to 0.579 at most, parabola included to 0.628. So no point is above the loudest of its
 * block and the next frame by more than QM_PEAK_REACH times the greatest of them from 25
 * frames before the block to 26 behind.
 *
 * Sources: the need for four points and the way they are read, ITU-R BS.1770-5, annex 2;
 * how far a band-limited signal falls beside its peak: as its fastest sine at most. */
#ifndef QM_DSP_TRUE_PEAK_H
#define QM_DSP_TRUE_PEAK_H

#include "dsp/oversample.h"

#include <stdbool.h>

enum {
    QM_PEAK_BLOCK = 16,
    QM_PEAK_AHEAD = 48,  /* frames that a block waits for what comes behind it */
    QM_PEAK_BEHIND = 48, /* frames before it that are kept */
    QM_PEAK_LINE = QM_PEAK_BEHIND + QM_PEAK_BLOCK + QM_PEAK_AHEAD,
    QM_PEAK_ROOM = 128,
    QM_PEAK_HALF = 24, /* k of the half-band filters */
    QM_PEAK_QUARTER = 6,
    QM_PEAK_NEAR = 64, /* frames of the guard's window */
};

#define QM_PEAK_GUARD 1.0f /* from what meters of 48 to 256 taps read */
#define QM_PEAK_REACH 0.63f
#define QM_PEAK_ROUND 1.001f /* more than all roundings */

static const float qm_peak_half[QM_PEAK_HALF] = {
    0.636548968f,    -0.21072735f,    0.124703756f,    -0.0872426788f,  0.0659919524f,
    -0.0521338556f,  0.0422812512f,   -0.034856736f,   0.0290276269f,   -0.0243135453f,
    0.0204182118f,   -0.0171489842f,  0.014375013f,    -0.0120039988f,  0.00996857836f,
    -0.00821799919f, 0.00671284441f,  -0.00542159264f, 0.00431832295f,  -0.00338115675f,
    0.002591187f,    -0.00193173736f, 0.00138784891f,  -0.000945926183f};
static const float qm_peak_quarter[QM_PEAK_QUARTER] = {0.622432732f,   -0.172795799f,
                                                       0.0708078776f,  -0.0272466062f,
                                                       0.00822614345f, -0.00142434713f};

/* A Hann window of 64 frames, every other one negative, magnitudes adding up to one. */
static const float qm_peak_near[QM_PEAK_NEAR] = {
    1.88209968e-05f, -0.000169117032f, 0.000468261669f, -0.000913373982f, 0.00150016729f,
    -0.00222299047f, 0.00307488232f,   -0.00404763867f, 0.00513189133f,   -0.00631719837f,
    0.00759214462f,  -0.00894445167f,  0.010361096f,    -0.0118284347f,   0.0133323363f,
    -0.0148583176f,  0.0163916824f,    -0.0179176637f,  0.0194215653f,    -0.020888904f,
    0.0223055483f,   -0.0236578554f,   0.0249328016f,   -0.0261181087f,   0.0272023613f,
    -0.0281751177f,  0.0290270095f,    -0.0297498327f,  0.030336626f,     -0.0307817383f,
    0.031080883f,    -0.031231179f,    0.031231179f,    -0.031080883f,    0.0307817383f,
    -0.030336626f,   0.0297498327f,    -0.0290270095f,  0.0281751177f,    -0.0272023613f,
    0.0261181087f,   -0.0249328016f,   0.0236578554f,   -0.0223055483f,   0.020888904f,
    -0.0194215653f,  0.0179176637f,    -0.0163916824f,  0.0148583176f,    -0.0133323363f,
    0.0118284347f,   -0.010361096f,    0.00894445167f,  -0.00759214462f,  0.00631719837f,
    -0.00513189133f, 0.00404763867f,   -0.00307488232f, 0.00222299047f,   -0.00150016729f,
    0.000913373982f, -0.000468261669f, 0.000169117032f, -1.88209968e-05f};

typedef struct QmPeakChannel {
    float line[QM_PEAK_LINE + QM_PEAK_ROOM]; /* samples; a span of it, that moves on */
    uint32_t at; /* where the block that is told of is; 0: nowhere yet */
    float half[8 + QM_PEAK_BLOCK]; /* values behind frames [-5, 19) of the block */
    float near[4];                 /* |near| of the latest blocks */
} QmPeakChannel;

typedef struct QmTruePeak {
    QmPeakChannel channel[2];
    float loudest[4]; /* of the latest blocks */
    float bend[5];    /* of those before them, a frame early */
    bool known;       /* half[8 ...] were computed for the block before */
} QmTruePeak;

QM_INLINE float qm_vec_loudest(QmVec x)
{
    const float a = x[0] > x[4] ? x[0] : x[4], b = x[1] > x[5] ? x[1] : x[5];
    const float c = x[2] > x[6] ? x[2] : x[6], d = x[3] > x[7] ? x[3] : x[7];
    const float e = a > b ? a : b, f = c > d ? c : d;
    return e > f ? e : f;
}

/* Drops the oldest of `n` values. */
QM_INLINE void qm_peak_push(float *values, const uint32_t n, float x)
{
    for (uint32_t i = 0; i + 1 < n; i++)
        values[i] = values[i + 1];
    values[n - 1] = x;
}

/* The next block enters the line. */
QM_INLINE void qm_peak_take(QmPeakChannel *c, const float *x)
{
    if (c->at == QM_PEAK_BEHIND + QM_PEAK_ROOM)
        memcpy(c->line, c->line + QM_PEAK_ROOM + QM_PEAK_BLOCK,
               (QM_PEAK_LINE - QM_PEAK_BLOCK) * sizeof *x);
    c->at = c->at < QM_PEAK_BEHIND || c->at == QM_PEAK_BEHIND + QM_PEAK_ROOM
                ? QM_PEAK_BEHIND
                : c->at + QM_PEAK_BLOCK;
    float *const to = c->line + c->at + QM_PEAK_AHEAD;
    qm_vec_store(to, qm_vec_load(x));
    qm_vec_store(to + 8, qm_vec_load(x + 8));
    qm_vec_store(c->half, qm_vec_load(c->half + QM_PEAK_BLOCK));

    QmVec sum = {0};
    for (uint32_t i = 0; i < QM_PEAK_NEAR; i += QM_LANES)
        sum += qm_vec_load(qm_peak_near + i) * qm_vec_load(to - QM_PEAK_NEAR + 8 + i);
    const float near =
        ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
    qm_peak_push(c->near, 4, QM_PEAK_GUARD * (near < 0 ? -near : near));
}

/* Register by register, as in dsp/oversample.h. */
typedef QmPart QmPartU __attribute__((aligned(4)));
enum { QM_PART_LANES = QM_LANES / QM_PARTS };
QM_INLINE QmPart qm_part_load(const float *p) { return *(const QmPartU *)p; }
QM_INLINE void qm_part_store(float *p, QmPart x) { *(QmPartU *)p = x; }

/* What tap i adds to the values halfway behind frames from x on. */
QM_INLINE QmPart qm_peak_pair(const float *x, int i)
{
    return qm_part(qm_peak_half[i]) * (qm_part_load(x + 1 + i) + qm_part_load(x - i));
}

/* Values halfway behind `count` registers of frames from x on. Two sums each, as one
 * would be a chain of additions that wait for each other. */
QM_INLINE void qm_peak_halves(const float *x, float *half, const int count)
{
    QmPart odd[4], even[4];
    QM_EACH(u) odd[u] = even[u] = qm_part(0);
    for (int i = QM_PEAK_HALF; i > 0; i -= 2) {
        QM_EACH(u) odd[u] += qm_peak_pair(x + QM_PART_LANES * u, i - 1);
        QM_EACH(u) even[u] += qm_peak_pair(x + QM_PART_LANES * u, i - 2);
    }
    QM_EACH(u) qm_part_store(half + QM_PART_LANES * u, odd[u] + even[u]);
}

/* A block's points between samples and halves, which take turns: `u` are those just
 * before the points, `v` those just behind. */
QM_INLINE void qm_peak_between(const float *u, const float *v, float *points)
{
    const int count = QM_PEAK_BLOCK / QM_PART_LANES;
    QmPart sum[4];
    QM_EACH(w) sum[w] = qm_part(0);
    _Pragma("GCC unroll 3") for (int i = QM_PEAK_QUARTER / 2; i-- > 0;)
    {
        const QmPart outer = qm_part(qm_peak_quarter[2 * i + 1]);
        const QmPart inner = qm_part(qm_peak_quarter[2 * i]);
        QM_EACH(w)
        {
            const float *const before = u + QM_PART_LANES * w;
            const float *const after = v + QM_PART_LANES * w;
            sum[w] +=
                outer * (qm_part_load(before + 1 + i) + qm_part_load(after - 1 - i));
            sum[w] += inner * (qm_part_load(after + i) + qm_part_load(before - i));
        }
    }
    QM_EACH(w) qm_part_store(points + QM_PART_LANES * w, sum[w]);
}

/* p[1], or the top of the parabola through p[0..2] where p[1] is the highest of them. */
QM_INLINE QmVec qm_peak_top(const QmVec p[3])
{
    const QmVec a = p[1] - p[0], b = p[1] - p[2], zero = {0};
    const QmVec drop = qm_vec_max(a + b, qm_vec(1e-30f)) * qm_vec(7.2f);
    const QmVec more = (a - b) * (a - b) / drop;
    const QmVecI below = qm_vec_less(qm_vec_min(a, b), zero);
    return qm_vec_select(below, p[1], p[1] + more);
}

QM_INLINE QmVec qm_peak_load(const float *p) { return qm_vec_abs(qm_vec_load(p)); }

typedef struct QmPeakPoints {
    float first[QM_PEAK_BLOCK], third[8 + QM_PEAK_BLOCK]; /* quarters behind a frame */
} QmPeakPoints;

/* The points of the block of samples x, halves h; the greatest magnitudes of them. */
QM_INLINE QmVec qm_peak_points(const float *x, const float *h, QmPeakPoints *p)
{
    qm_peak_between(x, h, p->first);
    qm_peak_between(h, x + 1, p->third + 8);
    QmVec most = {0};
    for (uint32_t k = 0; k < QM_PEAK_BLOCK; k += 8) {
        const QmVec a = qm_vec_max(qm_peak_load(x + k), qm_peak_load(p->first + k));
        const QmVec b = qm_vec_max(qm_peak_load(h + k), qm_peak_load(p->third + 8 + k));
        most = qm_vec_max(most, qm_vec_max(a, b));
    }
    return most;
}

/* The greatest of the parabolas through its points. */
QM_INLINE QmVec qm_peak_tops(const float *x, const float *h, QmPeakPoints *p)
{
    float before = 0; /* three quarters behind the last frame of the block before */
    for (int i = QM_PEAK_QUARTER / 2; i-- > 0;) {
        before += qm_peak_quarter[2 * i + 1] * (h[i] + x[-1 - i]);
        before += qm_peak_quarter[2 * i] * (x[i] + h[-1 - i]);
    }
    p->third[7] = before;
    QmVec most = {0};
    for (uint32_t k = 0; k < QM_PEAK_BLOCK; k += 8) {
        const QmVec points[6] = {qm_peak_load(p->third + 7 + k), qm_peak_load(x + k),
                                 qm_peak_load(p->first + k),     qm_peak_load(h + k),
                                 qm_peak_load(p->third + 8 + k), qm_peak_load(x + k + 1)};
        const QmVec a = qm_vec_max(qm_peak_top(points), qm_peak_top(points + 1));
        const QmVec b = qm_vec_max(qm_peak_top(points + 2), qm_peak_top(points + 3));
        most = qm_vec_max(most, qm_vec_max(a, b));
    }
    return most;
}

/* What is added to the block's peak. */
QM_INLINE float qm_peak_guard(const QmPeakChannel *c)
{
    const float a = c->near[0] > c->near[1] ? c->near[0] : c->near[1];
    const float b = c->near[2] > c->near[3] ? c->near[2] : c->near[3];
    return a > b ? a : b;
}

/* The loudest sample of the block that came last, and how much the one before bends. */
QM_INLINE void qm_peak_survey(QmTruePeak *s)
{
    QmVec loudest = {0}, bend = {0};
    for (uint32_t k = 0; k < 2; k++) {
        const QmPeakChannel *const c = &s->channel[k];
        const float *const x = c->line + c->at + QM_PEAK_AHEAD, *const y = x - 16;
        for (uint32_t i = 0; i < QM_PEAK_BLOCK; i += QM_LANES) {
            const QmVec a = qm_vec_load(y + i - 2), b = qm_vec_load(y + i - 1);
            bend = qm_vec_max(bend, qm_vec_abs((a - b) - (b - qm_vec_load(y + i))));
            loudest = qm_vec_max(loudest, qm_peak_load(x + i));
        }
    }
    qm_peak_push(s->loudest, 4, qm_vec_loudest(loudest));
    qm_peak_push(s->bend, 5, qm_vec_loudest(bend));
}

/* Whether anything in the block can be above the floor. */
QM_INLINE bool qm_peak_matters(const QmTruePeak *s, float floor)
{
    const float l = qm_peak_guard(&s->channel[0]), r = qm_peak_guard(&s->channel[1]);
    float bend = s->bend[0];
    for (uint32_t i = 1; i < 5; i++)
        bend = s->bend[i] > bend ? s->bend[i] : bend;
    const float a = s->loudest[0], b = s->loudest[1];
    const float most = (a > b ? a : b) + QM_PEAK_REACH * bend;
    return most * QM_PEAK_ROUND + (l > r ? l : r) > floor;
}

/* What is computed is written and read again by halves, so both channels go through each
 * step before the next. */
static inline float qm_true_peak(QmTruePeak *s, const float *left, const float *right,
                                 float floor)
{
    QmPeakChannel *const l = &s->channel[0], *const r = &s->channel[1];
    qm_peak_take(l, left);
    qm_peak_take(r, right);
    qm_peak_survey(s);
    const bool matters = qm_peak_matters(s, floor);
    const bool known = s->known;
    s->known = matters;
    if (!matters)
        return 0;
    for (uint32_t k = 0; k < 2; k++) {
        QmPeakChannel *const c = &s->channel[k];
        const float *const x = c->line + c->at;
        if (!known)
            qm_peak_halves(x - 5, c->half, QM_PARTS);
        qm_peak_halves(x + 3, c->half + 8, 2 * QM_PARTS);
    }
    QmPeakPoints a, b;
    const QmVec guard_l = qm_vec(qm_peak_guard(l)), guard_r = qm_vec(qm_peak_guard(r));
    const float *const x_l = l->line + l->at, *const x_r = r->line + r->at;
    const QmVec points_l = qm_peak_points(x_l, l->half + 5, &a);
    const QmVec points_r = qm_peak_points(x_r, r->half + 5, &b);
    const QmVec most = qm_vec_max(points_l * qm_vec(1.14f) + guard_l,
                                  points_r * qm_vec(1.14f) + guard_r);
    if (qm_vec_loudest(most) <= floor)
        return 0;
    const QmVec top_l = qm_peak_tops(x_l, l->half + 5, &a);
    const QmVec top_r = qm_peak_tops(x_r, r->half + 5, &b);
    return qm_vec_loudest(qm_vec_max(top_l + guard_l, top_r + guard_r));
}

#endif
