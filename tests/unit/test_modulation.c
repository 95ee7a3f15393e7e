/* links: formats */
/* What modulators say as a function of the song position. */
#include "seq/modulation.h"

#include "tests/support/text_song.h"

#include <math.h>

#define HEAD "qmix: 1\ntempo: 120\n"

static TextSong song;
static QmModulation *modulation;

static void read(const char *text)
{
    QmDiag diag = {.status = QM_OK};
    text_song_read(&song, text);
    text_song_ok(qm_modulation_new(song.session, song.clock, &song.timeline, &song.arena,
                                   &diag, &modulation),
                 &diag);
}

static double share(uint32_t modulator, int64_t frame)
{
    return qm_modulation_value(modulation, modulator, frame, 0).share;
}

static void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        print_error("%.12g is not %.12g\n", value, expected);
        fail();
    }
}

static void a_free_swing_is_exact_after_an_hour(void **state)
{
    (void)state;
    read(HEAD
         "sources: {a: {tone: {}}}\n"
         "modulators:\n"
         "  m: {lfo: {shape: saw-up, rate: 0.3}, to: [{param: a.fader.pan, amount: 1}]}\n"
         "  n: {lfo: {shape: saw-up, rate: 7.77}, to: [{param: a.fader.pan, amount: "
         "1}]}\n");
    const int64_t hour = INT64_C(3600) * 48000;
    for (int64_t frame = hour; frame < hour + 480000; frame += 997) {
        const long double slow = frame * 0.3L / 48000, fast = frame * 7.77L / 48000;
        near(share(0, frame), (double)(slow - floorl(slow)), 1e-9);
        near(share(1, frame), (double)(fast - floorl(fast)), 1e-8);
    }
    text_song_end(&song);
}

/* Over a ramp of the tempo, too: on beat k it has swung 2 k times. */
static void a_synced_swing_follows_the_tempo(void **state)
{
    (void)state;
    read("qmix: 1\ntempo: [{at: 1, bpm: 90}, {at: 5, bpm: 171.5, ramp: yes}, {at: 7, "
         "bpm: 60}]\n"
         "sources: {a: {tone: {}}}\n"
         "modulators:\n"
         "  m: {lfo: {shape: saw-up, rate: 1/8}, to: [{param: a.fader.pan, amount: 1}]}\n"
         "  s: {steps: {values: [0, 0.25, 0.5, 0.75, 1], step: 1/8}, to: [{param: "
         "a.fader.pan, amount: 1}]}\n");
    for (int64_t half = 1; half < 100; half++) {
        const int64_t frame = qm_clock_frame_of_tick(song.clock, half * QM_TICKS / 2);
        const int64_t middle =
            qm_clock_frame_of_tick(song.clock, half * QM_TICKS / 2 + QM_TICKS / 8);
        const double on = share(0, frame);
        assert_true(fabs(on) < 2e-4 || fabs(on - 1) < 2e-4); /* half a frame */
        near(share(0, middle), 0.25, 2e-4);
        near(share(1, frame), (double)(half % 5) / 4, 0);
        near(share(1, frame - 1), (double)((half + 4) % 5) / 4, 0);
    }
    text_song_end(&song);
}

/* A swing whose rate moves is the integral of the rate. */
static void an_automated_rate_does_not_jump(void **state)
{
    (void)state;
    read(
        HEAD
        "sources: {a: {tone: {}}}\n"
        "modulators:\n"
        "  m: {lfo: {shape: saw-up, rate: 2}, to: [{param: a.fader.pan, amount: 1}]}\n"
        "automation:\n"
        "  m.lfo.rate: [{at: 1 s, value: 3}, {at: 2 s, value: 11}, {at: 3 s, value: 0.5, "
        "curve: exp}, {at: 4 s, value: 5, curve: hold}]\n");
    double cycles = 0;
    for (int64_t frame = 0; frame < 5 * 48000; frame++) {
        const double t = (double)frame / 48000 + 0.5 / 48000;
        const double rate = t < 1   ? 2
                            : t < 2 ? 3 + 8 * (t - 1)
                            : t < 3 ? 11 * pow(0.5 / 11, t - 2)
                            : t < 4 ? 0.5
                                    : 5;
        if (frame % 64 == 0) {
            const double value = share(0, frame), part = cycles - floor(cycles);
            const double apart = fabs(value - part);
            assert_true(apart < 1e-6 || apart > 1 - 1e-6);
        }
        cycles += rate / 48000;
    }
    text_song_end(&song);
}

static void numbers_are_automated(void **state)
{
    (void)state;
    read(HEAD "sources: {a: {tone: {}}}\n"
              "modulators:\n"
              "  m: {macro: {value: 0.2}, to: [{param: a.fader.pan, amount: 0.5}, "
              "{param: a.tone.freq, from: 100, to: 400, curve: exp}]}\n"
              "  s: {steps: {values: [0, 0.5], step: 1/4}, to: [{param: a.fader.pan, "
              "amount: 1}]}\n"
              "automation:\n"
              "  m.macro.value: [{at: 1 s, value: 0}, {at: 2 s, value: 1}]\n"
              "  m.1.amount: [{at: 1 s, value: -0.5}]\n"
              "  m.2.to: [{at: 2 s, value: 1600}]\n"
              "  s.steps.1.value: [{at: 1 s, value: 0.75}]\n");
    near(share(0, 47999), 0.2, 0);
    near(share(0, 48000), 0, 0);
    near(share(0, 48000 + 12000), 0.25, 1e-12);
    near(share(0, 1000000), 1, 0);
    near(share(1, 0), 0, 0);
    near(share(1, 48000), 0.75, 0);
    near(share(1, 72000), 0.5, 0);
    QmMove move = {.value = 7};
    const QmModValue half = {0.5, 0.5};
    qm_modulation_add(modulation, 0, 0, 0, half, &move);
    near(move.amount, 0.25, 0);
    qm_modulation_add(modulation, 0, 0, 48000, half, &move);
    near(move.amount, 0, 0);
    near(move.value, 7, 0);
    qm_modulation_add(modulation, 0, 1, 0, half, &move);
    near(move.value, 200, 1e-10); /* half way between 100 and 400, in octaves */
    qm_modulation_add(modulation, 0, 1, 96000, half, &move);
    near(move.value, 400, 1e-10);
    text_song_end(&song);
}

/* 120 bpm: an eighth is 12000 frames. Attack 100 ms = 4800 frames. */
static void notes_open_gates(void **state)
{
    (void)state;
    read(HEAD "sources: {a: {tone: {}}, b: {sampler: {sound: x.wav}}, c: {tone: {}}}\n"
              "patterns:\n"
              "  p: {step: 1/8, steps: 8, tracks: {a: {notes: 'C4 . . C4 C4 . . .'}, b: "
              "'x.......'}}\n"
              "arrangement: [{at: 2, pattern: p}]\n"
              "modulators:\n"
              "  m: {adsr: {strip: a, attack: 100, decay: 0, sustain: 1, release: 500}, "
              "to: [{param: a.fader.pan, amount: 1}]}\n"
              "  struck: {adsr: {strip: b, attack: 0, decay: 0, sustain: 1, release: 0}, "
              "to: [{param: a.fader.pan, amount: 1}]}\n"
              "  long: {adsr: {strip: c, attack: 1000, decay: 0, sustain: 1}, "
              "to: [{param: a.fader.pan, amount: 1}]}\n");
    const int64_t bar = 96000;
    near(share(0, bar - 1), 0, 0);
    near(share(0, bar + 2400), 0.5, 1e-12);
    near(share(0, bar + 11999), 1, 0);
    near(share(0, bar + 12000 + 12000), 0.5, 1e-12); /* half of the release */
    near(share(0, bar + 3 * 12000 - 1), 1 - 23999 / 24000.0, 1e-12);
    near(share(0, bar + 3 * 12000 + 2400), 0.5, 1e-12);
    near(share(0, bar + 4 * 12000 + 1), 1, 0); /* rises from where it is */
    near(share(0, bar + 5 * 12000 + 12000), 0.5, 1e-12);
    /* a struck sound is held as long as its step, a free tone for ever */
    near(share(1, bar), 1, 0);
    near(share(1, bar + 11999), 1, 0);
    near(share(1, bar + 12000), 0, 0);
    near(share(2, 24000), 0.5, 1e-12);
    near(share(2, INT64_C(1) << 40), 1, 0);
    text_song_end(&song);
}

/* A note that comes early begins where the one before has come to. */
static void a_note_begins_where_the_last_one_is(void **state)
{
    (void)state;
    read(HEAD
         "sources: {a: {tone: {}}}\n"
         "patterns: {p: {step: 1/8, steps: 4, tracks: {a: {notes: 'C4 . . C4'}}}}\n"
         "arrangement: [{at: 1, pattern: p}]\n"
         "modulators:\n"
         "  m: {adsr: {strip: a, attack: 1000, decay: 0, sustain: 1, release: 1000}, "
         "to: [{param: a.fader.pan, amount: 1}]}\n");
    near(share(0, 12000), 0.25, 1e-12);
    near(share(0, 36000), 0.125, 1e-12);
    near(share(0, 36000 + 12000), 0.375, 1e-12);
    text_song_end(&song);
}

static void out_of_memory_is_told(void **state)
{
    (void)state;
    read(HEAD "sources: {a: {tone: {}}}\n"
              "modulators:\n"
              "  m: {lfo: {}, to: [{param: a.fader.pan, amount: 1}]}\n"
              "  n: {adsr: {strip: a}, to: [{param: a.fader.pan, amount: 1}]}\n"
              "automation: {m.lfo.rate: [{at: 1, value: 3}]}\n");
    QmArena *arena = &song.arena;
    const uint64_t before = arena->calls;
    assert_int_equal(qm_modulation_new(song.session, song.clock, &song.timeline, arena,
                                       NULL, &modulation),
                     QM_OK);
    const uint64_t calls = arena->calls - before;
    assert_true(calls >= 7);
    for (uint64_t at = 1; at <= calls; at++) {
        QmDiag diag = {.status = QM_OK};
        arena->fail_at = arena->calls + at;
        assert_int_equal(qm_modulation_new(song.session, song.clock, &song.timeline,
                                           arena, &diag, &modulation),
                         QM_ERR_MEMORY);
        assert_int_equal(diag.status, QM_ERR_MEMORY);
        arena->fail_at = 0;
    }
    text_song_end(&song);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_free_swing_is_exact_after_an_hour),
        cmocka_unit_test(a_synced_swing_follows_the_tempo),
        cmocka_unit_test(an_automated_rate_does_not_jump),
        cmocka_unit_test(numbers_are_automated),
        cmocka_unit_test(notes_open_gates),
        cmocka_unit_test(a_note_begins_where_the_last_one_is),
        cmocka_unit_test(out_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
