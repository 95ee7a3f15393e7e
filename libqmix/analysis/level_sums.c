/* Eight samples a step, each lane with sums of its own, added in the order of lanes at
 * the end. The square of a float is exact in double, so the sums err by what additions
 * round: 2^-53 of the sum each, -200 dB in a window.
 *
 * A sample is a multiple of 2^-23 if, times 2^23, it survives the way to int32 and back;
 * from 128 on it is not sent there. What is left of the last step is filled with zeros,
 * which change nothing. */
#include "analysis/level_sums.h"

#include "dsp/vec.h"

typedef double QmVecD __attribute__((vector_size(64)));

typedef struct Lanes {
    QmVecD sum, squares;
    QmVec peak;
    QmVecI bits, exact;
} Lanes;

QM_INLINE void step(Lanes *s, QmVec x)
{
    const QmVecD wide = __builtin_convertvector(x, QmVecD);
    const QmVec scaled = x * qm_vec(0x1p23f);
    const QmVecI small = qm_vec_less(qm_vec_abs(scaled), qm_vec(0x1p30f));
    const QmVec kept = (QmVec)((QmVecI)scaled & small);
    const QmVecI whole = __builtin_convertvector(kept, QmVecI);
    s->sum += wide;
    s->squares += wide * wide;
    s->peak = qm_vec_max(qm_vec_abs(x), s->peak);
    s->bits |= whole;
    s->exact &= (QmVecI)(__builtin_convertvector(whole, QmVec) == scaled);
}

QmLevelSums QM_ISA(qm_level_sums)(const float *x, uint32_t n)
{
    Lanes s = {.exact = qm_veci(-1)};
    uint32_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES)
        step(&s, qm_vec_load(x + i));
    if (i < n) {
        float rest[QM_LANES] = {0};
        memcpy(rest, x + i, (n - i) * sizeof *x);
        step(&s, qm_vec_load(rest));
    }
    QmLevelSums out = {0};
    for (uint32_t k = 0; k < QM_LANES; k++) {
        out.sum += s.sum[k];
        out.squares += s.squares[k];
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
