/* tests: analysis/peak analysis/peak_scan
 *
 * The signals of EBU Tech 3341 between -0.3 and +0.2 dB of what they are, a meter that
 * leaves nothing out, and clipped samples counted by hand. */
#include "analysis/peak.h"

#include "analysis/peak_scan.h"
#include "base/rand.h"
#include "dsp/sinc.h"
#include "tests/support/ebu_signals.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof array / sizeof array[0])

static QmAnalysis *analysis;

static const QmPeak *measure(const Sound *sound, bool fine)
{
    const QmAnalysisOptions options = {.fine_peak = fine};
    qm_analysis_free(analysis);
    analysis = sound_analyse(sound, "peak", &options);
    assert_non_null(analysis);
    return qm_analysis_result(analysis, &qm_feature_peak);
}

static int at_end(void **unused)
{
    (void)unused;
    qm_analysis_free(analysis);
    analysis = NULL;
    return 0;
}

#define IS(measured, want, below, above)                                                 \
    is(#measured, measured, want, below, above, __LINE__)
static void is(const char *what, QmMeasured m, double want, double below, double above,
               int line)
{
    if (m.why || !(m.value >= want - below && m.value <= want + above))
        fail_msg("line %d: %s: %.5f (%s), not %.5f", line, what, m.value,
                 m.why ? m.why : "", want);
}

/* --- the oracle --------------------------------------------------------------------- */

enum { PHASES = 32, SIDE = 64 };

static double sinc(double x) { return x == 0 ? 1 : sin(M_PI * x) / (M_PI * x); }

/* 32 points a frame by a sinc of 64 crossings to a side in double, silence outside, every
 * point of every frame. */
static double slow_peak(const float *x, int64_t n)
{
    static double taps[PHASES][2 * SIDE];
    for (int p = 0; p < PHASES; p++)
        for (int j = 0; j < 2 * SIDE; j++) {
            const double t = j - (SIDE - 1) - (double)p / PHASES, edge = t / SIDE;
            taps[p][j] =
                edge * edge < 1
                    ? sinc(t) * qm_bessel_i0(9 * sqrt(1 - edge * edge)) / qm_bessel_i0(9)
                    : 0;
        }
    double most = 0;
    for (int64_t i = -SIDE; i < n + SIDE; i++)
        for (int p = 0; p < PHASES; p++) {
            double sum = 0;
            for (int j = 0; j < 2 * SIDE; j++) {
                const int64_t k = i + j - (SIDE - 1);
                sum += k >= 0 && k < n ? taps[p][j] * (double)x[k] : 0;
            }
            most = fmax(most, fabs(sum));
        }
    return 20 * log10(most);
}

/* --- EBU Tech 3341 ------------------------------------------------------------------ */

/* Sine of amplitude `amplitude` with the rate a multiple of it, faded in and out. */
static Sound sine(double rate, double seconds, double part, double amplitude,
                  double degrees)
{
    Sound s = sound_new(rate, 2, seconds);
    sound_silence(&s, seconds);
    const double fade = rate / 100;
    for (int64_t i = 0; i < s.frames; i++) {
        const double in = fmin(1, (double)i / fade);
        const double out = fmin(1, (double)(s.frames - i) / fade);
        const double x =
            amplitude * in * out * sin(2 * M_PI * (part * (double)i + degrees / 360));
        s.samples[0][i] = s.samples[1][i] = (float)x;
    }
    return s;
}

static void test_3341_cases_15_to_19(void **unused)
{
    (void)unused;
    static const double cases[][4] = {{1 / 4.0, 0.50, 0, -6},
                                      {1 / 4.0, 0.50, 45, -6},
                                      {1 / 6.0, 0.50, 60, -6},
                                      {1 / 8.0, 0.50, 67.5, -6},
                                      {1 / 4.0, 1.41, 45, 3}};
    static const double rates[] = {44100, 48000, 96000};
    for (size_t r = 0; r < COUNT(rates); r++)
        for (size_t c = 0; c < COUNT(cases); c++) {
            Sound s = sine(rates[r], 1, cases[c][0], cases[c][1], cases[c][2]);
            IS(measure(&s, false)->true_peak, cases[c][3], 0.3, 0.2);
            sound_free(&s);
        }
}

/* A sixth of the rate at half scale, one period of a quarter at full scale within, made
 * at four times the rate, low-passed, and every fourth frame of it from `offset` on. */
static Sound burst(int offset)
{
    enum { FRAMES = 9600, TAPS = 511, AT = FRAMES * 4 / 2 / 24 * 24 };
    static double fast[4 * FRAMES + TAPS], taps[TAPS];
    double gain = 0;
    for (int i = 0; i < 4 * FRAMES; i++) {
        const double after = i < AT ? i : i - AT - 16;
        fast[TAPS / 2 + i] = i >= AT && i < AT + 16 ? sin(2 * M_PI * (i - AT) / 16)
                                                    : 0.5 * sin(2 * M_PI * after / 24);
    }
    for (int k = 0; k < TAPS; k++) {
        const double t = k - TAPS / 2, edge = t / (TAPS / 2), cut = 22.0 / 48 / 4;
        taps[k] = sinc(2 * cut * t) * qm_bessel_i0(10 * sqrt(1 - edge * edge));
        gain += taps[k];
    }
    Sound s = sound_new(48000, 1, 0.2);
    sound_silence(&s, 0.2);
    for (int i = 0; i < FRAMES; i++) {
        double sum = 0;
        for (int k = 0; k < TAPS && 4 * i + offset + k < 4 * FRAMES + TAPS; k++)
            sum += taps[k] / gain * fast[4 * i + offset + k];
        const double fade = fmin(1, fmin(i, FRAMES - 1 - i) / 480.0);
        s.samples[0][i] = (float)(fade * sum);
    }
    return s;
}

static void test_3341_cases_20_to_23(void **unused)
{
    (void)unused;
    for (int offset = 0; offset < 4; offset++) {
        Sound s = burst(offset);
        IS(measure(&s, false)->true_peak, 0, 0.3, 0.2);
        IS(measure(&s, false)->true_at, 0.1, 0.0005, 0.0005);
        sound_free(&s);
    }
}

/* --- beside what leaves nothing out ------------------------------------------------- */

/* Noise up to 20 kHz, of tones. */
static void band_noise(float *x, int64_t n, double rate, uint64_t seed)
{
    enum { TONES = 60 };
    memset(x, 0, (size_t)n * sizeof *x);
    for (uint64_t k = 0; k < TONES; k++) {
        const double hz = 20000 * qm_rand(seed, 1, k), phase = qm_rand(seed, 2, k);
        for (int64_t i = 0; i < n; i++)
            x[i] += (float)(0.03 * sin(2 * M_PI * (hz * (double)i / rate + phase)));
    }
}

static void test_noise_up_to_20_khz(void **unused)
{
    (void)unused;
    static const double rates[] = {44100, 48000, 96000};
    for (size_t r = 0; r < COUNT(rates); r++)
        for (uint64_t seed = 0; seed < 4; seed++) {
            Sound s = sound_new(rates[r], 1, 0.05);
            sound_silence(&s, 0.05);
            band_noise(s.samples[0], s.frames, rates[r], seed);
            const double want = slow_peak(s.samples[0], s.frames);
            IS(measure(&s, false)->true_peak, want, 0.05, 0.05);
            IS(measure(&s, true)->true_peak, want, 0.05, 0.05);
            sound_free(&s);
        }
}

/* Tones of all pitches and phases, faded: their amplitude. */
static void test_tones_read_their_amplitude(void **unused)
{
    (void)unused;
    for (double hz = 15; hz <= 20000; hz *= 1.17)
        for (double degrees = 0; degrees < 180; degrees += 25) {
            Sound s = sine(44100, 0.25, hz / 44100, 0.5, degrees);
            IS(measure(&s, false)->true_peak, 20 * log10(0.5), 0.015, 0.015);
            sound_free(&s);
        }
}

/* A file that begins or ends between samples: the wave goes on into the silence. */
static void test_the_edges_of_the_file(void **unused)
{
    (void)unused;
    static const int lengths[] = {1, 2, 7, 100, 5000};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        Sound s = sound_new(48000, 1, 1);
        s.frames = lengths[i];
        for (int64_t k = 0; k < s.frames; k++)
            s.samples[0][k] = k == 0 || k == s.frames - 1   ? 0.9f
                              : k == 1 || k == s.frames - 2 ? 0.8f
                                                            : 0.01f;
        const double want = slow_peak(s.samples[0], s.frames);
        IS(measure(&s, false)->true_peak, want, 0.02, 0.02);
        sound_free(&s);
    }
}

/* Everything computed or next to nothing: what is passed over could not have mattered. */
static void test_what_is_passed_over_does_not_matter(void **unused)
{
    (void)unused;
    enum { N = 6000, VIEW = QM_PEAK_VIEW };
    static float x[VIEW + N + VIEW];
    static QmPeakTable all, table;
    qm_peak_table_init(&table);
    all = table;
    all.reach = 1e6f; /* nothing is passed over */
    for (uint64_t seed = 0; seed < 30; seed++) {
        for (uint64_t i = 0; i < COUNT(x); i++) {
            const double white = qm_rand(seed, 0, i) - 0.5;
            const double swell = 0.6 + 0.4 * sin((double)i * 0.002 * (double)(seed + 1));
            x[i] = (float)(seed % 2 ? swell * white
                                    : swell * sin((double)i * 0.05) + 0.1 * white);
        }
        const QmIsa isa = qm_isa_resolve(QM_ISA_BEST);
        const QmPeakSeen a = qm_peak_scan(isa, &table, x + VIEW, N, true);
        const QmPeakSeen b = qm_peak_scan(isa, &all, x + VIEW, N, true);
        assert_true(a.peak == b.peak && a.sample == b.sample && a.at == b.at);
        const QmPeakSeen c = qm_peak_scan(isa, &table, x + VIEW, N, false);
        if (seed % 2 == 0) /* white noise has no peak that all agree on */
            assert_true(fabsf(c.peak / a.peak - 1) < 0.001f);
        else
            assert_true(fabsf(c.peak / a.peak - 1) < 0.03f);
    }
}

static void test_both_builds_give_the_same_bits(void **unused)
{
    (void)unused;
    enum { N = 5000, VIEW = QM_PEAK_VIEW };
    static float x[VIEW + N + VIEW];
    static QmPeakTable table;
    if (!qm_isa_available(QM_ISA_AVX2))
        skip();
    qm_peak_table_init(&table);
    for (uint64_t seed = 0; seed < 20; seed++) {
        for (uint64_t i = 0; i < COUNT(x); i++)
            x[i] = (float)(qm_rand(seed, 0, i) - qm_rand(seed, 0, i + 1));
        for (int fine = 0; fine < 2; fine++) {
            const QmPeakSeen a = qm_peak_scan(QM_ISA_BASE, &table, x + VIEW, N, fine);
            const QmPeakSeen b = qm_peak_scan(QM_ISA_AVX2, &table, x + VIEW, N, fine);
            assert_true(a.sample == b.sample && a.peak == b.peak && a.at == b.at);
        }
    }
}

/* --- places, channels, tenths ------------------------------------------------------- */

static void test_where_the_peaks_are(void **unused)
{
    (void)unused;
    Sound s = sound_new(44100, 2, 20);
    sound_noise(&s, 20, 0.1, 1);
    s.samples[0][700000] = -0.75f;
    s.samples[1][300000] = 0.5f;
    s.samples[1][800000] = 0.5f; /* the first counts */
    const QmPeak *const p = measure(&s, false);
    const QmChannelPeak *const c = p->channels.items;
    assert_true(p->channels.count == 2 && c[0].channel == 1 && c[1].channel == 2);
    IS(p->sample, 20 * log10(0.75), 1e-9, 1e-9);
    IS(p->sample_at, 700000 / 44100.0, 1e-9, 1e-9);
    IS(c[0].sample_at, 700000 / 44100.0, 1e-9, 1e-9);
    IS(c[1].sample, 20 * log10(0.5), 1e-9, 1e-9);
    IS(c[1].sample_at, 300000 / 44100.0, 1e-9, 1e-9);
    IS(p->true_at, 700000 / 44100.0, 1 / 44100.0, 1 / 44100.0);
    assert_true(p->tenths.count == 200);
    const QmTenthPeak *const t = p->tenths.items;
    for (int i = 0; i < 200; i++) {
        const float want = i == 158 ? 0.75f : i == 68 || i == 181 ? 0.5f : 0.1f;
        assert_true(fabsf(t[i].sample - want) < 1e-3f && t[i].true_peak >= t[i].sample);
    }
    sound_free(&s);
}

static void test_silence_and_nothing(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 2, 12);
    const QmPeak *p = measure(&s, false);
    assert_string_equal(p->sample.why, "no frames");
    assert_true(p->channels.count == 0);
    sound_silence(&s, 12);
    p = measure(&s, false);
    assert_string_equal(p->true_peak.why, "digital silence");
    assert_string_equal(((const QmChannelPeak *)p->channels.items)[1].sample_at.why,
                        "digital silence");
    assert_true(p->clips.runs == 0 && p->tenths.count == 120);
    s.samples[1][5] = 1e-42f; /* a denormal is a sample as any other */
    p = measure(&s, false);
    IS(p->sample, -400, 0, 0); /* qmath's least */
    sound_free(&s);
}

/* --- clipped runs ------------------------------------------------------------------- */

static void fill(Sound *s, int64_t at, int64_t n, float value)
{
    for (int64_t i = 0; i < n; i++)
        s->samples[0][at + i] = value;
}

#define CLIPS(s, runs, longest, samples) clips(s, runs, longest, samples, __LINE__)
static void clips(const Sound *s, int64_t runs, int64_t longest, int64_t samples,
                  int line)
{
    const QmClips c = measure(s, false)->clips;
    if (c.runs != runs || c.longest != longest || c.samples != samples)
        fail_msg("line %d: %d runs, longest %d, %d samples", line, (int)c.runs,
                 (int)c.longest, (int)c.samples);
}

static void test_clipped_runs(void **unused)
{
    (void)unused;
    Sound s = sound_new(48000, 1, 20);
    sound_noise(&s, 20, 0.5, 2);
    CLIPS(&s, 0, 0, 0);
    fill(&s, 1000, 2, 1); /* two are not a run */
    CLIPS(&s, 0, 0, 0);
    fill(&s, 1000, 3, 32767 / 32768.0f); /* 16 bits, and the other side */
    fill(&s, 2000, 5, -1);
    CLIPS(&s, 2, 5, 8);
    fill(&s, 3000, 4, 1.25f); /* beyond, whatever it is */
    s.samples[0][3002] = 1.5f;
    CLIPS(&s, 3, 5, 12);
    fill(&s, 4000, 3, 1); /* from one rail to the other: two runs */
    fill(&s, 4003, 3, -1);
    CLIPS(&s, 5, 5, 18);
    fill(&s, 5000, 9, 0.98f);      /* flat but not full scale */
    s.samples[0][6000] = 0.99999f; /* a sine's top at full scale is no run */
    s.samples[0][6001] = 0.999995f;
    s.samples[0][6002] = 0.99999f;
    CLIPS(&s, 5, 5, 18);
    sound_free(&s);
}

/* Over the ends of tenths, blocks, and of the file. */
static void test_clipped_runs_over_any_edge(void **unused)
{
    (void)unused;
    const int64_t block = 1 << QM_BLOCK_BITS;
    static const int64_t lengths[] = {3, 10, 5000, 300000, 600000};
    for (size_t i = 0; i < COUNT(lengths); i++)
        for (int64_t from = block - lengths[i] - 1; from < block + 3; from += 3) {
            if (from < 0 || (lengths[i] > 10 && from > block - lengths[i] + 3))
                continue;
            Sound s = sound_new(48000, 1, 20);
            sound_noise(&s, 20, 0.5, 2);
            fill(&s, from, lengths[i], -1);
            CLIPS(&s, 1, lengths[i], lengths[i]);
            sound_free(&s);
        }
    Sound s = sound_new(48000, 1, 11);
    sound_silence(&s, 11);
    fill(&s, 0, s.frames, 1);
    CLIPS(&s, 1, s.frames, s.frames);
    fill(&s, 4800, 1, 0);
    fill(&s, block / 4800 * 4800 - 1, 1, 0); /* just before a block's first tenth */
    CLIPS(&s, 3, s.frames - block / 4800 * 4800, s.frames - 2);
    sound_free(&s);
}

/* Any order of blocks, either build. */
static void test_any_order_gives_the_same_bits(void **unused)
{
    (void)unused;
    Sound s = sound_new(44100, 2, 30);
    sound_noise(&s, 30, 1.2, 3);
    fill(&s, 250000, 60000, 1);
    QmAnalysis *both[2];
    for (int i = 0; i < 2; i++) {
        const AnalyseRig rig = {.channels = (const float *const *)s.samples,
                                .n_channels = 2,
                                .frames = s.frames,
                                .rate = s.rate,
                                .features = "peak",
                                .otherwise = i == 1};
        both[i] = analyse(&rig);
    }
    const QmPeak *const a = qm_analysis_result(both[0], &qm_feature_peak);
    const QmPeak *const b = qm_analysis_result(both[1], &qm_feature_peak);
    assert_true(a->true_peak.value == b->true_peak.value);
    assert_true(a->true_at.value == b->true_at.value);
    assert_true(a->sample_at.value == b->sample_at.value);
    assert_memory_equal(&a->clips, &b->clips, sizeof a->clips);
    assert_true(a->clips.longest == 60000 && a->tenths.count == b->tenths.count);
    assert_memory_equal(a->tenths.items, b->tenths.items,
                        a->tenths.count * sizeof(QmTenthPeak));
    qm_analysis_free(both[0]);
    qm_analysis_free(both[1]);
    sound_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_3341_cases_15_to_19),
        cmocka_unit_test(test_3341_cases_20_to_23),
        cmocka_unit_test(test_noise_up_to_20_khz),
        cmocka_unit_test(test_tones_read_their_amplitude),
        cmocka_unit_test(test_the_edges_of_the_file),
        cmocka_unit_test(test_what_is_passed_over_does_not_matter),
        cmocka_unit_test(test_both_builds_give_the_same_bits),
        cmocka_unit_test(test_where_the_peaks_are),
        cmocka_unit_test(test_silence_and_nothing),
        cmocka_unit_test(test_clipped_runs),
        cmocka_unit_test(test_clipped_runs_over_any_edge),
        cmocka_unit_test(test_any_order_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, at_end);
}
