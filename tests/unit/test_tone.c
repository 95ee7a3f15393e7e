/* Tones: pure, in tune at any hour, without clicks, and the same however they are asked
 * for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/gen_rig.h"

#include <math.h>
#include <string.h>

enum { SINE, TRIANGLE, SAW, SQUARE, FRAMES = 16384 };

static float out[FRAMES][2];
static const GenAct start = {.frame = 0, .play = {.frames = -1, .gain = 1}};

static void open_tone(GenRig *rig, int shape, double hz)
{
    gen_open(rig, "tone", 48000);
    gen_set(rig, "shape", shape);
    gen_set(rig, "freq", hz);
    gen_set(rig, "attack", 0);
}

static void test_a_sine_is_pure(void **unused)
{
    (void)unused;
    static const double hz[] = {1.5, 440, 997, 12345.6, 19999};
    for (size_t i = 0; i < QM_COUNT(hz); i++) {
        GenRig rig;
        open_tone(&rig, SINE, hz[i]);
        gen_play(&rig, &start, 1, 0, FRAMES, 64, out[0]);
        const SineFit fit = fit_sine(out[0], FRAMES, hz[i], 48000);
        print_message("sine %7.1f Hz: rest %.1f dB\n", hz[i], fit.rest_db);
        assert_true(fit.rest_db < -145.0); /* float rounding is all there is */
        assert_true(fabs(fit.amplitude - 1.0) < 1e-5);
        gen_close(&rig);
    }
}

/* The phase is frame * freq / rate, whatever was played before: also a day later. */
static void test_keeps_its_phase_for_a_day(void **unused)
{
    (void)unused;
    GenRig rig;
    open_tone(&rig, SINE, 441);
    const int64_t day = INT64_C(86400) * 48000;
    GenAct late = start;
    late.frame = day + 17;
    gen_play(&rig, &late, 1, day + 17, 4800, 64, out[0]);
    for (int i = 0; i < 4800; i++) {
        const double turns = fmod((double)(day + 17 + i) * 441, 48000) / 48000;
        assert_true(fabs((double)out[i][0] - sin(2 * M_PI * turns)) < 2e-6);
    }
    gen_close(&rig);
}

/* What is folded back, against a saw that only wraps around. */
static void test_shapes_alias_little(void **unused)
{
    (void)unused;
    static const struct {
        int shape, periods; /* whole ones in 8192 frames: what is left is aliases alone */
        double most_db;
    } rows[] = {
        {TRIANGLE, 37, -80}, {TRIANGLE, 211, -59}, {SAW, 37, -38},
        {SAW, 211, -30},     {SQUARE, 37, -39},    {SQUARE, 211, -33},
    };
    for (size_t i = 0; i < QM_COUNT(rows); i++) {
        const double hz = 48000.0 * rows[i].periods / 8192;
        GenRig rig;
        open_tone(&rig, rows[i].shape, hz);
        gen_play(&rig, &start, 1, 0, 8192, 64, out[0]);
        const double rest = rest_without_harmonics_db(out[0], 8192, hz, 48000);
        static float naive[8192][2];
        for (int k = 0; k < 8192; k++) {
            const double t = fmod(k * hz / 48000, 1.0);
            const double corner = 1 - 4 * fabs(t - 0.5);
            const double wave[] = {0, corner, 2 * t - 1, t < 0.5 ? 1 : -1};
            naive[k][0] = (float)wave[rows[i].shape];
        }
        const double plain = rest_without_harmonics_db(naive[0], 8192, hz, 48000);
        print_message("%s %.1f Hz: aliases %.1f dB, naive %.1f dB\n",
                      rig.desc->params[0].choices[rows[i].shape], hz, rest, plain);
        assert_true(rest < rows[i].most_db);
        assert_true(rest < plain - 12);
        gen_close(&rig);
    }
}

static void test_shapes_begin_like_a_sine(void **unused)
{
    (void)unused;
    for (int shape = SINE; shape <= SQUARE; shape++) {
        GenRig rig;
        open_tone(&rig, shape, 100);
        gen_play(&rig, &start, 1, 0, 480, 64, out[0]);
        double peak = 0;
        for (int i = 0; i < 480; i++) {
            peak = fmax(peak, fabs((double)out[i][0]));
            assert_true(out[i][0] == out[i][1]);
        }
        assert_true(peak > 0.98 && peak <= 1.0);
        if (shape != SAW) {
            assert_true(out[120][0] > 0.9f && out[360][0] < -0.9f);
        } else {
            assert_true(out[120][0] < -0.4f && out[360][0] > 0.4f);
        }
        gen_close(&rig);
    }
}

/* Neither a new level, a new pitch, a trigger nor a release may step. */
static void test_nothing_clicks(void **unused)
{
    (void)unused;
    GenRig rig;
    open_tone(&rig, SINE, 100);
    gen_set(&rig, "attack", 10);
    gen_set(&rig, "release", 10);
    const GenAct acts[] = {
        start,
        {.frame = 1000, .kind = GEN_SET, .param = "freq", .value = 150},
        {.frame = 2000, .kind = GEN_SET, .param = "level", .value = -6},
        {.frame = 3000, .play = {.frames = -1, .gain = 0.5, .pitch = 7, .note = 2}},
        {.frame = 3100, .play = {.frames = -1, .gain = 1, .pitch = -5, .note = 3}},
        {.frame = 3200, .kind = GEN_RELEASE, .play = {.note = 2}}, /* gone already */
        {.frame = 4000, .kind = GEN_RELEASE, .play = {.note = 3}},
    };
    gen_play(&rig, acts, QM_COUNT(acts), 0, 5000, 64, out[0]);
    const double fastest = 2 * M_PI * 150 * 1.5 / 48000; /* slope of the highest note */
    for (int i = 1; i < 5000; i++) {
        assert_true(fabs((double)out[i][0] - (double)out[i - 1][0]) < fastest + 0.01);
    }
    assert_true(fabsf(out[3990][0]) > 0.0f);
    assert_true(out[4480][0] == 0.0f && out[4999][0] == 0.0f);
    gen_close(&rig);
}

static void test_frames_end_a_note(void **unused)
{
    (void)unused;
    GenRig rig;
    open_tone(&rig, SQUARE, 100);
    gen_set(&rig, "release", 0);
    GenAct act = start;
    act.play.frames = 1000;
    gen_play(&rig, &act, 1, 0, 1200, 0, out[0]);
    assert_true(out[999][0] != 0.0f && out[1000][0] == 0.0f);
    gen_close(&rig);
}

static void test_any_split_is_the_same(void **unused)
{
    (void)unused;
    for (int shape = SINE; shape <= SQUARE; shape++) {
        GenRig rig;
        open_tone(&rig, shape, 333.3);
        gen_set(&rig, "attack", 3);
        const GenAct acts[] = {
            start,
            {.frame = 333, .kind = GEN_SET, .param = "freq", .value = 1234},
            {.frame = 335, .kind = GEN_SET, .param = "level", .value = -10},
            {.frame = 500,
             .play = {.frames = 100, .gain = 0.9, .pitch = 12.5, .note = 4}},
            {.frame = 900, .play = {.frames = -1, .gain = 0.9, .pitch = -12, .note = 5}},
            {.frame = 1000, .kind = GEN_RELEASE, .play = {.note = 5}},
        };
        gen_same_however_split(&rig, acts, QM_COUNT(acts), 2500);
        gen_close(&rig);
    }
}

static void test_never_above_half_the_rate(void **unused)
{
    (void)unused;
    GenRig rig;
    open_tone(&rig, SAW, 20000);
    GenAct act = start;
    act.play.pitch = 100;
    gen_play(&rig, &act, 1, 0, 1000, 64, out[0]);
    for (int i = 0; i < 1000; i++) {
        assert_true(fabsf(out[i][0]) <= 1.0f);
    }
    gen_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sine_is_pure),
        cmocka_unit_test(test_keeps_its_phase_for_a_day),
        cmocka_unit_test(test_shapes_alias_little),
        cmocka_unit_test(test_shapes_begin_like_a_sine),
        cmocka_unit_test(test_nothing_clicks),
        cmocka_unit_test(test_frames_end_a_note),
        cmocka_unit_test(test_any_split_is_the_same),
        cmocka_unit_test(test_never_above_half_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
