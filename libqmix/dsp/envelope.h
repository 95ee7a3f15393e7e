/* What dynamics processors are made of: levels, followers, holds, counts of what was
 * done.
 *
 * Pairs. A linked detector hears left and right of a strip as one, so that eight lanes
 * would hold every number twice. In a row of pairs they hold two frames instead: frame 2i
 * in the left lanes of row i, frame 2i + 1 in the right ones. That halves all logarithms
 * and powers. A block of n frames has (n + 1) / 2 such rows and room for one more (they
 * are computed two by two); where n is odd, the right lanes of the last row mean nothing.
 * What must wait for the last frame takes the two of a row one after the other. */
#ifndef QM_DSP_ENVELOPE_H
#define QM_DSP_ENVELOPE_H

#include "base/qmath.h"
#include "dsp/vec.h"

/* Levels and gains are logarithms to base 2 of amplitudes: a unit is 6.02 dB. */
#define QM_LOG2_PER_DB (3.32192809488736234787 / 20)

/* Rows of pairs that n frames take, and the room for them. */
#define QM_PAIRS(n)     (((n) + 1) / 2)
#define QM_PAIR_ROOM(n) ((n) / 2 + 1)

/* The left channels of two frames as a row of pairs, and the right ones. */
QM_INLINE void qm_pair_channels(QmVec one, QmVec next, QmVec *left, QmVec *right)
{
    *left = qm_vec_pair(one, qm_vec_lefts(next));
    *right = qm_vec_pair(qm_vec_rights(one), next);
}

/* Squares of the louder channel. */
QM_INLINE void qm_pairs_peak(const QmVec *in, uint32_t n, QmVec *pairs)
{
    for (uint32_t i = 0; i < n; i += 2) {
        QmVec l, r;
        qm_pair_channels(in[i], in[i + (i + 1 < n)], &l, &r);
        pairs[i / 2] = qm_vec_max(l * l, r * r);
    }
}

QM_INLINE void qm_pairs_log2(QmVec *pairs, uint32_t n)
{
    pairs[QM_PAIRS(n)] = qm_vec(0);
    for (uint32_t i = 0; i < n; i += 4)
        qm_vecs_log2(pairs + i / 2, 2);
}

QM_INLINE void qm_pairs_exp2(QmVec *pairs, uint32_t n)
{
    pairs[QM_PAIRS(n)] = qm_vec(0);
    for (uint32_t i = 0; i < n; i += 4)
        qm_vecs_exp2(pairs + i / 2, 2);
}

QM_INLINE void qm_pairs_apply(const QmVec *gains, uint32_t n, QmVec *io)
{
    for (uint32_t i = 0; i < n; i += 2) {
        io[i] *= qm_vec_lefts(gains[i / 2]);
        if (i + 1 < n)
            io[i + 1] *= qm_vec_rights(gains[i / 2]);
    }
}

/* The knee of a curve: what lies over the threshold, bent within `width` around it,
 *
 *     0  over <= -width/2;   (over + width/2)^2 / 2 width  between;   over  >= width/2
 *
 * without branches: over + width/2 held within [0, width] gives the parabola, what is
 * beyond width/2 is added. `parabola` is 1/2 over width. */
QM_INLINE QmVec qm_knee(QmVec over, QmVec width, QmVec parabola)
{
    const QmVec half = width * qm_vec(0.5f), zero = {0};
    const QmVec k = qm_vec_min(qm_vec_max(over + half, zero), width);
    return k * k * parabola + qm_vec_max(over - half, zero);
}

/* Its width out of dB, never 0. */
static inline float qm_knee_coeff(double db)
{
    return (float)((db > 0.001 ? db : 0.001) * QM_LOG2_PER_DB);
}

/* A one-pole's next value. */
QM_INLINE QmVec qm_approach(QmVec now, QmVec target, QmVec share)
{
    return (qm_vec(1) - share) * now + share * target;
}

/* A one-pole that goes down at its own pace and up at another. What is followed is base +
 * rest: a slow follower adds very small steps, which the small rest can hold. Settled on
 * the grid (dsp/svf.h); zero is rest. */
typedef struct QmFollower {
    QmVec base, rest;
} QmFollower;

QM_INLINE QmVec qm_follow(QmVec rest, QmVec target, QmVec down, QmVec up)
{
    return qm_vec_select(qm_vec_less(target, rest), qm_approach(rest, target, down),
                         qm_approach(rest, target, up));
}

QM_INLINE void qm_follower_flush(QmFollower *f)
{
    qm_vec_settle(&f->base, &f->rest);
    f->base = qm_vec_flush(f->base);
    f->rest = qm_vec_flush(f->rest);
}

/* Shares. A follower never quite arrives. Where it must (nothing to do: gain exactly 1;
 * all to do: exactly the depth that was asked for) it is sent this far past the ends of
 * 0..1 and what it says is held within. */
#define QM_SHARE_AIM 0x1p-12f

QM_INLINE QmVec qm_share_aim(QmVec share)
{
    return share * qm_vec(1 + 2 * QM_SHARE_AIM) - qm_vec(QM_SHARE_AIM);
}

QM_INLINE QmVec qm_share_clamp(QmVec share)
{
    return qm_vec_min(qm_vec_max(share, qm_vec(0)), qm_vec(1));
}

/* The highest of late stays for some frames before what is lower counts. Zero is rest. */
typedef struct QmHold {
    QmVec value, left; /* frames to stay; below 0 when over */
} QmHold;

QM_INLINE QmVec qm_hold(QmHold *h, QmVec target, QmVec frames)
{
    const QmVec left = h->left - qm_vec(1);
    const QmVecI falls = qm_vec_less(target, h->value);
    const QmVecI over = qm_vec_less(left, qm_vec(0));
    h->value = qm_vec_select(falls & ~over, h->value, target);
    h->left = qm_vec_select(falls, left, frames);
    return h->value;
}

/* The greatest of the last `window` values, as QmSlidingMin in dsp/lookahead.h, over
 * lanes. values[window + 1] belongs to the owner; all zero is rest, and no value is less.
 */
typedef struct QmSlidingMax {
    QmVec prefix; /* the greatest of the newer window */
    uint32_t window, index;
} QmSlidingMax;

QM_INLINE QmVec qm_sliding_max(QmSlidingMax *s, QmVec *values, QmVec x)
{
    QmVec *const v = values + s->index;
    s->prefix = qm_vec_max(s->prefix, x);
    const QmVec most = qm_vec_max(v[1], s->prefix);
    *v = x;
    if (++s->index == s->window) {
        for (uint32_t i = s->window - 1; i-- > 0;)
            values[i] = qm_vec_max(values[i + 1], values[i]);
        s->prefix = qm_vec(0);
        s->index = 0;
    }
    return most;
}

/* What was done to the gain since a reset: its least value and the sum of all. Whole
 * numbers add up to the same in any order, so that neither the split of calls nor the
 * places in a row matter. Zero is rest where values are <= 0. */
typedef struct QmTally {
    QmVec least;
    int64_t sum[QM_LANES]; /* in 2^-16 */
    uint64_t frames[4];    /* [0]; the others fill a row */
} QmTally;

/* Values of n <= 64 frames; below -126 they count as -126, above 1 they do not come. */
QM_INLINE void qm_pairs_tally(QmTally *t, const QmVec *pairs, uint32_t n)
{
    const QmVec lowest = qm_vec(-126), scale = qm_vec(0x1p16f);
    QmVec least = t->least;
    QmVecI sum = {0};
    for (uint32_t i = 0; i < n / 2; i++) {
        const QmVec x = qm_vec_max(pairs[i], lowest);
        least = qm_vec_min(x, least);
        sum += __builtin_convertvector(x * scale, QmVecI);
    }
    if (n % 2) {
        const QmVec x = qm_vec_max(qm_vec_lefts(pairs[n / 2]), lowest);
        least = qm_vec_min(x, least);
        sum += __builtin_convertvector(qm_vec_pair(x, qm_vec(0)) * scale, QmVecI);
    }
    t->least = least;
    for (uint32_t k = 0; k < QM_LANES; k++)
        t->sum[k] += sum[k];
    t->frames[0] += n;
}

QM_INLINE double qm_tally_least(const QmTally *t, uint32_t strip)
{
    const float l = t->least[2 * strip], r = t->least[2 * strip + 1];
    return (double)(l < r ? l : r);
}

QM_INLINE double qm_tally_mean(const QmTally *t, uint32_t strip)
{
    const double sum = (double)(t->sum[2 * strip] + t->sum[2 * strip + 1]);
    return t->frames[0] ? sum * 0x1p-16 / (double)t->frames[0] : 0;
}

#endif
