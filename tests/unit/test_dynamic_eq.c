/* The dynamic equaliser: nothing at all short of the threshold; its static curve, on and
 * off the band's centre, against the curve's formula and the eq's response; its times;
 * what a moving gain leaves in the spectrum; who it listens to. */
#include "dsp/svf.h"
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ON, TYPE, FREQ, Q, GAIN, THRESHOLD, RATIO, RANGE, MODE, ATTACK, RELEASE, N_BAND };
enum { BELL, LOW_SHELF, HIGH_SHELF };
enum { CUT_ABOVE, BOOST_ABOVE, CUT_BELOW, BOOST_BELOW };
enum { RATE = 48000, LONG = 3 * RATE };
static QmVec rows[LONG], before[LONG];

typedef struct Band {
    int type;
    double freq, q, gain, threshold, ratio, range;
    int mode;
} Band;

static void open_with(ProcGang *gang, uint32_t bands, Band b)
{
    const double values[] = {1,       b.type,  b.freq, b.q, b.gain, b.threshold,
                             b.ratio, b.range, b.mode, 10,  50};
    gang_open(gang, qm_proc_find("dynamic-eq"), RATE, bands, QM_GANG, NULL);
    for (uint32_t s = 0; s < QM_GANG; s++)
        for (uint32_t k = 0; k < bands * N_BAND; k++)
            gang_set(gang, s, k, values[k % N_BAND]);
    gang_reset(gang);
}

static void tone(double freq, double level_db, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        rows[i] =
            qm_vec((float)(pow(10, level_db / 20) * sin(2 * M_PI * freq / RATE * i)));
}

/* The amplitude of `freq` in [from, from + n), where that is whole periods. */
static double amplitude_db(double freq, uint32_t from, uint32_t n)
{
    const double complex line = spectrum_line(rows, from, from + n, freq / RATE, 1, 0);
    return db_of(2 * cabs(line) / n);
}

/* ---- nothing ---- */

static void check_null(int mode, double level, double threshold)
{
    for (int type = BELL; type <= HIGH_SHELF; type++) {
        ProcGang gang;
        open_with(&gang, 8, (Band){type, 500, 1, 0, threshold, 4, 12, mode});
        for (uint32_t b = 1; b < 8; b++)
            for (uint32_t s = 0; s < QM_GANG; s++)
                gang_set(&gang, s, b * N_BAND + FREQ, 40 << b);
        gang_reset(&gang);
        noise_rows(rows, RATE, 3, level);
        memcpy(before, rows, RATE * sizeof *rows);
        gang_run(&gang, rows, NULL, RATE, QM_QUANTUM);
        assert_memory_equal(rows, before, RATE * sizeof *rows);
        gang_close(&gang);
    }
}

static void test_short_of_the_threshold_nothing_changes(void **unused)
{
    (void)unused;
    check_null(CUT_ABOVE, 0.1, -10);
    check_null(BOOST_ABOVE, 0.1, -10);
}

/* After it has worked it comes all the way back, and a band that is off does nothing. */
static void test_it_comes_back_to_nothing(void **unused)
{
    (void)unused;
    ProcGang gang;
    open_with(&gang, 1, (Band){BELL, 1000, 1, 0, -30, 4, 12, CUT_ABOVE});
    tone(1000, -6, 0, RATE);
    tone(1000, -36, RATE, LONG);
    memcpy(before, rows, sizeof before);
    gang_run(&gang, rows, NULL, LONG, QM_QUANTUM);
    assert_true(memcmp(rows, before, RATE * sizeof *rows) != 0);
    assert_memory_equal(rows + 5 * RATE / 2, before + 5 * RATE / 2,
                        RATE / 2 * sizeof *rows);
    for (uint32_t s = 0; s < QM_GANG; s++) {
        gang_set(&gang, s, ON, 0);
        gang_set(&gang, s, GAIN, 9);
    }
    gang_reset(&gang);
    memcpy(rows, before, sizeof before);
    gang_run(&gang, rows, NULL, RATE, QM_QUANTUM);
    assert_memory_equal(rows, before, RATE * sizeof *rows);
    gang_close(&gang);
}

/* ---- the curve ---- */

/* The eq's response of `kind` at a frequency, in dB. */
static double response_db(QmSvfKind kind, double freq, double gain, double q, double at)
{
    const double r = tan(M_PI * at / RATE) / tan(M_PI * freq / RATE);
    const double a = pow(10, gain / 40), k = 1 / q, w = sqrt(a);
    const double complex s = I * r, ss = s * s;
    const double complex h =
        kind == QM_SVF_BELL         ? (ss + s * k * a + 1) / (ss + s * k / a + 1)
        : kind == QM_SVF_LOW_SHELF  ? a * (ss + w * k * s + a) / (a * ss + w * k * s + 1)
        : kind == QM_SVF_HIGH_SHELF ? a * (a * ss + w * k * s + 1) / (ss + w * k * s + a)
        : kind == QM_SVF_LOW_PASS   ? 1 / (ss + k * s + 1)
        : kind == QM_SVF_HIGH_PASS  ? ss / (ss + k * s + 1)
                                    : k * s / (ss + k * s + 1);
    return 20 * log10(cabs(h));
}

static double expected_db(Band b, double at, double level)
{
    static const QmSvfKind shapes[] = {QM_SVF_BELL, QM_SVF_LOW_SHELF, QM_SVF_HIGH_SHELF};
    static const QmSvfKind hears[] = {QM_SVF_BAND_PASS, QM_SVF_LOW_PASS,
                                      QM_SVF_HIGH_PASS};
    const double heard = level + response_db(hears[b.type], b.freq, 0,
                                             b.type == BELL ? b.q : M_SQRT1_2, at);
    const bool above = b.mode == CUT_ABOVE || b.mode == BOOST_ABOVE;
    const bool expands = b.mode == BOOST_ABOVE || b.mode == CUT_BELOW;
    const bool cuts = b.mode == CUT_ABOVE || b.mode == CUT_BELOW;
    const double past = fmax(above ? heard - b.threshold : b.threshold - heard, 0);
    const double change = fmin(past * (expands ? b.ratio - 1 : 1 - 1 / b.ratio), b.range);
    return level + response_db(shapes[b.type], b.freq, b.gain + (cuts ? -change : change),
                               b.q, at);
}

static void check_curve(Band b, double at, double level, double tolerance)
{
    ProcGang gang;
    open_with(&gang, 1, b);
    tone(at, level, 0, RATE);
    gang_run(&gang, rows, NULL, RATE, QM_QUANTUM);
    gang_close(&gang);
    const double found = amplitude_db(at, RATE / 2, RATE / 2),
                 expected = expected_db(b, at, level);
    if (fabs(found - expected) > tolerance)
        fail_msg("type %d mode %d at %d Hz, %d dB: %d mdB where %d are right", b.type,
                 b.mode, (int)at, (int)level, (int)(1000 * found),
                 (int)(1000 * expected));
}

static void test_static_curve(void **unused)
{
    (void)unused;
    static const double freqs[] = {40, 300, 1000, 9000};
    for (int mode = CUT_ABOVE; mode <= BOOST_BELOW; mode++)
        for (uint32_t f = 0; f < 4; f++)
            for (double level = -50; level <= 0; level += 7) {
                const Band b = {BELL, freqs[f], 1.4, mode == CUT_BELOW ? 3 : 0,
                                -24,  2.5,      15,  mode};
                check_curve(b, freqs[f], level, 0.02);
                check_curve(b, 2 * round(0.35 * freqs[f]), level, 0.02);
                check_curve(b, 1.3 * freqs[f], level, 0.02);
            }
}

/* Shelves hear the square's ripple, a little: it is averaged over four periods of the
 * corner. */
static void test_static_curve_of_shelves(void **unused)
{
    (void)unused;
    for (int mode = CUT_ABOVE; mode <= BOOST_BELOW; mode++)
        for (double level = -50; level <= 0; level += 7) {
            const Band low = {LOW_SHELF, 200, 0.7, -2, -24, 2.5, 15, mode};
            const Band high = {HIGH_SHELF, 4000, 0.7, 2, -24, 2.5, 15, mode};
            check_curve(low, 200, level, 0.1);
            check_curve(low, 80, level, 0.1);
            check_curve(high, 4000, level, 0.1);
            check_curve(high, 10000, level, 0.1);
        }
}

/* ---- times ---- */

/* Frames from `from` until a bell's gain on a 2 kHz tone has gone 63 % of the way from a
 * to b dB, its amplitude taken over two periods. */
static double frames_to_63(uint32_t from, double level, double a, double b)
{
    for (uint32_t i = from; i + 48 < LONG; i++) {
        const double way = (amplitude_db(2000, i - 24, 48) - level - a) / (b - a);
        if (way > 1 - exp(-1))
            return i - from;
    }
    return 0;
}

static void test_times(void **unused)
{
    (void)unused;
    ProcGang gang;
    open_with(&gang, 1, (Band){BELL, 2000, 0.7, 0, -40, 2, 36, CUT_ABOVE});
    tone(2000, -40.001, 0, RATE);
    tone(2000, -20, RATE, 2 * RATE);
    tone(2000, -40.001, 2 * RATE, LONG);
    gang_run(&gang, rows, NULL, LONG, QM_QUANTUM);
    gang_close(&gang);
    const double attack = frames_to_63(RATE + 24, -20, 0, -10) + 24;
    const double release = frames_to_63(2 * RATE + 24, -40.001, -10, 0) + 24;
    /* 10 and 50 ms; hearing takes 0.5 ms, and 0.3 for each 8.7 dB that it falls */
    assert_true(attack > 0.0100 * RATE && attack < 0.0108 * RATE);
    assert_true(release > 0.0500 * RATE && release < 0.0530 * RATE);
}

/* ---- motion ---- */

/* The level of a 1 kHz tone swings at 3 Hz, so the gain moves all the time: what it does
 * is all within the band around the tone in which such a gain can be. */
static void test_a_moving_gain_leaves_nothing_else(void **unused)
{
    (void)unused;
    ProcGang gang;
    open_with(&gang, 1, (Band){BELL, 1000, 1, 0, -40, 2, 36, CUT_ABOVE});
    for (uint32_t i = 0; i < LONG; i++)
        rows[i] = qm_vec((float)((0.5 + 0.4 * sin(2 * M_PI * 3 / RATE * i)) *
                                 sin(2 * M_PI * 1000 / RATE * i)));
    gang_run(&gang, rows, NULL, LONG, QM_QUANTUM);
    gang_close(&gang);
    for (uint32_t i = 0; i < 2 * RATE; i++) /* a window against the ends of the tone */
        rows[RATE + i] *= qm_vec(
            (float)(0.42 - 0.5 * cos(M_PI * i / RATE) + 0.08 * cos(2 * M_PI * i / RATE)));
    for (double at = 100; at < 20000; at += 37)
        if (fabs(at - 1000) > 150 && amplitude_db(at, RATE, 2 * RATE) > -110)
            fail_msg("%d mdB at %d Hz", (int)(1000 * amplitude_db(at, RATE, 2 * RATE)),
                     (int)at);
}

/* ---- who it hears ---- */

static void test_it_hears_the_key(void **unused)
{
    (void)unused;
    ProcGang gang;
    open_with(&gang, 1, (Band){BELL, 1000, 1, 0, -30, 2, 36, CUT_ABOVE});
    tone(1000, -10, 0, RATE);
    memcpy(before, rows, sizeof before);
    tone(1000, -50, 0, RATE);
    gang_run(&gang, rows, before, RATE, QM_QUANTUM);
    assert_true(fabs(amplitude_db(1000, RATE / 2, RATE / 2) + 60) < 0.02);
    double values[2];
    gang.desc->read(&gang.spec[0], gang.state[0], 0, values);
    assert_true(fabs(values[0] - 10) < 0.3 && values[1] == 0);
    gang_close(&gang);
}

/* A tone in the right channel turns down the left one, too. */
static void test_channels_are_linked(void **unused)
{
    (void)unused;
    ProcGang gang;
    open_with(&gang, 1, (Band){BELL, 1000, 1, 0, -30, 2, 36, CUT_ABOVE});
    tone(1000, -10, 0, RATE);
    for (uint32_t i = 0; i < RATE; i++)
        rows[i] *= (QmVec){0.001f, 1, 0, 0, 0, 0, 0, 0};
    gang_run(&gang, rows, NULL, RATE, QM_QUANTUM);
    gang_close(&gang);
    assert_true(fabs(amplitude_db(1000, RATE / 2, RATE / 2) + 80) < 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_of_the_threshold_nothing_changes),
        cmocka_unit_test(test_it_comes_back_to_nothing),
        cmocka_unit_test(test_static_curve),
        cmocka_unit_test(test_static_curve_of_shelves),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_a_moving_gain_leaves_nothing_else),
        cmocka_unit_test(test_it_hears_the_key),
        cmocka_unit_test(test_channels_are_linked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
