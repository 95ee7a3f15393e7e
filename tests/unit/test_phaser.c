/* Phaser: standing still it is the formula's filter; moving, its notches go where they
 * should; a noise keeps its level. */
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
static Trial phaser;

static void run(uint32_t n) { trial_run(&phaser, RATE, 0, rows, n, QM_QUANTUM); }

/* Trapezoidal all-passes of corner f, feedback one frame late. */
static double complex theory(double hz, double f, int stages, double feedback, double mix)
{
    const double complex z1 = cexp(-2 * I * M_PI * hz / RATE);
    const double g = tan(M_PI * f / RATE), a = (g - 1) / (g + 1);
    const double complex pass = cpow((a + z1) / (1 + a * z1), stages);
    const double in = sqrt(1 - feedback * feedback);
    return 1 - mix + mix * in * pass / (1 - feedback * pass * z1);
}

static void check_response(double f, int stages, double feedback, double mix)
{
    trial(&phaser, "phaser");
    trial_set(&phaser, "depth", 0);
    trial_set(&phaser, "freq", f);
    trial_set(&phaser, "stages", stages);
    trial_set(&phaser, "feedback", 100 * feedback);
    trial_set(&phaser, "mix", 100 * mix);
    memset(rows, 0, sizeof rows);
    rows[0] = qm_vec(1);
    run(N);
    for (double hz = 30; hz < 20000; hz *= 1.37) {
        const double complex want = theory(hz, f, stages, feedback, mix);
        const double complex have = spectrum_line(rows, 0, N, hz / RATE, 1, 0);
        const double error = cabs(have - want);
        if (error > 1e-4 * (1 + cabs(want)))
            fail_msg("%d stages at %d Hz: %d millionths off", stages, (int)hz,
                     (int)(1e6 * error));
    }
}

static void the_response_is_the_formulas(void **state)
{
    (void)state;
    check_response(700, 6, 0.5, 0.5);
    check_response(2000, 4, -0.8, 1);
    check_response(300, 12, 0, 0.3);
}

/* The first notch of two stages without feedback is the corner; swung by a triangle from
 * 350 to 1400 Hz, it silences a tone of 700 Hz when it passes the middle. */
static void the_notch_wanders(void **state)
{
    (void)state;
    trial(&phaser, "phaser");
    trial_set(&phaser, "rate", 1);
    trial_set(&phaser, "shape", 1);
    trial_set(&phaser, "depth", 2);
    trial_set(&phaser, "stages", 2);
    trial_set(&phaser, "freq", 700);
    trial_set(&phaser, "feedback", 0);
    trial_set(&phaser, "mix", 50);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = qm_vec((float)sin(2 * M_PI * 700.0 / RATE * i));
    run(N);
    double middle = 0, aside = 0;
    for (uint32_t i = 0; i < 480; i++) {
        middle = fmax(middle, fabs((double)rows[RATE / 2 - 240 + i][0]));
        aside = fmax(aside, fabs((double)rows[RATE / 4 - 240 + i][0]));
    }
    assert_true(middle < 0.05);
    assert_true(aside > 0.5);
}

static void a_noise_keeps_its_level(void **state)
{
    (void)state;
    for (double feedback = -90; feedback <= 90; feedback += 45) {
        trial(&phaser, "phaser");
        trial_set(&phaser, "feedback", feedback);
        trial_set(&phaser, "mix", 100);
        noise_rows(rows, N, 3, 0.5);
        double before = 0, after = 0;
        for (uint32_t i = 0; i < N; i++)
            before += (double)rows[i][0] * (double)rows[i][0];
        run(N);
        for (uint32_t i = 0; i < N; i++)
            after += (double)rows[i][0] * (double)rows[i][0];
        assert_true(fabs(10 * log10(after / before)) < 0.5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_response_is_the_formulas),
        cmocka_unit_test(the_notch_wanders),
        cmocka_unit_test(a_noise_keeps_its_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
