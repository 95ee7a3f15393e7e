/* links: render */
/* The player: what a device hears is what the executor computes, whatever it asks for at
 * a time and however often somebody stops and starts. */
#include "render/player.h"

#include "tests/support/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { N = 8192, END = N - 100 };

static float song[2 * N]; /* as the executor computes it, frame 0 to N */

typedef struct Stage {
    Rig rig;
    QmPlayer *player;
    float left[2 * N], right[2 * N]; /* what the device heard */
    uint32_t heard;
} Stage;

static Stage stage;

/* Three strips with a compressor, a limiter on the master: state and latency to get
 * wrong. */
static int set_up(void **unused)
{
    (void)unused;
    memset(&stage, 0, sizeof stage);
    rig_start(&stage.rig, 3, 0);
    rig_set(rig_insert(&stage.rig, 0, "compressor", 0), 0, "threshold", -30);
    rig_insert(&stage.rig, 3, "limiter", 0);
    rig_build(&stage.rig, QM_ISA_BEST, NULL, 0);
    stage.rig.plan.frames = END;
    rig_run(&stage.rig, N, song);
    assert_true(stage.rig.plan.latency > 0);
    assert_int_equal(qm_player_new(&stage.rig.plan, &stage.rig.arena, NULL,
                                   &stage.player),
                     QM_OK);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    rig_end(&stage.rig);
    return 0;
}

static void tell(QmVerb verb, int64_t frame)
{
    assert_true(qm_player_send(stage.player, (QmCommand){verb, frame}));
}

static void hear(uint32_t n)
{
    float *const channels[] = {stage.left + stage.heard, stage.right + stage.heard};
    assert_true(stage.heard + n <= 2 * N);
    qm_player_process(stage.player, n, channels);
    stage.heard += n;
}

/* Frames [at, at + n) of what was heard are the song's from `frame` on. */
static void assert_song(uint32_t at, int64_t frame, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        assert_true(stage.left[at + i] == song[2 * (frame + i)]);
        assert_true(stage.right[at + i] == song[2 * (frame + i) + 1]);
    }
}

static void assert_silence(uint32_t at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        assert_true(stage.left[at + i] == 0.0f && stage.right[at + i] == 0.0f);
}

static void it_stands_until_told(void **unused)
{
    (void)unused;
    memset(stage.left, 1, sizeof stage.left);
    memset(stage.right, 1, sizeof stage.right);
    hear(1000);
    assert_silence(0, 1000);
    assert_int_equal(qm_player_state(stage.player).mode, QM_PLAYER_STOPPED);
    assert_int_equal(qm_player_state(stage.player).frame, 0);
}

static void any_period_plays_the_song(void **unused)
{
    (void)unused;
    static const uint32_t periods[] = {1, 7, 64, 100, 128, 1000, 1024, 333};
    tell(QM_VERB_PLAY, 0);
    assert_true(qm_player_state(stage.player).waiting);
    for (uint32_t i = 0; stage.heard + 1024 <= END; i++)
        hear(periods[i % (sizeof periods / sizeof periods[0])]);
    assert_song(0, 0, stage.heard);
    const QmPlayerState state = qm_player_state(stage.player);
    assert_int_equal(state.mode, QM_PLAYER_PLAYING);
    assert_int_equal(state.frame, stage.heard);
    assert_false(state.waiting);
}

/* A stop waits for the grid, and play goes on with the next frame. */
static void stop_and_play_lose_nothing(void **unused)
{
    (void)unused;
    tell(QM_VERB_PLAY, 0);
    hear(100);
    tell(QM_VERB_STOP, 0);
    hear(100); /* 28 frames to the grid, then silence */
    hear(500);
    assert_int_equal(qm_player_state(stage.player).mode, QM_PLAYER_STOPPED);
    assert_int_equal(qm_player_state(stage.player).frame, 128);
    tell(QM_VERB_PLAY, 0);
    hear(3000);
    assert_song(0, 0, 128);
    assert_silence(128, 700 - 128);
    assert_song(700, 128, 3000);
}

/* From the beginning of a quantum the executor starts afresh: the same as a first time
 * there. */
static void locate_goes_there_now(void **unused)
{
    (void)unused;
    tell(QM_VERB_PLAY, 0);
    hear(1000);
    tell(QM_VERB_LOCATE, 20);
    hear(2000);
    assert_song(0, 0, 1024);
    assert_song(1024, 0, 3000 - 1024);
    tell(QM_VERB_STOP, 0);
    hear(100);
    tell(QM_VERB_LOCATE, 641);
    hear(100);
    assert_int_equal(qm_player_state(stage.player).frame, 640);
    assert_int_equal(qm_player_state(stage.player).mode, QM_PLAYER_STOPPED);
}

static void the_end_is_silent_and_play_begins_anew(void **unused)
{
    (void)unused;
    tell(QM_VERB_PLAY, 0);
    hear(END + 500);
    assert_song(0, 0, END);
    assert_silence(END, 500);
    assert_int_equal(qm_player_state(stage.player).mode, QM_PLAYER_ENDED);
    const uint32_t again = stage.heard;
    tell(QM_VERB_STOP, 0);
    tell(QM_VERB_PLAY, 0);
    hear(2000);
    assert_song(again, 0, 2000);
    tell(QM_VERB_LOCATE, INT64_C(1)
                             << 50); /* behind the end: the last grid line before it */
    hear(500);
    assert_int_equal(qm_player_state(stage.player).mode, QM_PLAYER_ENDED);
    tell(QM_VERB_LOCATE, 0);
    hear(1);
    assert_int_equal(qm_player_state(stage.player).mode, QM_PLAYER_STOPPED);
}

static void peaks_are_the_largest_sample_since_asked(void **unused)
{
    (void)unused;
    tell(QM_VERB_PLAY, 0);
    hear(300);
    hear(724);
    float peak = 0;
    for (uint32_t i = 0; i < 1024; i++) {
        const float size = stage.right[i] < 0 ? -stage.right[i] : stage.right[i];
        peak = size > peak ? size : peak;
    }
    assert_true(peak > 0.1f);
    assert_true(qm_player_peak(stage.player, 1) == peak);
    assert_true(qm_player_peak(stage.player, 1) == 0.0f);
}

static void a_channel_may_be_missing(void **unused)
{
    (void)unused;
    float *const channels[] = {NULL, stage.right};
    tell(QM_VERB_PLAY, 0);
    qm_player_process(stage.player, 500, channels);
    for (uint32_t i = 0; i < 500; i++)
        assert_true(stage.right[i] == song[2 * i + 1]);
}

static void too_many_commands_are_refused(void **unused)
{
    (void)unused;
    for (int i = 0; i < QM_PLAYER_COMMANDS; i++)
        tell(i % 2 ? QM_VERB_PLAY : QM_VERB_STOP, 0);
    assert_false(qm_player_send(stage.player, (QmCommand){QM_VERB_STOP, 0}));
    hear(64); /* all of them at once: the last one wins */
    assert_song(0, 0, 64);
    assert_false(qm_player_state(stage.player).waiting);
    tell(QM_VERB_STOP, 0);
}

static void says_when_there_is_no_memory(void **unused)
{
    (void)unused;
    QmPlayer *player = NULL;
    QmArena arena = {0};
    assert_int_equal(qm_player_new(&stage.rig.plan, &arena, NULL, &player), QM_OK);
    const uint64_t calls = arena.calls;
    qm_arena_release(&arena);
    for (uint64_t n = 1; n <= calls; n++) {
        arena = (QmArena){.fail_at = n};
        assert_int_equal(qm_player_new(&stage.rig.plan, &arena, NULL, &player),
                         QM_ERR_MEMORY);
        qm_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_stands_until_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_period_plays_the_song, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stop_and_play_lose_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(locate_goes_there_now, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_end_is_silent_and_play_begins_anew, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(peaks_are_the_largest_sample_since_asked, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_channel_may_be_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_commands_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_when_there_is_no_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
