/* What the level of one channel is made from, of up to 2^24 samples at once. */
#ifndef QM_ANALYSIS_LEVEL_SUMS_H
#define QM_ANALYSIS_LEVEL_SUMS_H

#include "dsp/isa.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct QmLevelSums {
    double sum, squares; /* of the samples */
    float peak;          /* the largest magnitude */
    /* The samples times 2^23, or'ed as two's complement: its lowest bit set is the finest
     * step of any of them. */
    uint32_t bits;
    bool beyond; /* a sample is no multiple of 2^-23, or 128 or more: no integers */
} QmLevelSums;

/* Of x[n]; `isa`: base or avx2. */
QmLevelSums qm_level_sums(QmIsa isa, const float *x, uint32_t n);

QmLevelSums qm_level_sums_base(const float *x, uint32_t n);
QmLevelSums qm_level_sums_avx2(const float *x, uint32_t n);

#endif
