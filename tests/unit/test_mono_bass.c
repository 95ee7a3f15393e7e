/* Mono bass: how much of the side is left at each frequency, that it stays in phase with
 * the mid, that the mono sum stays. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { FREQ, AMOUNT };
enum { N = 1 << 16 };
static QmVec rows[N], before[N];
static const double rate = 48000;

static void start(ProcGang *gang)
{
    gang_open(gang, qm_proc_find("mono-bass"), rate, 0, 1, NULL);
}

static double tone(double at, double mid, double side)
{
    const double turns = round(at / rate * (N / 2)) / (N / 2);
    for (uint32_t i = 0; i < N; i++) {
        const double x = sin(2 * M_PI * fmod(turns * i, 1));
        rows[i] = (QmVec){(float)((mid + side) * x), (float)((mid - side) * x)};
    }
    memcpy(before, rows, sizeof rows);
    return turns;
}

static void play(ProcGang *gang)
{
    gang_reset(gang);
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
}

/* The side's gain. */
static double side_left(ProcGang *gang, double at)
{
    const double turns = tone(at, 0.3, 0.3);
    play(gang);
    return cabs(spectrum_line(rows, N / 2, N, turns, 1, -1)) /
           cabs(spectrum_line(before, N / 2, N, turns, 1, -1));
}

static void test_twenty_db_at_the_frequency(void **unused)
{
    (void)unused;
    static const double freqs[] = {60, 120, 250};
    for (uint32_t k = 0; k < QM_COUNT(freqs); k++) {
        ProcGang gang;
        start(&gang);
        gang_set(&gang, 0, FREQ, freqs[k]);
        assert_true(fabs(db_of(side_left(&gang, freqs[k])) + 20) <
                    0.2); /* tones in steps */
        assert_true(fabs(db_of(side_left(&gang, freqs[k] * sqrt(3))) + 6.02) < 0.1);
        assert_true(db_of(side_left(&gang, freqs[k] / 2)) < -42);
        assert_true(db_of(side_left(&gang, freqs[k] * 8)) > -0.02);
        gang_close(&gang);
    }
}

static void test_the_mono_sum_stays_and_the_side_is_in_phase(void **unused)
{
    (void)unused;
    for (double amount = 0; amount <= 100; amount += 50)
        for (double at = 22; at < 24000; at *= 1.9) {
            ProcGang gang;
            start(&gang);
            gang_set(&gang, 0, AMOUNT, amount);
            const double turns = tone(at, 0.3, 0.2);
            play(&gang);
            const double complex mid = spectrum_line(rows, N / 2, N, turns, 1, 1) /
                                       spectrum_line(before, N / 2, N, turns, 1, 1);
            const double complex side = spectrum_line(rows, N / 2, N, turns, 1, -1) /
                                        spectrum_line(before, N / 2, N, turns, 1, -1);
            const double w = tan(M_PI * turns) / tan(M_PI * 120 * sqrt(3) / rate);
            const double left = 1 - amount / 100 / (1 + pow(w, 4));
            assert_true(fabs(db_of(cabs(mid))) < 1e-6);
            assert_true(fabs(cabs(side) - left) < 1e-5);
            if (left > 0.001)
                assert_true(fabs(carg(side / mid)) < 0.001);
            gang_close(&gang);
        }
}

/* Power of what is in rows below `to` Hz: mid and side. */
static void powers(double to, double power[2])
{
    power[0] = power[1] = 0;
    for (uint32_t bin = 1; bin < to / rate * N; bin++) {
        const double complex step = cexp(-2 * M_PI * I * bin / N);
        double complex sum[2] = {0}, turn = 1;
        for (uint32_t i = 0; i < N; i++, turn *= step) {
            sum[0] += (double)(rows[i][0] + rows[i][1]) * turn;
            sum[1] += (double)(rows[i][0] - rows[i][1]) * turn;
        }
        for (uint32_t k = 0; k < 2; k++)
            power[k] += creal(sum[k] * conj(sum[k]));
    }
}

static void test_the_side_below_the_frequency_is_gone(void **unused)
{
    (void)unused;
    double power[2];
    ProcGang gang;
    start(&gang);
    noise_rows(rows, N, 4, 0.7);
    play(&gang);
    powers(120, power);
    const double ratio = 10 * log10(power[1] / power[0]);
    print_message("side of white noise below 120 Hz: %.1f dB\n", ratio);
    assert_true(ratio < -26);
    gang_close(&gang);
}

/* A click on the left stays there but for its bass: nothing of it is thrown to the right
 * as a side out of phase with its mid would. */
static void test_clicks_stay_where_they_are(void **unused)
{
    (void)unused;
    double left = 0, right = 0;
    ProcGang gang;
    start(&gang);
    memset(rows, 0, sizeof rows);
    for (uint32_t i = 0; i < 48; i++) /* 1 ms of 3 kHz */
        rows[i] = (QmVec){(float)(0.8 * sin(2 * M_PI * i / 16) * sin(M_PI * i / 48))};
    play(&gang);
    for (uint32_t i = 0; i < N; i++) {
        left += (double)rows[i][0] * (double)rows[i][0];
        right += (double)rows[i][1] * (double)rows[i][1];
    }
    print_message("a click's other side: %.1f dB\n", 10 * log10(right / left));
    assert_true(10 * log10(right / left) < -50);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twenty_db_at_the_frequency),
        cmocka_unit_test(test_the_mono_sum_stays_and_the_side_is_in_phase),
        cmocka_unit_test(test_the_side_below_the_frequency_is_gone),
        cmocka_unit_test(test_clicks_stay_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
