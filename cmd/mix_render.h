/* From a decision log to audio: the session that it was made for, or one made of its
 * stems, edited by the log. What qmix has written renders to the same samples again, and
 * so does a log that was changed by hand. */
#ifndef QM_CMD_MIX_RENDER_H
#define QM_CMD_MIX_RENDER_H

#include "cmd/load.h"
#include "mix/decision.h"
#include "render/offline.h"
#include "render/trim.h"

typedef struct MixRender {
    QmArena arena; /* of the log, and of a session made of stems */
    QmDecisionLog log;
    Loaded loaded; /* the effective session */
    QmPlan plan;
    QmTrim trim;
} MixRender;

/* Reads the log and all that it stands on. Names in the log are as they were said: from
 * the folder that qmix was run in. A sound that is not the one of the log any more is a
 * warning. Release it in any case. Errors: those of the log (QM_ERR_INPUT with its line),
 * of the session and its sounds. */
QmStatus mix_render_open(const char *log, QmDiag *diag, MixRender *render);

/* Renders all of it to the outputs, as qrender does. `config` has what threads,
 * progress and cancel there are; the rest of it is filled in here. `frames`: how many
 * came out; may be NULL. */
QmStatus mix_render_run(MixRender *render, const QmOfflineConfig *config, QmSink *outputs,
                        uint32_t n, QmDiag *diag, int64_t *frames);
void mix_render_release(MixRender *render);

#endif
