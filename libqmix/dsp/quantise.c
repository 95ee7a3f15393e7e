/* Quantising, and its inverse.
 *
 *   q = clamp(round_half_even(x * 2^(bits-1) + noise), -2^(bits-1), 2^(bits-1) - 1)
 *
 * x * 2^k is exact. A float below 2^23 in magnitude is rounded by adding and taking away
 * 2^23 with its own sign: there the spacing of floats is 1, so the addition itself
 * rounds, half to even, in the mode every thread has (R7); larger floats are whole
 * already. No conversion sees a value out of range (R4), which differs between machines.
 * The addition of noise rounds at 2^-8 of the last bit at most (16 bits at full scale).
 *
 * The way back is one exact conversion and one exact product, so a sample that came from
 * a file of up to 24 bits returns to it as it was.
 *
 * The loops are plain, so that compilers turn them into vectors of any width: comparisons
 * and maxima are of integers (a positive float's bits are in its order), which have no
 * special cases, and stats are maxima and counts, which no order of gathering can
 * change. */
#include "dsp/quantise.h"

#include "dsp/vec.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "samples are moved as little-endian"
#endif

typedef int16_t Int16 __attribute__((aligned(1), may_alias));
typedef int32_t Int32 __attribute__((aligned(1), may_alias));

enum { MAGNITUDE = 0x7fffffff, INFINITE = 0x7f800000 };

QM_INLINE int32_t bits_of(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

QM_INLINE float float_of(int32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void note_peak(int32_t peak, QmPcmStats *stats)
{
    const float x = float_of(peak);
    stats->peak = x > stats->peak ? x : stats->peak;
}

/* mask (all ones or zeros) ? a : b, without what a compiler could take for a branch. */
QM_INLINE float pick(int32_t mask, float a, float b)
{
    return float_of((bits_of(a) & mask) | (bits_of(b) & ~mask));
}

QM_INLINE float round_half_even(float x)
{
    const float magic = float_of(bits_of(0x1p23f) | (bits_of(x) & INT32_MIN));
    return pick(-((bits_of(x) & MAGNITUDE) < bits_of(0x1p23f)), (x + magic) - magic, x);
}

QM_INLINE void quantise_all(const float *x, const float *noise, size_t n, uint32_t bits,
                            int32_t *out, QmPcmStats *stats)
{
    const float scale = (float)(1 << (bits - 1)), top = scale - 1.0f;
    int32_t peak = 0, clipped = 0, not_finite = 0;
    for (size_t i = 0; i < n; i++) {
        const int32_t size = bits_of(x[i]) & MAGNITUDE;
        const int32_t finite = -(size < INFINITE);
        not_finite += 1 + finite;
        peak = (size & finite) > peak ? size & finite : peak;
        const float scaled = float_of(bits_of(x[i]) & finite) * scale;
        const float q = round_half_even(noise ? scaled + noise[i] : scaled);
        const int32_t over = -(q > top), under = -(q < -scale);
        clipped -= over + under;
        out[i] = (int32_t)pick(over, top, pick(under, -scale, q));
    }
    note_peak(peak, stats);
    stats->clipped += (uint64_t)clipped;
    stats->not_finite += (uint64_t)not_finite;
}

static void quantise(const float *x, const float *noise, size_t n, uint32_t bits,
                     int32_t *out, QmPcmStats *stats)
{
    if (noise) {
        quantise_all(x, noise, n, bits, out, stats);
    } else {
        quantise_all(x, NULL, n, bits, out, stats);
    }
}

static void clean(float *x, size_t n, float floor, QmPcmStats *stats)
{
    const int32_t least = bits_of(floor);
    int32_t peak = 0, not_finite = 0;
    for (size_t i = 0; i < n; i++) {
        const int32_t bits = bits_of(x[i]), size = bits & MAGNITUDE;
        const int32_t finite = -(size < INFINITE), kept = -(size >= least) & finite;
        not_finite += 1 + finite;
        peak = (size & kept) > peak ? size & kept : peak;
        x[i] = float_of(bits & kept);
    }
    note_peak(peak, stats);
    stats->not_finite += (uint64_t)not_finite;
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
        const QmVecI x = {upper24(in),      upper24(in + 3),  upper24(in + 6),
                          upper24(in + 9),  upper24(in + 12), upper24(in + 15),
                          upper24(in + 18), upper24(in + 21)};
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

#ifndef QM_BUILD_AVX2
const QmPcm *qm_pcm_best(void)
{
#if defined(__x86_64__) && !defined(QM_NO_AVX2)
    return __builtin_cpu_supports("avx2") ? &qm_pcm_avx2 : &qm_pcm_base;
#else
    return &qm_pcm_base;
#endif
}
#endif
