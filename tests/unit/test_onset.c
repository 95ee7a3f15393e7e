/* tests: analysis/onset analysis/novelty analysis/attack analysis/bin_bands
 *
 * Hits at known frames. How well drums are found is measured by tests/eval/onsets.sh. */
#include "analysis/onset.h"

#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

enum { BLOCK = 1 << QM_BLOCK_BITS, RATE = 48000, LONGEST = 21 * RATE };
static float x[LONGEST];

static float noise(uint64_t i) { return (float)(qm_rand(7, 0, i) * 2 - 1); }

static void clear(void) { memset(x, 0, sizeof x); }

/* Noise that dies away by 60 dB in a tenth of a second. */
static void hit(int64_t at, double gain, double rate)
{
    const int64_t n = (int64_t)(0.1 * rate);
    for (int64_t i = 0; i < n && at + i < LONGEST; i++)
        x[at + i] += (float)(gain * pow(10, -3.0 * (double)i / (double)n)) *
                     (i ? noise((uint64_t)i) : 1);
}

static void tone(double hz, double gain, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++)
        x[i] += (float)(gain * sin(2 * PI * hz * (double)i / RATE));
}

typedef struct Run {
    QmAnalysis *analysis;
    const QmOnsets *onsets;
    const QmOnset *at;
    size_t n;
} Run;

static Run run_at(int64_t frames, double rate)
{
    Run run = {analyse_mono("onset", x, frames, rate)};
    run.onsets = qm_analysis_result(run.analysis, &qm_feature_onset);
    run.at = run.onsets->onsets.items;
    run.n = run.onsets->onsets.count;
    return run;
}

static Run run_of(int64_t frames) { return run_at(frames, RATE); }

static size_t count_of(int64_t frames)
{
    const Run run = run_of(frames);
    qm_analysis_free(run.analysis);
    return run.n;
}

/* All hits, in order, within `slack` frames, and nothing else. */
static void assert_hits(const Run *run, const int64_t *hits, size_t n, int64_t slack)
{
    for (size_t i = 0; i < n && i < run->n; i++)
        if (llabs(run->at[i].frame - hits[i]) > slack)
            fail_msg("hit %d at %d: found at %d", (int)i, (int)hits[i],
                     (int)run->at[i].frame);
    assert_int_equal(run->n, n);
    assert_int_equal(run->onsets->count, n);
}

static void test_hits_are_found_on_their_frame(void **unused)
{
    (void)unused;
    clear();
    int64_t hits[40];
    for (int i = 0; i < 40; i++) {
        hits[i] = 1000 + i * 12000 + i * i * 37;
        hit(hits[i], 0.5, RATE);
    }
    const Run run = run_of(11 * RATE);
    assert_hits(&run, hits, 40, 0);
    for (int i = 0; i < 40; i++) {
        assert_true(run.at[i].time.value == (double)hits[i] / RATE);
        assert_true(fabs(run.at[i].level.value + 6.02) < 0.01);
    }
    assert_true(fabs(run.onsets->rate.value - 40 / 11.0) < 1e-9);
    qm_analysis_free(run.analysis);
}

/* Wherever a hit is around the border of two blocks, it is found, once. */
static void test_the_border_of_blocks(void **unused)
{
    (void)unused;
    static const int64_t offsets[] = {-2048, -1024, -513, -512, -257, -32, -1,
                                      0,     1,     31,   256,  511,  512, 1500};
    for (size_t k = 0; k < sizeof offsets / sizeof offsets[0]; k++) {
        clear();
        const int64_t hits[] = {BLOCK / 2, BLOCK + offsets[k], 2 * BLOCK - offsets[k]};
        for (int i = 0; i < 3; i++)
            hit(hits[i], 0.7, RATE);
        const Run run = run_of(2 * BLOCK + RATE);
        assert_hits(&run, hits, 3, 0);
        qm_analysis_free(run.analysis);
    }
}

static void test_the_ends_of_the_file(void **unused)
{
    (void)unused;
    clear();
    hit(0, 0.5, RATE);
    hit(2 * RATE - 600, 0.5, RATE);
    const int64_t hits[] = {0, 2 * RATE - 600};
    const Run run = run_of(2 * RATE);
    assert_hits(&run, hits, 2, 0);
    qm_analysis_free(run.analysis);
}

static void test_other_rates(void **unused)
{
    (void)unused;
    static const double rates[] = {8000, 22050, 44100, 88200, 192000};
    for (size_t k = 0; k < sizeof rates / sizeof rates[0]; k++) {
        clear();
        int64_t hits[4];
        for (int i = 0; i < 4; i++) {
            hits[i] = (int64_t)((0.3 + 0.7 * i) * rates[k]);
            hit(hits[i], 0.5, rates[k]);
        }
        const Run run = run_at((int64_t)(3 * rates[k]), rates[k]);
        assert_hits(&run, hits, 4, 0);
        qm_analysis_free(run.analysis);
    }
}

/* Neither threads nor how blocks come, nor the build, change a bit. */
static void test_any_order_of_blocks(void **unused)
{
    (void)unused;
    clear();
    for (int i = 0; i < 90; i++)
        hit(777 + i * 10007, 0.1 + 0.009 * i, RATE);
    tone(330, 0.2, 3 * RATE, 15 * RATE);
    const float *const channels[] = {x};
    const AnalyseRig rig = {channels, 1, 20 * RATE, RATE, "onset", NULL, true};
    QmAnalysis *const otherwise = analyse(&rig);
    const QmOnsets *const b = qm_analysis_result(otherwise, &qm_feature_onset);
    const Run a = run_of(20 * RATE);
    assert_int_equal(a.n, b->onsets.count);
    assert_true(a.n >= 85);
    assert_memory_equal(a.at, b->onsets.items, a.n * sizeof *a.at);
    assert_int_equal(a.onsets->slices.count, b->slices.count);
    assert_memory_equal(a.onsets->slices.items, b->slices.items,
                        b->slices.count * sizeof(QmSlice));
    qm_analysis_free(a.analysis);
    qm_analysis_free(otherwise);
}

/* What sounds on, sways, swells or hisses has no onsets but that with which it begins. */
static void test_no_onsets_in_what_goes_on(void **unused)
{
    (void)unused;
    clear();
    assert_int_equal(count_of(20 * RATE), 0);
    tone(440, 0.5, RATE, LONGEST);
    assert_int_equal(count_of(20 * RATE), 1);
    clear();
    for (int i = 0; i < LONGEST; i++) { /* half a semitone, 5.5 times a second */
        const double t = (double)i / RATE;
        const double phase = 2 * PI * 330 * t + 330 * 0.03 / 5.5 * sin(2 * PI * 5.5 * t);
        for (int k = 1; k < 30; k++)
            x[i] += (float)(0.3 / k * sin(k * phase));
    }
    assert_in_range(count_of(20 * RATE), 1, 2);
    for (int i = 0; i < LONGEST; i++) /* a tone that swells in two seconds */
        x[i] = (float)(0.5 * sin(2 * PI * 220 * i / RATE) *
                       (0.5 - 0.5 * cos(2 * PI * i / (4.0 * RATE))));
    assert_int_equal(count_of(20 * RATE), 0);
    for (int i = 0; i < LONGEST; i++) /* tremolo, 6 dB */
        x[i] = (float)(0.4 * sin(2 * PI * 440 * i / RATE) *
                       (1 + 0.33 * sin(2 * PI * 5 * i / RATE)));
    assert_in_range(count_of(20 * RATE), 1, 2);
    for (int i = 0; i < LONGEST; i++)
        x[i] = 0.2f * noise((uint64_t)i);
    assert_in_range(count_of(20 * RATE), 1, 12);
    for (int i = 0; i < LONGEST; i++) /* noise that swells in a second */
        x[i] *= (float)(0.5 - 0.5 * cos(2 * PI * i / (2.0 * RATE)));
    assert_in_range(count_of(20 * RATE), 0, 12);
}

static void test_hits_above_a_tone_and_noise(void **unused)
{
    (void)unused;
    clear();
    int64_t hits[21] = {0};
    tone(110, 0.3, 0, LONGEST);
    for (int i = 0; i < LONGEST; i++)
        x[i] += 0.001f * noise((uint64_t)i + LONGEST);
    for (int i = 1; i <= 20; i++) {
        hits[i] = i * 17000;
        hit(hits[i], 0.1, RATE);
    }
    const Run run = run_of(8 * RATE);
    assert_hits(&run, hits, 21, 24);
    qm_analysis_free(run.analysis);
}

/* A roll of 20 strokes a second, ghost notes 24 dB below. */
static void test_rolls_and_ghost_notes(void **unused)
{
    (void)unused;
    clear();
    int64_t hits[60];
    for (int i = 0; i < 60; i++) {
        hits[i] = 4800 + i * 2400;
        hit(hits[i], 0.5, RATE);
    }
    Run run = run_of(4 * RATE);
    assert_hits(&run, hits, 60, 2);
    qm_analysis_free(run.analysis);
    clear();
    for (int i = 0; i < 60; i++) {
        hits[i] = 4800 + i * 9000;
        hit(hits[i], i % 2 ? 0.5 / 16 : 0.5, RATE);
    }
    run = run_of(12 * RATE);
    assert_hits(&run, hits, 60, 2);
    qm_analysis_free(run.analysis);
}

static void test_gain_does_not_matter(void **unused)
{
    (void)unused;
    clear();
    int64_t hits[10];
    for (int i = 0; i < 10; i++) {
        hits[i] = 4000 + i * 20000;
        hit(hits[i], 0.001, RATE); /* -60 dBFS */
    }
    const Run run = run_of(5 * RATE);
    assert_hits(&run, hits, 10, 0);
    qm_analysis_free(run.analysis);
}

/* A tone that is faded in along a straight line in `ms` takes 0.8 of that from a tenth to
 * nine tenths. */
static void test_attack_times(void **unused)
{
    (void)unused;
    static const double ms[] = {2, 5, 10, 20, 40};
    for (size_t k = 0; k < sizeof ms / sizeof ms[0]; k++) {
        clear();
        const double ramp = ms[k] * RATE / 1000;
        for (int i = 0; i < RATE / 2; i++) {
            const double gain = i < ramp ? i / ramp : 1;
            x[RATE + i] = (float)(0.5 * gain * sin(2 * PI * 2000 * i / RATE));
        }
        const Run run = run_of(2 * RATE);
        assert_int_equal(run.n, 1);
        assert_null(run.at[0].attack.why);
        /* Half a period of the tone, at both ends. */
        if (fabs(run.at[0].attack.value - 0.8 * ms[k]) > 0.5)
            fail_msg("%d ms: %d us", (int)ms[k], (int)(1000 * run.at[0].attack.value));
        qm_analysis_free(run.analysis);
    }
}

static void test_a_hidden_attack_has_no_time(void **unused)
{
    (void)unused;
    clear();
    tone(60, 0.8, 0, LONGEST);
    hit(RATE, 0.02, RATE);
    const Run run = run_of(2 * RATE);
    assert_int_equal(run.n, 2);
    assert_true(llabs(run.at[1].frame - RATE) < 24);
    assert_string_equal(run.at[1].attack.why, "hidden by what sounds");
    qm_analysis_free(run.analysis);
}

/* Slices: at a zero crossing, before the attack, no two within 50 ms, all of the file
 * from the first one on. */
static void test_slices(void **unused)
{
    (void)unused;
    clear();
    tone(200, 0.05, 0, LONGEST);
    for (int i = 0; i < 8; i++) {
        hit(12000 + i * 24000, 0.5, RATE);
        hit(12000 + i * 24000 + 1920, 0.3, RATE); /* 40 ms: a flam */
    }
    const Run run = run_of(5 * RATE);
    const QmSlice *const slice = run.onsets->slices.items;
    const size_t n = run.onsets->slices.count;
    assert_int_equal(n, 9);
    double end = slice[0].time.value;
    for (size_t i = 0; i < n; i++) {
        const int64_t f = slice[i].frame;
        if (i > 0) {
            const int64_t attack = 12000 + ((int64_t)i - 1) * 24000;
            assert_true(f <= attack && f > attack - RATE / 200);
            assert_true(x[f] == 0 || fabsf(x[f]) <= 0.05f * 200 * 7 / RATE);
        }
        assert_true(fabs(slice[i].time.value - end) < 1e-9);
        end += slice[i].length.value;
    }
    assert_true(fabs(end - 5) < 1e-9);
    qm_analysis_free(run.analysis);
}

static void test_nothing_to_find(void **unused)
{
    (void)unused;
    clear();
    Run run = run_of(0);
    assert_int_equal(run.n, 0);
    assert_string_equal(run.onsets->rate.why, "under 1 s");
    assert_string_equal(run.onsets->strength.why, "no onsets");
    qm_analysis_free(run.analysis);
    hit(10, 0.5, RATE);
    run = run_of(RATE / 10);
    const int64_t only[] = {10};
    assert_hits(&run, only, 1, 0);
    qm_analysis_free(run.analysis);
}

/* What is no number does no harm to what comes a second later. */
static void test_no_numbers(void **unused)
{
    (void)unused;
    clear();
    x[RATE] = NAN;
    x[RATE + 1] = INFINITY;
    x[RATE + 2] = 1e30f;
    hit(3 * RATE, 0.5, RATE);
    const Run run = run_of(4 * RATE);
    assert_true(run.n >= 1 && run.at[run.n - 1].frame == 3 * RATE);
    for (size_t i = 0; i < run.n; i++)
        assert_true(isfinite(run.at[i].level.value) && isfinite(run.at[i].attack.value) &&
                    isfinite(run.at[i].strength.value));
    qm_analysis_free(run.analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hits_are_found_on_their_frame),
        cmocka_unit_test(test_the_border_of_blocks),
        cmocka_unit_test(test_the_ends_of_the_file),
        cmocka_unit_test(test_other_rates),
        cmocka_unit_test(test_any_order_of_blocks),
        cmocka_unit_test(test_no_onsets_in_what_goes_on),
        cmocka_unit_test(test_hits_above_a_tone_and_noise),
        cmocka_unit_test(test_rolls_and_ghost_notes),
        cmocka_unit_test(test_gain_does_not_matter),
        cmocka_unit_test(test_attack_times),
        cmocka_unit_test(test_a_hidden_attack_has_no_time),
        cmocka_unit_test(test_slices),
        cmocka_unit_test(test_nothing_to_find),
        cmocka_unit_test(test_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
