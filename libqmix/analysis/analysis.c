/* A feature that is only needed by another runs like any other, and is not told of. */
#include "analysis/analysis.h"

#include "analysis/stft.h"
#include "base/qmath.h"

#include <assert.h>

enum { ALIGN = 64 };

static size_t aligned(size_t size) { return (size + ALIGN - 1) / ALIGN * ALIGN; }

QmScanSpec qm_scan_spec(double rate, uint32_t channels, QmIsa isa,
                        const QmAnalysisOptions *options)
{
    QmScanSpec spec = {.rate = rate, .channels = channels};
    /* Halfway between two scales in octaves, the boundary is sqrt(2) * 48 kHz. */
    while (spec.scale < QM_SCALE_MAX && rate > 67882 * qm_exp2(spec.scale))
        spec.scale++;
    while (spec.scale > -QM_SCALE_MAX && rate < 33941 * qm_exp2(spec.scale))
        spec.scale--;
    spec.block = 1u << (QM_BLOCK_BITS + spec.scale);
    spec.around = 1u << (QM_AROUND_BITS + spec.scale);
    spec.isa = qm_isa_resolve(isa);
    if (options)
        spec.options = *options;
    return spec;
}

/* --- which features ----------------------------------------------------------------- */

static int index_of(const QmFeature *feature)
{
    for (uint32_t i = 0; i < qm_feature_count(); i++)
        if (qm_feature_at(i) == feature)
            return (int)i;
    assert(!"a feature of the list");
    return 0;
}

/* What is needed stands earlier in the list, so one pass from the end finds all of it. */
static uint32_t with_needs(uint32_t features)
{
    for (uint32_t i = qm_feature_count(); i-- > 0;) {
        const QmFeature *const *need = qm_feature_at(i)->needs;
        if (features >> i & 1)
            for (; need && *need; need++)
                features |= 1u << index_of(*need);
    }
    return features;
}

static bool make_run(QmAnalysis *a, QmFeatureRun *run)
{
    const QmFeature *const f = run->feature;
    run->setup = qm_arena_alloc(&a->arena, 1, f->setup_size);
    run->state = qm_arena_alloc(&a->arena, 1, f->state_size);
    run->result = qm_arena_alloc(&a->arena, 1, f->result_size);
    run->partial_at = a->partials_size;
    run->partial_size = f->partial_size ? f->partial_size(&a->spec) : 0;
    a->partials_size += aligned(run->partial_size);
    const QmFeatureCall call = {&a->spec, run->setup, &a->arena};
    return run->setup && run->state && run->result &&
           (!f->prepare || f->prepare(&call, run->setup));
}

static bool make_runs(QmAnalysis *a, uint32_t features)
{
    const uint32_t all = with_needs(features);
    bool fast = false, slow = false;
    for (uint32_t i = 0; i < qm_feature_count(); i++) {
        if (!(all >> i & 1))
            continue;
        QmFeatureRun *const run = &a->runs[a->n_runs++];
        run->feature = qm_feature_at(i);
        run->asked = features >> i & 1;
        fast |= run->feature->fast != NULL;
        slow |= run->feature->slow != NULL;
        if (!make_run(a, run))
            return false;
    }
    if (fast && !(a->fast = qm_stft_new(QM_STFT_FAST, &a->spec, &a->arena)))
        return false;
    return !slow || (a->slow = qm_stft_new(QM_STFT_SLOW, &a->spec, &a->arena));
}

QmAnalysis *qm_analysis_new(const QmScanSpec *spec, uint32_t features)
{
    QmArena arena;
    qm_arena_init(&arena);
    QmAnalysis *a = QM_NEW(&arena, QmAnalysis);
    if (!a) {
        qm_arena_release(&arena);
        return NULL;
    }
    a->arena = arena;
    a->spec = *spec;
    if (!make_runs(a, features)) {
        qm_analysis_free(a);
        return NULL;
    }
    const size_t fast = a->fast ? qm_stft_work(a->fast) : 0;
    const size_t slow = a->slow ? qm_stft_work(a->slow) : 0;
    a->work_size = fast > slow ? fast : slow;
    return a;
}

void qm_analysis_free(QmAnalysis *analysis)
{
    if (!analysis)
        return;
    QmArena arena = analysis->arena;
    qm_arena_release(&arena);
}

/* --- at work ---------------------------------------------------------------------- */

typedef struct Scan {
    const QmAnalysis *analysis;
    const QmBlock *block;
    char *partials;
} Scan;

static QmFeatureCall pure(const QmAnalysis *a, const QmFeatureRun *run)
{
    return (QmFeatureCall){&a->spec, run->setup, NULL};
}

static void take_fast(void *self, const QmSpectrum *spectrum)
{
    const Scan *const s = self;
    for (uint32_t i = 0; i < s->analysis->n_runs; i++) {
        const QmFeatureRun *const run = &s->analysis->runs[i];
        const QmFeatureCall call = pure(s->analysis, run);
        if (run->feature->fast)
            run->feature->fast(&call, s->block, spectrum, s->partials + run->partial_at);
    }
}

static void take_slow(void *self, const QmSpectrum *spectrum)
{
    const Scan *const s = self;
    for (uint32_t i = 0; i < s->analysis->n_runs; i++) {
        const QmFeatureRun *const run = &s->analysis->runs[i];
        const QmFeatureCall call = pure(s->analysis, run);
        if (run->feature->slow)
            run->feature->slow(&call, s->block, spectrum, s->partials + run->partial_at);
    }
}

void qm_analysis_scan(const QmAnalysis *analysis, const QmBlock *block, void *partials,
                      void *work)
{
    Scan scan = {analysis, block, partials};
    memset(partials, 0, analysis->partials_size);
    for (uint32_t i = 0; i < analysis->n_runs; i++) {
        const QmFeatureRun *const run = &analysis->runs[i];
        const QmFeatureCall call = pure(analysis, run);
        if (run->feature->scan)
            run->feature->scan(&call, block, scan.partials + run->partial_at);
    }
    if (analysis->fast)
        qm_stft_scan(analysis->fast, &analysis->spec, block, work, take_fast, &scan);
    if (analysis->slow)
        qm_stft_scan(analysis->slow, &analysis->spec, block, work, take_slow, &scan);
}

bool qm_analysis_merge(QmAnalysis *analysis, const QmBlock *block, const void *partials)
{
    assert(block->at == analysis->frames);
    const char *const p = partials;
    for (uint32_t i = 0; i < analysis->n_runs; i++) {
        QmFeatureRun *const run = &analysis->runs[i];
        const QmFeatureCall call = {&analysis->spec, run->setup, &analysis->arena};
        if (run->feature->merge &&
            !run->feature->merge(&call, block, p + run->partial_at, run->state))
            return false;
    }
    analysis->frames += block->n;
    return true;
}

bool qm_analysis_finish(QmAnalysis *analysis)
{
    for (uint32_t i = 0; i < analysis->n_runs; i++) {
        QmFeatureRun *const run = &analysis->runs[i];
        const QmFeatureCall call = {&analysis->spec, run->setup, &analysis->arena};
        if (!run->feature->finish(&call, analysis, run->state, run->result))
            return false;
    }
    return true;
}

const void *qm_analysis_result(const QmAnalysis *analysis, const QmFeature *feature)
{
    for (uint32_t i = 0; i < analysis->n_runs; i++)
        if (analysis->runs[i].feature == feature)
            return analysis->runs[i].result;
    return NULL;
}
