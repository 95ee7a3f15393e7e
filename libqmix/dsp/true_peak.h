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
 * the values beside it (formulas in dsp/oversample.h; k = 32 under a Kaiser window of 5,
 * k = 6 under one of 7). Up to 0.47 of the rate they are exact within 0.02 dB. A point
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
 * a band of 0.03 of the rate below half of it, where music has next to nothing: 0.1 dB
 * for a lone sample or white noise, 2 dB for (+1, -1, ...) itself.
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
    QM_PEAK_HALF = 32, /* k of the half-band filters */
    QM_PEAK_QUARTER = 6,
    QM_PEAK_NEAR = 64, /* frames of the guard's window */
};

#define QM_PEAK_GUARD 0.6f
/* No point is further above the samples around it: the sum of the magnitudes of all taps
 * of any phase is 2.982, and the parabola adds 1 / 7.2 at most. */
#define QM_PEAK_REACH 3.4f

static const float qm_peak_half[QM_PEAK_HALF] = {
    0.63650252f,     -0.211243511f,   0.125643141f,    -0.0885737035f,  0.0676907744f,
    -0.0541755721f,  0.0446381857f,   -0.0374981971f,  0.0319201399f,   -0.0274212851f,
    0.0237035379f,   -0.0205730324f,  0.017898315f,    -0.0155871096f,  0.0135726961f,
    -0.0118055618f,  0.0102480908f,   -0.00887107749f, 0.00765137526f,  -0.00657027354f,
    0.00561235621f,  -0.00476468496f, 0.00401620722f,  -0.00335732242f, 0.00277956151f,
    -0.00227534903f, 0.00183782586f,  -0.0014607173f,  0.00113823509f,  -0.000865005148f,
    0.000636014773f, -0.000446574549f};
static const float qm_peak_quarter[QM_PEAK_QUARTER] = {0.622432732f,   -0.172795799f,
                                                       0.0708078776f,  -0.0272466062f,
                                                       0.00822614345f, -0.00142434713f};

/* A Hann window of 64 frames, every other one negative, its magnitudes adding up to one. */
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
    float loudest[QM_PEAK_LINE / QM_PEAK_BLOCK]; /* of each block in the line */
    float near[4];                               /* |near| of the latest blocks */
    bool known; /* half[8 ...] was computed for the block before */
} QmPeakChannel;

typedef struct QmTruePeak {
    QmPeakChannel channel[2];
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

    const QmVec a = qm_vec_abs(qm_vec_load(x)), b = qm_vec_abs(qm_vec_load(x + 8));
    qm_peak_push(c->loudest, QM_PEAK_LINE / QM_PEAK_BLOCK,
                 qm_vec_loudest(qm_vec_max(a, b)));
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

/* Values halfway behind `count` registers of frames from x on. */
QM_INLINE void qm_peak_halves(const float *x, float *half, const int count)
{
    const QmPart zero = {0};
    QmPart sum[4];
    QM_EACH(u) sum[u] = zero;
    for (int i = QM_PEAK_HALF; i-- > 0;) {
        const QmPart tap = zero + qm_peak_half[i];
        const float *const after = x + 1 + i, *const before = x - i;
        QM_EACH(u)
        sum[u] += tap * (qm_part_load(after + QM_PART_LANES * u) +
                         qm_part_load(before + QM_PART_LANES * u));
    }
    QM_EACH(u) qm_part_store(half + QM_PART_LANES * u, sum[u]);
}

/* A block's points between samples and halves, which take turns: `u` are those just
 * before the points, `v` those just behind. */
QM_INLINE void qm_peak_between(const float *u, const float *v, float *points)
{
    const int count = QM_PEAK_BLOCK / QM_PART_LANES;
    const QmPart zero = {0};
    QmPart sum[4];
    QM_EACH(w) sum[w] = zero;
    _Pragma("GCC unroll 3") for (int i = QM_PEAK_QUARTER / 2; i-- > 0;)
    {
        const QmPart outer = zero + qm_peak_quarter[2 * i + 1];
        const QmPart inner = zero + qm_peak_quarter[2 * i];
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

/* The greatest magnitude of the block's points. */
QM_INLINE float qm_peak_points(QmPeakChannel *c, float floor)
{
    const float *const x = c->line + c->at, *const h = c->half + 5;
    if (!c->known)
        qm_peak_halves(x - 5, c->half, QM_PARTS);
    qm_peak_halves(x + 3, c->half + 8, 2 * QM_PARTS);
    float first[QM_PEAK_BLOCK], third[8 + QM_PEAK_BLOCK]; /* quarters behind a frame */
    qm_peak_between(x, h, first);
    qm_peak_between(h, x + 1, third + 8);

    QmVec most = {0};
    for (uint32_t k = 0; k < QM_PEAK_BLOCK; k += 8) {
        const QmVec a = qm_vec_max(qm_peak_load(x + k), qm_peak_load(first + k));
        const QmVec b = qm_vec_max(qm_peak_load(h + k), qm_peak_load(third + 8 + k));
        most = qm_vec_max(most, qm_vec_max(a, b));
    }
    const float loudest = qm_vec_loudest(most);
    if (loudest * 1.14f <= floor)
        return loudest;

    float before = 0; /* behind the last frame of the block before */
    for (int i = QM_PEAK_QUARTER / 2; i-- > 0;) {
        before += qm_peak_quarter[2 * i + 1] * (h[i] + x[-1 - i]);
        before += qm_peak_quarter[2 * i] * (x[i] + h[-1 - i]);
    }
    third[7] = before;
    for (uint32_t k = 0; k < QM_PEAK_BLOCK; k += 8) {
        const QmVec points[6] = {qm_peak_load(third + 7 + k), qm_peak_load(x + k),
                                 qm_peak_load(first + k),     qm_peak_load(h + k),
                                 qm_peak_load(third + 8 + k), qm_peak_load(x + k + 1)};
        const QmVec a = qm_vec_max(qm_peak_top(points), qm_peak_top(points + 1));
        const QmVec b = qm_vec_max(qm_peak_top(points + 2), qm_peak_top(points + 3));
        most = qm_vec_max(most, qm_vec_max(a, b));
    }
    return qm_vec_loudest(most);
}

QM_INLINE float qm_peak_of_channel(QmPeakChannel *c, float floor)
{
    float guard = c->near[0], loudest = c->loudest[0];
    for (uint32_t i = 1; i < 4; i++)
        guard = c->near[i] > guard ? c->near[i] : guard;
    for (uint32_t i = 1; i < QM_PEAK_LINE / QM_PEAK_BLOCK; i++)
        loudest = c->loudest[i] > loudest ? c->loudest[i] : loudest;
    const bool matters = loudest * QM_PEAK_REACH + guard > floor;
    const float peak = matters ? qm_peak_points(c, floor - guard) + guard : 0;
    c->known = matters;
    return peak;
}

static inline float qm_true_peak(QmTruePeak *s, const float *left, const float *right,
                                 float floor)
{
    qm_peak_take(&s->channel[0], left);
    qm_peak_take(&s->channel[1], right);
    const float l = qm_peak_of_channel(&s->channel[0], floor);
    const float r = qm_peak_of_channel(&s->channel[1], floor);
    return l > r ? l : r;
}

#endif
