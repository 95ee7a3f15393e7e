/* DR14, the "dynamic range" of the Pleasurize Music Foundation: how far the
 * second-loudest peak is above the RMS of the loudest fifth. Asked for by loudness. */
#ifndef QM_ANALYSIS_DR14_H
#define QM_ANALYSIS_DR14_H

#include "analysis/feature.h"

typedef struct QmDr14 {
    QmMeasured value;   /* dB, a whole number: what tools and covers show */
    QmMeasured precise; /* dB, before it was rounded */
} QmDr14;

extern const QmFeature qm_feature_dr14;

#endif
