/* Which beats begin bars. */
#ifndef QM_ANALYSIS_DOWNBEAT_H
#define QM_ANALYSIS_DOWNBEAT_H

#include "analysis/harmony.h"
#include "analysis/pulse.h"

#include <stdint.h>

/* positions[i]: what beat i, at times[i] seconds, counts in its bar, from 1. Returns the
 * beats in a bar, 3 or 4; 0: out of memory. `loop`: they are whole bars.
 * pulse->work: what the bass adds to the pulse. */
int qm_downbeats(const QmPulse *pulse, const QmHarmony *harmony, const double *times,
                 size_t n, bool loop, uint8_t *positions, QmArena *arena);

#endif
