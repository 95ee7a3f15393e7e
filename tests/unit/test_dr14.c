/* tests: analysis/dr14
 *
 * Signals whose DR can be told with a pencil. */
#include "analysis/dr14.h"

#include "tests/support/ebu_signals.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static QmDr14 dr_of(const Sound *sound, bool otherwise)
{
    const AnalyseRig rig = {.channels = (const float *const *)sound->samples,
                            .n_channels = sound->channels,
                            .frames = sound->frames,
                            .rate = sound->rate,
                            .features = "dr14",
                            .otherwise = otherwise};
    QmAnalysis *const a = analyse(&rig);
    const QmDr14 dr = *(const QmDr14 *)qm_analysis_result(a, &qm_feature_dr14);
    qm_analysis_free(a);
    return dr;
}

#define IS(dr, want, shown) is(dr, want, shown, __LINE__)
static void is(QmDr14 dr, double want, double shown, int line)
{
    if (dr.precise.why || !(fabs(dr.precise.value - want) <= 0.005) ||
        dr.value.value != shown)
        fail_msg("line %d: DR %.4f, shown %.0f (%s), not %.4f", line, dr.precise.value,
                 dr.value.value, dr.value.why ? dr.value.why : "", want);
}

/* Its peak is its "RMS" times the square root of two. */
static void test_a_sine_has_0_and_a_square_minus_3(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 2, 30);
    sound_tone(&s, 30, -6);
    IS(dr_of(&s, false), 0, 0);
    for (int64_t i = 0; i < s.frames; i++)
        s.samples[0][i] = s.samples[1][i] = i / 50 % 2 ? 0.5f : -0.5f;
    IS(dr_of(&s, false), -3.0103, -3);
    sound_free(&s);
}

/* Ten parts: the loudest two are a sine at -20 dBFS, the rest is 20 dB below. A peak at
 * full scale in one part does not count, in a second it does. */
static void test_the_second_highest_peak_over_the_loudest_fifth(void **unused)
{
    (void)unused;
    Sound s = sound_new(44100, 1, 30);
    sound_tone(&s, 6, -20);
    sound_tone(&s, 24, -40);
    IS(dr_of(&s, false), 0, 0);
    s.samples[0][44100 * 20] = 1;
    IS(dr_of(&s, false), 0, 0);
    s.samples[0][44100 * 28] = -1;
    IS(dr_of(&s, false), 20, 20);
    sound_free(&s);
    /* One part of ten above the others: the mean of its power and the next one's. */
    s = sound_new(44100, 1, 30);
    sound_tone(&s, 3, -10);
    sound_tone(&s, 27, -30);
    s.samples[0][44100 * 10] = s.samples[0][44100 * 20] = 1;
    IS(dr_of(&s, false), 10 - 10 * log10((1 + 0.01) / 2), 13);
    sound_free(&s);
}

/* Channels are averaged, in decibels; silent ones left out. */
static void test_channels(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 3, 12);
    sound_tone(&s, 12, -20);
    memset(s.samples[2], 0, (size_t)s.frames * sizeof(float));
    for (int i = 1; i < 4; i++)
        s.samples[0][48000 * 3 * i + 7] = 1;
    IS(dr_of(&s, false), 10, 10);
    sound_free(&s);
}

/* Eight seconds are three parts, six are two. */
static void test_too_short_and_too_quiet(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 1, 9);
    assert_string_equal(dr_of(&s, false).value.why, "under three parts of 3 s");
    sound_tone(&s, 6, -10);
    assert_string_equal(dr_of(&s, false).value.why, "under three parts of 3 s");
    sound_tone(&s, 2, -10);
    IS(dr_of(&s, false), 0, 0);
    memset(s.samples[0], 0, (size_t)s.frames * sizeof(float));
    assert_string_equal(dr_of(&s, false).precise.why, "digital silence");
    s.samples[0][1000] = 0.5f; /* one part with sound: no second peak */
    assert_string_equal(dr_of(&s, false).precise.why, "digital silence");
    sound_free(&s);
}

static void test_any_order_gives_the_same_bits(void **unused)
{
    (void)unused;
    Sound s = sound_new(22050, 2, 70);
    sound_noise(&s, 20, 0.3, 1);
    sound_noise(&s, 50, 0.8, 2);
    assert_true(dr_of(&s, false).precise.value == dr_of(&s, true).precise.value);
    sound_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sine_has_0_and_a_square_minus_3),
        cmocka_unit_test(test_the_second_highest_peak_over_the_loudest_fifth),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_too_short_and_too_quiet),
        cmocka_unit_test(test_any_order_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
