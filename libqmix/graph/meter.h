/* Meters: taps that read and never write. One a strip, on its post tap, both channels;
 * and what inserts measured of their own work. */
#ifndef QM_GRAPH_METER_H
#define QM_GRAPH_METER_H

#include "proc/proc.h"

typedef struct QmMeter {
    float peak[2];   /* largest |x| so far, left and right */
    double power[2]; /* sum of x^2 so far */
    int64_t frames;  /* how many that were */
} QmMeter;

/* The readings of one insert, as its processor's table has them. */
typedef struct QmSlotReadings {
    uint16_t strip, insert;
    double values[QM_MAX_READINGS];
} QmSlotReadings;

/* The larger channel's peak, and the mean power of both, in dBFS; -400 for silence. */
double qm_meter_peak_db(const QmMeter *meter);
double qm_meter_rms_db(const QmMeter *meter);

#endif
