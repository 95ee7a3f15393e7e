/* Bands of whole bins of a short-time spectrum: for what looks at bands many times a
 * second and can do without exact edges (else bands.h). */
#ifndef QM_ANALYSIS_BIN_BANDS_H
#define QM_ANALYSIS_BIN_BANDS_H

#include "analysis/bands.h"
#include "analysis/feature.h"

typedef struct QmBinBands {
    uint32_t count;                /* 0 where the rate is too low for any */
    uint32_t edges[QM_THIRDS + 1]; /* band i: bins edges[i] to edges[i + 1] - 1 */
    double middle_hz[QM_THIRDS];
} QmBinBands;

/* The 1/3-octave bands, `step` of them in one, of the fast spectra or the slow ones. Low
 * bands that share a bin are one band; DC is in none. */
void qm_bin_bands_init(QmBinBands *bands, const QmScanSpec *spec, uint32_t n,
                       uint32_t step);
/* Nothing has more power than that; what does (or has none that is a number) has 0. */
#define QM_BIN_BANDS_MOST 1e30f

/* Power in each band of one channel of a spectrum. */
void qm_bin_bands_power(const QmBinBands *bands, const float *re, const float *im,
                        float *power);

#endif
