/* How high the samples are, before any hearing is modelled. dBFS: 0 is a mean square of 1
 * (a sine that just fits has -3.01), and for peaks a magnitude of 1. */
#ifndef QM_ANALYSIS_LEVEL_H
#define QM_ANALYSIS_LEVEL_H

#include "analysis/feature.h"

/* What counts as quiet at the ends: no sample reaches -60 dBFS. */
#define QM_LEVEL_QUIET 0.001f

typedef struct QmLevelChannel {
    int64_t channel;  /* from 1 */
    QmMeasured rms;   /* dBFS */
    QmMeasured peak;  /* the highest sample, dBFS */
    QmMeasured crest; /* peak - rms, dB */
    QmMeasured dc;    /* the mean, 1 is full scale */
} QmLevelChannel;

typedef struct QmLevel {
    QmMeasured rms;   /* of all channels together, dBFS */
    QmMeasured crest; /* highest sample of any channel - rms, dB */
    QmMeasured dc;    /* of the channel that has most, with its sign; 1 is full scale */
    QmMeasured noise_floor; /* RMS of the quietest parts, dBFS */
    /* The smallest n so that all samples are multiples of 2^-(n - 1); 24 at most. */
    QmMeasured bits;
    /* Seconds at the beginning and end in which all channels are exactly 0, */
    QmMeasured silence_start, silence_end;
    /* and in which all of them stay below QM_LEVEL_QUIET. */
    QmMeasured quiet_start, quiet_end;
    QmList channels; /* of QmLevelChannel */
} QmLevel;

extern const QmFeature qm_feature_level;

#endif
