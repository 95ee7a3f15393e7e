/* Doubles a register at a time: four in AVX2, two in SSE2 and NEON. Eight lanes of them
 * are QM_WIDES registers; compilers keep vectors that are wider than a register in
 * memory. As in dsp/vec.h all operations are elementwise, so lanes have the same bits in
 * any build. */
#ifndef QM_DSP_WIDE_H
#define QM_DSP_WIDE_H

#include "dsp/vec.h"

#ifdef __AVX2__
enum { QM_WIDE_LANES = 4 };
#else
enum { QM_WIDE_LANES = 2 };
#endif
enum { QM_WIDES = QM_LANES / QM_WIDE_LANES };

typedef double QmWide __attribute__((vector_size(8 * QM_WIDE_LANES)));
typedef int64_t QmWideI __attribute__((vector_size(8 * QM_WIDE_LANES)));
typedef float QmNarrow
    __attribute__((vector_size(4 * QM_WIDE_LANES), aligned(4), may_alias));

QM_INLINE QmWide qm_wide(double x) { return x - (QmWide){0}; }
/* The next QM_WIDE_LANES floats. */
QM_INLINE QmWide qm_wide_load(const float *p)
{
    return __builtin_convertvector(*(const QmNarrow *)p, QmWide);
}
QM_INLINE QmWide qm_wide_abs(QmWide x) { return (QmWide)((QmWideI)x & INT64_MAX); }

#endif
