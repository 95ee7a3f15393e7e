/* Onsets: when something begins to sound, and where a sampler would cut. Of the middle of
 * the first two channels: what is in the sides alone is not heard here. */
#ifndef QM_ANALYSIS_ONSET_H
#define QM_ANALYSIS_ONSET_H

#include "analysis/feature.h"

typedef struct QmOnset {
    QmMeasured time;     /* s */
    int64_t frame;       /* the first that belongs to it */
    QmMeasured strength; /* dB by which the bands rise, weak ones counting most */
    QmMeasured level;    /* highest sample of its first 100 ms, dBFS */
    /* ms from a tenth to nine tenths of the way to that sample from what was before; up
     * to 100. None: what sounds already is as loud. */
    QmMeasured attack;
} QmOnset;

typedef struct QmSlice {
    QmMeasured time; /* s */
    int64_t frame;   /* where to cut: at a zero crossing (or nearly) before the attack */
    QmMeasured length; /* s, to the next one or the end */
} QmSlice;

typedef struct QmOnsets {
    int64_t count;
    QmMeasured rate;     /* onsets a second, over the whole file */
    QmMeasured strength; /* median, dB */
    QmList onsets;       /* of QmOnset, in order */
    QmList slices; /* of QmSlice: the onsets, but none within 50 ms of the one before */
} QmOnsets;

extern const QmFeature qm_feature_onset;

#endif
