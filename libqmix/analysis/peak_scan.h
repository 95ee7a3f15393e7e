/* The highest points of a stretch of one channel, on samples and between them. */
#ifndef QM_ANALYSIS_PEAK_SCAN_H
#define QM_ANALYSIS_PEAK_SCAN_H

#include "dsp/isa.h"

#include <stdint.h>

enum {
    QM_PEAK_PHASES = 16, /* points a frame */
    QM_PEAK_SIDE = 32,   /* samples to a side that a point is made from */
    QM_PEAK_VIEW = 256,  /* frames before and behind a stretch that may be read */
};

typedef struct QmPeakTable {
    float taps[QM_PEAK_PHASES][2 * QM_PEAK_SIDE];
    /* No point is above the louder sample beside it by more than this times the greatest
     * second difference that its taps see. */
    float reach;
} QmPeakTable;

void qm_peak_table_init(QmPeakTable *table);

typedef struct QmPeakSeen {
    float sample, peak; /* magnitudes; peak >= sample */
    double at;          /* of the peak, frames; 0 where no point is above the samples */
} QmPeakSeen;

/* Of x[n] and what is between each of them and the next; x up to QM_PEAK_VIEW frames
 * before and behind is read. `fine`: every point that could be the highest is computed;
 * else only those near what a cheaper filter finds. `isa`: base or avx2. */
QmPeakSeen qm_peak_scan(QmIsa isa, const QmPeakTable *table, const float *x, uint32_t n,
                        bool fine);

QmPeakSeen qm_peak_scan_base(const QmPeakTable *table, const float *x, uint32_t n,
                             bool fine);
QmPeakSeen qm_peak_scan_avx2(const QmPeakTable *table, const float *x, uint32_t n,
                             bool fine);

#endif
