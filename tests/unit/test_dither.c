/* Dither: what it leaves of the last bit. The error is white and of 1/4 LSB^2 whatever
 * the signal is, tones far below the last bit survive in it, and noise shaping follows
 * the response of its taps. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BITS, SHAPE };
enum { N = 4 * SPECTRUM };
static QmVec rows[N], dry[N];
static double power[SPECTRUM / 2 + 1];

static void tone(double hz, double rate, double level_db)
{
    const double level = pow(10, level_db / 20);
    for (uint32_t i = 0; i < N; i++)
        dry[i] = qm_vec((float)(level * sin(2 * M_PI * hz / rate * i)));
}

/* `dry` through dither of so many bits. */
static void run(double rate, double bits, double shape)
{
    ProcGang gang;
    gang_open(&gang, qm_proc_find("dither"), rate, 0, 1, NULL);
    gang_set(&gang, 0, BITS, bits);
    gang_set(&gang, 0, SHAPE, shape);
    gang_reset(&gang);
    memcpy(rows, dry, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    gang_close(&gang);
}

static double error(uint32_t i, uint32_t lane)
{
    return (double)rows[i][lane] - (double)dry[i][lane];
}

static void test_what_comes_out_is_whole(void **unused)
{
    (void)unused;
    tone(997, 48000, -1);
    for (int shape = 0; shape < 2; shape++)
        for (int bits = 8; bits <= 24; bits += 8) {
            run(48000, bits, shape);
            for (uint32_t i = 0; i < N; i++) {
                const double whole = ldexp((double)rows[i][0], bits - 1);
                assert_true(whole == floor(whole));
            }
        }
}

/* The total error: 1/12 of rounding and 2/12 of noise, in dBFS. */
static void test_the_error_is_a_quarter_of_a_squared_bit(void **unused)
{
    (void)unused;
    static const double levels_db[] = {-1, -20, -60, -100};
    for (uint32_t k = 0; k < QM_COUNT(levels_db); k++) {
        tone(997, 48000, levels_db[k]);
        run(48000, 16, 0);
        double squares = 0, sum = 0, with = 0, of = 0;
        for (uint32_t i = 0; i < N; i++)
            for (uint32_t lane = 0; lane < 2; lane++) {
                const double e = error(i, lane), x = (double)dry[i][lane];
                squares += e * e;
                sum += e;
                with += e * x;
                of += x * x;
            }
        const double rms_db = 10 * log10(squares / (2 * N));
        assert_true(fabs(rms_db + 96.33) < 0.05);
        const double lsb = 0x1p-15, sigma = 0.5 * lsb / sqrt(2 * N);
        assert_true(fabs(sum / (2 * N)) < 4 * sigma);
        assert_true(fabs(with) < 4 * 0.5 * lsb * sqrt(of)); /* no correlation */
    }
}

static void test_left_and_right_draw_for_themselves(void **unused)
{
    (void)unused;
    tone(997, 48000, -20);
    run(48000, 16, 0);
    double product = 0, square = 0;
    for (uint32_t i = 0; i < N; i++) {
        product += error(i, 0) * error(i, 1);
        square += error(i, 0) * error(i, 0);
    }
    assert_true(fabs(product) < 4 * square / sqrt(N));
}

/* A tone of a third of the last bit, which rounding alone would delete. */
static void test_a_tone_below_the_last_bit_survives(void **unused)
{
    (void)unused;
    const double hz = spectrum_tone(1000, 48000);
    tone(hz, 48000, -100);
    for (int shape = 0; shape < 2; shape++) {
        run(48000, 16, shape);
        double sine = 0, cosine = 0;
        for (uint32_t i = 0; i < N; i++)
            for (uint32_t lane = 0; lane < 2; lane++) {
                const double x = (double)rows[i][lane], turn = 2 * M_PI * hz / 48000 * i;
                sine += x * sin(turn);
                cosine += x * cos(turn);
            }
        const double level = 2 * sqrt(sine * sine + cosine * cosine) / (2 * N);
        assert_true(fabs(20 * log10(level) + 100) < 0.2);
    }
}

/* The power of white noise behind the taps. */
static double response(double hz, double rate)
{
    static const double taps[] = {2.033, -2.165, 1.959, -1.590, 0.6149};
    double re = 1, im = 0;
    for (int k = 0; k < 5; k++) {
        re -= taps[k] * cos(2 * M_PI * hz / rate * (k + 1));
        im += taps[k] * sin(2 * M_PI * hz / rate * (k + 1));
    }
    return re * re + im * im;
}

static void check_shape(double rate)
{
    tone(spectrum_tone(440, rate), rate, -12);
    run(rate, 16, 1);
    static double all[SPECTRUM / 2 + 1];
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t lane = 0; lane < 2; lane++)
            rows[i][lane] = (float)error(i, lane);
    memset(all, 0, sizeof all);
    for (uint32_t part = 0; part < 4; part++)
        for (uint32_t lane = 0; lane < 2; lane++) {
            spectrum(rows + part * SPECTRUM, lane, power);
            for (uint32_t k = 0; k <= SPECTRUM / 2; k++)
                all[k] += power[k] / 8;
        }
    const double white = 0.25 * 0x1p-30 / (SPECTRUM / 2); /* a bin's share */
    for (double centre = 100; centre < 0.49 * rate; centre *= cbrt(2)) {
        const uint32_t from = (uint32_t)(centre / sqrt(cbrt(2)) / rate * SPECTRUM) + 1;
        uint32_t to = (uint32_t)(centre * sqrt(cbrt(2)) / rate * SPECTRUM);
        to = to < SPECTRUM / 2 ? to : SPECTRUM / 2;
        double right = 0;
        for (uint32_t k = from; k <= to; k++)
            right += white * response(k * rate / SPECTRUM, rate);
        const double db = 10 * log10(spectrum_sum(all, from, to) / right);
        assert_true(fabs(db) < 0.5);
    }
    /* where the ear is keen, and in all */
    const uint32_t keen = (uint32_t)(2000 / rate * SPECTRUM),
                   keener = (uint32_t)(5000 / rate * SPECTRUM);
    const double flat = white * (keener - keen + 1);
    assert_true(10 * log10(spectrum_sum(all, keen, keener) / flat) < -17);
    const double whole = spectrum_sum(all, 0, SPECTRUM / 2) / (0.25 * 0x1p-30);
    assert_true(fabs(10 * log10(whole) - 12.2) < 0.1);
}

static void test_noise_has_the_shape_of_the_taps(void **unused)
{
    (void)unused;
    check_shape(44100);
    check_shape(48000);
}

static void test_other_rates_are_not_shaped(void **unused)
{
    (void)unused;
    static QmVec flat[N];
    tone(997, 96000, -20);
    run(96000, 16, 0);
    memcpy(flat, rows, sizeof flat);
    run(96000, 16, 1);
    assert_memory_equal(flat, rows, sizeof flat);
}

/* Silence is dithered for half a second, and not before anything was heard. */
static void test_it_sleeps_in_silence(void **unused)
{
    (void)unused;
    memset(dry, 0, sizeof dry);
    dry[1000] = qm_vec(1e-3f);
    run(48000, 16, 0);
    uint32_t first = N, last = 0;
    for (uint32_t i = 0; i < N; i++)
        if (rows[i][0] != 0) {
            first = first == N ? i : first;
            last = i;
        }
    assert_int_equal(first, 1000);
    assert_true(last < 1000 + 24000 && last > 1000 + 23900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_comes_out_is_whole),
        cmocka_unit_test(test_the_error_is_a_quarter_of_a_squared_bit),
        cmocka_unit_test(test_left_and_right_draw_for_themselves),
        cmocka_unit_test(test_a_tone_below_the_last_bit_survives),
        cmocka_unit_test(test_noise_has_the_shape_of_the_taps),
        cmocka_unit_test(test_other_rates_are_not_shaped),
        cmocka_unit_test(test_it_sleeps_in_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
