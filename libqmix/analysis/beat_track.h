/* Where the beats are, once the tempo is known. */
#ifndef QM_ANALYSIS_BEAT_TRACK_H
#define QM_ANALYSIS_BEAT_TRACK_H

#include "analysis/pulse.h"

#include <stdint.h>

typedef struct QmTracked {
    double look;   /* where, in looks */
    double weight; /* how much begins there */
} QmTracked;

/* Beats in order, from the first onset to the last. `path`: candidate (metre.h) of each
 * of `steps` steps (tempo_path.h). Spoils pulse->work. NULL: out of memory. */
const QmTracked *qm_beat_track(const QmPulse *pulse, const uint8_t *path, size_t steps,
                               size_t *n_beats, QmArena *arena);

#endif
