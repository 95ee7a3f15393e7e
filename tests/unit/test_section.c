/* tests: analysis/section analysis/similarity */
#include "analysis/section.h"

#include "analysis/similarity.h"
#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

enum { RATE = 48000, LONGEST = 100 * RATE };
static float x[LONGEST];

static float noise(uint64_t i) { return (float)(qm_rand(5, 0, i) * 2 - 1); }

static void tone(double hz, double gain, double from, double to)
{
    for (int64_t i = (int64_t)(from * RATE); i < (int64_t)(to * RATE); i++)
        x[i] += (float)(gain * sin(2 * PI * hz * (double)i / RATE));
}

/* A kick drum and hats, two beats a second. */
static void drums(double from, double to)
{
    for (double at = from; at < to - 0.01; at += 0.25)
        for (int i = 0; i < RATE / 5; i++) {
            const double t = (double)i / RATE;
            const bool beat = fmod(at - from + 0.01, 0.5) < 0.1;
            const double kick = beat ? 0.5 * exp(-t / 0.05) * sin(2 * PI * 55 * t) : 0;
            const double hat = 0.1 * exp(-t / 0.02) * (double)noise((uint64_t)i);
            const int64_t k = (int64_t)(at * RATE) + i;
            if (k < LONGEST)
                x[k] += (float)(kick + hat);
        }
}

/* Two bars of chords of 2 s, over and over. */
static void chords(double from, double to, double gain)
{
    static const double roots[] = {220, 174.6, 261.6, 196};
    int n = 0;
    for (double at = from; at < to - 0.01; at += 2, n++)
        for (int k = 1; k <= 5; k++) {
            tone(roots[n % 4] * k, gain / k, at, at + 2);
            tone(roots[n % 4] * 1.5 * k, gain / k, at, at + 2);
        }
}

typedef struct Run {
    QmAnalysis *analysis;
    const QmSections *is;
    const QmSection *at;
} Run;

static Run run_of(double seconds)
{
    Run run = {analyse_mono("section", x, (int64_t)(seconds * RATE), RATE)};
    run.is = qm_analysis_result(run.analysis, &qm_feature_section);
    run.at = run.is->sections.items;
    return run;
}

static bool near(QmMeasured m, double value, double by)
{
    return !m.why && fabs(m.value - value) <= by;
}

/* Chords, drums with them, chords, drums alone. */
static void song(void)
{
    memset(x, 0, sizeof x);
    chords(0, 72, 0.05);
    drums(24, 48);
    drums(72, 96);
}

static void test_parts_of_a_song(void **unused)
{
    (void)unused;
    song();
    const Run run = run_of(96);
    assert_string_equal(run.is->form, "ABAC");
    assert_int_equal(run.is->count, 4);
    for (int i = 0; i < 4; i++) {
        if (!near(run.at[i].from, 24 * i, 0.03))
            fail_msg("section %d from %d ms", i, (int)(1000 * run.at[i].from.value));
        assert_true(near(run.at[i].to, i < 3 ? run.at[i + 1].from.value : 96, 0));
    }
    assert_string_equal(run.at[0].novelty.why, "the first section");
    assert_true(run.at[3].novelty.value > 0.3 && run.at[3].novelty.value <= 1);
    assert_true(run.at[0].loudness.value < run.at[1].loudness.value - 1);
    assert_true(near(run.at[0].loudness, run.at[2].loudness.value, 0.3));
    /* Chords are in the middle, the drums' power is that of the kick. */
    assert_true(run.at[0].mid.value > run.at[0].high.value + 20);
    assert_true(run.at[3].low.value > -0.5);
    qm_analysis_free(run.analysis);
}

/* Chords that change every two seconds, and anything short, are one section. */
static void test_what_goes_on_is_one_section(void **unused)
{
    (void)unused;
    memset(x, 0, sizeof x);
    chords(0, 60, 0.05);
    Run run = run_of(60);
    assert_string_equal(run.is->form, "A");
    qm_analysis_free(run.analysis);
    memset(x, 0, sizeof x);
    for (int64_t i = 0; i < 60 * RATE; i++)
        x[i] = 0.1f * noise((uint64_t)i);
    run = run_of(60);
    assert_string_equal(run.is->form, "A");
    qm_analysis_free(run.analysis);
    song();
    drums(4, 8);
    run = run_of(14);
    assert_string_equal(run.is->form, "A");
    qm_analysis_free(run.analysis);
}

static void test_gain_does_not_matter(void **unused)
{
    (void)unused;
    song();
    for (int64_t i = 0; i < LONGEST; i++)
        x[i] *= 0.01f;
    const Run run = run_of(96);
    assert_string_equal(run.is->form, "ABAC");
    qm_analysis_free(run.analysis);
}

static void test_silence(void **unused)
{
    (void)unused;
    memset(x, 0, sizeof x);
    Run run = run_of(0);
    assert_int_equal(run.is->count, 0);
    assert_null(run.is->form);
    qm_analysis_free(run.analysis);
    run = run_of(40);
    assert_string_equal(run.is->form, "A");
    assert_string_equal(run.at[0].low.why, "digital silence");
    assert_non_null(run.at[0].loudness.why);
    qm_analysis_free(run.analysis);
    chords(20, 40, 0.05);
    x[10 * RATE] = NAN;
    x[10 * RATE + 5] = INFINITY;
    run = run_of(40);
    assert_string_equal(run.is->form, "AB");
    assert_true(near(run.at[1].from, 20, 0.03));
    qm_analysis_free(run.analysis);
}

static void test_any_order_of_blocks(void **unused)
{
    (void)unused;
    song();
    const float *const channels[] = {x};
    const AnalyseRig rig = {channels, 1, 96 * RATE, RATE, "section", NULL, true};
    QmAnalysis *const otherwise = analyse(&rig);
    const QmSections *const b = qm_analysis_result(otherwise, &qm_feature_section);
    const Run a = run_of(96);
    assert_int_equal(a.is->count, b->count);
    assert_memory_equal(a.at, b->sections.items, (size_t)a.is->count * sizeof *a.at);
    qm_analysis_free(a.analysis);
    qm_analysis_free(otherwise);
}

/* Where two steady sounds with nothing in common meet it is 1, within either 0. */
static void test_novelty_by_itself(void **unused)
{
    (void)unused;
    enum { N = 60 };
    static QmTimbre timbres[N];
    float novelty[N];
    for (int i = 0; i < N; i++) {
        float bands[QM_TIMBRE_BANDS] = {0}, pitches[12] = {0};
        for (int b = 0; b < 8; b++)
            bands[i < 30 ? b : b + 8] = 1;
        pitches[i < 30 ? 0 : 6] = 1;
        qm_timbre(bands, QM_TIMBRE_BANDS, pitches, 1, &timbres[i]);
    }
    QmArena arena;
    qm_arena_init(&arena);
    assert_true(qm_similarity_novelty(timbres, N, 12, novelty, &arena));
    assert_true(fabs((double)novelty[30] - 1) < 1e-6);
    for (int i = 0; i < N; i++) {
        assert_true(novelty[i] <= novelty[30]);
        assert_true(i > 24 && i < 36 ? novelty[i] > 0.1f : true);
        assert_true(i > 18 && i < 42 ? true : novelty[i] < 1e-6f);
    }
    assert_true(fabs(qm_timbre_distance(&timbres[0], &timbres[1])) < 1e-12);
    /* 6 dB in all bands: 6/9. */
    float quiet[QM_TIMBRE_BANDS], loud[QM_TIMBRE_BANDS], pitches[12] = {0};
    for (int b = 0; b < QM_TIMBRE_BANDS; b++) {
        quiet[b] = 0.25f;
        loud[b] = 1;
    }
    QmTimbre p, q;
    qm_timbre(quiet, QM_TIMBRE_BANDS, pitches, 1, &p);
    qm_timbre(loud, QM_TIMBRE_BANDS, pitches, 1, &q);
    assert_true(fabs(qm_timbre_distance(&p, &q) - 20 * log10(2) / 9) < 1e-4);
    assert_true(fabs(qm_timbre_rise(&p, &q) - 20 * log10(2) / 6) < 0.01 ||
                qm_timbre_rise(&p, &q) > 0.99);
    assert_true(qm_timbre_rise(&q, &p) == -qm_timbre_rise(&p, &q));
    assert_true(qm_timbre_rise(&q, &q) == 0);
    const QmTimbre pair[] = {p, q};
    const QmTimbre mean = qm_timbre_mean(pair, 2);
    assert_true(fabs(qm_timbre_distance(&p, &mean) - 10 * log10(2) / 9) < 1e-4);
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_of_a_song),
        cmocka_unit_test(test_what_goes_on_is_one_section),
        cmocka_unit_test(test_gain_does_not_matter),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_any_order_of_blocks),
        cmocka_unit_test(test_novelty_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
