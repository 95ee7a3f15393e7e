/* How the two channels of a file stand to each other.
 *
 * With M = (L + R) / sqrt 2, S = (R - L) / sqrt 2 and their energies (stereo.c has the
 * formulas): correlation 1 is mono, 0 unrelated, -1 opposite polarity; width is the
 * side's share of the energy: 0 mono, 0.5 unrelated channels (or one channel alone),
 * 1 nothing but side. Ratios in dB are limited to +-QM_STEREO_LIMIT_DB.
 *
 * Mono loss is what cancels when the channels are added, against what they had if they
 * were unrelated: 0 dB for unrelated channels and for a source in one channel, -3.01 (a
 * gain) for one in the middle, above 0 only where left works against right. Against a
 * source in the middle all of these are 3.01 dB more. So "less than 1.5 dB in any octave"
 * means that no octave's balanced correlation is below -0.29: hard panning costs nothing,
 * cancelling does. */
#ifndef QM_ANALYSIS_STEREO_H
#define QM_ANALYSIS_STEREO_H

#include "analysis/feature.h"

enum {
    QM_STEREO_LIMIT_DB = 100,
    QM_STEREO_OCTAVES = 10, /* around 31.5 Hz to 16 kHz */
    /* Directions of the field: 5 degrees apart, from -85 to 90. 0 is the middle, -45 left
     * only, 45 right only, beyond that the channels have opposite polarity, 90 (the same
     * as -90) is nothing but side. */
    QM_STEREO_ANGLES = 36,
    QM_STEREO_ANGLE_STEP = 5,
    QM_STEREO_WINDOW_TENTHS = 4, /* the series': 0.4 s, every tenth of a second */
};

/* Of one band. There is none above half the rate, or where there is no energy. */
typedef struct QmStereoBand {
    QmMeasured freq;        /* its nominal middle, Hz: always there */
    QmMeasured level;       /* mean power of both channels together, dBFS */
    QmMeasured correlation; /* -1..1 */
    QmMeasured width;       /* 0..1 */
    QmMeasured balance;     /* dB, above 0: to the right */
    QmMeasured mono_loss;   /* dB */
} QmStereoBand;

typedef struct QmStereo {
    /* "stereo"; "dual mono": the channels are the same to the bit; "opposite": the same
     * but for the polarity; "left only", "right only": the other is silent, or 60 dB
     * below this and under -90 dBFS. NULL: not two channels, or silence. */
    const char *kind;
    QmMeasured correlation;
    /* Over windows of 400 ms, every 100 ms, that are less than 40 dB below the whole. */
    QmMeasured correlation_min;
    QmMeasured correlation_p5; /* 5 % of the windows are below */
    QmMeasured width;
    QmMeasured side;      /* S against M, dB */
    QmMeasured side_low;  /* the same from 20 to 120 Hz */
    QmMeasured balance;   /* R against L, dB */
    QmMeasured mono_loss; /* of the whole, dB */
    /* The octave that loses most, of those less than 60 dB below the whole. */
    QmMeasured mono_loss_max;
    QmMeasured mono_loss_freq; /* its middle, Hz */
    /* One channel's polarity seems to be flipped: the whole cancels, or what is below
     * 250 Hz, which is next to never wide, does. */
    bool phase_inverted;
    /* By how much right comes after left (below 0: before), ms: the highest peak of the
     * whitened cross-correlation within 5 ms. A hint: none where no peak stands out. */
    QmMeasured delay;
    QmMeasured delay_coherence; /* that peak: 1 for a pure delay, below 0: inverted */
    QmList octaves; /* of QmStereoBand: QM_STEREO_OCTAVES of three thirds each */
    QmList thirds;  /* of QmStereoBand: QM_THIRDS of analysis/bands.h */
    /* Of double, one a window: value i is of the 400 ms from i * 100 ms on; QM_GAP where
     * they are silent. A shorter file has none. */
    QmList correlation_over_time, width_over_time;
    /* Of double: for each octave, for each angle, the share of the energy of the octave's
     * spectral lines that lie in that direction (sums up to 1; 0 in an empty octave). */
    QmList field;
} QmStereo;

extern const QmFeature qm_feature_stereo;

#endif
