/* Flanger: a comb with the formula's teeth, that moves, and stays as loud as it was. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { RATE = 48000, N = 1 << 16 };
static QmVec rows[N];
static double set[1][QM_MAX_PARAMS];

static void param(const char *name, double value)
{
    set[0][qm_proc_find_param(qm_proc_find("flanger"), 0, name)] = value;
}

static void defaults(void) { qm_proc_defaults(qm_proc_find("flanger"), 0, set[0]); }

static void run(void)
{
    ProcGang gang;
    gang_open(&gang, qm_proc_find("flanger"), RATE, 0, 1,
              (const double(*)[QM_MAX_PARAMS])set);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    gang_close(&gang);
}

static void check_response(double ms, double feedback, double mix)
{
    defaults();
    param("depth", 0);
    param("delay", ms);
    param("feedback", 100 * feedback);
    param("mix", 100 * mix);
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
    defaults();
    param("rate", 1);
    param("phase", 270);
    param("delay", 1);
    param("depth", 4);
    param("feedback", 0);
    param("mix", 50);
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
        defaults();
        param("feedback", feedback);
        param("mix", 100);
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
