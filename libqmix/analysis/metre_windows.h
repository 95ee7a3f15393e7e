/* How likely each tempo is the beat, over time and in a whole file. */
#ifndef QM_ANALYSIS_METRE_WINDOWS_H
#define QM_ANALYSIS_METRE_WINDOWS_H

#include "analysis/metre.h"

typedef struct QmMetreWindow {
    bool any;             /* there is evidence */
    QmMetreScores scores; /* log of how likely */
} QmMetreWindow;

typedef struct QmMetreWindows {
    QmMetreWindow *windows; /* [n]: one every QM_METRE_HOP looks, the last at the end */
    size_t n;
    double clear;            /* how well the pulse agrees with itself, 0..1 */
    double likely[QM_TEMPI]; /* in the whole file, once a range was given */
} QmMetreWindows;

/* Weighs a pulse of at least one look. `whole_s`: how long the file is. False: out of
 * memory. */
bool qm_metre_windows(QmMetreWindows *metre, const QmPulse *pulse, double whole_s,
                      QmArena *arena);

/* Keeps to the candidates from `low` to `high`. */
void qm_metre_keep_to(QmMetreWindows *metre, uint32_t low, uint32_t high);

/* How likely the tempo is within 4 % of `bpm`, 0..1. */
double qm_metre_likely(const QmMetreWindows *metre, double bpm);

#endif
