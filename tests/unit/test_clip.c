/* Clips: the sound's own samples, fades that add up, voices that make room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "tests/support/gen_rig.h"

#include <math.h>
#include <string.h>

enum { FRAMES = 1000 };

static float noise[FRAMES][2], ones[FRAMES][2];
static const QmAsset noise_asset = {.name = "noise",
                                    .frames = FRAMES,
                                    .resident = noise[0]};
static const QmAsset ones_asset = {.name = "ones", .frames = FRAMES, .resident = ones[0]};

static int fill(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < FRAMES; i++) {
        noise[i][0] = (float)qm_rand(1, 1, i) - 0.5f;
        noise[i][1] = (float)qm_rand(1, 2, i) - 0.5f;
        ones[i][0] = ones[i][1] = 1.0f;
    }
    noise[7][0] = -0.0f;
    noise[8][0] = 1e-42f; /* a denormal */
    return 0;
}

static GenAct play(int64_t frame, const QmAsset *asset, int64_t from, int64_t frames)
{
    const QmTrigger trigger = {.asset = asset, .from = from, .frames = frames, .gain = 1};
    return (GenAct){.frame = frame, .play = trigger};
}

static void test_copies_the_bits(void **unused)
{
    (void)unused;
    GenRig rig;
    static float out[1500][2];
    gen_open(&rig, "clip", 48000);
    const GenAct acts[] = {play(100, &noise_asset, 0, -1)};
    gen_play(&rig, acts, 1, 0, 1500, 0, out[0]);
    static const float silence[1500][2];
    assert_memory_equal(out, silence, 100 * sizeof out[0]);
    assert_memory_equal(out[100], noise, sizeof noise);
    assert_memory_equal(out[1100], silence, 400 * sizeof out[0]);
    gen_close(&rig);
}

static void test_plays_a_part(void **unused)
{
    (void)unused;
    GenRig rig;
    static float out[300][2];
    gen_open(&rig, "clip", 48000);
    const GenAct acts[] = {play(10, &noise_asset, 500, 100),
                           play(110, &noise_asset, 990, 50)};
    gen_play(&rig, acts, 2, 0, 300, 0, out[0]);
    assert_memory_equal(out[10], noise[500], 100 * sizeof out[0]);
    assert_memory_equal(out[110], noise[990], 10 * sizeof out[0]);
    for (int i = 120; i < 300; i++) {
        assert_true(out[i][0] == 0.0f && out[i][1] == 0.0f); /* behind the sound's end */
    }
    gen_close(&rig);
}

static void test_crossing_fades_add_up_to_one(void **unused)
{
    (void)unused;
    GenRig rig;
    static float out[1500][2];
    gen_open(&rig, "clip", 48000);
    GenAct acts[] = {play(0, &ones_asset, 0, 800), play(600, &ones_asset, 0, 800)};
    acts[0].play.fade_out = 200;
    acts[1].play.fade_in = 200;
    acts[1].play.fade_out = 100;
    gen_play(&rig, acts, 2, 0, 1500, 0, out[0]);
    for (int i = 0; i < 1300; i++) {
        assert_true(fabsf(out[i][0] - 1.0f) < 2e-7f);
    }
    assert_true(fabsf(out[1300][1] - 0.995f) < 1e-6f);
    assert_true(fabsf(out[1399][1] - 0.005f) < 1e-6f);
    assert_true(out[1400][1] == 0.0f);
    gen_close(&rig);
}

static void test_a_ninth_voice_takes_the_oldest_place(void **unused)
{
    (void)unused;
    GenRig rig;
    static float out[512][2];
    gen_open(&rig, "clip", 48000);
    GenAct acts[9];
    for (int i = 0; i < 9; i++) {
        acts[i] = play(i < 8 ? i : 256, &ones_asset, 0, -1);
        acts[i].play.gain = i == 0 ? 16 : 1;
    }
    gen_play(&rig, acts, 9, 0, 512, 0, out[0]);
    assert_true(out[255][0] == 23.0f);
    for (int i = 0; i < 64; i++) {
        assert_true(fabsf(out[256 + i][0] - (8.0f + 16.0f * (63.5f - (float)i) / 64)) <
                    1e-5f);
    }
    assert_true(out[320][0] == 8.0f);
    gen_close(&rig);
}

/* More at once than there are voices and spare ones: no crash, and the newest are
 * heard. */
static void test_survives_a_crowd(void **unused)
{
    (void)unused;
    GenRig rig;
    static float out[256][2];
    GenAct acts[100];
    gen_open(&rig, "clip", 48000);
    for (int i = 0; i < 100; i++) {
        acts[i] = play(i / 3, &ones_asset, 0, -1);
    }
    gen_play(&rig, acts, 100, 0, 256, 0, out[0]);
    assert_true(out[200][0] == 8.0f);
    gen_close(&rig);
}

static void test_enters_where_it_would_have_been(void **unused)
{
    (void)unused;
    GenRig rig;
    static float whole[700][2], late[700][2];
    gen_open(&rig, "clip", 48000);
    GenAct acts[] = {play(0, &noise_asset, 13, 700)};
    acts[0].play.fade_in = 500;
    acts[0].play.fade_out = 400;
    acts[0].play.gain = 0.3;
    gen_play(&rig, acts, 1, 0, 700, 0, whole[0]);
    acts[0].frame = acts[0].play.played = 320;
    gen_play(&rig, acts, 1, 320, 380, 0, late[0]);
    assert_memory_equal(whole[320], late[0], 380 * sizeof late[0]);
    gen_close(&rig);
}

static void test_any_split_is_the_same(void **unused)
{
    (void)unused;
    GenRig rig;
    gen_open(&rig, "clip", 48000);
    GenAct acts[24];
    for (uint64_t i = 0; i < 24; i++) {
        acts[i] = play((int64_t)i * 37 + (int64_t)(i % 5) * 7, &noise_asset,
                       (int64_t)(qm_rand_bits(3, i) % 300),
                       (int64_t)(qm_rand_bits(4, i) % 900) - 1);
        acts[i].play.gain = i % 3 ? 1.0 : 0.77;
        acts[i].play.fade_in = (int64_t)(i % 4) * 50;
        acts[i].play.fade_out = (int64_t)(i % 7) * 30;
    }
    gen_same_however_split(&rig, acts, 24, 2000);
    gen_close(&rig);
}

static void test_length_is_what_is_heard(void **unused)
{
    (void)unused;
    const QmGenDesc *clip = qm_gen_find("clip");
    const QmTrigger whole = {.from = 100, .frames = -1}, part = {.frames = 30};
    const QmTrigger beyond = {.from = 2000, .frames = -1};
    assert_int_equal(clip->length(NULL, NULL, &whole, 1000, -1), 900);
    assert_int_equal(clip->length(NULL, NULL, &part, 1000, 5), 30);
    assert_int_equal(clip->length(NULL, NULL, &beyond, 1000, -1), 0);
    assert_null(clip->release);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_the_bits),
        cmocka_unit_test(test_plays_a_part),
        cmocka_unit_test(test_crossing_fades_add_up_to_one),
        cmocka_unit_test(test_a_ninth_voice_takes_the_oldest_place),
        cmocka_unit_test(test_survives_a_crowd),
        cmocka_unit_test(test_enters_where_it_would_have_been),
        cmocka_unit_test(test_any_split_is_the_same),
        cmocka_unit_test(test_length_is_what_is_heard),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
