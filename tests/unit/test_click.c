/* Clicks: two pitches, no edge, dead when their length is over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/gen_rig.h"

#include <math.h>

enum { FRAMES = 8192 };

static float out[FRAMES][2];

static GenAct beat(int64_t frame, bool accent)
{
    const QmTrigger play = {.frames = -1, .gain = 1, .accent = accent};
    return (GenAct){.frame = frame, .play = play};
}

static void test_two_pitches(void **unused)
{
    (void)unused;
    GenRig rig;
    gen_open(&rig, "click", 48000);
    gen_set(&rig, "length", 100);
    gen_set(&rig, "level", 0);
    for (int accent = 0; accent < 2; accent++) {
        const GenAct act = beat(0, accent);
        gen_play(&rig, &act, 1, 0, FRAMES, 64, out[0]);
        const double hz = accent ? 1600 : 1000, other = accent ? 1000 : 1600;
        assert_true(fit_sine(out[0], 4800, hz, 48000).amplitude > 0.2);
        assert_true(fit_sine(out[0], 4800, other, 48000).amplitude < 0.01);
        float peak = 0;
        for (int i = 0; i < FRAMES; i++) {
            peak = fmaxf(peak, fabsf(out[i][0]));
            assert_true(out[i][0] == out[i][1]);
            assert_true(i < 4800 || out[i][0] == 0.0f);
        }
        assert_true(out[0][0] == 0.0f && fabsf(out[4799][0]) < 1e-6f);
        assert_true(peak > 0.98f && peak <= 1.0f);
    }
    gen_close(&rig);
}

static void test_a_second_click_does_not_cut_the_first(void **unused)
{
    (void)unused;
    GenRig rig;
    static float first[FRAMES][2], second[FRAMES][2];
    gen_open(&rig, "click", 44100);
    const GenAct acts[] = {beat(0, true), beat(700, false)};
    gen_play(&rig, acts, 1, 0, 3000, 64, first[0]);
    gen_play(&rig, acts + 1, 1, 0, 3000, 64, second[0]);
    gen_play(&rig, acts, 2, 0, 3000, 64, out[0]);
    for (int i = 0; i < 3000; i++) {
        assert_true(fabsf(out[i][0] - (first[i][0] + second[i][0])) < 1e-7f);
    }
    gen_close(&rig);
}

static void test_enters_where_it_would_have_been(void **unused)
{
    (void)unused;
    GenRig rig;
    static float late[FRAMES][2];
    gen_open(&rig, "click", 48000);
    GenAct act = beat(0, true);
    gen_play(&rig, &act, 1, 0, 2000, 64, out[0]);
    act.frame = act.play.played = 640;
    gen_play(&rig, &act, 1, 640, 1360, 64, late[0]);
    assert_memory_equal(out[640], late[0], 1360 * sizeof late[0]);
    gen_close(&rig);
}

static void test_any_split_is_the_same(void **unused)
{
    (void)unused;
    GenRig rig;
    gen_open(&rig, "click", 48000);
    const GenAct acts[] = {beat(3, true), beat(500, false), beat(800, false),
                           beat(900, true)};
    gen_same_however_split(&rig, acts, QM_COUNT(acts), 4000);
    gen_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_pitches),
        cmocka_unit_test(test_a_second_click_does_not_cut_the_first),
        cmocka_unit_test(test_enters_where_it_would_have_been),
        cmocka_unit_test(test_any_split_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
