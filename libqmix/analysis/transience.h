/* How much of a sound is hit and how much is held, over the whole and over time: what
 * `dynamics` tells of transients, for those who need no more of it. */
#ifndef QM_ANALYSIS_TRANSIENCE_H
#define QM_ANALYSIS_TRANSIENCE_H

#include "analysis/feature.h"
#include "analysis/transients.h"

/* Power of a tenth of a second, and of what stands out in it. */
typedef struct QmTransienceTenth {
    float total, transient;
} QmTransienceTenth;

typedef struct QmTransience {
    /* The share of the power in what stands 3 dB and more above the median of the 0.2 s
     * around, octave by octave: 0 for what is sustained .. 1 for hits. */
    QmMeasured ratio;
    uint32_t bands; /* octaves */
    double middle_hz[QM_TRANSIENT_BANDS];
    double total[QM_TRANSIENT_BANDS], transient[QM_TRANSIENT_BANDS]; /* power */
    QmList tenths; /* of QmTransienceTenth */
} QmTransience;

/* transient / total; there is none where nothing sounds. */
QmMeasured qm_transience_ratio(double transient, double total);

extern const QmFeature qm_feature_transience;

#endif
