/* A spectrum to compare with: levels of 1/3-octave bands, up to a constant. */
#ifndef QM_ANALYSIS_CURVE_H
#define QM_ANALYSIS_CURVE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct QmTargetPoint {
    double hz, db; /* the level of the band around hz; the frequencies go up */
} QmTargetPoint;

typedef struct QmTargetCurve {
    const char *name, *source; /* source: where it comes from, for people */
    const QmTargetPoint *points;
    uint32_t n; /* at least 2 */
} QmTargetCurve;

/* The level at `hz`, on straight lines over the logarithm of the frequency. False: it is
 * beyond the first or last point, where the curve says nothing. */
bool qm_curve_at(const QmTargetCurve *curve, double hz, double *db);

#endif
