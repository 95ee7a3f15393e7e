/* Tremolo: its level against the formula, on the position of the song. */
/* tests: proc/tremolo proc/swing */
#include "tests/support/trial.h"

#include "dsp/lfo.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { RATE = 48000, N = 2 * RATE };
static QmVec rows[N];

static Trial tremolo;

/* The gains of N frames: a constant goes through. */
static void run(uint32_t from)
{
    for (uint32_t i = 0; i < N; i++)
        rows[i] = qm_vec(1);
    trial_run(&tremolo, RATE, from, rows, N, SPLIT_AT_RANDOM);
}

static void the_level_is_a_sine(void **state)
{
    (void)state;
    trial(&tremolo, "tremolo");
    trial_set(&tremolo, "rate", 5);
    trial_set(&tremolo, "depth", 60);
    trial_set(&tremolo, "stereo", 90);
    run(0);
    for (uint32_t i = 0; i < N; i++)
        for (int side = 0; side < 2; side++) {
            const double lfo = sin(2 * M_PI * (5.0 * i / RATE + 0.25 * side));
            assert_true(fabs((double)rows[i][side] - (1 - 0.6 * (1 - lfo) / 2)) < 1e-5);
        }
}

/* One of two seconds is what a render from the second second begins with. */
static void the_phase_is_the_songs(void **state)
{
    (void)state;
    static QmVec first[N];
    trial(&tremolo, "tremolo");
    trial_set(&tremolo, "rate", 0.77);
    run(0);
    memcpy(first, rows, sizeof first);
    run(RATE);
    assert_memory_equal(rows, first + RATE, (N - RATE) * sizeof *rows);
}

/* 120 beats a minute: a quarter is half a second. */
static void notes_are_beats(void **state)
{
    (void)state;
    trial(&tremolo, "tremolo");
    trial_set(&tremolo, "sync", 10);
    trial_set(&tremolo, "depth", 100);
    trial_set(&tremolo, "phase", 90);
    run(0);
    for (uint32_t i = 0; i < N; i++) {
        const double want = 0.5 + 0.5 * cos(2 * M_PI * i / (RATE / 2));
        assert_true(fabs((double)rows[i][0] - want) < 1e-4);
    }
}

static void no_depth_is_the_input(void **state)
{
    (void)state;
    trial(&tremolo, "tremolo");
    trial_set(&tremolo, "depth", 0);
    run(0);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == 1 && rows[i][1] == 1);
}

/* A square opens and closes in 3 ms, without a jump. */
static void edges_are_round(void **state)
{
    (void)state;
    trial(&tremolo, "tremolo");
    trial_set(&tremolo, "rate", 2);
    trial_set(&tremolo, "shape", QM_LFO_SQUARE);
    trial_set(&tremolo, "depth", 100);
    run(0);
    double most = 0;
    uint32_t high = 0, low = 0;
    for (uint32_t i = 1; i < N; i++) {
        const double rise = fabs((double)rows[i][0] - (double)rows[i - 1][0]);
        most = rise > most ? rise : most;
        high += rows[i][0] > 0.999f;
        low += rows[i][0] < 0.001f;
    }
    assert_true(most < 1.01 / 144);
    assert_true(high > 0.49 * N && low > 0.49 * N);
}

/* Chance differs from strip to strip, but not from run to run. */
static void draws_are_the_strips_own(void **state)
{
    (void)state;
    static QmVec first[N];
    trial(&tremolo, "tremolo");
    trial_set(&tremolo, "rate", 8);
    trial_set(&tremolo, "shape", QM_LFO_RANDOM);
    run(0);
    memcpy(first, rows, sizeof first);
    run(0);
    assert_memory_equal(rows, first, sizeof rows);
    trial_set(&tremolo, "depth", 51); /* the harness draws its seed from the params */
    run(0);
    uint32_t differ = 0;
    for (uint32_t i = 0; i < N; i++)
        differ += fabsf(rows[i][0] - first[i][0]) > 0.05f;
    assert_true(differ > N / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_level_is_a_sine), cmocka_unit_test(the_phase_is_the_songs),
        cmocka_unit_test(notes_are_beats),     cmocka_unit_test(no_depth_is_the_input),
        cmocka_unit_test(edges_are_round),     cmocka_unit_test(draws_are_the_strips_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
