/* What the stereo feature keeps of a file: energies over time, and line by line of the
 * slow spectra. stereo.c draws its conclusions from them. */
#ifndef QM_ANALYSIS_STEREO_SUMS_H
#define QM_ANALYSIS_STEREO_SUMS_H

#include "analysis/stereo_bins.h"
#include "dsp/fft.h"

typedef struct QmStereoEnergy {
    double left, right, difference; /* sums of l^2, r^2, (r - l)^2 */
} QmStereoEnergy;

typedef struct QmStereoTenth {
    float left, right, difference;
} QmStereoTenth;

typedef struct QmStereoSetup {
    uint32_t lines;  /* all but the one at half the rate */
    double line_hz;  /* from one to the next */
    uint8_t *octave; /* [lines]: the row of the field; QM_STEREO_OCTAVES: none */
    QmFft *fft;      /* as long as the spectra's windows */
} QmStereoSetup;

/* All of it stays zero unless there are two channels. */
typedef struct QmStereoState {
    double field[QM_STEREO_OCTAVES][QM_STEREO_ANGLES];
    QmStereoEnergy whole;
    bool differ, differ_opposite; /* some frame has not l = r, not l = -r */
    int64_t frames, spectra;
    QmList tenths;               /* of QmStereoTenth */
    double *sum[QM_STEREO_SUMS]; /* [lines + 1] each; NULL before the first block */
} QmStereoState;

/* The thirds (analysis/bands.h) of an octave: three from this one on. */
static inline uint32_t qm_stereo_first_third(uint32_t octave) { return 3 * octave + 1; }

/* As in QmFeature. */
size_t qm_stereo_partial_size(const QmScanSpec *spec);
bool qm_stereo_prepare(const QmFeatureCall *call, void *setup);
void qm_stereo_scan(const QmFeatureCall *call, const QmBlock *block, void *partial);
void qm_stereo_slow(const QmFeatureCall *call, const QmBlock *block,
                    const QmSpectrum *spectrum, void *partial);
bool qm_stereo_merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                     void *state);

#endif
