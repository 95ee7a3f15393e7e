/* Threads that take jobs: (op, chunk) pairs whose needs are met. See render/offline.h for
 * the rules of when a job may run. Jobs are tens of microseconds long, so one lock around
 * the book-keeping costs nothing that shows. */
#ifndef QM_RENDER_POOL_H
#define QM_RENDER_POOL_H

#include "graph/plan.h"

typedef struct QmPoolWork {
    const QmPlan *plan;
    int64_t n_chunks;
    int64_t window; /* chunks that an op may be ahead of its slowest reader */
    uint32_t threads;
    void (*run_op)(void *self, uint32_t op, int64_t chunk);
    /* Called for each chunk in order, by one thread at a time; a failure ends the
     * work. */
    QmStatus (*hand_over)(void *self, int64_t chunk);
    void *self;
} QmPoolWork;

/* Runs all jobs; the caller's thread is one of the threads. Errors: QM_ERR_MEMORY, or
 * what hand_over said. A thread that cannot be started is done without. */
QmStatus qm_pool_run(const QmPoolWork *work, QmDiag *diag);

#endif
