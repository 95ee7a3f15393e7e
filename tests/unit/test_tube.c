/* Tube: the curve's harmonics against its formula, no aliases, no steady part, nothing
 * bent where nothing is driven. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DRIVE, ASYMMETRY, TONE, MIX, N_PARAMS };
enum { N = 2 * SPECTRUM };
static QmVec rows[N], dry[N];
static double power[SPECTRUM / 2 + 1];

typedef const double Params[N_PARAMS];

/* `dry` through it: rows[i] is what came out when dry[i] was due. */
static void run(double rate, const double *params)
{
    ProcGang gang;
    gang_open(&gang, qm_proc_find("tube"), rate, 0, 1, NULL);
    for (uint32_t i = 0; i < N_PARAMS; i++)
        gang_set(&gang, 0, i, params[i]);
    gang_reset(&gang);
    memcpy(rows, dry, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const uint32_t late = gang.desc->latency(&gang.spec[0]);
    memmove(rows, rows + late, (N - late) * sizeof *rows);
    memset(rows + N - late, 0, late * sizeof *rows);
    gang_close(&gang);
}

/* A tone, and the spectrum of what becomes of it once it has settled; the tone's bin. */
static uint32_t through(double hz, double rate, double level_db, const double *params)
{
    const uint32_t bin = (uint32_t)rint(spectrum_tone(hz, rate) / rate * SPECTRUM);
    for (uint32_t i = 0; i < N; i++)
        dry[i] = qm_vec(
            (float)(pow(10, level_db / 20) * sin(2 * M_PI * (double)bin / SPECTRUM * i)));
    run(rate, params);
    spectrum(rows + SPECTRUM - 2048, 0, power);
    return bin;
}

static void test_harmonics_of_the_curve(void **unused)
{
    (void)unused;
    static const double drives[] = {10, 30, 100}, asymmetries[] = {0, 30, 100};
    for (uint32_t d = 0; d < 3; d++)
        for (uint32_t a = 0; a < 3; a++) {
            const double h = 0.08 * drives[d] * 0.01, bias = 0.005 * asymmetries[a];
            const uint32_t bin =
                through(500, 48000, -40, (Params){drives[d], asymmetries[a], 50, 100});
            const double second = 0.75 * h * bias / (1 + bias * bias);
            const double third = h * h / 8 * (1 - 4 * bias * bias) /
                                 ((1 + bias * bias) * (1 + bias * bias));
            const double first = spectrum_db(power, bin);
            assert_true(fabs(first + 40) < 0.05);
            if (a == 0)
                assert_true(spectrum_db(power, 2 * bin) - first < -130);
            else
                assert_true(
                    fabs(spectrum_db(power, 2 * bin) - first - 20 * log10(second)) < 0.1);
            if (a < 2) /* at bias 1/2 the third vanishes */
                assert_true(
                    fabs(spectrum_db(power, 3 * bin) - first - 20 * log10(third)) < 0.2);
        }
}

/* What folds back, in dBFS, below 20 kHz (18.4 kHz at 44.1). */
static double alias(double hz, double rate, double level_db, const double *params)
{
    const uint32_t bin = through(hz, rate, level_db, params);
    const double top = 0.4167 * rate < 20000 ? 0.4167 * rate : 20000;
    return spectrum_alias_db(power, bin, (uint32_t)(top / rate * SPECTRUM));
}

static void test_aliases(void **unused)
{
    (void)unused;
    static const double rates[] = {44100, 48000, 96000}, tones[] = {5003, 6011, 7001};
    for (uint32_t r = 0; r < QM_COUNT(rates); r++)
        for (uint32_t k = 0; k < QM_COUNT(tones); k++)
            for (int level = 0; level >= -6; level -= 6)
                for (double drive = 30; drive <= 100; drive += 35) {
                    const double db =
                        alias(tones[k], rates[r], level, (Params){drive, 30, 50, 100});
                    assert_true(db < -90);
                }
    for (double tone = 0; tone <= 100; tone += 50)
        assert_true(alias(7001, 48000, 0, (Params){100, 100, tone, 100}) < -90);
    assert_true(alias(10007, 48000, 0, (Params){60, 30, 50, 100}) < -90);
    assert_true(alias(14009, 48000, -6, (Params){60, 30, 50, 100}) < -90);
}

static void test_no_steady_part_is_left(void **unused)
{
    (void)unused;
    for (double rate = 44100; rate < 200000; rate *= 2) {
        through(1000, rate, 0, (Params){100, 100, 50, 100});
        assert_true(10 * log10(power[0] + 1e-40) < -120);
    }
}

/* The largest distance from the dry signal, in dB, without the first `skip` frames. */
static double distance(uint32_t skip)
{
    double most = 0;
    for (uint32_t i = skip; i < N - 64; i++)
        most = fmax(most, fabs((double)rows[i][0] - (double)dry[i][0]));
    return 20 * log10(most + 1e-30);
}

static void test_what_is_not_driven_passes(void **unused)
{
    (void)unused;
    noise_rows(dry, N, 9, 0.9);
    run(48000, (Params){100, 100, 20, 0});
    assert_true(distance(0) < -500); /* dry: bit by bit */
    for (double tone = 0; tone <= 100; tone += 25) {
        through(5000, 48000, -1, (Params){0, 50, tone, 100});
        assert_true(distance(4096) < -75); /* 0.001 dB of the oversampling */
    }
}

/* -80 dBFS: every curve is straight. What is left is the high-pass at 5 Hz. */
static void test_small_signals_keep_their_level(void **unused)
{
    (void)unused;
    for (double tone = 0; tone <= 100; tone += 50)
        for (double hz = 30; hz < 19000; hz *= 3) {
            const uint32_t bin = through(hz, 48000, -80, (Params){100, 60, tone, 100});
            const double high_pass = -10 * log10(1 + 25 / (hz * hz));
            assert_true(fabs(spectrum_db(power, bin) + 80 - high_pass) < 0.01);
        }
}

/* A peak of a becomes 1 / sqrt(1 + (8 a)^2) of it, at the most. */
static void test_loud_signals_meet_the_ceiling(void **unused)
{
    (void)unused;
    for (int level = -20; level <= 20; level += 20) {
        const double a = pow(10, level / 20.0);
        through(100, 48000, level, (Params){100, 0, 50, 100});
        float peak = 0;
        for (uint32_t i = SPECTRUM; i < N - 64; i++)
            peak = rows[i][0] > peak ? rows[i][0] : peak;
        const double right = a / sqrt(1 + 64 * a * a);
        assert_true(fabs((double)peak / right - 1) < 0.02);
    }
}

/* At 0 the lows bend more than the highs, at 100 the highs: 12 dB of drive. */
static void test_tone_says_what_is_driven(void **unused)
{
    (void)unused;
    for (int high = 0; high < 2; high++) {
        double third[2];
        for (int bright = 0; bright < 2; bright++) {
            const uint32_t bin = through(high ? 6000 : 50, 48000, -40,
                                         (Params){100, 0, bright ? 100 : 0, 100});
            third[bright] = spectrum_db(power, 3 * bin);
        }
        const double more = high ? third[1] - third[0] : third[0] - third[1];
        assert_true(more > 18 && more < 30); /* its square, and the way back */
    }
}

/* Drive that is moved every quantum arrives as one straight line, a quantum late: the
 * curve of that line is met within -80 dB of the tone. */
static void test_a_swept_drive_does_not_zip(void **unused)
{
    (void)unused;
    enum { SWEEP = 48000 };
    ProcGang gang;
    gang_open(&gang, qm_proc_find("tube"), 48000, 0, 1, NULL);
    gang_set(&gang, 0, ASYMMETRY, 0);
    gang_set(&gang, 0, DRIVE, 20);
    gang_reset(&gang);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = dry[i] = qm_vec((float)(0.5 * sin(2 * M_PI * 441.0 / 48000 * i)));
    for (uint32_t at = 0; at < SWEEP; at += QM_QUANTUM) {
        gang_set(&gang, 0, DRIVE, 20 + 60.0 * (at + QM_QUANTUM) / SWEEP);
        gang_run(&gang, rows + at, NULL, QM_QUANTUM, QM_QUANTUM);
    }
    const uint32_t late = gang.desc->latency(&gang.spec[0]);
    gang_close(&gang);
    double most = 0;
    for (uint32_t i = 4096; i < SWEEP - late; i++) {
        const double x = (double)dry[i][0], bent = i + 0.5 * late; /* halfway through */
        const double u = 8 * (0.2 + 0.6 * bent / SWEEP) * x;
        most = fmax(most, fabs((double)rows[i + late][0] - x / sqrt(1 + u * u)));
    }
    assert_true(20 * log10(most / 0.5) < -80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_harmonics_of_the_curve),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_no_steady_part_is_left),
        cmocka_unit_test(test_what_is_not_driven_passes),
        cmocka_unit_test(test_small_signals_keep_their_level),
        cmocka_unit_test(test_loud_signals_meet_the_ceiling),
        cmocka_unit_test(test_tone_says_what_is_driven),
        cmocka_unit_test(test_a_swept_drive_does_not_zip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
