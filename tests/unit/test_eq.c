/* The equaliser against its design's formulas and against the analogue filters that it
 * follows, its noise against a filter in double precision, its channels, and its manners
 * when bands move. The noise that is measured here:
 *
 *   every shape at 20 Hz, 96 kHz, Q 0.7 to 4      below -140 dBFS
 *   every shape at any frequency, Q 0.7           below -137 dBFS
 *
 * for full-scale tones at, below and above the band's frequency (bells of 6 dB,
 * shelves of -6 dB, tilts of -3 dB; what turns a resonance up turns up its noise). */
#include "base/rand.h"
#include "dsp/matched.h"
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ON, TYPE, FREQ, GAIN, Q, CHANNEL, N_BAND };
enum { STEREO, MID, SIDE, LEFT, RIGHT };
enum { SHAPES = QM_SVF_TILT + 1, LONG = 1 << 17 };
static QmVec rows[LONG];

typedef struct Band {
    QmSvfKind kind;
    double freq, gain, q;
} Band;

static double db(double power) { return 10 * log10(power + 1e-40); }

/* ---- the analogue filters, and the cookbook's digital ones (R. Bristow-Johnson, "Audio
 * EQ cookbook") ---- */

static double analogue(Band b, double at)
{
    const double a = pow(10, b.gain / 40), k = 1 / b.q, w = sqrt(a);
    const double complex s = I * at / b.freq, ss = s * s;
    double complex h;
    switch (b.kind) {
    case QM_SVF_BELL:
        h = (ss + s * k * a + 1) / (ss + s * k / a + 1);
        break;
    case QM_SVF_LOW_SHELF:
        h = a * (ss + w * k * s + a) / (a * ss + w * k * s + 1);
        break;
    case QM_SVF_HIGH_SHELF:
        h = a * (a * ss + w * k * s + 1) / (ss + w * k * s + a);
        break;
    case QM_SVF_TILT:
        h = (a * a * ss + a * k * s + 1) / (ss + a * k * s + a * a);
        break;
    case QM_SVF_LOW_PASS:
        h = 1 / (ss + k * s + 1);
        break;
    case QM_SVF_HIGH_PASS:
        h = ss / (ss + k * s + 1);
        break;
    case QM_SVF_NOTCH:
        h = (ss + 1) / (ss + k * s + 1);
        break;
    case QM_SVF_BAND_PASS:
        h = k * s / (ss + k * s + 1);
        break;
    default:
        h = 1;
        break;
    }
    return creal(h * conj(h));
}

/* What section coeffs make of a frequency. */
static double squared_gain(const float *c, double rate, double at)
{
    const double complex z = cexp(2 * M_PI * I * at / rate);
    const double complex a = z - 1 - c[QM_SVF_P], b = c[QM_SVF_Q],
                         d = z - 1 + c[QM_SVF_R];
    const double complex det = a * d + b * b; /* of z - matrix of the states */
    const double complex one = (d * c[QM_SVF_Q] - b * c[QM_SVF_R]) / det,
                         two = (b * c[QM_SVF_Q] + a * c[QM_SVF_R]) / det;
    const double complex h = c[QM_SVF_D0] + c[QM_SVF_C1] * one + c[QM_SVF_D2] * two;
    return creal(h * conj(h));
}

/* The bilinear transform takes tan(pi f / rate) for f. */
static void test_bilinear_designs(void **unused)
{
    (void)unused;
    for (int kind = 0; kind <= QM_SVF_BAND_PASS; kind++)
        for (double freq = 30; freq < 20000; freq *= 3)
            for (double at = freq / 8; at < 23000; at *= 1.9) {
                const Band band = {(QmSvfKind)kind, freq, 9, 0.9};
                float c[QM_SVF_COEFFS];
                qm_svf_design(band.kind, freq, band.gain, band.q, 48000, c);
                const double warped =
                    freq * tan(M_PI * at / 48000) / tan(M_PI * freq / 48000);
                const double expected = db(analogue(band, warped));
                if (expected > -60 &&
                    fabs(db(squared_gain(c, 48000, at)) - expected) > 0.001)
                    fail_msg("shape %d at %d Hz is wrong at %d Hz", kind, (int)freq,
                             (int)at);
            }
}

/* ---- the matched designs: linear equations for n0 n1 n2 d0 d1 ---- */

enum { N0, N1, N2, D0, D1, UNKNOWN };
typedef struct System {
    double row[UNKNOWN][UNKNOWN + 1];
    int n;
} System;

static double *next_row(System *s) { return memset(s->row[s->n++], 0, sizeof s->row[0]); }

/* |H|^2 is h at u (u in units of the band's own). */
static void value_is(System *s, double u, double h)
{
    const double row[] = {1, u, u * u, -h, -h * u, h * u * u};
    memcpy(next_row(s), row, sizeof row);
}

/* The slope of |H|^2 is 0 there. */
static void level_is(System *s, double u, double h)
{
    const double row[] = {0, 1, 2 * u, 0, -h, 2 * h * u};
    memcpy(next_row(s), row, sizeof row);
}

static void unknown_is(System *s, int which, double value)
{
    double *const row = next_row(s);
    row[which] = 1;
    row[UNKNOWN] = value;
}

static void solve(System *s, double *x)
{
    assert_int_equal(s->n, UNKNOWN);
    for (int i = 0; i < UNKNOWN; i++) {
        int pivot = i;
        for (int r = i; r < UNKNOWN; r++)
            pivot = fabs(s->row[r][i]) > fabs(s->row[pivot][i]) ? r : pivot;
        for (int k = 0; k <= UNKNOWN; k++) {
            const double swap = s->row[i][k];
            s->row[i][k] = s->row[pivot][k];
            s->row[pivot][k] = swap;
        }
        for (int r = 0; r < UNKNOWN; r++) {
            const double f = s->row[r][i] / s->row[i][i];
            for (int k = 0; r != i && k <= UNKNOWN; k++)
                s->row[r][k] -= f * s->row[i][k];
        }
    }
    for (int i = 0; i < UNKNOWN; i++)
        x[i] = s->row[i][UNKNOWN] / s->row[i][i];
}

static double squared_tan(double f, double rate) { return pow(tan(M_PI * f / rate), 2); }

static void poles_are(System *s, double w, double k, double unit)
{
    const double complex root = csqrt(k * k / 4 - 1);
    const double complex a = ctanh(w / 2 * (root - k / 2)),
                         b = ctanh(w / 2 * (-root - k / 2));
    const double product = creal(a * b), sum = creal(a + b);
    unknown_is(s, D0, product * product / (unit * unit));
    unknown_is(s, D1, (sum * sum - 2 * product) / unit);
}

static void value_as_analogue(System *s, Band b, double rate, double at, double unit)
{
    value_is(s, squared_tan(at, rate) / unit, analogue(b, at));
}

static System equations(Band b, double rate, double unit)
{
    const double w = 2 * M_PI * b.freq / rate, nyquist = 0.5 * rate;
    const double edge = b.freq * (sqrt(1 + 0.25 / (b.q * b.q)) - 0.5 / b.q);
    System s = {.n = 0};
    if (b.kind == QM_SVF_BELL || b.kind == QM_SVF_NOTCH) {
        value_is(&s, 0, 1);
        value_is(&s, 1, analogue(b, b.freq));
        level_is(&s, 1, analogue(b, b.freq));
        value_as_analogue(&s, b, rate, edge, unit);
        value_as_analogue(&s, b, rate, fmax(0.4 * rate, (b.freq + nyquist) / 2), unit);
    } else if (b.kind == QM_SVF_HIGH_PASS) {
        poles_are(&s, w, 1 / b.q, unit);
        unknown_is(&s, N0, 0);
        unknown_is(&s, N1, 0);
        value_as_analogue(&s, b, rate, fmin(b.freq, 0.4 * rate), unit);
    } else {
        const bool shelf = b.kind == QM_SVF_LOW_SHELF;
        poles_are(&s, shelf ? w / pow(10, b.gain / 80) : w, 1 / b.q, unit);
        value_is(&s, 0, analogue(b, 0));
        value_as_analogue(&s, b, rate, fmin(b.freq, 0.3 * rate), unit);
        value_as_analogue(&s, b, rate, 0.42 * rate, unit);
    }
    return s;
}

/* The designs of dsp/matched.h, in dB. */
static double matched_db(Band b, double rate, double at)
{
    double above = 0, sign = 1;
    if (b.kind == QM_SVF_ALL_PASS)
        return 0;
    if (b.kind == QM_SVF_HIGH_SHELF || b.kind == QM_SVF_TILT) {
        above = b.gain;
        b.gain *= b.kind == QM_SVF_TILT ? -2 : -1;
        b.kind = QM_SVF_LOW_SHELF;
    }
    if (b.kind == QM_SVF_LOW_SHELF && b.gain < 0) {
        sign = -1;
        b.gain = -b.gain;
    }
    double x[UNKNOWN];
    const double unit = squared_tan(b.freq, rate), u = squared_tan(at, rate) / unit;
    System s = equations(b, rate, unit);
    solve(&s, x);
    return above +
           sign * db((x[N0] + u * (x[N1] + u * x[N2])) / (x[D0] + u * (x[D1] + u)));
}

/* ---- what the processor does ---- */

static void set_band(ProcGang *gang, uint32_t strip, uint32_t b, Band band)
{
    gang_set(gang, strip, b * N_BAND + TYPE, band.kind);
    gang_set(gang, strip, b * N_BAND + FREQ, band.freq);
    gang_set(gang, strip, b * N_BAND + GAIN, band.gain);
    gang_set(gang, strip, b * N_BAND + Q, band.q);
}

/* Leaves a band's impulse response in rows; how many of them. */
static uint32_t impulse(Band band, double rate)
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
    return n;
}

static double response_db(uint32_t n, double rate, double at)
{
    return db_of(cabs(spectrum_line(rows, 0, n, at / rate, 1, 0)));
}

static void check_response(Band band, double rate)
{
    const uint32_t n = impulse(band, rate);
    for (double at = band.freq / 8; at < 0.499 * rate && at < band.freq * 10; at *= 1.7) {
        const double expected = matched_db(band, rate, at);
        if (expected > -70 && fabs(response_db(n, rate, at) - expected) > 0.01)
            fail_msg("shape %d at %d Hz, q %d/1000: %d mdB where %d are right, at %d Hz",
                     band.kind, (int)band.freq, (int)(1000 * band.q),
                     (int)(1000 * response_db(n, rate, at)), (int)(1000 * expected),
                     (int)at);
    }
}

static void test_responses_are_as_designed(void **unused)
{
    (void)unused;
    static const double freqs[] = {20, 150, 1000, 6000, 19000}, qs[] = {0.3, 0.7071, 4};
    for (int kind = 0; kind < SHAPES; kind++)
        for (int f = 0; f < 5; f++)
            for (int q = 0; q < 3; q++)
                for (double gain = -9; gain <= 9; gain += 18) {
                    const Band band = {(QmSvfKind)kind, freqs[f], gain, qs[q]};
                    check_response(band, f % 2 ? 48000 : 96000);
                }
}

/* The largest distance from the analogue filter in dB, up to 0.45 of the rate. */
static double worst_distance(QmSvfKind kind, double freq, double gain, double q)
{
    const Band band = {kind, freq, gain, q};
    const uint32_t n = impulse(band, 48000);
    double worst = 0;
    for (double at = 300; at <= 0.45 * 48000; at += 300) {
        const double expected = db(analogue(band, at));
        if (expected > -60)
            worst = fmax(worst, fabs(response_db(n, 48000, at) - expected));
    }
    return worst;
}

/* Up to 0.45 of the rate, for bands anywhere. */
static void test_responses_follow_the_analogue_ones(void **unused)
{
    (void)unused;
    static const struct {
        QmSvfKind kind;
        double gain, low_q, high_q, highest, bound;
    } claims[] = {
        {QM_SVF_BELL, 3, 0.3, 4, 23520, 0.12},
        {QM_SVF_BELL, 12, 0.3, 4, 23520, 0.41},
        {QM_SVF_BELL, -12, 0.3, 4, 23520, 0.41},
        {QM_SVF_LOW_SHELF, 12, 0.3, 1, 23520, 0.2},
        {QM_SVF_LOW_SHELF, -12, 0.3, 1, 23520, 0.2},
        {QM_SVF_HIGH_SHELF, 12, 0.3, 1, 23520, 0.2},
        {QM_SVF_HIGH_SHELF, -12, 0.3, 1, 23520, 0.2},
        {QM_SVF_HIGH_SHELF, 12, 4, 4, 23520, 2.7},
        {QM_SVF_TILT, 6, 0.3, 1, 23520, 0.2},
        {QM_SVF_LOW_PASS, 0, 0.3, 4, 23520, 0.39},
        {QM_SVF_HIGH_PASS, 0, 0.7, 0.7, 16000, 0.23},
        {QM_SVF_NOTCH, 0, 0.3, 4, 16000, 0.7},
    };
    for (uint32_t i = 0; i < QM_COUNT(claims); i++)
        for (double q = claims[i].low_q; q <= claims[i].high_q; q *= 1.5)
            for (double freq = 1000; freq <= claims[i].highest; freq += 1876) {
                const double here =
                    worst_distance(claims[i].kind, freq, claims[i].gain, q);
                if (here > claims[i].bound)
                    fail_msg("claim %u, %d Hz, q %d/1000: %d mdB off", i, (int)freq,
                             (int)(1000 * q), (int)(1000 * here));
            }
}

/* The highest frequency that a rate allows is used instead of a higher one. */
static void test_frequencies_are_held_below_the_limit(void **unused)
{
    (void)unused;
    const QmProcSpec spec = {8000, 1, NULL};
    double params[N_BAND];
    float high[QM_MAX_COEFFS], limit[QM_MAX_COEFFS];
    qm_proc_defaults(qm_proc_find("eq"), 1, params);
    params[GAIN] = 6;
    params[FREQ] = 20000;
    qm_proc_find("eq")->update(&spec, params, high);
    params[FREQ] = 0.49 * 8000;
    qm_proc_find("eq")->update(&spec, params, limit);
    const uint32_t n = qm_proc_n_coeffs(qm_proc_find("eq"), spec.n_groups);
    assert_memory_equal(high, limit, n * sizeof *high);
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
        set_band(&gang, s, 3, (Band){QM_SVF_TILT, 700, 0, 0.5});
        set_band(&gang, s, 4, (Band){QM_SVF_BELL, 5000, 0, 2});
        gang_set(&gang, s, 4 * N_BAND + CHANNEL, s);
        set_band(&gang, s, 5, (Band){QM_SVF_HIGH_SHELF, 9000, 0, 1});
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

/* ---- channels ---- */

enum { SHORT = 4096 };
static QmVec other[SHORT];

/* Puts noise through a bell and a shelf; those of strips from `strips` on work on
 * `channel`. */
static void through_channel(int channel, uint32_t strips, QmVec *out)
{
    ProcGang gang;
    gang_open(&gang, qm_proc_find("eq"), 48000, 2, QM_GANG, NULL);
    for (uint32_t s = 0; s < QM_GANG; s++) {
        set_band(&gang, s, 0, (Band){QM_SVF_BELL, 3000, 9, 1});
        set_band(&gang, s, 1, (Band){QM_SVF_HIGH_SHELF, 8000, -6, 0.7});
        for (uint32_t b = 0; b < 2; b++)
            if (s >= strips)
                gang_set(&gang, s, b * N_BAND + CHANNEL, channel);
    }
    gang_reset(&gang);
    gang_run(&gang, out, NULL, SHORT, QM_QUANTUM);
    gang_close(&gang);
}

/* What is left when only the mid, side, left or right of strip 3 is kept. */
static QmVec part_of(QmVec row, int channel)
{
    const float l = row[6], r = row[7], mid = 0.5f * (l + r), side = 0.5f * (l - r);
    QmVec part = {0};
    part[6] = channel == MID ? mid : channel == SIDE ? side : channel == LEFT ? l : 0;
    part[7] = channel == MID ? mid : channel == SIDE ? -side : channel == RIGHT ? r : 0;
    return part;
}

/* A band for a part of the sound does to it what it does to a sound that is nothing
 * else, and leaves the rest alone. */
static void test_a_band_may_work_on_a_part(void **unused)
{
    (void)unused;
    for (int channel = MID; channel <= RIGHT; channel++) {
        noise_rows(rows, SHORT, 5, 0.5);
        for (uint32_t i = 0; i < SHORT; i++)
            other[i] = part_of(rows[i], channel);
        through_channel(STEREO, QM_GANG, other);
        for (uint32_t i = 0; i < SHORT; i++)
            other[i] += rows[i] - part_of(rows[i], channel);
        through_channel(channel, 3, rows);
        for (uint32_t i = 0; i < SHORT; i++)
            for (uint32_t lane = 6; lane < 8; lane++)
                assert_true(fabs((double)(rows[i][lane] - other[i][lane])) < 2e-6);
    }
}

/* A strip in stereo has the same bits beside one that is not. */
static void test_stereo_is_the_same_in_any_company(void **unused)
{
    (void)unused;
    noise_rows(rows, SHORT, 6, 0.5);
    rows[99][2] = -0.0f;
    rows[999][1] = (float)(1e300 * 1e300);
    memcpy(other, rows, sizeof other);
    through_channel(STEREO, 3, rows);
    through_channel(SIDE, 3, other);
    for (uint32_t i = 0; i < SHORT; i++) {
        const QmVec a = rows[i], b = other[i];
        if (a[1] == a[1])
            assert_memory_equal(&a, &b, 6 * sizeof(float));
    }
    assert_true(memcmp(rows, other, sizeof other) != 0);
}

/* ---- noise ---- */

/* What a section adds to a full-scale sine, in dB below one: against the same coeffs in
 * double. */
static double noise_db(Band band, double rate, double tone)
{
    float c[QM_SVF_COEFFS];
    qm_matched_design(band.kind, band.freq, band.gain, band.q, rate, c);
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
            const double gain = kind == QM_SVF_BELL ? 6 : kind == QM_SVF_TILT ? -3 : -6;
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
        qm_matched_design(a.kind, a.freq, a.gain, a.q, 48000, from);
        qm_matched_design(b.kind, b.freq, b.gain, b.q, 48000, to);
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
        cmocka_unit_test(test_bilinear_designs),
        cmocka_unit_test(test_responses_are_as_designed),
        cmocka_unit_test(test_responses_follow_the_analogue_ones),
        cmocka_unit_test(test_frequencies_are_held_below_the_limit),
        cmocka_unit_test(test_bands_that_do_nothing_do_nothing),
        cmocka_unit_test(test_a_band_may_work_on_a_part),
        cmocka_unit_test(test_stereo_is_the_same_in_any_company),
        cmocka_unit_test(test_noise_of_low_bands),
        cmocka_unit_test(test_noise_at_any_frequency),
        cmocka_unit_test(test_a_ramp_never_adds_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
