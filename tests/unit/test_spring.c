/* tests: dsp/cascade dsp/spring dsp/decay
 *
 * Springs: chirps as late as the all-passes' formula says, nothing above the transition,
 * echoes of every spring at its time. */
#include "tests/support/proc_harness.h"
#include "tests/support/response.h"

#include "dsp/cascade.h"
#include "dsp/spring.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { N = 4096 };
static const double PI = 3.14159265358979323846;
static float sides[2][N];

/* Amplitude and phase of sides[side] at `turns` a frame; n-weighted: of n x[n]. */
static void transform(uint32_t side, double turns, bool weighted, double *re, double *im)
{
    *re = *im = 0;
    for (uint32_t n = 0; n < N; n++) {
        const double x = (double)sides[side][n] * (weighted ? n : 1);
        *re += x * cos(2 * PI * turns * n);
        *im -= x * sin(2 * PI * turns * n);
    }
}

/* Re(F(n x) / F(x)). */
static double group_delay(uint32_t side, double turns)
{
    double a, b, c, d;
    transform(side, turns, false, &a, &b);
    transform(side, turns, true, &c, &d);
    return (a * c + b * d) / (a * a + b * b);
}

static double level(uint32_t side, double turns)
{
    double a, b;
    transform(side, turns, false, &a, &b);
    return sqrt(a * a + b * b);
}

static void test_a_chain_holds_back_as_computed(void **unused)
{
    (void)unused;
    static _Alignas(64) QmVec items[2 * 6 * 6];
    QmDisperse chain = {.rows = 6, .stretch = 6};
    const double a[2] = {0.7, -0.5};
    QmVec lanes;
    for (int k = 0; k < QM_LANES; k++)
        lanes[k] = (float)a[k % 2];
    assert_int_equal(qm_disperse_vecs(&chain), QM_COUNT(items));
    memset(sides, 0, sizeof sides);
    sides[0][0] = 1;
    sides[1][0] = -0.5f;
    for (uint32_t i = 0, n; i < N; i += n) { /* in crooked calls */
        n = 1 + i * 7 % 64;
        n = n < N - i ? n : N - i;
        qm_disperse(&chain, items, lanes, n,
                    (float *const[]){sides[0] + i, sides[1] + i});
    }
    for (uint32_t side = 0; side < 2; side++)
        for (double turns = 0.01; turns < 0.5; turns += 0.013) {
            const double told =
                qm_disperse_latency(&chain) + 24 * qm_disperse_delay(a[side], 6, turns);
            assert_true(fabs(group_delay(side, turns) - told) < 0.05);
            assert_true(fabs(level(side, turns) - (side ? 0.5 : 1)) < 1e-4);
        }
}

/* A plate's: highs at once, lows 16 / (pi 850) seconds later. */
static void test_a_whip_holds_lows_back(void **unused)
{
    (void)unused;
    static const double rates[] = {44100, 96000};
    for (uint32_t k = 0; k < QM_COUNT(rates); k++) {
        QmWhip whip;
        qm_whip_init(&whip, 850, rates[k]);
        memset(sides, 0, sizeof sides);
        sides[0][0] = 1;
        sides[1][0] = -1;
        qm_whip_run(&whip, N, (float *const[]){sides[0], sides[1]});
        static const double hz[] = {30, 850, 10000};
        for (uint32_t i = 0; i < 3; i++) {
            const double turns = hz[i] / rates[k];
            const double t = tan(PI * turns) / tan(PI * 850 / rates[k]);
            const double told = 16 / tan(PI * 850 / rates[k]) *
                                (1 + pow(tan(PI * turns), 2)) / (1 + t * t);
            for (uint32_t side = 0; side < 2; side++)
                assert_true(fabs(group_delay(side, turns) - 15 - told) < 0.2);
        }
        assert_true(fabs((group_delay(0, 30 / rates[k]) - 15) / rates[k] - 0.006) <
                    0.0001);
    }
}

static void test_the_steep_low_pass(void **unused)
{
    (void)unused;
    QmSteep filter;
    qm_steep_init(&filter, 3400, 48000);
    memset(sides, 0, sizeof sides);
    sides[0][0] = sides[1][0] = 1;
    qm_steep_run(&filter, N, (float *const[]){sides[0], sides[1]});
    assert_memory_equal(sides[0], sides[1], sizeof sides[0]);
    /* Chebyshev's, 1 / (1 + e^2 T8^2), 0 dB at 0 Hz, where T8 is one */
    for (double hz = 20; hz < 10000; hz *= 1.07) {
        const double x = tan(PI * hz / 48000) / tan(PI * 3400 / 48000);
        const double t8 = x < 1 ? cos(8 * acos(x)) : cosh(8 * acosh(x));
        const double told = 0.2 - 10 * log10(1 + (pow(10, 0.02) - 1) * t8 * t8);
        const double got = 20 * log10(level(0, hz / 48000));
        assert_true(fabs(got - told) < 0.02 || told < -90);
    }
}

static Response answer;

static void hear(double rate, double decay, double size)
{
    static double p[QM_MAX_PARAMS];
    const QmProcDesc *const reverb = qm_proc_find("reverb");
    qm_proc_defaults(reverb, 0, p);
    p[qm_proc_find_param(reverb, 0, "type")] = 5;
    p[qm_proc_find_param(reverb, 0, "mix")] = 1;
    p[qm_proc_find_param(reverb, 0, "decay")] = decay;
    p[qm_proc_find_param(reverb, 0, "size")] = size;
    respond(&answer, "reverb", p, rate, (uint32_t)rate, 1, 1);
}

/* When the energy around `hz` of the first `seconds` of a side has its middle. */
static double middle(uint32_t side, double hz, double seconds)
{
    double sum = 0, moment = 0, s1 = 0, c1 = 0;
    const double w = 2 * PI * hz / answer.rate, keep = exp(-2 * PI * 150 / answer.rate);
    for (uint32_t i = 0; i < seconds * answer.rate; i++) {
        c1 = keep * c1 + answer.side[side][i] * cos(w * i);
        s1 = keep * s1 + answer.side[side][i] * sin(w * i);
        sum += c1 * c1 + s1 * s1;
        moment += i / answer.rate * (c1 * c1 + s1 * s1);
    }
    return moment / sum;
}

/* A chirp that rises: the first arrival of the left spring at size 0.4, and how much
 * later its highs are. */
static void test_an_impulse_becomes_a_chirp(void **unused)
{
    (void)unused;
    static const double rates[] = {44100, 48000, 96000};
    for (uint32_t k = 0; k < QM_COUNT(rates); k++) {
        QmSpring spring;
        qm_spring_init(&spring, 1, rates[k]);
        hear(rates[k], 2, 0.4);
        uint32_t first = 0;
        while (fabs(answer.side[0][first]) < 1e-3)
            first++;
        assert_true(fabs(first / rates[k] - 0.0413) < 0.003);
        const double top = qm_spring_top(rates[k]);
        assert_true(top > 3600 && top < 4600);
        const double low = middle(0, 500, 0.054), high = middle(0, 0.75 * top, 0.06);
        const double told = qm_spring_pass(&spring, 0, 0.75 * top, rates[k]) -
                            qm_spring_pass(&spring, 0, 500, rates[k]);
        assert_true(told > 0.007 && fabs(high - low - told) < 0.2 * told);
    }
}

static void test_nothing_above_the_transition(void **unused)
{
    (void)unused;
    static double power[200];
    hear(48000, 1, 0.4);
    double below = 0, above = 0;
    memset(answer.side[0] + 47000, 0, 1000 * sizeof(double));
    response_spectrum(&answer, 0, 0, 500, 12, 200, power); /* 500 to 2900 Hz */
    for (uint32_t k = 0; k < 200; k++)
        below += power[k];
    response_spectrum(&answer, 0, 0, 4600, 12, 200, power); /* 4.6 to 7 kHz */
    for (uint32_t k = 0; k < 200; k++)
        above += power[k];
    assert_true(10 * log10(above / below) < -30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_chain_holds_back_as_computed),
        cmocka_unit_test(test_a_whip_holds_lows_back),
        cmocka_unit_test(test_the_steep_low_pass),
        cmocka_unit_test(test_an_impulse_becomes_a_chirp),
        cmocka_unit_test(test_nothing_above_the_transition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
