/* tests: proc/clipper dsp/soft_clip
 *
 * Its curve, its aliases, its overshoot, what it leaves alone. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include "base/rand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

enum { DRIVE, CEILING, SOFTNESS, MIX, OVERSAMPLING };
enum { N = SPECTRUM + 4096 };
static QmVec rows[N], input[N];
static double params[1][QM_MAX_PARAMS];

/* Runs input into rows. */
static uint32_t clip(double drive, double ceiling, double softness, double mix, int x)
{
    ProcGang gang;
    const double set[] = {drive, ceiling, softness, mix, x};
    memcpy(params[0], set, sizeof set);
    gang_open(&gang, qm_proc_find("clipper"), 48000, 0, 1,
              (const double(*)[QM_MAX_PARAMS])params);
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const uint32_t late = gang.desc->latency(&gang.spec[0]);
    gang_close(&gang);
    return late;
}

static void tone(double hz, double amplitude)
{
    for (uint32_t i = 0; i < N; i++)
        input[i] = qm_vec((float)(amplitude * sin(2 * PI * hz * i / 48000)));
}

static double db(double power) { return 10 * log10(power + 1e-30); }

static double curve(double x, double ceiling, double softness)
{
    const double line = ceiling * (1 - softness), bend = ceiling * softness;
    const double a = fabs(x), y = a <= line ? a : line + bend * tanh((a - line) / bend);
    return x < 0 ? -y : y;
}

/* A slow triangle goes through all of the curve. */
static void test_the_curve(void **unused)
{
    (void)unused;
    static const double softnesses[] = {10, 50, 100};
    for (uint32_t i = 0; i < N; i++) {
        const double phase = fmod(i / 16000.0, 1);
        input[i] = qm_vec((float)(phase < 0.5 ? 4 * phase - 1 : 3 - 4 * phase));
    }
    for (uint32_t k = 0; k < QM_COUNT(softnesses); k++) {
        const uint32_t late = clip(6, -3, softnesses[k], 100, 1);
        const double ceiling = pow(10, -3 / 20.0), drive = pow(10, 6 / 20.0);
        for (uint32_t i = 2 * late; i < N; i++) {
            const double x = (double)input[i - late][0];
            if (fabs(x) > 0.98) /* the triangle's own corners */
                continue;
            const double want = curve(drive * x, ceiling, softnesses[k] / 100);
            assert_true(fabs((double)rows[i][0] - want) < 2e-4);
        }
    }
}

/* Below the line it is a delay; so is mix 0. */
static void test_what_it_leaves_alone(void **unused)
{
    (void)unused;
    static const uint32_t lates[] = {40, 48, 51};
    tone(997, 0.4);
    for (int x = 0; x < 3; x++)
        for (int k = 0; k < 2; k++) {
            const uint32_t late = k ? clip(20, -6, 50, 0, x) : clip(0, -1, 50, 100, x);
            assert_int_equal(late, lates[x]);
            for (uint32_t i = 200; i < N; i++)
                assert_true(fabsf(rows[i][0] - input[i - late][0]) < 2e-5f);
        }
}

/* Mixed, dry and wet are in time: half of each at the top of what is not bent. */
static void test_the_mix(void **unused)
{
    (void)unused;
    tone(3000, 0.1);
    const uint32_t late = clip(6.0205999, -1, 10, 50, 1);
    for (uint32_t i = 200; i < N; i++)
        assert_true(fabsf(rows[i][0] - 1.5f * input[i - late][0]) < 1e-5f);
}

/* The strongest line below 20 kHz that is no harmonic, dBFS. */
static double worst_alias(double hz, double drive, double softness, int x)
{
    static double power[SPECTRUM / 2 + 1];
    const double f = spectrum_tone(hz, 48000);
    const uint32_t bin = (uint32_t)(f * SPECTRUM / 48000 + 0.5);
    tone(f, 1);
    clip(drive, 0, softness, 100, x);
    spectrum(rows + N - SPECTRUM, 0, power);
    double worst = 0;
    for (uint32_t k = 1; k < SPECTRUM * 20 / 48; k++)
        if (k % bin && power[k] > worst)
            worst = power[k];
    return db(2 * worst);
}

/* 5 kHz at 0 dBFS, 6 dB over: below -90 dBFS with the defaults, and where it is said to
 * be. */
static void test_aliases(void **unused)
{
    (void)unused;
    static const double most[3][4] = {/* softness 100, 50, 25, 0 */
                                      {-100, -60, -48, -44},
                                      {-140, -88, -72, -54},
                                      {-140, -110, -100, -66}};
    static const double softnesses[] = {100, 50, 25, 0};
    int over = 0;
    for (int x = 0; x < 3; x++)
        for (int k = 0; k < 4; k++) {
            const double got = worst_alias(5000, 6, softnesses[k], x);
            if (getenv("QM_TELL"))
                print_message("%dx, softness %d: %d dBFS\n", 2 << x, (int)softnesses[k],
                              (int)got);
            over += !(got < most[x][k]);
        }
    assert_int_equal(over, 0);
}

/* How far the low rate goes above the ceiling, dB. */
static double overshoot(void)
{
    double most = 0;
    for (uint32_t i = 1000; i < N; i++)
        most = fmax(most, fabs((double)rows[i][0]));
    return 20 * log10(most) + 6;
}

static void test_the_ceiling(void **unused)
{
    (void)unused;
    tone(100, 0.9);
    clip(0, -6, 50, 100, 1);
    assert_true(overshoot() < 0.01); /* a soft top has next to no overshoot */
    clip(36, -6, 50, 100, 1);
    const double square = overshoot();
    tone(7001, 1);
    clip(36, -6, 50, 100, 1);
    const double one_partial = overshoot();
    for (uint32_t i = 0; i < N; i++)
        input[i] = qm_vec((float)(2 * qm_rand(1, 2, i) - 1));
    clip(12, -6, 50, 100, 1);
    const double noise = overshoot();
    if (getenv("QM_TELL"))
        print_message("square %d, 7 kHz %d, noise %d hundredths of a dB\n",
                      (int)(100 * square), (int)(100 * one_partial), (int)(100 * noise));
    assert_true(square < 0.3);           /* the bend is too soft for more */
    assert_true(one_partial < 2.2);      /* 4 / pi: 2.1 dB */
    assert_true(noise > 1 && noise < 5); /* a broad band: no number holds */
}

static void test_rubbish(void **unused)
{
    (void)unused;
    tone(1000, 1);
    input[500] = qm_vec((float)INFINITY);
    input[700] = qm_vec((float)NAN);
    input[900] = qm_vec(1e30f);
    clip(36, 0, 0, 100, 2);
    for (uint32_t i = 1100; i < N; i++)
        assert_true(fabsf(rows[i][0]) < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_curve),   cmocka_unit_test(test_what_it_leaves_alone),
        cmocka_unit_test(test_the_mix),     cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_the_ceiling), cmocka_unit_test(test_rubbish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
