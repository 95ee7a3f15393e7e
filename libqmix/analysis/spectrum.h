/* What the spectrum is like: levels of bands, where it lies, how it leans, what an
 * engineer would call it. Of the first two channels, their mean power.
 *
 * "The long-term spectrum" is the power in each bin, averaged over the whole file. */
#ifndef QM_ANALYSIS_SPECTRUM_H
#define QM_ANALYSIS_SPECTRUM_H

#include "analysis/bands.h"
#include "analysis/curve.h"
#include "analysis/feature.h"
#include "analysis/long_term.h"

typedef struct QmThird {
    QmMeasured freq;      /* nominal, Hz */
    QmMeasured level;     /* dBFS: of the band's mean square; 0 is 1 */
    QmMeasured target;    /* the curve, moved so that the mean difference is 0, dBFS */
    QmMeasured deviation; /* level - target, dB */
} QmThird;

typedef struct QmBarkBand {
    int64_t band;         /* 1..24, from band - 1 to band Bark */
    QmMeasured low, high; /* Hz */
    QmMeasured level;     /* dBFS */
} QmBarkBand;

typedef struct QmSpectrumResult {
    /* Where the power of the long-term spectrum lies within 20 Hz and 20 kHz, Hz. */
    QmMeasured centroid;               /* mean of the frequency, weighted by power */
    QmMeasured rolloff_85, rolloff_95; /* 85, 95 % of the power is below */
    QmMeasured bandwidth; /* where it breaks off, as behind a codec or resampler */
    QmMeasured tilt;      /* dB an octave of 1/3-octave levels: 0 is pink, +3 white */
    /* Geometric over arithmetic mean of the power in bins from 250 Hz to 16 kHz. */
    QmMeasured flatness, flatness_db;
    /* Parts of the power, %. */
    QmMeasured low, mid, high; /* 20-200 Hz, 200-2000 Hz, 2-20 kHz */
    /* Levels within 20 Hz and 20 kHz as a whole, dB. */
    QmMeasured mud, harshness, sibilance; /* 200-500 Hz, 2-5 kHz, 5-10 kHz */
    /* The same over what the target has there, dB. */
    QmMeasured mud_deviation, harshness_deviation, sibilance_deviation;
    /* Over time, of the middle of the channels in windows of 43 ms; spread: one standard
     * deviation. Loud windows count more, see spectrum.c. */
    QmMeasured centroid_mean, centroid_spread; /* Hz, weighted by magnitude */
    QmMeasured flatness_mean, flatness_spread; /* dB */
    const char *target;                        /* the curve's name; NULL: there is none */
    QmMeasured target_distance; /* root mean square of deviations 63 Hz-12.5 kHz, dB */
    QmList thirds;              /* QM_THIRDS QmThird */
    QmList barks;               /* QM_BARKS QmBarkBand */
    /* For features that look closer: the long-term spectrum. */
    QmLongTerm long_term;
} QmSpectrumResult;

extern const QmFeature qm_feature_spectrum;

#endif
