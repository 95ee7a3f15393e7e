/* tests: analysis/spectrum analysis/spectrum_sums analysis/bands analysis/curve
 * tests: analysis/long_term */
/* Spectra of signals that are known: lines, and noises of a known slope. What is random
 * is within four of its standard deviations, computed beside it. */
#include "analysis/spectrum.h"

#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000, LONG = 40 * RATE, SHORT = 4 * RATE, MOST = LONG };

static float samples[MOST], others[MOST];

static bool near(QmMeasured m, double value, double by)
{
    return !m.why && fabs(m.value - value) <= by;
}

static double noise(uint64_t i) { return sqrt(12.0) * (qm_rand(11, 1, i) - 0.5); }

static const QmSpectrumResult *result_of(const QmAnalysis *a)
{
    return qm_analysis_result(a, &qm_feature_spectrum);
}

static const QmThird *third_of(const QmAnalysis *a, uint32_t i)
{
    return (const QmThird *)result_of(a)->thirds.items + i;
}

static void add_sine(float *x, int64_t n, double rate, double hz, double amplitude)
{
    for (int64_t i = 0; i < n; i++)
        x[i] += (float)(amplitude * sin(2 * M_PI * fmod(hz / rate * (double)i, 1)));
}

/* Pink to 0.05 dB from 10 Hz at 44.1 kHz: Paul Kellet's filter of seven poles, of unit
 * white noise. */
static void pink(float *x, int64_t n)
{
    static const double pole[] = {0.99886, 0.99332, 0.96900, 0.86650, 0.55000, -0.7616};
    static const double gain[] = {0.0555179, 0.0750759, 0.1538520,
                                  0.3104856, 0.5329522, -0.0168980};
    double state[6] = {0}, late = 0;
    for (int64_t i = 0; i < n; i++) {
        const double white = noise((uint64_t)i);
        double sum = late + white * 0.5362;
        for (int k = 0; k < 6; k++)
            sum += state[k] = pole[k] * state[k] + gain[k] * white;
        late = white * 0.115926;
        x[i] = (float)(0.02 * sum);
    }
}

static void band_tables(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        const double middle = 1000 * pow(10, 0.1 * ((int)i - 17));
        assert_true(fabs(qm_third_middle(i) / middle - 1) < 1e-14);
        assert_true(fabs(qm_third_edge(i) / (middle * pow(10, -0.05)) - 1) < 1e-14);
        assert_true(fabs(qm_third_edge(i + 1) / (middle * pow(10, 0.05)) - 1) < 1e-14);
        assert_true(fabs(qm_third_nominal(i) / middle - 1) < 0.01);
    }
    assert_true(qm_third_nominal(0) == 20 && qm_third_nominal(2) == 31.5);
    assert_true(qm_third_nominal(17) == 1000 && qm_third_nominal(30) == 20000);
    for (int z = 0; z <= 24; z++) {
        const double hz = qm_bark_hz(z);
        const double z2 = 13 * atan(0.00076 * hz) + 3.5 * atan(pow(hz / 7500, 2));
        assert_true(fabs(z2 - z) < 1e-6 && fabs(qm_bark(hz) - z) < 1e-6);
    }
    /* Zwicker's table has 920, 2000, 6400, 15500 Hz here. */
    assert_true(fabs(qm_bark_hz(8) - 920) < 10 && fabs(qm_bark_hz(13) - 2000) < 40);
    assert_true(fabs(qm_bark_hz(20) - 6400) < 170 && fabs(qm_bark_hz(24) - 15500) < 250);
}

/* Bins are shared by fraction, the ends are folded, and nothing is lost. */
static void band_power(void **state)
{
    (void)state;
    const double power[] = {1, 2, 4, 8, 16};
    assert_true(fabs(qm_band_power(power, 5, 10, 0, 40) - 31) < 1e-12);
    assert_true(fabs(qm_band_power(power, 5, 10, -50, 400) - 31) < 1e-12);
    assert_true(fabs(qm_band_power(power, 5, 10, 0, 5) - 1) < 1e-12);
    assert_true(fabs(qm_band_power(power, 5, 10, 35, 40) - 16) < 1e-12);
    assert_true(fabs(qm_band_power(power, 5, 10, 10, 20) - 3) < 1e-12);
    assert_true(fabs(qm_band_power(power, 5, 10, 12, 13) - 0.2) < 1e-12);
    assert_true(qm_band_power(power, 5, 10, 50, 90) == 0);
    double random[8193], all = 0, bands = 0;
    for (int i = 0; i < 8193; i++)
        all += random[i] = qm_rand(2, 2, (uint64_t)i);
    const double bin = 48000 / 16384.0;
    bands += qm_band_power(random, 8193, bin, 0, qm_third_edge(0));
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        bands += qm_band_power(random, 8193, bin, qm_third_edge(i), qm_third_edge(i + 1));
    bands += qm_band_power(random, 8193, bin, qm_third_edge(QM_THIRDS), 24000);
    assert_true(fabs(bands / all - 1) < 1e-12);
}

/* A line in the middle of a band has a^2 / 2 there, next to nothing two bands on. */
static void lines(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        memset(samples, 0, sizeof samples);
        add_sine(samples, SHORT, RATE, qm_third_middle(i), 0.5);
        QmAnalysis *const a = analyse_mono("spectrum", samples, SHORT, RATE);
        const double by = i >= 5 ? 0.05 : 1.4; /* from 63 Hz; below it leaks */
        assert_true(near(third_of(a, i)->level, 10 * log10(0.125), by));
        for (uint32_t j = 0; j < QM_THIRDS; j++)
            if (i >= 5 && abs((int)i - (int)j) >= 2)
                assert_true(third_of(a, j)->level.value < -40);
        assert_true(near(result_of(a)->centroid, qm_third_middle(i), i < 30 ? 2 : 20));
        assert_true(result_of(a)->tilt.why);
        qm_analysis_free(a);
    }
}

static void bark_lines(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    for (int z = 1; z < 24; z += 3)
        add_sine(samples, SHORT, RATE, qm_bark_hz(z + 0.5), 0.01 * (z + 1));
    QmAnalysis *const a = analyse_stereo("spectrum", samples, samples, SHORT, RATE);
    const QmBarkBand *const band = result_of(a)->barks.items;
    assert_int_equal(result_of(a)->barks.count, 24);
    for (int z = 1; z < 24; z += 3) {
        assert_true(band[z].band == z + 1);
        assert_true(near(band[z].level, 20 * log10(0.01 * (z + 1)) - 3.0103, 0.05));
        assert_true(near(band[z].low, band[z - 1].high.value, 0));
    }
    qm_analysis_free(a);
}

/* Bins of the long-term spectrum, by the definition of the Fourier transform. */
static void by_definition(void **state)
{
    (void)state;
    enum { N = 16384, HOP = N / 2, FRAMES = 5 * HOP + 1234 };
    static const int bins[] = {0, 1, 7, 341, 3000, 8191, 8192};
    for (int i = 0; i < FRAMES; i++) {
        samples[i] = (float)(0.2 * noise((uint64_t)i) + 0.1 * sin(i * 0.13) + 0.05);
        others[i] = (float)(0.1 * noise((uint64_t)i + 999999));
    }
    QmAnalysis *const a = analyse_stereo("spectrum", samples, others, FRAMES, RATE);
    const float *const channels[] = {samples, others};
    double energy = 0, powers[7] = {0};
    for (int middle = 0; middle < FRAMES; middle += HOP) {
        for (int i = -HOP; i < HOP; i++)
            if (middle + i >= 0 && middle + i < FRAMES)
                energy += pow(cos(M_PI * i / N), 4);
        for (int c = 0; c < 2; c++) {
            for (int b = 0; b < 7; b++) {
                double re = 0, im = 0;
                for (int i = -HOP; i < HOP; i++) {
                    if (middle + i < 0 || middle + i >= FRAMES)
                        continue;
                    const double w = pow(cos(M_PI * i / N), 2);
                    const double turn = 2 * M_PI * ((bins[b] * (i + HOP)) % N) / N;
                    re += w * (double)channels[c][middle + i] * cos(turn);
                    im -= w * (double)channels[c][middle + i] * sin(turn);
                }
                const double twice = bins[b] == 0 || bins[b] == HOP ? 1 : 2;
                powers[b] += 0.5 * twice * (re * re + im * im) / N;
            }
        }
    }
    for (int b = 0; b < 7; b++) {
        const double found = result_of(a)->long_term.power[bins[b]];
        assert_true(fabs(found / (powers[b] / energy) - 1) < 1e-4);
    }
    qm_analysis_free(a);
}

/* All bins together are the mean square; white noise is as it is said to be. */
static void white(void **state)
{
    (void)state;
    double square = 0;
    for (int i = 0; i < LONG; i++) {
        samples[i] = (float)(0.1 * noise((uint64_t)i));
        square += (double)samples[i] * (double)samples[i] / LONG;
    }
    QmAnalysis *const a = analyse_mono("spectrum", samples, LONG, RATE);
    const QmSpectrumResult *const r = result_of(a);
    double sum = 0;
    for (uint32_t k = 0; k < r->long_term.bins; k++)
        sum += r->long_term.power[k];
    assert_true(fabs(10 * log10(sum / square)) < 0.02);
    for (uint32_t i = 5; i < QM_THIRDS; i++) {
        const double width = qm_third_edge(i + 1) - qm_third_edge(i);
        const double deviation = 4.34 / sqrt(width * 40);
        assert_true(near(third_of(a, i)->level, 10 * log10(square * width / (RATE / 2)),
                         4 * deviation));
    }
    assert_true(near(r->tilt, 3.01, 0.05));
    assert_true(near(r->centroid, 10010, 20));
    assert_true(near(r->rolloff_85, 20 + 0.85 * 19980, 30));
    assert_true(near(r->rolloff_95, 20 + 0.95 * 19980, 30));
    assert_true(near(r->high, 100 * 18 / 19.98, 0.2));
    assert_true(near(r->mid, 100 * 1.8 / 19.98, 0.2));
    assert_true(near(r->low, 100 * 0.18 / 19.98, 0.1));
    assert_true(near(r->mud, 10 * log10(300 / 19980.0), 0.3));
    assert_true(near(r->harshness, 10 * log10(3000 / 19980.0), 0.1));
    assert_true(near(r->sibilance, 10 * log10(5000 / 19980.0), 0.1));
    assert_string_equal(r->bandwidth.why, "no steep edge");
    /* Of a mean of K independent powers: exp(digamma(K)) / K = 1 - 1 / 2 K; half of the
     * windows that overlap are. */
    assert_true(near(r->flatness, 1 - 1 / (LONG / 8192.0), 0.003));
    assert_true(near(r->flatness_mean, -2.51, 0.02)); /* -10 log10 e * 0.5772 */
    assert_true(near(r->centroid_mean, 10010, 20));
    assert_true(r->centroid_spread.value < 300 && r->flatness_spread.value < 0.4);
    qm_analysis_free(a);
}

static void slopes(void **state)
{
    (void)state;
    pink(samples, LONG);
    QmAnalysis *a = analyse_mono("spectrum", samples, LONG, 44100);
    double mean = 0;
    for (uint32_t i = 5; i < 29; i++)
        mean += third_of(a, i)->level.value / 24;
    for (uint32_t i = 5; i < 29; i++) {
        const double width = qm_third_edge(i + 1) - qm_third_edge(i);
        const double deviation = 4.34 / sqrt(width * LONG / 44100);
        assert_true(near(third_of(a, i)->level, mean, 4 * deviation + 0.1));
    }
    assert_true(near(result_of(a)->tilt, 0, 0.05));
    qm_analysis_free(a);
    /* Brown: a sum that forgets with a corner at 2 Hz. */
    double sum = 0;
    for (int i = 0; i < LONG; i++)
        samples[i] =
            (float)(0.01 * (sum = (1 - 2 * M_PI * 2 / RATE) * sum + noise((uint64_t)i)));
    a = analyse_mono("spectrum", samples, LONG, RATE);
    assert_true(near(result_of(a)->tilt, -3.01, 0.1));
    qm_analysis_free(a);
}

/* A bass with nothing above 1 kHz: what it does not have does not tilt it. */
static void tilt_of_a_part(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    for (uint32_t i = 4; i <= 16; i++)
        add_sine(samples, SHORT, RATE, qm_third_middle(i), 0.2 * pow(10, -2.0 * i / 60));
    QmAnalysis *const a = analyse_mono("spectrum", samples, SHORT, RATE);
    assert_true(near(result_of(a)->tilt, -2, 0.1));
    qm_analysis_free(a);
}

/* Noise through a filter of 511 taps, with or without a floor. */
static void low_pass(double hz, double floor)
{
    enum { TAPS = 511 };
    double taps[TAPS];
    for (int i = 0; i < TAPS; i++) {
        const double t = i - TAPS / 2, w = 0.5 + 0.5 * cos(2 * M_PI * t / (TAPS + 1));
        taps[i] =
            w * (t == 0 ? 2 * hz / RATE : sin(2 * M_PI * hz / RATE * t) / (M_PI * t));
    }
    for (int i = 0; i < SHORT; i++) {
        double sum = 0;
        for (int k = 0; k < TAPS; k++)
            sum += taps[k] * noise((uint64_t)(i + k));
        samples[i] = (float)(0.1 * sum + floor * noise((uint64_t)i + 7777777));
    }
}

static void edges(void **state)
{
    (void)state;
    static const struct {
        double hz, floor;
    } cases[] = {{16000, 0}, {16000, 1e-4}, {19000, 3e-5}, {11025, 0}, {4000, 1e-5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        low_pass(cases[i].hz, cases[i].floor);
        QmAnalysis *const a = analyse_mono("spectrum", samples, SHORT, RATE);
        assert_true(near(result_of(a)->bandwidth, cases[i].hz, 200));
        qm_analysis_free(a);
    }
    /* One pole at 1 kHz: dull, but whole. */
    double state_1 = 0;
    for (int i = 0; i < SHORT; i++)
        samples[i] = (float)(state_1 += 0.13 * (noise((uint64_t)i) - state_1));
    QmAnalysis *const a = analyse_mono("spectrum", samples, SHORT, RATE);
    assert_string_equal(result_of(a)->bandwidth.why, "no steep edge");
    qm_analysis_free(a);
}

static void words(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    add_sine(samples, SHORT, RATE, 100, 0.1);
    add_sine(samples, SHORT, RATE, 300, 0.2);
    add_sine(samples, SHORT, RATE, 3000, 0.3);
    add_sine(samples, SHORT, RATE, 7000, 0.1);
    QmAnalysis *const a = analyse_mono("spectrum", samples, SHORT, RATE);
    const QmSpectrumResult *const r = result_of(a);
    assert_true(near(r->low, 100 / 15.0, 0.01) && near(r->mid, 400 / 15.0, 0.01));
    assert_true(near(r->high, 1000 / 15.0, 0.01));
    assert_true(near(r->mud, 10 * log10(4 / 15.0), 0.01));
    assert_true(near(r->harshness, 10 * log10(9 / 15.0), 0.01));
    assert_true(near(r->sibilance, 10 * log10(1 / 15.0), 0.01));
    assert_string_equal(r->mud_deviation.why, "no target curve");
    assert_string_equal(r->target_distance.why, "no target curve");
    assert_null(r->target);
    qm_analysis_free(a);
}

/* A line that jumps from 500 Hz to 2 kHz, three times louder: amplitude is the weight. */
static void over_time(void **state)
{
    (void)state;
    for (int i = 0; i < SHORT; i++)
        samples[i] = (float)(i < SHORT / 2 ? 0.1 * sin(2 * M_PI * 500 / RATE * i)
                                           : 0.3 * sin(2 * M_PI * 2000 / RATE * i));
    QmAnalysis *a = analyse_mono("spectrum", samples, SHORT, RATE);
    assert_true(near(result_of(a)->centroid_mean, (500 + 3 * 2000) / 4.0, 40));
    assert_true(near(result_of(a)->centroid_spread, sqrt(3 / 16.0) * 1500, 30));
    assert_true(result_of(a)->flatness_mean.value < -45);
    const double before = result_of(a)->centroid_mean.value;
    qm_analysis_free(a);
    /* Nothing depends on how loud it is, and silence counts nothing. */
    for (int i = 0; i < SHORT; i++)
        samples[i] *= 1e-3f;
    memset(samples + SHORT, 0, SHORT * sizeof *samples);
    a = analyse_mono("spectrum", samples, 2 * SHORT, RATE);
    assert_true(near(result_of(a)->centroid_mean, before, 15));
    qm_analysis_free(a);
}

static void target(void **state)
{
    (void)state;
    QmTargetPoint points[QM_THIRDS];
    pink(samples, SHORT);
    QmAnalysis *a = analyse_mono("spectrum", samples, SHORT, RATE);
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        points[i] = (QmTargetPoint){qm_third_nominal(i),
                                    third_of(a, i)->level.value + 30 + (i % 2 ? 1 : -1)};
    qm_analysis_free(a);
    const QmTargetCurve curve = {"teeth", "none", points + 2, QM_THIRDS - 3};
    const QmAnalysisOptions options = {.curve = &curve};
    const float *const channels[] = {samples};
    AnalyseRig rig = {channels, 1, SHORT, RATE, "spectrum", &options};
    a = analyse(&rig);
    const QmSpectrumResult *r = result_of(a);
    assert_string_equal(r->target, "teeth");
    assert_true(near(r->target_distance, 1, 1e-6));
    for (uint32_t i = 2; i < QM_THIRDS - 1; i++) {
        assert_true(near(third_of(a, i)->deviation, i % 2 ? -1 : 1, 1e-6));
        assert_true(near(third_of(a, i)->target,
                         third_of(a, i)->level.value + (i % 2 ? 1 : -1), 1e-6));
    }
    assert_string_equal(third_of(a, 1)->target.why, "beyond the target curve");
    assert_string_equal(third_of(a, 30)->deviation.why, "beyond the target curve");
    /* 200 to 500 Hz are bands 10 to 14, 2 to 5 kHz 20 to 24, 5 to 10 kHz 24 to 27. */
    assert_true(near(r->mud_deviation, 0.2, 1e-6));
    assert_true(near(r->harshness_deviation, 0.2, 1e-6));
    assert_true(near(r->sibilance_deviation, 0, 1e-6));
    qm_analysis_free(a);

    const QmTargetCurve narrow = {"narrow", "none", points + 5, 5};
    const QmAnalysisOptions few = {.curve = &narrow};
    rig.options = &few;
    a = analyse(&rig);
    assert_string_equal(result_of(a)->target_distance.why,
                        "too few bands in common with the target");
    qm_analysis_free(a);
}

static void curves(void **state)
{
    (void)state;
    const QmTargetPoint points[] = {{100, 0}, {400, 6}, {800, 0}};
    const QmTargetCurve curve = {"tent", "none", points, 3};
    double db = 9;
    assert_true(qm_curve_at(&curve, 100, &db) && fabs(db) < 1e-12);
    assert_true(qm_curve_at(&curve, 200, &db) && fabs(db - 3) < 1e-12);
    assert_true(qm_curve_at(&curve, 400, &db) && fabs(db - 6) < 1e-12);
    assert_true(qm_curve_at(&curve, 400 * sqrt(2), &db) && fabs(db - 3) < 1e-12);
    assert_true(qm_curve_at(&curve, 800, &db) && fabs(db) < 1e-12);
    assert_false(qm_curve_at(&curve, 99.9, &db));
    assert_false(qm_curve_at(&curve, 801, &db));
}

/* The same sound at another rate has the same numbers, as far as that rate goes. */
static void rates(void **state)
{
    (void)state;
    static const double rate[] = {48000, 44100, 96000, 192000, 22050};
    QmSpectrumResult first = {0};
    double level[QM_THIRDS];
    for (size_t i = 0; i < sizeof rate / sizeof rate[0]; i++) {
        const int64_t n = (int64_t)(4 * rate[i]);
        memset(samples, 0, sizeof samples);
        for (uint32_t k = 5; k < 27; k++)
            add_sine(samples, n, rate[i], qm_third_middle(k), 0.02 * (1 + k % 3));
        QmAnalysis *const a = analyse_mono("spectrum", samples, n, rate[i]);
        const QmSpectrumResult *const r = result_of(a);
        if (i == 0)
            first = *r;
        for (uint32_t k = 5; k < 27; k++) {
            level[k] = i == 0 ? third_of(a, k)->level.value : level[k];
            assert_true(near(third_of(a, k)->level, level[k], 0.05));
        }
        assert_true(near(r->centroid, first.centroid.value, 1));
        assert_true(near(r->rolloff_85, first.rolloff_85.value, 6));
        assert_true(near(r->tilt, first.tilt.value, 0.02));
        assert_true(near(r->harshness, first.harshness.value, 0.05));
        assert_true(near(r->centroid_mean, first.centroid_mean.value, 20));
        for (uint32_t k = 0; k < QM_THIRDS; k++)
            assert_true(!third_of(a, k)->level.why ==
                        (qm_third_middle(k) < 0.5 * rate[i]));
        qm_analysis_free(a);
    }
}

static void nothing(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    static const int64_t lengths[] = {0, 1, 100, SHORT};
    for (size_t i = 0; i < 4; i++) {
        QmAnalysis *const a = analyse_mono("spectrum", samples, lengths[i], RATE);
        const char *const why = i == 0 ? "no frames" : "digital silence";
        assert_string_equal(result_of(a)->centroid.why, why);
        assert_string_equal(result_of(a)->flatness_spread.why, why);
        assert_string_equal(result_of(a)->target_distance.why, why);
        assert_string_equal(third_of(a, 3)->level.why, "digital silence");
        qm_analysis_free(a);
    }
    /* Short noise: all of it is seen, as loud as it is. */
    for (int n = 50; n < 20000; n *= 3) {
        double square = 0, sum = 0;
        for (int i = 0; i < n; i++) {
            samples[i] = i % 2 ? 0.3f : -0.3f;
            samples[i] += (float)(0.1 * noise((uint64_t)i));
            square += (double)samples[i] * (double)samples[i] / n;
        }
        QmAnalysis *const a = analyse_mono("spectrum", samples, n, RATE);
        for (uint32_t k = 0; k < result_of(a)->long_term.bins; k++)
            sum += result_of(a)->long_term.power[k];
        assert_true(fabs(10 * log10(sum / square)) < 0.2);
        qm_analysis_free(a);
    }
    QmAnalysis *const a = analyse_mono("spectrum", samples, 4000, 400);
    assert_string_equal(result_of(a)->centroid.why, "rate too low");
    qm_analysis_free(a);
}

/* Where a file is cut is no part of its sound. */
static void cut_out(void **state)
{
    (void)state;
    for (int i = 0; i < LONG; i++)
        samples[i] =
            (float)(0.5 * cos(2 * M_PI * 100 / RATE * i) + 1e-5 * noise((uint64_t)i));
    QmAnalysis *const a = analyse_mono("spectrum", samples, LONG - 5001, RATE);
    for (uint32_t i = 20; i < QM_THIRDS; i++) {
        const double width = qm_third_edge(i + 1) - qm_third_edge(i);
        assert_true(near(third_of(a, i)->level, -100 + 10 * log10(width / 24000), 1));
    }
    qm_analysis_free(a);
}

/* Neither order nor build changes a bit. */
static void same_bits(void **state)
{
    (void)state;
    pink(samples, LONG);
    for (int i = 0; i < LONG; i++)
        others[i] = (float)(noise((uint64_t)i * 3) * 0.1 * sin(i * 1e-5));
    const float *const channels[] = {samples, others};
    AnalyseRig rig = {channels, 2, LONG - 777, RATE, "spectrum"};
    QmAnalysis *const a = analyse(&rig);
    rig.otherwise = true;
    QmAnalysis *const b = analyse(&rig);
    QmSpectrumResult x = *result_of(a), y = *result_of(b);
    assert_memory_equal(x.long_term.power, y.long_term.power,
                        x.long_term.bins * sizeof(double));
    assert_memory_equal(x.barks.items, y.barks.items, QM_BARKS * sizeof(QmBarkBand));
    x.thirds = y.thirds = x.barks = y.barks = (QmList){0};
    x.long_term.power = y.long_term.power = NULL;
    assert_memory_equal(&x, &y, sizeof x);
    qm_analysis_free(a);
    qm_analysis_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(band_tables),   cmocka_unit_test(band_power),
        cmocka_unit_test(lines),         cmocka_unit_test(bark_lines),
        cmocka_unit_test(by_definition), cmocka_unit_test(white),
        cmocka_unit_test(slopes),        cmocka_unit_test(tilt_of_a_part),
        cmocka_unit_test(edges),         cmocka_unit_test(words),
        cmocka_unit_test(over_time),     cmocka_unit_test(target),
        cmocka_unit_test(curves),        cmocka_unit_test(rates),
        cmocka_unit_test(nothing),       cmocka_unit_test(same_bits),
        cmocka_unit_test(cut_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
