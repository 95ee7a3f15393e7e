/* The outline of a file: what a picture of the waveform is drawn from. Lowest and highest
 * sample and RMS of the first two channels, in columns of equal length. */
#ifndef QM_ANALYSIS_WAVE_H
#define QM_ANALYSIS_WAVE_H

#include "analysis/feature.h"

enum {
    QM_WAVE_BITS = 6,        /* columns of a short file have 2^6 frames at scale 0 ... */
    QM_WAVE_COLUMNS = 16384, /* ... and twice as many whenever there would be more */
};

/* Lists of double, one a column; `high` and `low` are samples, `rms` is above 0. */
typedef struct QmWaveLane {
    QmList low, high, rms;
} QmWaveLane;

typedef struct QmWave {
    QmMeasured column_s; /* length of a column */
    int64_t column;      /* the same in frames; the last may be shorter */
    int64_t frames;      /* of the file */
    QmWaveLane lane[2];  /* left and right; a mono file has the first only */
} QmWave;

extern const QmFeature qm_feature_wave;

#endif
