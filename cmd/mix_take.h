/* A mix as it sounds: its log rendered into a nameless file, and measured. */
#ifndef QM_CMD_MIX_TAKE_H
#define QM_CMD_MIX_TAKE_H

#include "cmd/mix_render.h"
#include "formats/saved_facts.h"
#include "render/spool.h"

typedef struct MixTakeRequest {
    const CliCommon *common; /* whether progress is shown */
    uint32_t threads;
    const volatile sig_atomic_t *cancel;
} MixTakeRequest;

typedef struct MixTake {
    MixRender render;
    QmSpool spool; /* at the session's rate */
    uint32_t rate;
    QmMeasured lufs, lra, true_peak, seconds;
    bool made; /* there is a spool */
} MixTake;

/* Renders and measures the log in the file `log`. Release it in any case. */
QmStatus mix_take_make(const char *log, const MixTakeRequest *request, QmDiag *diag,
                       MixTake *take);
/* What is kept of it beside its log. */
QmSavedFacts mix_take_facts(const MixTake *take, const char *note);
void mix_take_release(MixTake *take);

#endif
