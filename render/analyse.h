/* Analyses files: many at once, and each in many places at once.
 *
 * A thread takes the next block of the earliest file that has one to take: it reads the
 * block (one thread at a time a file), scans it by itself, and merges what was seen as
 * soon as all blocks before it are merged. So a long file keeps all threads busy, and so
 * do many short ones; what comes out is the same for any number of threads.
 *
 * Memory: a few blocks a thread, and what the analyses keep. */
#ifndef QM_RENDER_ANALYSE_H
#define QM_RENDER_ANALYSE_H

#include "analysis/analysis.h"
#include "model/audio_reader.h"
#include "render/offline.h"

typedef struct QmAnalysedFile {
    const char *name;    /* borrowed from the request */
    QmStatus status;     /* not QM_OK: there is no analysis, diag says why */
    QmDiag diag;         /* also warnings */
    QmAudioInfo info;    /* frames: what was read */
    uint64_t not_finite; /* samples that were no numbers, taken as 0 */
    QmAnalysis *analysis;
} QmAnalysedFile;

typedef struct QmAnalyseRequest {
    const char *const *names;
    uint32_t n_names;
    QmAudioOpen open;
    void *context;     /* of open */
    uint32_t features; /* bit i: qm_feature_at(i) */
    uint32_t threads;  /* 1..QM_MAX_THREADS */
    QmIsa isa;
    QmAnalysisOptions options;
    /* [n_names]: the beats of each file, instead of options.grid; NULL: none. */
    const QmGrid *const *grids;
    /* Called for each file in the order of names, by one thread at a time. It may keep
     * file->analysis (set it to NULL then, and free it some time). A failure ends the
     * work. */
    QmStatus (*done)(void *self, uint32_t index, QmAnalysedFile *file);
    void *self;
    QmProgress progress;                 /* frames; report may be NULL */
    const volatile sig_atomic_t *cancel; /* stop when it is not 0; may be NULL */
} QmAnalyseRequest;

/* Errors: what `done` said; QM_ERR_IO when it was cancelled; QM_ERR_MEMORY. */
QmStatus qm_analyse(const QmAnalyseRequest *request, QmDiag *diag);

#endif
