/* RMS is that of a full-scale square wave at 0 dBFS: 10 log10 of the mean of x^2. */
#include "graph/meter.h"

#include "base/qmath.h"

double qm_meter_peak_db(const QmMeter *meter)
{
    const float peak = meter->peak[0] > meter->peak[1] ? meter->peak[0] : meter->peak[1];
    return qm_gain_to_db((double)peak);
}

double qm_meter_rms_db(const QmMeter *meter)
{
    const double frames = meter->frames > 0 ? (double)meter->frames : 1.0;
    return qm_gain_to_db(qm_sqrt((meter->power[0] + meter->power[1]) / (2.0 * frames)));
}
