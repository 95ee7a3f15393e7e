/* The transient shaper's promises: nothing at 1 and 1, attacks and sustain by their
 * factors at any level, held tones as they are. */
#include "tests/support/levels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { N = 1 << 16, RATE = 48000 };
static QmVec rows[N], input[N], loud[N];

static void start(ProcGang *gang, double attack, double sustain)
{
    const Setting settings[] = {{"attack", attack}, {"sustain", sustain}};
    open_with(gang, "transient", RATE, settings, 2);
}

static void shape(ProcGang *gang)
{
    memcpy(rows, input, sizeof rows);
    gang_reset(gang);
    gang_run(gang, rows, NULL, N, SPLIT_AT_RANDOM);
}

enum { HIT = 10000 };

/* A drum: a body of 180 Hz and noise that fall by 60 dB in half a second, after silence.
 */
static void drum(double level_db)
{
    noise_rows(input, N, 12, 1);
    for (uint32_t i = 0; i < N; i++) {
        const double t = ((double)i - HIT) / RATE;
        const double env = t < 0 ? 0 : gain_of(level_db - 120 * t);
        const double x = 0.7 * sin(2 * M_PI * 180 * t) + 0.3 * (double)input[i][0];
        input[i] = (QmVec){(float)(env * x), (float)(0.5 * env * x)};
    }
}

static uint32_t ms(double t) { return HIT + (uint32_t)(t * RATE / 1000); }

/* By how much the drum is louder between two times after the stroke. */
static double louder(double from_ms, double to_ms)
{
    return rms_db(rows, ms(from_ms), ms(to_ms)) - rms_db(input, ms(from_ms), ms(to_ms));
}

static void test_one_and_one_is_nothing(void **unused)
{
    (void)unused;
    static const double mixes[] = {100, 37, 0};
    for (uint32_t k = 0; k < QM_COUNT(mixes); k++) {
        ProcGang gang;
        start(&gang, 1, 1);
        set(&gang, "mix", mixes[k]);
        drum(0);
        for (uint32_t i = 0; i < HIT; i++)
            input[i] = (QmVec){(float)sin(0.01 * i * i / HIT), 1e-9f};
        shape(&gang);
        assert_true(same_rows(rows, input, 0, N));
        gang_close(&gang);
    }
}

/* The first 10 ms by the factor, what comes after 100 ms not at all. */
static void test_attack(void **unused)
{
    (void)unused;
    static const double factors[] = {0.25, 0.5, 1.5, 2, 4};
    for (uint32_t k = 0; k < QM_COUNT(factors); k++) {
        ProcGang gang;
        start(&gang, factors[k], 1);
        drum(-6);
        shape(&gang);
        assert_true(fabs(louder(0, 10) - db_of(factors[k])) <
                    0.08 * fabs(db_of(factors[k])));
        assert_true(same_rows(rows, input, ms(100), N));
        gang_close(&gang);
    }
}

/* From 100 ms on by the factor, the first 20 ms not at all. */
static void test_sustain(void **unused)
{
    (void)unused;
    static const double factors[] = {0.25, 0.5, 1.5, 2, 4};
    for (uint32_t k = 0; k < QM_COUNT(factors); k++) {
        ProcGang gang;
        start(&gang, 1, factors[k]);
        drum(-6);
        shape(&gang);
        assert_true(same_rows(rows, input, 0, ms(15)));
        assert_true(fabs(louder(100, 400) - db_of(factors[k])) <
                    0.02 * fabs(db_of(factors[k])));
        gang_close(&gang);
    }
}

/* The same gain in every frame of a soft stroke as of a loud one. */
static void test_level_does_not_matter(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 3, 0.4);
    drum(-10);
    shape(&gang);
    memcpy(loud, rows, sizeof rows);
    drum(-40);
    shape(&gang);
    for (uint32_t i = 0; i < ms(400); i++)
        assert_true(fabs((double)loud[i][0] - (double)rows[i][0] * gain_of(30)) <
                    2e-5 * fabs((double)loud[i][0]) + 1e-12);
    gang_close(&gang);
}

static void test_held_tones_are_left_alone(void **unused)
{
    (void)unused;
    static const double tones[] = {40, 55, 110, 1000, 9000};
    for (uint32_t k = 0; k < QM_COUNT(tones); k++) {
        ProcGang gang;
        start(&gang, 8, 8);
        tone_rows(input, N, RATE, tones[k], -6);
        shape(&gang);
        assert_true(same_rows(rows, input, N / 4, N));
        assert_false(same_rows(rows, input, 0, 480));
        gang_close(&gang);
    }
}

/* An attack on top of what still rings counts by how far it stands out: fully from 8.2 dB
 * on, not at all below 2.2. */
static void test_an_attack_stands_out(void **unused)
{
    (void)unused;
    static const double steps[] = {1.5, 5.2, 9};
    static const double amounts[] = {0, 0.5, 1};
    for (uint32_t k = 0; k < QM_COUNT(steps); k++) {
        ProcGang gang;
        start(&gang, 2, 1);
        set(&gang, "attack-time", 200); /* slow, so that the amount can be read */
        constant_rows(input, N, -30, -30);
        constant_rows(input + N / 2, N / 2, -30 + steps[k], -30 + steps[k]);
        shape(&gang);
        const uint32_t at = N / 2 + 140; /* six times SMOOTH_MS */
        const double gain = db_of((double)rows[at][0] / (double)input[at][0]);
        assert_true(fabs(gain - amounts[k] * db_of(2)) < 0.3);
        gang_close(&gang);
    }
}

static void test_mix_and_output(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 4, 1);
    drum(-6);
    shape(&gang);
    memcpy(loud, rows, sizeof rows);
    set(&gang, "mix", 50);
    set(&gang, "output", -6);
    shape(&gang);
    for (uint32_t i = HIT; i < N; i++) {
        const double half = 0.5 * ((double)loud[i][0] + (double)input[i][0]);
        assert_true(fabs((double)rows[i][0] - gain_of(-6) * half) < 1e-6);
    }
    gang_close(&gang);
}

static void test_readings(void **unused)
{
    (void)unused;
    double told[2];
    ProcGang gang;
    start(&gang, 2, 0.5);
    drum(-6);
    shape(&gang);
    gang.desc->read(gang.spec, gang.state[0], 0, told);
    assert_true(fabs(told[0] - db_of(2)) < 0.01 && fabs(told[1] - db_of(2)) < 0.01);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_and_one_is_nothing),
        cmocka_unit_test(test_attack),
        cmocka_unit_test(test_sustain),
        cmocka_unit_test(test_level_does_not_matter),
        cmocka_unit_test(test_held_tones_are_left_alone),
        cmocka_unit_test(test_an_attack_stands_out),
        cmocka_unit_test(test_mix_and_output),
        cmocka_unit_test(test_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
