/* The K-weighting of BS.1770 and the energy behind it, every 10 ms: the loop that a
 * loudness meter spends its time in.
 *
 * Eight stretches of one channel are filtered at once, a lane each. */
#ifndef QM_ANALYSIS_K_WEIGHT_H
#define QM_ANALYSIS_K_WEIGHT_H

#include "dsp/isa.h"

#include <stdint.h>

enum {
    QM_K_LANES = 8,
    QM_K_BINS = 10, /* of a tenth of a second */
};

/* For one rate. Filters in state space, a stage each, shelf and high-pass:
 *
 *     y = x + s1      s1' = to1 x - a1 s1 + s2      s2' = to2 x - a2 s1
 *
 * which is the transposed second direct form divided by b0, with y put in. */
typedef struct QmKWeight {
    double to1[2], to2[2], a1[2], a2[2];
    double power;                 /* what energies are multiplied by to make up for b0 */
    uint32_t tenth, warm_up;      /* frames */
    uint32_t ends[QM_K_BINS + 1]; /* of the bins of a tenth, whose frames they share */
} QmKWeight;

/* `rate`: from 4 kHz on, so that the shelf is well below half of it; `tenth`: frames of a
 * tenth of a second. */
void qm_k_weight_init(QmKWeight *k, double rate, uint32_t tenth);

/* The sums of squares of the weighted signal in the bins of `tenths` tenths from at[lane]
 * on: energy[bin * QM_K_LANES + lane]. Reads k->warm_up frames before, and up to 7
 * behind. A bin that has infinities or what is no number in it has no energy, and does no
 * harm to others. `isa`: base or avx2. */
void qm_k_energies(QmIsa isa, const QmKWeight *k, const float *const at[QM_K_LANES],
                   uint32_t tenths, double *energy);

void qm_k_energies_base(const QmKWeight *k, const float *const at[QM_K_LANES],
                        uint32_t tenths, double *energy);
void qm_k_energies_avx2(const QmKWeight *k, const float *const at[QM_K_LANES],
                        uint32_t tenths, double *energy);

#endif
