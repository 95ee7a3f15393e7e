/* tests: analysis/level analysis/level_sums */
/* Levels of signals whose levels are known. */
#include "analysis/level.h"

#include "analysis/level_sums.h"
#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000, SECONDS = 12, FRAMES = RATE * SECONDS };

static float left[FRAMES], right[FRAMES];

static bool near(QmMeasured m, double value, double by)
{
    return !m.why && fabs(m.value - value) <= by;
}

static const QmLevel *level_of(const QmAnalysis *a)
{
    return qm_analysis_result(a, &qm_feature_level);
}

static void sine(float *x, double hz, double amplitude, double offset)
{
    for (int i = 0; i < FRAMES; i++)
        x[i] = (float)(amplitude * sin(2 * M_PI * hz / RATE * i) + offset);
}

static void silence(void)
{
    memset(left, 0, sizeof left);
    memset(right, 0, sizeof right);
}

static void rms_crest_dc(void **state)
{
    (void)state;
    sine(left, 997, 0.5, 0.01);
    sine(right, 997, 0.25, -0.02);
    QmAnalysis *const a = analyse_stereo("level", left, right, FRAMES, RATE);
    const QmLevel *const level = level_of(a);
    const QmLevelChannel *const c = level->channels.items;
    const double l = 0.5 * 0.5 / 2 + 1e-4, r = 0.25 * 0.25 / 2 + 4e-4;
    assert_int_equal(level->channels.count, 2);
    assert_true(c[0].channel == 1 && c[1].channel == 2);
    assert_true(near(c[0].rms, 10 * log10(l), 1e-4));
    assert_true(near(c[1].rms, 10 * log10(r), 1e-4));
    assert_true(near(level->rms, 10 * log10((l + r) / 2), 1e-4));
    assert_true(near(c[0].dc, 0.01, 1e-6) && near(c[1].dc, -0.02, 1e-6));
    assert_true(near(level->dc, -0.02, 1e-6));
    assert_true(near(c[0].peak, 20 * log10(0.51), 1e-3));
    assert_true(near(c[0].crest, 20 * log10(0.51) - 10 * log10(l), 1e-3));
    assert_true(near(level->crest, 20 * log10(0.51) - 10 * log10((l + r) / 2), 1e-3));
    assert_string_equal(level->bits.why, "floating point");
    assert_true(near(level->silence_start, 0, 0) && near(level->silence_end, 0, 0));
    qm_analysis_free(a);
}

/* 10 ms of sound at -80 dBFS, then at -20, then at -80; zeros around. */
static void ends(void **state)
{
    (void)state;
    silence();
    for (int i = RATE; i < 9 * RATE; i++)
        right[i] = i % 2 ? 1e-4f : -1e-4f;
    left[2 * RATE + 1] = QM_LEVEL_QUIET;
    left[7 * RATE] = -0.1f;
    left[7 * RATE + 1] = nextafterf(QM_LEVEL_QUIET, 0);
    QmAnalysis *const a = analyse_stereo("level", left, right, FRAMES, RATE);
    const QmLevel *const level = level_of(a);
    assert_true(near(level->silence_start, 1, 1e-9));
    assert_true(near(level->silence_end, SECONDS - 9, 1e-9));
    assert_true(near(level->quiet_start, 2 + 1.0 / RATE, 1e-9));
    assert_true(near(level->quiet_end, SECONDS - 7 - 1.0 / RATE, 1e-9));
    qm_analysis_free(a);
}

static void nothing(void **state)
{
    (void)state;
    silence();
    QmAnalysis *a = analyse_stereo("level", left, right, FRAMES, RATE);
    const QmLevel *level = level_of(a);
    assert_string_equal(level->rms.why, "digital silence");
    assert_string_equal(level->crest.why, "digital silence");
    assert_string_equal(level->bits.why, "digital silence");
    assert_string_equal(level->noise_floor.why, "under 1 s of sound");
    assert_true(near(level->dc, 0, 0));
    assert_true(near(level->silence_start, SECONDS, 0));
    assert_true(near(level->quiet_end, SECONDS, 0));
    qm_analysis_free(a);

    a = analyse_mono("level", left, 0, RATE);
    level = level_of(a);
    assert_string_equal(level->rms.why, "no frames");
    assert_string_equal(level->dc.why, "no frames");
    assert_string_equal(level->bits.why, "no frames");
    assert_string_equal(level->silence_start.why, "no frames");
    qm_analysis_free(a);

    left[0] = -0.5f;
    a = analyse_mono("level", left, 1, RATE);
    level = level_of(a);
    assert_true(near(level->rms, 20 * log10(0.5), 1e-12) && near(level->crest, 0, 1e-12));
    assert_true(near(level->bits, 2, 0) && near(level->silence_end, 0, 0));
    qm_analysis_free(a);
}

static QmMeasured bits_of(int bits)
{
    const double step = pow(2, 1 - bits);
    for (int i = 0; i < FRAMES; i++) {
        left[i] = (float)(floor((qm_rand(7, 1, (uint64_t)i) * 2 - 1) / step) * step);
        right[i] = 0;
    }
    QmAnalysis *const a = analyse_stereo("level", left, right, FRAMES, RATE);
    const QmMeasured found = level_of(a)->bits;
    qm_analysis_free(a);
    return found;
}

static void bit_depth(void **state)
{
    (void)state;
    for (int bits = 1; bits <= 24; bits++)
        assert_true(near(bits_of(bits), bits, 0));
    bits_of(16);
    right[FRAMES - 1] = 0x1p-23f; /* one sample decides */
    QmAnalysis *a = analyse_stereo("level", left, right, FRAMES, RATE);
    assert_true(near(level_of(a)->bits, 24, 0));
    qm_analysis_free(a);
    right[FRAMES - 1] = 0x1p-24f;
    a = analyse_stereo("level", left, right, FRAMES, RATE);
    assert_string_equal(level_of(a)->bits.why, "floating point");
    qm_analysis_free(a);
}

/* Louder than full scale is no fraction; NaN and infinity are no integers. */
static void odd_samples(void **state)
{
    (void)state;
    float x[9] = {1.5f, -1.25f, 0, 0, 0, 0, 0, 0, 0.5f};
    for (int isa = QM_ISA_BASE; isa <= QM_ISA_AVX2; isa++) {
        if (!qm_isa_available((QmIsa)isa))
            continue;
        QmLevelSums sums = qm_level_sums((QmIsa)isa, x, 9);
        assert_true(!sums.beyond && __builtin_ctz(sums.bits) == 21);
        assert_true(sums.sum == 0.75 && sums.squares == 2.25 + 1.5625 + 0.25);
        assert_true(sums.peak == 1.5f);
        const float odd[] = {NAN, INFINITY, 128, 1e30f, 1e-40f};
        for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
            x[8] = odd[i];
            assert_true(qm_level_sums((QmIsa)isa, x, 9).beyond);
        }
        x[8] = 0.5f;
    }
}

/* White noise at -70 dBFS and DC, with loud music for 85 % of the time and two seconds of
 * digital silence: the noise is found. */
static void noise_floor(void **state)
{
    (void)state;
    const double rms = pow(10, -70 / 20.0);
    for (int i = 0; i < FRAMES; i++) {
        const double noise = sqrt(12.0) * (qm_rand(3, 1, (uint64_t)i) - 0.5);
        const bool loud = i > FRAMES * 3 / 20;
        left[i] = (float)(rms * noise + 0.05 + (loud ? 0.5 * sin(i * 0.1) : 0));
    }
    memset(left + FRAMES - 2 * RATE, 0, 2 * RATE * sizeof *left);
    QmAnalysis *a = analyse_mono("level", left, FRAMES, RATE);
    /* The lowest tenths of windows of 2048 values: 4.34 sqrt(2.8 / 2048) dB, half of it.
     */
    assert_true(near(level_of(a)->noise_floor, -70, 0.2));
    qm_analysis_free(a);
    a = analyse_mono("level", left, RATE / 2, RATE);
    assert_string_equal(level_of(a)->noise_floor.why, "under 1 s of sound");
    qm_analysis_free(a);
}

/* Order, build, rate: the same bits, or the same numbers. */
static void invariance(void **state)
{
    (void)state;
    sine(left, 440, 0.3, 0);
    for (int i = 0; i < FRAMES; i++)
        right[i] = (float)(qm_rand(5, 2, (uint64_t)i) - 0.5) * (float)i / FRAMES;
    const float *const channels[] = {left, right};
    AnalyseRig rig = {channels, 2, FRAMES, RATE, "level"};
    QmAnalysis *const a = analyse(&rig);
    rig.otherwise = true;
    QmAnalysis *const b = analyse(&rig);
    QmLevel x = *level_of(a), y = *level_of(b);
    assert_memory_equal(x.channels.items, y.channels.items,
                        x.channels.count * sizeof(QmLevelChannel));
    x.channels = y.channels = (QmList){0};
    assert_memory_equal(&x, &y, sizeof x);
    qm_analysis_free(b);
    const double rates[] = {22050, 44100, 96000, 192000};
    for (size_t i = 0; i < 4; i++) {
        QmAnalysis *const c = analyse_stereo("level", left, right, FRAMES, rates[i]);
        assert_true(near(level_of(c)->rms, x.rms.value, 1e-12));
        assert_true(near(level_of(c)->crest, x.crest.value, 1e-12));
        qm_analysis_free(c);
    }
    qm_analysis_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rms_crest_dc), cmocka_unit_test(ends),
        cmocka_unit_test(nothing),      cmocka_unit_test(bit_depth),
        cmocka_unit_test(odd_samples),  cmocka_unit_test(noise_floor),
        cmocka_unit_test(invariance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
