/* tests: analysis/tempo analysis/tempo_flux analysis/pulse analysis/metre
 * tests: analysis/tempo_path analysis/beat_track analysis/tempo_map analysis/downbeat
 * tests: analysis/harmony analysis/metre_windows
 *
 * Patterns whose beats are known. How well music is found is measured by
 * tests/eval/tempo.sh. */
#include "analysis/tempo.h"

#include "analysis/harmony.h"
#include "analysis/tempo_flux.h"

#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

enum { RATE = 48000, LONGEST = 45 * RATE, BEATS_MAX = 256 };
static float x[LONGEST];
static double truth[BEATS_MAX];
static int n_truth;

static void clear(void)
{
    memset(x, 0, sizeof x);
    n_truth = 0;
}

static float noise(uint64_t i) { return (float)(qm_rand(7, 0, i) * 2 - 1); }

/* Noise that dies away by 60 dB in 50 ms: a hat. */
static void hat(double at, double gain)
{
    const int64_t from = llrint(at * RATE), n = RATE / 20;
    for (int64_t i = 0; i < n && from + i < LONGEST; i++)
        x[from + i] +=
            (float)(gain * pow(10, -3.0 * (double)i / (double)n)) * noise((uint64_t)i);
}

/* 60 Hz that dies away by 60 dB in 200 ms. */
static void kick(double at)
{
    const int64_t from = llrint(at * RATE), n = RATE / 5;
    for (int64_t i = 0; i < n && from + i < LONGEST; i++)
        x[from + i] += (float)(0.7 * pow(10, -3.0 * (double)i / (double)n) *
                               cos(2 * PI * 60 * (double)i / RATE));
}

/* A bar's `beats`, kick on the first, snare on the even ones, hats `parts` a beat, the
 * second of them late by `swing` of a beat. Returns when the bar ends. */
static double bar(double at, double bpm, int beats, int parts, double swing)
{
    const double period = 60 / bpm;
    for (int b = 0; b < beats; b++) {
        truth[n_truth++] = at;
        if (b % 4 == 0 || (beats == 4 && b == 2))
            kick(at);
        if (b == 0)
            kick(at);
        if (b % 2 == 1 || (beats == 3 && b))
            hat(at, 0.5);
        for (int p = 0; p < parts; p++)
            hat(at + period * ((double)p / parts + (p == 1 ? swing : 0)), 0.15);
        at += period;
    }
    return at;
}

static double bars(int n, double bpm, int beats, int parts)
{
    double at = 0;
    clear();
    for (int i = 0; i < n; i++)
        at = bar(at, bpm, beats, parts, 0);
    return at;
}

typedef struct Run {
    QmAnalysis *analysis;
    const QmTempoFound *tempo;
} Run;

static Run run_with(double seconds, const QmAnalysisOptions *options, bool otherwise)
{
    const float *channels[] = {x};
    const AnalyseRig rig = {channels, 1,        llrint(seconds * RATE), RATE, "tempo",
                            options,  otherwise};
    Run run = {analyse(&rig), NULL};
    run.tempo = qm_analysis_result(run.analysis, &qm_feature_tempo);
    return run;
}

static Run run_of(double seconds) { return run_with(seconds, NULL, false); }

static void over(Run run) { qm_analysis_free(run.analysis); }

static bool within(double value, double from, double to)
{
    if (value >= from && value <= to)
        return true;
    print_message("%f is not from %f to %f\n", value, from, to);
    return false;
}

static bool is_bpm(const QmTempoFound *tempo, double bpm, double percent)
{
    if (tempo->bpm.why)
        print_message("no tempo: %s\n", tempo->bpm.why);
    return !tempo->bpm.why &&
           within(tempo->bpm.value, bpm * (1 - percent / 100), bpm * (1 + percent / 100));
}

/* How many of the beats are within 10 ms of truth, and the other way round. */
static double agreement(const QmTempoFound *tempo)
{
    const double *const beats = tempo->beats.items;
    int hits = 0;
    for (size_t i = 0; i < tempo->beats.count; i++)
        for (int k = 0; k < n_truth; k++)
            hits += fabs(beats[i] - truth[k]) <= 0.010;
    return 2.0 * hits / (double)(tempo->beats.count + (size_t)n_truth);
}

/* ---- what is found ---- */

static void test_tempi_of_drums(void **unused)
{
    (void)unused;
    for (double bpm = 80; bpm <= 150; bpm += 10) {
        const double end = bars(8, bpm, 4, 2);
        const Run run = run_of(end + 0.7);
        assert_true(is_bpm(run.tempo, bpm, 0.1));
        assert_true(run.tempo->steady);
        assert_true(within(agreement(run.tempo), 0.95, 1));
        assert_true(within(run.tempo->beats_in_bar.value, 4, 4));
        const double *const down = run.tempo->downbeats.items;
        assert_true(run.tempo->downbeats.count > 0 && within(down[0], 0, 0.01));
        over(run);
    }
}

/* Clicks all alike have no bars: half and double are as right, and are said. */
static void test_tempi_of_clicks(void **unused)
{
    (void)unused;
    for (double bpm = 60; bpm <= 200; bpm += 20) {
        clear();
        for (double at = 0.1; at < 20; at += 60 / bpm)
            hat(at, 0.5);
        const Run run = run_of(20);
        const QmTempoFound *const t = run.tempo;
        const double *const other = t->alternatives.items;
        bool said = !t->bpm.why && fabs(t->bpm.value / bpm - 1) < 0.002;
        for (size_t i = 0; i < t->alternatives.count; i++)
            said = said || fabs(other[i] / bpm - 1) < 0.002;
        if (!said)
            print_message("clicks at %f: %f\n", bpm, t->bpm.value);
        assert_true(said);
        over(run);
    }
}

static void test_three_in_a_bar(void **unused)
{
    (void)unused;
    const double end = bars(12, 150, 3, 1);
    const Run run = run_of(end + 0.7);
    assert_true(is_bpm(run.tempo, 150, 0.1));
    assert_true(within(run.tempo->beats_in_bar.value, 3, 3));
    over(run);
}

static void test_swing(void **unused)
{
    (void)unused;
    clear();
    double at = 0;
    for (int i = 0; i < 8; i++)
        at = bar(at, 130, 4, 2, 1.0 / 6);
    const Run run = run_of(at + 0.7);
    assert_true(is_bpm(run.tempo, 130, 0.1));
    assert_true(within(agreement(run.tempo), 0.95, 1));
    over(run);
}

static void test_a_change_of_tempo_makes_segments(void **unused)
{
    (void)unused;
    clear();
    double at = 0;
    for (int i = 0; i < 10; i++)
        at = bar(at, 100, 4, 2, 0);
    const double change = at;
    for (int i = 0; i < 10; i++)
        at = bar(at, 130, 4, 2, 0);
    const Run run = run_of(at);
    const QmTempoSegment *const s = run.tempo->segments.items;
    const size_t n = run.tempo->segments.count;
    assert_true(n >= 2);
    assert_false(run.tempo->steady);
    assert_true(within(s[0].bpm.value, 99.5, 100.5));
    assert_true(within(s[n - 1].bpm.value, 129.5, 130.5));
    assert_true(within(s[0].to.value, change - 4, change + 4));
    assert_true(within(s[n - 1].from.value, change - 4, change + 4));
    for (size_t i = 1; i < n; i++)
        assert_true(s[i].from.value == s[i - 1].to.value);
    assert_true(within(agreement(run.tempo), 0.85, 1));
    over(run);
}

static void test_a_loop_is_whole_beats(void **unused)
{
    (void)unused;
    const double end = bars(4, 123, 4, 4);
    const Run run = run_of(end);
    const double *const beats = run.tempo->beats.items;
    assert_true(run.tempo->loop);
    assert_int_equal(run.tempo->beats.count, 16);
    for (int i = 0; i < 16; i++)
        assert_true(within(beats[i], truth[i] - 1e-4, truth[i] + 1e-4));
    assert_true(within(((double *)run.tempo->downbeats.items)[0], 0, 0));
    over(run);
}

static void test_gain_does_not_matter(void **unused)
{
    (void)unused;
    const double end = bars(8, 96, 4, 2);
    Run run = run_of(end + 0.5);
    const double bpm = run.tempo->bpm.value;
    over(run);
    for (int64_t i = 0; i < LONGEST; i++)
        x[i] *= 0.01f;
    run = run_of(end + 0.5);
    assert_true(within(run.tempo->bpm.value, bpm * 0.9999, bpm * 1.0001));
    over(run);
}

/* ---- what has none ---- */

static void none(double seconds)
{
    const Run run = run_of(seconds);
    if (!run.tempo->bpm.why)
        print_message("found %f (%f)\n", run.tempo->bpm.value,
                      run.tempo->confidence.value);
    assert_non_null(run.tempo->bpm.why);
    assert_non_null(run.tempo->confidence.why);
    assert_int_equal(run.tempo->beats.count, 0);
    assert_int_equal(run.tempo->segments.count, 0);
    over(run);
}

static void test_nothing_pulses(void **unused)
{
    (void)unused;
    clear();
    none(0);
    none(0.001);
    none(20); /* silence */
    hat(3, 0.5);
    none(10); /* one hit */
    clear();
    kick(0);
    none(0.5);
    for (int64_t i = 0; i < LONGEST; i++)
        x[i] = 0.3f * noise((uint64_t)i);
    none(20);
    none(6);
    for (int64_t i = 0; i < LONGEST; i++)
        x[i] = (float)(0.3 * sin(2 * PI * 110 * (double)i / RATE) +
                       0.2 * sin(2 * PI * 165.3 * (double)i / RATE));
    none(20); /* a drone */
}

/* ---- what is said to it ---- */

static void test_a_range_picks_the_level(void **unused)
{
    (void)unused;
    const double end = bars(8, 140, 4, 2);
    const QmAnalysisOptions slow = {.tempo_low = 50, .tempo_high = 90};
    const QmAnalysisOptions fast = {.tempo_low = 90, .tempo_high = 180};
    Run run = run_with(end, &slow, false);
    assert_true(is_bpm(run.tempo, 70, 0.2));
    over(run);
    run = run_with(end, &fast, false);
    assert_true(is_bpm(run.tempo, 140, 0.2));
    over(run);
    const QmAnalysisOptions thirds = {.tempo_low = 64, .tempo_high = 100};
    run = run_with(end, &thirds, false); /* 93.3 is no level of it */
    assert_true(is_bpm(run.tempo, 70, 0.2));
    over(run);
}

static void test_a_grid_wins(void **unused)
{
    (void)unused;
    static const QmBeat BEATS[] = {{0.5, 2}, {1.5, 3}, {2.5, 1}, {3.5, 2},
                                   {4.5, 3}, {5.5, 1}, {6.0, 2}, {6.5, 3},
                                   {7.0, 1}, {7.5, 2}, {8.0, 3}};
    const QmGrid grid = {BEATS, 11};
    const QmAnalysisOptions options = {.grid = &grid};
    const double end = bars(8, 140, 4, 2);
    const Run run = run_with(end, &options, false);
    const QmTempoFound *const t = run.tempo;
    assert_string_equal(t->source, "grid");
    assert_int_equal(t->beats.count, 11);
    assert_int_equal(t->downbeats.count, 3);
    assert_true(within(((double *)t->downbeats.items)[1], 5.5, 5.5));
    assert_true(within(t->beats_in_bar.value, 3, 3));
    assert_int_equal(t->segments.count, 2);
    const QmTempoSegment *const s = t->segments.items;
    assert_true(within(s[0].bpm.value, 60, 60) && within(s[0].to.value, 5.5, 5.5));
    assert_true(within(s[1].bpm.value, 120, 120) && within(s[1].to.value, 8, 8));
    over(run);
}

static void test_order_and_build_do_not_matter(void **unused)
{
    (void)unused;
    const double end = bars(14, 111, 4, 4);
    const Run a = run_with(end, NULL, false), b = run_with(end, NULL, true);
    assert_true(end > 5.5 * 2); /* several blocks */
    assert_int_equal(a.tempo->beats.count, b.tempo->beats.count);
    assert_memory_equal(a.tempo->beats.items, b.tempo->beats.items,
                        a.tempo->beats.count * sizeof(double));
    assert_memory_equal(&a.tempo->bpm, &b.tempo->bpm, sizeof(QmMeasured));
    assert_memory_equal(&a.tempo->confidence, &b.tempo->confidence, sizeof(QmMeasured));
    over(a);
    over(b);
}

/* ---- the parts ---- */

static void test_a_line_through_beats_forgets_what_is_off(void **unused)
{
    (void)unused;
    double times[64], weights[64];
    for (int i = 0; i < 64; i++) {
        times[i] = 0.25 + 0.5 * i + (i % 9 == 4 ? 0.11 : 0.002 * (i % 2 ? 1 : -1));
        weights[i] = i % 5 ? 1 : 0;
    }
    const QmBeatLine line = qm_beat_line(times, weights, 64);
    assert_true(within(line.period, 0.4999, 0.5001));
    assert_true(within(line.first, 0.247, 0.253));
}

static void test_the_median_of_periods(void **unused)
{
    (void)unused;
    static const double TIMES[] = {0, 1, 1.5, 2.0, 2.5, 4.5};
    double work[6];
    assert_true(within(qm_tempo_median(TIMES, 6, work), 120, 120));
    assert_true(within(qm_tempo_median(TIMES, 2, work), 60, 60));
}

static void test_segments_of_a_drift_are_never_far_off(void **unused)
{
    (void)unused;
    double times[200];
    for (int i = 0; i < 200; i++)
        times[i] = 0.5 * i - 0.0005 * i * i;
    QmArena arena;
    QmList segments = {0};
    qm_arena_init(&arena);
    assert_true(qm_tempo_segments(times, 200, &segments, &arena));
    const QmTempoSegment *const s = segments.items;
    assert_true(segments.count > 4);
    for (int i = 0, k = 0; i < 200; i++) {
        while (s[k].to.value < times[i])
            k++;
        const double beats = (times[i] - s[k].from.value) * s[k].bpm.value / 60;
        assert_true(fabs(beats - round(beats)) * 60 / s[k].bpm.value < 0.025);
    }
    assert_true(within(s[0].from.value, 0, 0));
    assert_true(within(s[segments.count - 1].to.value, times[199], times[199]));
    for (size_t i = 1; i < segments.count; i++)
        assert_true(s[i].bpm.value > s[i - 1].bpm.value);
    qm_arena_release(&arena);
}

/* A step in one band is one look of flux; what was there before, and a glide to the
 * neighbour, is none. */
static void test_flux_is_what_begins(void **unused)
{
    (void)unused;
    QmFluxBands bands;
    QmTempoFlux flux;
    QmFluxLook look;
    float power[4][QM_FLUX_BANDS] = {{0}};
    qm_flux_bands_init(&bands, RATE, 2048);
    power[2][20] = power[3][21] = 1e-3f;
    qm_flux_init(&flux, 512.0 / RATE, (const float(*)[QM_FLUX_BANDS])power, 4);
    const int group = bands.group[20];
    for (int i = 0; i < 8; i++) {
        qm_flux_look(&flux, &bands, power[i < 3 ? i : 2 + i % 2], &look);
        assert_int_equal(look.group[group] > 0, i == 2 || i == 3);
        assert_int_equal(look.group[0], 0);
    }
}

/* C major and F major, two beats of 0.5 s each, from A to B to A. */
static void test_chords_change_where_they_do(void **unused)
{
    (void)unused;
    static const int CHORD[2][3] = {{0, 4, 7}, {5, 9, 0}};
    QmHarmonyCell cells[64] = {{{0}}};
    const QmHarmonyCell *pieces[] = {cells, cells + 32};
    double times[8];
    float change[8];
    for (int i = 0; i < 64; i++)
        for (int k = 0; k < 3; k++)
            cells[i].pitch[CHORD[i / 16 % 2][k]] = 255;
    for (int i = 0; i < 8; i++)
        times[i] = 0.5 * i;
    const QmHarmony harmony = {pieces, 32, 64, 0.0625};
    QmArena arena;
    qm_arena_init(&arena);
    assert_true(qm_harmony_changes(&harmony, times, 8, change, &arena));
    for (int i = 2; i < 7; i++)
        assert_true(within((double)change[i], i % 2 ? 0 : 0.66, i % 2 ? 0.01 : 0.67));
    assert_true(change[0] == 0 && change[1] == 0 && change[7] == 0);
    qm_arena_release(&arena);
}

/* Bins go to the nearest note: A is 9 when C is 0; here A is 0. */
static void test_bins_are_pitches(void **unused)
{
    (void)unused;
    QmHarmonyBins bins;
    qm_harmony_bins_init(&bins, RATE, 2048);
    assert_true(bins.from * (RATE / 2048.0) >= 100 && bins.to * (RATE / 2048.0) <= 2024);
    for (uint32_t k = bins.from; k < bins.to; k++) {
        const double off = 12 * log2(k * (double)RATE / 2048 / 440);
        assert_int_equal(bins.pitch[k - bins.from], ((int)lround(off) + 36) % 12);
    }
}

static void test_memory_that_runs_out_is_told(void **unused)
{
    (void)unused;
    enum { LOOKS = 400 };
    QmScanSpec spec = {.rate = RATE, .channels = 1, .block = 1 << QM_BLOCK_BITS};
    float(*const power)[QM_FLUX_BANDS] =
        calloc(1, qm_feature_tempo.partial_size(&spec)); /* begins with these */
    void *const setup = calloc(1, qm_feature_tempo.setup_size);
    for (int i = 0; i < LOOKS; i++)
        for (int b = 0; b < QM_FLUX_BANDS; b++)
            power[i][b] = (float)pow(0.5, i % 50);
    const QmBlock block = {.n = LOOKS * 512, .last = true};
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        QmArena arena;
        qm_arena_init(&arena);
        const QmFeatureCall call = {&spec, setup, &arena};
        assert_true(qm_feature_tempo.prepare(&call, setup));
        void *const state = calloc(1, qm_feature_tempo.state_size);
        QmTempoFound tempo = {0};
        arena.fail_at = n;
        done = qm_feature_tempo.merge(&call, &block, power, state) &&
               qm_feature_tempo.finish(&call, NULL, state, &tempo);
        assert_true(!done || n > 10);
        assert_true(!done || is_bpm(&tempo, 60 / (50 * 512.0 / RATE), 0.5));
        free(state);
        qm_arena_release(&arena);
    }
    free(setup);
    free(power);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tempi_of_drums),
        cmocka_unit_test(test_tempi_of_clicks),
        cmocka_unit_test(test_three_in_a_bar),
        cmocka_unit_test(test_swing),
        cmocka_unit_test(test_a_change_of_tempo_makes_segments),
        cmocka_unit_test(test_a_loop_is_whole_beats),
        cmocka_unit_test(test_gain_does_not_matter),
        cmocka_unit_test(test_nothing_pulses),
        cmocka_unit_test(test_a_range_picks_the_level),
        cmocka_unit_test(test_a_grid_wins),
        cmocka_unit_test(test_order_and_build_do_not_matter),
        cmocka_unit_test(test_a_line_through_beats_forgets_what_is_off),
        cmocka_unit_test(test_the_median_of_periods),
        cmocka_unit_test(test_segments_of_a_drift_are_never_far_off),
        cmocka_unit_test(test_flux_is_what_begins),
        cmocka_unit_test(test_chords_change_where_they_do),
        cmocka_unit_test(test_bins_are_pitches),
        cmocka_unit_test(test_memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
