/* Tape: small signals come back as they were, highs bend first, no aliases, and a speed
 * that errs by what wow and flutter say. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DRIVE, BIAS, BUMP, WOW, FLUTTER, TRANSPORT, N_PARAMS };
enum { N = 2 * SPECTRUM };
static QmVec rows[N], dry[N];
static double power[SPECTRUM / 2 + 1];

typedef const double Params[N_PARAMS];

static void start(ProcGang *gang, double rate, const double *params)
{
    static double all[1][QM_MAX_PARAMS];
    memcpy(all[0], params, sizeof(Params));
    gang_open(gang, qm_proc_find("tape"), rate, 0, 1, all);
}

/* `dry` through it, its latency taken off; the latency. */
static uint32_t run(double rate, const double *params)
{
    ProcGang gang;
    start(&gang, rate, params);
    memcpy(rows, dry, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const uint32_t late = gang.desc->latency(&gang.spec[0]);
    memmove(rows, rows + late, (N - late) * sizeof *rows);
    gang_close(&gang);
    return late;
}

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

static void test_small_signals_come_back(void **unused)
{
    (void)unused;
    for (double bias = 0; bias <= 40; bias += 40)
        for (double hz = 25; hz < 19000; hz *= 2) {
            const uint32_t bin = through(hz, 48000, -80, (Params){100, bias});
            const double high_pass = bias > 0 ? -10 * log10(1 + 25 / (hz * hz)) : 0;
            assert_true(fabs(spectrum_db(power, bin) + 80 - high_pass) < 0.01);
        }
}

/* Reading between the samples keeps levels up to 0.39 of the rate. */
static void test_the_transport_is_flat(void **unused)
{
    (void)unused;
    for (double hz = 50; hz < 18700; hz *= 1.4) {
        const uint32_t bin = through(hz, 48000, -20, (Params){[TRANSPORT] = 1});
        assert_true(fabs(spectrum_db(power, bin) + 20) < 0.01);
    }
}

static void test_what_is_not_driven_passes(void **unused)
{
    (void)unused;
    through(5000, 48000, -1, (Params){0, 50});
    double most = 0;
    for (uint32_t i = 1024; i < N - 64; i++)
        most = fmax(most, fabs((double)rows[i][0] - (double)dry[i][0]));
    assert_true(20 * log10(most) < -100);
}

/* The bell's height and place. */
static void test_bump(void **unused)
{
    (void)unused;
    for (double bump = 1; bump <= 6; bump += 2.5) {
        const uint32_t bin = through(65, 48000, -20, (Params){0, 0, bump});
        assert_true(fabs(spectrum_db(power, bin) + 20 - bump) < 0.02);
        const uint32_t high = through(1000, 48000, -20, (Params){0, 0, bump});
        assert_true(fabs(spectrum_db(power, high) + 20) < 0.05);
    }
}

/* Third harmonic (4.5 drive a)^2 / 8 where the emphasis is not yet felt, second 3/4 h
 * bias; a tone of 8 kHz bends like one that is louder by the emphasis. */
static void test_harmonics_and_emphasis(void **unused)
{
    (void)unused;
    const double h = 4.5 * 0.6 * 0.02, level = 20 * log10(0.02);
    const uint32_t bin = through(100, 48000, level, (Params){60, 20});
    const double first = spectrum_db(power, bin), bias = 0.1;
    const double third = h * h / 8 * (1 - 4 * bias * bias) / pow(1 + bias * bias, 2);
    assert_true(fabs(spectrum_db(power, 3 * bin) - first - 20 * log10(third)) < 0.2);
    assert_true(fabs(spectrum_db(power, 2 * bin) - first -
                     20 * log10(0.75 * h * bias / (1 + bias * bias))) < 0.1);
    const uint32_t low = through(100, 48000, 0, (Params){60});
    const double less = spectrum_db(power, low);
    const uint32_t high = through(8000, 48000, 0, (Params){60});
    assert_true(spectrum_db(power, high) < less - 3);
}

static void check_aliases(double rate, double hz, int level, double drive)
{
    static const double biases[] = {10, 60, 100};
    const double top = fmin(20000, 0.4167 * rate);
    for (uint32_t b = 0; b < QM_COUNT(biases); b++) {
        const uint32_t bin = through(hz, rate, level, (Params){drive, biases[b]});
        const double db =
            spectrum_alias_db(power, bin, (uint32_t)(top / rate * SPECTRUM));
        assert_true(db < -90);
    }
}

static void test_aliases(void **unused)
{
    (void)unused;
    static const double rates[] = {44100, 48000, 96000}, tones[] = {5003, 6011, 7001};
    for (uint32_t r = 0; r < QM_COUNT(rates); r++)
        for (uint32_t k = 0; k < QM_COUNT(tones); k++)
            for (int level = 0; level >= -6; level -= 6)
                for (double drive = 30; drive <= 100; drive += 35)
                    check_aliases(rates[r], tones[k], level, drive);
}

static void test_no_steady_part_is_left(void **unused)
{
    (void)unused;
    through(1000, 48000, 0, (Params){100, 100});
    assert_true(10 * log10(power[0] + 1e-40) < -120);
}

/* What comes out is the tone read at n - swing(n), where the speed, one less the swing's
 * slope, errs by wow and flutter percent at their peaks. */
static void check_speed(double hz, double wow, double flutter, int64_t from, double db)
{
    for (uint32_t i = 0; i < N; i++)
        dry[i] = qm_vec((float)(0.5 * sin(2 * M_PI * hz / 48000 * i)));
    ProcGang gang;
    start(&gang, 48000, (Params){0, 0, 0, wow, flutter, 1});
    gang.frame = from;
    memcpy(rows, dry, sizeof rows);
    gang_run(&gang, rows, NULL, N, 0);
    const uint32_t late = gang.desc->latency(&gang.spec[0]);
    gang_close(&gang);
    double most = 0;
    for (uint32_t i = 4096; i < N; i++) {
        const double slow = 2 * M_PI * 1.1 / 48000, fast = 2 * M_PI * 9.7 / 48000;
        const double t = (double)(from + i);
        const double swing =
            0.01 * wow / slow * sin(slow * t) + 0.01 * flutter / fast * sin(fast * t);
        const double right = 0.5 * sin(2 * M_PI * hz / 48000 * (i - late - swing));
        most = fmax(most, fabs((double)rows[i][0] - right));
    }
    assert_true(20 * log10(most / 0.5) < db);
}

static void test_speed(void **unused)
{
    (void)unused;
    check_speed(3150, 0.02, 0.01, 0, -80); /* the tone of the standard */
    check_speed(3150, 1, 0, 0, -80);
    check_speed(3150, 0, 0.5, 0, -80);
    check_speed(3150, 1, 0.5, 100007, -80);
    check_speed(1000, 1, 0.5, 0, -80);
    check_speed(12000, 1, 0.5, 0, -80);
    check_speed(17000, 1, 0.5, 0, -72);
}

static void test_latency(void **unused)
{
    (void)unused;
    for (int with = 0; with < 2; with++) {
        memset(dry, 0, sizeof dry);
        dry[500] = qm_vec(0.01f);
        const uint32_t late = run(48000, (Params){0, 0, 0, 0, 0, with});
        uint32_t loudest = 0;
        for (uint32_t i = 0; i < 4000; i++)
            loudest = fabsf(rows[i][0]) > fabsf(rows[loudest][0]) ? i : loudest;
        assert_int_equal(loudest, 500);
        assert_true(with ? late > 51 : late == 51);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_signals_come_back),
        cmocka_unit_test(test_the_transport_is_flat),
        cmocka_unit_test(test_what_is_not_driven_passes),
        cmocka_unit_test(test_bump),
        cmocka_unit_test(test_harmonics_and_emphasis),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_no_steady_part_is_left),
        cmocka_unit_test(test_speed),
        cmocka_unit_test(test_latency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
