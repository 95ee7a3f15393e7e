/* tests: analysis/resonance analysis/peak_fit */
/* Resonances of noise through filters that are known; and what is none: noise, notes,
 * lines, slopes. */
#include "analysis/resonance.h"

#include "analysis/peak_fit.h"
#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000, SECONDS = 30, FRAMES = RATE * SECONDS };

static float samples[FRAMES], others[FRAMES];

static double noise(uint64_t i) { return sqrt(12.0) * (qm_rand(21, 1, i) - 0.5); }

static void fill_noise(int64_t n, double gain)
{
    for (int64_t i = 0; i < n; i++)
        samples[i] = (float)(gain * noise((uint64_t)i));
}

/* The cookbook's peaking filter. Its pole has a quality of A Q. */
static void bell(float *x, int64_t n, double rate, double hz, double db, double pole_q)
{
    const double a = pow(10, db / 40), w = 2 * M_PI * hz / rate;
    const double alpha = sin(w) / (2 * pole_q / a), c = cos(w), a0 = 1 + alpha / a;
    const double b0 = (1 + alpha * a) / a0, b1 = -2 * c / a0, b2 = (1 - alpha * a) / a0;
    const double a1 = b1, a2 = (1 - alpha / a) / a0;
    double s1 = 0, s2 = 0;
    for (int64_t i = 0; i < n; i++) {
        const double in = (double)x[i], out = b0 * in + s1;
        s1 = b1 * in - a1 * out + s2;
        s2 = b2 * in - a2 * out;
        x[i] = (float)out;
    }
}

static const QmResonances *result_of(const QmAnalysis *a)
{
    return qm_analysis_result(a, &qm_feature_resonance);
}

/* How many there are in `samples`. */
static int found(int64_t n, double rate)
{
    QmAnalysis *const a = analyse_mono("resonance", samples, n, rate);
    const QmMeasured count = result_of(a)->count;
    assert_null(count.why);
    assert_int_equal(result_of(a)->resonances.count, (size_t)count.value);
    qm_analysis_free(a);
    return (int)count.value;
}

static const QmResonance *at(const QmAnalysis *a, double hz)
{
    const QmResonance *const rows = result_of(a)->resonances.items;
    for (size_t i = 0; i < result_of(a)->resonances.count; i++)
        if (fabs(log2(rows[i].freq.value / hz)) < 0.1)
            return &rows[i];
    return NULL;
}

static void the_fit(void **state)
{
    (void)state;
    double x[9], y[9];
    for (int i = 0; i < 9; i++) {
        x[i] = 100 + 3 * i;
        y[i] = 0.25 + 7 / (1 + pow(2 * (x[i] - 110.5) / 12, 2));
    }
    QmPeakFit fit;
    assert_true(qm_peak_fit(x, y, 9, 0.25, &fit));
    assert_true(fabs(fit.at - 110.5) < 1e-9 && fabs(fit.width - 12) < 1e-9);
    assert_true(fabs(fit.height - 7) < 1e-9);
    for (int i = 0; i < 9; i++)
        y[i] = 1 + 0.1 * (x[i] - 90) + 0.01 * pow(x[i] - 112, 2);
    assert_false(qm_peak_fit(x, y, 9, 0.5, &fit)); /* a valley on a slope */
}

/* A Lorentzian through a Gaussian, by their integral. */
static void the_width(void **state)
{
    (void)state;
    for (double line = 0.5; line < 5; line *= 1.5) {
        double half = 0, peak = 0, seen = 0;
        for (double x = 0; seen == 0; x += 0.005) {
            double sum = 0;
            for (double t = -6; t <= 6; t += 0.02)
                sum += exp(-4 * log(2) * t * t) / (1 + pow(2 * (x - t) / line, 2));
            peak = x == 0 ? sum : peak;
            half = 0.5 * peak;
            seen = sum <= half ? 2 * x : 0;
        }
        assert_true(fabs(qm_peak_true_width(seen, 1) / line - 1) < 0.03);
    }
    assert_true(qm_peak_true_width(0.99, 1) == 0);
}

static void of_filtered_noise(void **state)
{
    (void)state;
    static const struct {
        double hz, db, q;
    } bells[] = {{90, 15, 9}, {230, 12, 8}, {810, 10, 16}, {2500, 9, 25}, {7000, 12, 12}};
    static const double rates[] = {48000, 44100, 96000, 22050};
    for (size_t r = 0; r < 4; r++) {
        fill_noise(FRAMES, 0.05);
        for (size_t i = 0; i < 5; i++)
            bell(samples, FRAMES, rates[r], bells[i].hz, bells[i].db, bells[i].q);
        QmAnalysis *const a = analyse_mono("resonance", samples, FRAMES, rates[r]);
        const QmResonance *const rows = result_of(a)->resonances.items;
        assert_int_equal(result_of(a)->resonances.count, r < 3 ? 5 : 4);
        for (size_t i = 0; i < (r < 3 ? 5 : 4); i++) {
            const QmResonance *const row = at(a, bells[i].hz);
            assert_non_null(row);
            /* A bell of width w, seen for T: its middle is known to w / sqrt(12 w T) or
             * so. */
            assert_true(fabs(row->freq.value / bells[i].hz - 1) < 0.01);
            assert_true(fabs(row->prominence.value - bells[i].db) < 1.5);
            assert_true(fabs(log2(row->q.value / bells[i].q)) < 0.4);
            assert_true(row->persistence.value > 75);
        }
        for (size_t i = 1; i < result_of(a)->resonances.count; i++)
            assert_true(rows[i - 1].prominence.value >= rows[i].prominence.value);
        qm_analysis_free(a);
    }
}

static void none_in_noise(void **state)
{
    (void)state;
    fill_noise(FRAMES, 0.1);
    assert_int_equal(found(FRAMES, RATE), 0);
    /* Brown below 2 kHz, falling by 12 dB more above: slopes and a corner. */
    double one = 0, two = 0;
    for (int i = 0; i < FRAMES; i++) {
        one = 0.99 * one + noise((uint64_t)i);
        two += 0.23 * (one - two);
        samples[i] = (float)(0.01 * two);
    }
    assert_int_equal(found(FRAMES, RATE), 0);
    /* A wall: eight poles, 48 dB an octave. */
    fill_noise(FRAMES, 0.1);
    for (int pass = 0; pass < 8; pass++) {
        double pole = 0;
        for (int i = 0; i < FRAMES; i++)
            samples[i] = (float)(pole += 0.1 * ((double)samples[i] - pole));
    }
    assert_int_equal(found(FRAMES, RATE), 0);
}

/* Sawtooth notes of a quarter of a second from a scale of two octaves, each gliding by
 * up to so many semitones either way. */
static void play(float *x, uint64_t seed, double glide)
{
    static const int scale[] = {0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19, 21, 23};
    for (int from = 0, note = 0; from < FRAMES; from += RATE / 4, note++) {
        const double hz =
            110 * pow(2, scale[(int)(14 * qm_rand(seed, 1, (uint64_t)note))] / 12.0);
        const double by = glide * (2 * qm_rand(seed, 2, (uint64_t)note) - 1);
        double phase = 0;
        for (int i = 0; i < RATE / 4 && from + i < FRAMES; i++) {
            double sum = 0;
            phase += hz / RATE * pow(2, by / 12 * i * 4 / RATE);
            for (int k = 1; k < 24; k++)
                sum += sin(2 * M_PI * fmod(k * phase, 1)) / k;
            x[from + i] += (float)(0.1 * sum * exp(-3.0 * i / RATE));
        }
    }
}

static void none_in_notes(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    play(samples, 1, 0);
    assert_int_equal(found(FRAMES, RATE), 0);
    play(samples, 2, 0);
    play(samples, 3, 1);
    assert_int_equal(found(FRAMES, RATE), 0);
    /* Held: a chord with its partials, alone, and in noise; mains hum. */
    for (int with = 0; with < 2; with++) {
        fill_noise(FRAMES, with ? 0.01 : 0);
        for (int i = 0; i < FRAMES; i++)
            for (int k = 1; k < 6; k++)
                samples[i] += (float)(0.05 / k *
                                      (sin(2 * M_PI * 220.0 / RATE * k * i) +
                                       sin(2 * M_PI * 277.2 / RATE * k * i) +
                                       sin(2 * M_PI * 50.0 / RATE * k * i)));
        assert_int_equal(found(FRAMES, RATE), 0);
    }
}

/* One note, struck every 150 to 350 ms and damped: its partials are wide, and always
 * there. */
static void none_in_one_note(void **state)
{
    (void)state;
    fill_noise(FRAMES, 0.003);
    int since = 0, wait = 0;
    for (int i = 0; i < FRAMES; i++, since++) {
        if (since >= wait) {
            since = 0;
            wait = (int)(RATE * (0.15 + 0.2 * qm_rand(9, 1, (uint64_t)i)));
        }
        for (int k = 1; k <= 5; k++)
            samples[i] += (float)(0.2 / k * exp(-30.0 * since / RATE) *
                                  sin(2 * M_PI * 130.8 * k / RATE * since));
    }
    assert_int_equal(found(FRAMES, RATE), 0);
}

/* In music of notes and noise, the resonance is what is found. */
static void in_music(void **state)
{
    (void)state;
    fill_noise(FRAMES, 0.02);
    for (uint64_t voice = 4; voice < 8; voice++)
        play(samples, voice, 2);
    bell(samples, FRAMES, RATE, 1700, 15, 12);
    QmAnalysis *const a = analyse_stereo("resonance", samples, samples, FRAMES, RATE);
    const QmResonance *const row = at(a, 1700);
    assert_non_null(row);
    /* Notes do not fill it evenly, so its middle is where they meet it. */
    assert_true(fabs(row->freq.value / 1700 - 1) < 0.02);
    assert_true(fabs(row->prominence.value - 15) < 2);
    assert_true(fabs(log2(row->q.value / 12)) < 0.6);
    assert_int_equal(result_of(a)->resonances.count, 1);
    qm_analysis_free(a);
}

static void too_short(void **state)
{
    (void)state;
    fill_noise(RATE, 0.1);
    QmAnalysis *a = analyse_mono("resonance", samples, RATE, RATE);
    assert_string_equal(result_of(a)->count.why, "under 3 s of sound");
    qm_analysis_free(a);
    a = analyse_mono("resonance", samples, 0, RATE);
    assert_string_equal(result_of(a)->count.why, "under 3 s of sound");
    qm_analysis_free(a);
    a = analyse_mono("resonance", samples, RATE, 100);
    assert_string_equal(result_of(a)->count.why, "rate too low");
    qm_analysis_free(a);
    memset(samples, 0, sizeof samples);
    a = analyse_mono("resonance", samples, FRAMES, RATE);
    assert_string_equal(result_of(a)->count.why, "under 3 s of sound");
    qm_analysis_free(a);
}

static void same_bits(void **state)
{
    (void)state;
    fill_noise(FRAMES, 0.05);
    bell(samples, FRAMES, RATE, 500, 12, 10);
    memcpy(others, samples, sizeof others);
    bell(others, FRAMES, RATE, 3000, 10, 10);
    const float *const channels[] = {samples, others};
    AnalyseRig rig = {channels, 2, FRAMES - 999, RATE, "resonance"};
    QmAnalysis *const a = analyse(&rig);
    rig.otherwise = true;
    QmAnalysis *const b = analyse(&rig);
    const QmList *const x = &result_of(a)->resonances, *const y =
                                                           &result_of(b)->resonances;
    assert_int_equal(x->count, 2);
    assert_int_equal(y->count, 2);
    assert_memory_equal(x->items, y->items, 2 * sizeof(QmResonance));
    qm_analysis_free(a);
    qm_analysis_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fit),           cmocka_unit_test(the_width),
        cmocka_unit_test(of_filtered_noise), cmocka_unit_test(none_in_noise),
        cmocka_unit_test(none_in_notes),     cmocka_unit_test(none_in_one_note),
        cmocka_unit_test(in_music),          cmocka_unit_test(too_short),
        cmocka_unit_test(same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
