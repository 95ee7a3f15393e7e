/* tests: analysis/analysis */
/* Memory runs out at each allocation of an analysis, one after the other: it says so, by
 * NULL or false, and nothing breaks. */

/* The arenas of this program can fail from birth. Their source is compiled in, so that
 * those of the library are not linked. */
#define qm_arena_init init_sound_arena
#include "base/arena.c"
#undef qm_arena_init

#include "analysis/analysis.h"
#include "base/qmath.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint64_t born_to_fail_at;

void qm_arena_init(QmArena *arena)
{
    init_sound_arena(arena);
    arena->fail_at = born_to_fail_at;
}

/* --- what is analysed --------------------------------------------------------------- */

/* Small blocks, and long enough for beats, sections and a key. */
enum { RATE = 6000, SECONDS = 45, FRAMES = RATE * SECONDS, MAX_BLOCKS = 16 };

/* A chord that changes, with a click twice a second; half as loud from the middle on. */
static float sample(int64_t i, uint32_t channel)
{
    static const double chords[2][3] = {{220, 277.2, 329.6}, {293.7, 370, 440}};
    const double *const chord = chords[i / (2 * RATE) % 2];
    const double t = (double)i / RATE, since = (double)(i % (RATE / 2));
    double x = 0;
    for (uint32_t k = 0; k < 3; k++)
        x += 0.1 * qm_sin(6.283185307179586 * chord[k] * t + channel);
    x += 0.5 * qm_exp2(-since / 40) * (i % 2 ? 1 : -1);
    return (float)(i < FRAMES / 2 ? x : x / 2);
}

/* All blocks as they were seen: that is the same for every analysis of this file. */
typedef struct Seen {
    QmScanSpec spec;
    QmBlock blocks[MAX_BLOCKS];
    void *partials[MAX_BLOCKS];
    uint32_t n;
    uint64_t calls_of_new, calls;
} Seen;

static const uint32_t all = UINT32_MAX;

static uint32_t features(void) { return all >> (32 - qm_feature_count()); }

static QmAnalysis *new_analysis(const QmScanSpec *spec, uint64_t fail_at)
{
    born_to_fail_at = fail_at;
    QmAnalysis *const a = qm_analysis_new(spec, features());
    born_to_fail_at = 0;
    return a;
}

static void scan(Seen *seen, const QmAnalysis *a, QmArena *arena, void *work)
{
    const uint32_t around = a->spec.around, width = a->spec.block + 2 * around;
    float *const planar = QM_NEW_ARRAY(arena, float, 2 * (size_t)width);
    QmBlock *const block = &seen->blocks[seen->n];
    block->at = (int64_t)seen->n * a->spec.block;
    const int64_t left = FRAMES - block->at;
    block->last = left <= a->spec.block;
    block->n = block->last ? (uint32_t)left : a->spec.block;
    for (uint32_t i = 0; i < 2 * width; i++) {
        const int64_t at = block->at - around + i % width;
        planar[i] = at >= 0 && at < FRAMES ? sample(at, i / width) : 0;
    }
    const float *const channel[2] = {planar + around, planar + width + around};
    QmBlock shown = *block;
    shown.channel = channel;
    seen->partials[seen->n] = qm_arena_alloc(arena, 1, a->partials_size + 64);
    qm_analysis_scan(a, &shown, seen->partials[seen->n], work);
    seen->n++;
}

static bool merge_and_finish(const Seen *seen, QmAnalysis *a)
{
    for (uint32_t i = 0; i < seen->n; i++)
        if (!qm_analysis_merge(a, &seen->blocks[i], seen->partials[i]))
            return false;
    return qm_analysis_finish(a);
}

static void see(Seen *seen, QmArena *arena)
{
    seen->spec = qm_scan_spec(RATE, 2, QM_ISA_BEST, NULL);
    QmAnalysis *const a = new_analysis(&seen->spec, 0);
    assert_non_null(a);
    seen->calls_of_new = a->arena.calls;
    void *const work = qm_arena_alloc(arena, 1, a->work_size + 64);
    while (seen->n < MAX_BLOCKS && (int64_t)seen->n * a->spec.block < FRAMES)
        scan(seen, a, arena, work);
    assert_true(seen->blocks[seen->n - 1].last && seen->n > 1);
    assert_true(merge_and_finish(seen, a));
    seen->calls = a->arena.calls;
    qm_analysis_free(a);
}

/* --- and again, with less ----------------------------------------------------------- */

static void test_each_allocation_may_fail(void **unused)
{
    (void)unused;
    QmArena arena;
    qm_arena_init(&arena);
    Seen seen = {0};
    see(&seen, &arena);
    for (uint64_t at = 1; at <= seen.calls_of_new; at++)
        assert_null(new_analysis(&seen.spec, at));
    for (uint64_t at = seen.calls_of_new + 1; at <= seen.calls + 1; at++) {
        QmAnalysis *const a = new_analysis(&seen.spec, at);
        assert_non_null(a);
        const bool finished = merge_and_finish(&seen, a);
        if (finished != (at > seen.calls))
            fail_msg("allocation %llu of %llu", (unsigned long long)at,
                     (unsigned long long)seen.calls);
        qm_analysis_free(a);
    }
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
