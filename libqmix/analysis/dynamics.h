/* Dynamics: attacks and what they stand out from, how far levels move, section by
 * section. Levels are RMS of all channels together, dBFS, not weighted. */
#ifndef QM_ANALYSIS_DYNAMICS_H
#define QM_ANALYSIS_DYNAMICS_H

#include "analysis/feature.h"

/* A range of frequencies: "low" to 250 Hz, "mid" to 4 kHz, "high". */
typedef struct QmDynamicsBand {
    const char *band;
    QmMeasured transient_ratio; /* 0..1, of the power in it */
} QmDynamicsBand;

typedef struct QmDynamicsSection {
    QmMeasured from, to; /* s */
    const char *label;
    QmMeasured loudness;        /* LUFS, integrated */
    QmMeasured level;           /* dBFS, RMS */
    QmMeasured crest;           /* highest sample over that, dB */
    QmMeasured range;           /* dB, as below */
    QmMeasured onset_rate;      /* onsets a second */
    QmMeasured transient_ratio; /* 0..1 */
} QmDynamicsSection;

typedef struct QmDynamics {
    /* Which share of the power belongs to what stands 3 dB and more above the median of
     * the 0.2 s around it, octave by octave up to 17.8 kHz: 0 for what is sustained, up
     * to 1 for hits with silence in between. White noise has less than 0.01, brown noise
     * 0.3: an octave of few hertz sways by itself. */
    QmMeasured transient_ratio;
    QmMeasured onset_rate; /* onsets a second */
    /* Rise times from 10 to 90 % of the onsets that can be measured, ms. */
    QmMeasured attack_median, attack_p10, attack_p90;
    /* Highest sample over RMS of 400 ms, dB. Windows below the gates do not count. */
    QmMeasured crest_median, crest_p10, crest_p95;
    /* How far levels of 400 ms move: 95th less 10th percentile, dB. The gates are those
     * of LRA: -70 dBFS, and 20 dB below the mean of what is above. */
    QmMeasured range;
    /* What a compressor would find: "dense", "peaks", "levels", "even" (dynamics.c); or
     * NULL: nothing to say. */
    const char *compression;
    QmList bands;    /* of QmDynamicsBand, three */
    QmList sections; /* of QmDynamicsSection, those of section.h */
    double hop_s;    /* of the series: a tenth of a second, in whole frames */
    /* Of double, dB: of the 400 ms that end with each tenth, from the fourth on; QM_GAP
     * in silence. */
    QmList crest;
} QmDynamics;

extern const QmFeature qm_feature_dynamics;

#endif
