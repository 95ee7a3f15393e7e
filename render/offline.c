/* A chunk of engine frames [c * chunk, (c + 1) * chunk) holds the song frames that lie
 * `latency` before; the sink job cuts out of them what was asked for. */
#include "render/offline.h"

#include "base/fpmode.h"
#include "render/engine.h"
#include "render/pool.h"

enum { WINDOW_CHUNKS = 3 }; /* how far the first and the last job may be apart */

typedef struct Offline {
    const QmPlan *plan;
    const QmOfflineConfig *config;
    QmExec *exec;
    uint32_t chunk; /* frames */
    float *outputs; /* [chunk][channels], the sink job's */
    float *stem;    /* [chunk][2] */
    QmDiag *diag;   /* written by the sink job only */
} Offline;

/* --- handing over ------------------------------------------------------------------- */

/* The part of song frames [frame, frame + n) that was asked for. */
typedef struct Span {
    uint32_t skip, n;
} Span;

static Span wanted(const QmOfflineConfig *config, int64_t frame, uint32_t n)
{
    const int64_t from = frame > config->from ? frame : config->from;
    const int64_t end = frame + n < config->to ? frame + n : config->to;
    return from < end ? (Span){(uint32_t)(from - frame), (uint32_t)(end - from)}
                      : (Span){0, 0};
}

static QmStatus write_outputs(Offline *off, int64_t frame, const float *audio, uint32_t n)
{
    for (uint32_t i = 0; i < off->config->n_outputs; i++) {
        const QmSink *sink = &off->config->outputs[i];
        const QmStatus status = sink->write(sink->self, frame, audio, n, off->diag);
        if (status != QM_OK)
            return status;
    }
    return QM_OK;
}

static QmStatus write_stems(Offline *off, int64_t frame, int64_t engine_frame, uint32_t n)
{
    for (uint32_t i = 0; off->config->stems && i < off->plan->n_stems; i++) {
        const QmSink *sink = &off->config->stems[i];
        qm_exec_pick_up(off->exec, &off->plan->stems[i], engine_frame, n, off->stem, 2);
        const QmStatus status = sink->write(sink->self, frame, off->stem, n, off->diag);
        if (status != QM_OK)
            return status;
    }
    return QM_OK;
}

static QmStatus after_chunk(Offline *off, int64_t done)
{
    const QmOfflineConfig *config = off->config;
    if (config->cancel && *config->cancel)
        return qm_fail_plain(off->diag, QM_ERR_IO, "interrupted");
    if (config->progress.report)
        config->progress.report(config->progress.self,
                                done < config->to ? done : config->to, config->to);
    return config->check ? config->check(config->check_self, off->diag) : QM_OK;
}

/* The sink job of one chunk. */
static QmStatus hand_over(void *self, int64_t chunk)
{
    Offline *off = self;
    const uint32_t stride = 2 * off->plan->n_outputs;
    const int64_t engine_frame = chunk * off->chunk;
    const int64_t frame = engine_frame - off->plan->latency;
    const Span span = wanted(off->config, frame, off->chunk);
    if (span.n) {
        for (uint32_t i = 0; i < off->plan->n_outputs; i++)
            qm_exec_pick_up(off->exec, &off->plan->outputs[i], engine_frame + span.skip,
                            span.n, off->outputs + 2 * i, stride);
        QmStatus status = write_outputs(off, frame + span.skip, off->outputs, span.n);
        if (status == QM_OK)
            status =
                write_stems(off, frame + span.skip, engine_frame + span.skip, span.n);
        if (status != QM_OK)
            return status;
    }
    return after_chunk(off, frame + off->chunk);
}

static void run_op(void *self, uint32_t op, int64_t chunk)
{
    Offline *off = self;
    qm_exec_run(off->exec, op, chunk * off->chunk, off->chunk / QM_QUANTUM);
}

static void read_meters(const Offline *off)
{
    const QmOfflineConfig *config = off->config;
    for (uint16_t s = 0; config->meters && s < off->plan->session->n_strips; s++)
        config->meters[s] = qm_exec_meter(off->exec, s);
    if (config->readings)
        *config->n_readings = qm_exec_readings(off->exec, config->readings);
}

/* --- the two ways ------------------------------------------------------------------- */

static QmStatus render_chunks(Offline *off, QmArena *arena)
{
    const QmPlan *plan = off->plan;
    const QmStatus status =
        qm_exec_new(plan, WINDOW_CHUNKS * off->chunk, arena, off->diag, &off->exec);
    if (status != QM_OK)
        return status;
    const int64_t frames = off->config->to + plan->latency;
    const QmPoolWork work = {.plan = plan,
                             .n_chunks = (frames + off->chunk - 1) / off->chunk,
                             .window = WINDOW_CHUNKS,
                             .threads = off->config->threads,
                             .run_op = run_op,
                             .hand_over = hand_over,
                             .self = off};
    const QmStatus done = qm_pool_run(&work, off->diag);
    read_meters(off);
    return done;
}

static QmStatus render_pulls(Offline *off, QmArena *arena)
{
    QmEngine *engine = NULL;
    QmStatus status = qm_engine_new(off->plan, arena, off->diag, &engine);
    for (int64_t frame = 0; status == QM_OK && frame < off->config->to;
         frame += off->chunk) {
        qm_engine_pull(engine, off->chunk, off->outputs);
        const Span span = wanted(off->config, frame, off->chunk);
        if (span.n)
            status =
                write_outputs(off, frame + span.skip,
                              off->outputs + (size_t)span.skip * 2 * off->plan->n_outputs,
                              span.n);
        if (status == QM_OK)
            status = after_chunk(off, frame + off->chunk);
    }
    return status;
}

static QmStatus finish_sinks(const QmOfflineConfig *config, uint32_t n_stems,
                             QmDiag *diag)
{
    for (uint32_t i = 0; config->stems && i < n_stems; i++) {
        const QmStatus status = config->stems[i].finish(config->stems[i].self, diag);
        if (status != QM_OK)
            return status;
    }
    for (uint32_t i = 0; i < config->n_outputs; i++) {
        const QmStatus status = config->outputs[i].finish(config->outputs[i].self, diag);
        if (status != QM_OK)
            return status;
    }
    return QM_OK;
}

QmStatus qm_offline_render(const QmPlan *plan, const QmOfflineConfig *config,
                           QmDiag *diag)
{
    QmArena arena;
    qm_arena_init(&arena);
    const uint64_t mode = qm_fpmode_enter();
    Offline off = {.plan = plan, .config = config, .diag = diag};
    const uint32_t quanta = config->chunk_quanta ? config->chunk_quanta : QM_CHUNK_QUANTA;
    off.chunk = config->pull_frames ? config->pull_frames : quanta * QM_QUANTUM;
    off.outputs = QM_NEW_ARRAY(&arena, float, (size_t)off.chunk * 2 * plan->n_outputs);
    off.stem = QM_NEW_ARRAY(&arena, float, (size_t)off.chunk * 2);
    QmStatus status = QM_ERR_MEMORY;
    if (!off.outputs || !off.stem)
        qm_fail_memory(diag);
    else if (config->pull_frames)
        status = render_pulls(&off, &arena);
    else
        status = render_chunks(&off, &arena);
    if (status == QM_OK)
        status = finish_sinks(config, plan->n_stems, diag);
    qm_fpmode_restore(mode);
    qm_arena_release(&arena);
    return status;
}
