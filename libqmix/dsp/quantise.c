/* Quantising, and its inverse.
 *
 *   q = clamp(round_half_even(x * 2^(bits-1) + noise), -2^(bits-1), 2^(bits-1) - 1)
 *
 * x * 2^k is exact. A float below 2^23 in magnitude is rounded by adding and taking away 2^23
 * with its own sign: there the spacing of floats is 1, so the addition itself rounds, half to
 * even, in the mode every thread has (R7); larger floats are whole already. No conversion sees
 * a value out of range (R4), which differs between machines. The addition of noise rounds at
 * 2^-8 of the last bit at most (16 bits at full scale).
 *
 * The way back is one exact conversion and one exact product, so a sample that came from a file
 * of up to 24 bits returns to it as it was.
 *
 * Stats are gathered by lane (maximum, counts), which no order of summing can change. */
#include "dsp/quantise.h"

#include "dsp/vec.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "samples are moved as little-endian"
#endif

typedef int16_t Int16 __attribute__((aligned(1), may_alias));
typedef int32_t Int32 __attribute__((aligned(1), may_alias));
typedef int32_t QmVecIU __attribute__((vector_size(32), aligned(4)));

/* Lanes of what stats hold. */
typedef struct Tally {
    QmVec peak;
    QmVecI clipped, not_finite; /* minus the count: a true comparison is -1 */
} Tally;

QM_INLINE QmVec drop_not_finite(QmVec x, Tally *tally)
{
    const QmVecI exponent = qm_veci(0x7f800000);
    const QmVecI bad = ((QmVecI)x & exponent) == exponent;
    tally->not_finite += bad;
    x = (QmVec)((QmVecI)x & ~bad);
    tally->peak = qm_vec_max(qm_vec_abs(x), tally->peak);
    return x;
}

static void add_up(const Tally *tally, QmPcmStats *stats)
{
    for (int lane = 0; lane < QM_LANES; lane++) {
        const float peak = tally->peak[lane];
        stats->peak = peak > stats->peak ? peak : stats->peak;
        stats->clipped += (uint64_t)-(int64_t)tally->clipped[lane];
        stats->not_finite += (uint64_t)-(int64_t)tally->not_finite[lane];
    }
}

QM_INLINE QmVec round_half_even(QmVec x)
{
    const QmVecI sign = (QmVecI)x & qm_veci(INT32_MIN);
    const QmVec magic = (QmVec)((QmVecI)qm_vec(0x1p23f) | sign);
    return qm_vec_select(qm_vec_abs(x) < qm_vec(0x1p23f), (x + magic) - magic, x);
}

QM_INLINE QmVecI quantise_lanes(QmVec x, QmVec noise, float scale, Tally *tally)
{
    x = drop_not_finite(x, tally);
    const QmVec bottom = qm_vec(-scale), top = qm_vec(scale - 1.0f);
    const QmVec q = round_half_even(x * qm_vec(scale) + noise);
    tally->clipped += (q > top) | (q < bottom);
    return __builtin_convertvector(qm_vec_max(qm_vec_min(q, top), bottom), QmVecI);
}

static void quantise(const float *x, const float *noise, size_t n, uint32_t bits, int32_t *out,
                     QmPcmStats *stats)
{
    const float scale = (float)(1 << (bits - 1));
    Tally tally = {0};
    size_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES) {
        const QmVec add = noise ? qm_vec_load(noise + i) : qm_vec(0.0f);
        *(QmVecIU *)(out + i) = quantise_lanes(qm_vec_load(x + i), add, scale, &tally);
    }
    if (i < n) {
        const size_t rest = (n - i) * sizeof(float);
        QmVec last = {0}, add = {0};
        memcpy(&last, x + i, rest);
        if (noise) {
            memcpy(&add, noise + i, rest);
        }
        const QmVecI q = quantise_lanes(last, add, scale, &tally);
        memcpy(out + i, &q, rest);
    }
    add_up(&tally, stats);
}

QM_INLINE QmVec clean_lanes(QmVec x, float floor, Tally *tally)
{
    x = drop_not_finite(x, tally);
    return (QmVec)((QmVecI)x & (qm_vec_abs(x) >= qm_vec(floor)));
}

static void clean(const float *x, size_t n, float floor, float *out, QmPcmStats *stats)
{
    Tally tally = {0};
    size_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES) {
        qm_vec_store(out + i, clean_lanes(qm_vec_load(x + i), floor, &tally));
    }
    if (i < n) {
        const size_t rest = (n - i) * sizeof(float);
        QmVec last = {0};
        memcpy(&last, x + i, rest);
        last = clean_lanes(last, floor, &tally);
        memcpy(out + i, &last, rest);
    }
    add_up(&tally, stats);
}

static void pack16(const int32_t *in, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        *(Int16 *)(out + 2 * i) = (int16_t)in[i];
    }
}

/* Four bytes are stored each time; the next sample overwrites the last of them. */
static void pack24(const int32_t *in, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        *(Int32 *)(out + 3 * i) = in[i];
    }
}

static void unpack16(const uint8_t *in, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (float)*(const Int16 *)(in + 2 * i) * 0x1p-15f;
    }
}

/* A sample's three bytes as the upper ones of 32 bits. */
QM_INLINE int32_t upper24(const uint8_t *in) { return *(const Int32 *)(in - 1) & ~0xff; }

static void unpack24(const uint8_t *in, size_t n, float *out)
{
    size_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES, in += 3 * QM_LANES) {
        const QmVecI x = {upper24(in),     upper24(in + 3),  upper24(in + 6),  upper24(in + 9),
                          upper24(in + 12), upper24(in + 15), upper24(in + 18), upper24(in + 21)};
        qm_vec_store(out + i, __builtin_convertvector(x, QmVec) * qm_vec(0x1p-31f));
    }
    for (; i < n; i++, in += 3) {
        out[i] = (float)upper24(in) * 0x1p-31f;
    }
}

const QmPcm QM_ISA(qm_pcm) = {
    .quantise = quantise,
    .clean = clean,
    .pack16 = pack16,
    .pack24 = pack24,
    .unpack16 = unpack16,
    .unpack24 = unpack24,
};

#ifndef __AVX2__
const QmPcm *qm_pcm_best(void)
{
#if defined(__x86_64__) && !defined(QM_NO_AVX2)
    return __builtin_cpu_supports("avx2") ? &qm_pcm_avx2 : &qm_pcm_base;
#else
    return &qm_pcm_base;
#endif
}
#endif
