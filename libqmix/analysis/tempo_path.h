/* How the tempo goes over time. */
#ifndef QM_ANALYSIS_TEMPO_PATH_H
#define QM_ANALYSIS_TEMPO_PATH_H

#include "analysis/metre_windows.h"

enum { QM_PATH_STEP = 96 }; /* looks: about a second */

/* The candidate (metre.h) of each step of QM_PATH_STEP looks, the first around look 0,
 * among those from `low` to `high`. NULL: out of memory. */
const uint8_t *qm_tempo_path(const QmPulse *pulse, const QmMetreWindows *metre,
                             uint32_t low, uint32_t high, size_t *steps, QmArena *arena);

#endif
