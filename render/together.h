/* Reads the files of a stem set in step, to see which hear the same source
 * (analysis/relate.h). */
#ifndef QM_RENDER_TOGETHER_H
#define QM_RENDER_TOGETHER_H

#include "analysis/relate.h"
#include "model/audio_reader.h"
#include "render/offline.h"

typedef struct QmTogetherRequest {
    const char *const *files;
    const char *const *names; /* what they are called in the result */
    uint32_t n;               /* up to QM_RELATE_MAX_STEMS */
    QmAudioOpen open;
    void *context;    /* of open */
    uint32_t threads; /* 1..QM_MAX_THREADS; the result is the same */
    QmIsa isa;
    QmProgress progress;                 /* frames of the longest; report may be NULL */
    const volatile sig_atomic_t *cancel; /* stop when it is not 0; may be NULL */
} QmTogetherRequest;

/* Fills the zeroed `result`, which lives in `arena`. Files of different rates are not
 * compared: result->compared says why. Errors: of the first file that cannot be read;
 * QM_ERR_IO when it was cancelled; QM_ERR_MEMORY. */
QmStatus qm_together(const QmTogetherRequest *request, QmArena *arena,
                     QmRelations *result, QmDiag *diag);

#endif
