/* One lock around the book-keeping; reading, scanning, merging and telling happen outside
 * of it, each guarded by a flag of the file that says a thread is at it. */
#include "render/analyse.h"

#include "base/fpmode.h"
#include "render/blocks.h"

#include <pthread.h>
#include <string.h>

/* What one block needs on its way from the file to the analysis. Slots are lent to any
 * file; they grow to what the largest needed. */
typedef struct Slot {
    QmArena arena;
    QmBlockRoom room;
    void *partials, *work;
    size_t partials_size, work_size;
    QmBlock block;
    struct File *file; /* NULL: free */
    int64_t index;     /* of the block in its file */
    bool scanned;
} Slot;

typedef struct File {
    QmAnalysedFile result;
    QmBlocks blocks;
    bool open, reading, merging; /* open: the reader is */
    bool read_all, finished;
    int64_t taken, merged; /* blocks */
} File;

typedef struct Work {
    const QmAnalyseRequest *request;
    QmArena arena;
    File *files;
    Slot *slots;
    uint32_t n_slots;
    uint32_t told; /* files that `done` has seen */
    bool telling;
    int64_t frames_done, frames_known;
    uint32_t opened; /* files */
    QmStatus status;
    QmDiag *diag;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} Work;

/* --- a file's life ------------------------------------------------------------------ */

static QmStatus open_file(Work *work, uint32_t index)
{
    const QmAnalyseRequest *const r = work->request;
    File *const file = &work->files[index];
    QmAnalysedFile *const result = &file->result;
    const QmPlace nowhere = {0};
    QmAudioReader reader;
    QmStatus status = r->open(r->context, result->name, nowhere, &result->diag, &reader);
    if (status != QM_OK)
        return status;
    file->open = true;
    result->info = reader.info;
    QmAnalysisOptions options = r->options;
    if (r->grids)
        options.grid = r->grids[index];
    if (reader.info.rate > QM_SCAN_RATE_MAX)
        status = qm_fail(&result->diag, QM_ERR_INPUT, (QmPlace){.file = result->name},
                         NULL, "its sample rate of %u Hz is beyond %d Hz",
                         reader.info.rate, QM_SCAN_RATE_MAX);
    if (status == QM_OK) {
        const QmScanSpec spec =
            qm_scan_spec(reader.info.rate, reader.info.channels, r->isa, &options);
        result->analysis = qm_analysis_new(&spec, r->features);
        status = result->analysis
                     ? qm_blocks_open(&file->blocks, &spec, &reader, &result->diag)
                     : qm_fail_memory(&result->diag);
    }
    if (status != QM_OK && !file->blocks.reader.self)
        reader.close(reader.self);
    return status;
}

static void warn_of(QmAnalysedFile *file, uint64_t samples, const char *what,
                    const char *taken_as)
{
    const QmPlace place = {.file = file->name};
    if (samples)
        qm_warn(&file->diag, place, NULL, "%llu samples %s and were taken as %s",
                (unsigned long long)samples, what, taken_as);
}

static void close_file(File *file)
{
    if (!file->open)
        return;
    file->result.info.frames = file->blocks.total;
    if (file->blocks.reader.self) {
        const QmAudioReader *const reader = &file->blocks.reader;
        file->result.not_finite = reader->not_finite(reader->self);
        warn_of(&file->result, file->result.not_finite, "are no numbers", "0");
        warn_of(&file->result, file->blocks.beyond, "are beyond +120 dBFS", "that");
        qm_blocks_close(&file->blocks);
    }
    file->open = false;
}

/* The lock held. */
static void fail(File *file, QmStatus status)
{
    if (file->result.status == QM_OK)
        file->result.status = status;
    file->read_all = true;
}

/* --- a slot's way ------------------------------------------------------------------- */

static bool make_room(Slot *slot, const QmAnalysis *analysis)
{
    const QmScanSpec *const spec = &analysis->spec;
    if (qm_block_room_fits(&slot->room, spec) &&
        slot->partials_size >= analysis->partials_size &&
        slot->work_size >= analysis->work_size)
        return true;
    qm_arena_release(&slot->arena);
    memset(&slot->room, 0, sizeof slot->room);
    slot->partials_size = analysis->partials_size;
    slot->work_size = analysis->work_size;
    slot->partials = qm_arena_alloc(&slot->arena, 1, slot->partials_size + 64);
    slot->work = qm_arena_alloc(&slot->arena, 1, slot->work_size + 64);
    return slot->partials && slot->work &&
           qm_block_room_init(&slot->room, spec, &slot->arena);
}

/* Reads the file's next block; *got is false when there is none (any more). */
static QmStatus read_block(Work *work, uint32_t index, Slot *slot, bool *got)
{
    File *const file = &work->files[index];
    QmDiag *const diag = &file->result.diag;
    QmStatus status = file->taken || file->open ? QM_OK : open_file(work, index);
    if (status == QM_OK && !make_room(slot, file->result.analysis))
        status = qm_fail_memory(diag);
    if (status == QM_OK)
        status = qm_blocks_next(&file->blocks, &slot->room, &slot->block, got, diag);
    return status;
}

static Slot *slot_of(Work *work, const File *file, int64_t index)
{
    for (uint32_t i = 0; i < work->n_slots; i++)
        if (work->slots[i].file == file && work->slots[i].index == index)
            return &work->slots[i];
    return NULL;
}

/* Merges what is ready, the lock held; it is let go meanwhile. */
static void merge_ready(Work *work, File *file)
{
    Slot *slot;
    while (!file->merging && (slot = slot_of(work, file, file->merged)) &&
           slot->scanned) {
        const bool failed = file->result.status != QM_OK;
        file->merging = true;
        pthread_mutex_unlock(&work->lock);
        const bool ok = failed || qm_analysis_merge(file->result.analysis, &slot->block,
                                                    slot->partials);
        pthread_mutex_lock(&work->lock);
        if (!ok) /* `tell` says so: diag is with the thread that reads */
            fail(file, QM_ERR_MEMORY);
        work->frames_done += slot->block.n;
        slot->file = NULL;
        file->merged++;
        file->merging = false;
        pthread_cond_broadcast(&work->changed);
    }
}

/* --- what is there to do ------------------------------------------------------------ */

static bool all_merged(const File *file)
{
    return file->read_all && !file->reading && !file->merging &&
           file->merged == file->taken;
}

static bool may_take(const Work *work, const File *file)
{
    return !file->reading && !file->read_all &&
           file < work->files + work->told + 2 * work->request->threads;
}

static Slot *free_slot(Work *work)
{
    for (uint32_t i = 0; i < work->n_slots; i++)
        if (!work->slots[i].file)
            return &work->slots[i];
    return NULL;
}

static bool stopped(const Work *work)
{
    return work->status != QM_OK || work->told == work->request->n_names;
}

/* Finishes the next file that is to be told of, and tells; the lock held, let go
 * meanwhile. */
static void tell(Work *work)
{
    const QmAnalyseRequest *const r = work->request;
    File *const file = &work->files[work->told];
    work->telling = true;
    pthread_mutex_unlock(&work->lock);
    close_file(file);
    QmAnalysedFile *const result = &file->result;
    if (result->status == QM_OK && !qm_analysis_finish(result->analysis))
        result->status = QM_ERR_MEMORY;
    if (result->status == QM_ERR_MEMORY)
        qm_fail_memory(&result->diag);
    if (result->status != QM_OK) {
        qm_analysis_free(result->analysis);
        result->analysis = NULL;
    }
    const QmStatus status = r->done(r->self, work->told, result);
    qm_analysis_free(result->analysis);
    result->analysis = NULL;
    pthread_mutex_lock(&work->lock);
    if (work->status == QM_OK)
        work->status = status;
    work->told++;
    work->telling = false;
    pthread_cond_broadcast(&work->changed);
}

static void report(Work *work)
{
    const QmProgress *const progress = &work->request->progress;
    /* Files that are not open yet are taken to be as long as those that are. */
    if (progress->report && work->opened)
        progress->report(progress->self, work->frames_done,
                         work->frames_known / work->opened * work->request->n_names);
    if (work->request->cancel && *work->request->cancel && work->status == QM_OK)
        work->status = qm_fail_plain(work->diag, QM_ERR_IO, "interrupted");
}

/* Takes a block of `file` through; the lock held, let go meanwhile. */
static void take(Work *work, File *file, Slot *slot)
{
    const uint32_t index = (uint32_t)(file - work->files);
    file->reading = true;
    slot->file = file;
    slot->index = file->taken;
    slot->scanned = false;
    pthread_mutex_unlock(&work->lock);
    const bool first = slot->index == 0;
    bool got = false;
    const QmStatus status = read_block(work, index, slot, &got);
    pthread_mutex_lock(&work->lock);
    if (status != QM_OK)
        fail(file, status);
    if (!got || slot->block.last)
        file->read_all = true;
    work->opened += first;
    if (first)
        work->frames_known += file->result.info.announced;
    file->reading = false;
    if (got)
        file->taken++;
    else
        slot->file = NULL;
    pthread_cond_broadcast(&work->changed);
    if (!got)
        return;
    pthread_mutex_unlock(&work->lock);
    qm_analysis_scan(file->result.analysis, &slot->block, slot->partials, slot->work);
    pthread_mutex_lock(&work->lock);
    slot->scanned = true;
    merge_ready(work, file);
    report(work);
}

static File *choose(Work *work)
{
    for (uint32_t i = work->told; i < work->request->n_names; i++)
        if (may_take(work, &work->files[i]))
            return &work->files[i];
    return NULL;
}

static void *worker(void *argument)
{
    Work *const work = argument;
    const uint64_t mode = qm_fpmode_enter();
    pthread_mutex_lock(&work->lock);
    while (!stopped(work)) {
        if (!work->telling && all_merged(&work->files[work->told])) {
            tell(work);
            continue;
        }
        Slot *const slot = free_slot(work);
        File *const file = slot ? choose(work) : NULL;
        if (file)
            take(work, file, slot);
        else
            pthread_cond_wait(&work->changed, &work->lock);
    }
    pthread_cond_broadcast(&work->changed);
    pthread_mutex_unlock(&work->lock);
    qm_fpmode_restore(mode);
    return NULL;
}

/* --- all of it ---------------------------------------------------------------------- */

static bool prepare(Work *work)
{
    const QmAnalyseRequest *const r = work->request;
    work->n_slots = 2 * r->threads;
    work->files = QM_NEW_ARRAY(&work->arena, File, r->n_names);
    work->slots = QM_NEW_ARRAY(&work->arena, Slot, work->n_slots);
    if (!work->files || !work->slots)
        return false;
    for (uint32_t i = 0; i < r->n_names; i++)
        work->files[i].result.name = r->names[i];
    for (uint32_t i = 0; i < work->n_slots; i++)
        qm_arena_init(&work->slots[i].arena);
    return true;
}

static void run_threads(Work *work)
{
    pthread_t threads[QM_MAX_THREADS];
    uint32_t n = 0;
    while (n + 1 < work->request->threads &&
           pthread_create(&threads[n], NULL, worker, work) == 0)
        n++;
    worker(work);
    while (n > 0)
        pthread_join(threads[--n], NULL);
}

QmStatus qm_analyse(const QmAnalyseRequest *request, QmDiag *diag)
{
    Work work = {.request = request, .diag = diag};
    qm_arena_init(&work.arena);
    pthread_mutex_init(&work.lock, NULL);
    pthread_cond_init(&work.changed, NULL);
    if (prepare(&work))
        run_threads(&work);
    else
        work.status = qm_fail_memory(diag);
    for (uint32_t i = 0; work.files && i < request->n_names; i++) {
        close_file(&work.files[i]);
        qm_analysis_free(work.files[i].result.analysis);
    }
    for (uint32_t i = 0; work.slots && i < work.n_slots; i++)
        qm_arena_release(&work.slots[i].arena);
    pthread_cond_destroy(&work.changed);
    pthread_mutex_destroy(&work.lock);
    qm_arena_release(&work.arena);
    return work.status;
}
