/* tests: analysis/k_weight analysis/tenths
 *
 * The table of BS.1770, and a filter written as it stands in the book. */
#include "analysis/k_weight.h"

#include "analysis/analysis.h"
#include "analysis/tenths.h"
#include "base/rand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { TENTHS = 3, ROOM = 1 << 19 };
static float sound[ROOM];
static double energies[TENTHS * QM_K_BINS * QM_K_LANES];
static double others[TENTHS * QM_K_BINS * QM_K_LANES];

static bool near(double x, double y, double most) { return fabs(x - y) <= most; }

static uint32_t tenth_of(double rate) { return (uint32_t)((rate + 5) / 10); }

static void noise(uint64_t seed)
{
    for (uint64_t i = 0; i < ROOM; i++)
        sound[i] = (float)(qm_rand(seed, 0, i) - 0.5);
}

/* BS.1770-5, tables 1 and 2. */
static void test_the_table_at_48_khz(void **unused)
{
    (void)unused;
    QmKWeight k;
    qm_k_weight_init(&k, 48000, 4800);
    const double b0 = sqrt(k.power);
    assert_true(near(b0, 1.53512485958697, 1e-13));
    assert_true(near(b0 * (k.to1[0] + k.a1[0]), -2.69169618940638, 1e-13));
    assert_true(near(b0 * (k.to2[0] + k.a2[0]), 1.19839281085285, 1e-13));
    assert_true(near(k.a1[0], -1.69065929318241, 1e-13));
    assert_true(near(k.a2[0], 0.73248077421585, 1e-13));
    assert_true(near(k.to1[1] + k.a1[1], -2, 1e-13));
    assert_true(near(k.to2[1] + k.a2[1], 1, 1e-13));
    assert_true(near(k.a1[1], -1.99004745483398, 1e-13));
    assert_true(near(k.a2[1], 0.99007225036621, 1e-13));
}

/* The power of one stage's response. */
static double response(const QmKWeight *k, int stage, double w)
{
    const double b1 = k->to1[stage] + k->a1[stage], b2 = k->to2[stage] + k->a2[stage];
    const double c1 = cos(w), s1 = sin(w), c2 = cos(2 * w), s2 = sin(2 * w);
    const double up = pow(1 + b1 * c1 + b2 * c2, 2) + pow(b1 * s1 + b2 * s2, 2);
    const double down = pow(1 + k->a1[stage] * c1 + k->a2[stage] * c2, 2) +
                        pow(k->a1[stage] * s1 + k->a2[stage] * s2, 2);
    return up / down;
}

/* What the high-pass has where it passes all: half the rate. */
static double pass_gain(const QmKWeight *k) { return response(k, 1, M_PI); }

/* One curve at all rates, but for the gain of the high-pass, up to where the bilinear
 * transform bends it. */
static void test_one_curve_at_all_rates(void **unused)
{
    (void)unused;
    static const double rates[] = {22050, 32000, 44100, 88200, 96000, 192000, 384000};
    QmKWeight k[2];
    qm_k_weight_init(&k[0], 48000, 4800);
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        qm_k_weight_init(&k[1], rates[r], tenth_of(rates[r]));
        const double rate[] = {48000, rates[r]};
        for (double hz = 20; hz < 3000; hz *= 1.3) {
            double db[2];
            for (int i = 0; i < 2; i++) {
                const double w = 2 * M_PI * hz / rate[i];
                const double power = response(&k[i], 0, w) * response(&k[i], 1, w);
                db[i] = 10 * log10(k[i].power * power / pass_gain(&k[i]));
            }
            if (!near(db[0], db[1], 0.05))
                fail_msg("%.0f Hz at %.0f: %.3f dB, not %.3f", hz, rates[r], db[1],
                         db[0]);
        }
        /* ... which is that of the others who do it so (k_weight.c). */
        const double gain = 10 * log10(pass_gain(&k[1]) / pass_gain(&k[0]));
        assert_true(near(gain, 0, rates[r] < 44100 ? 0.06 : 0.05));
    }
}

/* Sums of squares of bins from the beginning of the sound on, direct form, in one go. */
static void in_one_go(const QmKWeight *k, uint32_t bins, double *sums)
{
    double x[2] = {0}, y[2] = {0}, z[2] = {0};
    const double b0 = sqrt(k->power);
    uint32_t i = 0;
    for (uint32_t bin = 0; bin < bins; bin++) {
        const uint32_t end = bin / QM_K_BINS * k->tenth + k->ends[bin % QM_K_BINS + 1];
        for (sums[bin] = 0; i < end; i++) {
            const double in = (double)sound[i];
            const double bright = b0 * (in + (k->to1[0] + k->a1[0]) * x[0] +
                                        (k->to2[0] + k->a2[0]) * x[1]) -
                                  k->a1[0] * y[0] - k->a2[0] * y[1];
            const double out =
                bright - 2 * y[0] + y[1] - k->a1[1] * z[0] - k->a2[1] * z[1];
            x[1] = x[0], x[0] = in, y[1] = y[0], y[0] = bright, z[1] = z[0], z[0] = out;
            sums[bin] += out * out;
        }
    }
}

/* Eight stretches from rest, 125 ms early, against one filter that never stopped. */
static void test_stretches_are_the_whole(void **unused)
{
    (void)unused;
    static const double rates[] = {8000, 22050, 44100, 48000, 96000};
    static double whole[QM_K_LANES * TENTHS * QM_K_BINS + 2 * QM_K_BINS];
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        QmKWeight k;
        qm_k_weight_init(&k, rates[r], tenth_of(rates[r]));
        noise(r + 1);
        for (uint32_t i = 0; i < ROOM; i++)
            sound[i] += 0.25f; /* and DC, that the high-pass must have forgotten */
        in_one_go(&k, QM_K_LANES * TENTHS * QM_K_BINS + 2 * QM_K_BINS, whole);
        const float *at[QM_K_LANES];
        for (uint32_t c = 0; c < QM_K_LANES; c++)
            at[c] = sound + (c * TENTHS + 2) * k.tenth;
        qm_k_energies(qm_isa_resolve(QM_ISA_BEST), &k, at, TENTHS, energies);
        for (uint32_t bin = 0; bin < TENTHS * QM_K_BINS; bin++)
            for (uint32_t c = 0; c < QM_K_LANES; c++) {
                const double want = whole[(c * TENTHS + 2) * QM_K_BINS + bin];
                assert_true(near(energies[bin * QM_K_LANES + c] / want, 1, 1e-10));
            }
    }
}

static void test_both_builds_give_the_same_bits(void **unused)
{
    (void)unused;
    if (!qm_isa_available(QM_ISA_AVX2))
        skip();
    QmKWeight k;
    qm_k_weight_init(&k, 44100, 4410);
    noise(9);
    const float *at[QM_K_LANES];
    for (uint32_t c = 0; c < QM_K_LANES; c++)
        at[c] = sound + 8192 + 777 * c;
    qm_k_energies(QM_ISA_BASE, &k, at, TENTHS, energies);
    qm_k_energies(QM_ISA_AVX2, &k, at, TENTHS, others);
    assert_memory_equal(energies, others, sizeof energies);
}

/* What is no number costs its own bin, at most: the next ones are as if it were not. */
static void test_what_is_no_number_stays_where_it_is(void **unused)
{
    (void)unused;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    QmKWeight k;
    qm_k_weight_init(&k, 48000, 4800);
    const float *at[QM_K_LANES];
    for (uint32_t c = 0; c < QM_K_LANES; c++)
        at[c] = sound + 8192 + 3 * 4800 * c;
    for (int i = 0; i < 3; i++) {
        noise(4);
        sound[8192 + 500] = bad[i];
        qm_k_energies(qm_isa_resolve(QM_ISA_BEST), &k, at, TENTHS, energies);
        for (uint32_t n = 0; n < TENTHS * QM_K_BINS * QM_K_LANES; n++) {
            const bool hit = n == 1 * QM_K_LANES;
            assert_true(hit ? energies[n] == 0
                            : energies[n] > 0 && isfinite(energies[n]));
        }
    }
}

/* After sound, silence: its energy falls to nothing, and takes no time to. */
static void test_silence_after_sound_is_nothing(void **unused)
{
    (void)unused;
    QmKWeight k;
    qm_k_weight_init(&k, 48000, 4800);
    memset(sound, 0, sizeof sound);
    sound[8191] = 1;
    const float *at[QM_K_LANES];
    for (uint32_t c = 0; c < QM_K_LANES; c++)
        at[c] = sound + 8192 + 4800 * (c % 2);
    qm_k_energies(qm_isa_resolve(QM_ISA_BEST), &k, at, TENTHS, energies);
    assert_true(energies[0] > 0);
    assert_true(energies[(TENTHS * QM_K_BINS - 1) * QM_K_LANES] == 0);
}

/* Tenths of any blocks cover the file once, and are in view. */
static void test_tenths_cover_the_file(void **unused)
{
    (void)unused;
    static const double rates[] = {1, 100, 4000, 8000, 22050, 44100, 48000, 192000, 1e7};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        const QmScanSpec spec = qm_scan_spec(rates[r], 1, QM_ISA_BEST, NULL);
        const int64_t frames = 3 * (int64_t)spec.block + 12345 % spec.block;
        int64_t reached = 0, count = 0;
        for (int64_t at = 0; at < frames; at += spec.block) {
            QmBlock block = {.at = at, .n = spec.block};
            if (at + block.n >= frames) {
                block.n = (uint32_t)(frames - at);
                block.last = true;
            }
            const QmTenths t = qm_tenths(&spec, &block);
            assert_true(at + t.at == reached && t.first == count);
            assert_true(-t.at <= spec.around / 2);
            assert_true(t.count + (t.rest > 0) <= qm_tenths_most(&spec));
            reached += (int64_t)t.count * qm_tenth(&spec) + t.rest;
            count += t.count;
        }
        assert_true(reached == frames);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_at_48_khz),
        cmocka_unit_test(test_one_curve_at_all_rates),
        cmocka_unit_test(test_stretches_are_the_whole),
        cmocka_unit_test(test_both_builds_give_the_same_bits),
        cmocka_unit_test(test_what_is_no_number_stays_where_it_is),
        cmocka_unit_test(test_silence_after_sound_is_nothing),
        cmocka_unit_test(test_tenths_cover_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
