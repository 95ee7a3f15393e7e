/* Book-keeping: for every op how many chunks it has done and whether a thread is at it
 * now. The sink is one more op, behind all others, that reads every pickup.
 *
 * Among the jobs that may run, the one of the earliest chunk is taken, the sink first:
 * that keeps the taps short and the file growing. */
#include "render/pool.h"

#include "base/fpmode.h"

#include <pthread.h>

typedef struct Job {
    uint32_t *needs, *readers;
    uint32_t n_needs, n_readers;
    int64_t done; /* chunks */
    bool busy;
} Job;

typedef struct Pool {
    const QmPoolWork *work;
    Job *jobs; /* [n_ops + 1], the sink last */
    uint32_t n_jobs;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint32_t waiting;
    QmStatus status;
} Pool;

/* --- the jobs' relations ------------------------------------------------------------ */

static void add_unique(uint32_t *list, uint32_t *n, uint32_t item)
{
    for (uint32_t i = 0; i < *n; i++)
        if (list[i] == item)
            return;
    list[(*n)++] = item;
}

static void need_pickups(const QmPlan *plan, const QmPickup *pickups, uint32_t n,
                         Job *sink)
{
    for (uint32_t i = 0; i < n; i++)
        if (pickups[i].strip != QM_NONE)
            add_unique(sink->needs, &sink->n_needs, plan->op_of[pickups[i].strip]);
}

static bool make_readers(Pool *pool, QmArena *arena)
{
    for (uint32_t j = 0; j < pool->n_jobs; j++)
        for (uint32_t i = 0; i < pool->jobs[j].n_needs; i++)
            pool->jobs[pool->jobs[j].needs[i]].n_readers++;
    for (uint32_t j = 0; j < pool->n_jobs; j++) {
        Job *job = &pool->jobs[j];
        job->readers = QM_NEW_ARRAY(arena, uint32_t, job->n_readers);
        if (!job->readers)
            return false;
        job->n_readers = 0;
    }
    for (uint32_t j = 0; j < pool->n_jobs; j++)
        for (uint32_t i = 0; i < pool->jobs[j].n_needs; i++) {
            Job *needed = &pool->jobs[pool->jobs[j].needs[i]];
            needed->readers[needed->n_readers++] = j;
        }
    return true;
}

static bool make_jobs(Pool *pool, QmArena *arena)
{
    const QmPlan *plan = pool->work->plan;
    pool->n_jobs = plan->n_ops + 1;
    pool->jobs = QM_NEW_ARRAY(arena, Job, pool->n_jobs);
    if (!pool->jobs)
        return false;
    for (uint32_t o = 0; o < plan->n_ops; o++) {
        pool->jobs[o].needs = plan->ops[o].needs;
        pool->jobs[o].n_needs = plan->ops[o].n_needs;
    }
    Job *sink = &pool->jobs[plan->n_ops];
    sink->needs = QM_NEW_ARRAY(arena, uint32_t, plan->n_outputs + plan->n_stems);
    if (!sink->needs)
        return false;
    need_pickups(plan, plan->outputs, plan->n_outputs, sink);
    need_pickups(plan, plan->stems, plan->n_stems, sink);
    return make_readers(pool, arena);
}

/* --- choosing ------------------------------------------------------------------ */

static bool may_run(const Pool *pool, const Job *job)
{
    const int64_t chunk = job->done;
    if (job->busy || chunk >= pool->work->n_chunks)
        return false;
    for (uint32_t i = 0; i < job->n_needs; i++)
        if (pool->jobs[job->needs[i]].done <= chunk)
            return false;
    for (uint32_t i = 0; i < job->n_readers; i++)
        if (chunk - pool->jobs[job->readers[i]].done >= pool->work->window)
            return false;
    return true;
}

/* NULL: nothing may run now. */
static Job *choose(Pool *pool)
{
    Job *best = NULL;
    for (uint32_t j = pool->n_jobs; j-- > 0;) {
        Job *job = &pool->jobs[j];
        if ((!best || job->done < best->done) && may_run(pool, job))
            best = job;
    }
    return best;
}

static bool finished(const Pool *pool)
{
    return pool->status != QM_OK ||
           pool->jobs[pool->n_jobs - 1].done == pool->work->n_chunks;
}

/* --- working ------------------------------------------------------------------ */

static QmStatus run(const Pool *pool, const Job *job)
{
    const QmPoolWork *work = pool->work;
    const uint32_t index = (uint32_t)(job - pool->jobs);
    if (index == work->plan->n_ops)
        return work->hand_over(work->self, job->done);
    work->run_op(work->self, index, job->done);
    return QM_OK;
}

static void *worker(void *argument)
{
    Pool *pool = argument;
    const uint64_t mode = qm_fpmode_enter();
    pthread_mutex_lock(&pool->lock);
    while (!finished(pool)) {
        Job *job = choose(pool);
        if (!job) {
            pool->waiting++;
            pthread_cond_wait(&pool->changed, &pool->lock);
            pool->waiting--;
            continue;
        }
        job->busy = true;
        pthread_mutex_unlock(&pool->lock);
        const QmStatus status = run(pool, job);
        pthread_mutex_lock(&pool->lock);
        job->busy = false;
        job->done++;
        if (status != QM_OK && pool->status == QM_OK)
            pool->status = status;
        if (pool->waiting)
            pthread_cond_broadcast(&pool->changed);
    }
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    qm_fpmode_restore(mode);
    return NULL;
}

QmStatus qm_pool_run(const QmPoolWork *work, QmDiag *diag)
{
    QmArena arena;
    qm_arena_init(&arena);
    Pool pool = {.work = work,
                 .lock = PTHREAD_MUTEX_INITIALIZER,
                 .changed = PTHREAD_COND_INITIALIZER};
    pthread_t *threads = QM_NEW_ARRAY(&arena, pthread_t, work->threads);
    if (!threads || !make_jobs(&pool, &arena)) {
        qm_arena_release(&arena);
        return qm_fail_memory(diag);
    }
    uint32_t started = 0;
    while (started + 1 < work->threads &&
           pthread_create(&threads[started], NULL, worker, &pool) == 0)
        started++;
    worker(&pool);
    for (uint32_t t = 0; t < started; t++)
        pthread_join(threads[t], NULL);
    qm_arena_release(&arena);
    return pool.status;
}
