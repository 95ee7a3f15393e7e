/* Power in critical bands: against what sines and noise have by theory, and against a
 * transform written down plainly. */
#include "analysis/bark.h"
#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SECOND = 48000, WINDOW = 2048, HOP = 1024 };

static double uniform(int64_t i) { return 2 * qm_rand(7, 1, (uint64_t)i) - 1; }

static float *samples(int64_t n, double (*at)(int64_t))
{
    float *x = malloc((size_t)n * sizeof *x);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)at(i);
    return x;
}

static const QmBark *bark_of(const QmAnalysis *a)
{
    return qm_analysis_result(a, &qm_feature_bark);
}

static double power(const QmBarkFrame *frame, uint32_t b)
{
    return (double)qm_bark_unpacked(frame->power[b]);
}

static double db(double x) { return 10 * log10(x); }

static double tone_at(int64_t i)
{
    return 0.5 * sin(2 * M_PI * 1000 * (double)i / SECOND);
}

static void a_sine_is_in_its_band_and_tonal(void **state)
{
    (void)state;
    float *x = samples(SECOND, tone_at);
    QmAnalysis *a = analyse_mono("bark", x, SECOND, SECOND);
    const QmBarkFrame *const frame = qm_bark_frame(bark_of(a), 20);
    assert_true(fabs(db(power(frame, 8)) - db(0.125)) < 0.02); /* 8.51 Bark */
    for (uint32_t b = 0; b < QM_BARKS; b++) /* the window leaks into the bands beside */
        assert_true(b == 8 || db(power(frame, b)) < (b == 7 || b == 9 ? -45 : -60));
    assert_int_equal(frame->tonality, 65535);
    qm_analysis_free(a);
    free(x);
}

/* A bin of white noise has a power that is distributed exponentially: the mean of its
 * logarithm is Euler's constant below the logarithm of the mean. */
static void noise_is_spread_evenly_and_not_tonal(void **state)
{
    (void)state;
    enum { N = 20 * SECOND };
    float *x = samples(N, uniform);
    QmAnalysis *a = analyse_mono("bark", x, N, SECOND);
    const QmBark *const bark = bark_of(a);
    double sum[QM_BARKS] = {0}, tonality = 0;
    for (int64_t t = 1; t < bark->count - 1; t++) {
        const QmBarkFrame *const frame = qm_bark_frame(bark, t);
        for (uint32_t b = 0; b < QM_BARKS; b++)
            sum[b] += power(frame, b) / (double)(bark->count - 2);
        tonality += frame->tonality / 65535.0 / (double)(bark->count - 2);
    }
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        int bins = 0;
        for (int k = 1; k < WINDOW / 2; k++) {
            const double hz = k * (double)SECOND / WINDOW;
            const double z = 13 * atan(0.00076 * hz) + 3.5 * atan(pow(hz / 7500, 2));
            bins += floor(z) == b;
        }
        assert_true(fabs(db(sum[b]) - db(bins / (3.0 * WINDOW / 2))) < 0.4);
    }
    assert_true(fabs(tonality - 10 * 0.5772156649 / log(10) / 60) < 0.001);
    qm_analysis_free(a);
    free(x);
}

/* Bands and tonality of a window around `middle`, in double, term by term. */
static void plainly(const float *x, int64_t n, int64_t middle, double *bands,
                    double *tonality)
{
    double logs = 0, total = 0;
    int bins = 0;
    for (uint32_t b = 0; b < QM_BARKS; b++)
        bands[b] = 0;
    for (int k = 1; k < WINDOW / 2; k++) {
        const double hz = k * (double)SECOND / WINDOW;
        const double z = 13 * atan(0.00076 * hz) + 3.5 * atan(pow(hz / 7500, 2));
        if (z >= QM_BARKS)
            break;
        double re = 0, im = 0;
        for (int i = 0; i < WINDOW; i++) {
            const int64_t at = middle - WINDOW / 2 + i;
            const double hann = 0.5 - 0.5 * cos(2 * M_PI * i / WINDOW);
            const double y = at >= 0 && at < n ? (double)x[at] * hann : 0;
            const double phase = 2 * M_PI * (double)((int64_t)i * k % WINDOW) / WINDOW;
            re += y * cos(phase);
            im -= y * sin(phase);
        }
        /* The mean of the window's square is 3/8; bins above and below 0. */
        const double p = 2 * (re * re + im * im) / (WINDOW * (3.0 / 8) * WINDOW);
        bands[(int)z] += p;
        logs += log10(p + 1e-15);
        total += p + 1e-15;
        bins++;
    }
    const double flatness_db = 10 * (logs / bins - log10(total / bins));
    *tonality = fmin(flatness_db / -60, 1);
}

static double chord_at(int64_t i)
{
    double sum = 0;
    for (int k = 1; k < 12; k++)
        sum += sin(2 * M_PI * (110.0 * k * k * (double)i / SECOND)) / k;
    return 0.1 * sum + 1e-3 * uniform(i);
}

static void a_plain_transform_says_the_same(void **state)
{
    (void)state;
    enum { N = 5 * HOP + 321 };
    float *x = samples(N, chord_at);
    QmAnalysis *a = analyse_mono("bark", x, N, SECOND);
    const QmBark *const bark = bark_of(a);
    assert_int_equal(bark->count, 6);
    assert_true(bark->hop_s == (double)HOP / SECOND);
    for (int64_t t = 0; t < bark->count; t++) {
        double bands[QM_BARKS], tonality;
        plainly(x, N, t * HOP, bands, &tonality);
        const QmBarkFrame *const frame = qm_bark_frame(bark, t);
        for (uint32_t b = 0; b < QM_BARKS; b++)
            assert_true(fabs(db(power(frame, b)) - db(bands[b])) < 0.01);
        assert_true(fabs(frame->tonality / 65535.0 - tonality) < 2e-4);
    }
    assert_null(qm_bark_frame(bark, bark->count));
    assert_null(qm_bark_frame(bark, -1));
    qm_analysis_free(a);
    free(x);
}

static void stereo_is_its_middle(void **state)
{
    (void)state;
    float *l = samples(SECOND, chord_at), *r = samples(SECOND, chord_at);
    float *middle = samples(SECOND, chord_at);
    for (int64_t i = 0; i < SECOND; i++) {
        r[i] = (float)uniform(i + SECOND) * 0.1f;
        middle[i] = 0.5f * (l[i] + r[i]);
    }
    QmAnalysis *two = analyse_stereo("bark", l, r, SECOND, SECOND);
    QmAnalysis *one = analyse_mono("bark", middle, SECOND, SECOND);
    for (int64_t t = 0; t < bark_of(one)->count; t++)
        assert_memory_equal(qm_bark_frame(bark_of(one), t),
                            qm_bark_frame(bark_of(two), t), sizeof(QmBarkFrame));
    qm_analysis_free(one);
    qm_analysis_free(two);
    free(l);
    free(r);
    free(middle);
}

static void blocks_may_be_looked_at_in_any_order(void **state)
{
    (void)state;
    enum { N = 600000 }; /* more than two blocks */
    float *x = samples(N, chord_at);
    AnalyseRig rig = {(const float *const[]){x}, 1, N, SECOND, "bark", NULL, false};
    QmAnalysis *a = analyse(&rig);
    rig.otherwise = true;
    QmAnalysis *b = analyse(&rig);
    assert_int_equal(bark_of(a)->count, (N + HOP - 1) / HOP);
    assert_int_equal(bark_of(b)->count, bark_of(a)->count);
    for (int64_t t = 0; t < bark_of(a)->count; t++)
        assert_memory_equal(qm_bark_frame(bark_of(a), t), qm_bark_frame(bark_of(b), t),
                            sizeof(QmBarkFrame));
    qm_analysis_free(a);
    qm_analysis_free(b);
    free(x);
}

static double louder_than_sound(int64_t i) { return i % 3 ? 3e38 : -3e38; }
static double silence_at(int64_t i) { return 0.0 * (double)i; }

static void the_ends_of_what_a_file_can_hold(void **state)
{
    (void)state;
    float *x = samples(SECOND, louder_than_sound), *nothing = samples(SECOND, silence_at);
    QmAnalysis *a = analyse_mono("bark", x, SECOND, SECOND);
    for (uint32_t b = 0; b < QM_BARKS; b++)
        assert_true(isfinite(power(qm_bark_frame(bark_of(a), 9), b)));
    qm_analysis_free(a);
    a = analyse_mono("bark", nothing, SECOND, SECOND);
    static const QmBarkFrame zero;
    assert_memory_equal(qm_bark_frame(bark_of(a), 9), &zero, sizeof zero);
    qm_analysis_free(a);
    a = analyse_mono("bark", nothing, 0, SECOND);
    assert_int_equal(bark_of(a)->count, 0);
    qm_analysis_free(a);
    const double rates[] = {1, 8000, 44100, 96000, 1e7};
    for (int i = 0; i < 5; i++) {
        a = analyse_mono("bark", x, SECOND, rates[i]);
        assert_true(bark_of(a)->count > 0);
        qm_analysis_free(a);
    }
    free(x);
    free(nothing);
}

static void packing_keeps_all_but_a_fifth_of_a_percent(void **state)
{
    (void)state;
    uint16_t before = 0;
    for (double x = 1e-37; x < 1e30; x *= 1.00031) {
        const uint16_t packed = qm_bark_packed((float)x);
        assert_true(fabs((double)qm_bark_unpacked(packed) / x - 1) < 0.00196);
        assert_true(packed >= before);
        before = packed;
    }
    assert_int_equal(qm_bark_packed(0), 0);
    assert_true(qm_bark_unpacked(0) == 0);
    assert_true(qm_bark_unpacked(qm_bark_packed(0.375f)) == 0.375f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_is_in_its_band_and_tonal),
        cmocka_unit_test(noise_is_spread_evenly_and_not_tonal),
        cmocka_unit_test(a_plain_transform_says_the_same),
        cmocka_unit_test(stereo_is_its_middle),
        cmocka_unit_test(blocks_may_be_looked_at_in_any_order),
        cmocka_unit_test(the_ends_of_what_a_file_can_hold),
        cmocka_unit_test(packing_keeps_all_but_a_fifth_of_a_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
