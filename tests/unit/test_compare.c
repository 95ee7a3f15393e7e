/* links: render */
/* tests: analysis/compare analysis/align render/compare */
/* Two signals of which it is known what differs: where, by how much, and what a null
 * leaves. */
#include "render/compare.h"

#include "base/rand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 8000, SECONDS = 30, FRAMES = RATE * SECONDS, ROOM = FRAMES + 4 * RATE };

static float a[2 * ROOM], b[2 * ROOM];
static QmArena arena;

static int setup(void **state)
{
    (void)state;
    qm_arena_init(&arena);
    memset(a, 0, sizeof a);
    memset(b, 0, sizeof b);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    qm_arena_release(&arena);
    return 0;
}

/* --- files that are arrays ---------------------------------------------------------- */

typedef struct Sound {
    const float *samples; /* [frames][channels] */
    int64_t frames;
    uint32_t channels, rate;
    bool pipe;        /* reads on only; does not know its length */
    int64_t fails_at; /* reading this frame fails; 0: never */
    uint64_t no_numbers;
    int64_t next;
    int open;
} Sound;

static Sound sounds[2];

static QmStatus read_sound(void *self, int64_t frame, uint32_t n, float *out,
                           uint32_t *got, QmDiag *diag)
{
    Sound *const sound = self;
    if (sound->pipe)
        assert_int_equal(frame, sound->next);
    const int64_t left = sound->frames - frame;
    *got = left < 0 ? 0 : left < n ? (uint32_t)left : n;
    if (sound->fails_at && frame + n > sound->fails_at)
        return qm_fail_plain(diag, QM_ERR_IO, "it broke");
    memcpy(out, sound->samples + frame * sound->channels,
           (size_t)*got * sound->channels * sizeof *out);
    sound->next = frame + *got;
    return QM_OK;
}

static void close_sound(void *self)
{
    Sound *const sound = self;
    sound->open--;
}

static uint64_t not_finite(const void *self)
{
    const Sound *const sound = self;
    return sound->no_numbers;
}

static QmStatus open_sound(void *context, const char *name, QmPlace place, QmDiag *diag,
                           QmAudioReader *reader)
{
    (void)context;
    (void)place;
    Sound *const sound = &sounds[name[0] - 'A'];
    qm_warn(diag, (QmPlace){0}, NULL, "opened");
    if (!sound->channels)
        return qm_fail_plain(diag, QM_ERR_INPUT, "cannot open '%s'", name);
    sound->next = 0;
    sound->open++;
    *reader = (QmAudioReader){{.rate = sound->rate,
                               .channels = sound->channels,
                               .frames = sound->pipe ? -1 : sound->frames,
                               .seekable = !sound->pipe},
                              read_sound,
                              close_sound,
                              not_finite,
                              sound};
    return QM_OK;
}

static void sound_a(int64_t frames, uint32_t channels)
{
    sounds[0] = (Sound){a, frames, channels, RATE};
}

static void sound_b(int64_t frames, uint32_t channels)
{
    sounds[1] = (Sound){b, frames, channels, RATE};
}

static QmStatus try_to(QmCompared *compared, QmDiag *diag)
{
    const QmCompareRequest request = {.names = {"A", "B"},
                                      .open = open_sound,
                                      .isa = QM_ISA_BEST};
    *diag = (QmDiag){.status = QM_OK};
    const QmStatus status = qm_compare(&request, &arena, compared, diag);
    assert_int_equal(sounds[0].open, 0);
    assert_int_equal(sounds[1].open, 0);
    return status;
}

static QmDifference compared(void)
{
    static QmDiag diag;
    QmCompared result;
    assert_int_equal(try_to(&result, &diag), QM_OK);
    assert_int_equal(result.info[0].rate, sounds[0].rate);
    return result.difference;
}

/* --- signals ------------------------------------------------------------------------ */

/* Noise of RMS 0.1 with as little in common as other seeds make it. */
static void noise(float *out, int64_t samples, uint64_t seed)
{
    for (int64_t i = 0; i < samples; i++)
        out[i] = (float)(0.1 * sqrt(3) * (2 * qm_rand(seed, 0, (uint64_t)i) - 1));
}

static bool near(QmMeasured m, double value, double by)
{
    return !m.why && fabs(m.value - value) <= by;
}

static bool missing(QmMeasured m, const char *why)
{
    return m.why && strcmp(m.why, why) == 0;
}

static void same_samples_are_identical(void **state)
{
    (void)state;
    noise(a, 2 * FRAMES, 1);
    memcpy(b, a, sizeof a);
    sound_a(FRAMES, 2);
    sound_b(FRAMES, 2);
    const QmDifference d = compared();
    const QmDifferenceChannel *const c = d.channels.items;
    assert_true(d.identical && !d.inverted);
    assert_true(near(d.differing, 0, 0) && near(d.longer, 0, 0));
    assert_true(near(d.delay, 0, 0) && near(d.gain, 0, 0));
    assert_true(missing(d.null, QM_NO_DIFFERENCE));
    assert_true(missing(d.first, QM_NO_DIFFERENCE));
    assert_true(missing(d.largest, QM_NO_DIFFERENCE));
    assert_true(missing(d.worst, QM_NO_DIFFERENCE));
    assert_int_equal(d.channels.count, 2);
    assert_true(c[1].channel == 2 && c[1].differing == 0);
}

/* One sample of 240000, by 0.25: all that is left is its own energy. */
static void one_sample(void **state)
{
    (void)state;
    noise(a, 2 * FRAMES, 2);
    memcpy(b, a, sizeof a);
    const int64_t at = 123457;
    b[2 * at + 1] += 0.25f;
    sound_a(FRAMES, 2);
    sound_b(FRAMES, 2);
    const QmDifference d = compared();
    double power = 0;
    for (int64_t i = 0; i < 2 * FRAMES; i++)
        power += (double)a[i] * (double)a[i];
    assert_true(!d.identical && near(d.differing, 1, 0) && near(d.first, at, 0));
    assert_true(near(d.largest, 20 * log10(0.25), 1e-5));
    assert_true(near(d.largest_frame, at, 0) && near(d.largest_channel, 2, 0));
    assert_true(near(d.delay, 0, 0) && near(d.gain, 0, 1e-4));
    const double expected = 10 * log10(0.25 * 0.25 / power);
    assert_true(near(d.null, expected, 1e-4));
    /* 400 ms out of 30 s hold all of it: 75 times the mean. */
    assert_true(near(d.worst, expected + 10 * log10(SECONDS / 0.4), 1e-4));
    assert_true(near(d.residual, 10 * log10(0.25 * 0.25 / (2.0 * FRAMES)), 1e-4));
    assert_true(!d.worst_at.why && d.worst_at.value <= (double)at / RATE &&
                d.worst_at.value + 0.4 > (double)at / RATE);
    const QmDifferenceChannel *const c = d.channels.items;
    assert_true(c[0].differing == 0 && missing(c[0].null, QM_NO_DIFFERENCE));
    assert_true(c[1].differing == 1 && near(c[1].largest, 20 * log10(0.25), 1e-5));
}

/* B = gain * A, `delay` frames later, both `frames` long. */
static void shift(int64_t frames, int64_t delay, float gain, uint32_t channels)
{
    for (int64_t i = 0; i < frames; i++)
        for (uint32_t c = 0; c < channels; c++) {
            const int64_t from = i - delay;
            b[i * channels + c] =
                from >= 0 && from < ROOM ? gain * a[from * channels + c] : 0;
        }
}

static void delays_polarities_and_gains_are_found(void **state)
{
    (void)state;
    static const struct {
        int64_t delay;
        float gain;
    } cases[] = {{1, 1},      {-1, 1},       {777, -1}, {-777, 0.5f}, {15999, 1},
                 {-16000, 2}, {4096, -0.1f}, {0, -1},   {-12345, -3}};
    noise(a, 2 * FRAMES, 3);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double gain = fabs((double)cases[i].gain);
        shift(FRAMES, cases[i].delay, cases[i].gain, 1);
        sound_a(FRAMES, 1);
        sound_b(FRAMES, 1);
        const QmDifference d = compared();
        assert_true(near(d.delay, (double)cases[i].delay, 0));
        assert_int_equal(d.inverted, cases[i].gain < 0);
        assert_true(near(d.gain, 20 * log10(gain), 1e-4));
        if (gain == 1)
            assert_true(missing(d.null, QM_NO_DIFFERENCE));
        else
            assert_true(near(d.null, 20 * log10(fabs(1 - gain)), 1e-3));
        /* What the rounding of a float leaves: 24 bits. */
        assert_true(d.null_matched.why || d.null_matched.value < -140);
    }
}

/* By the definition, in double. */
static int64_t slow_delay(int64_t frames, int64_t reach)
{
    int64_t best = 0;
    double largest = 0;
    for (int64_t lag = -reach; lag <= reach; lag++) {
        double sum = 0;
        for (int64_t i = 0; i < frames; i++)
            if (i + lag >= 0 && i + lag < frames)
                sum += (double)a[i] * (double)b[i + lag];
        if (fabs(sum) > largest) {
            largest = fabs(sum);
            best = lag;
        }
    }
    return best;
}

/* Low and dull, of more lengths than one stretch: the peak of the correlation is flat. */
static void the_delay_is_that_of_the_definition(void **state)
{
    (void)state;
    enum { SHORT = 3000 };
    for (uint64_t seed = 0; seed < 4; seed++) {
        double low = 0;
        noise(a, SHORT, seed + 10);
        for (int i = 0; i < SHORT; i++)
            a[i] = (float)(low += 0.02 * ((double)a[i] - low));
        noise(b + SHORT, SHORT, seed + 20);
        shift(SHORT, 37 * (int64_t)seed - 50, -0.7f, 1);
        for (int i = 0; i < SHORT; i++)
            b[i] += 0.01f * b[SHORT + i];
        sound_a(SHORT, 1);
        sound_b(SHORT, 1);
        const QmDifference d = compared();
        assert_true(near(d.delay, (double)slow_delay(SHORT, 400), 0));
        assert_true(d.inverted);
    }
}

static void left_minus_right_aligns_as_well(void **state)
{
    (void)state;
    noise(a, FRAMES, 4);
    for (int64_t i = FRAMES - 1; i >= 0; i--) {
        a[2 * i] = a[i];
        a[2 * i + 1] = -a[2 * i];
    }
    shift(FRAMES, 100, 1, 2);
    sound_a(FRAMES, 2);
    sound_b(FRAMES, 2);
    const QmDifference d = compared();
    assert_true(near(d.delay, 100, 0) && missing(d.null, QM_NO_DIFFERENCE));
}

/* Noise of -40 dB added: that is what is left, and a gain does not help. */
static void what_was_added_is_left(void **state)
{
    (void)state;
    noise(a, 2 * FRAMES, 5);
    noise(b, 2 * FRAMES, 6);
    for (int64_t i = 0; i < 2 * FRAMES; i++)
        b[i] = a[i] + 0.01f * b[i];
    sound_a(FRAMES, 2);
    sound_b(FRAMES, 2);
    QmDifference d = compared();
    assert_true(near(d.null, -40, 0.05) && near(d.null_matched, -40, 0.05));
    assert_true(near(d.residual, -60, 0.05) && near(d.gain, 0, 0.01));
    /* With 6 dB less: 20 log10(1 - 1/2) before the gain is matched. */
    for (int64_t i = 0; i < 2 * FRAMES; i++)
        b[i] *= 0.5f;
    d = compared();
    assert_true(near(d.null, 20 * log10(0.5), 0.01) && near(d.null_matched, -40, 0.05));
    assert_true(near(d.gain, 20 * log10(0.5), 0.01));
}

static void the_worst_place(void **state)
{
    (void)state;
    noise(a, FRAMES, 7);
    memcpy(b, a, FRAMES * sizeof *a);
    /* A second at 12 s: half of it is missing, all over: 20 log10(0.5) of A's power. */
    for (int64_t i = 12 * RATE; i < 13 * RATE; i++)
        b[i] *= 0.5f;
    for (int64_t i = 5 * RATE; i < 6 * RATE; i++)
        b[i] *= 0.9f;
    sound_a(FRAMES, 1);
    sound_b(FRAMES, 1);
    const QmDifference d = compared();
    assert_true(near(d.worst, 20 * log10(0.5), 0.2));
    assert_true(!d.worst_at.why && d.worst_at.value >= 12 && d.worst_at.value <= 12.6);
    assert_true(near(d.first, 5 * RATE, 0));
}

/* --- lengths ------------------------------------------------------------------------ */

static void a_missing_end_is_a_difference(void **state)
{
    (void)state;
    noise(a, FRAMES, 8);
    memcpy(b, a, FRAMES * sizeof *a);
    sound_a(FRAMES, 1);
    sound_b(FRAMES / 2, 1);
    QmDifference d = compared();
    assert_true(!d.identical && near(d.longer, -FRAMES / 2, 0));
    assert_true(near(d.first, FRAMES / 2, 0) && near(d.differing, FRAMES / 2, 0));
    assert_true(near(d.delay, 0, 0) && near(d.null, 10 * log10(0.5), 0.05));
    /* Some zeros more are no difference to hear, but one of length. */
    sound_b(FRAMES + 1000, 1);
    d = compared();
    assert_true(!d.identical && near(d.longer, 1000, 0) && near(d.differing, 1000, 0));
    assert_true(near(d.first, FRAMES, 0) && missing(d.largest, QM_NO_DIFFERENCE));
    assert_true(missing(d.null, QM_NO_DIFFERENCE));
}

static void what_a_delay_pushes_out_is_none(void **state)
{
    (void)state;
    noise(a, ROOM, 9);
    for (int64_t delay = -1000; delay <= 1000; delay += 2000) {
        shift(FRAMES, delay, 1, 1);
        for (int64_t longer = -1000; longer <= 1000; longer += 1000) {
            sound_a(FRAMES - 1000, 1);
            sound_b(FRAMES - 1000 + longer, 1);
            const QmDifference d = compared();
            assert_true(near(d.delay, (double)delay, 0));
            /* 1000 later, 1000 shorter: 2000 frames are not there, too many for that. */
            if (longer * delay < 0)
                assert_true(near(d.null, 10 * log10(2000.0 / FRAMES), 0.5));
            else
                assert_true(missing(d.null, QM_NO_DIFFERENCE));
        }
    }
}

static void short_and_empty_files(void **state)
{
    (void)state;
    noise(a, FRAMES, 11);
    memcpy(b, a, sizeof b);
    b[100] += 0.1f;
    for (int64_t frames = 0; frames < 300; frames += 101) {
        sound_a(frames, 1);
        sound_b(frames, 1);
        const QmDifference d = compared();
        assert_int_equal(d.identical, frames <= 100);
        if (frames > 101) /* and less than 400 ms */
            assert_true(missing(d.worst, "under 400 ms"));
    }
    sound_a(0, 1);
    sound_b(200, 1);
    const QmDifference d = compared();
    assert_true(!d.identical && near(d.longer, 200, 0) && near(d.first, 0, 0));
    assert_true(missing(d.null, "A is silent"));
}

static void silence(void **state)
{
    (void)state;
    sound_a(FRAMES, 2);
    sound_b(FRAMES, 2);
    assert_true(compared().identical);
    b[2000] = -0.0f; /* the same number */
    assert_true(compared().identical);
    noise(b, 2 * FRAMES, 12);
    QmDifference d = compared();
    assert_true(!d.identical && missing(d.delay, "nothing in common"));
    assert_true(missing(d.null, "A is silent") && missing(d.gain, "silence"));
    assert_true(near(d.residual, -20, 0.05));
    memcpy(a, b, sizeof a);
    memset(b, 0, sizeof b);
    d = compared();
    assert_true(!d.identical && near(d.null, 0, 1e-9) && near(d.null_matched, 0, 1e-9));
    assert_true(missing(d.gain, "silence"));
}

static bool is_finite(QmMeasured m)
{
    return m.why || (m.value > -1e4 && m.value < 1e12);
}

static void huge_samples_give_numbers(void **state)
{
    (void)state;
    noise(a, FRAMES, 19);
    for (int64_t i = 0; i < FRAMES; i++)
        a[i] = (float)(1e39 * (double)a[i]); /* up to 1.7e38 */
    shift(FRAMES, 7, -0.5f, 1);
    sound_a(FRAMES, 1);
    sound_b(FRAMES, 1);
    const QmDifference d = compared();
    assert_true(!d.identical && near(d.differing, FRAMES, 0));
    assert_true(is_finite(d.largest) && is_finite(d.delay) && is_finite(d.gain));
    assert_true(is_finite(d.null) && is_finite(d.null_matched) && is_finite(d.worst));
    assert_true(is_finite(d.residual) && d.residual.value > 500);
}

static void strangers_are_not_aligned(void **state)
{
    (void)state;
    noise(a, 2 * FRAMES, 13);
    noise(b, 2 * FRAMES, 14);
    sound_a(FRAMES, 2);
    sound_b(FRAMES, 2);
    const QmDifference d = compared();
    assert_true(missing(d.delay, "nothing in common") && !d.inverted);
    assert_true(near(d.null, 10 * log10(2), 0.1) && near(d.null_matched, 0, 0.1));
}

/* --- what is not samples ------------------------------------------------------------ */

static void other_kinds_are_not_held_together(void **state)
{
    (void)state;
    sound_a(FRAMES, 2);
    sound_b(FRAMES, 1);
    QmDifference d = compared();
    assert_true(!d.identical && missing(d.null, "channels differ"));
    assert_true(missing(d.longer, "channels differ") && d.channels.count == 0);
    sound_b(FRAMES, 2);
    sounds[1].rate = 2 * RATE;
    d = compared();
    assert_true(!d.identical && missing(d.delay, "rates differ"));
}

static void no_numbers_are_a_difference(void **state)
{
    (void)state;
    sound_a(FRAMES, 1);
    sound_b(FRAMES, 1);
    sounds[1].no_numbers = 3;
    const QmDifference d = compared();
    assert_true(!d.identical && near(d.differing, 0, 0));
}

static void pipes_give_the_same(void **state)
{
    (void)state;
    noise(a, FRAMES, 15);
    shift(FRAMES, -5000, 0.25f, 1);
    sound_a(FRAMES, 1);
    sound_b(FRAMES, 1);
    const QmDifference d = compared();
    sounds[0].pipe = sounds[1].pipe = true;
    const QmDifference e = compared();
    assert_true(near(d.delay, -5000, 0) && near(e.delay, -5000, 0));
    assert_true(d.null.value == e.null.value && d.worst.value == e.worst.value &&
                d.null_matched.value == e.null_matched.value);
}

static void failures_are_told(void **state)
{
    (void)state;
    static QmDiag diag;
    QmCompared result;
    noise(a, FRAMES, 16);
    sound_a(FRAMES, 1);
    sound_b(FRAMES, 1);
    assert_int_equal(try_to(&result, &diag), QM_OK);
    assert_int_equal(diag.n_warnings, 2); /* once a file, not once a reading */
    sounds[1].fails_at = FRAMES / 2;
    assert_int_equal(try_to(&result, &diag), QM_ERR_IO);
    assert_string_equal(diag.text, "it broke");
    sounds[1] = (Sound){0};
    assert_int_equal(try_to(&result, &diag), QM_ERR_INPUT);
    assert_string_equal(diag.text, "cannot open 'B'");
}

static void no_memory_is_told(void **state)
{
    (void)state;
    static QmDiag diag;
    QmCompared result;
    noise(a, 1000, 17);
    sound_a(1000, 2);
    sound_b(1000, 2);
    for (uint64_t n = 1;; n++) {
        qm_arena_release(&arena);
        qm_arena_init(&arena);
        arena.fail_at = n;
        const QmStatus status = try_to(&result, &diag);
        assert_true(status == QM_OK || status == QM_ERR_MEMORY);
        if (status == QM_OK) {
            assert_true(n > 4);
            return;
        }
    }
}

/* Fed in other pieces, computed by the other build: the same bits. */
static void pieces_and_builds_make_no_difference(void **state)
{
    (void)state;
    QmAlignment found[3];
    double sums[3];
    noise(a, FRAMES, 18);
    shift(FRAMES, 321, -0.3f, 1);
    static const uint32_t pieces[] = {FRAMES, 1000, 77};
    for (int i = 0; i < 3; i++) {
        QmAlign *const align =
            qm_align_new(RATE, 1, i ? QM_ISA_BASE : QM_ISA_BEST, &arena);
        QmExact exact;
        QmNull null;
        assert_true(align && qm_exact_init(&exact, 1, &arena));
        for (uint32_t at = 0; at < FRAMES; at += pieces[i]) {
            const uint32_t n = FRAMES - at < pieces[i] ? FRAMES - at : pieces[i];
            qm_align_add(align, a + at, b + at, n);
            qm_exact_add(&exact, a + at, b + at, n);
        }
        found[i] = qm_align_find(align);
        assert_true(qm_null_init(&null, &exact, &found[i], RATE, &arena));
        assert_int_equal(null.skip[1], 321);
        for (int64_t at = 0; at < null.span; at += pieces[i]) {
            const int64_t left = null.span - at;
            qm_null_add(&null, a + null.skip[0] + at, b + null.skip[1] + at,
                        left < pieces[i] ? (uint32_t)left : pieces[i]);
        }
        QmDifference d;
        assert_true(qm_difference(&exact, &found[i], &null, &arena, &d));
        sums[i] = d.null.value;
    }
    for (int i = 1; i < 3; i++) {
        assert_true(found[i].delay == 321 && found[i].delay == found[0].delay);
        assert_true(found[i].gain == found[0].gain && sums[i] == sums[0]);
        assert_true(found[i].correlation == found[0].correlation);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(same_samples_are_identical),
        TEST(one_sample),
        TEST(delays_polarities_and_gains_are_found),
        TEST(the_delay_is_that_of_the_definition),
        TEST(left_minus_right_aligns_as_well),
        TEST(what_was_added_is_left),
        TEST(the_worst_place),
        TEST(a_missing_end_is_a_difference),
        TEST(what_a_delay_pushes_out_is_none),
        TEST(short_and_empty_files),
        TEST(silence),
        TEST(huge_samples_give_numbers),
        TEST(strangers_are_not_aligned),
        TEST(other_kinds_are_not_held_together),
        TEST(no_numbers_are_a_difference),
        TEST(pipes_give_the_same),
        TEST(failures_are_told),
        TEST(no_memory_is_told),
        TEST(pieces_and_builds_make_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
