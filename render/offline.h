/* Rendering a plan to its end, as fast as the machine allows.
 *
 * The song is cut into chunks of quanta. Computing one op over one chunk is a job; so is
 * handing one chunk to the sinks. A job may run when the ops it needs have done that
 * chunk, it has done the chunk before, and its readers are not further behind than the
 * taps reach. Threads take jobs; which thread takes which changes nothing (D4). Ops of
 * later waves work on one chunk while those of earlier waves are on the next, so two
 * cores stay busy even where a wave has a single op. */
#ifndef QM_RENDER_OFFLINE_H
#define QM_RENDER_OFFLINE_H

#include "graph/exec.h"
#include "graph/sink.h"

#include <signal.h>

typedef struct QmProgress {
    void (*report)(void *self, int64_t done,
                   int64_t total); /* song frames; from any thread */
    void *self;
} QmProgress;

typedef struct QmOfflineConfig {
    uint32_t threads;      /* >= 1 */
    uint32_t chunk_quanta; /* 0: QM_CHUNK_QUANTA */
    uint32_t
        pull_frames;  /* not 0: one thread pulls this many frames at a time instead, as a
                              device would; for proving that it makes no difference */
    int64_t from, to; /* song frames handed to the sinks: [from, to) */
    QmSink *outputs;  /* get the plan's outputs; all have the same channels */
    uint32_t n_outputs;
    QmSink *stems;                       /* [plan->n_stems], a pair each; NULL: none */
    QmProgress progress;                 /* report may be NULL */
    const volatile sig_atomic_t *cancel; /* stop when it is not 0; may be NULL */
    QmStatus (*check)(void *self,
                      QmDiag *diag); /* asked after every chunk; may be NULL */
    void *check_self;
    QmMeter *meters; /* [n_strips], for a plan with meters: filled at the end; or NULL */
    QmSlotReadings *readings; /* [inserts of the session]: filled at the end; or NULL */
    uint32_t *n_readings;     /* how many were filled; with `readings` */
} QmOfflineConfig;

enum { QM_CHUNK_QUANTA = 16, QM_MAX_CHUNK_QUANTA = 4096, QM_MAX_THREADS = 256 };

/* Renders; finishes the sinks unless something failed (the caller closes them either
 * way). Errors: QM_ERR_MEMORY, whatever a sink or check said, QM_ERR_IO "interrupted" on
 * cancel. */
QmStatus qm_offline_render(const QmPlan *plan, const QmOfflineConfig *config,
                           QmDiag *diag);

#endif
