/* tests: mix/facts mix/facts_bytes */
/* Facts of made-up sounds whose numbers are known; as bytes and back, to the bit; and
 * bytes that are not what they should be. */
#include "mix/facts.h"

#include "analysis/loudness.h"
#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

enum { RATE = 48000, LONGEST = 20 * RATE };
static float left[LONGEST], right[LONGEST];
static const char all[] = "loudness peak level spectrum stereo resonance onset bark "
                          "transience";

static void tone(float *x, double hz, double gain, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++)
        x[i] += (float)(gain * sin(2 * PI * hz * (double)i / RATE));
}

static void clear(void)
{
    memset(left, 0, sizeof left);
    memset(right, 0, sizeof right);
}

static QmFacts facts_of(const char *features, uint32_t channels, int64_t frames,
                        QmArena *arena)
{
    QmFacts facts;
    QmAnalysis *const a = channels == 1
                              ? analyse_mono(features, left, frames, RATE)
                              : analyse_stereo(features, left, right, frames, RATE);
    assert_true(qm_facts_draw(a, 7, arena, &facts));
    qm_analysis_free(a); /* facts do not refer to it */
    return facts;
}

static bool near(QmMeasured m, double value, double by)
{
    return !m.why && fabs(m.value - value) <= by;
}

/* A sine of amplitude 0.5 at 1 kHz: its loudness is its level, -9.03, and 0.69 less by
 * the definition of LUFS, and 0.7 more by the K-weighting at 1 kHz. */
static void test_a_tone(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    clear();
    tone(left, 997, 0.5, 0, 10 * RATE);
    const QmFacts f = facts_of(all, 1, 10 * RATE, &arena);
    assert_true(near(f.lufs, -9.03, 0.05));
    assert_true(near(f.rms, -9.03, 0.01));
    assert_true(near(f.crest, 3.01, 0.01));
    assert_true(near(f.peak, -6.02, 0.01));
    assert_true(near(f.centroid, 997, 5));
    assert_true(near(f.range, 0, 0.01));
    assert_true(near(f.transient_ratio, 0, 0.02));
    assert_true(f.active == 1 && !f.silent && f.kind == QM_CHANNELS_MONO);
    assert_true(fabs(f.thirds[17] + 9.03) < 0.1);
    assert_int_equal(f.not_finite, 7);
    assert_int_equal(f.rate, RATE);
    assert_true(f.seconds == 10);
    assert_int_equal(f.n_tenths, 100);
    const QmMeasured part = qm_facts_loudness(&f, 2, 3);
    assert_true(near(part, f.lufs.value, 0.001));
    assert_non_null(qm_facts_loudness(&f, 20, 30).why);
    assert_non_null(qm_facts_loudness(&f, -5, 0.1).why);
    qm_arena_release(&arena);
}

/* Plays from 5 s on: half of the tenths, and the three whose window reaches into it. */
static void test_active_and_range(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    clear();
    tone(left, 997, 0.5, 5 * RATE, 10 * RATE);
    const QmFacts half = facts_of(all, 1, 10 * RATE, &arena);
    assert_true(half.active >= 0.5 && half.active <= 0.53);
    clear();
    tone(left, 997, 0.5, 0, 10 * RATE);
    tone(left, 997, 0.05, 10 * RATE, 20 * RATE);
    const QmFacts steps = facts_of(all, 1, 20 * RATE, &arena);
    assert_true(near(steps.range, 20, 0.2));
    qm_arena_release(&arena);
}

static void test_kinds_of_channels(void **state)
{
    (void)state;
    static const struct {
        double left, right;
        QmChannels kind;
    } cases[] = {
        {0.5, 0.5, QM_CHANNELS_MONO},    {0.5, -0.5, QM_CHANNELS_OPPOSITE},
        {0.5, 0, QM_CHANNELS_LEFT_ONLY}, {0, 0.5, QM_CHANNELS_RIGHT_ONLY},
        {0.5, 0.25, QM_CHANNELS_STEREO},
    };
    QmArena arena;
    qm_arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clear();
        tone(left, 500, cases[i].left, 0, RATE);
        tone(right, 500, cases[i].right, 0, RATE);
        assert_int_equal(facts_of(all, 2, RATE, &arena).kind, cases[i].kind);
    }
    qm_arena_release(&arena);
}

static void test_silence_and_nothing(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    clear();
    const QmFacts silence = facts_of(all, 2, 5 * RATE, &arena);
    assert_true(silence.silent && silence.active == 0 && silence.lufs.why);
    const QmFacts nothing = facts_of(all, 1, 0, &arena);
    assert_true(nothing.silent && nothing.n_tenths == 0 && nothing.bark.count == 0);
    assert_non_null(qm_facts_loudness(&nothing, 0, 1).why);
    left[0] = 1;
    const QmFacts click = facts_of(all, 1, 1, &arena);
    assert_true(!click.silent && click.lufs.why);
    qm_arena_release(&arena);
}

static uint32_t bit_of(const char *name)
{
    uint32_t i = 0;
    while (strcmp(qm_feature_at(i)->name, name) != 0)
        i++;
    return 1u << i;
}

static void test_few_features_leave_the_rest_unmeasured(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    clear();
    tone(left, 997, 0.5, 0, 5 * RATE);
    const QmFacts f = facts_of("loudness peak bark", 1, 5 * RATE, &arena);
    assert_true(!f.lufs.why && !f.true_peak.why && f.bark.count > 200);
    assert_true(f.rms.why && f.centroid.why && f.transient_ratio.why && f.width.why);
    assert_true(f.thirds[17] == QM_GAP && f.n_resonances == 0);
    assert_int_equal(qm_facts_few(),
                     bit_of("loudness") | bit_of("peak") | bit_of("bark"));
    assert_int_equal(qm_facts_few() & qm_facts_features(), qm_facts_few());
    assert_true(qm_facts_features() & bit_of("spectrum"));
    qm_arena_release(&arena);
}

/* ---- bytes ---- */

static QmText bytes_of(const QmFacts *facts, QmArena *arena)
{
    QmText text;
    qm_text_init(&text, arena);
    assert_true(qm_facts_write(facts, &text));
    return text;
}

static QmFacts noise_facts(uint32_t channels, int64_t frames, QmArena *arena)
{
    for (int64_t i = 0; i < frames; i++) {
        left[i] = (float)(qm_rand(1, 0, (uint64_t)i) - 0.5);
        right[i] = (float)(qm_rand(1, 1, (uint64_t)i) - 0.5);
    }
    tone(left, 700, 0.3, 0, frames);
    return facts_of(all, channels, frames, arena);
}

static void test_bytes_and_back(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    clear();
    const QmFacts cases[] = {noise_facts(2, 8 * RATE, &arena),
                             noise_facts(1, RATE / 7, &arena),
                             facts_of("peak", 1, 0, &arena)};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        QmFacts back;
        const QmText first = bytes_of(&cases[i], &arena);
        assert_true(qm_facts_read(first.data, first.length, &arena, &back));
        const QmText second = bytes_of(&back, &arena);
        assert_int_equal(first.length, second.length);
        assert_memory_equal(first.data, second.data, first.length);
        assert_true(back.lufs.value == cases[i].lufs.value);
        assert_true(back.bark.count == cases[i].bark.count);
        assert_int_equal(!back.rms.why, !cases[i].rms.why);
        if (cases[i].rms.why)
            assert_string_equal(back.rms.why, cases[i].rms.why);
        const QmBarkFrame *const a = qm_bark_frame(&cases[i].bark, 300);
        const QmBarkFrame *const b = qm_bark_frame(&back.bark, 300);
        assert_int_equal(!a, !b);
        if (a)
            assert_memory_equal(a, b, sizeof *a);
    }
    qm_arena_release(&arena);
}

/* No end of them is enough, none may have more, and a changed byte is refused or gives
 * facts that are written again; nothing is read beyond the end (see with a sanitizer). */
static void test_broken_bytes(void **state)
{
    (void)state;
    QmArena arena, scratch;
    qm_arena_init(&arena);
    qm_arena_init(&scratch);
    clear();
    const QmFacts facts = noise_facts(2, RATE / 2, &arena);
    const QmText text = bytes_of(&facts, &arena);
    QmFacts back;
    for (size_t size = 0; size < text.length; size++) {
        char *const part = malloc(size ? size : 1);
        memcpy(part, text.data, size);
        assert_false(qm_facts_read(part, size, &scratch, &back));
        free(part);
        qm_arena_release(&scratch);
    }
    char *const more = malloc(text.length + 1);
    memcpy(more, text.data, text.length);
    more[text.length] = 0;
    assert_false(qm_facts_read(more, text.length + 1, &scratch, &back));
    for (size_t i = 0; i < text.length; i++) {
        more[i] ^= (char)0xff;
        QmText again;
        qm_text_init(&again, &scratch);
        if (qm_facts_read(more, text.length, &scratch, &back))
            assert_true(qm_facts_write(&back, &again));
        more[i] ^= (char)0xff;
        qm_arena_release(&scratch);
    }
    more[12] = '2'; /* another layout */
    assert_false(qm_facts_read(more, text.length, &scratch, &back));
    free(more);
    qm_arena_release(&scratch);
    qm_arena_release(&arena);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    clear();
    tone(left, 997, 0.5, 0, 5 * RATE);
    QmAnalysis *const a = analyse_mono(all, left, 5 * RATE, RATE);
    QmArena arena;
    QmFacts facts;
    bool drawn = false;
    uint64_t n = 0;
    while (!drawn) {
        qm_arena_init(&arena);
        arena.fail_at = ++n;
        drawn = qm_facts_draw(a, 0, &arena, &facts);
        qm_arena_release(&arena);
        assert_true(n < 10000);
    }
    assert_true(n > 3);
    qm_analysis_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tone),
        cmocka_unit_test(test_active_and_range),
        cmocka_unit_test(test_kinds_of_channels),
        cmocka_unit_test(test_silence_and_nothing),
        cmocka_unit_test(test_few_features_leave_the_rest_unmeasured),
        cmocka_unit_test(test_bytes_and_back),
        cmocka_unit_test(test_broken_bytes),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
