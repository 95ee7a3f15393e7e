/* tests: dsp/delay_line
 *
 * The delay's promises: echoes when and as loud as they are said to be, sides that
 * alternate, filters that act once a repeat, and changes of time without clicks. */
#include "tests/support/proc_harness.h"

#include "base/rand.h"
#include "dsp/delay_line.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TIME, FEEDBACK, PING_PONG, LOW_CUT, HIGH_CUT, WIDTH, MIX, MAX_TIME };
enum { N = 1 << 16 };
static QmVec rows[N];
static double params[1][QM_MAX_PARAMS];

/* Echoes alone, unfiltered but for the lowest lows. */
static double *wet(void)
{
    qm_proc_defaults(qm_proc_find("delay"), 0, params[0]);
    params[0][MIX] = 100;
    params[0][LOW_CUT] = 10;
    return params[0];
}

static void start(ProcGang *gang)
{
    gang_open(gang, qm_proc_find("delay"), 48000, 0, 1,
              (const double(*)[QM_MAX_PARAMS])params);
}

static void impulse(ProcGang *gang, float left, float right)
{
    memset(rows, 0, sizeof rows);
    rows[0] = (QmVec){left, right};
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
}

static void test_a_ring_gives_back_what_was_written(void **unused)
{
    (void)unused;
    enum { COUNT = 4000, DELAY = 200 };
    QmRing ring = qm_ring(DELAY);
    static float items[DELAY + 4 * QM_RING_MARGIN], block[QM_BLOCK_ROOM];
    assert_true(qm_ring_items(&ring) <= QM_COUNT(items));
    for (uint32_t at = 0, n; at < COUNT; at += n) {
        n = 1 + (uint32_t)(qm_rand_bits(1, at) % QM_RING_BLOCK);
        for (uint32_t d = n; d <= DELAY && d <= at; d++) {
            const float *const from = items + qm_ring_back(&ring, d);
            for (uint32_t i = 0; i < n; i++)
                assert_true(from[i] == (float)(at + i - d));
        }
        for (uint32_t i = 0; i < n; i++)
            block[i] = (float)(at + i);
        qm_ring_write(&ring, items, block, n);
    }
}

static void test_echoes_come_in_time(void **unused)
{
    (void)unused;
    static const double times[] = {1, 1.3, 2, 100, 250};
    for (uint32_t k = 0; k < QM_COUNT(times); k++) {
        wet()[TIME] = times[k];
        params[0][FEEDBACK] = 50;
        ProcGang gang;
        start(&gang);
        impulse(&gang, 1, -0.5f);
        const uint32_t d = (uint32_t)(times[k] * 48 + 0.5);
        for (uint32_t i = 0; i < d; i++)
            assert_true(rows[i][0] == 0 && rows[i][1] == 0);
        assert_true(rows[d][0] == 1 && rows[d][1] == -0.5f);
        for (uint32_t e = 2; e < 6; e++) { /* the low cut takes 0.13 % each time */
            assert_true(fabs(rows[e * d][0] - pow(0.5, e - 1)) < 0.003);
            assert_true(fabs(rows[e * d][1] + pow(0.5, e)) < 0.003);
        }
        gang_close(&gang);
    }
}

static void test_dry_and_mix(void **unused)
{
    (void)unused;
    wet()[MIX] = 0;
    ProcGang gang;
    start(&gang);
    noise_rows(rows, N, 1, 0.5);
    static QmVec same[N];
    memcpy(same, rows, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == same[i][0] && rows[i][1] == same[i][1]);
    gang_set(&gang, 0, MIX, 50);
    gang_reset(&gang);
    impulse(&gang, 1, 1);
    assert_true(fabs(rows[0][0] - sqrt(0.5)) < 1e-6);
    assert_true(fabs(rows[18000][0] - sqrt(0.5)) < 1e-6);
    gang_close(&gang);
}

static void test_ping_pong(void **unused)
{
    (void)unused;
    wet()[TIME] = 100;
    params[0][FEEDBACK] = 80;
    params[0][PING_PONG] = 1;
    ProcGang gang;
    start(&gang);
    impulse(&gang, 0.5f, 1.5f);
    for (uint32_t e = 1; e < 10; e++) {
        const int side = (e - 1) % 2;
        assert_true(fabs(rows[4800 * e][side] - pow(0.8, e - 1)) < 0.02);
        assert_true(fabsf(rows[4800 * e][1 - side]) < 0.002f);
    }
    gang_close(&gang);
}

/* Level of a sine of `hz` in the frames [from, from + 4800), as an amplitude. */
static double level(uint32_t from, double hz)
{
    double sine = 0, cosine = 0;
    for (uint32_t i = 0; i < 4800; i++) {
        sine += (double)rows[from + i][0] * sin(2 * 3.14159265358979 * hz * i / 48000);
        cosine += (double)rows[from + i][0] * cos(2 * 3.14159265358979 * hz * i / 48000);
    }
    return sqrt(sine * sine + cosine * cosine) / 2400;
}

static void test_filters_act_once_a_repeat(void **unused)
{
    (void)unused;
    static const double cases[][4] = {/* low-cut, high-cut, tone, what a repeat keeps */
                                      {10, 2000, 2000, 0.7071},
                                      {10, 500, 5000, 0.0995},
                                      {500, 20000, 500, 0.7071},
                                      {1000, 20000, 100, 0.0995},
                                      {10, 20000, 1000, 1}};
    for (uint32_t k = 0; k < QM_COUNT(cases); k++) {
        wet()[TIME] = 250;
        params[0][FEEDBACK] = 90;
        params[0][LOW_CUT] = cases[k][0];
        params[0][HIGH_CUT] = cases[k][1];
        ProcGang gang;
        start(&gang);
        for (uint32_t i = 0; i < N; i++)
            rows[i] = qm_vec(
                i < 9600 ? (float)sin(2 * 3.14159265358979 * cases[k][2] * i / 48000)
                         : 0);
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
        const double first = level(12000 + 4800, cases[k][2]);
        assert_true(fabs(first - 1) < 1e-4);
        for (uint32_t e = 2; e <= 4; e++) {
            const double kept = level(12000 * e + 4800, cases[k][2]) / 0.9;
            const double now =
                kept * 0.9 / level(12000 * (e - 1) + 4800, cases[k][2]) / 0.9;
            assert_true(fabs(now - cases[k][3]) < 0.1 * cases[k][3]);
        }
        gang_close(&gang);
    }
}

static void test_a_new_time_does_not_click(void **unused)
{
    (void)unused;
    wet()[TIME] = 300;
    params[0][FEEDBACK] = 60;
    ProcGang gang;
    start(&gang);
    for (uint32_t i = 0; i < N; i++) { /* swells, or its beginning would be a click */
        const double height = i < 4800 ? 0.5 - 0.5 * cos(3.14159265358979 * i / 4800) : 1;
        rows[i] = qm_vec((float)(height * sin(2 * 3.14159265358979 * 200 * i / 48000)));
    }
    gang_run(&gang, rows, NULL, 30000, QM_QUANTUM);
    static const double times[] = {217, 3.3, 250, 251, 252, 90};
    for (uint32_t k = 0; k < QM_COUNT(times); k++) {
        gang_set(&gang, 0, TIME, times[k]);
        gang_run(&gang, rows + 30000 + 777 * k, NULL, 777, SPLIT_AT_RANDOM);
    }
    const uint32_t end = 30000 + 777 * QM_COUNT(times);
    gang_run(&gang, rows + end, NULL, N - end, QM_QUANTUM);
    /* the sine's own bend is 0.0007 of its height, the echoes' sum no more than 2.5 high
     */
    for (uint32_t i = 2; i < N; i++)
        assert_true(fabsf(rows[i][0] - 2 * rows[i - 1][0] + rows[i - 2][0]) < 0.006f);
    gang_close(&gang);
}

static void test_time_is_at_most_what_memory_holds(void **unused)
{
    (void)unused;
    wet()[TIME] = 1000;
    params[0][MAX_TIME] = 50;
    ProcGang gang;
    start(&gang);
    assert_true(gang.desc->state_size(&gang.spec[0]) < 2 * 4 * (2400 + 400));
    impulse(&gang, 1, 1);
    assert_true(rows[2400][0] == 1);
    gang_close(&gang);
}

static void test_the_most_feedback_dies_away(void **unused)
{
    (void)unused;
    wet()[TIME] = 10;
    params[0][FEEDBACK] = 98;
    ProcGang gang;
    start(&gang);
    impulse(&gang, 1, 1);
    const uint64_t tail = gang.desc->tail(&gang.spec[0], gang.params[0]);
    assert_true(tail > 600 * 480 && tail < 800 * 480);
    float most = 0;
    for (uint32_t i = N - 1000; i < N; i++)
        most = fabsf(rows[i][0]) > most ? fabsf(rows[i][0]) : most;
    assert_true(most > 0.01f && most < 0.1f); /* 0.98^136, less the lowest lows */
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_ring_gives_back_what_was_written),
        cmocka_unit_test(test_echoes_come_in_time),
        cmocka_unit_test(test_dry_and_mix),
        cmocka_unit_test(test_ping_pong),
        cmocka_unit_test(test_filters_act_once_a_repeat),
        cmocka_unit_test(test_a_new_time_does_not_click),
        cmocka_unit_test(test_time_is_at_most_what_memory_holds),
        cmocka_unit_test(test_the_most_feedback_dies_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
