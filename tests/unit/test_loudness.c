/* tests: analysis/loudness analysis/gating
 *
 * The signals of EBU Tech 3341 and 3342 at half the tolerance that they allow, and
 * libebur128 on everything that has no answer in a table. */
#include "analysis/loudness.h"

#include "tests/support/ebu_signals.h"

#include <ebur128.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof array / sizeof array[0])

static QmAnalysis *analysis;

static const QmLoudness *measure(const Sound *sound)
{
    qm_analysis_free(analysis);
    analysis = sound_analyse(sound, "loudness", NULL);
    assert_non_null(analysis);
    return qm_analysis_result(analysis, &qm_feature_loudness);
}

static int at_end(void **unused)
{
    (void)unused;
    qm_analysis_free(analysis);
    analysis = NULL;
    return 0;
}

#define IS(measured, want, most) is(#measured, measured, want, most, __LINE__)
static void is(const char *what, QmMeasured m, double want, double most, int line)
{
    if (m.why || !(fabs(m.value - want) <= most))
        fail_msg("line %d: %s: %.7f (%s), not %.7f", line, what, m.value,
                 m.why ? m.why : "", want);
}

#define IS_NOT(measured, reason) is_not(#measured, measured, reason, __LINE__)
static void is_not(const char *what, QmMeasured m, const char *reason, int line)
{
    if (!m.why || strcmp(m.why, reason) != 0)
        fail_msg("line %d: %s: %.7f (%s), not (%s)", line, what, m.value,
                 m.why ? m.why : "", reason);
}

/* --- EBU Tech 3341 ------------------------------------------------------------------ */

enum { STEPS = 5 };
#define HALF_LU 0.05 /* of the 0.1 LU that Tech 3341 allows */

static void every(const QmList *series, size_t from, double want)
{
    const double *const lufs = series->items;
    for (size_t i = from; i < series->count; i++)
        if (!(fabs(lufs[i] - want) <= HALF_LU))
            fail_msg("%zu tenths: %.4f, not %.4f", i, lufs[i], want);
}

static void test_3341_cases_1_and_2(void **unused)
{
    (void)unused;
    for (int i = 0; i < 2; i++) {
        const double want = i == 0 ? -23 : -33;
        Sound s = sound_new(48000, 2, 20);
        sound_tone(&s, 20, want);
        const QmLoudness *const l = measure(&s);
        IS(l->integrated, want, HALF_LU);
        IS(l->momentary_max, want, HALF_LU);
        IS(l->short_term_max, want, HALF_LU);
        every(&l->momentary, QM_MOMENTARY, want);
        every(&l->short_term, QM_SHORT_TERM, want);
        sound_free(&s);
    }
}

static void test_3341_cases_3_to_5(void **unused)
{
    (void)unused;
    static const double cases[][STEPS][2] = {
        {{10, -36}, {60, -23}, {10, -36}},
        {{10, -72}, {10, -36}, {60, -23}, {10, -36}, {10, -72}},
        {{20, -26}, {20.1, -20}, {20, -26}}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        Sound s = sound_new(48000, 2, 101);
        for (int i = 0; i < STEPS; i++)
            sound_tone(&s, cases[c][i][0], cases[c][i][1]);
        IS(measure(&s)->integrated, -23, HALF_LU);
        sound_free(&s);
    }
}

static void test_3341_case_6(void **unused)
{
    (void)unused;
    static const double five[] = {-28, -28, -24, -30, -30};
    static const double six[] = {-28, -28, -24, -6, -30, -30}; /* loud low effects */
    Sound s = sound_new(48000, 5, 20);
    sound_tones(&s, 20, 1000, five);
    IS(measure(&s)->integrated, -23, HALF_LU);
    sound_free(&s);
    s = sound_new(48000, 6, 20);
    sound_tones(&s, 20, 1000, six);
    IS(measure(&s)->integrated, -23, HALF_LU);
    sound_free(&s);
}

static void test_3341_cases_9_and_12(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 2, 15);
    for (int i = 0; i < 5; i++) {
        sound_tone(&s, 1.34, -20);
        sound_tone(&s, 1.66, -30);
    }
    every(&measure(&s)->short_term, QM_SHORT_TERM, -23);
    sound_free(&s);
    s = sound_new(48000, 2, 10);
    for (int i = 0; i < 25; i++) {
        sound_tone(&s, 0.18, -20);
        sound_tone(&s, 0.22, -30);
    }
    every(&measure(&s)->momentary, 9, -23);
    sound_free(&s);
}

/* A window's worth of tone, anywhere. */
static void test_3341_cases_10_and_13(void **unused)
{
    (void)unused;
    for (int i = 0; i < 20; i++) {
        Sound s = sound_new(48000, 2, 8);
        sound_silence(&s, i * 0.15);
        sound_tone(&s, 3, -23);
        sound_silence(&s, 1);
        IS(measure(&s)->short_term_max, -23, HALF_LU);
        sound_free(&s);
        s = sound_new(48000, 2, 2);
        sound_silence(&s, i * 0.02);
        sound_tone(&s, 0.4, -23);
        sound_silence(&s, 1);
        const QmLoudness *const l = measure(&s);
        IS(l->momentary_max, -23, HALF_LU);
        IS(l->momentary_max_at, i * 0.02, 0.005);
        sound_free(&s);
    }
}

/* Such tones one after the other, each 1 dB louder: the highest of each in the series. */
static void rising(double window, size_t tenths, bool momentary)
{
    Sound s = sound_new(48000, 2, 2 * window * 20);
    for (int i = 0; i < 20; i++) {
        sound_silence(&s, i * window / 20);
        sound_tone(&s, window, -38 + i);
        sound_silence(&s, window - i * window / 20);
    }
    const QmLoudness *const l = measure(&s);
    const QmList *const series = momentary ? &l->momentary : &l->short_term;
    for (size_t i = 0; i < 20; i++) {
        double most = QM_GAP;
        for (size_t t = i * tenths; t < (i + 1) * tenths; t++)
            most = fmax(most, ((const double *)series->items)[t]);
        if (!(fabs(most - (-38 + (double)i)) <= HALF_LU))
            fail_msg("tone %zu: %.4f, not %.4f", i, most, -38 + (double)i);
    }
    sound_free(&s);
}

static void test_3341_cases_11_and_14(void **unused)
{
    (void)unused;
    rising(3, 60, false);
    rising(0.4, 8, true);
}

/* --- EBU Tech 3342 ------------------------------------------------------------------ */

static void test_3342_cases_1_to_4(void **unused)
{
    (void)unused;
    static const struct {
        double levels[STEPS], range;
    } cases[] = {{{-20, -30}, 10},
                 {{-20, -15}, 5},
                 {{-40, -20}, 20},
                 {{-50, -35, -20, -35, -50}, 15}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        Sound s = sound_new(48000, 2, 100);
        for (int i = 0; i < STEPS && cases[c].levels[i] < 0; i++)
            sound_tone(&s, 20, cases[c].levels[i]);
        IS(measure(&s)->range, cases[c].range, 0.5); /* of the 1 LU that is allowed */
        sound_free(&s);
    }
}

/* --- libebur128 --------------------------------------------------------------------- */

#define SAME 1e-6 /* LU */

typedef struct Oracle {
    double integrated, range_1s, momentary, short_term;
    double windows[4096]; /* short-term energies, tenth by tenth */
    size_t n_windows;
} Oracle;

/* Feeds it 10 ms at a time, as ours scans; it adds up 3 s anew each time it is asked for
 * them, so that is done every `hop` only. */
static void ask(const Sound *sound, int hop, Oracle *o)
{
    ebur128_state *const st = ebur128_init(sound->channels, (unsigned long)sound->rate,
                                           EBUR128_MODE_I | EBUR128_MODE_LRA);
    memset(o, 0, sizeof *o);
    o->momentary = o->short_term = -HUGE_VAL;
    float *const frames = calloc(1 << 16, sizeof *frames);
    const int64_t tenth = (int64_t)((sound->rate + 5) / 10);
    int64_t at = 0;
    for (int64_t bin = 1;; bin++) {
        const int64_t end = bin / 10 * tenth + tenth * (bin % 10) / 10;
        const int64_t to = end < sound->frames ? end : sound->frames;
        for (int64_t i = at; i < to; i++)
            for (uint32_t c = 0; c < sound->channels; c++)
                frames[(uint64_t)(i - at) * sound->channels + c] = sound->samples[c][i];
        ebur128_add_frames_float(st, frames, (size_t)(to - at));
        if (end > sound->frames)
            break;
        at = to;
        double lufs;
        if (bin >= 40 && ebur128_loudness_momentary(st, &lufs) == 0)
            o->momentary = fmax(o->momentary, lufs);
        if (bin >= 300 && bin % hop == 0 && ebur128_loudness_shortterm(st, &lufs) == 0) {
            o->short_term = fmax(o->short_term, lufs);
            if (bin % 10 == 0)
                o->windows[o->n_windows++] = pow(10, (lufs + 0.691) / 10);
        }
    }
    ebur128_loudness_global(st, &o->integrated);
    ebur128_loudness_range(st, &o->range_1s);
    ebur128_destroy((ebur128_state *[]){st});
    free(frames);
}

static int by_size(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) -
           (*(const double *)a < *(const double *)b);
}

/* The range of windows as Tech 3342 has it. */
static double range_of(double *windows, size_t n)
{
    double sum = 0;
    size_t count = 0, first = 0;
    qsort(windows, n, sizeof *windows, by_size);
    for (size_t i = 0; i < n; i++)
        if (windows[i] >= pow(10, (-70 + 0.691) / 10)) {
            sum += windows[i];
            count++;
        }
    while (windows[first] < 0.01 * sum / (double)count || windows[first] < 1.1724653e-7)
        first++;
    const double last = (double)(n - first - 1);
    return 10 * log10(windows[first + (size_t)(last * 0.95 + 0.5)] /
                      windows[first + (size_t)(last * 0.10 + 0.5)]);
}

static Oracle oracle;

static const QmLoudness *as_the_oracle(const Sound *s)
{
    const QmLoudness *const l = measure(s);
    ask(s, 1, &oracle);
    IS(l->integrated, oracle.integrated, SAME);
    IS(l->momentary_max, oracle.momentary, SAME);
    if (oracle.n_windows > 0) {
        IS(l->short_term_max, oracle.short_term, SAME);
        IS(l->range, range_of(oracle.windows, oracle.n_windows), SAME);
    }
    return l;
}

/* Noise and tones that come and go. */
static void programme(Sound *s, double seconds, uint64_t seed)
{
    double level = 0.5;
    for (double t = 0; t + 1.37 <= seconds; t += 1.37, seed++) {
        sound_noise(s, 0.87, level, seed);
        const double levels[] = {-12, -20, -31, -9, -18, -25, -14, -40};
        sound_tones(s, 0.5, 55.0 * (double)(1 + seed % 40), levels);
        level = level < 0.01 ? 0.9 : level * 0.6;
    }
}

static void test_rates_and_channels_as_libebur128(void **unused)
{
    (void)unused;
    static const struct {
        double rate, seconds;
        uint32_t channels;
    } cases[] = {{8000, 40, 2},    {11025, 20, 1}, {22050, 20, 2}, {32000, 10, 3},
                 {44100, 12, 2},   {48000, 7, 1},  {48000, 6, 4},  {48000, 4, 5},
                 {48000, 4, 6},    {88200, 5, 2},  {96000, 5, 2},  {192000, 5, 2},
                 {384000, 3.3, 1}, {22051, 6, 2},  {47999, 1.4, 2}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        Sound s = sound_new(cases[i].rate, cases[i].channels, cases[i].seconds);
        programme(&s, cases[i].seconds, i + 1);
        as_the_oracle(&s);
        sound_free(&s);
    }
}

/* What libebur128 itself calls the range: windows a second apart. */
static void test_the_range_with_a_hop_of_a_second(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 2, 62);
    programme(&s, 61, 5);
    const QmLoudness *const l = measure(&s);
    ask(&s, 1000, &oracle);
    double windows[64];
    size_t n = 0;
    for (size_t i = QM_SHORT_TERM; i <= l->energies.count; i += 10)
        windows[n++] =
            qm_mean_energy((const double *)l->energies.items + i - QM_SHORT_TERM,
                           QM_SHORT_TERM);
    assert_true(fabs(range_of(windows, n) - oracle.range_1s) < SAME);
    sound_free(&s);
}

/* A quiet tone on top of DC at full scale: what the high-pass is there for. */
static void test_dc_under_something_quiet(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 2, 5);
    sound_noise(&s, 5, 1e-3, 3);
    for (int64_t i = 0; i < s.frames; i++) {
        s.samples[0][i] += 0.999f;
        s.samples[1][i] -= 0.999f;
    }
    as_the_oracle(&s);
    sound_free(&s);
}

/* --- what has none ------------------------------------------------------------------ */

static void test_what_is_too_short(void **unused)
{
    (void)unused;
    static const double seconds[] = {0, 1 / 48000.0, 0.1, 0.399};
    for (size_t i = 0; i < COUNT(seconds); i++) {
        Sound s = sound_new(48000, 2, 1);
        sound_tone(&s, seconds[i], -20);
        const QmLoudness *const l = measure(&s);
        IS_NOT(l->integrated, "under 400 ms");
        IS_NOT(l->momentary_max, "under 400 ms");
        IS_NOT(l->momentary_max_at, "under 400 ms");
        IS_NOT(l->range, "under 3 s");
        IS_NOT(l->short_term_max, "under 3 s");
        IS_NOT(l->dr14, "under three parts of 3 s");
        sound_free(&s);
    }
    Sound s = sound_new(48000, 2, 1);
    sound_tone(&s, 0.4, -20);
    IS(measure(&s)->integrated, -20, 0.1);
    sound_free(&s);
}

static void test_what_is_too_quiet(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 2, 11);
    sound_silence(&s, 10);
    const QmLoudness *l = measure(&s);
    IS_NOT(l->integrated, "digital silence");
    IS_NOT(l->range, "digital silence");
    IS_NOT(l->momentary_max, "digital silence");
    IS_NOT(l->short_term_max_at, "digital silence");
    IS_NOT(l->dr14, "digital silence");
    for (size_t i = 0; i < l->momentary.count; i++)
        assert_true(((const double *)l->momentary.items)[i] == QM_GAP);
    sound_free(&s);
    s = sound_new(48000, 2, 11);
    sound_tone(&s, 10, -75);
    l = measure(&s);
    IS_NOT(l->integrated, "below -70 LUFS");
    IS_NOT(l->range, "below -70 LUFS");
    IS(l->momentary_max, -75, HALF_LU);
    sound_free(&s);
    s = sound_new(48000, 2, 11);
    sound_noise(&s, 10, 1e-42, 7); /* nothing but denormals */
    IS_NOT(measure(&s)->integrated, "below -70 LUFS");
    sound_free(&s);
}

static void test_rates_that_cannot_be(void **unused)
{
    (void)unused;
    static const double rates[] = {1, 3999, 2e6};
    for (size_t i = 0; i < COUNT(rates); i++) {
        Sound s = sound_new(rates[i], 1, 2);
        sound_noise(&s, 2, 0.5, i);
        IS_NOT(measure(&s)->integrated, i < 2 ? "rate below 4 kHz" : "rate above 1 MHz");
        IS_NOT(measure(&s)->psr_at, i < 2 ? "rate below 4 kHz" : "rate above 1 MHz");
        sound_free(&s);
    }
}

/* --- what is made of it ------------------------------------------------------------- */

static void test_mono_and_dual_mono(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 1, 5);
    sound_tone(&s, 5, -23);
    IS(measure(&s)->integrated, -26.01, HALF_LU);
    const double mono = measure(&s)->integrated.value;
    const QmAnalysisOptions options = {.dual_mono = true};
    qm_analysis_free(analysis);
    analysis = sound_analyse(&s, "loudness", &options);
    const QmLoudness *const l = qm_analysis_result(analysis, &qm_feature_loudness);
    IS(l->integrated, mono + 10 * log10(2), 1e-9);
    sound_free(&s);
}

/* BS.1770-5, table 4: what is at the sides counts 1.41, what is behind 1. */
static void test_seven_channels_and_effects(void **unused)
{
    (void)unused;
    static const double weights[] = {1, 1, 1, 0, 1, 1, 1.41, 1.41};
    for (int c = 0; c < 8; c++) {
        double levels[8] = {-300, -300, -300, -300, -300, -300, -300, -300};
        levels[c] = -20;
        Sound s = sound_new(48000, 8, 1);
        sound_tones(&s, 1, 1000, levels);
        const QmLoudness *const l = measure(&s);
        if (weights[c] > 0)
            IS(l->integrated, -23.01 + 10 * log10(weights[c]), HALF_LU);
        else
            IS_NOT(l->integrated, "below -70 LUFS");
        sound_free(&s);
    }
}

static void test_the_loudest_is_where_it_is(void **unused)
{
    (void)unused;
    Sound s = sound_new(44100, 2, 20);
    sound_tone(&s, 8.25, -40);
    sound_tone(&s, 3, -20);
    sound_tone(&s, 6, -40);
    const QmLoudness *const l = measure(&s);
    IS(l->short_term_max_at, 8.25, 0.011);
    IS(l->short_term_max, -20, HALF_LU);
    sound_free(&s);
}

/* Sines: a true peak of -10 dBTP over -10 LUFS, then -14 over -20 (a peak of its own). */
static void test_plr_and_psr(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 2, 30);
    sound_tone(&s, 10, -10);
    sound_tone(&s, 10, -20);
    for (int64_t i = 11 * 48000; i < s.frames; i += 24000)
        s.samples[0][i + 12] += 0.1f; /* where the sine has its top: -14 dB */
    qm_analysis_free(analysis);
    analysis = sound_analyse(&s, "peak loudness", NULL);
    const QmLoudness *const l = qm_analysis_result(analysis, &qm_feature_loudness);
    const QmPeak *const p = qm_analysis_result(analysis, &qm_feature_peak);
    IS(l->plr, p->true_peak.value - l->integrated.value, 1e-12);
    IS(l->psr, 0, 0.05);
    assert_true(l->psr_at.value <= 7);
    sound_free(&s);
    s = sound_new(48000, 2, 10);
    sound_tone(&s, 5, -20);
    const QmLoudness *const alone = measure(&s);
    IS_NOT(alone->plr, "true peak not measured");
    IS_NOT(alone->psr, "true peak not measured");
    sound_free(&s);
}

/* A part has the loudness of a file of that part; its first windows are not mixed with
 * what was before. */
static void test_parts(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 2, 40);
    programme(&s, 30, 11);
    const QmLoudness *l = measure(&s);
    const double all = l->integrated.value;
    IS(qm_loudness_part(l, 0, 1e9), all, 1e-12);
    IS(qm_loudness_part(l, -5, 1e9), all, 1e-12);
    IS_NOT(qm_loudness_part(l, 1, 1.39), "under 400 ms");
    IS_NOT(qm_loudness_part(l, 7, 5), "under 400 ms");
    IS_NOT(qm_loudness_part(l, 100, 200), "under 400 ms");
    const double part = qm_loudness_part(l, 9.6, 19.2).value;
    Sound cut = sound_new(48000, 2, 10);
    sound_silence(&cut, 9.6);
    for (int c = 0; c < 2; c++)
        memcpy(cut.samples[c], s.samples[c] + 9 * 48000 + 28800,
               96 * 4800 * sizeof(float));
    IS(measure(&cut)->integrated, part, 0.01); /* the filter starts from rest there */
    sound_free(&cut);
    sound_free(&s);
}

/* Two files: their windows in one pool, as libebur128 does it. */
static void test_albums(void **unused)
{
    (void)unused;
    enum { TRACKS = 3 };
    QmAnalysis *analyses[TRACKS];
    ebur128_state *states[TRACKS];
    QmAlbumTrack tracks[TRACKS];
    for (uint32_t i = 0; i < TRACKS; i++) {
        Sound s = sound_new(i == 1 ? 44100 : 48000, 2, 40);
        programme(&s, 10 + 8 * i, 20 + 7 * i);
        analyses[i] = sound_analyse(&s, "peak loudness", NULL);
        tracks[i].loudness = qm_analysis_result(analyses[i], &qm_feature_loudness);
        tracks[i].peak = qm_analysis_result(analyses[i], &qm_feature_peak);
        states[i] = ebur128_init(2, (unsigned long)s.rate, EBUR128_MODE_I);
        for (int64_t k = 0; k < s.frames; k++)
            ebur128_add_frames_float(states[i],
                                     (float[]){s.samples[0][k], s.samples[1][k]}, 1);
        sound_free(&s);
    }
    double want;
    ebur128_loudness_global_multiple(states, TRACKS, &want);
    QmArena arena = {0};
    QmAlbum album;
    assert_true(qm_loudness_album(tracks, TRACKS, &arena, &album));
    IS(album.integrated, want, SAME);
    double peak = -HUGE_VAL, loudest = -HUGE_VAL;
    for (int i = 0; i < TRACKS; i++) {
        peak = fmax(peak, tracks[i].peak->true_peak.value);
        loudest = fmax(loudest, tracks[i].loudness->short_term_max.value);
    }
    IS(album.true_peak, peak, 0);
    IS(album.short_term_max, loudest, 0);
    IS(album.plr, peak - want, SAME);
    tracks[0].peak = tracks[1].peak = tracks[2].peak = NULL;
    arena.fail_at = arena.calls + 1;
    assert_false(qm_loudness_album(tracks, TRACKS, &arena, &album));
    arena.fail_at = 0;
    assert_true(qm_loudness_album(tracks, 1, &arena, &album));
    IS(album.integrated, tracks[0].loudness->integrated.value, 0);
    IS(album.range, tracks[0].loudness->range.value, 0);
    IS_NOT(album.true_peak, "true peak not measured");
    qm_arena_release(&arena);
    for (int i = 0; i < TRACKS; i++) {
        qm_analysis_free(analyses[i]);
        ebur128_destroy(&states[i]);
    }
}

/* Blocks in any order and by either build: the same bits. */
static void test_any_order_gives_the_same_bits(void **unused)
{
    (void)unused;
    Sound s = sound_new(44100, 3, 40);
    programme(&s, 37, 3);
    QmAnalysis *both[2];
    const QmLoudness *l[2];
    for (int i = 0; i < 2; i++) {
        const AnalyseRig rig = {.channels = (const float *const *)s.samples,
                                .n_channels = 3,
                                .frames = s.frames,
                                .rate = s.rate,
                                .features = "peak loudness",
                                .otherwise = i == 1};
        both[i] = analyse(&rig);
        l[i] = qm_analysis_result(both[i], &qm_feature_loudness);
    }
    IS(l[0]->integrated, l[1]->integrated.value, 0);
    IS(l[0]->range, l[1]->range.value, 0);
    IS(l[0]->psr, l[1]->psr.value, 0);
    IS(l[0]->plr, l[1]->plr.value, 0);
    IS(l[0]->dr14, l[1]->dr14.value, 0);
    assert_true(l[0]->energies.count == l[1]->energies.count);
    assert_memory_equal(l[0]->energies.items, l[1]->energies.items,
                        l[0]->energies.count * sizeof(double));
    assert_memory_equal(l[0]->momentary.items, l[1]->momentary.items,
                        l[0]->momentary.count * sizeof(double));
    qm_analysis_free(both[0]);
    qm_analysis_free(both[1]);
    sound_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_3341_cases_1_and_2),
        cmocka_unit_test(test_3341_cases_3_to_5),
        cmocka_unit_test(test_3341_case_6),
        cmocka_unit_test(test_3341_cases_9_and_12),
        cmocka_unit_test(test_3341_cases_10_and_13),
        cmocka_unit_test(test_3341_cases_11_and_14),
        cmocka_unit_test(test_3342_cases_1_to_4),
        cmocka_unit_test(test_rates_and_channels_as_libebur128),
        cmocka_unit_test(test_the_range_with_a_hop_of_a_second),
        cmocka_unit_test(test_dc_under_something_quiet),
        cmocka_unit_test(test_what_is_too_short),
        cmocka_unit_test(test_what_is_too_quiet),
        cmocka_unit_test(test_rates_that_cannot_be),
        cmocka_unit_test(test_mono_and_dual_mono),
        cmocka_unit_test(test_seven_channels_and_effects),
        cmocka_unit_test(test_the_loudest_is_where_it_is),
        cmocka_unit_test(test_plr_and_psr),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_albums),
        cmocka_unit_test(test_any_order_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, at_end);
}
