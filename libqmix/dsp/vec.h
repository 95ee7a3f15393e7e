/* Eight lanes of float: the unit in which strips are computed together.
 *
 * One lane is one channel of one strip. Every operation here is elementwise IEEE arithmetic (or
 * moves whole lanes), so a lane's bits depend on that lane alone: a strip computed in a gang gives
 * the same samples as the strip computed by itself (D4, PERFORMANCE). A QmVec is one AVX2
 * register, or two SSE2/NEON registers; the compilers' vector extensions do the splitting.
 *
 * Files that use QmVec are built once plain and, on x86-64, once with -mavx2; what they export is
 * named through QM_ISA so that both builds live in one library. All functions here are inlined,
 * so no vector ever crosses a call. */
#ifndef QM_DSP_VEC_H
#define QM_DSP_VEC_H

#include <stdint.h>
#include <string.h>

enum { QM_LANES = 8 };

typedef float QmVec __attribute__((vector_size(32)));
typedef int32_t QmVecI __attribute__((vector_size(32)));
typedef float QmVecU __attribute__((vector_size(32), aligned(4))); /* unaligned access */

#define QM_INLINE static inline __attribute__((always_inline))

/* QM_ISA(name): the symbol of this build of a kernel file. */
#ifdef __AVX2__
#define QM_ISA(name) name##_avx2
#else
#define QM_ISA(name) name##_base
#endif

QM_INLINE QmVec qm_vec(float x) { return (QmVec){x, x, x, x, x, x, x, x}; }
QM_INLINE QmVecI qm_veci(int32_t x) { return (QmVecI){x, x, x, x, x, x, x, x}; }
QM_INLINE QmVec qm_vec_load(const float *p) { return *(const QmVecU *)p; }
QM_INLINE void qm_vec_store(float *p, QmVec x) { *(QmVecU *)p = x; }

#ifdef __AVX2__
#include <immintrin.h>
/* mask ? a : b, mask all ones or all zeros per lane (what a vector comparison gives). */
QM_INLINE QmVec qm_vec_select(QmVecI mask, QmVec a, QmVec b)
{
    return (QmVec)_mm256_blendv_ps((__m256)b, (__m256)a, (__m256)mask);
}
/* a > b ? a : b, b also when either is NaN: exactly what the comparison in C says (R4). */
QM_INLINE QmVec qm_vec_max(QmVec a, QmVec b)
{
    return (QmVec)_mm256_max_ps((__m256)a, (__m256)b);
}
/* a < b ? a : b */
QM_INLINE QmVec qm_vec_min(QmVec a, QmVec b)
{
    return (QmVec)_mm256_min_ps((__m256)a, (__m256)b);
}
#else
QM_INLINE QmVec qm_vec_select(QmVecI mask, QmVec a, QmVec b)
{
    return (QmVec)((mask & (QmVecI)a) | (~mask & (QmVecI)b));
}
QM_INLINE QmVec qm_vec_max(QmVec a, QmVec b) { return qm_vec_select(a > b, a, b); }
QM_INLINE QmVec qm_vec_min(QmVec a, QmVec b) { return qm_vec_select(a < b, a, b); }
#endif

QM_INLINE QmVec qm_vec_abs(QmVec x) { return (QmVec)((QmVecI)x & qm_veci(0x7fffffff)); }
/* 0 where |x| is below the smallest level that matters (rule R7), above any that could, infinite
 * or no number; x elsewhere. On the grid it frees state of denormals and of what was fed by
 * mistake. */
QM_INLINE QmVec qm_vec_flush(QmVec x)
{
    const QmVec a = qm_vec_abs(x);
    return (QmVec)((QmVecI)x & ((a > qm_vec(1e-30f)) & (a < qm_vec(1e30f))));
}

/* For sums that take many small steps: the state is base + rest, steps go to rest, and from time
 * to time this moves the sum into base and leaves the exact rounding error in rest. */
QM_INLINE void qm_vec_settle(QmVec *base, QmVec *rest)
{
    const QmVec sum = *base + *rest, from_rest = sum - *base;
    *rest = (*base - (sum - from_rest)) + (*rest - from_rest);
    *base = sum;
}

/* Left and right of each strip exchanged: lanes 1 0 3 2 5 4 7 6. */
QM_INLINE QmVec qm_vec_swap(QmVec x)
{
    return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6);
}

/* log2 for x >= 2^-126 (smaller clamped), |error| < 2e-7 + 2^-23 relative; 2^x for x in
 * [-126, 127] (clamped), 2 ulp. The same bits as qm_log2f and qm_exp2f below lane by lane. */
QM_INLINE QmVec qm_vec_log2(QmVec x)
{
    x = qm_vec_max(x, qm_vec(0x1p-126f));
    const QmVecI k = ((QmVecI)x - qm_veci(0x3f3504f3)) & qm_veci((int32_t)0xff800000);
    const QmVec m = (QmVec)((QmVecI)x - k);
    const QmVec e = __builtin_convertvector(k >> 23, QmVec);
    const QmVec s = (m - qm_vec(1.0f)) / (m + qm_vec(1.0f));
    const QmVec z = s * s;
    QmVec p = qm_vec(0x1.c79132p-2f);
    p = p * z + qm_vec(0x1.26ee5cp-1f);
    p = p * z + qm_vec(0x1.ec7234p-1f);
    return e + (s * qm_vec(0x1.715476p1f) + s * z * p);
}

QM_INLINE QmVec qm_vec_exp2(QmVec x)
{
    x = qm_vec_min(qm_vec_max(x, qm_vec(-126.0f)), qm_vec(127.0f));
    QmVec t = x + qm_vec(0x1.8p23f);
    const QmVecI k = (QmVecI)t;
    t = t - qm_vec(0x1.8p23f);
    const QmVec f = x - t;
    QmVec p = qm_vec(0x1.3f9068p-13f);
    p = p * f + qm_vec(0x1.5f0a66p-10f);
    p = p * f + qm_vec(0x1.3b30bp-7f);
    p = p * f + qm_vec(0x1.c6af78p-5f);
    p = p * f + qm_vec(0x1.ebfbd8p-3f);
    p = p * f + qm_vec(0x1.62e43p-1f);
    p = p * f + qm_vec(1.0f);
    return (QmVec)((QmVecI)p + (k << 23));
}

/* One lane's worth of the above, for strip-wise code: same algorithm, same bits. */
QM_INLINE float qm_log2f(float x) { return qm_vec_log2(qm_vec(x))[0]; }
QM_INLINE float qm_exp2f(float x) { return qm_vec_exp2(qm_vec(x))[0]; }

#endif
