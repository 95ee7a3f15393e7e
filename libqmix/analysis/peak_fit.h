/* The bell that a resonance adds to the power around it. */
#ifndef QM_ANALYSIS_PEAK_FIT_H
#define QM_ANALYSIS_PEAK_FIT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct QmPeakFit {
    double at;     /* its middle */
    double height; /* what it adds there */
    double width;  /* where it adds half of that, from side to side */
} QmPeakFit;

/* Fits height / (1 + (2 (x - at) / width)^2) to power[i] - floor at x[i], i < n, n >= 3,
 * all of them above the floor. False: it is no bell, or not in the middle of these. */
bool qm_peak_fit(const double *x, const double *power, uint32_t n, double floor,
                 QmPeakFit *fit);

/* The width of such a bell that was seen through a window of half-power width `window`,
 * and looked `seen` wide. 0: it is not wider than the window. */
double qm_peak_true_width(double seen, double window);

#endif
