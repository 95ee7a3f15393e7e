/* tests: analysis/dynamics analysis/transience analysis/transients */
#include "analysis/dynamics.h"

#include "analysis/onset.h"
#include "analysis/section.h"
#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

enum { RATE = 48000, LONGEST = 40 * RATE };
static float x[LONGEST], y[LONGEST];

static float noise(uint64_t i) { return (float)(qm_rand(11, 0, i) * 2 - 1); }

static void clear(void)
{
    memset(x, 0, sizeof x);
    memset(y, 0, sizeof y);
}

static void tone(double hz, double gain, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++)
        x[i] += (float)(gain * sin(2 * PI * hz * (double)i / RATE));
}

/* Noise that dies away by 60 dB in a tenth of a second. */
static void hit(int64_t at, double gain)
{
    for (int64_t i = 0; i < RATE / 10 && at + i < LONGEST; i++)
        x[at + i] +=
            (float)(gain * pow(10, -30.0 * (double)i / RATE)) * noise((uint64_t)i);
}

typedef struct Run {
    QmAnalysis *analysis;
    const QmDynamics *is;
} Run;

static Run run_of(int64_t frames)
{
    Run run = {analyse_mono("dynamics", x, frames, RATE)};
    run.is = qm_analysis_result(run.analysis, &qm_feature_dynamics);
    return run;
}

static bool near(QmMeasured m, double value, double by)
{
    return !m.why && fabs(m.value - value) <= by;
}

static double ratio_of(int64_t frames)
{
    const Run run = run_of(frames);
    assert_null(run.is->transient_ratio.why);
    const double ratio = run.is->transient_ratio.value;
    qm_analysis_free(run.analysis);
    return ratio;
}

/* What is held has none, what is hit nearly all; half of the power of each, half. */
static void test_transient_ratio(void **unused)
{
    (void)unused;
    clear();
    tone(440, 0.5, 0, LONGEST);
    assert_true(ratio_of(10 * RATE) < 1e-4); /* it begins and ends */
    clear();
    for (int i = 0; i < 40; i++)
        hit(i * 12000, 0.5);
    assert_true(ratio_of(10 * RATE) > 0.97);
    double power = 0;
    for (int i = 0; i < 10 * RATE; i++)
        power += (double)x[i] * (double)x[i] / (10.0 * RATE);
    tone(100, sqrt(2 * power), 0, LONGEST); /* where white noise has next to nothing */
    const double half = ratio_of(10 * RATE);
    /* The octaves end at 17.8 kHz, above which are 26 % of white noise. */
    assert_true(fabs(half - 0.74 / 1.74) < 0.02);
}

/* What sways by itself hardly counts. */
static void test_what_is_no_transient(void **unused)
{
    (void)unused;
    clear();
    for (int i = 0; i < LONGEST; i++)
        x[i] = 0.2f * noise((uint64_t)i);
    assert_true(ratio_of(10 * RATE) < 0.01);
    double brown = 0; /* its power is in octaves of a few bins, which sway most */
    for (int i = 0; i < LONGEST; i++) {
        brown += 0.004 * ((double)noise((uint64_t)i) - brown);
        x[i] = (float)brown;
    }
    assert_true(ratio_of(10 * RATE) < 0.35);
    for (int i = 0; i < LONGEST; i++) /* tremolo */
        x[i] = (float)(0.3 * sin(2 * PI * 440 * i / RATE) *
                       (1 + 0.3 * sin(2 * PI * 5 * i / RATE)));
    assert_true(ratio_of(10 * RATE) < 0.01);
    for (int i = 0; i < LONGEST; i++) /* a swell in a second */
        x[i] = (float)(0.3 * sin(2 * PI * 440 * i / RATE) *
                       (0.5 - 0.5 * cos(PI * i / RATE)));
    assert_true(ratio_of(10 * RATE) < 0.02);
}

/* Hits of high noise above a held bass: each range of frequencies by itself. */
static void test_bands(void **unused)
{
    (void)unused;
    clear();
    for (int i = 0; i < 40; i++)
        for (int k = 0; k < 2000; k++) /* alternating signs: no low frequencies */
            x[i * 12000 + k] += (float)(0.3 * exp(-k / 300.0)) * (k % 2 ? 1.0f : -1.0f) *
                                fabsf(noise((uint64_t)k));
    tone(80, 0.5, 0, LONGEST);
    const Run run = run_of(10 * RATE);
    const QmDynamicsBand *const band = run.is->bands.items;
    assert_int_equal(run.is->bands.count, 3);
    assert_string_equal(band[0].band, "low");
    assert_true(band[0].transient_ratio.value < 0.01);
    assert_string_equal(band[2].band, "high");
    assert_true(band[2].transient_ratio.value > 0.95);
    qm_analysis_free(run.analysis);
}

static void test_crest_of_known_signals(void **unused)
{
    (void)unused;
    clear();
    tone(1000, 0.5, 0, LONGEST);
    Run run = run_of(10 * RATE);
    assert_true(near(run.is->crest_median, 3.0103, 0.001));
    assert_true(near(run.is->crest_p10, 3.0103, 0.001));
    assert_true(near(run.is->range, 0, 0.001));
    assert_string_equal(run.is->compression, "dense");
    assert_int_equal(run.is->crest.count, 97);
    qm_analysis_free(run.analysis);
    clear();
    for (int i = 0; i < LONGEST; i += 4800) /* one sample in 4800 */
        x[i] = 0.5f;
    run = run_of(10 * RATE);
    assert_true(near(run.is->crest_median, 10 * log10(4800), 0.001));
    assert_string_equal(run.is->compression, "peaks");
    qm_analysis_free(run.analysis);
}

/* Left and right are one level: the mean of their powers; a peak is that of either. */
static void test_two_channels(void **unused)
{
    (void)unused;
    clear();
    tone(1000, 0.5, 0, LONGEST);
    QmAnalysis *const a = analyse_stereo("dynamics", x, y, 10 * RATE, RATE);
    const QmDynamics *const is = qm_analysis_result(a, &qm_feature_dynamics);
    assert_true(near(is->crest_median, 6.0206, 0.001));
    qm_analysis_free(a);
}

/* Two levels, 12 dB apart, in turn for 5 s each; then with one 30 dB down, which the gate
 * leaves out. */
static void test_range(void **unused)
{
    (void)unused;
    clear();
    for (int i = 0; i < 4; i++)
        tone(1000, i % 2 ? 0.5 : 0.5 * pow(10, -0.6), i * 5 * RATE, (i + 1) * 5 * RATE);
    Run run = run_of(20 * RATE);
    assert_true(near(run.is->range, 12, 0.01));
    assert_string_equal(run.is->compression, "levels");
    qm_analysis_free(run.analysis);
    clear();
    for (int i = 0; i < 4; i++)
        tone(1000, i % 2 ? 0.5 : 0.5 * pow(10, -1.5), i * 5 * RATE, (i + 1) * 5 * RATE);
    run = run_of(20 * RATE);
    assert_true(near(run.is->range, 0, 0.1));
    qm_analysis_free(run.analysis);
}

static void test_attacks_are_those_of_the_onsets(void **unused)
{
    (void)unused;
    clear();
    for (int i = 0; i < 20; i++) { /* straight ramps of 5, 10, 15 ms ... */
        const double ramp = (i % 4 + 1) * 240;
        for (int k = 0; k < 9600; k++)
            x[4800 + i * 24000 + k] =
                (float)(0.5 * (k < ramp ? k / ramp : exp(-(k - ramp) / 1200)) *
                        sin(2 * PI * 3000 * k / RATE));
    }
    const Run run = run_of(11 * RATE);
    const QmOnsets *const onsets = qm_analysis_result(run.analysis, &qm_feature_onset);
    assert_int_equal(onsets->count, 20);
    assert_true(near(run.is->onset_rate, 20 / 11.0, 1e-9));
    assert_true(near(run.is->attack_p10, 4, 0.4));
    assert_true(near(run.is->attack_median, 12, 0.4) ||
                near(run.is->attack_median, 8, 0.4));
    assert_true(near(run.is->attack_p90, 16, 0.4));
    qm_analysis_free(run.analysis);
}

/* Sections: 20 s of a held chord, then 20 s of hits. */
static void test_sections(void **unused)
{
    (void)unused;
    clear();
    tone(220, 0.2, 0, 20 * RATE);
    tone(330, 0.2, 0, 20 * RATE);
    for (int i = 0; i < 40; i++)
        hit(20 * RATE + i * 24000, 0.8);
    const Run run = run_of(40 * RATE);
    const QmDynamicsSection *const s = run.is->sections.items;
    const QmSections *const sections =
        qm_analysis_result(run.analysis, &qm_feature_section);
    assert_int_equal(run.is->sections.count, 2);
    assert_int_equal(sections->count, 2);
    assert_true(near(s[1].from, 20, 0.02) && near(s[1].to, 40, 0.001));
    assert_true(s[0].label != s[1].label);
    assert_true(near(s[0].level, 10 * log10(0.04), 0.01));
    assert_true(near(s[0].crest, 20 * log10(0.4) - 10 * log10(0.04), 0.5));
    assert_true(near(s[0].range, 0, 0.1));
    assert_true(near(s[0].onset_rate, 0.05, 0.051));
    assert_true(near(s[1].onset_rate, 2, 0.01));
    assert_true(s[0].transient_ratio.value < 0.05 && s[1].transient_ratio.value > 0.95);
    assert_true(near(s[0].loudness, -14.6, 1) && !s[1].loudness.why);
    qm_analysis_free(run.analysis);
}

static void test_nothing_to_measure(void **unused)
{
    (void)unused;
    clear();
    Run run = run_of(0);
    assert_string_equal(run.is->crest_median.why, "under 400 ms");
    assert_string_equal(run.is->range.why, "under 3.3 s");
    assert_string_equal(run.is->transient_ratio.why, "digital silence");
    assert_string_equal(run.is->attack_median.why, "no onsets");
    assert_null(run.is->compression);
    assert_int_equal(run.is->sections.count, 0);
    qm_analysis_free(run.analysis);
    run = run_of(10 * RATE);
    assert_string_equal(run.is->crest_median.why, "below the gate");
    assert_string_equal(run.is->range.why, "below the gate");
    const QmDynamicsSection *const s = run.is->sections.items;
    assert_int_equal(run.is->sections.count, 1);
    assert_string_equal(s->level.why, "digital silence");
    qm_analysis_free(run.analysis);
    x[RATE] = NAN;
    x[RATE + 1] = INFINITY;
    tone(1000, 0.5, 2 * RATE, 10 * RATE);
    run = run_of(10 * RATE);
    assert_true(near(run.is->crest_median, 3.0103, 0.001));
    assert_true(isfinite(run.is->transient_ratio.value));
    qm_analysis_free(run.analysis);
}

static void test_any_order_of_blocks(void **unused)
{
    (void)unused;
    clear();
    for (int i = 0; i < 70; i++)
        hit(500 + i * 24000, 0.1 + 0.01 * i);
    tone(220, 0.1, 10 * RATE, 30 * RATE);
    const float *const channels[] = {x};
    const AnalyseRig rig = {channels, 1, 37 * RATE, RATE, "dynamics", NULL, true};
    QmAnalysis *const otherwise = analyse(&rig);
    const QmDynamics *const b = qm_analysis_result(otherwise, &qm_feature_dynamics);
    const Run a = run_of(37 * RATE);
    assert_memory_equal(&a.is->transient_ratio, &b->transient_ratio, sizeof(QmMeasured));
    assert_memory_equal(&a.is->crest_median, &b->crest_median, sizeof(QmMeasured));
    assert_memory_equal(&a.is->range, &b->range, sizeof(QmMeasured));
    assert_int_equal(a.is->sections.count, b->sections.count);
    assert_int_equal(a.is->crest.count, b->crest.count);
    assert_memory_equal(a.is->crest.items, b->crest.items,
                        b->crest.count * sizeof(double));
    qm_analysis_free(a.analysis);
    qm_analysis_free(otherwise);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transient_ratio),
        cmocka_unit_test(test_what_is_no_transient),
        cmocka_unit_test(test_bands),
        cmocka_unit_test(test_crest_of_known_signals),
        cmocka_unit_test(test_two_channels),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_attacks_are_those_of_the_onsets),
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_nothing_to_measure),
        cmocka_unit_test(test_any_order_of_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
