/* Two steps a block, all threads waiting for each other between them: stems are read and
 * transformed, two a job; then pairs are compared, a stem with all behind it a job. Every
 * sum has one writer and grows block by block, so it does not matter who does which. */
#include "render/together.h"

#include "base/fpmode.h"

#include <pthread.h>
#include <string.h>

typedef struct Member {
    QmAudioReader reader;
    bool open, ended;
    float *samples; /* [block][channels] */
    QmRelateInput input;
    int64_t frames; /* read so far */
    QmStatus status;
    QmDiag diag;
} Member;

typedef struct Work {
    const QmTogetherRequest *request;
    QmArena arena;
    Member *members;
    QmRelate *relate;
    uint32_t block;
    uint32_t next; /* job of this step that nobody has taken */
    uint32_t next_room;
    void **rooms; /* [threads] for transforms */
    int64_t longest;
    bool stop;
    pthread_mutex_t lock;
    pthread_barrier_t step;
} Work;

/* --- a block ------------------------------------------------------------------------ */

/* What follows of a stem, silence behind its end. */
static void read_block(const Work *work, Member *m)
{
    uint32_t got = 0;
    const uint32_t channels = m->reader.info.channels;
    if (!m->ended)
        m->status = m->reader.read(m->reader.self, m->frames, work->block, m->samples,
                                   &got, &m->diag);
    if (m->status != QM_OK)
        got = 0;
    m->frames += got;
    m->ended = got < work->block;
    memset(m->samples + (size_t)got * channels, 0,
           (size_t)(work->block - got) * channels * sizeof *m->samples);
    m->input = (QmRelateInput){m->samples, channels, got};
}

static void take(Work *work, uint32_t k, void *room)
{
    Member *const first = &work->members[2 * k];
    Member *const second = 2 * k + 1 < work->request->n ? first + 1 : NULL;
    read_block(work, first);
    if (second)
        read_block(work, second);
    qm_relate_take(work->relate, k, &first->input, second ? &second->input : NULL, room);
}

static bool next_job(Work *work, uint32_t count, uint32_t *job)
{
    pthread_mutex_lock(&work->lock);
    *job = work->next;
    work->next += work->next < count;
    pthread_mutex_unlock(&work->lock);
    return *job < count;
}

/* Between steps, one thread for all. */
static void after_reading(Work *work)
{
    const QmTogetherRequest *const r = work->request;
    work->next = 0;
    bool any = false;
    int64_t frames = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const Member *const m = &work->members[i];
        any |= m->input.frames > 0;
        frames = m->frames > frames ? m->frames : frames;
        work->stop |= m->status != QM_OK;
    }
    work->stop |= !any || (r->cancel && *r->cancel);
    if (r->progress.report && work->longest > 0)
        r->progress.report(r->progress.self, frames, work->longest);
}

/* Waits for all; true for one of them. */
static bool meet(Work *work)
{
    return pthread_barrier_wait(&work->step) == PTHREAD_BARRIER_SERIAL_THREAD;
}

static void *worker(void *argument)
{
    Work *const work = argument;
    const uint32_t n = work->request->n;
    const uint64_t mode = qm_fpmode_enter();
    pthread_mutex_lock(&work->lock);
    void *const room = work->rooms[work->next_room++];
    pthread_mutex_unlock(&work->lock);
    uint32_t job;
    for (;;) {
        while (next_job(work, (n + 1) / 2, &job))
            take(work, job, room);
        if (meet(work))
            after_reading(work);
        meet(work);
        if (work->stop)
            break;
        while (next_job(work, n, &job))
            qm_relate_pairs(work->relate, job);
        if (meet(work))
            work->next = 0;
        meet(work);
    }
    qm_fpmode_restore(mode);
    return NULL;
}

/* --- all of it ---------------------------------------------------------------------- */

static QmStatus open_all(Work *work, QmDiag *diag)
{
    const QmTogetherRequest *const r = work->request;
    work->members = QM_NEW_ARRAY(&work->arena, Member, r->n);
    if (!work->members)
        return qm_fail_memory(diag);
    for (uint32_t i = 0; i < r->n; i++) {
        Member *const m = &work->members[i];
        const QmPlace nowhere = {0};
        const QmStatus status =
            r->open(r->context, r->files[i], nowhere, diag, &m->reader);
        if (status != QM_OK)
            return status;
        m->open = true;
        const int64_t frames = m->reader.info.frames;
        work->longest = frames > work->longest ? frames : work->longest;
    }
    return QM_OK;
}

static bool rates_differ(const Work *work)
{
    for (uint32_t i = 1; i < work->request->n; i++)
        if (work->members[i].reader.info.rate != work->members[0].reader.info.rate)
            return true;
    return false;
}

static QmStatus prepare(Work *work, QmDiag *diag)
{
    const QmTogetherRequest *const r = work->request;
    work->relate =
        qm_relate_new(r->n, work->members[0].reader.info.rate, r->isa, &work->arena);
    work->rooms = QM_NEW_ARRAY(&work->arena, void *, r->threads);
    if (!work->relate || !work->rooms)
        return qm_fail_memory(diag);
    work->block = qm_relate_block(work->relate);
    bool ok = true;
    for (uint32_t i = 0; ok && i < r->threads; i++)
        ok = (work->rooms[i] =
                  qm_arena_alloc(&work->arena, 1, qm_relate_work(work->relate))) != NULL;
    for (uint32_t i = 0; ok && i < r->n; i++) {
        Member *const m = &work->members[i];
        m->samples = qm_arena_alloc(&work->arena, work->block,
                                    m->reader.info.channels * sizeof(float));
        ok = m->samples != NULL;
    }
    return ok ? QM_OK : qm_fail_memory(diag);
}

/* The lock is held until it is known how many threads there are to wait for. */
static void run_threads(Work *work)
{
    pthread_t threads[QM_MAX_THREADS];
    uint32_t n = 0;
    pthread_mutex_init(&work->lock, NULL);
    pthread_mutex_lock(&work->lock);
    while (n + 1 < work->request->threads &&
           pthread_create(&threads[n], NULL, worker, work) == 0)
        n++;
    pthread_barrier_init(&work->step, NULL, n + 1);
    pthread_mutex_unlock(&work->lock);
    worker(work);
    while (n > 0)
        pthread_join(threads[--n], NULL);
    pthread_barrier_destroy(&work->step);
    pthread_mutex_destroy(&work->lock);
}

static QmStatus compare(Work *work, QmArena *arena, QmRelations *result, QmDiag *diag)
{
    const QmTogetherRequest *const r = work->request;
    const QmStatus status = prepare(work, diag);
    if (status != QM_OK)
        return status;
    run_threads(work);
    for (uint32_t i = 0; i < r->n; i++)
        if (work->members[i].status != QM_OK) {
            *diag = work->members[i].diag;
            return work->members[i].status;
        }
    if (r->cancel && *r->cancel)
        return qm_fail_plain(diag, QM_ERR_IO, "interrupted");
    return qm_relate_finish(work->relate, r->names, work->rooms[0], arena, result)
               ? QM_OK
               : qm_fail_memory(diag);
}

QmStatus qm_together(const QmTogetherRequest *request, QmArena *arena,
                     QmRelations *result, QmDiag *diag)
{
    Work work = {.request = request};
    qm_arena_init(&work.arena);
    result->compared = qm_unmeasured("a single stem");
    QmStatus status = request->n > 1 ? open_all(&work, diag) : QM_OK;
    if (status == QM_OK && work.members) {
        if (rates_differ(&work))
            result->compared = qm_unmeasured("the stems' rates differ");
        else
            status = compare(&work, arena, result, diag);
    }
    for (uint32_t i = 0; work.members && i < request->n; i++)
        if (work.members[i].open)
            work.members[i].reader.close(work.members[i].reader.self);
    qm_arena_release(&work.arena);
    return status;
}
