/* The engine as a device sees it: pull any number of frames, get the next ones.
 *
 * One thread, whole quanta inside, what is left over of a quantum waits for the next
 * pull: so the samples do not depend on how many were asked for (D2). The frames that the
 * plan's latency puts in front of the song are computed by the locate, so the first
 * pulled frame is the located one.
 *
 * Real time: pull and locate never allocate, lock, log or wait, if the assets are
 * resident. */
#ifndef QM_RENDER_ENGINE_H
#define QM_RENDER_ENGINE_H

#include "graph/exec.h"

typedef struct QmEngine QmEngine;

/* Borrows the plan. Errors: QM_ERR_MEMORY. Starts located at frame 0. */
QmStatus qm_engine_new(const QmPlan *plan, QmArena *arena, QmDiag *diag,
                       QmEngine **engine);

/* Goes to a song frame (rounded down to the control grid); returns where it stands. */
int64_t qm_engine_locate(QmEngine *engine, int64_t song_frame);

/* The song frame that the next pull begins with. */
int64_t qm_engine_frame(const QmEngine *engine);

/* The next n frames of all outputs: out[n][2 * plan->n_outputs]. */
void qm_engine_pull(QmEngine *engine, uint32_t n, float *out);

#endif
