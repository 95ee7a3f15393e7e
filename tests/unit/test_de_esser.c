/* The de-esser's promises: a voice without esses untouched, esses down by the range at
 * any level, the bell it cuts, wide mode, times, what it tells. */
#include "tests/support/levels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { N = 1 << 16, RATE = 48000, ON = 20000, OFF = 30000 };
static QmVec rows[N], input[N];

static void start(ProcGang *gang) { open_with(gang, "de-esser", RATE, NULL, 0); }

static void run(ProcGang *gang)
{
    memcpy(rows, input, sizeof rows);
    gang_reset(gang);
    gang_run(gang, rows, NULL, N, SPLIT_AT_RANDOM);
}

/* A voice: harmonics of 140 Hz, 10 dB an octave down, that comes softly and goes in every
 * syllable. */
static void voice(double level_db)
{
    memset(input, 0, sizeof input);
    for (int h = 1; 140 * h < RATE / 2; h++)
        for (uint32_t i = 0; i < N; i++) {
            const double t = (double)i / RATE, swell = 0.5 - 0.5 * cos(2 * M_PI * 4 * t);
            const double x = pow(h, -10 / 6.02) * sin(2 * M_PI * 140 * h * t + h * h);
            input[i] += qm_vec((float)(gain_of(level_db) * 0.5 * swell * x));
        }
}

/* An ess from row ON to OFF: forty sines around 7 kHz, the same for every level.
 */
enum { PARTIALS = 40 };
static double partial_hz(int k) { return 6800 + 400.0 * (k + 0.5) / PARTIALS; }
static double ess_at(uint32_t i)
{
    double sum = 0;
    for (int k = 0; k < PARTIALS; k++)
        sum += sin(2 * M_PI * partial_hz(k) / RATE * i + k * k);
    return 0.08 * sum;
}

/* Instead of the voice. */
static void ess(double level_db)
{
    for (uint32_t i = ON; i < OFF; i++)
        input[i] = qm_vec((float)(gain_of(level_db) * ess_at(i)));
}

/* The gain of a band of bells at hz: 1 + (g - 1) of a band-pass, through the bilinear
 * transform. */
static double bell(double hz, double centre, double q, double g)
{
    const double w = tan(M_PI * hz / RATE) / tan(M_PI * centre / RATE);
    const double band = 1 / (1 + pow(q * (w - 1 / w), 2)); /* real part, and its power */
    return sqrt(1 + (2 * (g - 1) + (g - 1) * (g - 1)) * band);
}

static void test_a_voice_without_esses_is_untouched(void **unused)
{
    (void)unused;
    static const double levels[] = {0, -20, -45};
    for (uint32_t k = 0; k < QM_COUNT(levels); k++) {
        ProcGang gang;
        start(&gang);
        set(&gang, "range", 30);
        voice(levels[k]);
        run(&gang);
        assert_true(same_rows(rows, input, 0, N));
        gang_close(&gang);
    }
}

/* By the bell for each partial of the ess; the voice after it is the input again. */
static void test_an_ess_goes_down_by_the_range(void **unused)
{
    (void)unused;
    static const double levels[] = {0, -20, -40};
    static const double ranges[] = {4, 8, 15};
    for (uint32_t k = 0; k < QM_COUNT(levels); k++) {
        ProcGang gang;
        start(&gang);
        set(&gang, "range", ranges[k]);
        voice(levels[k] - 20);
        ess(levels[k] - 12);
        run(&gang);
        double before = 0, after = 0;
        for (int p = 0; p < PARTIALS; p++) {
            const double g = bell(partial_hz(p), 7000, 1, gain_of(-ranges[k]));
            before += 1;
            after += g * g;
        }
        const double found = rms_db(rows, ON + 2400, OFF) - rms_db(input, ON + 2400, OFF);
        assert_true(fabs(found - 10 * log10(after / before)) < 0.1);
        assert_true(fabs(found + ranges[k]) < 0.05 * ranges[k]);
        assert_true(same_rows(rows, input, 0, ON));
        assert_true(same_rows(rows, input, OFF + 30000, N));
        gang_close(&gang);
    }
}

/* Why relative: one setting for soft words and loud ones. */
static void test_absolute_misses_what_is_soft(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    set(&gang, "detector", 1);
    set(&gang, "threshold", -30);
    voice(-20);
    ess(-12);
    run(&gang);
    assert_false(same_rows(rows, input, ON, OFF));
    voice(-50);
    ess(-42);
    run(&gang);
    assert_true(same_rows(rows, input, 0, N));
    gang_close(&gang);
}

/* The level of a tone behind the whole reduction. */
static double response(ProcGang *gang, double hz)
{
    tone_rows(input, N, RATE, hz, -6);
    run(gang);
    return rms_db(rows, N / 2, N) - rms_db(input, N / 2, N);
}

static void test_split_is_a_bell_and_wide_is_flat(void **unused)
{
    (void)unused;
    static const double tones[] = {100, 1000, 3500, 6000, 7000, 8000, 12000, 20000};
    for (int wide = 0; wide < 2; wide++) {
        ProcGang gang;
        start(&gang);
        set(&gang, "detector", 1); /* absolute and low: all of it, always */
        set(&gang, "threshold", -60);
        set(&gang, "range", 12);
        set(&gang, "q", 1.3);
        set(&gang, "mode", wide);
        for (uint32_t k = 0; k < QM_COUNT(tones); k++) {
            const double told = db_of(bell(tones[k], 7000, 1.3, gain_of(-12)));
            assert_true(fabs(response(&gang, tones[k]) - (wide ? -12 : told)) < 0.01);
        }
        gang_close(&gang);
    }
}

/* The gain in wide mode while a tone of the band comes and goes against a low one. */
static void test_times(void **unused)
{
    (void)unused;
    static const double times[][2] = {{100, 500}, {50, 200}};
    const double part = 1 - exp(-1);
    for (uint32_t k = 0; k < QM_COUNT(times); k++) {
        const uint32_t a = (uint32_t)(48 * times[k][0]), r = (uint32_t)(48 * times[k][1]);
        ProcGang gang;
        start(&gang);
        set(&gang, "mode", 1);
        set(&gang, "range", 10);
        set(&gang, "attack", times[k][0]);
        set(&gang, "release", times[k][1]);
        for (uint32_t i = 0; i < N; i++) {
            const double hz = i >= 1000 && i < 36000 ? 7000 : 100;
            input[i] = qm_vec((float)(0.5 * sin(2 * M_PI * hz / RATE * i + 0.7)));
        }
        run(&gang);
        const uint32_t down = 1000 + a, up = 36000 + r; /* nearly: 2 ms of averaging */
        const double at_down = db_of((double)rows[down][0] / (double)input[down][0]);
        const double at_up = db_of((double)rows[up][0] / (double)input[up][0]);
        assert_true(fabs(at_down + 10 * part) < 0.01 * 10);
        assert_true(fabs(at_up + 10 * (1 - part)) < 0.01 * 10);
        gang_close(&gang);
    }
}

/* An ess on one side brings both down. */
static void test_the_sides_are_linked(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    set(&gang, "mode", 1);
    tone_rows(input, N, RATE, 7000, -6);
    for (uint32_t i = 0; i < N; i++)
        input[i][1] = (float)gain_of(-40);
    run(&gang);
    assert_true(fabs(db_of((double)rows[N - 1][1]) + 46) < 0.001);
    gang_close(&gang);
}

/* Hiss between words is no ess. */
static void test_hiss_is_left_alone(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    set(&gang, "threshold", -30);
    noise_rows(input, N, 3, gain_of(-70));
    run(&gang);
    assert_true(same_rows(rows, input, 0, N));
    gang_close(&gang);
}

static void test_readings(void **unused)
{
    (void)unused;
    double told[2];
    ProcGang gang;
    start(&gang);
    tone_rows(input, N, RATE, 7000, -6);
    run(&gang);
    gang.desc->read(gang.spec, gang.state[0], 0, told);
    assert_true(fabs(told[0] - 6) < 0.001 && told[1] < 6 && told[1] > 5.98);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_voice_without_esses_is_untouched),
        cmocka_unit_test(test_an_ess_goes_down_by_the_range),
        cmocka_unit_test(test_absolute_misses_what_is_soft),
        cmocka_unit_test(test_split_is_a_bell_and_wide_is_flat),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_the_sides_are_linked),
        cmocka_unit_test(test_hiss_is_left_alone),
        cmocka_unit_test(test_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
