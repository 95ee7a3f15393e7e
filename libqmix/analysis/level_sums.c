/* Eight samples a step, each lane with sums of its own, added in the order of lanes at
 * the end. The square of a float is exact in double, so the sums err by what additions
 * round: 2^-53 of the sum each, -200 dB in a window.
 *
 * A sample is a multiple of 2^-23 if, times 2^23, it survives the way to int32 and back;
 * from 128 on it is not sent there. What is left of the last step is filled with zeros,
 * which change nothing. */
#include "analysis/level_sums.h"

#include "dsp/wide.h"

typedef struct Lanes {
    QmWide sum[QM_WIDES], squares[QM_WIDES];
    QmVec peak;
    QmVecI bits, exact;
} Lanes;

QM_INLINE void step(Lanes *s, const float *p)
{
    const QmVec x = qm_vec_load(p), scaled = x * qm_vec(0x1p23f);
    const QmVecI small = qm_vec_less(qm_vec_abs(scaled), qm_vec(0x1p30f));
    const QmVec kept = (QmVec)((QmVecI)scaled & small);
    const QmVecI whole = __builtin_convertvector(kept, QmVecI);
    const QmVec back = __builtin_convertvector(whole, QmVec);
    for (int u = 0; u < QM_WIDES; u++) {
        const QmWide wide = qm_wide_load(p + u * QM_WIDE_LANES);
        s->sum[u] += wide;
        s->squares[u] += wide * wide;
    }
    s->peak = qm_vec_max(qm_vec_abs(x), s->peak);
    s->bits |= whole;
    s->exact &= small & ~(qm_vec_less(back, scaled) | qm_vec_less(scaled, back));
}

QmLevelSums QM_ISA(qm_level_sums)(const float *x, uint32_t n)
{
    Lanes s = {.exact = qm_veci(-1)};
    uint32_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES)
        step(&s, x + i);
    if (i < n) {
        float rest[QM_LANES] = {0};
        memcpy(rest, x + i, (n - i) * sizeof *x);
        step(&s, rest);
    }
    QmLevelSums out = {0};
    for (uint32_t k = 0; k < QM_LANES; k++) {
        out.sum += s.sum[k / QM_WIDE_LANES][k % QM_WIDE_LANES];
        out.squares += s.squares[k / QM_WIDE_LANES][k % QM_WIDE_LANES];
        out.peak = s.peak[k] > out.peak ? s.peak[k] : out.peak;
        out.bits |= (uint32_t)s.bits[k];
        out.beyond |= s.exact[k] == 0;
    }
    return out;
}

#ifndef QM_BUILD_AVX2
QmLevelSums qm_level_sums(QmIsa isa, const float *x, uint32_t n)
{
#if QM_HAVE_AVX2
    if (isa == QM_ISA_AVX2)
        return qm_level_sums_avx2(x, n);
#endif
    (void)isa;
    return qm_level_sums_base(x, n);
}
#endif
