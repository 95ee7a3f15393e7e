/* The soft clipper's curve: a straight line up to `line`, then a bend that comes ever
 * closer to line + bend:
 *
 *     y = x                                      |x| <= line
 *     y = sign(x) (line + bend tanh((|x| - line) / bend))
 *
 * Value, slope and curvature are continuous, so that the harmonics of what is bent fall
 * with the fourth power of their number at least; the smaller the bend, the later they
 * begin to. NaN becomes the end of the line. */
#ifndef QM_DSP_SOFT_CLIP_H
#define QM_DSP_SOFT_CLIP_H

#include "dsp/vec.h"

/* Two frames; per_bend = 1 / bend. */
QM_INLINE void qm_soft_clip(QmVec x[2], QmVec line, QmVec bend, QmVec per_bend)
{
    const int count = 2;
    const QmVec one = qm_vec(1), rate = qm_vec(-2.88539008f); /* -2 / ln 2 */
    const QmVecI sign = qm_veci((int32_t)0x80000000);
    QmVec a[2], e[2];
    QM_EACH(u) a[u] = qm_vec_abs(x[u]);
    QM_EACH(u) e[u] = qm_vec_max(a[u] - line, qm_vec(0)) * per_bend * rate;
    qm_vecs_exp2(e, count);
    QM_EACH(u) a[u] = qm_vec_min(a[u], line) + bend * ((one - e[u]) / (one + e[u]));
    QM_EACH(u) x[u] = (QmVec)((QmVecI)a[u] | ((QmVecI)x[u] & sign));
}

#endif
