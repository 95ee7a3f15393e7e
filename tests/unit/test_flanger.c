/* Flanger: a comb with the formula's teeth, that moves, and stays as loud as it was. */
#include "tests/support/spectrum.h"
#include "tests/support/trial.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { RATE = 48000, N = 1 << 16 };
static QmVec rows[N];
static Trial flanger;

static void run(void) { trial_run(&flanger, RATE, 0, rows, N, QM_QUANTUM); }

static void check_response(double ms, double feedback, double mix)
{
    trial(&flanger, "flanger");
    trial_set(&flanger, "depth", 0);
    trial_set(&flanger, "delay", ms);
    trial_set(&flanger, "feedback", 100 * feedback);
    trial_set(&flanger, "mix", 100 * mix);
    memset(rows, 0, sizeof rows);
    rows[0] = qm_vec(1);
    run();
    for (double hz = 50; hz < 17000; hz *= 1.173) {
        const double w = 2 * M_PI * hz / RATE;
        const double complex late = cexp(-I * w * (ms / 1000 * RATE));
        const double complex want =
            1 - mix + mix * sqrt(1 - feedback * feedback) * late / (1 - feedback * late);
        const double complex have = spectrum_line(rows, 0, N, hz / RATE, 1, 0);
        /* the interpolation's 0.0007 is turned 1 / (1 - feedback) times */
        assert_true(cabs(have - want) < 0.001 / pow(1 - fabs(feedback), 2));
    }
}

static void the_teeth_are_the_formulas(void **state)
{
    (void)state;
    check_response(2, 0, 0.5);
    check_response(3.17, 0.6, 0.4);
    check_response(1.013, -0.7, 1);
}

/* From 1 to 5 ms and back within a second: at the turn its first tooth, at 1 / 2t = 100
 * Hz, takes a tone of 100 Hz out; at the start it does not. */
static void the_teeth_wander(void **state)
{
    (void)state;
    trial(&flanger, "flanger");
    trial_set(&flanger, "rate", 1);
    trial_set(&flanger, "phase", 270);
    trial_set(&flanger, "delay", 1);
    trial_set(&flanger, "depth", 4);
    trial_set(&flanger, "feedback", 0);
    trial_set(&flanger, "mix", 50);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = qm_vec((float)sin(2 * M_PI * 100.0 / RATE * i));
    run();
    double turn = 0, start = 0;
    for (uint32_t i = 0; i < 960; i++) {
        turn = fmax(turn, fabs((double)rows[RATE / 2 - 480 + i][0]));
        start = fmax(start, fabs((double)rows[RATE - 480 + i][0]));
    }
    assert_true(turn < 0.01);
    assert_true(start > 0.9);
}

/* Up to what the interpolation takes above 17 kHz. */
static void a_noise_keeps_its_level(void **state)
{
    (void)state;
    for (double feedback = -90; feedback <= 90; feedback += 45) {
        trial(&flanger, "flanger");
        trial_set(&flanger, "feedback", feedback);
        trial_set(&flanger, "mix", 100);
        noise_rows(rows, N, 3, 0.5);
        double before = 0, after = 0;
        for (uint32_t i = 0; i < N; i++)
            before += (double)rows[i][0] * (double)rows[i][0];
        run();
        for (uint32_t i = 0; i < N; i++)
            after += (double)rows[i][0] * (double)rows[i][0];
        assert_true(fabs(10 * log10(after / before)) < 0.8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_teeth_are_the_formulas),
        cmocka_unit_test(the_teeth_wander),
        cmocka_unit_test(a_noise_keeps_its_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
