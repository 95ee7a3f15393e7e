/* What each processor costs: ns per sample and channel in a full gang, plain and AVX2,
 * beside two kernels that do the same job with the least arithmetic there is ("limit"): a
 * 4-band equaliser of direct-form biquads in float and a compressor with rough
 * logarithms. Read the ratios: the machine is shared. The last column is what we aim at
 * with AVX2 (docs/PERFORMANCE.md): equaliser and dynamics within twice their limit.
 *
 *   bench_proc [processor]
 * */
#include "base/arena.h"
#include "base/rand.h"
#include "base/text.h"
#include "proc/proc.h"

#include <stdio.h>
#include <time.h>

enum { FRAMES = 1 << 14, REPEATS = 60, MAX_GROUPS = 4 };

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the limit ---- */

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2"), noinline))
#else
#define AVX2 __attribute__((noinline))
#endif

typedef struct Biquads {
    QmVec c[4][5], s[4][2];
} Biquads;

AVX2 static void limit_eq(Biquads *q, QmVec *io, uint32_t n)
{
    QmVec s[4][2];
    memcpy(s, q->s, sizeof s);
    for (uint32_t i = 0; i < n; i++) {
        QmVec x = io[i];
        for (uint32_t b = 0; b < 4; b++) {
            const QmVec *const c = q->c[b], y = c[0] * x + s[b][0];
            s[b][0] = (c[1] * x + s[b][1]) - c[3] * y;
            s[b][1] = c[2] * x - c[4] * y;
            x = y;
        }
        io[i] = x;
    }
    memcpy(q->s, s, sizeof s);
}

typedef struct Squeeze {
    QmVec env, threshold, slope, attack, release;
} Squeeze;

AVX2 static void limit_compressor(Squeeze *q, QmVec *io, uint32_t n)
{
    QmVec e = q->env;
    QmVec target[QM_QUANTUM];
    const QmVec zero = {0};
    for (uint32_t i = 0; i < n; i++) {
        QmVec a = (QmVec)((QmVecI)io[i] & 0x7fffffff), b;
        b = __builtin_shufflevector(a, a, 1, 0, 3, 2, 5, 4, 7, 6);
        a = (QmVec)(((QmVecI)a & (a > b)) | ((QmVecI)b & ~(a > b))) + 1e-9f;
        const QmVec whole = __builtin_convertvector(((QmVecI)a >> 23) - 127, QmVec);
        const QmVec f = (QmVec)(((QmVecI)a & 0x7fffff) | 0x3f800000) - 1;
        QmVec p = f * -0.08f + 0.32f;
        p = p * f - 0.68f;
        const QmVec over = whole + ((p * f + 1.44f) * f) - q->threshold;
        target[i] = -q->slope * (QmVec)((QmVecI)over & (over > zero));
    }
    for (uint32_t i = 0; i < n; i++) {
        const QmVec d = target[i] - e;
        const QmVecI up = d > zero;
        e += d * (QmVec)(((QmVecI)q->release & up) | ((QmVecI)q->attack & ~up));
        target[i] = e;
    }
    for (uint32_t i = 0; i < n; i++) {
        const QmVec t = target[i] + 0x1.8p23f;
        const QmVec f = target[i] - (t - 0x1.8p23f);
        QmVec p = f * 0.056f + 0.2402f;
        p = (p * f + 0.693f) * f + 1;
        io[i] *= (QmVec)((QmVecI)p + ((QmVecI)t << 23));
    }
    q->env = e;
}

/* ---- measuring ---- */

enum { LIMIT_EQ = 1, LIMIT_COMPRESSOR };

/* At most `ns`, or at most twice a limit kernel; all others 50 ns. */
static const struct {
    const char *name;
    int limit;
    double ns;
} aims[] = {
    {.name = "eq", .limit = LIMIT_EQ},
    {.name = "compressor", .limit = LIMIT_COMPRESSOR},
    {.name = "gate", .limit = LIMIT_COMPRESSOR},
    {.name = "transient", .limit = LIMIT_COMPRESSOR},
    {.name = "de-esser", .limit = LIMIT_COMPRESSOR},
    {.name = "ducker", .limit = LIMIT_COMPRESSOR},
    {.name = "reverb", .ns = 5},
    {.name = "limiter", .ns = 3},
};

static double aim_of(const char *name, const double limits[3])
{
    for (uint32_t i = 0; i < QM_COUNT(aims); i++)
        if (qm_same(aims[i].name, name))
            return aims[i].limit ? 2 * limits[aims[i].limit] : aims[i].ns;
    return 50;
}

typedef struct Job {
    const QmProcDesc *desc; /* NULL: a limit kernel */
    QmProcCall lanes;
    QmStripCall strip;
    Biquads biquads;
    Squeeze squeeze;
    int limit;
} Job;

/* Calls are whole quanta. */
static QmSongTime later(QmSongTime time)
{
    time = qm_song_later(time, QM_QUANTUM);
    time.since_grid = 0;
    return time;
}

static void run_job(Job *job, QmVec *io, uint32_t n)
{
    if (job->limit == LIMIT_EQ) {
        limit_eq(&job->biquads, io, n);
    } else if (job->limit == LIMIT_COMPRESSOR) {
        limit_compressor(&job->squeeze, io, n);
    } else if (job->desc->process) {
        job->lanes.io = io;
        job->lanes.n = n;
        job->desc->process(&job->lanes);
        job->lanes.time = later(job->lanes.time);
    } else {
        job->strip.left = (float *)io;
        job->strip.right = (float *)io + QM_QUANTUM;
        job->strip.n = n;
        job->desc->process_strip(&job->strip);
        job->strip.time = later(job->strip.time);
    }
}

/* Best of REPEATS over fresh noise; ns per sample and channel. */
static double measure(Job *job, const QmVec *noise, QmVec *io)
{
    const bool strip = job->desc && job->desc->process_strip;
    const double channels = strip ? 2 : QM_LANES;
    double best = 1e9;
    for (int r = 0; r < REPEATS; r++) {
        memcpy(io, noise, FRAMES * sizeof *io);
        const double start = seconds_now();
        for (uint32_t i = 0; i < FRAMES; i += QM_QUANTUM)
            run_job(job, io + i, QM_QUANTUM);
        const double ns = 1e9 * (seconds_now() - start) / (FRAMES * channels);
        best = ns < best ? ns : best;
    }
    return best;
}

static void prepare(QmArena *arena, Job *job, QmProcSpec spec[QM_GANG],
                    const QmProcDesc *desc, double *params)
{
    const QmSongTime time = {.beats_per_frame = (uint64_t)(0x1p33 / 48000), .bpm = 120};
    for (uint32_t s = 0; s < QM_GANG; s++)
        spec[s] =
            (QmProcSpec){.rate_hz = 48000,
                         .n_groups = desc->max_groups < MAX_GROUPS ? desc->max_groups
                                                                   : MAX_GROUPS,
                         .params = params,
                         .seed = s};
    qm_proc_defaults(desc, spec->n_groups, params);
    float *const c = QM_NEW_ARRAY(arena, float, QM_MAX_COEFFS);
    QmVec *const v = qm_arena_alloc(arena, QM_MAX_COEFFS, sizeof(QmVec));
    desc->update(spec, params, c);
    for (uint32_t k = 0; k < qm_proc_n_coeffs(desc, spec->n_groups); k++)
        v[k] = qm_vec(c[k]);
    void *const state = qm_arena_alloc(arena, 1, qm_proc_state_size(desc, spec) + 64);
    if (desc->reset)
        desc->reset(spec, state);
    job->desc = desc;
    job->lanes = (QmProcCall){
        .spec = spec, .time = time, .coeffs = v, .state = state, .on_grid = true};
    job->strip = (QmStripCall){
        .spec = spec, .time = time, .coeffs = c, .state = state, .on_grid = true};
}

int main(int argc, char **argv)
{
    QmArena arena;
    qm_arena_init(&arena);
    QmVec *const noise = qm_arena_alloc(&arena, FRAMES, sizeof(QmVec));
    QmVec *const io = qm_arena_alloc(&arena, FRAMES, sizeof(QmVec));
    for (uint32_t i = 0; i < FRAMES * QM_LANES; i++)
        ((float *)noise)[i] = (float)(qm_rand(1, 2, i) - 0.5);

    double limits[3] = {0};
    printf("%-22s %10s %10s %10s   ns per sample and channel\n", "", "base", "avx2",
           "aim");
    for (int limit = LIMIT_EQ; limit <= LIMIT_COMPRESSOR; limit++) {
        Job job = {.limit = limit};
        for (int b = 0; b < 4; b++)
            for (int k = 0; k < 5; k++)
                job.biquads.c[b][k] = qm_vec((float[]){1, -1.8f, 0.85f, -1.8f, 0.86f}[k]);
        job.squeeze = (Squeeze){.threshold = qm_vec(-3),
                                .slope = qm_vec(0.7f),
                                .attack = qm_vec(0.002f),
                                .release = qm_vec(0.0002f)};
        limits[limit] = measure(&job, noise, io);
        printf("%-22s %10s %10.3f\n",
               limit == LIMIT_EQ ? "limit: 4 biquads" : "limit: compressor", "",
               limits[limit]);
    }
    for (uint32_t i = 0; i < qm_proc_count(); i++) {
        if (argc > 1 && !qm_same(argv[1], qm_proc_at(i)->name))
            continue;
        printf("%-22s", qm_proc_at(i)->name);
        for (QmIsa isa = QM_ISA_BASE; isa <= QM_ISA_AVX2; isa++) {
            Job job = {0};
            QmProcSpec spec[QM_GANG];
            double params[QM_MAX_PARAMS];
            prepare(&arena, &job, spec, qm_proc_for_isa(qm_proc_at(i), isa), params);
            printf(" %10.3f", measure(&job, noise, io));
        }
        printf(" %10.3f%s\n", aim_of(qm_proc_at(i)->name, limits),
               qm_proc_at(i)->process_strip ? "   (strip by strip)" : "");
    }
    qm_arena_release(&arena);
    return 0;
}
