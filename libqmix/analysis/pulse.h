/* The pulse of a file: how much begins at each look, even over time and registers. */
#ifndef QM_ANALYSIS_PULSE_H
#define QM_ANALYSIS_PULSE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct QmPulse {
    size_t n;     /* looks */
    double hop_s; /* from look to look; look i is around i * hop_s seconds */
    float *all;   /* [n]: of all groups, mean square 1, smooth over some 30 ms */
    size_t end;   /* behind the last look at which anything begins; 0: nothing does */
    float *work;  /* [n]: for one group, and whoever needs room */
} QmPulse;

/* Nothing yet. False: out of memory. */
bool qm_pulse_init(QmPulse *pulse, size_t n, double hop_s, QmArena *arena);

/* Makes of a group's flux, pulse->work[n], what it adds to the pulse, in place. */
void qm_pulse_group(QmPulse *pulse);
/* Adds it. */
void qm_pulse_add(QmPulse *pulse);

/* Smoothes and scales what was added; spoils pulse->work. */
void qm_pulse_finish(QmPulse *pulse);

#endif
