/* Straight lines between points, over octaves. */
#include "analysis/curve.h"

#include "base/qmath.h"

bool qm_curve_at(const QmTargetCurve *curve, double hz, double *db)
{
    const QmTargetPoint *const p = curve->points;
    if (hz < p[0].hz || hz > p[curve->n - 1].hz)
        return false;
    uint32_t i = 1;
    while (i + 1 < curve->n && hz > p[i].hz)
        i++;
    const double part = qm_ln(hz / p[i - 1].hz) / qm_ln(p[i].hz / p[i - 1].hz);
    *db = p[i - 1].db + part * (p[i].db - p[i - 1].db);
    return true;
}
