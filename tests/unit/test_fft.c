/* tests: dsp/fft, dsp/fft_plan, dsp/isa
 *
 * The transform against its definition, computed in double with the C library. */
#include "dsp/fft.h"

#include "base/rand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct Bench {
    QmArena arena;
    QmFft *fft;
    float *re, *im, *work;
} Bench;

static void open(Bench *b, uint32_t n)
{
    qm_arena_init(&b->arena);
    b->fft = qm_fft_new(n, &b->arena);
    b->re = QM_NEW_ARRAY(&b->arena, float, n);
    b->im = QM_NEW_ARRAY(&b->arena, float, n);
    b->work = QM_NEW_ARRAY(&b->arena, float, qm_fft_work(b->fft));
    for (uint32_t i = 0; i < n; i++) {
        b->re[i] = (float)(qm_rand(1, 0, i) - 0.5);
        b->im[i] = (float)(qm_rand(2, 0, i) - 0.5);
    }
}

/* The largest error of some bins, over the root mean square of all. */
static double error(Bench *b, uint32_t bins)
{
    const uint32_t n = b->fft->n;
    float *const re = malloc(n * sizeof *re), *const im = malloc(n * sizeof *im);
    memcpy(re, b->re, n * sizeof *re);
    memcpy(im, b->im, n * sizeof *im);
    qm_fft(b->fft, qm_isa_resolve(QM_ISA_BEST), b->re, b->im, b->work);
    double worst = 0;
    for (uint32_t j = 0; j < bins; j++) {
        const uint32_t k = (uint32_t)(((uint64_t)j * n) / bins + j) % n;
        double sum_re = 0, sum_im = 0;
        for (uint32_t i = 0; i < n; i++) {
            const double turn = -2 * M_PI * (double)((uint64_t)i * k % n) / n;
            sum_re += (double)re[i] * cos(turn) - (double)im[i] * sin(turn);
            sum_im += (double)re[i] * sin(turn) + (double)im[i] * cos(turn);
        }
        worst = fmax(worst, hypot(sum_re - (double)b->re[k], sum_im - (double)b->im[k]));
    }
    free(re);
    free(im);
    return worst / sqrt(n / 6.0);
}

static void test_is_the_definition(void **unused)
{
    (void)unused;
    for (uint32_t n = QM_FFT_MIN; n <= QM_FFT_MAX; n *= 2) {
        Bench b;
        open(&b, n);
        assert_true(error(&b, n <= 1024 ? n : 5) < 1e-6);
        qm_arena_release(&b.arena);
    }
}

static void test_both_builds_give_the_same_bits(void **unused)
{
    (void)unused;
    for (uint32_t n = QM_FFT_MIN; n <= 1 << 17; n *= 2) {
        Bench a, b;
        open(&a, n);
        open(&b, n);
        qm_fft(a.fft, QM_ISA_BASE, a.re, a.im, a.work);
        qm_fft(b.fft, qm_isa_resolve(QM_ISA_BEST), b.re, b.im, b.work);
        assert_memory_equal(a.re, b.re, n * sizeof *a.re);
        assert_memory_equal(a.im, b.im, n * sizeof *a.im);
        qm_arena_release(&a.arena);
        qm_arena_release(&b.arena);
    }
}

static void test_a_build_is_chosen(void **unused)
{
    (void)unused;
    assert_int_equal(qm_isa_resolve(QM_ISA_BASE), QM_ISA_BASE);
    assert_int_equal(qm_isa_resolve(QM_ISA_BEST), qm_isa_resolve(QM_ISA_AVX2));
    assert_int_equal(qm_isa_resolve(QM_ISA_BEST) == QM_ISA_AVX2,
                     qm_isa_available(QM_ISA_AVX2));
}

static void test_there_and_back(void **unused)
{
    (void)unused;
    enum { N = 4096 };
    Bench b, first;
    open(&b, N);
    open(&first, N);
    qm_fft(b.fft, QM_ISA_BASE, b.re, b.im, b.work);
    qm_fft(b.fft, QM_ISA_BASE, b.im, b.re, b.work);
    for (uint32_t i = 0; i < N; i++) {
        assert_true(fabsf(b.re[i] / N - first.re[i]) < 1e-6f);
        assert_true(fabsf(b.im[i] / N - first.im[i]) < 1e-6f);
    }
    qm_arena_release(&b.arena);
    qm_arena_release(&first.arena);
}

static void test_no_memory_is_said(void **unused)
{
    (void)unused;
    for (uint64_t call = 1; call <= 7; call++) {
        QmArena arena;
        qm_arena_init(&arena);
        arena.fail_at = call;
        assert_null(qm_fft_new(1024, &arena));
        qm_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_the_definition),
        cmocka_unit_test(test_both_builds_give_the_same_bits),
        cmocka_unit_test(test_a_build_is_chosen),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_no_memory_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
