/* What the stereo picture is made from: sums over short-time spectra, line by line. */
#ifndef QM_ANALYSIS_STEREO_BINS_H
#define QM_ANALYSIS_STEREO_BINS_H

#include "analysis/stereo.h"

/* Sums over spectra, one of each for every line. With m = l + r, s = r - l: */
enum { QM_STEREO_LEFT, QM_STEREO_RIGHT, QM_STEREO_MID, QM_STEREO_SIDE, QM_STEREO_TURN };
enum { QM_STEREO_SUMS = QM_STEREO_TURN + 1 };
typedef struct QmStereoBins {
    /* |l|^2, |r|^2, |m|^2 / 2, |s|^2 / 2, Im(m conj s) = 2 Im(l conj r) */
    float *sum[QM_STEREO_SUMS];
    /* Energy by octave and direction; the last row is of lines that are in no octave. */
    double (*field)[QM_STEREO_ANGLES];
} QmStereoBins;

/* Adds a spectrum of two channels, its first `count` lines (a multiple of 8); octave[k]:
 * the row of the field that line k belongs to. `isa`: base or avx2. */
void qm_stereo_bins(QmIsa isa, const QmSpectrum *spectrum, uint32_t count,
                    const uint8_t *octave, const QmStereoBins *sums);

void qm_stereo_bins_base(const QmSpectrum *spectrum, uint32_t count,
                         const uint8_t *octave, const QmStereoBins *sums);
void qm_stereo_bins_avx2(const QmSpectrum *spectrum, uint32_t count,
                         const uint8_t *octave, const QmStereoBins *sums);

#endif
