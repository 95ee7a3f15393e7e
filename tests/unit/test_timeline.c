/* What happens when: clips, patterns, clicks and automation on their frames, in their
 * order. */
/* tests: seq/pattern seq/automation seq/timeline_print */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "seq/timeline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STRIPS = 8, SOUNDS = 2, ONE_SHOT = 0, GATE = 1 };

/* A song at 48 kHz and 120 bpm: a sixteenth is 6000 frames, a bar 96000. Strips: kick
 * (sampler), bass (gated sampler), vox (clips), tone, click, master. Sounds of 10000 and
 * 500000 frames. */
typedef struct Song {
    QmArena arena;
    QmDiag diag;
    QmSession *session;
    QmStrip strips[STRIPS];
    double params[STRIPS][32];
    QmClip clips[64];
    QmPattern patterns[4];
    QmTrack tracks[4][4];
    QmStep steps[4][4][64];
    QmLength nudge[64];
    QmPlacement placements[16];
    QmLane lanes[4];
    QmPoint points[4][16];
    QmClock *clock;
    QmTimeline timeline;
    QmStatus status;
} Song;

enum { KICK, BASS, VOX, TONE, CLICK, MASTER };

static const int64_t sound_frames[SOUNDS] = {10000, 500000};
static QmSound sounds[SOUNDS] = {{.name = "short"}, {.name = "long"}};

static QmPosition at_bar(int32_t bar) { return (QmPosition){QM_POS_BARS, bar, 1, 1, 0}; }
static QmPosition at_beat(int32_t bar, int32_t beat)
{
    return (QmPosition){QM_POS_BARS, bar, beat, 1, 0};
}
static QmLength samples(double n)
{
    return (QmLength){.kind = QM_LEN_SAMPLES, .value = n};
}
static QmLength bars(double n) { return (QmLength){.kind = QM_LEN_BARS, .value = n}; }

static void set_strip(Song *song, int index, const char *name, const char *generator)
{
    QmStrip *strip = &song->strips[index];
    *strip = (QmStrip){.name = name, .input.sound = QM_NONE, .to = MASTER};
    strip->input.generator = qm_gen_find(generator);
    strip->input.params = song->params[index];
    qm_gen_defaults(strip->input.generator, song->params[index]);
}

/* Strips that would sound by themselves are left out: songs take them in when they
 * want. */
static Song *song_open(void)
{
    Song *song = calloc(1, sizeof *song);
    song->session = qm_session_new(&song->arena);
    QmSession *s = song->session;
    song->strips[MASTER] = s->strips[0];
    set_strip(song, KICK, "kick", "sampler");
    set_strip(song, BASS, "bass", "sampler");
    set_strip(song, VOX, "vox", "clip");
    set_strip(song, TONE, "tone", "sampler");
    set_strip(song, CLICK, "click", "sampler");
    song->strips[KICK].input.sound = 0;
    song->strips[BASS].input.sound = 1;
    const int trigger = qm_gen_find_param(qm_gen_find("sampler"), "trigger");
    song->params[BASS][trigger] = GATE;
    song->strips[VOX].input.clips = song->clips;
    s->file = "song.yaml";
    s->strips = song->strips;
    s->n_strips = MASTER + 1;
    s->sounds = sounds;
    s->n_sounds = SOUNDS;
    s->patterns = song->patterns;
    s->placements = song->placements;
    s->lanes = song->lanes;
    return song;
}

static void song_close(Song *song)
{
    qm_arena_release(&song->arena);
    free(song);
}

static void song_run(Song *song)
{
    song->status = qm_clock_new(song->session, &song->arena, &song->diag, &song->clock);
    assert_int_equal(song->status, QM_OK);
    song->status = qm_timeline_new(song->session, song->clock, sound_frames, &song->arena,
                                   &song->diag, &song->timeline);
}

static QmPattern *add_pattern(Song *song, uint32_t n_steps)
{
    const uint32_t i = song->session->n_patterns++;
    song->patterns[i] = (QmPattern){
        .name = "verse",
        .n_steps = n_steps,
        .step = {.kind = QM_LEN_NOTE, .numerator = 1, .denominator = 16},
        .swing = 50,
        .tracks = song->tracks[i],
    };
    return &song->patterns[i];
}

static QmTrack *add_track(Song *song, QmPattern *pattern, int strip, const char *steps)
{
    const size_t p = (size_t)(pattern - song->patterns), t = pattern->n_tracks++;
    QmTrack *track = &pattern->tracks[t];
    *track = (QmTrack){.strip = (uint16_t)strip, .steps = song->steps[p][t]};
    for (; *steps; steps++) {
        const float velocity = *steps == 'X' ? 1.0f : *steps == 'x' ? 0.5f : 0.0f;
        track->steps[track->n_steps++].velocity = velocity;
    }
    return track;
}

static void place(Song *song, uint16_t pattern, QmPosition at, QmLength length)
{
    song->placements[song->session->n_placements++] =
        (QmPlacement){.at = at, .pattern = pattern, .length = length};
}

/* The frames at which `strip` has events of `rank`. */
static size_t frames_of(const Song *song, int strip, QmRank rank, int64_t *frames)
{
    size_t n = 0;
    for (size_t i = 0; i < song->timeline.n_events; i++) {
        const QmEvent *e = &song->timeline.events[i];
        if (e->strip == strip && e->rank == rank) {
            frames[n++] = e->frame;
        }
    }
    return n;
}

static void check_frames(const Song *song, int strip, QmRank rank, const int64_t *frames,
                         size_t n)
{
    int64_t found[256];
    assert_int_equal(frames_of(song, strip, rank, found), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(found[i], frames[i]);
    }
}

#define CHECK_FRAMES(song, strip, rank, ...)                                             \
    check_frames(song, strip, rank, (const int64_t[]){__VA_ARGS__},                      \
                 QM_COUNT(((const int64_t[]){__VA_ARGS__})))

/* --- clips -------------------------------------------------------------------------- */

static void test_clips_on_their_places(void **unused)
{
    (void)unused;
    Song *song = song_open();
    song->clips[0] =
        (QmClip){.sound = 1,
                 .at = at_beat(2, 3),
                 .from = {.kind = QM_LEN_S, .value = 1},
                 .length = {.kind = QM_LEN_BEATS, .value = 2},
                 .fade_in = {.kind = QM_LEN_MS, .value = 10},
                 .fade_out = {.kind = QM_LEN_NOTE, .numerator = 1, .denominator = 16},
                 .gain_db = -20};
    song->clips[1] = (QmClip){.sound = 0,
                              .at = {.kind = QM_POS_SECONDS, .value = 0.5},
                              .from = samples(9000),
                              .length = bars(1)};
    song->strips[VOX].input.n_clips = 2;
    song_run(song);
    assert_int_equal(song->status, QM_OK);
    assert_int_equal(song->timeline.n_events, 2);
    const QmEvent *first = &song->timeline.events[0], *second = &song->timeline.events[1];
    assert_int_equal(first->frame, 24000);
    assert_int_equal(first->trigger.sound, 0);
    assert_int_equal(first->trigger.play.from, 9000);
    assert_int_equal(first->trigger.play.frames, 1000); /* all there is */
    assert_true(first->trigger.play.gain == 1.0);
    assert_int_equal(second->frame, 96000 + 48000);
    assert_int_equal(second->trigger.play.from, 48000);
    assert_int_equal(second->trigger.play.frames, 48000);
    assert_int_equal(second->trigger.play.fade_in, 480);
    assert_int_equal(second->trigger.play.fade_out, 6000);
    assert_true(fabs(second->trigger.play.gain - 0.1) < 1e-15);
    assert_int_equal(song->timeline.end, 144000 + 48000);
    song_close(song);
}

static void test_a_silent_clip_warns(void **unused)
{
    (void)unused;
    Song *song = song_open();
    song->clips[0] = (QmClip){.sound = 0, .at = at_bar(1), .from = samples(10000)};
    song->strips[VOX].input.n_clips = 1;
    song_run(song);
    assert_int_equal(song->status, QM_OK);
    assert_int_equal(song->timeline.n_events, 0);
    assert_int_equal(song->diag.n_warnings, 1);
    assert_string_equal(song->diag.warnings[0],
                        "sources.vox.clips.1: the clip is silent: it "
                        "starts after its sound's end");
    song_close(song);
}

/* --- patterns ----------------------------------------------------------------------- */

static void test_steps_swing_and_velocity(void **unused)
{
    (void)unused;
    Song *song = song_open();
    QmPattern *pattern = add_pattern(song, 8);
    pattern->swing = 54;
    add_track(song, pattern, KICK, "Xx.x..x.");
    place(song, 0, at_bar(2), bars(0));
    song_run(song);
    assert_int_equal(song->status, QM_OK);
    CHECK_FRAMES(song, KICK, QM_RANK_TRIGGER, 96000, 102480, 114480, 132000);
    const QmEvent *events = song->timeline.events;
    assert_true(events[0].trigger.play.gain == 1.0 && events[1].trigger.play.gain == 0.5);
    assert_int_equal(events[0].trigger.sound, 0);
    int64_t none[8];
    assert_int_equal(frames_of(song, KICK, QM_RANK_RELEASE, none), 0); /* one-shot */
    assert_int_equal(song->timeline.end, 132000 + 10000);
    song_close(song);
}

/* 2p/100 - 1 of a step that is no whole number of ticks or frames: one rounding. */
static void test_swing_rounds_once(void **unused)
{
    (void)unused;
    Song *song = song_open();
    song->session->tempo[0].bpm = 133.7;
    QmPattern *pattern = add_pattern(song, 16);
    pattern->swing = 66.67;
    add_track(song, pattern, KICK, "x");
    place(song, 0, at_bar(1), bars(8));
    song_run(song);
    int64_t found[256];
    assert_int_equal(frames_of(song, KICK, QM_RANK_TRIGGER, found), 128);
    const long double step = 60.0L * 48000 / 4 / 133.7L;
    for (int i = 0; i < 128; i++) {
        const long double late = i % 2 ? 2 * 66.67L / 100 - 1 : 0;
        assert_int_equal(found[i], (int64_t)((i + late) * step + 0.5L));
    }
    song_close(song);
}

static void test_nudges_keep_the_order(void **unused)
{
    (void)unused;
    Song *song = song_open();
    QmPattern *pattern = add_pattern(song, 4);
    QmTrack *track = add_track(song, pattern, KICK, "xxxx");
    track->nudge = song->nudge;
    song->nudge[0] = (QmLength){.kind = QM_LEN_MS, .value = -10};
    song->nudge[1] = (QmLength){.kind = QM_LEN_NOTE, .numerator = 1, .denominator = 8};
    song->nudge[3] = (QmLength){.kind = QM_LEN_SAMPLES, .value = -7000};
    place(song, 0, at_bar(1), bars(0));
    place(song, 0, at_bar(2), bars(0));
    song_run(song);
    CHECK_FRAMES(song, KICK, QM_RANK_TRIGGER, 0, 18000, 18000, 18000, 96000 - 480,
                 96000 + 18000, 96000 + 18000, 96000 + 18000);
    song_close(song);
}

static void test_tracks_loop_by_themselves(void **unused)
{
    (void)unused;
    Song *song = song_open();
    QmPattern *pattern = add_pattern(song, 16);
    add_track(song, pattern, KICK, "x..");
    add_track(song, pattern, TONE, "x...............x...............");
    song->strips[TONE].input.sound = 0;
    place(song, 0, at_bar(1),
          (QmLength){.kind = QM_LEN_NOTE, .numerator = 17, .denominator = 16});
    song_run(song);
    CHECK_FRAMES(song, KICK, QM_RANK_TRIGGER, 0, 18000, 36000, 54000, 72000, 90000);
    CHECK_FRAMES(song, TONE, QM_RANK_TRIGGER, 0, 96000);
    song_close(song);
}

static void test_placed_by_time(void **unused)
{
    (void)unused;
    Song *song = song_open();
    add_track(song, add_pattern(song, 4), KICK, "x");
    place(song, 0, (QmPosition){.kind = QM_POS_SAMPLES, .value = 1001}, samples(12001));
    song_run(song);
    CHECK_FRAMES(song, KICK, QM_RANK_TRIGGER, 1001, 7001, 13001);
    song_close(song);
}

static void test_gates_are_released_at_the_next_step(void **unused)
{
    (void)unused;
    Song *song = song_open();
    QmPattern *pattern = add_pattern(song, 4);
    QmTrack *track = add_track(song, pattern, BASS, "xx.x");
    for (int i = 0; i < 4; i++) {
        track->steps[i].semitones = (int8_t)(i - 12);
    }
    place(song, 0, at_bar(1), bars(0));
    song_run(song);
    CHECK_FRAMES(song, BASS, QM_RANK_TRIGGER, 0, 6000, 18000);
    CHECK_FRAMES(song, BASS, QM_RANK_RELEASE, 6000, 12000, 24000);
    const QmEvent *e = song->timeline.events;
    assert_true(e[0].trigger.play.pitch == -12.0 && e[2].trigger.play.pitch == -11.0);
    assert_int_equal(e[1].rank, QM_RANK_RELEASE); /* before what starts on its frame */
    assert_int_equal(e[1].trigger.play.note, e[0].trigger.play.note);
    assert_true(e[2].trigger.play.note != e[0].trigger.play.note);
    assert_int_equal(song->timeline.end, 24000 + 240); /* and its 5 ms of release */
    song_close(song);
}

/* --- by themselves ------------------------------------------------------------------ */

static void test_clicks_go_on_until_the_end(void **unused)
{
    (void)unused;
    Song *song = song_open();
    QmTimeSignature meter[] = {{at_bar(1), 4, 4}, {at_bar(2), 3, 8}};
    song->session->meter = meter;
    song->session->n_meter = 2;
    set_strip(song, CLICK, "click", "click");
    song->clips[0] = (QmClip){.sound = 0, .at = at_bar(3), .length = samples(1)};
    song->strips[VOX].input.n_clips = 1;
    song_run(song);
    CHECK_FRAMES(song, CLICK, QM_RANK_TRIGGER, 0, 24000, 48000, 72000, 96000, 108000,
                 120000, 132000);
    static const bool accents[] = {true, false, false, false, true, false, false, true};
    size_t n = 0;
    for (size_t i = 0; i < song->timeline.n_events; i++) {
        const QmEvent *e = &song->timeline.events[i];
        if (e->strip == CLICK) {
            assert_int_equal(e->trigger.play.accent, accents[n++]);
        }
    }
    assert_int_equal(song->timeline.end, 132000 + 1920);
    song_close(song);
}

static void test_a_tone_sounds_unless_it_is_played(void **unused)
{
    (void)unused;
    for (int played = 0; played < 2; played++) {
        Song *song = song_open();
        set_strip(song, TONE, "tone", "tone");
        QmPattern *pattern = add_pattern(song, 4);
        add_track(song, pattern, played ? TONE : KICK, "..x.");
        place(song, 0, at_bar(1), bars(0));
        song_run(song);
        if (played) {
            CHECK_FRAMES(song, TONE, QM_RANK_TRIGGER, 12000);
            CHECK_FRAMES(song, TONE, QM_RANK_RELEASE, 18000);
        } else {
            CHECK_FRAMES(song, TONE, QM_RANK_TRIGGER, 0);
            assert_int_equal(song->timeline.end, 12000 + 10000);
        }
        song_close(song);
    }
}

/* --- automation --------------------------------------------------------------------- */

static QmLane *add_lane(Song *song, QmTarget target)
{
    const uint32_t i = song->session->n_lanes++;
    song->lanes[i] = (QmLane){.target = target, .points = song->points[i]};
    return &song->lanes[i];
}

static void add_point(QmLane *lane, QmPosition at, double value, QmCurve curve)
{
    lane->points[lane->n_points++] = (QmPoint){at, value, curve};
}

static void test_lanes_are_segments(void **unused)
{
    (void)unused;
    Song *song = song_open();
    QmLane *lane = add_lane(song, (QmTarget){KICK, QM_SLOT_FADER, QM_FADER_PAN});
    add_point(lane, at_bar(2), 0.5, QM_CURVE_LINEAR);
    add_point(lane, at_bar(3), -0.5, QM_CURVE_LINEAR);
    add_point(lane, at_bar(4), 1, QM_CURVE_HOLD);
    add_point(lane, at_bar(5), 0.25, QM_CURVE_EXP);
    song_run(song);
    assert_int_equal(song->status, QM_OK);
    static const struct {
        int64_t frame, frames;
        double from, to;
        QmCurve curve;
    } expected[] = {
        {96000, 0, 0.5, 0.5, QM_CURVE_HOLD},
        {96000, 96000, 0.5, -0.5, QM_CURVE_LINEAR},
        {288000, 0, 1, 1, QM_CURVE_HOLD},
        {288000, 96000, 1, 0.25, QM_CURVE_EXP},
    };
    assert_int_equal(song->timeline.n_events, QM_COUNT(expected));
    for (size_t i = 0; i < QM_COUNT(expected); i++) {
        const QmEvent *e = &song->timeline.events[i];
        assert_int_equal(e->frame, expected[i].frame);
        assert_int_equal(e->param.frames, expected[i].frames);
        assert_true(e->param.from == expected[i].from && e->param.to == expected[i].to);
        assert_int_equal(e->param.curve, expected[i].curve);
    }
    const QmEvent *line = &song->timeline.events[1], *bend = &song->timeline.events[3];
    assert_true(qm_event_value(line, 0) == 0.5 && qm_event_value(line, 1 << 30) == -0.5);
    assert_true(qm_event_value(line, 96000 + 24000) == 0.25);
    assert_true(fabs(qm_event_value(bend, 288000 + 48000) - 0.5) < 1e-15);
    assert_int_equal(song->timeline.end, 384000);
    song_close(song);
}

static void test_exponential_lines_near_zero(void **unused)
{
    (void)unused;
    static const struct {
        double from, to, half;
    } rows[] = {
        {200, 8000, 1264.9110640673518},
        {-1, -4, -2},
        {0, 10, 0.1},
        {10, 0, 0.1},
        {0, -10, -0.1},
        {-1, 1, 0},
        {0, 0, 0.001},
    };
    for (size_t i = 0; i < QM_COUNT(rows); i++) {
        const QmEvent e = {.frame = 100,
                           .param = {{0}, QM_CURVE_EXP, 200, rows[i].from, rows[i].to}};
        assert_true(qm_event_value(&e, 100) == rows[i].from);
        assert_true(qm_event_value(&e, 300) == rows[i].to);
        assert_true(fabs(qm_event_value(&e, 200) - rows[i].half) < 1e-12);
    }
}

/* A level in dB moves straight in dB; a switch does not move at all. */
static void test_levels_and_switches(void **unused)
{
    (void)unused;
    Song *song = song_open();
    QmLane *level = add_lane(song, (QmTarget){KICK, QM_SLOT_FADER, QM_FADER_GAIN});
    add_point(level, at_bar(1), -40, QM_CURVE_LINEAR);
    add_point(level, at_bar(2), 0, QM_CURVE_EXP);
    QmLane *mute = add_lane(song, (QmTarget){BASS, QM_SLOT_FADER, QM_FADER_MUTE});
    add_point(mute, at_bar(1), 1, QM_CURVE_LINEAR);
    add_point(mute, at_bar(2), 0, QM_CURVE_LINEAR);
    song_run(song);
    assert_int_equal(song->timeline.n_events, 4);
    const QmEvent *e = song->timeline.events;
    assert_true(fabs(qm_event_value(&e[1], 48000) + 20) < 1e-12);
    assert_int_equal(e[3].frame, 96000);
    assert_int_equal(e[3].param.frames, 0);
    song_close(song);
}

/* --- order, limits ------------------------------------------------------------------ */

static int key_of(const QmEvent *a, const QmEvent *b)
{
    if (a->frame != b->frame) {
        return a->frame < b->frame ? -1 : 1;
    }
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    return a->strip < b->strip ? -1 : a->strip > b->strip;
}

/* Songs at random: always sorted by (frame, rank, strip, sequence), clips of one
 * strip and frame in the session's order, every release after its trigger, and twice
 * the same. */
static void check_order(uint64_t seed)
{
    Song *song = song_open();
    for (uint64_t i = 0; i < 64; i++) {
        song->clips[i] = (QmClip){.sound = 1,
                                  .at = at_bar(1 + (int32_t)(qm_rand_bits(seed, i) % 5)),
                                  .length = samples((double)i + 1)};
    }
    song->strips[VOX].input.n_clips = 64;
    QmPattern *pattern = add_pattern(song, 16);
    pattern->swing = 40 + (double)(seed % 40);
    add_track(song, pattern, BASS, "xx.x")->nudge = song->nudge;
    add_track(song, pattern, KICK, "xXx.x");
    for (uint64_t i = 0; i < 4; i++) {
        song->nudge[i] = samples(qm_rand(seed, 2, i) * 20000 - 10000);
    }
    for (uint64_t i = 0; i < 8; i++) {
        place(song, 0, at_bar(1 + (int32_t)(qm_rand_bits(seed, 100 + i) % 5)), bars(1.5));
    }
    song_run(song);
    assert_int_equal(song->status, QM_OK);
    uint32_t clip = 0;
    int64_t *started = calloc(song->timeline.n_events + 1, sizeof *started);
    for (uint32_t i = 0; i < song->timeline.n_events; i++) {
        const QmEvent *e = &song->timeline.events[i];
        const QmTrigger *play = &e->trigger.play;
        assert_int_equal(e->sequence, i);
        const bool same = i > 0 && key_of(e - 1, e) == 0;
        assert_true(i == 0 || key_of(e - 1, e) <= 0);
        if (e->strip == VOX) {
            assert_true(!same || e[-1].trigger.play.frames < play->frames);
            clip++;
        }
        if (e->rank == QM_RANK_TRIGGER) {
            started[play->note] = e->frame + 1;
        } else {
            assert_true(started[play->note] != 0 && started[play->note] <= e->frame);
        }
    }
    assert_int_equal(clip, 64);
    const QmTimeline first = song->timeline;
    song_run(song);
    assert_int_equal(song->timeline.n_events, first.n_events);
    assert_int_equal(song->timeline.end, first.end);
    assert_memory_equal(song->timeline.events, first.events,
                        first.n_events * sizeof *first.events);
    free(started);
    song_close(song);
}

static void test_events_have_one_order(void **unused)
{
    (void)unused;
    for (uint64_t seed = 0; seed < 50; seed++) {
        check_order(seed);
    }
}

static void check_refused(Song *song, const char *message)
{
    song_run(song);
    assert_int_equal(song->status, QM_ERR_INPUT);
    assert_string_equal(song->diag.text, message);
    song_close(song);
}

static void test_refuses_what_cannot_be(void **unused)
{
    (void)unused;
    const QmPlace here = {"song.yaml", 7, 3};
    Song *song = song_open();
    add_track(song, add_pattern(song, 16), KICK, "x...");
    place(song, 0, at_bar(1), bars(1e9));
    song->placements[0].place = here;
    check_refused(song,
                  "song.yaml:7:3: the song has too many events: more than 16777216");

    song = song_open();
    set_strip(song, CLICK, "click", "click");
    song->strips[CLICK].input.place = here;
    QmLane *lane = add_lane(song, (QmTarget){KICK, QM_SLOT_FADER, QM_FADER_PAN});
    add_point(lane, at_bar(100000000), 0, QM_CURVE_HOLD);
    check_refused(song,
                  "song.yaml:7:3: the song has too many events: more than 16777216");

    song = song_open();
    lane = add_lane(song, (QmTarget){KICK, QM_SLOT_FADER, QM_FADER_PAN});
    lane->place = here;
    add_point(lane, at_bar(2), 0, QM_CURVE_HOLD);
    add_point(lane, at_bar(1), 0, QM_CURVE_HOLD);
    check_refused(song,
                  "song.yaml:7:3: automation.kick.fader.pan: point 2 is before the one "
                  "in front of it");

    song = song_open();
    lane = add_lane(song, (QmTarget){KICK, QM_SLOT_FADER, QM_FADER_PAN});
    lane->place = here;
    add_point(lane, (QmPosition){.kind = QM_POS_SECONDS, .value = 1e30}, 0,
              QM_CURVE_HOLD);
    check_refused(song,
                  "song.yaml:7:3: expected a place nearer to the start of the song");

    song = song_open();
    add_track(song, add_pattern(song, 16), VOX, "x...")->place = here;
    place(song, 0, at_bar(1), bars(0));
    check_refused(
        song, "song.yaml:7:3: patterns.verse.tracks: 'vox' is not played by patterns");
}

static void test_minds_every_allocation(void **unused)
{
    (void)unused;
    for (uint64_t fail = 1;; fail++) {
        Song *song = song_open();
        add_track(song, add_pattern(song, 16), BASS, "x.x.");
        place(song, 0, at_bar(1), bars(3));
        assert_int_equal(qm_clock_new(song->session, &song->arena, NULL, &song->clock),
                         QM_OK);
        song->arena.fail_at = song->arena.calls + fail;
        song->status = qm_timeline_new(song->session, song->clock, sound_frames,
                                       &song->arena, &song->diag, &song->timeline);
        const QmStatus status = song->status;
        song_close(song);
        if (status == QM_OK) {
            assert_true(fail > 2); /* the events, and the room to sort them */
            return;
        }
        assert_int_equal(status, QM_ERR_MEMORY);
    }
}

static void test_is_told_in_a_table(void **unused)
{
    (void)unused;
    Song *song = song_open();
    add_track(song, add_pattern(song, 4), BASS, "..x.");
    song->steps[0][0][2].semitones = -5;
    place(song, 0, at_bar(2), bars(0));
    QmLane *lane = add_lane(song, (QmTarget){KICK, QM_SLOT_FADER, QM_FADER_GAIN});
    add_point(lane, at_bar(1), -3.5, QM_CURVE_LINEAR);
    add_point(lane, at_beat(1, 3), 0, QM_CURVE_LINEAR);
    song_run(song);
    QmText text;
    qm_text_init(&text, &song->arena);
    qm_timeline_print(song->session, song->clock, &song->timeline, &text);
    assert_string_equal(
        text.data,
        "timeline: 4 events, end at frame 114240\n"
        "1.1.1                 0   kick                kick.fader.gain -3.5\n"
        "1.1.1                 0   kick                kick.fader.gain -3.5 -> 0 in "
        "48000 (linear)\n"
        "2.1.3            108000   bass                play long #1, -6.0 dB, pitch -5\n"
        "2.1.4            114000   bass                release #1\n");
    song_close(song);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clips_on_their_places),
        cmocka_unit_test(test_a_silent_clip_warns),
        cmocka_unit_test(test_steps_swing_and_velocity),
        cmocka_unit_test(test_swing_rounds_once),
        cmocka_unit_test(test_nudges_keep_the_order),
        cmocka_unit_test(test_tracks_loop_by_themselves),
        cmocka_unit_test(test_placed_by_time),
        cmocka_unit_test(test_gates_are_released_at_the_next_step),
        cmocka_unit_test(test_clicks_go_on_until_the_end),
        cmocka_unit_test(test_a_tone_sounds_unless_it_is_played),
        cmocka_unit_test(test_lanes_are_segments),
        cmocka_unit_test(test_exponential_lines_near_zero),
        cmocka_unit_test(test_levels_and_switches),
        cmocka_unit_test(test_events_have_one_order),
        cmocka_unit_test(test_refuses_what_cannot_be),
        cmocka_unit_test(test_minds_every_allocation),
        cmocka_unit_test(test_is_told_in_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
