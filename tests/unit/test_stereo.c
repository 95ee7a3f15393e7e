/* The stereo feature against pan laws, mid and side of known energies, noise, bands in
 * opposite polarity, delays.
 *
 * tests: analysis/stereo_sums analysis/stereo_bins */
#include "analysis/stereo.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000, N = 10 * RATE };
static float left[N], right[N], third[N];

static void close_to(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.9g is not %.9g within %g", value, expected, tolerance);
}

static void measured(QmMeasured m, double expected, double tolerance)
{
    if (m.why)
        fail_msg("none: %s", m.why);
    close_to(m.value, expected, tolerance);
}

static void none(QmMeasured m, const char *why)
{
    assert_non_null(m.why);
    assert_string_equal(m.why, why);
}

/* Uniform in -1..1: Knuth's MMIX generator. */
static double noise(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 0x1p52 - 1;
}

/* Faded in and out over a quarter of a second: a sudden end has all frequencies. */
static double fade(int i, int n, double rate)
{
    const double ends = rate / 4, at = i < n - i ? i : n - i;
    return at < ends ? 0.5 - 0.5 * cos(M_PI * at / ends) : 1;
}

static void sine_pair(double hz, double l, double r)
{
    for (int i = 0; i < N; i++) {
        const double x = fade(i, N, RATE) * sin(2 * M_PI * hz / RATE * i);
        left[i] += (float)(l * x);
        right[i] += (float)(r * x);
    }
}

static int clear(void **unused)
{
    (void)unused;
    memset(left, 0, sizeof left);
    memset(right, 0, sizeof right);
    return 0;
}

static const QmStereo *look_at(QmAnalysis *a)
{
    return qm_analysis_result(a, &qm_feature_stereo);
}

static const QmStereoBand *band(const QmStereo *s, double freq)
{
    const QmStereoBand *const octaves = s->octaves.items;
    for (size_t i = 0; i < s->octaves.count; i++)
        if (octaves[i].freq.value == freq)
            return &octaves[i];
    fail_msg("no octave around %g Hz", freq);
    return NULL;
}

static int octave_at(const QmStereo *s, double freq)
{
    return (int)(band(s, freq) - (const QmStereoBand *)s->octaves.items);
}

static double field(const QmStereo *s, double freq, int degrees)
{
    const double *const shares = s->field.items;
    return shares[octave_at(s, freq) * QM_STEREO_ANGLES + (degrees + 85) / 5];
}

/* Equal power: cos and sin of an angle from left to right. */
static void test_pan_law(void **unused)
{
    for (int degrees = 5; degrees < 90; degrees += 5) {
        clear(unused);
        const double angle = degrees * M_PI / 180, both = sin(2 * angle);
        sine_pair(1000, 0.5 * cos(angle), 0.5 * sin(angle));
        QmAnalysis *const a = analyse_stereo("stereo", left, right, N, RATE);
        const QmStereo *const s = look_at(a);
        measured(s->correlation, 1, 1e-6);
        measured(s->width, (1 - both) / 2, 1e-6);
        measured(s->balance, 20 * log10(tan(angle)), 1e-5);
        measured(s->mono_loss, -10 * log10(1 + both), 1e-5);
        const QmStereoBand *const b = band(s, 1000);
        measured(b->correlation, 1, 1e-5);
        measured(b->width, (1 - both) / 2, 1e-5);
        measured(b->balance, 20 * log10(tan(angle)), 1e-4);
        measured(b->mono_loss, -10 * log10(1 + both), 1e-4);
        measured(b->level, 10 * log10(0.125 / 2 * (9.5 + 0.5 * 3 / 8) / 10), 0.05);
        close_to(field(s, 1000, degrees - 45), 1, 1e-6);
        assert_false(s->phase_inverted);
        assert_string_equal(s->kind, degrees == 45 ? s->kind : "stereo");
        qm_analysis_free(a);
    }
}

/* All around the goniometer: any sign and ratio of the channels. */
static void test_directions(void **unused)
{
    for (int degrees = -85; degrees <= 90; degrees += 5) {
        clear(unused);
        const double angle = (degrees + 45) * M_PI / 180;
        sine_pair(2000, 0.5 * cos(angle), 0.5 * sin(angle));
        QmAnalysis *const a = analyse_stereo("stereo", left, right, 2 * RATE, RATE);
        close_to(field(look_at(a), 2000, degrees), 1, 1e-6);
        qm_analysis_free(a);
    }
}

static void test_equal_channels_are_exactly_that(void **unused)
{
    (void)unused;
    uint64_t seed = 1;
    for (int i = 0; i < N; i++)
        left[i] = right[i] = (float)noise(&seed);
    QmAnalysis *a = analyse_stereo("stereo", left, right, N, RATE);
    const QmStereo *s = look_at(a);
    assert_string_equal(s->kind, "dual mono");
    measured(s->correlation, 1, 0);
    measured(s->correlation_min, 1, 0);
    measured(s->width, 0, 0);
    measured(s->side, -QM_STEREO_LIMIT_DB, 0);
    measured(s->side_low, -QM_STEREO_LIMIT_DB, 0);
    measured(s->balance, 0, 0);
    measured(s->mono_loss, -3.0103, 1e-5);
    measured(s->mono_loss_max, -3.0103, 1e-5);
    measured(s->delay, 0, 1e-6);
    measured(s->delay_coherence, 1, 1e-3);
    assert_false(s->phase_inverted);
    qm_analysis_free(a);

    right[N / 2] += 0x1p-24f;
    a = analyse_stereo("stereo", left, right, N, RATE);
    assert_string_equal(look_at(a)->kind, "stereo");
    qm_analysis_free(a);
}

static void test_opposite_channels_cancel(void **unused)
{
    (void)unused;
    uint64_t seed = 2;
    for (int i = 0; i < N; i++)
        right[i] = -(left[i] = (float)noise(&seed));
    QmAnalysis *const a = analyse_stereo("stereo", left, right, N, RATE);
    const QmStereo *const s = look_at(a);
    assert_string_equal(s->kind, "opposite");
    measured(s->correlation, -1, 0);
    measured(s->width, 1, 0);
    measured(s->side, QM_STEREO_LIMIT_DB, 0);
    measured(s->mono_loss, QM_STEREO_LIMIT_DB, 0);
    measured(s->delay_coherence, -1, 1e-3);
    close_to(field(s, 1000, 90), 1, 0);
    assert_true(s->phase_inverted);
    qm_analysis_free(a);
}

/* Correlations of n independent pairs have a spread of 1 / sqrt n. */
static void test_unrelated_noise(void **unused)
{
    (void)unused;
    uint64_t one = 3, two = 4;
    for (int i = 0; i < N; i++) {
        left[i] = (float)noise(&one);
        right[i] = (float)noise(&two);
    }
    QmAnalysis *const a = analyse_stereo("stereo", left, right, N, RATE);
    const QmStereo *const s = look_at(a);
    const double sigma = 1 / sqrt(N);
    measured(s->correlation, 0, 4 * sigma);
    measured(s->width, 0.5, 2 * sigma);
    measured(s->mono_loss, 0, 4 * sigma * 10 / log(10));
    measured(s->balance, 0, 0.03);
    none(s->delay, "the channels are unrelated");
    assert_false(s->phase_inverted);
    for (int degrees = -85; degrees <= 90; degrees += 5)
        close_to(field(s, 8000, degrees), 1.0 / QM_STEREO_ANGLES, 0.003);
    double sum = 0;
    for (int i = 0; i < N; i++)
        sum += (double)left[i] * right[i];
    double squares[2] = {0};
    for (int i = 0; i < N; i++) {
        squares[0] += (double)left[i] * left[i];
        squares[1] += (double)right[i] * right[i];
    }
    measured(s->correlation, sum / sqrt(squares[0] * squares[1]), 1e-7);
    qm_analysis_free(a);
}

/* Mid and side of unrelated noise, the side's energy q times the mid's. */
static void test_known_widths(void **unused)
{
    (void)unused;
    static const double ratios[] = {0.01, 0.25, 1, 4};
    for (size_t k = 0; k < 4; k++) {
        uint64_t one = 5, two = 6;
        const double q = ratios[k], gain = sqrt(q);
        for (int i = 0; i < N; i++) {
            const double m = 0.3 * noise(&one), s = 0.3 * gain * noise(&two);
            left[i] = (float)(m - s);
            right[i] = (float)(m + s);
        }
        QmAnalysis *const a = analyse_stereo("stereo", left, right, N, RATE);
        const QmStereo *const s = look_at(a);
        measured(s->width, q / (1 + q), 0.002);
        measured(s->side, 10 * log10(q), 0.03);
        measured(s->correlation, (1 - q) / (1 + q), 0.004);
        measured(s->mono_loss, 10 * log10((1 + q) / 2), 0.02);
        measured(band(s, 2000)->width, q / (1 + q), 0.02);
        measured(band(s, 16000)->mono_loss, 10 * log10((1 + q) / 2), 0.1);
        qm_analysis_free(a);
    }
}

static void test_one_band_in_opposite_polarity(void **unused)
{
    (void)unused;
    sine_pair(63, 0.3, 0.3);
    sine_pair(4000, 0.1, -0.1);
    QmAnalysis *a = analyse_stereo("stereo", left, right, N, RATE);
    const QmStereo *s = look_at(a);
    measured(band(s, 63)->correlation, 1, 1e-6);
    measured(band(s, 4000)->correlation, -1, 1e-6);
    measured(s->mono_loss_freq, 4000, 0);
    assert_true(s->mono_loss_max.value > 80);
    assert_true(s->side_low.value < -80);
    measured(s->side, 20 * log10(0.1 / 0.3), 1e-3);
    assert_false(s->phase_inverted); /* an effect; the bass is as it should be */
    qm_analysis_free(a);

    clear(unused);
    sine_pair(63, 0.3, -0.3);
    sine_pair(4000, 0.4, 0.4);
    a = analyse_stereo("stereo", left, right, N, RATE);
    s = look_at(a);
    measured(s->mono_loss_freq, 63, 0);
    assert_true(s->correlation.value > 0.2);
    assert_true(s->phase_inverted);
    qm_analysis_free(a);
}

/* An octave 60 dB below the rest does not decide what mono loses. */
static void test_what_nobody_hears_is_not_lost(void **unused)
{
    (void)unused;
    sine_pair(500, 0.5, 0.5);
    sine_pair(8000, 0.0004, -0.0004);
    QmAnalysis *a = analyse_stereo("stereo", left, right, N, RATE);
    measured(look_at(a)->mono_loss_max, -3.0103, 1e-3);
    qm_analysis_free(a);
    sine_pair(8000, 0.0002, -0.0002);
    a = analyse_stereo("stereo", left, right, N, RATE);
    measured(look_at(a)->mono_loss_freq, 8000, 0);
    qm_analysis_free(a);
}

/* `later` frames behind, in the other channel too, with some of its own in each. */
static void delayed(double later_ms, double gain)
{
    static float source[N + RATE];
    uint64_t seed = 7, own = 8;
    for (size_t i = 0; i < sizeof source / sizeof *source; i++)
        source[i] = (float)(0.3 * noise(&seed));
    const int later = (int)lround(later_ms * RATE / 1000);
    for (int i = 0; i < N; i++) {
        left[i] = source[i + 1000] + (float)(0.1 * noise(&own));
        right[i] = (float)gain * source[i + 1000 - later] + (float)(0.1 * noise(&own));
    }
}

static void test_delay_between_the_channels(void **unused)
{
    (void)unused;
    static const struct {
        double ms, gain;
    } cases[] = {{0.25, 1}, {1.5, 0.7}, {-3, 1}, {4.5, 1}, {2, -1}};
    for (size_t k = 0; k < 5; k++) {
        delayed(cases[k].ms, cases[k].gain);
        QmAnalysis *const a = analyse_stereo("stereo", left, right, N, RATE);
        const QmStereo *const s = look_at(a);
        measured(s->delay, cases[k].ms, 0.001);
        const double g = cases[k].gain; /* coherence of signal and noise, amplitude */
        const double coherence = g / sqrt((1 + 1.0 / 9) * (g * g + 1.0 / 9));
        measured(s->delay_coherence, coherence, 0.05);
        qm_analysis_free(a);
    }
    delayed(20, 1);
    QmAnalysis *const a = analyse_stereo("stereo", left, right, N, RATE);
    none(look_at(a)->delay, "the channels are unrelated"); /* an echo, not a delay */
    qm_analysis_free(a);
}

static void test_one_channel_alone(void **unused)
{
    (void)unused;
    sine_pair(440, 0.5, 0);
    QmAnalysis *a = analyse_stereo("stereo", left, right, N, RATE);
    const QmStereo *s = look_at(a);
    assert_string_equal(s->kind, "left only");
    none(s->correlation, "one channel is silent");
    none(s->correlation_min, "one channel is silent");
    assert_true(*(double *)s->correlation_over_time.items == QM_GAP);
    measured(s->balance, -QM_STEREO_LIMIT_DB, 0);
    measured(s->width, 0.5, 1e-9);
    measured(s->mono_loss, 0, 1e-9);
    close_to(field(s, 500, -45), 1, 1e-6);
    qm_analysis_free(a);
    /* with dither in the other */
    uint64_t seed = 9;
    for (int i = 0; i < N; i++)
        right[i] = (float)(noise(&seed) / 65536);
    a = analyse_stereo("stereo", right, left, N, RATE);
    assert_string_equal(look_at(a)->kind, "right only");
    assert_false(look_at(a)->phase_inverted);
    qm_analysis_free(a);
}

static void test_no_stereo_and_why(void **unused)
{
    (void)unused;
    QmAnalysis *a = analyse_stereo("stereo", left, right, N, RATE);
    none(look_at(a)->correlation, "digital silence");
    none(look_at(a)->delay, "digital silence");
    assert_null(look_at(a)->kind);
    qm_analysis_free(a);
    a = analyse_stereo("stereo", left, right, 0, RATE);
    none(look_at(a)->width, "no frames");
    qm_analysis_free(a);
    sine_pair(440, 0.5, 0.5);
    a = analyse_mono("stereo", left, N, RATE);
    none(look_at(a)->correlation, "mono");
    none(look_at(a)->mono_loss_max, "mono");
    qm_analysis_free(a);
    const float *const three[] = {left, right, third};
    a = analyse(&(AnalyseRig){three, 3, N, RATE, "stereo"});
    none(look_at(a)->balance, "more than two channels");
    qm_analysis_free(a);
    a = analyse_stereo("stereo", left, right, RATE / 10 * 4 - 1, RATE);
    measured(look_at(a)->correlation, 1, 0);
    none(look_at(a)->correlation_min, "under 400 ms");
    assert_int_equal(look_at(a)->correlation_over_time.count, 0);
    qm_analysis_free(a);
}

static void test_over_time(void **unused)
{
    (void)unused;
    sine_pair(440, 0.5, 0.5);
    for (int i = 9 * RATE; i < N; i++)
        right[i] = -right[i];
    QmAnalysis *const a = analyse_stereo("stereo", left, right, N, RATE);
    const QmStereo *const s = look_at(a);
    const double *const c = s->correlation_over_time.items;
    const double *const w = s->width_over_time.items;
    assert_int_equal(s->correlation_over_time.count, 97);
    assert_int_equal(s->width_over_time.count, 97);
    for (int i = 0; i < 97; i++) {
        const double opposite = i <= 86 ? 0 : i >= 90 ? 1 : (i - 86) / 4.0;
        close_to(c[i], 1 - 2 * opposite, i > 86 && i < 90 ? 1e-4 : 0);
        close_to(w[i], opposite, i > 86 && i < 90 ? 1e-4 : 0);
    }
    measured(s->correlation_min, -1, 0);
    measured(s->correlation_p5, -1, 0); /* 7 of 97 are -1 */
    measured(s->correlation, 1 - 2 * (0.75 + 0.25 * 3 / 8) / (9.5 + 0.5 * 3 / 8), 1e-4);
    qm_analysis_free(a);
}

static void test_what_is_quiet_is_not_counted(void **unused)
{
    (void)unused;
    sine_pair(440, 0.5, 0.5);
    for (int i = N / 2; i < N; i++) {
        left[i] *= 0.003f;
        right[i] *= -0.003f;
    }
    QmAnalysis *const a = analyse_stereo("stereo", left, right, N, RATE);
    measured(look_at(a)->correlation_min, 1, 1e-3);
    qm_analysis_free(a);
}

/* The same sound, and so the same numbers, at any rate. */
static void test_rates(void **unused)
{
    (void)unused;
    static const double rates[] = {8000, 11025, 22050, 44100, 96000, 192000, 12345};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        const double rate = rates[k];
        const int n = 20 * (int)((rate + 5) / 10);
        for (int i = 0; i < n; i++) {
            const double x = 0.3 * fade(i, n, rate) * sin(2 * M_PI * 100 / rate * i);
            const double y = 0.2 * fade(i, n, rate) * sin(2 * M_PI * 2000 / rate * i);
            left[i] = (float)(x + y);
            right[i] = (float)(x - y / 2);
        }
        QmAnalysis *const a = analyse_stereo("stereo", left, right, n, rate);
        const QmStereo *const s = look_at(a);
        measured(band(s, 125)->correlation, 1, 1e-3);
        measured(band(s, 125)->mono_loss, -3.01, 0.01);
        measured(band(s, 2000)->correlation, -1, 1e-4);
        measured(band(s, 2000)->balance, -6.02, 0.01);
        measured(band(s, 2000)->mono_loss, 10 * log10(1.25 / 0.25), 0.01);
        measured(s->mono_loss_freq, 2000, 0);
        close_to(field(s, 125, 0), 1, 0.01);
        close_to(field(s, 2000, -70), 1, 0.01); /* atan2(0.75, 0.25) = 71.6 degrees */
        if (rate < 22000)
            none(band(s, 16000)->level, "above half the rate");
        assert_int_equal(s->correlation_over_time.count, 17);
        qm_analysis_free(a);
    }
}

static void same_list(const QmList *a, const QmList *b, size_t size)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->items, b->items, a->count * size);
}

static void test_order_and_build_change_nothing(void **unused)
{
    (void)unused;
    delayed(0.5, 0.4);
    const float *const both[] = {left, right};
    QmAnalysis *const a = analyse(&(AnalyseRig){both, 2, N - 17, 44100, "stereo"});
    QmAnalysis *const b =
        analyse(&(AnalyseRig){both, 2, N - 17, 44100, "stereo", .otherwise = true});
    const QmStereo *const x = look_at(a), *const y = look_at(b);
    assert_memory_equal(&x->correlation, &y->correlation,
                        offsetof(QmStereo, phase_inverted) -
                            offsetof(QmStereo, correlation));
    assert_memory_equal(&x->delay, &y->delay, 2 * sizeof x->delay);
    same_list(&x->octaves, &y->octaves, sizeof(QmStereoBand));
    same_list(&x->thirds, &y->thirds, sizeof(QmStereoBand));
    same_list(&x->correlation_over_time, &y->correlation_over_time, sizeof(double));
    same_list(&x->width_over_time, &y->width_over_time, sizeof(double));
    same_list(&x->field, &y->field, sizeof(double));
    qm_analysis_free(a);
    qm_analysis_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_pan_law, clear),
        cmocka_unit_test_setup(test_directions, clear),
        cmocka_unit_test_setup(test_equal_channels_are_exactly_that, clear),
        cmocka_unit_test_setup(test_opposite_channels_cancel, clear),
        cmocka_unit_test_setup(test_unrelated_noise, clear),
        cmocka_unit_test_setup(test_known_widths, clear),
        cmocka_unit_test_setup(test_one_band_in_opposite_polarity, clear),
        cmocka_unit_test_setup(test_what_nobody_hears_is_not_lost, clear),
        cmocka_unit_test_setup(test_delay_between_the_channels, clear),
        cmocka_unit_test_setup(test_one_channel_alone, clear),
        cmocka_unit_test_setup(test_no_stereo_and_why, clear),
        cmocka_unit_test_setup(test_over_time, clear),
        cmocka_unit_test_setup(test_what_is_quiet_is_not_counted, clear),
        cmocka_unit_test_setup(test_rates, clear),
        cmocka_unit_test_setup(test_order_and_build_change_nothing, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
