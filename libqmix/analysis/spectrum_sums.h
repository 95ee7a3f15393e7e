/* The inner loops of what is measured in short-time spectra. */
#ifndef QM_ANALYSIS_SPECTRUM_SUMS_H
#define QM_ANALYSIS_SPECTRUM_SUMS_H

#include "analysis/feature.h"

/* What one spectrum looks like, see spectrum.h. */
typedef struct QmShape {
    double power;    /* in all bins that were asked for */
    double centroid; /* in bins */
    double flatness; /* dB, -90 at least */
} QmShape;

/* Which bins: [from, to) for power and centroid, [flat_from, flat_to) for flatness. */
typedef struct QmShapeRange {
    uint32_t from, to, flat_from, flat_to;
} QmShapeRange;

/* Adds the power in each bin, the mean of the channels, to power[bins]. */
void qm_spectrum_add(QmIsa isa, const QmSpectrum *spectrum, double *power);
/* The shape of spectrum [0]. A spectrum without power: all 0. */
QmShape qm_spectrum_shape(QmIsa isa, const QmSpectrum *spectrum, QmShapeRange range);

void qm_spectrum_add_base(const QmSpectrum *spectrum, double *power);
void qm_spectrum_add_avx2(const QmSpectrum *spectrum, double *power);
QmShape qm_spectrum_shape_base(const QmSpectrum *spectrum, QmShapeRange range);
QmShape qm_spectrum_shape_avx2(const QmSpectrum *spectrum, QmShapeRange range);

#endif
