/* Exciter: the harmonics asked for at the levels asked for, at any level of the tone, and
 * no others; what lies below `freq` and the dry signal stay as they are. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { FREQ, DRIVE, SECOND, THIRD, FOURTH, MIX, N_PARAMS };
enum { N = 2 * SPECTRUM };
static QmVec rows[N], dry[N];
static double power[SPECTRUM / 2 + 1];

typedef const double Params[N_PARAMS];

static void run(double rate, const double *params)
{
    ProcGang gang;
    gang_open(&gang, qm_proc_find("exciter"), rate, 0, 1, NULL);
    for (uint32_t i = 0; i < N_PARAMS; i++)
        gang_set(&gang, 0, i, params[i]);
    gang_reset(&gang);
    memcpy(rows, dry, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const uint32_t late = gang.desc->latency(&gang.spec[0]);
    memmove(rows, rows + late, (N - late) * sizeof *rows);
    gang_close(&gang);
}

static void add_tone(uint32_t bin, double level_db)
{
    for (uint32_t i = 0; i < N; i++)
        dry[i] += qm_vec(
            (float)(pow(10, level_db / 20) * sin(2 * M_PI * (double)bin / SPECTRUM * i)));
}

static uint32_t bin_of(double hz, double rate)
{
    return (uint32_t)rint(spectrum_tone(hz, rate) / rate * SPECTRUM);
}

static uint32_t through(double hz, double rate, double level_db, const double *params)
{
    const uint32_t bin = bin_of(hz, rate);
    memset(dry, 0, sizeof dry);
    add_tone(bin, level_db);
    run(rate, params);
    spectrum(rows + SPECTRUM - 2048, 0, power);
    return bin;
}

/* Harmonics at their levels within 0.1 dB of the formula and, driven, within 1 dB of what
 * was asked for; whatever else there is, harmonic or folded, below -90 dB. */
static void check_tone(double hz, double rate, double level_db, const double *params)
{
    const uint32_t bin = through(hz, rate, level_db, params);
    const double a = pow(10, level_db / 20) / sqrt(1 + pow(params[FREQ] / hz, 4));
    const double ga = 0.1 * params[DRIVE] * a, r = ga / sqrt(1 + ga * ga);
    for (uint32_t n = 2; n <= 4; n++) {
        const double asked = params[SECOND + n - 2];
        if (n * hz > 0.4 * rate)
            continue;
        const double right = 20 * log10(a * 0.01 * params[MIX] * pow(r, n - 1)) + asked;
        const double found = spectrum_db(power, n * bin);
        if (asked > -60)
            assert_true(fabs(found - right) < 0.1 || right < -100);
        else
            assert_true(found < level_db - 90);
        if (r > 0.97)
            assert_true(asked <= -60 ||
                        fabs(found - 20 * log10(a * 0.01 * params[MIX]) - asked) < 1);
        power[n * bin] = 0;
    }
    power[bin] = 0;
    for (uint32_t k = 0; k < 0.4167 * SPECTRUM; k++)
        assert_true(spectrum_db(power, k) < level_db - 90);
}

static void test_harmonics_are_as_asked_for(void **unused)
{
    (void)unused;
    static const double tones[] = {2000, 4000, 5003, 7001, 11000, 18000};
    for (uint32_t k = 0; k < QM_COUNT(tones); k++)
        for (double level = 0; level >= -40; level -= 8)
            for (double drive = 20; drive <= 100; drive += 40) {
                check_tone(tones[k], 48000, level, (Params){500, drive, 0, 0, 0, 100});
                check_tone(tones[k], 48000, level, (Params){500, drive, -3, -9, -20, 50});
                check_tone(tones[k], 48000, level,
                           (Params){500, drive, -60, 0, -60, 100});
            }
    for (double rate = 44100; rate < 200000; rate *= 2)
        check_tone(5003, rate, 0, (Params){1000, 100, 0, 0, 0, 100});
}

static void test_the_dry_signal_stays(void **unused)
{
    (void)unused;
    noise_rows(dry, N, 9, 0.9);
    static const double params[][N_PARAMS] = {{3000, 50, 0, 0, 0, 0},
                                              {3000, 0, 0, 0, 0, 100},
                                              {3000, 50, -60, -60, -60, 100}};
    for (uint32_t k = 0; k < QM_COUNT(params); k++) {
        run(48000, params[k]);
        for (uint32_t i = 0; i < N - 64; i++)
            assert_true(rows[i][0] == dry[i][0] && rows[i][1] == dry[i][1]);
    }
}

/* A tone three octaves below freq is 36 dB below in the band. */
static void test_lows_are_left_alone(void **unused)
{
    (void)unused;
    const uint32_t bin = through(500, 48000, -6, (Params){4000, 20, 0, 0, 0, 100});
    const double steep = tan(M_PI * 500 / 48000) / tan(M_PI * 4000 / 48000);
    const double a = 0.5012 * steep * steep, ga = 2 * a;
    const double second = 20 * log10(a * ga / sqrt(1 + ga * ga));
    assert_true(fabs(spectrum_db(power, 2 * bin) - second) < 0.3);
    assert_true(spectrum_db(power, 3 * bin) < second - 30);
}

/* Two tones make sums and differences of theirs, but nothing that folds back: on a comb
 * of odd bins all that belongs to them lies at multiples of the spacing. */
static void test_two_tones_do_not_fold(void **unused)
{
    (void)unused;
    const uint32_t space = bin_of(1000, 48000);
    for (double drive = 20; drive <= 100; drive += 40) {
        memset(dry, 0, sizeof dry);
        add_tone(5 * space, -6);
        add_tone(7 * space, -6);
        run(48000, (Params){3000, drive, 0, 0, 0, 100});
        spectrum(rows + SPECTRUM - 2048, 0, power);
        const double db = spectrum_alias_db(power, space, (uint32_t)(0.4167 * SPECTRUM));
        assert_true(db < -120);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_harmonics_are_as_asked_for),
        cmocka_unit_test(test_the_dry_signal_stays),
        cmocka_unit_test(test_lows_are_left_alone),
        cmocka_unit_test(test_two_tones_do_not_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
