/* Seeing a peak before it comes: the two halves of a look-ahead gain, both exact.
 *
 * QmSlidingMin: the least of the last `window` values (van Herk): time is cut into
 * windows; the least of a span that crosses one cut is the least of a suffix of the
 * older window and a prefix of the newer, three comparisons a value whatever the window.
 * A minimum is exact, so neither the split of calls nor the place of the cuts can change
 * a bit.
 *
 * QmSmoother: three boxes of `length` values in series, a bell of 3 length - 2 values
 * that starts and ends with slope zero. Running sums of floats drift (R12); these are
 * sums of whole numbers modulo 2^64 and cannot: three integrators, then the comb I[n] -
 * 3 I[n - length] + 3 I[n - 2 length] - I[n - 3 length] over one ring, in which all that
 * overflowed cancels. Values are reductions, 0 for gain 1, so zeroed memory is rest. */
#ifndef QM_DSP_LOOKAHEAD_H
#define QM_DSP_LOOKAHEAD_H

#include "dsp/delay_line.h"

typedef struct QmSlidingMin {
    uint32_t window;
    uint32_t index; /* values in the newer window */
    float prefix;   /* the least of them */
} QmSlidingMin;

/* values[window + 1] belongs to the owner; `rest` is what everything was so far, and no
 * value may be greater. */
QM_INLINE void qm_sliding_min_reset(QmSlidingMin *s, float *values, uint32_t window,
                                    float rest)
{
    *s = (QmSlidingMin){.window = window, .prefix = rest};
    for (uint32_t i = 0; i <= window; i++)
        values[i] = rest;
}

/* values[0, index) are those of the newer window; values[index, window) the least of all
 * from there to the end of the older window. At the end of a window they become such
 * minima, too. */
QM_INLINE void qm_sliding_min(QmSlidingMin *s, float *values, float *io, uint32_t n)
{
    while (n) {
        const uint32_t left = s->window - s->index, count = left < n ? left : n;
        float *const v = values + s->index;
        float least = s->prefix;
        for (uint32_t i = 0; i < count; i++) {
            const float x = io[i], older = v[i + 1];
            least = x < least ? x : least;
            v[i] = x;
            io[i] = least < older ? least : older;
        }
        s->prefix = least;
        s->index += count;
        io += count;
        n -= count;
        if (s->index < s->window)
            continue;
        const float rest = values[s->window];
        least = rest;
        for (uint32_t i = s->window; i-- > 0;)
            values[i] = least = values[i] < least ? values[i] : least;
        s->prefix = rest;
        s->index = 0;
    }
}

typedef uint64_t QmWords __attribute__((vector_size(32), aligned(8)));
typedef double QmDoubles __attribute__((vector_size(32), aligned(8)));
typedef float QmFloats __attribute__((vector_size(16), aligned(4)));

enum {
    QM_SMOOTHER_BITS = 30,
    QM_SMOOTHER_MAX = 1290 /* largest length: sums below 2^62 */
};

typedef struct QmSmoother {
    uint64_t sum[3];
    uint32_t length;
    uint32_t shift; /* makes a sum fit the 52 bits of a double */
    double scale;   /* from there to the reduction */
    QmRing ring;
} QmSmoother;

/* A ring of uint64_t for the owner to keep. */
QM_INLINE QmRing qm_smoother_ring(uint32_t length)
{
    return qm_ring(3 * length + QM_RING_BLOCK);
}

QM_INLINE void qm_smoother_reset(QmSmoother *s, uint32_t length)
{
    const double full = (double)length * length * length;
    *s = (QmSmoother){.length = length, .ring = qm_smoother_ring(length)};
    double sum = full * (1u << QM_SMOOTHER_BITS);
    for (; sum >= 0x1p52; sum *= 0.5)
        s->shift++;
    s->scale = 1.0 / sum;
}

/* The next four sums of sums of sums of a steady `x`. */
QM_INLINE QmWords qm_smoother_sums(uint64_t sum[3], uint64_t x)
{
    QmWords out;
    _Pragma("GCC unroll 4") for (uint32_t i = 0; i < 4; i++)
    {
        sum[0] += x;
        sum[1] += sum[0];
        out[i] = sum[2] += sum[1];
    }
    return out;
}

/* What the combs make of four sums, from 0 to 1. */
QM_INLINE QmFloats qm_smoother_combs(const QmSmoother *s, const uint64_t *const tap[4],
                                     uint32_t i)
{
    const double exponent = 0x1p52;
    QmWords bits;
    memcpy(&bits, &(QmDoubles){exponent, exponent, exponent, exponent}, sizeof bits);
    const QmWords inner = *(const QmWords *)(tap[1] + i) - *(const QmWords *)(tap[2] + i);
    const QmWords sum = *(const QmWords *)(tap[0] + i) - *(const QmWords *)(tap[3] + i) -
                        (inner + inner + inner);
    const QmDoubles whole = (QmDoubles)((sum >> s->shift) | bits) - exponent;
    return __builtin_convertvector(1.0 - whole * s->scale, QmFloats);
}

/* Takes a gain in (0, 1] that stands for n frames and gives n smooth ones, none above the
 * least of the 3 length - 2 gains that it is made of by more than the last rounding to
 * float. n is a multiple of 8, at most QM_RING_BLOCK. (Whole vectors are written, and
 * read as they were written: a processor waits where it has to put one together.) */
QM_INLINE void qm_smooth(QmSmoother *s, uint64_t *items, double gain, uint32_t n,
                         float *out)
{
    uint64_t sum[3] = {s->sum[0], s->sum[1], s->sum[2]}, *const fresh =
                                                             items + s->ring.at;
    const int64_t one = 1 << QM_SMOOTHER_BITS;
    const uint64_t reduction = (uint64_t)(one - (int64_t)(gain * (double)one));
    for (uint32_t i = 0; i < n; i += 4)
        *(QmWords *)(fresh + i) = qm_smoother_sums(sum, reduction);
    memcpy(s->sum, sum, sizeof sum);
    qm_ring_written(&s->ring, items, sizeof *items, n);

    const uint64_t *tap[4];
    for (uint32_t k = 0; k < 4; k++)
        tap[k] = items + qm_ring_back(&s->ring, n + k * s->length);
    for (uint32_t i = 0; i < n; i += 8) {
        const QmFloats a = qm_smoother_combs(s, tap, i);
        const QmFloats b = qm_smoother_combs(s, tap, i + 4);
        qm_vec_store(out + i, __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7));
    }
}

#endif
