/* tests: dsp/fdn dsp/transpose
 *
 * The reverb's promises: it decays in each band as fast as asked, is dense soon and even
 * late, as loud as its input, wide but safe in mono, and ends. Measured on impulse
 * responses. */
#include "tests/support/proc_harness.h"
#include "tests/support/response.h"

#include "base/rand.h"
#include "dsp/transpose.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
    TYPE,
    DECAY,
    DAMPING,
    LOW_DECAY,
    HIGH_DECAY,
    LOW_CROSSOVER,
    HIGH_CROSSOVER,
    SIZE,
    PREDELAY,
    DIFFUSION,
    MODULATION,
    WIDTH,
    MIX,
};
enum { N = 48000 * 6 };
static Response answer;
static const double *const left = answer.side[0], *const right = answer.side[1];
static double params[1][QM_MAX_PARAMS];

/* Reverb alone, otherwise as it comes. */
static double *wet(void)
{
    qm_proc_defaults(qm_proc_find("reverb"), 0, params[0]);
    params[0][MIX] = 1;
    return params[0];
}

/* left[], right[]: the answer to an impulse on these sides. */
static void hear(double rate, float in_left, float in_right)
{
    respond(&answer, "reverb", params[0], rate, N, in_left, in_right);
}

/* ---- decay ---- */

typedef struct Room {
    double decay, damping, low_decay, size, modulation, rate;
} Room;

static const Room rooms[] = {
    {2, 0.5, 1.1, 0.6, 0.5, 48000}, {1, 0.8, 2, 0.3, 0.5, 48000},
    {4, 0.3, 0.6, 1, 1, 48000},     {3, 0, 1, 0.5, 0, 96000},
    {0.5, 0.5, 1.5, 0, 0.5, 44100},
};

static void test_each_band_decays_as_asked(void **unused)
{
    (void)unused;
    for (uint32_t k = 0; k < QM_COUNT(rooms); k++) {
        const Room *const room = &rooms[k];
        double *const p = wet();
        p[DECAY] = room->decay;
        p[DAMPING] = room->damping;
        p[LOW_DECAY] = room->low_decay * room->decay;
        p[SIZE] = room->size;
        p[MODULATION] = room->modulation;
        hear(room->rate, 1, 1);
        /* an octave under the low crossover, between, an octave over the high one */
        const double hz[] = {125, 1000, 6000};
        const double asked[] = {room->decay * room->low_decay, room->decay,
                                room->decay * (1 - 0.9 * room->damping)};
        for (int b = 0; b < 3; b++) {
            const double got = response_t60(&answer, 0, hz[b], b == 2 ? 3 : 1.4);
            if (!(fabs(got / asked[b] - 1) < 0.1))
                fail_msg("room %u, %d Hz: %d ms instead of %d", k, (int)hz[b],
                         (int)(1000 * got), (int)(1000 * asked[b]));
        }
    }
}

/* Told in seconds: lows 3, middle 2, highs 1, crossovers at 200 and 2000 Hz. */
static void test_three_decays_in_seconds(void **unused)
{
    (void)unused;
    static const double hz[] = {100, 632, 4000}, asked[] = {3, 2, 1};
    double *const p = wet();
    p[LOW_DECAY] = 3;
    p[HIGH_DECAY] = 1;
    p[LOW_CROSSOVER] = 200;
    p[HIGH_CROSSOVER] = 2000;
    p[DAMPING] = 0.9; /* is not asked */
    for (uint32_t type = 0; type < 5; type++) {
        p[TYPE] = type;
        hear(48000, 1, 1);
        for (int b = 0; b < 3; b++) {
            const double got = 0.5 * (response_t60(&answer, 0, hz[b], 1.4) +
                                      response_t60(&answer, 1, hz[b], 1.4));
            if (!(fabs(got / asked[b] - 1) < 0.1))
                fail_msg("type %u, %d Hz: %d ms", type, (int)hz[b], (int)(1000 * got));
        }
    }
}

/* The lows may last 2.5 times as long as the middle, but nowhere much longer. */
static void test_the_lowest_lows_end_too(void **unused)
{
    (void)unused;
    double *const p = wet();
    p[DECAY] = 0.5;
    p[LOW_DECAY] = 1.25;
    p[SIZE] = 1;
    hear(48000, 1, 1);
    for (double hz = 10; hz < 100; hz *= 1.6) {
        const double got = response_t60(&answer, 0, hz, 1.4);
        assert_true(got > 1 && got < 2 * 1.25);
    }
}

/* ---- density ---- */

static void test_echoes_are_dense_soon(void **unused)
{
    (void)unused;
    wet()[DAMPING] = 0; /* dull samples hang together: their count would say little */
    hear(48000, 1, 1);
    assert_true(response_density(&answer, 0, 0.05) > 0.85);
    assert_true(response_density(&answer, 1, 0.05) > 0.85);
    for (double at = 0.08; at < 1; at += 0.04)
        assert_true(response_density(&answer, 0, at) > 0.85 &&
                    response_density(&answer, 0, at) < 1.2);
    params[0][DIFFUSION] = 0;
    hear(48000, 1, 1);
    assert_true(response_density(&answer, 0, 0.05) < 0.3);
}

/* No line stands out of the late spectrum: among the power of many frequencies, as among
 * that of noise, the greatest is not much above ln(count) times the mean. */
static void test_no_tone_rings_on(void **unused)
{
    (void)unused;
    enum { COUNT = 1200 };
    static double power[COUNT];
    wet()[DECAY] = 4;
    hear(48000, 1, 1);
    double mean = 0, most = 0, square = 0;
    response_spectrum(&answer, 0, 0.5, 400, 0.5, COUNT, power);
    for (uint32_t k = 0; k < COUNT; k++)
        mean += power[k] / COUNT;
    for (uint32_t k = 0; k < COUNT; k++) {
        most = power[k] > most ? power[k] : most;
        square += power[k] * power[k] / COUNT;
    }
    assert_true(10 * log10(most / mean) < 12.5);
    assert_true(square / mean / mean <
                3.3); /* noise: 2; a room of few modes: 5 and more */
}

/* ---- level and image ---- */

static void test_it_is_as_loud_as_its_input(void **unused)
{
    (void)unused;
    static const double decays[] = {0.3, 1, 2, 5};
    for (uint32_t k = 0; k < QM_COUNT(decays); k++) {
        double *const p = wet();
        p[DECAY] = decays[k];
        p[DAMPING] = 0;
        p[LOW_DECAY] = decays[k];
        p[MODULATION] = 0;
        hear(48000, 1, 0);
        const double both = response_energy(left, 0, N) + response_energy(right, 0, N);
        assert_true(fabs(10 * log10(both)) < 1.5);
    }
}

static void test_the_image(void **unused)
{
    (void)unused;
    wet();
    hear(48000, 1, 1);
    const double l = response_energy(left, 0, N), r = response_energy(right, 0, N);
    assert_true(fabs(response_correlation(&answer, 0, N / 48000.0)) <
                0.15); /* wide, and safe in mono */
    assert_true(fabs(10 * log10(l / r)) < 1);

    hear(48000, 1, 0); /* from one side: there first, then everywhere */
    assert_true(response_energy(left, 0, 960) > 100 * response_energy(right, 0, 960));
    assert_true(fabs(10 * log10(response_energy(left, 9600, N) /
                                response_energy(right, 9600, N))) < 2);

    params[0][WIDTH] = 0;
    hear(48000, 1, 0);
    for (uint32_t i = 0; i < N; i++)
        assert_true(left[i] == right[i]);
}

static uint32_t first_sound(void)
{
    for (uint32_t i = 0; i < N; i++)
        if (left[i] != 0 || right[i] != 0)
            return i;
    return N;
}

static void test_predelay_and_mix(void **unused)
{
    (void)unused;
    wet();
    hear(48000, 1, 1);
    const uint32_t first = first_sound();
    assert_true(first > 80 && first < 48 * 25);
    params[0][PREDELAY] = 100;
    hear(48000, 1, 1);
    assert_int_equal(first_sound(), first + 4800);
    params[0][PREDELAY] = 250;
    hear(192000, 1, 1);
    assert_true(first_sound() > 48000);

    wet()[MIX] = 0.5;
    hear(48000, 1, 0);
    assert_true(fabs(left[0] - sqrt(0.5)) < 1e-6 && right[0] == 0);
    wet()[MIX] = 0;
    hear(48000, 1, 0.25);
    assert_true(left[0] == 1 && right[0] == 0.25 && response_energy(left, 1, N) == 0);
}

/* ---- ends ---- */

static void test_it_ends_at_every_extreme(void **unused)
{
    (void)unused;
    static const double rates[] = {8000, 48000, 192000};
    for (uint32_t corner = 0; corner < 96; corner++) {
        double *const p = wet();
        p[DECAY] = corner & 1 ? 20 : 0.1;
        p[DAMPING] = corner & 2 ? 1 : 0;
        p[LOW_DECAY] = corner & 4 ? 20 : 0.01;
        p[SIZE] = corner & 8 ? 1 : 0;
        p[LOW_CROSSOVER] = p[HIGH_CROSSOVER] = 1000;
        if (corner & 16) {
            p[LOW_CROSSOVER] = 50;
            p[HIGH_CROSSOVER] = 16000;
        }
        p[DIFFUSION] = p[MODULATION] = 1;
        const double rate = rates[corner / 32];
        hear(rate, 1, -1);
        double quarter[4];
        for (uint32_t k = 0; k < 4; k++)
            quarter[k] = response_energy(left, k * (N / 4), (k + 1) * (N / 4));
        /* a quarter lasts 0.37 s or more: even 20 s * 2.5 * 2 fall by 0.2 dB in it */
        if (!(quarter[0] > 0 && quarter[0] < 100 && quarter[0] > 1.02 * quarter[1] &&
              quarter[1] >= 1.02 * quarter[2] && quarter[2] >= 1.02 * quarter[3]))
            fail_msg("corner %u does not end", corner);
    }
}

static void test_silence_returns(void **unused)
{
    (void)unused;
    wet()[DECAY] = 0.2;
    params[0][LOW_DECAY] = 0.2;
    hear(48000, 1, 1);
    assert_true(response_energy(left, 0, 9600) > 0);
    for (uint32_t i = N - 48000; i < N;
         i++) /* 600 dB: ten times the decay and a little */
        assert_true(left[i] == 0 && right[i] == 0);
}

/* ---- the turning over of eight vectors ---- */

static void test_transpose(void **unused)
{
    (void)unused;
    QmVec v[QM_LANES];
    for (int i = 0; i < QM_LANES; i++)
        for (int k = 0; k < QM_LANES; k++)
            v[i][k] = (float)(10 * i + k);
    qm_transpose(v);
    for (int i = 0; i < QM_LANES; i++)
        for (int k = 0; k < QM_LANES; k++)
            assert_true(v[i][k] == (float)(10 * k + i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_band_decays_as_asked),
        cmocka_unit_test(test_three_decays_in_seconds),
        cmocka_unit_test(test_the_lowest_lows_end_too),
        cmocka_unit_test(test_echoes_are_dense_soon),
        cmocka_unit_test(test_no_tone_rings_on),
        cmocka_unit_test(test_it_is_as_loud_as_its_input),
        cmocka_unit_test(test_the_image),
        cmocka_unit_test(test_predelay_and_mix),
        cmocka_unit_test(test_it_ends_at_every_extreme),
        cmocka_unit_test(test_silence_returns),
        cmocka_unit_test(test_transpose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
