/* Gain is a factor, polarity its sign, and both arrive in straight lines. */
#include "tests/support/proc_harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { GAIN, INVERT, N = 256 };
static QmVec rows[N];

static void ones(ProcGang *gang)
{
    gang_open(gang, qm_proc_find("gain"), 48000, 0, 1, NULL);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = qm_vec(1);
}

static void test_nothing_asked_nothing_changed(void **unused)
{
    (void)unused;
    ProcGang gang;
    gang_open(&gang, qm_proc_find("gain"), 48000, 0, QM_GANG, NULL);
    noise_rows(rows, N, 3, 1);
    static QmVec before[N];
    memcpy(before, rows, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    assert_memory_equal(before, rows, sizeof rows);
    gang_close(&gang);
}

static void test_decibels(void **unused)
{
    (void)unused;
    ProcGang gang;
    ones(&gang);
    gang_set(&gang, 0, GAIN, -6.0);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    assert_true(fabs((double)rows[N - 1][0] - pow(10, -0.3)) < 1e-7);
    assert_true(rows[N - 1][0] == rows[N - 1][1]);
    gang_close(&gang);
}

static void test_polarity_of_each_channel(void **unused)
{
    (void)unused;
    static const float expected[4][2] = {{1, 1}, {-1, 1}, {1, -1}, {-1, -1}};
    for (uint32_t invert = 0; invert < 4; invert++) {
        ProcGang gang;
        ones(&gang);
        gang_set(&gang, 0, INVERT, invert);
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
        assert_true(rows[N - 1][0] == expected[invert][0]);
        assert_true(rows[N - 1][1] == expected[invert][1]);
        gang_close(&gang);
    }
}

/* From frame 100 on, 64 frames from 1 to 0.5: a line, and then exactly there. */
static void test_a_change_is_a_line(void **unused)
{
    (void)unused;
    ProcGang gang;
    ones(&gang);
    gang_run(&gang, rows, NULL, 100, QM_QUANTUM);
    gang_set(&gang, 0, GAIN, 20 * log10(0.5));
    gang_run(&gang, rows + 100, NULL, N - 100, QM_QUANTUM);
    for (uint32_t i = 0; i < N; i++) {
        const double t = i < 100 ? 0 : i < 163 ? (i - 99) / 64.0 : 1;
        assert_true(fabs((double)rows[i][0] - (1 - 0.5 * t)) < 1e-6);
    }
    assert_true(rows[164][0] == rows[N - 1][0]);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_asked_nothing_changed),
        cmocka_unit_test(test_decibels),
        cmocka_unit_test(test_polarity_of_each_channel),
        cmocka_unit_test(test_a_change_is_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
