/* A grid of beats: where they are, and what they count in their bar.
 *
 * It is detected (tempo.h), or somebody wrote it down (formats/grid_text.h); then it wins
 * (QmAnalysisOptions.grid). */
#ifndef QM_ANALYSIS_GRID_H
#define QM_ANALYSIS_GRID_H

#include "analysis/feature.h"

enum { QM_GRID_BAR_MAX = 64 }; /* beats in a bar, at most */

/* The latest time of a beat: 1000 hours. */
#define QM_GRID_TIME_MAX 3.6e6

typedef struct QmBeat {
    double time;  /* seconds from the start of the file, 0..QM_GRID_TIME_MAX */
    int position; /* in the bar, 1..QM_GRID_BAR_MAX; 1: a downbeat; 0: not known */
} QmBeat;

struct QmGrid {
    const QmBeat *beats; /* each later than the one before; borrowed */
    size_t n_beats;
};

#endif
