/* Eight lanes of float: the unit in which strips are computed together.
 *
 * One lane is one channel of one strip. Every operation here is elementwise IEEE
 * arithmetic (or moves whole lanes), so a lane's bits depend on that lane alone: a strip
 * computed in a gang gives the same samples as the strip computed by itself (D4,
 * PERFORMANCE). A QmVec is one AVX2 register, or two SSE2/NEON registers; the compilers'
 * vector extensions do the splitting.
 *
 * Files that use QmVec are built once plain and, on x86-64, once with -mavx2; what they
 * export is named through QM_ISA so that both builds live in one library. All functions
 * here are inlined, so no vector ever crosses a call. */
#ifndef QM_DSP_VEC_H
#define QM_DSP_VEC_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { QM_LANES = 8 };

typedef float QmVec __attribute__((vector_size(32)));
typedef int32_t QmVecI __attribute__((vector_size(32)));
typedef float QmVecU __attribute__((vector_size(32), aligned(4))); /* unaligned access */

#define QM_INLINE static inline __attribute__((always_inline))

/* QM_ISA(name): the symbol of this build of a kernel file. The Makefile says which build
 * it is: with -mavx2 for the whole tree, there is one, and it is called base. */
#ifdef QM_BUILD_AVX2
#define QM_ISA(name) name##_avx2
#else
#define QM_ISA(name) name##_base
#endif

QM_INLINE QmVec qm_vec(float x) { return (QmVec){x, x, x, x, x, x, x, x}; }
QM_INLINE QmVecI qm_veci(int32_t x) { return (QmVecI){x, x, x, x, x, x, x, x}; }
QM_INLINE QmVec qm_vec_load(const float *p) { return *(const QmVecU *)p; }
QM_INLINE void qm_vec_store(float *p, QmVec x) { *(QmVecU *)p = x; }

/* What differs between the builds, in code but not in bits. Comparing or shuffling whole
 * QmVecs means the same everywhere, but where a QmVec is two registers gcc does it float
 * by float. */
#ifdef __AVX2__
#include <immintrin.h>
/* a < b, as a mask: all ones or all zeros per lane. */
QM_INLINE QmVecI qm_vec_less(QmVec a, QmVec b) { return a < b; }
/* mask ? a : b */
QM_INLINE QmVec qm_vec_select(QmVecI mask, QmVec a, QmVec b)
{
    return (QmVec)_mm256_blendv_ps((__m256)b, (__m256)a, (__m256)mask);
}
/* a > b ? a : b, b also when either is NaN: exactly what the comparison in C says
 * (R4). */
QM_INLINE QmVec qm_vec_max(QmVec a, QmVec b)
{
    return (QmVec)_mm256_max_ps((__m256)a, (__m256)b);
}
/* a < b ? a : b */
QM_INLINE QmVec qm_vec_min(QmVec a, QmVec b)
{
    return (QmVec)_mm256_min_ps((__m256)a, (__m256)b);
}
/* IEEE square root, correctly rounded. */
QM_INLINE QmVec qm_vec_sqrt(QmVec x) { return (QmVec)_mm256_sqrt_ps((__m256)x); }
/* Left and right of each strip exchanged: lanes 1 0 3 2 5 4 7 6. */
QM_INLINE QmVec qm_vec_swap(QmVec x)
{
    return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6);
}
/* Left of each strip, and right, in both its lanes. */
QM_INLINE QmVec qm_vec_lefts(QmVec x)
{
    return __builtin_shufflevector(x, x, 0, 0, 2, 2, 4, 4, 6, 6);
}
QM_INLINE QmVec qm_vec_rights(QmVec x)
{
    return __builtin_shufflevector(x, x, 1, 1, 3, 3, 5, 5, 7, 7);
}
/* Left lanes of a, right lanes of b. */
QM_INLINE QmVec qm_vec_pair(QmVec a, QmVec b)
{
    return __builtin_shufflevector(a, b, 0, 9, 2, 11, 4, 13, 6, 15);
}
/* Pairs one place on: the last pair of `before`, then the first three of `here`. */
QM_INLINE QmVec qm_vec_march(QmVec before, QmVec here)
{
    return __builtin_shufflevector(before, here, 6, 7, 8, 9, 10, 11, 12, 13);
}
#else
typedef float QmHalf __attribute__((vector_size(16)));
typedef union QmHalves {
    QmVec whole;
    QmHalf half[2];
} QmHalves;
QM_INLINE QmVecI qm_vec_less(QmVec a, QmVec b)
{
    QmHalves x = {a};
    const QmHalves y = {b};
    x.half[0] = (QmHalf)(x.half[0] < y.half[0]);
    x.half[1] = (QmHalf)(x.half[1] < y.half[1]);
    return (QmVecI)x.whole;
}
QM_INLINE QmVec qm_vec_select(QmVecI mask, QmVec a, QmVec b)
{
    return (QmVec)((mask & (QmVecI)a) | (~mask & (QmVecI)b));
}
#ifdef __SSE2__
#include <immintrin.h>
QM_INLINE QmVec qm_vec_max(QmVec a, QmVec b)
{
    QmHalves x = {a}, y = {b};
    x.half[0] = (QmHalf)_mm_max_ps((__m128)x.half[0], (__m128)y.half[0]);
    x.half[1] = (QmHalf)_mm_max_ps((__m128)x.half[1], (__m128)y.half[1]);
    return x.whole;
}
QM_INLINE QmVec qm_vec_min(QmVec a, QmVec b)
{
    QmHalves x = {a}, y = {b};
    x.half[0] = (QmHalf)_mm_min_ps((__m128)x.half[0], (__m128)y.half[0]);
    x.half[1] = (QmHalf)_mm_min_ps((__m128)x.half[1], (__m128)y.half[1]);
    return x.whole;
}
QM_INLINE QmVec qm_vec_sqrt(QmVec a)
{
    QmHalves x = {a};
    x.half[0] = (QmHalf)_mm_sqrt_ps((__m128)x.half[0]);
    x.half[1] = (QmHalf)_mm_sqrt_ps((__m128)x.half[1]);
    return x.whole;
}
#else
QM_INLINE QmVec qm_vec_max(QmVec a, QmVec b)
{
    return qm_vec_select(qm_vec_less(b, a), a, b);
}
QM_INLINE QmVec qm_vec_min(QmVec a, QmVec b)
{
    return qm_vec_select(qm_vec_less(a, b), a, b);
}
QM_INLINE QmVec qm_vec_sqrt(QmVec x)
{
    for (int lane = 0; lane < QM_LANES; lane++)
        x[lane] = __builtin_sqrtf(x[lane]);
    return x;
}
#endif
QM_INLINE QmVec qm_vec_swap(QmVec x)
{
    QmHalves h = {x};
    h.half[0] = __builtin_shufflevector(h.half[0], h.half[0], 1, 0, 3, 2);
    h.half[1] = __builtin_shufflevector(h.half[1], h.half[1], 1, 0, 3, 2);
    return h.whole;
}
QM_INLINE QmVec qm_vec_lefts(QmVec x)
{
    QmHalves h = {x};
    h.half[0] = __builtin_shufflevector(h.half[0], h.half[0], 0, 0, 2, 2);
    h.half[1] = __builtin_shufflevector(h.half[1], h.half[1], 0, 0, 2, 2);
    return h.whole;
}
QM_INLINE QmVec qm_vec_rights(QmVec x)
{
    QmHalves h = {x};
    h.half[0] = __builtin_shufflevector(h.half[0], h.half[0], 1, 1, 3, 3);
    h.half[1] = __builtin_shufflevector(h.half[1], h.half[1], 1, 1, 3, 3);
    return h.whole;
}
QM_INLINE QmVec qm_vec_pair(QmVec a, QmVec b)
{
    return qm_vec_select((QmVecI){-1, 0, -1, 0, -1, 0, -1, 0}, a, b);
}
QM_INLINE QmVec qm_vec_march(QmVec before, QmVec here)
{
    const QmHalves x = {before}, y = {here};
    QmHalves h;
    h.half[0] = __builtin_shufflevector(x.half[1], y.half[0], 2, 3, 4, 5);
    h.half[1] = __builtin_shufflevector(y.half[0], y.half[1], 2, 3, 4, 5);
    return h.whole;
}
#endif

QM_INLINE QmVec qm_vec_abs(QmVec x) { return (QmVec)((QmVecI)x & qm_veci(0x7fffffff)); }
/* Whether any lane is other than 0. */
QM_INLINE bool qm_vec_any(QmVec x)
{
    bool any = false;
    for (uint32_t k = 0; k < QM_LANES; k++)
        any |= x[k] != 0;
    return any;
}
/* 0 where |x| is below the smallest level that matters (rule R7), above any that could,
 * infinite or no number; x elsewhere. On the grid it frees state of denormals and of what
 * was fed by mistake. */
QM_INLINE QmVec qm_vec_flush(QmVec x)
{
    const QmVec a = qm_vec_abs(x);
    return (QmVec)((QmVecI)x & qm_vec_less(qm_vec(1e-30f), a) &
                   qm_vec_less(a, qm_vec(1e30f)));
}

/* Half to even. From 2^23 on floats are whole; below, the addition itself rounds. */
QM_INLINE QmVec qm_vec_round(QmVec x)
{
    const QmVec magic =
        (QmVec)((QmVecI)qm_vec(0x1p23f) | ((QmVecI)x & qm_veci(INT32_MIN)));
    return qm_vec_select(qm_vec_less(qm_vec_abs(x), qm_vec(0x1p23f)), (x + magic) - magic,
                         x);
}

/* For sums that take many small steps: the state is base + rest, steps go to rest, and
 * from time to time this moves the sum into base and leaves the rounding error in rest.
 * It is exact where rest is the smaller of the two, as it is in a sum that moves slowly;
 * else something of the size of base's last bit is lost. */
QM_INLINE void qm_vec_settle(QmVec *base, QmVec *rest)
{
    const QmVec sum = *base + *rest;
    *rest -= sum - *base;
    *base = sum;
}

/* Logarithm and power of two of `count` vectors in place. Several go in step, operation
 * by operation: one alone is a chain of operations that wait for each other. `count` is a
 * constant of the call, at most 4; 2 is enough.
 *
 * log2: x >= 2^-126 (smaller and NaN: clamped), error < 2e-7 + 2^-23 relative.
 * exp2: x in [-126, 127] (clamped), 2 ulp. */
#define QM_EACH(u) _Pragma("GCC unroll 4") for (int u = 0; u < count; u++)

QM_INLINE void qm_vecs_log2(QmVec *x, const int count)
{
    QmVec e[4], s[4], z[4], p[4];
    QM_EACH(u) x[u] = qm_vec_max(x[u], qm_vec(0x1p-126f));
    QM_EACH(u)
    p[u] = (QmVec)(((QmVecI)x[u] - qm_veci(0x3f3504f3)) & qm_veci((int32_t)0xff800000));
    QM_EACH(u) x[u] = (QmVec)((QmVecI)x[u] - (QmVecI)p[u]);
    QM_EACH(u) e[u] = __builtin_convertvector((QmVecI)p[u] >> 23, QmVec);
    QM_EACH(u) s[u] = (x[u] - qm_vec(1.0f)) / (x[u] + qm_vec(1.0f));
    QM_EACH(u) z[u] = s[u] * s[u];
    QM_EACH(u) p[u] = qm_vec(0x1.c79132p-2f) * z[u];
    QM_EACH(u) e[u] = e[u] + s[u] * qm_vec(0x1.715476p1f);
    QM_EACH(u) p[u] = p[u] + qm_vec(0x1.26ee5cp-1f);
    QM_EACH(u) p[u] = p[u] * z[u];
    QM_EACH(u) p[u] = p[u] + qm_vec(0x1.ec7234p-1f);
    QM_EACH(u) s[u] = s[u] * z[u];
    QM_EACH(u) x[u] = e[u] + s[u] * p[u];
}

QM_INLINE void qm_vecs_exp2(QmVec *x, const int count)
{
    QmVec t[4], p[4];
    QM_EACH(u) x[u] = qm_vec_min(qm_vec_max(x[u], qm_vec(-126.0f)), qm_vec(127.0f));
    QM_EACH(u) t[u] = x[u] + qm_vec(0x1.8p23f);
    QM_EACH(u) x[u] = x[u] - (t[u] - qm_vec(0x1.8p23f));
    QM_EACH(u) p[u] = qm_vec(0x1.3f9068p-13f) * x[u] + qm_vec(0x1.5f0a66p-10f);
    QM_EACH(u) p[u] = p[u] * x[u] + qm_vec(0x1.3b30bp-7f);
    QM_EACH(u) p[u] = p[u] * x[u] + qm_vec(0x1.c6af78p-5f);
    QM_EACH(u) p[u] = p[u] * x[u] + qm_vec(0x1.ebfbd8p-3f);
    QM_EACH(u) p[u] = p[u] * x[u] + qm_vec(0x1.62e43p-1f);
    QM_EACH(u) p[u] = p[u] * x[u] + qm_vec(1.0f);
    QM_EACH(u) x[u] = (QmVec)((QmVecI)p[u] + ((QmVecI)t[u] << 23));
}

QM_INLINE QmVec qm_vec_log2(QmVec x)
{
    qm_vecs_log2(&x, 1);
    return x;
}

QM_INLINE QmVec qm_vec_exp2(QmVec x)
{
    qm_vecs_exp2(&x, 1);
    return x;
}

/* One lane's worth of the above, for strip-wise code: same bits. */
QM_INLINE float qm_log2f(float x) { return qm_vec_log2(qm_vec(x))[0]; }
QM_INLINE float qm_exp2f(float x) { return qm_vec_exp2(qm_vec(x))[0]; }

#endif
