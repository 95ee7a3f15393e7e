/* The equaliser against the cookbook's formulas, its noise against a filter in double
 * precision, and its manners when bands move. The noise that is measured here:
 *
 *   every shape at 20 Hz, 96 kHz, Q 0.7 to 4      below -140 dBFS
 *   every shape at any frequency, Q 0.7           below -137 dBFS
 *
 * for full-scale tones at, below and above the band's frequency. */
#include "base/rand.h"
#include "dsp/svf.h"
#include "tests/support/proc_harness.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ON, TYPE, FREQ, GAIN, Q, N_BAND };
enum { SHAPES = QM_SVF_ALL_PASS + 1, LONG = 1 << 17 };
static QmVec rows[LONG];

typedef struct Band {
    QmSvfKind kind;
    double freq, gain, q;
} Band;

/* ---- the cookbook (R. Bristow-Johnson, "Audio EQ cookbook") ---- */

static double cookbook_db(Band band, double rate, double at)
{
    const double w = 2 * M_PI * band.freq / rate, c = cos(w),
                 alpha = sin(w) / (2 * band.q);
    const double a = pow(10, band.gain / 40), r = 2 * sqrt(a) * alpha, p = a + 1,
                 m = a - 1;
    const double table[SHAPES][6] = {
        [QM_SVF_BELL] = {1 + alpha * a, -2 * c, 1 - alpha * a, 1 + alpha / a, -2 * c,
                         1 - alpha / a},
        [QM_SVF_LOW_SHELF] = {a * (p - m * c + r), 2 * a * (m - p * c),
                              a * (p - m * c - r), p + m * c + r, -2 * (m + p * c),
                              p + m * c - r},
        [QM_SVF_HIGH_SHELF] = {a * (p + m * c + r), -2 * a * (m + p * c),
                               a * (p + m * c - r), p - m * c + r, 2 * (m - p * c),
                               p - m * c - r},
        [QM_SVF_LOW_PASS] = {(1 - c) / 2, 1 - c, (1 - c) / 2, 1 + alpha, -2 * c,
                             1 - alpha},
        [QM_SVF_HIGH_PASS] = {(1 + c) / 2, -1 - c, (1 + c) / 2, 1 + alpha, -2 * c,
                              1 - alpha},
        [QM_SVF_NOTCH] = {1, -2 * c, 1, 1 + alpha, -2 * c, 1 - alpha},
        [QM_SVF_ALL_PASS] = {1 - alpha, -2 * c, 1 + alpha, 1 + alpha, -2 * c, 1 - alpha},
    };
    const double *const k = table[band.kind];
    const double complex z = cexp(-2 * M_PI * I * at / rate);
    return 20 *
           log10(cabs((k[0] + z * (k[1] + z * k[2])) / (k[3] + z * (k[4] + z * k[5]))));
}

static void set_band(ProcGang *gang, uint32_t strip, uint32_t b, Band band)
{
    gang_set(gang, strip, b * N_BAND + TYPE, band.kind);
    gang_set(gang, strip, b * N_BAND + FREQ, band.freq);
    gang_set(gang, strip, b * N_BAND + GAIN, band.gain);
    gang_set(gang, strip, b * N_BAND + Q, band.q);
}

static double spectrum_db(uint32_t n, double rate, double at)
{
    double complex sum = 0, turn = 1;
    const double complex step = cexp(-2 * M_PI * I * at / rate);
    for (uint32_t i = 0; i < n; i++, turn *= step)
        sum += (double)rows[i][0] * turn;
    return 20 * log10(cabs(sum));
}

static void check_response(Band band, double rate)
{
    ProcGang gang;
    gang_open(&gang, qm_proc_find("eq"), rate, 1, 1, NULL);
    set_band(&gang, 0, 0, band);
    gang_reset(&gang);
    const uint64_t tail = gang.desc->tail(&gang.spec[0], gang.params[0]);
    const uint32_t n = tail < LONG ? (uint32_t)tail : LONG;
    memset(rows, 0, n * sizeof *rows);
    rows[0] = qm_vec(1);
    gang_run(&gang, rows, NULL, n, QM_QUANTUM);
    gang_close(&gang);
    for (double at = band.freq / 8; at < 0.499 * rate && at < band.freq * 10; at *= 1.7) {
        const double expected = cookbook_db(band, rate, at);
        if (expected > -70 && fabs(spectrum_db(n, rate, at) - expected) > 0.01)
            fail_msg("shape %d at %d Hz, q %d/1000: %d mdB where %d are right, at %d Hz",
                     band.kind, (int)band.freq, (int)(1000 * band.q),
                     (int)(1000 * spectrum_db(n, rate, at)), (int)(1000 * expected),
                     (int)at);
    }
}

static void test_responses_are_the_cookbooks(void **unused)
{
    (void)unused;
    static const double freqs[] = {20, 150, 1000, 6000, 19000}, qs[] = {0.3, 0.7071, 4};
    for (int kind = 0; kind < SHAPES; kind++)
        for (int f = 0; f < 5; f++)
            for (int q = 0; q < 3; q++)
                for (double gain = -15; gain <= 15; gain += 30) {
                    const Band band = {(QmSvfKind)kind, freqs[f], gain, qs[q]};
                    check_response(band, f % 2 ? 48000 : 96000);
                }
}

/* The highest frequency that a rate allows is used instead of a higher one. */
static void test_frequencies_are_held_below_the_limit(void **unused)
{
    (void)unused;
    const QmProcSpec spec = {8000, 1, NULL};
    double params[N_BAND];
    float high[QM_SVF_COEFFS], limit[QM_SVF_COEFFS];
    qm_proc_defaults(qm_proc_find("eq"), 1, params);
    params[GAIN] = 6;
    params[FREQ] = 20000;
    qm_proc_find("eq")->update(&spec, params, high);
    params[FREQ] = 0.49 * 8000;
    qm_proc_find("eq")->update(&spec, params, limit);
    assert_memory_equal(high, limit, sizeof high);
}

static void test_bands_that_do_nothing_do_nothing(void **unused)
{
    (void)unused;
    static QmVec before[4096];
    ProcGang gang;
    gang_open(&gang, qm_proc_find("eq"), 48000, 7, QM_GANG, NULL);
    for (uint32_t s = 0; s < QM_GANG; s++) {
        set_band(&gang, s, 1, (Band){QM_SVF_LOW_SHELF, 100, 0, 0.7});
        set_band(&gang, s, 2, (Band){QM_SVF_NOTCH, 500, 0, 4});
        gang_set(&gang, s, 2 * N_BAND + ON, 0);
        set_band(&gang, s, 6, (Band){QM_SVF_LOW_PASS, 300, 0, 1});
        gang_set(&gang, s, 6 * N_BAND + ON, 0);
    }
    gang_reset(&gang);
    noise_rows(rows, 4096, 5, 1);
    memcpy(before, rows, sizeof before);
    gang_run(&gang, rows, NULL, 4096, QM_QUANTUM);
    assert_memory_equal(before, rows, sizeof before);
    gang_close(&gang);
}

/* ---- noise ---- */

/* What a section adds to a full-scale sine, in dB below one: against the same coeffs in
 * double. */
static double noise_db(Band band, double rate, double tone)
{
    float c[QM_SVF_COEFFS];
    qm_svf_design(band.kind, band.freq, band.gain, band.q, rate, c);
    ProcGang gang;
    gang_open(&gang, qm_proc_find("eq"), rate, 1, 1, NULL);
    set_band(&gang, 0, 0, band);
    gang_reset(&gang);
    for (uint32_t i = 0; i < LONG; i++)
        rows[i] = qm_vec((float)sin(2 * M_PI * tone / rate * i));
    gang_run(&gang, rows, NULL, LONG, QM_QUANTUM);
    gang_close(&gang);
    double s1 = 0, s2 = 0, sum = 0;
    for (uint32_t i = 0; i < LONG; i++) {
        const double x = (double)(float)sin(2 * M_PI * tone / rate * i), v3 = x - s2;
        const double y = c[QM_SVF_D0] * x + c[QM_SVF_C1] * s1 + c[QM_SVF_D2] * s2;
        const double d1 = c[QM_SVF_P] * s1 + c[QM_SVF_Q] * v3;
        const double d2 = c[QM_SVF_Q] * s1 + c[QM_SVF_R] * v3;
        s1 += d1;
        s2 += d2;
        if (i >= LONG / 2)
            sum += ((double)rows[i][0] - y) * ((double)rows[i][0] - y);
    }
    return 10 * log10(2 * sum / (LONG / 2) + 1e-30); /* a full-scale sine is 0 dBFS */
}

static double worst_noise_db(double freq, double q)
{
    double worst = -300;
    for (int kind = 0; kind < SHAPES; kind++)
        for (double ratio = 0.5; ratio < 3; ratio *= 2) {
            const double gain = kind == QM_SVF_BELL ? 6 : -6;
            const double db = noise_db((Band){(QmSvfKind)kind, freq, gain, q}, 96000,
                                       1.013 * freq * ratio);
            worst = db > worst ? db : worst;
        }
    return worst;
}

static void test_noise_of_low_bands(void **unused)
{
    (void)unused;
    assert_true(worst_noise_db(20, 0.7071) < -140);
    assert_true(worst_noise_db(20, 2) < -140);
}

static void test_noise_at_any_frequency(void **unused)
{
    (void)unused;
    for (double freq = 50; freq < 20000; freq *= 2.5)
        if (worst_noise_db(freq, 0.7071) > -137)
            fail_msg("%d Hz: %d dB", (int)freq, (int)worst_noise_db(freq, 0.7071));
}

/* ---- motion ---- */

static double length(const QmSvf *s)
{
    const double a = (double)s->base1[0] + (double)s->rest1[0];
    const double b = (double)s->base2[0] + (double)s->rest2[0];
    return sqrt(a * a + b * b);
}

static Band any_band(uint64_t index)
{
    const QmParam *const row = qm_proc_find("eq")->group;
    return (Band){(QmSvfKind)random_value(&row[TYPE], 1, index),
                  10 * pow(4000, qm_rand(2, 2, index)),
                  random_value(&row[GAIN], 3, index),
                  0.05 * pow(800, qm_rand(4, 4, index))};
}

/* From anywhere to anywhere, on the way turned elsewhere: left alone, what is in the
 * filter never grows (the proof is in dsp/svf.h). */
static void test_a_ramp_never_adds_energy(void **unused)
{
    (void)unused;
    float from[QM_SVF_COEFFS], to[QM_SVF_COEFFS];
    for (uint64_t k = 0; k < 4000; k++) {
        const Band a = any_band(2 * k), b = any_band(2 * k + 1);
        qm_svf_design(a.kind, a.freq, a.gain, a.q, 48000, from);
        qm_svf_design(b.kind, b.freq, b.gain, b.q, 48000, to);
        QmSvf s = {.base1 = qm_vec((float)qm_rand(5, 5, k) - 0.5f),
                   .base2 = qm_vec((float)qm_rand(6, 6, k) - 0.5f)};
        double before = length(&s);
        for (int i = 0; i <= QM_RAMP; i++) {
            QmVec c[QM_SVF_COEFFS];
            for (int n = 0; n < QM_SVF_COEFFS; n++)
                c[n] = qm_vec(from[n] + (to[n] - from[n]) * (float)i / QM_RAMP);
            qm_svf_tick(&s, c, qm_vec(0));
            const double now = length(&s);
            assert_true(now <= before + 1e-7); /* a few roundings of states near 0.5 */
            before = now;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_responses_are_the_cookbooks),
        cmocka_unit_test(test_frequencies_are_held_below_the_limit),
        cmocka_unit_test(test_bands_that_do_nothing_do_nothing),
        cmocka_unit_test(test_noise_of_low_bands),
        cmocka_unit_test(test_noise_at_any_frequency),
        cmocka_unit_test(test_a_ramp_never_adds_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
