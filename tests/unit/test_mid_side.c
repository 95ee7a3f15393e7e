/* Mid/side: an exact null, exact levels, the low cut against Butterworth's formula. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MID_GAIN, SIDE_GAIN, SIDE_LOW_CUT, SOLO, SWAP };
enum { N = 1 << 15 };
static QmVec rows[N], before[N];

static void start(ProcGang *gang)
{
    gang_open(gang, qm_proc_find("mid-side"), 48000, 0, 1, NULL);
}

static void play(ProcGang *gang)
{
    noise_rows(rows, N, 3, 0.9);
    memcpy(before, rows, sizeof rows);
    gang_reset(gang);
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
}

/* Whether out is made of `mid` times the mid and `side` times the side. */
static bool made_of(double mid, double side)
{
    for (uint32_t i = 0; i < N; i++) {
        const double l = (double)before[i][0], r = (double)before[i][1];
        const double m = mid * (l + r) / 2, s = side * (l - r) / 2;
        const double most = 2e-7 * (2 + fabs(mid) + fabs(side));
        if (fabs((double)rows[i][0] - (m + s)) > most ||
            fabs((double)rows[i][1] - (m - s)) > most)
            return false;
    }
    return true;
}

static void test_nothing_to_do_is_an_exact_null(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    play(&gang);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == before[i][0] && rows[i][1] == before[i][1]);
    gang_set(&gang, 0, SIDE_LOW_CUT, 300); /* there and back */
    gang_set(&gang, 0, MID_GAIN, -7);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    gang_set(&gang, 0, SIDE_LOW_CUT, 0);
    gang_set(&gang, 0, MID_GAIN, 0);
    gang_run(&gang, rows, NULL, QM_RAMP, QM_QUANTUM);
    memcpy(rows, before, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == before[i][0] && rows[i][1] == before[i][1]);
    gang_close(&gang);
}

static void test_levels_solo_and_swap(void **unused)
{
    (void)unused;
    const double up = pow(10, 0.2);
    const struct {
        double mid_db, side_db, solo, swap, mid, side;
    } cases[] = {
        {-4, 0, 0, 0, 1 / up, 1}, {0, 4, 0, 0, 1, up},      {0, 0, 0, 1, 1, -1},
        {4, 4, 1, 0, up, 0},      {4, -4, 2, 0, 0, 1 / up}, {0, 4, 2, 1, 0, -up},
    };
    ProcGang gang;
    start(&gang);
    for (uint32_t k = 0; k < QM_COUNT(cases); k++) {
        gang_set(&gang, 0, MID_GAIN, cases[k].mid_db);
        gang_set(&gang, 0, SIDE_GAIN, cases[k].side_db);
        gang_set(&gang, 0, SOLO, cases[k].solo);
        gang_set(&gang, 0, SWAP, cases[k].swap);
        play(&gang);
        assert_true(made_of(cases[k].mid, cases[k].side));
    }
    gang_close(&gang);
}

/* Of a mono signal solo of the side leaves nothing at all. */
static void test_mono_has_no_side(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    gang_set(&gang, 0, SOLO, 2);
    gang_set(&gang, 0, SIDE_LOW_CUT, 100);
    gang_reset(&gang);
    noise_rows(rows, N, 3, 0.9);
    for (uint32_t i = 0; i < N; i++)
        rows[i][1] = rows[i][0];
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == 0 && rows[i][1] == 0);
    gang_close(&gang);
}

static double gain_at(double at, double left, double right)
{
    return cabs(spectrum_line(rows, 0, N, at / 48000, left, right));
}

static void test_the_low_cut_is_the_sides(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    gang_set(&gang, 0, SIDE_LOW_CUT, 150);
    gang_reset(&gang);
    memset(rows, 0, sizeof rows);
    rows[0] = (QmVec){1, 0}; /* half mid, half side */
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    for (double at = 20; at < 20000; at *= 1.5) {
        const double w = tan(M_PI * at / 48000) / tan(M_PI * 150 / 48000);
        const double should = w * w / sqrt(1 + pow(w, 4));
        assert_true(fabs(gain_at(at, 1, -1) - should) < 1e-5);
        assert_true(fabs(gain_at(at, 1, 1) - 1) < 1e-6);
    }
    gang_close(&gang);
}

/* A sweep of the low cut from none: a sine obeys y[i] = 2 cos(w) y[i - 1] - y[i - 2];
 * what is left of that tells of a corner. */
static void test_the_low_cut_comes_in_smoothly(void **unused)
{
    (void)unused;
    const double w = 2 * M_PI * 440 / 48000;
    ProcGang gang;
    start(&gang);
    gang_reset(&gang);
    for (uint32_t i = 0; i < N; i++) {
        const float x = (float)(0.9 * sin(w * i));
        rows[i] = (QmVec){x, -x};
    }
    for (uint32_t i = 0; i < N; i += QM_QUANTUM) {
        gang_set(&gang, 0, SIDE_LOW_CUT, 40.0 * (i + QM_QUANTUM) / N);
        gang_run(&gang, rows + i, NULL, QM_QUANTUM, QM_QUANTUM);
    }
    double worst = 0;
    for (uint32_t i = N / 8; i < N; i++)
        worst =
            fmax(worst, fabs((double)rows[i][0] - 2 * cos(w) * (double)rows[i - 1][0] +
                             (double)rows[i - 2][0]));
    assert_true(worst < 1e-5);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_to_do_is_an_exact_null),
        cmocka_unit_test(test_levels_solo_and_swap),
        cmocka_unit_test(test_mono_has_no_side),
        cmocka_unit_test(test_the_low_cut_is_the_sides),
        cmocka_unit_test(test_the_low_cut_comes_in_smoothly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
