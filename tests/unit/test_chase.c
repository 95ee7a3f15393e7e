/* A render that starts inside of the song: what began before is entered, with the bits
 * of a render that came the whole way. */
/* tests: graph/control */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "graph/exec.h"
#include "proc/asset.h"

#include <string.h>

enum { TONE, CLIP, SHOT, LOOP, GATE, MASTER, STRIPS, SOUND = 60000, N = 48000 };

static float sound[SOUND][2], whole[N][2], late[N][2];

typedef struct Song {
    QmArena arena;
    QmSession *session;
    QmStrip strips[STRIPS];
    double params[STRIPS][32];
    QmSound sounds[1];
    QmClip clip;
    QmStep steps[3][1];
    QmTrack tracks[3];
    QmPattern pattern;
    QmPlacement placement;
    QmClock *clock;
    QmTimeline timeline;
    QmGraph graph;
    QmAsset asset;
    QmPlan plan;
    QmExec *exec;
} Song;

static void set_strip(Song *song, uint16_t index, const char *name, const char *generator)
{
    QmStrip *strip = &song->strips[index];
    qm_strip_init(strip, name, QM_STRIP_SOURCE);
    strip->to = MASTER;
    strip->input.generator = qm_gen_find(generator);
    strip->input.params = song->params[index];
    qm_gen_defaults(strip->input.generator, song->params[index]);
}

static void set_sampler(Song *song, uint16_t index, const char *name, double trigger)
{
    set_strip(song, index, name, "sampler");
    const QmGenDesc *sampler = song->strips[index].input.generator;
    song->params[index][qm_gen_find_param(sampler, "trigger")] = trigger;
    song->params[index][qm_gen_find_param(sampler, "attack")] = 400;
    song->strips[index].input.sound = 0;
    QmTrack *track = &song->tracks[index - SHOT];
    *track = (QmTrack){.strip = index, .steps = song->steps[index - SHOT], .n_steps = 1};
    track->steps[0] = (QmStep){0.7f, (int8_t)(index * 3)};
    song->pattern.n_tracks++;
}

static void write_song(Song *song)
{
    const QmPosition start = {QM_POS_BARS, 1, 1, 1, 0};
    song->sounds[0].name = "noise";
    song->pattern =
        (QmPattern){.name = "p", .n_steps = 1, .swing = 50, .tracks = song->tracks};
    song->pattern.step =
        (QmLength){.kind = QM_LEN_NOTE, .numerator = 2, .denominator = 1};
    set_strip(song, TONE, "tone", "tone");
    set_strip(song, CLIP, "clip", "clip");
    set_sampler(song, SHOT, "shot", 0);
    set_sampler(song, LOOP, "loop", 2);
    set_sampler(song, GATE, "gate", 1);
    song->clip = (QmClip){.at = start, .gain_db = -3};
    song->clip.fade_in = (QmLength){.kind = QM_LEN_S, .value = 0.8};
    song->strips[CLIP].input.clips = &song->clip;
    song->strips[CLIP].input.n_clips = 1;
    song->placement = (QmPlacement){.at = start};
}

static void song_open(Song *song)
{
    memset(song, 0, sizeof *song);
    QmSession *session = song->session = qm_session_new(&song->arena);
    assert_non_null(session);
    song->strips[MASTER] = session->strips[0];
    write_song(song);
    session->strips = song->strips;
    session->n_strips = STRIPS;
    session->sounds = song->sounds;
    session->n_sounds = 1;
    session->patterns = &song->pattern;
    session->placements = &song->placement;
    session->n_patterns = session->n_placements = 1;
    const int64_t frames = SOUND;
    const QmPlanRequest request = {.isa = QM_ISA_BEST};
    QmArena *arena = &song->arena;
    song->asset = (QmAsset){.name = "noise", .frames = SOUND, .resident = sound[0]};
    assert_int_equal(qm_clock_new(session, arena, NULL, &song->clock), QM_OK);
    assert_int_equal(qm_timeline_new(session, song->clock, &frames, arena, NULL,
                                     &song->timeline),
                     QM_OK);
    assert_int_equal(qm_graph_new(session, arena, NULL, &song->graph), QM_OK);
    assert_int_equal(qm_plan_new(&song->graph, &song->timeline, &song->asset, song->clock,
                                 &request, arena, NULL, &song->plan),
                     QM_OK);
    assert_int_equal(qm_exec_new(&song->plan, QM_QUANTUM, arena, NULL, &song->exec),
                     QM_OK);
}

static void run(Song *song, int64_t from, float (*out)[2])
{
    qm_exec_locate(song->exec, from);
    for (int64_t at = from; at < N; at += QM_QUANTUM) {
        for (uint32_t op = 0; op < song->plan.n_ops; op++) {
            qm_exec_run(song->exec, op, at, 1);
        }
        qm_exec_pick_up(song->exec, &song->plan.outputs[0], at, QM_QUANTUM, out[at], 2);
    }
}

static int fill(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < SOUND; i++) {
        sound[i][0] = (float)qm_rand(1, 1, i) - 0.5f;
        sound[i][1] = (float)qm_rand(1, 2, i) - 0.5f;
    }
    return 0;
}

/* Each strip alone: `from` lies within fade, attack, and note. */
static void test_each_generator_is_entered(void **unused)
{
    (void)unused;
    for (uint16_t solo = TONE; solo < MASTER; solo++) {
        Song song;
        song_open(&song);
        for (uint16_t i = TONE; i < MASTER; i++) {
            song.strips[i].fader.mute = i != solo;
        }
        run(&song, 0, whole);
        float peak = 0;
        for (int i = 12800; i < N; i++) {
            peak = whole[i][0] > peak ? whole[i][0] : peak;
        }
        assert_true(peak > 0.05f);
        run(&song, 12800, late);
        assert_memory_equal(whole[12800], late[12800], (N - 12800) * sizeof late[0]);
        qm_arena_release(&song.arena);
    }
}

/* Held notes that were released before are not heard again. */
static void test_what_was_released_stays_so(void **unused)
{
    (void)unused;
    Song song;
    song_open(&song);
    song.pattern.step.denominator = 16; /* an eighth: 12000 frames */
    song.pattern.step.numerator = 2;
    const int64_t frames = SOUND;
    assert_int_equal(qm_timeline_new(song.session, song.clock, &frames, &song.arena, NULL,
                                     &song.timeline),
                     QM_OK);
    const QmPlanRequest request = {.isa = QM_ISA_BEST};
    assert_int_equal(qm_plan_new(&song.graph, &song.timeline, &song.asset, song.clock,
                                 &request, &song.arena, NULL, &song.plan),
                     QM_OK);
    assert_int_equal(qm_exec_new(&song.plan, QM_QUANTUM, &song.arena, NULL, &song.exec),
                     QM_OK);
    run(&song, 0, whole);
    run(&song, 12800, late);
    assert_memory_equal(whole[12800], late[12800], (N - 12800) * sizeof late[0]);
    qm_arena_release(&song.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_generator_is_entered),
        cmocka_unit_test(test_what_was_released_stays_so),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
