/* Musical time to frames: exact over a day, through ramps and changes of meter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "seq/clock.h"

#include <math.h>
#include <string.h>

typedef __int128 Wide;

typedef struct Song {
    QmArena arena;
    QmSession *session;
    QmDiag diag;
    QmClock *clock;
} Song;

static QmPosition bar(int32_t b) { return (QmPosition){QM_POS_BARS, b, 1, 1, 0}; }

static void song_open(Song *song)
{
    memset(song, 0, sizeof *song);
    song->session = qm_session_new(&song->arena);
    assert_non_null(song->session);
}

static QmStatus song_start(Song *song)
{
    return qm_clock_new(song->session, &song->arena, &song->diag, &song->clock);
}

static void set_tempo(Song *song, const QmTempo *tempo, uint32_t n)
{
    song->session->tempo = qm_arena_grow(&song->arena, tempo, n, n, sizeof *tempo);
    song->session->n_tempo = n;
}

static void set_meter(Song *song, const QmTimeSignature *meter, uint32_t n)
{
    song->session->meter = qm_arena_grow(&song->arena, meter, n, n, sizeof *meter);
    song->session->n_meter = n;
}

static void song_close(Song *song) { qm_arena_release(&song->arena); }

/* --- frames ------------------------------------------------------------------------- */

/* round(tick * 60 * rate / (QM_TICKS * bpm)), bpm = nano / 10^9, all of it in integers */
static int64_t exact_frame(int64_t tick, int64_t nano, uint32_t rate)
{
    const Wide twice = (Wide)2 * tick * 60 * rate * 1000000000;
    const Wide per = (Wide)QM_TICKS * nano;
    return (int64_t)((twice + per) / (2 * per));
}

/* Sixteenths of a whole day, and odd ticks between them. */
static void check_a_day(double bpm, int64_t nano, uint32_t rate)
{
    Song song;
    song_open(&song);
    song.session->rate = rate;
    song.session->tempo[0].bpm = bpm;
    assert_int_equal(song_start(&song), QM_OK);
    const int64_t day = (int64_t)(bpm * 60 * 24) * QM_TICKS;
    for (int64_t i = 0; i < 20000; i++) {
        const int64_t sixteenths = day / 20000 * i / (QM_TICKS / 4) * (QM_TICKS / 4);
        const int64_t odd = (int64_t)(qm_rand(1, nano, (uint64_t)i) * (double)day);
        assert_int_equal(qm_clock_frame_of_tick(song.clock, sixteenths),
                         exact_frame(sixteenths, nano, rate));
        assert_int_equal(qm_clock_frame_of_tick(song.clock, odd),
                         exact_frame(odd, nano, rate));
    }
    song_close(&song);
}

static void test_a_day_has_no_drift(void **unused)
{
    (void)unused;
    static const struct {
        double bpm;
        int64_t nano;
    } tempos[] = {
        {126, 126000000000}, {33.3, 33300000000},   {120, 120000000000},
        {1, 1000000000},     {97.001, 97001000000}, {999.999999999, 999999999999},
    };
    static const uint32_t rates[] = {8000, 44100, 48000, 192000};
    for (size_t i = 0; i < QM_COUNT(tempos); i++) {
        for (size_t k = 0; k < QM_COUNT(rates); k++) {
            check_a_day(tempos[i].bpm, tempos[i].nano, rates[k]);
        }
    }
}

static void test_many_changes_do_not_add_up(void **unused)
{
    (void)unused;
    enum { CHANGES = 4000 };
    static QmTempo tempo[CHANGES];
    Song song;
    song_open(&song);
    song.session->rate = 192000;
    for (int i = 0; i < CHANGES; i++) {
        tempo[i] = (QmTempo){.at = bar(1 + i), .bpm = 60 + i % 97};
    }
    set_tempo(&song, tempo, CHANGES);
    assert_int_equal(song_start(&song), QM_OK);
    /* The whole sum over a common denominator would be too large: 97 tempos, each
     * counted. */
    int64_t bars_at[97] = {0};
    for (int i = 0; i < CHANGES; i++) {
        long double frames = 0;
        for (int k = 0; k < 97; k++) {
            frames += (long double)bars_at[k] * 4 * 60 * 192000 / (60 + k);
        }
        const int64_t tick = (int64_t)i * 4 * QM_TICKS;
        assert_int_equal(qm_clock_frame_of_tick(song.clock, tick),
                         (int64_t)(frames + 0.5L));
        bars_at[i % 97]++;
    }
    song_close(&song);
}

static void test_a_ramp_is_linear_in_beats(void **unused)
{
    (void)unused;
    const QmTempo tempo[] = {{bar(1), 126, false},
                             {bar(33), 140, true},
                             {bar(40), 90, false}};
    Song song;
    song_open(&song);
    set_tempo(&song, tempo, 3);
    assert_int_equal(song_start(&song), QM_OK);
    const long double slope = (140.0L - 126.0L) / 128;
    long double end = 0;
    for (int quarter = 0; quarter <= 128; quarter++) {
        const long double seconds = 60 / slope * logl(1 + slope * quarter / 126);
        end = seconds;
        assert_int_equal(qm_clock_frame_of_tick(song.clock, (int64_t)quarter * QM_TICKS),
                         (int64_t)(seconds * 48000 + 0.5L));
    }
    const long double after = (end + 28 * 60 / 140.0L + 1 * 60 / 90.0L) * 48000;
    const int64_t tick = (int64_t)(128 + 28 + 1) * QM_TICKS;
    assert_int_equal(qm_clock_frame_of_tick(song.clock, tick), (int64_t)(after + 0.5L));
    song_close(&song);
}

static void test_the_flattest_ramp_is_nearly_none(void **unused)
{
    (void)unused;
    const QmTempo tempo[] = {{bar(1), 120, false}, {bar(100001), 120.000000001, true}};
    Song song;
    song_open(&song);
    set_tempo(&song, tempo, 2);
    assert_int_equal(song_start(&song), QM_OK);
    /* On average 120.0000000005 bpm: 0.04 frames short of 200000 s. */
    const int64_t tick = INT64_C(400000) * QM_TICKS;
    assert_int_equal(qm_clock_frame_of_tick(song.clock, tick), INT64_C(9600000000));
    assert_int_equal(qm_clock_frame_of_tick(song.clock, tick / 2), INT64_C(4800000000));
    song_close(&song);
}

static void test_finds_back_the_tick(void **unused)
{
    (void)unused;
    const QmTempo tempo[] = {{bar(1), 999, false},
                             {bar(9), 40, true},
                             {bar(20), 111.1, false}};
    Song song;
    song_open(&song);
    song.session->rate = 8000;
    set_tempo(&song, tempo, 3);
    assert_int_equal(song_start(&song), QM_OK);
    for (int64_t i = 0; i < 5000; i++) {
        const int64_t grid = i * 420; /* 1/192 */
        const int64_t frame = qm_clock_frame_of_tick(song.clock, grid);
        assert_int_equal(qm_clock_tick_of_frame(song.clock, frame), grid);
        const int64_t tick = qm_clock_tick_of_frame(song.clock, i * 31);
        assert_true(qm_clock_frame_of_tick(song.clock, tick) <= i * 31);
        assert_true(qm_clock_frame_of_tick(song.clock, tick + 420) > i * 31);
    }
    song_close(&song);
}

/* --- bars and lengths --------------------------------------------------------------- */

/* Beats at frames are the frames of beats read backwards: through a jump, a ramp, a flat
 * ramp, and before the song. */
static void test_tells_the_beat_of_a_frame(void **unused)
{
    (void)unused;
    Song song;
    song_open(&song);
    const QmTempo tempo[] = {{bar(1), 97.3, false},
                             {bar(9), 140, false},
                             {bar(17), 80, true},
                             {bar(25), 80.000001, true}};
    set_tempo(&song, tempo, 4);
    assert_int_equal(song_start(&song), QM_OK);
    double worst = 0, bpm;
    for (int64_t tick = -4 * QM_TICKS; tick < 120 * QM_TICKS; tick += 1009) {
        const int64_t frame = qm_clock_frame_of_tick(song.clock, tick);
        const double beat =
            (double)(int64_t)qm_clock_beat(song.clock, frame, &bpm) * 0x1p-32;
        const double error = fabs(beat - (double)tick / QM_TICKS);
        worst = error > worst ? error : worst;
    }
    assert_true(worst < 0.51 * 140 / 60 / 48000); /* half a frame */
    assert_true(qm_clock_beat(song.clock, 0, &bpm) == 0 && bpm == 97.3);
    const int64_t half = qm_clock_frame_of_tick(song.clock, 48 * QM_TICKS);
    qm_clock_beat(song.clock, half, &bpm);
    assert_true(fabs(bpm - 110) < 1e-2);
    song_close(&song);
}

static void test_positions_follow_the_meter(void **unused)
{
    (void)unused;
    const QmTimeSignature meter[] = {{bar(1), 4, 4}, {bar(3), 7, 8}, {bar(5), 3, 4}};
    Song song;
    song_open(&song);
    set_meter(&song, meter, 3);
    assert_int_equal(song_start(&song), QM_OK);
    static const struct {
        int32_t bar, beat, sixteenth;
        int64_t sixteenths; /* from the start */
    } places[] = {
        {1, 1, 1, 0},  {1, 4, 3, 14}, {2, 1, 1, 16}, {3, 1, 1, 32},
        {3, 7, 2, 45}, {4, 1, 1, 46}, {5, 1, 1, 60}, {6, 2, 4, 60 + 12 + 7},
    };
    for (size_t i = 0; i < QM_COUNT(places); i++) {
        const QmPosition at = {QM_POS_BARS, places[i].bar, places[i].beat,
                               places[i].sixteenth, 0};
        const int64_t tick = places[i].sixteenths * (QM_TICKS / 4);
        assert_int_equal(qm_clock_tick(song.clock, at), tick);
        assert_int_equal(qm_clock_frame(song.clock, at), places[i].sixteenths * 6000);
        const QmPosition back = qm_clock_position(song.clock, tick + 1);
        assert_int_equal(back.bar, at.bar);
        assert_int_equal(back.beat, at.beat);
        assert_int_equal(back.sixteenth, at.sixteenth);
        assert_int_equal(qm_clock_next_bar(song.clock, tick) == tick,
                         at.beat == 1 && at.sixteenth == 1);
    }
    assert_int_equal(qm_clock_beat_ticks(song.clock, 33 * (QM_TICKS / 4)), QM_TICKS / 2);
    assert_int_equal(qm_clock_bar_ticks(song.clock, 33 * (QM_TICKS / 4)),
                     7 * QM_TICKS / 2);
    song_close(&song);
}

static void test_lengths_cross_changes(void **unused)
{
    (void)unused;
    const QmTimeSignature meter[] = {{bar(1), 4, 4}, {bar(3), 7, 8}};
    const QmTempo tempo[] = {{bar(1), 120, false}, {bar(2), 60, false}};
    Song song;
    song_open(&song);
    set_meter(&song, meter, 2);
    set_tempo(&song, tempo, 2);
    assert_int_equal(song_start(&song), QM_OK);
    static const struct {
        QmLength length;
        int64_t from, frames;
    } lengths[] = {
        {{.kind = QM_LEN_BARS, .value = 1}, 0, 4 * 24000},
        {{.kind = QM_LEN_BARS, .value = 2}, 0, 4 * 24000 + 4 * 48000},
        {{.kind = QM_LEN_BARS, .value = 3}, 0, 4 * 24000 + 4 * 48000 + 7 * 24000},
        {{.kind = QM_LEN_BARS, .value = 0.5}, 0, 48000},
        {{.kind = QM_LEN_BEATS, .value = 9}, 0, 4 * 24000 + 4 * 48000 + 24000},
        {{.kind = QM_LEN_NOTE, .numerator = 1, .denominator = 16}, 96000, 12000},
        {{.kind = QM_LEN_NOTE, .numerator = -1, .denominator = 16}, 96000, -6000},
        {{.kind = QM_LEN_NOTE, .numerator = 1, .denominator = 12}, 0, 8000},
        {{.kind = QM_LEN_MS, .value = 10.5}, 77, 504},
        {{.kind = QM_LEN_S, .value = -2}, 77, -96000},
        {{.kind = QM_LEN_SAMPLES, .value = 480}, 77, 480},
    };
    for (size_t i = 0; i < QM_COUNT(lengths); i++) {
        assert_int_equal(qm_clock_length(song.clock, lengths[i].from, lengths[i].length),
                         lengths[i].frames);
    }
    song_close(&song);
}

/* --- limits ------------------------------------------------------------------------- */

static void test_absurd_places_saturate(void **unused)
{
    (void)unused;
    const QmTimeSignature meter[] = {{bar(1), 1024, 1}};
    const QmTempo tempo[] = {{bar(1), 1, false}};
    Song song;
    song_open(&song);
    song.session->rate = 192000;
    set_meter(&song, meter, 1);
    set_tempo(&song, tempo, 1);
    assert_int_equal(song_start(&song), QM_OK);
    assert_int_equal(qm_clock_frame(song.clock, bar(INT32_MAX)), QM_MAX_FRAME);
    const QmPosition far = {.kind = QM_POS_SECONDS, .value = 1e300};
    assert_int_equal(qm_clock_frame(song.clock, far), QM_MAX_FRAME);
    const QmPosition none = {.kind = QM_POS_SAMPLES, .value = NAN};
    assert_int_equal(qm_clock_frame(song.clock, none), 0);
    assert_true(qm_clock_tick_of_frame(song.clock, INT64_MAX) > 0);
    const QmLength endless = {.kind = QM_LEN_BARS, .value = 1e300};
    assert_true(qm_clock_length(song.clock, 0, endless) > 0);
    song_close(&song);
}

static void check_refused(const QmTempo *tempo, uint32_t n_tempo,
                          const QmTimeSignature *meter, uint32_t n_meter,
                          const char *message)
{
    Song song;
    song_open(&song);
    set_tempo(&song, tempo, n_tempo);
    set_meter(&song, meter, n_meter);
    assert_int_equal(song_start(&song), QM_ERR_INPUT);
    assert_string_equal(song.diag.text, message);
    song_close(&song);
}

static void test_refuses_what_is_no_map(void **unused)
{
    (void)unused;
    const QmTempo even = {bar(1), 120, false};
    const QmTimeSignature four = {bar(1), 4, 4};
    const QmTempo late = {bar(2), 120, false}, ramp = {bar(1), 120, true};
    const QmTempo fast = {bar(1), 1001, false};
    const QmTempo twice[] = {even, even};
    const QmTempo seconds = {{.kind = QM_POS_SECONDS}, 120, false};
    const QmTimeSignature odd = {bar(1), 4, 5};
    const QmTimeSignature inside[] = {four, {{QM_POS_BARS, 2, 3, 1, 0}, 3, 4}};
    check_refused(&late, 1, &four, 1, "tempo: entry 1 is not at bar 1");
    check_refused(&ramp, 1, &four, 1,
                  "tempo: entry 1 has no tempo before it to ramp from");
    check_refused(&fast, 1, &four, 1,
                  "tempo: entry 1 is no tempo: expected 1 to 1000 bpm");
    check_refused(twice, 2, &four, 1, "tempo: entry 2 is not after the one before it");
    check_refused(&seconds, 1, &four, 1, "tempo: entry 1 is not at a bar and beat");
    check_refused(&even, 1, &odd, 1,
                  "meter: entry 1 is no meter: expected 1 to 1024 beats of 1, 2, "
                  "4, 8, 16, 32 or 64");
    check_refused(&even, 1, inside, 2, "meter: entry 2 is not at the start of a bar");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_day_has_no_drift),
        cmocka_unit_test(test_many_changes_do_not_add_up),
        cmocka_unit_test(test_a_ramp_is_linear_in_beats),
        cmocka_unit_test(test_the_flattest_ramp_is_nearly_none),
        cmocka_unit_test(test_finds_back_the_tick),
        cmocka_unit_test(test_tells_the_beat_of_a_frame),
        cmocka_unit_test(test_positions_follow_the_meter),
        cmocka_unit_test(test_lengths_cross_changes),
        cmocka_unit_test(test_absurd_places_saturate),
        cmocka_unit_test(test_refuses_what_is_no_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
