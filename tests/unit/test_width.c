/* Width: what is added of left and right stays, what sets them apart follows each band's
 * width, in phase. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { LOW, MID, HIGH, LOW_FREQ, HIGH_FREQ };
enum { N = 1 << 16 };
static QmVec rows[N], before[N];
static const double rate = 48000;

static void start(ProcGang *gang, double low, double mid, double high)
{
    double params[1][QM_MAX_PARAMS];
    qm_proc_defaults(qm_proc_find("width"), 0, params[0]);
    params[0][LOW] = low;
    params[0][MID] = mid;
    params[0][HIGH] = high;
    gang_open(gang, qm_proc_find("width"), rate, 0, 1, params);
}

/* Two tones of whole periods in the second half, mid and side of the given levels. */
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

static double low_part(double f, double at)
{
    return 1 / (1 + pow(tan(M_PI * at / rate) / tan(M_PI * f / rate), 4));
}

/* The side's gain at a frequency: every band's share is real and positive. */
static double theory(double low, double mid, double high, double at)
{
    const double a = low_part(200, at), b = low_part(2000, at);
    return low * a + (1 - a) * (mid * b + high * (1 - b));
}

static void test_the_mono_sum_stays(void **unused)
{
    (void)unused;
    static const double widths[][3] = {{0, 0.3, 1}, {1, 1, 1}, {2, 0, 1.5}};
    double worst = 0;
    for (uint32_t k = 0; k < QM_COUNT(widths); k++)
        for (double at = 23; at < 24000; at *= 2.1) {
            ProcGang gang;
            start(&gang, widths[k][0], widths[k][1], widths[k][2]);
            const double turns = tone(at, 0.3, 0.2);
            play(&gang);
            const double off =
                fabs(db_of(cabs(spectrum_line(rows, N / 2, N, turns, 1, 1)) /
                           cabs(spectrum_line(before, N / 2, N, turns, 1, 1))));
            worst = off > worst ? off : worst;
            assert_true(off < 1e-6);
            gang_close(&gang);
        }
    print_message("mono sum flat within %.2g dB\n", worst);
}

static void test_each_band_has_its_width(void **unused)
{
    (void)unused;
    static const double widths[][3] = {{0, 0.3, 1}, {1, 1, 1}, {2, 0.5, 1.5}};
    for (uint32_t k = 0; k < QM_COUNT(widths); k++)
        for (double at = 50; at < 20000; at *= 1.5) {
            const double *const w = widths[k];
            ProcGang gang;
            start(&gang, w[0], w[1], w[2]);
            const double turns = tone(at, 0.3, 0.2);
            play(&gang);
            const double complex side = spectrum_line(rows, N / 2, N, turns, 0.5, -0.5) /
                                        spectrum_line(before, N / 2, N, turns, 0.5, -0.5);
            const double complex mid = spectrum_line(rows, N / 2, N, turns, 0.5, 0.5) /
                                       spectrum_line(before, N / 2, N, turns, 0.5, 0.5);
            const double should = theory(w[0], w[1], w[2], turns * rate);
            assert_true(fabs(cabs(side) - should) < 1e-5);
            if (should > 0.01) /* the phase of the mid: nothing leaves its place */
                assert_true(fabs(carg(side / mid)) < 1e-4);
            gang_close(&gang);
        }
}

static void test_as_it_came_what_is_left_stays_left(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 1, 1, 1);
    for (double at = 50; at < 20000; at *= 1.5) {
        const double turns = tone(at, 0.25, 0.25);
        play(&gang);
        const double off = db_of(cabs(spectrum_line(rows, N / 2, N, turns, 1, 0)) /
                                 cabs(spectrum_line(before, N / 2, N, turns, 1, 0)));
        assert_true(fabs(off) < 1e-6);
        assert_true(db_of(cabs(spectrum_line(rows, N / 2, N, turns, 0, 1)) /
                          cabs(spectrum_line(rows, N / 2, N, turns, 1, 0))) < -130);
    }
    gang_close(&gang);
}

static void test_no_width_is_mono(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 0, 0, 0);
    noise_rows(rows, N, 3, 0.9);
    play(&gang);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == rows[i][1]);
    gang_close(&gang);
}

static void test_a_low_crossover_pushes_the_high_one(void **unused)
{
    (void)unused;
    ProcGang one, other;
    start(&one, 0, 0.3, 1);
    start(&other, 0, 0.3, 1);
    gang_set(&one, 0, LOW_FREQ, 900);
    gang_set(&one, 0, HIGH_FREQ, 400);
    gang_set(&other, 0, LOW_FREQ, 900);
    gang_set(&other, 0, HIGH_FREQ, 900);
    noise_rows(rows, N, 3, 0.9);
    play(&one);
    memcpy(before, rows, sizeof rows);
    noise_rows(rows, N, 3, 0.9);
    play(&other);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == before[i][0] && rows[i][1] == before[i][1]);
    gang_close(&one);
    gang_close(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_mono_sum_stays),
        cmocka_unit_test(test_each_band_has_its_width),
        cmocka_unit_test(test_as_it_came_what_is_left_stays_left),
        cmocka_unit_test(test_no_width_is_mono),
        cmocka_unit_test(test_a_low_crossover_pushes_the_high_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
