/* Mid and side of a strip's two channels, over lanes: mid in the left lane, side in the
 * right.
 *
 *     m = (l + r) / 2,  s = (l - r) / 2        l = m + s,  r = m - s
 *
 * Both ways are a sum and a difference. Halving is exact, sums are rounded, so there and
 * back is the same but for the last bit; what must be the same to the bit adds a change
 * of m and s to l and r, which is 0 where nothing is to change. */
#ifndef QM_DSP_MID_SIDE_H
#define QM_DSP_MID_SIDE_H

#include "dsp/vec.h"

/* (a, b) -> (a + b, a - b) */
QM_INLINE QmVec qm_sum_difference(QmVec x)
{
    const QmVec signs = {1, -1, 1, -1, 1, -1, 1, -1};
    return qm_vec_swap(x) + x * signs;
}

QM_INLINE QmVec qm_mid_side(QmVec x) { return qm_sum_difference(x) * qm_vec(0.5f); }

#endif
