/* The highest points: of the samples, and of the wave that they stand for. */
#ifndef QM_ANALYSIS_PEAK_H
#define QM_ANALYSIS_PEAK_H

#include "analysis/feature.h"

/* Runs of clipped samples: three or more of a channel in a row, of one sign and at full
 * scale (32767/32768 in magnitude or more), each either equal to the one before or, with
 * it, at or beyond 1, where any converter cuts. Clipped material that was turned down
 * afterwards is not found, nor the upper half of clipped 8-bit files. */
typedef struct QmClips {
    int64_t runs, longest, samples; /* samples: of all runs together */
} QmClips;

typedef struct QmChannelPeak {
    int64_t channel;               /* from 1 */
    QmMeasured sample, true_peak;  /* dBFS, dBTP */
    QmMeasured sample_at, true_at; /* s; the first of several */
    QmClips clips;
} QmChannelPeak;

/* Of the loudest channel, in each tenth of a second (analysis/tenths.h); an incomplete
 * one at the end of the file included. Magnitudes, 1 is full scale. */
typedef struct QmTenthPeak {
    float sample, true_peak;
} QmTenthPeak;

typedef struct QmPeak {
    QmMeasured sample;             /* dBFS */
    QmMeasured true_peak;          /* dBTP, BS.1770-5; >= sample */
    QmMeasured sample_at, true_at; /* s */
    QmClips clips;                 /* of all channels; the longest of any */
    QmList channels;               /* of QmChannelPeak */
    QmList tenths;                 /* of QmTenthPeak */
} QmPeak;

extern const QmFeature qm_feature_peak;

#endif
