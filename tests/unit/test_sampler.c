/* The sampler: bits kept at pitch 0, in tune elsewhere, loops without a seam, voices
 * that end when they should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "tests/support/gen_rig.h"

#include <math.h>
#include <string.h>

enum { ONE_SHOT, GATE, LOOP, FRAMES = 48000, OUT = 65536 };

static float noise[FRAMES][2], wave[FRAMES][2], ones[FRAMES][2];
static float out[OUT][2];
static const QmAsset noise_asset = {.name = "noise",
                                    .frames = FRAMES,
                                    .resident = noise[0]};
static const QmAsset wave_asset = {.name = "wave", .frames = FRAMES, .resident = wave[0]};
static const QmAsset ones_asset = {.name = "ones", .frames = FRAMES, .resident = ones[0]};

static int fill(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < FRAMES; i++) {
        noise[i][0] = (float)qm_rand(1, 1, i) - 0.5f;
        noise[i][1] = (float)qm_rand(1, 2, i) - 0.5f;
        ones[i][0] = ones[i][1] = 1.0f;
    }
    return 0;
}

static void fill_wave(double hz)
{
    for (int i = 0; i < FRAMES; i++) {
        wave[i][0] = wave[i][1] = (float)sin(2 * M_PI * hz * i / 48000);
    }
}

static GenAct strike(int64_t frame, const QmAsset *asset, uint32_t note)
{
    const QmTrigger play = {.asset = asset, .frames = -1, .gain = 1, .note = note};
    return (GenAct){.frame = frame, .play = play};
}

static GenAct let_go(int64_t frame, uint32_t note)
{
    return (GenAct){.frame = frame, .kind = GEN_RELEASE, .play = {.note = note}};
}

static void test_copies_at_pitch_0(void **unused)
{
    (void)unused;
    GenRig rig;
    gen_open(&rig, "sampler", 48000);
    const GenAct acts[] = {strike(100, &noise_asset, 1), let_go(200, 1)};
    gen_play(&rig, acts, 2, 0, OUT, 0, out[0]);
    assert_memory_equal(out[100], noise, sizeof noise);
    assert_true(out[99][0] == 0.0f && out[100 + FRAMES][0] == 0.0f);
    gen_set(&rig, "start", 0.25);
    gen_set(&rig, "end", 0.5);
    gen_play(&rig, acts, 2, 0, OUT, 0, out[0]);
    assert_memory_equal(out[100], noise[12000], 12000 * sizeof noise[0]);
    assert_true(out[100 + 12000][0] == 0.0f);
    gen_close(&rig);
}

/* In tune, and what interpolation adds stays below `most_db`. */
static void check_pitch(double semitones, double hz, double most_db)
{
    GenRig rig;
    gen_open(&rig, "sampler", 48000);
    gen_set(&rig, "pitch", semitones);
    fill_wave(hz);
    const GenAct act = strike(0, &wave_asset, 1);
    gen_play(&rig, &act, 1, 0, 8192, 64, out[0]);
    const double heard = hz * pow(2, semitones / 12);
    const SineFit fit = fit_sine(out[256], 4096, heard, 48000);
    print_message("%5.0f Hz %+6.2f st: rest %.1f dB, gain %.2f dB\n", hz, semitones,
                  fit.rest_db, 20 * log10(fit.amplitude));
    assert_true(fit.rest_db < most_db);
    assert_true(fabs(20 * log10(fit.amplitude)) < 0.2);
    gen_close(&rig);
}

static void test_is_in_tune_and_clean(void **unused)
{
    (void)unused;
    static const double semitones[] = {-24, -12, -7, -0.01, 0.5, 1, 3, 7, 12, 19, 24};
    for (size_t i = 0; i < QM_COUNT(semitones); i++) {
        const double up = pow(2, fmax(semitones[i], 0) / 12);
        check_pitch(semitones[i], 1000, -85);
        check_pitch(semitones[i], 5000 / up, -80);
        check_pitch(semitones[i], 12000 / up, -75);
    }
}

/* What would fold over at half the rate is held off. */
static void test_does_not_fold_over(void **unused)
{
    (void)unused;
    static const struct {
        double semitones, hz;
    } rows[] = {{12, 14000}, {12, 20000}, {24, 7000},
                {24, 13000}, {6, 20500},  {19, 10000}};
    for (size_t i = 0; i < QM_COUNT(rows); i++) {
        GenRig rig;
        gen_open(&rig, "sampler", 48000);
        gen_set(&rig, "pitch", rows[i].semitones);
        fill_wave(rows[i].hz);
        const GenAct act = strike(0, &wave_asset, 1);
        gen_play(&rig, &act, 1, 0, 8192, 64, out[0]);
        double energy = 0;
        for (int k = 256; k < 4352; k++) {
            energy += (double)out[k][0] * (double)out[k][0];
        }
        const double db = 10 * log10(energy / 4096 * 2 + 1e-30);
        print_message("%5.0f Hz %+.0f st: folds over at %.1f dB\n", rows[i].hz,
                      rows[i].semitones, db);
        assert_true(db < -65);
        gen_close(&rig);
    }
}

static void test_pitch_may_move(void **unused)
{
    (void)unused;
    GenRig rig;
    gen_open(&rig, "sampler", 48000);
    fill_wave(300);
    const GenAct acts[] = {
        strike(0, &wave_asset, 1),
        {.frame = 1000, .kind = GEN_SET, .param = "pitch", .value = 5},
        {.frame = 1111, .kind = GEN_SET, .param = "pitch", .value = -5},
        {.frame = 2000, .kind = GEN_SET, .param = "pitch", .value = 0}};
    gen_play(&rig, acts, QM_COUNT(acts), 0, 4000, 64, out[0]);
    const double fastest = 2 * M_PI * 300 * pow(2, 5.0 / 12) / 48000;
    for (int i = 1; i < 4000; i++) {
        assert_true(fabs((double)out[i][0] - (double)out[i - 1][0]) < fastest + 1e-3);
    }
    gen_close(&rig);
}

/* The sharpest bend (second difference) of a loop that is no whole number of periods. A
 * crossfade of n frames between waves at most 2 apart begins with a bend of pi/n; a bare
 * seam has one of about their distance. */
static double roughest(double crossfade_ms, double pitch, double curve)
{
    GenRig rig;
    gen_open(&rig, "sampler", 48000);
    gen_set(&rig, "trigger", LOOP);
    gen_set(&rig, "loop-from", 0.2);
    gen_set(&rig, "loop-to", 0.4131);
    gen_set(&rig, "crossfade", crossfade_ms);
    gen_set(&rig, "crossfade-curve", curve);
    gen_set(&rig, "pitch", pitch);
    fill_wave(100);
    const GenAct act = strike(0, &wave_asset, 1);
    gen_play(&rig, &act, 1, 0, OUT, 64, out[0]);
    double most = 0;
    for (int i = 102; i < OUT; i++) {
        most = fmax(most, fabs((double)out[i][0] - 2 * (double)out[i - 1][0] +
                               (double)out[i - 2][0]));
    }
    gen_close(&rig);
    return most;
}

static void test_a_loop_has_no_seam(void **unused)
{
    (void)unused;
    const double crossfade = M_PI / 960 + pow(2 * M_PI * 100 / 48000, 2);
    assert_true(roughest(0, 0, 0) > 20 * crossfade);
    assert_true(roughest(0, -3, 0) > 10 * crossfade);
    for (int curve = 0; curve < 2; curve++) {
        assert_true(roughest(20, -3, curve) < crossfade);
        assert_true(roughest(20, 0, curve) < crossfade);
    }
}

/* Loops keep their length: frame n and frame n + loop are the same once inside. */
static void test_a_loop_keeps_its_length(void **unused)
{
    (void)unused;
    GenRig rig;
    gen_open(&rig, "sampler", 48000);
    gen_set(&rig, "trigger", LOOP);
    gen_set(&rig, "loop-to", 0.2);
    const GenAct act = strike(0, &noise_asset, 1);
    gen_play(&rig, &act, 1, 0, OUT, 0, out[0]);
    for (int i = 9600; i < OUT; i++) {
        assert_true(out[i][0] == out[i - 9600][0] && out[i][1] == out[i - 9600][1]);
    }
    assert_memory_equal(out[0], noise[0], (9600 - 240) * sizeof out[0]);
    gen_close(&rig);
}

static void test_gates_end_when_released(void **unused)
{
    (void)unused;
    for (int mode = GATE; mode <= LOOP; mode++) {
        GenRig rig;
        gen_open(&rig, "sampler", 48000);
        gen_set(&rig, "trigger", mode);
        gen_set(&rig, "release", 10);
        gen_set(&rig, "attack", 1);
        const GenAct acts[] = {strike(0, &ones_asset, 7), strike(100, &ones_asset, 8),
                               let_go(1000, 7), let_go(2000, 8)};
        gen_play(&rig, acts, 4, 0, 4000, 0, out[0]);
        assert_true(out[10][0] < 0.3f && out[10][0] > 0.1f);
        assert_true(out[900][0] == 2.0f);
        assert_true(fabsf(out[1000 + 240][0] - 1.5f) < 0.01f);
        assert_true(out[1480][0] == 1.0f && out[1999][0] == 1.0f);
        assert_true(out[2478][0] > 0.0f && out[2480][0] == 0.0f);
        assert_int_equal(rig.desc->length(&rig.spec, rig.first, &acts[0].play, FRAMES,
                                          1000),
                         1480);
        gen_close(&rig);
    }
}

static void test_one_voice_chokes_itself(void **unused)
{
    (void)unused;
    GenRig rig;
    gen_open(&rig, "sampler", 48000);
    gen_set(&rig, "voices", 1);
    GenAct acts[] = {strike(0, &ones_asset, 1), strike(1000, &ones_asset, 2)};
    acts[1].play.gain = 0;
    gen_play(&rig, acts, 2, 0, 2000, 0, out[0]);
    assert_true(out[999][0] == 1.0f);
    for (int i = 1000; i < 1120; i++) { /* 2.5 ms */
        assert_true(fabsf(out[i][0] - (float)(1119 - i) / 120) < 1e-6f);
    }
    assert_true(out[1120][0] == 0.0f);
    gen_close(&rig);
}

static void test_the_released_make_room_first(void **unused)
{
    (void)unused;
    GenRig rig;
    gen_open(&rig, "sampler", 48000);
    gen_set(&rig, "trigger", GATE);
    gen_set(&rig, "voices", 2);
    gen_set(&rig, "release", 1000);
    GenAct acts[] = {strike(0, &ones_asset, 1), strike(0, &ones_asset, 2), let_go(100, 2),
                     strike(200, &ones_asset, 3)};
    acts[0].play.gain = 4;
    gen_play(&rig, acts, 4, 0, 1000, 0, out[0]);
    assert_true(out[900][0] == 5.0f); /* 1 and 3; 2 was on its way out */
    gen_close(&rig);
}

static void test_survives_a_crowd(void **unused)
{
    (void)unused;
    GenRig rig;
    static GenAct acts[300];
    gen_open(&rig, "sampler", 48000);
    gen_set(&rig, "voices", 32);
    for (int i = 0; i < 300; i++) {
        acts[i] = strike(i / 5, &ones_asset, (uint32_t)i);
        acts[i].play.pitch = i % 25 - 12;
    }
    gen_play(&rig, acts, 300, 0, 1000, 0, out[0]);
    assert_true(fabsf(out[900][0] - 32.0f) < 0.01f);
    gen_close(&rig);
}

static void test_level_moves_smoothly(void **unused)
{
    (void)unused;
    GenRig rig;
    gen_open(&rig, "sampler", 48000);
    gen_set(&rig, "level", -6);
    const GenAct acts[] = {strike(0, &ones_asset, 1),
                           {.frame = 500, .kind = GEN_SET, .param = "level", .value = 0}};
    gen_play(&rig, acts, 2, 0, 1000, 0, out[0]);
    const float low = (float)pow(10, -0.3);
    assert_true(fabsf(out[0][0] - low) < 1e-6f && fabsf(out[499][0] - low) < 1e-6f);
    assert_true(fabsf(out[531][0] - (low + 1) / 2) < 1e-6f);
    assert_true(out[563][0] == 1.0f);
    gen_close(&rig);
}

static void test_length_is_what_is_heard(void **unused)
{
    (void)unused;
    static const double pitches[] = {0, 12, -12, 7, 0.03};
    for (size_t i = 0; i < QM_COUNT(pitches); i++) {
        GenRig rig;
        gen_open(&rig, "sampler", 48000);
        gen_set(&rig, "start", 0.6);
        gen_set(&rig, "pitch", pitches[i] + 1);
        GenAct act = strike(0, &ones_asset, 1);
        act.play.pitch = -1;
        const int64_t length =
            rig.desc->length(&rig.spec, rig.first, &act.play, FRAMES, 50);
        gen_play(&rig, &act, 1, 0, OUT, 64, out[0]);
        int64_t heard = OUT;
        while (heard > 0 && out[heard - 1][0] == 0.0f) {
            heard--;
        }
        assert_true(heard <= length && heard >= length - 64);
        gen_close(&rig);
    }
}

static void test_enters_where_it_would_have_been(void **unused)
{
    (void)unused;
    for (int mode = ONE_SHOT; mode <= LOOP; mode++) {
        GenRig rig;
        static float late[8000][2];
        gen_open(&rig, "sampler", 48000);
        gen_set(&rig, "trigger", mode);
        gen_set(&rig, "loop-from", 0.01);
        gen_set(&rig, "loop-to", 0.05);
        gen_set(&rig, "attack", 100);
        GenAct act = strike(0, &noise_asset, 1);
        act.play.pitch = 3.3;
        gen_play(&rig, &act, 1, 0, 8000, 0, out[0]);
        act.frame = act.play.played = 3200;
        gen_play(&rig, &act, 1, 3200, 4800, 0, late[0]);
        assert_memory_equal(out[3200], late[0], 4800 * sizeof late[0]);
        gen_close(&rig);
    }
}

static void test_any_split_is_the_same(void **unused)
{
    (void)unused;
    for (int mode = ONE_SHOT; mode <= LOOP; mode++) {
        GenRig rig;
        gen_open(&rig, "sampler", 48000);
        gen_set(&rig, "trigger", mode);
        gen_set(&rig, "voices", 3);
        gen_set(&rig, "start", 0.001);
        gen_set(&rig, "end", 0.02);
        gen_set(&rig, "loop-from", 0.004);
        gen_set(&rig, "crossfade", 2);
        gen_set(&rig, "attack", 2);
        gen_set(&rig, "release", 4);
        GenAct acts[60];
        for (uint64_t i = 0; i < 60; i++) {
            const int64_t frame = (int64_t)i * 53;
            acts[i] = i % 3 == 2 ? let_go(frame, (uint32_t)i - 2)
                                 : strike(frame, &noise_asset, (uint32_t)i);
            acts[i].play.pitch = i % 2 ? 0 : (double)(i % 37) - 18;
            acts[i].play.gain = 0.1 * (double)(1 + i % 9);
            acts[i].play.frames = i % 7 == 1 ? (int64_t)i * 5 : -1;
            if (i % 10 == 9) {
                acts[i] = (GenAct){.frame = frame,
                                   .kind = GEN_SET,
                                   .param = i % 20 == 9 ? "pitch" : "level",
                                   .value = -(double)(i % 6)};
            }
        }
        gen_same_however_split(&rig, acts, 60, 5000);
        gen_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_at_pitch_0),
        cmocka_unit_test(test_is_in_tune_and_clean),
        cmocka_unit_test(test_does_not_fold_over),
        cmocka_unit_test(test_pitch_may_move),
        cmocka_unit_test(test_a_loop_has_no_seam),
        cmocka_unit_test(test_a_loop_keeps_its_length),
        cmocka_unit_test(test_gates_end_when_released),
        cmocka_unit_test(test_one_voice_chokes_itself),
        cmocka_unit_test(test_the_released_make_room_first),
        cmocka_unit_test(test_survives_a_crowd),
        cmocka_unit_test(test_level_moves_smoothly),
        cmocka_unit_test(test_length_is_what_is_heard),
        cmocka_unit_test(test_enters_where_it_would_have_been),
        cmocka_unit_test(test_any_split_is_the_same),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
