/* Two files held together sample by sample (analysis/compare.h): read in step up to three
 * times, a piece of each at a time, so memory does not grow with them. */
#ifndef QM_RENDER_COMPARE_H
#define QM_RENDER_COMPARE_H

#include "analysis/compare.h"
#include "model/audio_reader.h"
#include "render/offline.h"

typedef struct QmCompareRequest {
    const char *names[2]; /* A and B; may be the same */
    QmAudioOpen open;     /* has to give the same again and again: no pipes */
    void *context;        /* of open */
    QmIsa isa;
    QmProgress progress;                 /* frames of all readings; report may be NULL */
    const volatile sig_atomic_t *cancel; /* stop when it is not 0; may be NULL */
} QmCompareRequest;

typedef struct QmCompared {
    QmAudioInfo info[2];    /* frames: what was read; -1 when they were not */
    uint64_t not_finite[2]; /* samples that were no numbers, taken as 0 */
    QmDifference difference;
} QmCompared;

/* Fills *compared, which lives in `arena`. Errors: the readers'; QM_ERR_IO when it was
 * cancelled; QM_ERR_MEMORY. */
QmStatus qm_compare(const QmCompareRequest *request, QmArena *arena, QmCompared *compared,
                    QmDiag *diag);

#endif
