/* Cutoffs that move at every frame, over lanes: sine and cosine of pi f / rate out of
 * log2(f / rate). Trapezoidal filters need the tangent, g, but only within fractions,
 * where sine and cosine save a division and have no pole at Nyquist:
 *
 *     g / (1 + g)            = sine / (sine + cosine)
 *     1 / (1 + g (g + k))    = cosine^2 / (1 + k sine cosine)
 *
 * Taylor series; for f <= 0.49 rate the errors are below 3e-7. */
#ifndef QM_DSP_CUTOFF_H
#define QM_DSP_CUTOFF_H

#include "dsp/vec.h"

/* sine[0, 2) comes in as log2(f / rate). */
QM_INLINE void qm_cutoffs(QmVec sine[2], QmVec cosine[2])
{
    static const float sines[] = {-1.0f / 39916800, 1.0f / 362880, -1.0f / 5040,
                                  1.0f / 120, -1.0f / 6};
    static const float cosines[] = {1.0f / 479001600, -1.0f / 3628800, 1.0f / 40320,
                                    -1.0f / 720,      1.0f / 24,       -0.5f};
    const int count = 2;
    QmVec a[2], z[2], s[2], c[2];
    qm_vecs_exp2(sine, count);
    QM_EACH(u) a[u] = sine[u] * qm_vec(3.14159265f);
    QM_EACH(u) z[u] = a[u] * a[u];
    QM_EACH(u) s[u] = qm_vec(sines[0]);
    QM_EACH(u) c[u] = qm_vec(cosines[0]);
    for (uint32_t k = 1; k < 5; k++)
        QM_EACH(u) s[u] = s[u] * z[u] + qm_vec(sines[k]);
    for (uint32_t k = 1; k < 6; k++)
        QM_EACH(u) c[u] = c[u] * z[u] + qm_vec(cosines[k]);
    QM_EACH(u) sine[u] = a[u] + a[u] * (s[u] * z[u]);
    QM_EACH(u) cosine[u] = qm_vec(1) + c[u] * z[u];
}

#endif
