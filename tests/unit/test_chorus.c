/* Chorus: copies where and when the formula has them, as loud as it says. */
#include "tests/support/trial.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { RATE = 48000, N = 1 << 17 };
static QmVec rows[N];
static Trial chorus;

static void run(void) { trial_run(&chorus, RATE, 0, rows, N, QM_QUANTUM); }

/* Standing still all copies are one, `delay` late: 3 of them are sqrt(3) as loud. */
static void a_still_copy_is_a_delay(void **state)
{
    (void)state;
    trial(&chorus, "chorus");
    trial_set(&chorus, "depth", 0);
    trial_set(&chorus, "delay", 10);
    trial_set(&chorus, "mix", 100);
    memset(rows, 0, sizeof rows);
    rows[1000] = qm_vec(1);
    run();
    for (uint32_t i = 0; i < N; i++) {
        const double want = i == 1000 + RATE / 100 ? sqrt(3) : 0;
        assert_true(fabs((double)rows[i][0] - want) < 1e-5);
        assert_true(fabs((double)rows[i][1] - want) < 1e-5);
    }
}

/* One copy of a tone is phase modulation: y = sin(w (t - delay - depth lfo(t))). */
static void a_moving_copy_is_phase_modulation(void **state)
{
    (void)state;
    const double w = 2 * M_PI * 1000 / RATE;
    trial(&chorus, "chorus");
    trial_set(&chorus, "voices", 1);
    trial_set(&chorus, "rate", 2);
    trial_set(&chorus, "delay", 12);
    trial_set(&chorus, "depth", 3);
    trial_set(&chorus, "mix", 100);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = qm_vec((float)sin(w * i));
    run();
    double worst = 0;
    for (uint32_t i = RATE / 10; i < N; i++)
        for (int side = 0; side < 2; side++) {
            const double lfo = sin(2 * M_PI * (2.0 * i / RATE + 0.25 * side));
            const double delay = (12 + 3 * lfo) * RATE / 1000;
            const double error = fabs((double)rows[i][side] - sin(w * (i - delay)));
            worst = error > worst ? error : worst;
        }
    assert_true(20 * log10(worst) < -60);
}

/* Copies that are not alike add as powers: a noise keeps its level at any mix. */
static void a_noise_keeps_its_level(void **state)
{
    (void)state;
    for (double mix = 0; mix <= 100; mix += 25) {
        trial(&chorus, "chorus");
        trial_set(&chorus, "mix", mix);
        trial_set(&chorus, "depth", 5);
        noise_rows(rows, N, 9, 0.5);
        double before = 0, after = 0;
        for (uint32_t i = 0; i < N; i++)
            before += (double)rows[i][0] * (double)rows[i][0];
        run();
        for (uint32_t i = 0; i < N; i++)
            after += (double)rows[i][0] * (double)rows[i][0];
        assert_true(fabs(10 * log10(after / before)) < 0.5);
    }
}

/* A new delay is a bend of pitch, never a jump. */
static void a_new_delay_glides(void **state)
{
    (void)state;
    const double w = 2 * M_PI * 200 / RATE;
    ProcGang gang;
    trial(&chorus, "chorus");
    trial_set(&chorus, "voices", 1);
    trial_set(&chorus, "depth", 0);
    trial_set(&chorus, "mix", 100);
    trial_open(&chorus, &gang, RATE);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = qm_vec((float)sin(w * i));
    gang_run(&gang, rows, NULL, RATE, QM_QUANTUM);
    gang_set(&gang, 0, (uint32_t)qm_proc_find_param(gang.desc, 0, "delay"), 30);
    gang_run(&gang, rows + RATE, NULL, N - RATE, QM_QUANTUM);
    gang_close(&gang);
    double steepest = 0;
    for (uint32_t i = RATE / 2; i + 1 < N; i++)
        steepest = fmax(steepest, fabs((double)(rows[i + 1][0] - rows[i][0])));
    /* 15 ms further within 50 ms of glide: at most 30 % slower */
    assert_true(steepest < 1.01 * w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_still_copy_is_a_delay),
        cmocka_unit_test(a_moving_copy_is_phase_modulation),
        cmocka_unit_test(a_noise_keeps_its_level),
        cmocka_unit_test(a_new_delay_glides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
