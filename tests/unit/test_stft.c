/* tests: analysis/stft, analysis/analysis, analysis/measure, analysis/list
 * tests: analysis/feature
 *
 * Levels of the shared spectra, which frames a block owns, and that a spectrum does not
 * depend on the blocks. */
#include "analysis/stft.h"

#include "analysis/analysis.h"
#include "base/rand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FRAMES = 600000 };

typedef struct Heard {
    int64_t next;
    double power[2], most; /* mean over spectra that are not at the ends */
    uint32_t loudest, count;
    uint64_t digest;
} Heard;

static void take(void *self, const QmSpectrum *s)
{
    Heard *const h = self;
    assert_int_equal(s->index, h->next++);
    const int64_t middle = s->index * s->hop;
    for (int c = 0; c < 2 && s->re[c]; c++)
        for (uint32_t k = 0; k < s->bins; k++) {
            const double p = (double)s->re[c][k] * (double)s->re[c][k] +
                             (double)s->im[c][k] * (double)s->im[c][k];
            uint32_t bits;
            memcpy(&bits, &s->re[c][k], sizeof bits);
            h->digest = (h->digest ^ bits) * 1099511628211u;
            if (middle < (int64_t)s->bins || middle > FRAMES - (int64_t)s->bins)
                continue;
            h->power[c] += p;
            if (p > h->most) {
                h->most = p;
                h->loudest = k;
            }
        }
    h->count += middle >= (int64_t)s->bins && middle <= FRAMES - (int64_t)s->bins;
}

/* Scans FRAMES of [channels] in blocks of `block`. */
static Heard hear(QmStftKind kind, float *const x[2], uint32_t channels, double rate,
                  uint32_t block, QmIsa isa)
{
    QmArena arena;
    qm_arena_init(&arena);
    QmScanSpec spec = qm_scan_spec(rate, channels, isa, NULL);
    QmStft *stft = qm_stft_new(kind, &spec, &arena);
    void *work = qm_arena_alloc(&arena, 1, qm_stft_work(stft));
    Heard heard = {0};
    for (int64_t at = 0; at < FRAMES; at += block) {
        const float *const channel[2] = {x[0] + spec.around + at,
                                         x[1] + spec.around + at};
        const int64_t left = FRAMES - at;
        const QmBlock b = {at, left < block ? (uint32_t)left : block, left <= block,
                           channel};
        qm_stft_scan(stft, &spec, &b, work, take, &heard);
    }
    qm_arena_release(&arena);
    heard.power[0] /= heard.count;
    heard.power[1] /= heard.count;
    return heard;
}

static float *room(void) { return calloc(FRAMES + (1u << 19), sizeof(float)); }

static void test_power_and_place_of_a_sine(void **unused)
{
    (void)unused;
    float *const x[2] = {room(), room()};
    const double rates[] = {8000, 22050, 44100, 48000, 96000, 192000};
    for (uint32_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        const QmScanSpec spec = qm_scan_spec(rates[r], 2, QM_ISA_BEST, NULL);
        for (int64_t i = 0; i < FRAMES; i++) {
            x[0][spec.around + i] =
                (float)(0.5 * sin(2 * M_PI * 1000 * (double)i / rates[r]));
            x[1][spec.around + i] = 0.5f * x[0][spec.around + i];
        }
        const Heard slow = hear(QM_STFT_SLOW, x, 2, rates[r], spec.block, QM_ISA_BEST);
        assert_true(fabs(slow.power[0] / 0.125 - 1) < 1e-3);
        assert_true(fabs(slow.power[1] / 0.03125 - 1) < 1e-3);
        const double hz = rates[r] / (1u << (QM_SLOW_BITS + spec.scale));
        assert_true(fabs(slow.loudest * hz - 1000) <= hz / 2);
        assert_int_equal(slow.next, (FRAMES - 1) / (1 << (13 + spec.scale)) + 1);
        const Heard fast = hear(QM_STFT_FAST, x, 2, rates[r], spec.block, QM_ISA_BEST);
        assert_true(fabs(fast.power[0] / (0.125 * 0.75 * 0.75) - 1) < 1e-3);
        assert_int_equal(fast.next, (FRAMES - 1) / (1 << (9 + spec.scale)) + 1);
        const Heard mono = hear(QM_STFT_SLOW, x, 1, rates[r], spec.block, QM_ISA_BEST);
        assert_true(fabs(mono.power[0] / 0.125 - 1) < 1e-3);
        assert_int_equal(mono.next, slow.next);
        memset(x[0], 0, (FRAMES + (1u << 19)) * sizeof(float));
        memset(x[1], 0, (FRAMES + (1u << 19)) * sizeof(float));
    }
    free(x[0]);
    free(x[1]);
}

static void test_blocks_and_builds_make_no_difference(void **unused)
{
    (void)unused;
    float *const x[2] = {room(), room()};
    const QmScanSpec spec = qm_scan_spec(48000, 2, QM_ISA_BEST, NULL);
    for (int64_t i = 0; i < FRAMES; i++)
        for (uint64_t c = 0; c < 2; c++)
            x[c][spec.around + i] = (float)(qm_rand(c, 0, (uint64_t)i) - 0.5);
    for (uint32_t kind = 0; kind < 2; kind++)
        for (uint32_t channels = 1; channels <= 2; channels++) {
            const Heard whole = hear(kind, x, channels, 48000, spec.block, QM_ISA_BEST);
            const Heard parts = hear(kind, x, channels, 48000, 1 << 14, QM_ISA_BASE);
            assert_int_equal(whole.next, parts.next);
            assert_true(whole.digest == parts.digest);
        }
    free(x[0]);
    free(x[1]);
}

static void test_sizes_follow_the_rate(void **unused)
{
    (void)unused;
    assert_int_equal(qm_scan_spec(44100, 2, QM_ISA_BEST, NULL).block, 1 << 18);
    assert_int_equal(qm_scan_spec(48000, 2, QM_ISA_BEST, NULL).around, 1 << 14);
    assert_int_equal(qm_scan_spec(96000, 2, QM_ISA_BEST, NULL).block, 1 << 19);
    assert_int_equal(qm_scan_spec(8000, 2, QM_ISA_BEST, NULL).scale, -3);
    assert_int_equal(qm_scan_spec(1, 2, QM_ISA_BEST, NULL).scale, -QM_SCALE_MAX);
    assert_int_equal(qm_scan_spec(1e7, 2, QM_ISA_BEST, NULL).scale, QM_SCALE_MAX);
}

static void test_no_memory_is_said(void **unused)
{
    (void)unused;
    const QmScanSpec spec = qm_scan_spec(48000, 2, QM_ISA_BEST, NULL);
    for (uint64_t call = 1; call <= 8; call++) {
        QmArena arena;
        qm_arena_init(&arena);
        arena.fail_at = call;
        assert_null(qm_stft_new(QM_STFT_FAST, &spec, &arena));
        qm_arena_release(&arena);
    }
}

static void test_measures_round_to_their_decimals(void **unused)
{
    (void)unused;
    const QmMeasure tenth = {.decimals = 1}, whole = {.decimals = 0};
    assert_true(qm_measure_round(&tenth, -14.06) == -14.1);
    assert_true(qm_measure_round(&tenth, -0.04) == 0);
    assert_true(qm_measure_round(&whole, 127.5) == 128);
}

static void test_every_feature_describes_itself(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < qm_feature_count(); i++) {
        const QmFeature *const f = qm_feature_at(i);
        assert_ptr_equal(qm_feature_find(f->name), f);
        assert_true(f->summary && f->finish && f->result_size > 0);
        for (uint32_t k = 0; k < f->n_measures; k++) {
            const QmMeasure *const m = &f->measures[k];
            assert_true(m->name && m->unit && m->help && m->offset < f->result_size);
            assert_true((m->kind == QM_MEASURE_ROWS) == (m->n_columns > 0));
        }
    }
    assert_null(qm_feature_find("loudnes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_and_place_of_a_sine),
        cmocka_unit_test(test_blocks_and_builds_make_no_difference),
        cmocka_unit_test(test_sizes_follow_the_rate),
        cmocka_unit_test(test_no_memory_is_said),
        cmocka_unit_test(test_measures_round_to_their_decimals),
        cmocka_unit_test(test_every_feature_describes_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
