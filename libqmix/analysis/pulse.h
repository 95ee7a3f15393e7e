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
    float *bass;  /* [n]: the same of the lowest */
    size_t end;   /* behind the last look at which anything begins; 0: nothing does */
    float *work;  /* [n]: for whoever adds groups */
} QmPulse;

/* Nothing yet. False: out of memory. */
bool qm_pulse_init(QmPulse *pulse, size_t n, double hop_s, QmArena *arena);

/* Adds a group's flux, pulse->work[n]. */
void qm_pulse_add(QmPulse *pulse, bool bass);

/* Smoothes and scales what was added. */
void qm_pulse_finish(QmPulse *pulse);

#endif
