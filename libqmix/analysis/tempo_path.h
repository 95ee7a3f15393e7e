/* How the tempo goes over time. */
#ifndef QM_ANALYSIS_TEMPO_PATH_H
#define QM_ANALYSIS_TEMPO_PATH_H

#include "analysis/metre.h"

/* A metre window's scores: how likely is each candidate, log. */
typedef struct QmMetreWindow {
    bool any; /* there is evidence */
    QmMetreScores scores;
} QmMetreWindow;

enum { QM_PATH_STEP = 96 }; /* looks: about a second */

/* The candidate (metre.h) of each step of QM_PATH_STEP looks, the first around look 0,
 * among those from `low` to `high`. `windows`: one every QM_METRE_HOP looks. NULL: out of
 * memory. */
const uint8_t *qm_tempo_path(const QmPulse *pulse, const QmMetreWindow *windows,
                             size_t n_windows, uint32_t low, uint32_t high, size_t *steps,
                             QmArena *arena);

#endif
