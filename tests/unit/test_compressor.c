/* The compressor's promises in decibels: the curve, the times, the link, the key, the
 * mix. */
#include "tests/support/proc_harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { THRESHOLD, RATIO, ATTACK, RELEASE, KNEE, MAKEUP, DETECTOR, MIX };
enum { N = 1 << 16 };
static QmVec rows[N], key[N];

static void start(ProcGang *gang, double rate)
{
    gang_open(gang, qm_proc_find("compressor"), rate, 0, 1, NULL);
}

static void set(ProcGang *gang, uint32_t index, double value)
{
    gang_set(gang, 0, index, value);
    gang_reset(gang);
}

/* Constant levels of left and right over n rows. */
static void level(QmVec *to, uint32_t n, double left_db, double right_db)
{
    for (uint32_t i = 0; i < n; i++)
        to[i] = (QmVec){(float)pow(10, left_db / 20), (float)pow(10, right_db / 20)};
}

static double db(float x) { return 20 * log10(fabs((double)x)); }

/* Where a constant input of both channels ends up. */
static double settled(ProcGang *gang, double in_db)
{
    gang_reset(gang);
    level(rows, N, in_db, in_db);
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
    return db(rows[N - 1][0]);
}

/* The curve as a text book writes it. */
static double curve(double in, double threshold, double ratio, double knee)
{
    const double over = in - threshold, bent = over + knee / 2;
    if (2 * over <= -knee)
        return in;
    if (2 * over < knee)
        return in + (1 / ratio - 1) * bent * bent / (2 * knee);
    return threshold + over / ratio;
}

static void test_the_curve(void **unused)
{
    (void)unused;
    static const double settings[][3] = {{-20, 4, 0}, {-20, 4, 12}, {-40, 100, 6},
                                         {-10, 1, 6}, {-80, 2, 24}, {0, 20, 24}};
    for (uint32_t k = 0; k < QM_COUNT(settings); k++) {
        const double *const s = settings[k];
        ProcGang gang;
        start(&gang, 48000);
        set(&gang, THRESHOLD, s[0]);
        set(&gang, RATIO, s[1]);
        set(&gang, KNEE, s[2]);
        for (double in = -100; in <= 12; in += 3.7)
            assert_true(fabs(settled(&gang, in) - curve(in, s[0], s[1], s[2])) < 0.001);
        gang_close(&gang);
    }
}

static void test_makeup_and_mix(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000);
    set(&gang, KNEE, 0);
    set(&gang, MAKEUP, 5);
    assert_true(fabs(settled(&gang, -2) - (curve(-2, -18, 4, 0) + 5)) < 0.001);
    set(&gang, MIX, 25);
    const double wet = pow(10, (curve(-2, -18, 4, 0) + 5) / 20), dry = pow(10, -2.0 / 20);
    assert_true(fabs(settled(&gang, -2) - 20 * log10(0.25 * wet + 0.75 * dry)) < 0.001);
    set(&gang, MIX, 0);
    noise_rows(rows, N, 1, 1);
    memcpy(key, rows, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    for (uint32_t i = 0; i < N; i++) /* all dry: the input, bit by bit */
        assert_true(rows[i][0] == key[i][0] && rows[i][1] == key[i][1]);
    gang_close(&gang);
}

/* After `seconds` of a step the reduction, in dB, has come 63 % of its way. */
static void check_times(double rate, double attack_ms, double release_ms)
{
    const double part = 1 - exp(-1), full = 20 * (1 - 1 / 4.0); /* of -18 + 20 dB */
    ProcGang gang;
    start(&gang, rate);
    set(&gang, KNEE, 0);
    set(&gang, ATTACK, attack_ms);
    set(&gang, RELEASE, release_ms);
    const uint32_t a = (uint32_t)(attack_ms / 1000 * rate),
                   r = (uint32_t)(release_ms / 1000 * rate);
    level(rows, a, 2, 2);
    gang_run(&gang, rows, NULL, a, QM_QUANTUM);
    assert_true(fabs(2 - db(rows[a - 1][0]) - part * full) < 0.01 * full);
    for (int k = 0; k < 12; k++) { /* to rest, reduced by `full` */
        level(rows, a, 2, 2);
        gang_run(&gang, rows, NULL, a, QM_QUANTUM);
    }
    uint32_t left = r;
    while (left > 0) { /* a level below the threshold, so that the gain can be read */
        const uint32_t n = left < N ? left : N;
        level(rows, n, -30, -30);
        gang_run(&gang, rows, NULL, n, QM_QUANTUM);
        left -= n;
        if (left == 0)
            assert_true(fabs(-30 - db(rows[n - 1][0]) - (1 - part) * full) < 0.01 * full);
    }
    gang_close(&gang);
}

static void test_attack_and_release_are_63_percent(void **unused)
{
    (void)unused;
    check_times(48000, 10, 100);
    check_times(44100, 1, 1000);
    check_times(192000, 300, 5000); /* steps far below what a float of 15 dB can hold */
}

static void test_the_louder_channel_decides_for_both(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000);
    set(&gang, KNEE, 0);
    level(rows, N, -30, -2);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const double reduction = curve(-2, -18, 4, 0) + 2;
    assert_true(fabs(db(rows[N - 1][1]) - (-2 + reduction)) < 0.001);
    assert_true(fabs(db(rows[N - 1][0]) - (-30 + reduction)) < 0.001);
    gang_close(&gang);
}

/* A sine's rms is 3 dB below its peak, one channel alone counts half: 3 dB more. */
static void test_rms_listens_to_mean_power(void **unused)
{
    (void)unused;
    for (int one_channel = 0; one_channel < 2; one_channel++) {
        ProcGang gang;
        start(&gang, 48000);
        set(&gang, DETECTOR, 1);
        set(&gang, KNEE, 0);
        set(&gang, ATTACK, 100);
        set(&gang, RELEASE, 100);
        for (uint32_t i = 0; i < N; i++) {
            const float x = (float)sin(2 * M_PI * 1000 / 48000 * i);
            rows[i] = (QmVec){x, one_channel ? 0 : x};
        }
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
        float peak = 0;
        for (uint32_t i = N - 4800; i < N; i++)
            peak = fmaxf(peak, rows[i][0]);
        const double in = one_channel ? -6.02 : -3.01;
        assert_true(fabs(db(peak) - (curve(in, -18, 4, 0) - in)) < 0.1);
        gang_close(&gang);
    }
}

static void test_the_key_decides(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000);
    set(&gang, KNEE, 0);
    level(rows, N, -40, -40);
    level(key, N, -2, -60);
    gang_run(&gang, rows, key, N, QM_QUANTUM);
    assert_true(fabs(db(rows[N - 1][0]) - (-40 + curve(-2, -18, 4, 0) + 2)) < 0.001);
    level(rows, N, -1, -1);
    level(key, N, -60, -60);
    gang_reset(&gang);
    gang_run(&gang, rows, key, N, QM_QUANTUM);
    assert_true(fabs(db(rows[N - 1][0]) - -1) < 0.001);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_curve),
        cmocka_unit_test(test_makeup_and_mix),
        cmocka_unit_test(test_attack_and_release_are_63_percent),
        cmocka_unit_test(test_the_louder_channel_decides_for_both),
        cmocka_unit_test(test_rms_listens_to_mean_power),
        cmocka_unit_test(test_the_key_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
