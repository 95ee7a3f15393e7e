/* The crossovers against theory. Flatness and noise are two things, and measured apart:
 *
 *   flatness  the same arithmetic in double, with the coefficients that the floats are,
 *             by the spectrum of its impulse response: what rounding the coefficients
 *             costs, without noise;
 *   sines     the floats themselves, by correlation with whole periods of a steady tone,
 *             in which noise averages out;
 *   noise     the floats less the double arithmetic. */
#include "base/rand.h"
#include "dsp/crossover.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { LONG = 1 << 18, BLOCK = QM_BANDS_BLOCK };
enum { MOST_SECTIONS = 14 };
static QmVec signal_rows[LONG], out_rows[QM_MAX_BANDS][LONG];
static double twin_out[QM_MAX_BANDS][LONG];

typedef struct Setting {
    uint32_t bands;
    double rate, freq[QM_MAX_BANDS - 1];
} Setting;

static const Setting settings[] = {
    {2, 48000, {800}},
    {3, 48000, {200, 2000}},
    {4, 44100, {100, 500, 3000}},
    {5, 96000, {80, 300, 1200, 5000}},
    {5, 48000, {1000, 1300, 1690, 2197}}, /* close together */
    {5, 44100, {6000, 300, 15000, 20}},   /* in no order */
    {4, 48000, {700, 700, 700}},          /* all at one place */
    {5, 192000, {20, 60, 10000, 40000}},  /* wide apart */
    {3, 8000, {3900, 20000}},             /* beyond what the rate allows */
};
enum { SETTINGS = sizeof settings / sizeof *settings };

static void coeffs_of(const Setting *s, QmVec g[QM_MAX_BANDS - 1])
{
    for (uint32_t k = 0; k + 1 < s->bands; k++)
        g[k] = qm_vec(qm_cross_coeff(s->freq[k], s->rate));
}

/* signal_rows, n of them, into out_rows. */
static void run(const Setting *s, uint32_t n)
{
    static QmVec bands[QM_MAX_BANDS][BLOCK];
    QmSvf sections[MOST_SECTIONS] = {0};
    QmVec g[QM_MAX_BANDS - 1];
    coeffs_of(s, g);
    for (uint32_t i = 0; i < n; i += BLOCK) {
        const QmBandsCall call = {sections, g, NULL, 0, BLOCK, true};
        memcpy(bands[s->bands - 1], signal_rows + i, sizeof bands[0]);
        qm_bands_split(&call, s->bands, bands);
        for (uint32_t b = 0; b < s->bands; b++)
            memcpy(out_rows[b] + i, bands[b], sizeof bands[b]);
    }
}

/* ---- the same in double ---- */

typedef struct Twin {
    double ic1, ic2;
} Twin;

static double twin_tick(Twin *t, const QmCross *c, double x, double *band)
{
    const double push = c->twice_g[0] * (x - t->ic2), both = 2 * t->ic1 + push;
    const double taken = c->share[0] * both;
    *band = both - taken;
    const double rise = c->g[0] * *band, low = 2 * t->ic2 + rise;
    t->ic1 += push - taken;
    t->ic2 += rise;
    return low;
}

static double twin_turn(const QmCross *c, double x, double band)
{
    return x - ((double)c->k[0] + (double)c->k_rest[0]) * band;
}

static void run_twin(const Setting *s, uint32_t n)
{
    Twin t[QM_MAX_BANDS - 1][QM_MAX_BANDS] = {0};
    QmVec g[QM_MAX_BANDS - 1];
    QmCross c[QM_MAX_BANDS - 1];
    coeffs_of(s, g);
    for (uint32_t k = 0; k + 1 < s->bands; k++)
        c[k] = qm_cross(g[k]);
    for (uint32_t i = 0; i < n; i++) {
        double x = (double)signal_rows[i][0], band, low;
        for (uint32_t k = 0; k + 1 < s->bands; k++) {
            low = twin_tick(&t[k][0], &c[k], x, &band);
            x = twin_turn(&c[k], x, band);
            low = 0.25 * twin_tick(&t[k][1], &c[k], low, &band);
            x -= low;
            twin_out[k][i] = low;
            for (uint32_t b = 0; b < k; b++) {
                twin_tick(&t[k][2 + b], &c[k], twin_out[b][i], &band);
                twin_out[b][i] = twin_turn(&c[k], twin_out[b][i], band);
            }
        }
        twin_out[s->bands - 1][i] = x;
    }
}

/* ---- spectra ---- */

static double complex spectrum_at(const double *x, uint32_t n, double turns)
{
    double complex sum = 0, turn = 1;
    const double complex step = cexp(-2 * M_PI * I * turns);
    for (uint32_t i = 0; i < n; i++, turn *= step)
        sum += x[i] * turn;
    return sum;
}

static double db(double gain) { return 20 * log10(gain + 1e-300); }

static void impulse(uint32_t n)
{
    memset(signal_rows, 0, n * sizeof *signal_rows);
    signal_rows[0] = qm_vec(1);
}

/* A frame count after which nothing rings. */
static uint32_t length_of(const Setting *s)
{
    double frames = 0;
    for (uint32_t k = 0; k + 1 < s->bands; k++)
        frames += 25 * qm_cross_frames(s->freq[k], s->rate);
    return frames < LONG ? (uint32_t)frames / BLOCK * BLOCK + BLOCK : LONG;
}

/* Lower and upper slope of a crossover between s = j W, W = tan(pi f / rate) / g. */
static double low_gain(const Setting *s, uint32_t k, double at)
{
    const double g = (double)qm_cross_coeff(s->freq[k], s->rate);
    return 1 / (1 + pow(tan(M_PI * at / s->rate) / g, 4));
}

static double band_gain(const Setting *s, uint32_t band, double at)
{
    double gain = 1;
    for (uint32_t k = 0; k < band; k++)
        gain *= 1 - low_gain(s, k, at);
    return band + 1 < s->bands ? gain * low_gain(s, band, at) : gain;
}

static void test_the_sum_is_flat_within_1e_9_db(void **unused)
{
    (void)unused;
    static double sum[LONG];
    double worst = 0;
    for (uint32_t k = 0; k < SETTINGS; k++) {
        const Setting *const s = &settings[k];
        const uint32_t n = length_of(s);
        impulse(n);
        run_twin(s, n);
        for (uint32_t i = 0; i < n; i++) {
            sum[i] = 0;
            for (uint32_t b = 0; b < s->bands; b++)
                sum[i] += twin_out[b][i];
        }
        for (double at = 10; at < s->rate / 2; at *= 1.31) {
            const double off = fabs(db(cabs(spectrum_at(sum, n, at / s->rate))));
            worst = off > worst ? off : worst;
            if (!(off < 1e-9))
                fail_msg("setting %u: off by %d * 10^-12 dB at %d Hz", k,
                         (int)(off * 1e12), (int)at);
        }
    }
    print_message("flat within %.2g dB\n", worst);
}

static void test_bands_are_linkwitz_riley(void **unused)
{
    (void)unused;
    /* but for the last: at 0.49 of the rate rounding g and b costs 0.2 dB of slope */
    for (uint32_t k = 0; k + 1 < SETTINGS; k++) {
        const Setting *const s = &settings[k];
        const uint32_t n = length_of(s);
        impulse(n);
        run_twin(s, n);
        for (double at = 15; at < 0.45 * s->rate; at *= 1.7)
            for (uint32_t b = 0; b < s->bands; b++) {
                const double is = cabs(spectrum_at(twin_out[b], n, at / s->rate));
                const double should = band_gain(s, b, at);
                if (fabs(is - should) > 1e-6 + 1e-5 * should)
                    fail_msg("setting %u, band %u at %d Hz: %d * 10^-8 for %d", k, b,
                             (int)at, (int)(is * 1e8), (int)(should * 1e8));
            }
    }
    const Setting *const s = &settings[0]; /* and the number everybody knows */
    const uint32_t n = length_of(s);
    impulse(n);
    run_twin(s, n);
    for (uint32_t b = 0; b < 2; b++)
        assert_true(fabs(db(cabs(spectrum_at(twin_out[b], n, 800 / s->rate))) + 6.0206) <
                    0.0001);
}

/* Low, high and their sum point the same way, so that weights cannot make them cancel. */
static void test_bands_are_in_phase(void **unused)
{
    (void)unused;
    for (uint32_t k = 0; k < 5; k++) {
        const Setting *const s = &settings[k];
        const uint32_t n = length_of(s);
        impulse(n);
        run_twin(s, n);
        for (double at = 30; at < 0.4 * s->rate; at *= 1.5) {
            double complex band[QM_MAX_BANDS], sum = 0;
            for (uint32_t b = 0; b < s->bands; b++)
                sum += band[b] = spectrum_at(twin_out[b], n, at / s->rate);
            for (uint32_t b = 0; b < s->bands; b++)
                if (cabs(band[b]) > 1e-4)
                    assert_true(fabs(carg(band[b] / sum)) < 0.001);
        }
    }
}

/* ---- the floats ---- */

static double tone_at(uint32_t i, double turns)
{
    return sin(2 * M_PI * fmod(turns * i, 1));
}

/* Fills signal_rows with a tone of whole periods in the second half; returns turns per
 * frame. */
static double tone(double rate, double at, uint32_t n)
{
    const double turns = round(at / rate * (n / 2)) / (n / 2);
    for (uint32_t i = 0; i < n; i++)
        signal_rows[i] = qm_vec((float)tone_at(i, turns));
    return turns;
}

static void test_sines_pass_flat_within_1e_6_db(void **unused)
{
    (void)unused;
    static double in[LONG / 2], out[LONG / 2];
    double worst = 0;
    for (uint32_t k = 0; k < 4; k++) {
        const Setting *const s = &settings[k];
        for (double at = 33; at < 0.49 * s->rate; at *= 2.3) {
            const double turns = tone(s->rate, at, LONG);
            run(s, LONG);
            for (uint32_t i = 0; i < LONG / 2; i++) {
                in[i] = (double)signal_rows[LONG / 2 + i][0];
                out[i] = 0;
                for (uint32_t b = 0; b < s->bands; b++)
                    out[i] += (double)out_rows[b][LONG / 2 + i][0];
            }
            const double off = fabs(db(cabs(spectrum_at(out, LONG / 2, turns)) /
                                       cabs(spectrum_at(in, LONG / 2, turns))));
            worst = off > worst ? off : worst;
            if (!(off < 1e-6))
                fail_msg("setting %u: off by %d * 10^-9 dB at %d Hz", k, (int)(off * 1e9),
                         (int)at);
        }
    }
    print_message("sines flat within %.2g dB\n", worst);
}

/* The loudest difference between floats and doubles of a full-scale tone, over all bands,
 * in dB below the tone's power. */
static double noise_db(const Setting *s, double at)
{
    double worst = 0;
    tone(s->rate, at, LONG);
    run(s, LONG);
    run_twin(s, LONG);
    for (uint32_t b = 0; b < s->bands; b++) {
        double sum = 0;
        for (uint32_t i = LONG / 2; i < LONG; i++) {
            const double error = (double)out_rows[b][i][0] - twin_out[b][i];
            sum += error * error;
        }
        worst = sum > worst ? sum : worst;
    }
    return 10 * log10(2 * worst / (LONG / 2));
}

static void test_noise(void **unused)
{
    (void)unused;
    static const Setting low = {2, 96000, {20}}, many = {5, 96000, {40, 120, 500, 4000}};
    double worst = -300;
    for (double at = 11; at < 30000; at *= 3.1) {
        const double a = noise_db(&low, at), b = noise_db(&many, at);
        worst = a > worst ? a : worst;
        worst = b > worst ? b : worst;
    }
    print_message("noise below %.1f dBFS\n", worst);
    assert_true(worst < -135);
}

/* ---- motion ---- */

static double length(const QmSvf *s)
{
    const double a = (double)s->base1[0] + (double)s->rest1[0];
    const double b = (double)s->base2[0] + (double)s->rest2[0];
    return sqrt(a * a + b * b);
}

/* From anywhere to anywhere within a ramp: left alone, what is in a section never
 * grows. */
static void test_a_ramp_never_adds_energy(void **unused)
{
    (void)unused;
    for (uint64_t k = 0; k < 4000; k++) {
        const float from = qm_cross_coeff(10 * pow(2400, qm_rand(1, 1, k)), 48000);
        const float to = qm_cross_coeff(10 * pow(2400, qm_rand(2, 2, k)), 48000);
        QmSvf s = {.base1 = qm_vec((float)qm_rand(5, 5, k) - 0.5f),
                   .base2 = qm_vec((float)qm_rand(6, 6, k) - 0.5f)};
        double before = length(&s);
        for (int i = 0; i <= 64; i++) {
            const QmCross c = qm_cross(qm_vec(from + (to - from) * (float)i / 64));
            QmVec band;
            qm_cross_tick(&s, &c, qm_vec(0), &band);
            assert_true(length(&s) <= before + 3e-7); /* roundings */
            before = length(&s);
        }
    }
}

/* A ramp's step of nothing is standing still, bit by bit. */
static void test_standing_ramps_are_no_ramps(void **unused)
{
    (void)unused;
    static QmVec bands[2][3][BLOCK];
    QmSvf sections[2][MOST_SECTIONS] = {0};
    QmVec g[2][QM_MAX_BANDS - 1], step[QM_MAX_BANDS - 1] = {{0}};
    coeffs_of(&settings[1], g[0]);
    coeffs_of(&settings[1], g[1]);
    step[1][7] = 1e-5f; /* another strip's lane moves */
    for (uint32_t i = 0; i < BLOCK; i++)
        bands[0][2][i] = bands[1][2][i] = qm_vec((float)qm_rand(9, 9, i) - 0.5f);
    for (uint32_t k = 0; k < 2; k++) {
        const QmBandsCall call = {sections[k], g[k], k ? step : NULL, 0, BLOCK, true};
        qm_bands_split(&call, 3, bands[k]);
    }
    for (uint32_t b = 0; b < 3; b++)
        for (uint32_t i = 0; i < BLOCK; i++)
            for (uint32_t lane = 0; lane < QM_LANES - 1; lane++)
                assert_true(bands[0][b][i][lane] == bands[1][b][i][lane]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sum_is_flat_within_1e_9_db),
        cmocka_unit_test(test_bands_are_linkwitz_riley),
        cmocka_unit_test(test_bands_are_in_phase),
        cmocka_unit_test(test_sines_pass_flat_within_1e_6_db),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_a_ramp_never_adds_energy),
        cmocka_unit_test(test_standing_ramps_are_no_ramps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
