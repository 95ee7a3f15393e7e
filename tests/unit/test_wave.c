/* The outline of a file: against one drawn from the whole array at once. */
#include "analysis/wave.h"

#include "base/rand.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 64 * 16384 frames are the longest file with the shortest columns. */
enum { FULL = 64 * QM_WAVE_COLUMNS, MOST = 3 * FULL + 4321 };

static float samples[2][MOST];

static void fill(void)
{
    for (uint64_t i = 0; i < MOST; i++) {
        samples[0][i] = (float)qm_rand(1, 1, i) - 0.3f;
        samples[1][i] = (float)sin((double)i / 1000) * 0.5f;
    }
}

static double item(const QmList *list, size_t i)
{
    return ((const double *)list->items)[i];
}

static void check_lane(const QmWave *wave, const QmWaveLane *lane, const float *x)
{
    const size_t columns = (size_t)((wave->frames + wave->column - 1) / wave->column);
    assert_int_equal(lane->low.count, columns);
    assert_int_equal(lane->high.count, columns);
    assert_int_equal(lane->rms.count, columns);
    for (size_t i = 0; i < columns; i++) {
        const int64_t from = (int64_t)i * wave->column;
        const int64_t left = wave->frames - from;
        const int64_t n = left < wave->column ? left : wave->column;
        float low = x[from], high = x[from];
        double squares = 0;
        for (int64_t k = from; k < from + n; k++) {
            low = fminf(low, x[k]);
            high = fmaxf(high, x[k]);
            squares += (double)x[k] * (double)x[k];
        }
        assert_true(item(&lane->low, i) == (double)low);
        assert_true(item(&lane->high, i) == (double)high);
        assert_true(fabs(item(&lane->rms, i) - sqrt(squares / (double)n)) < 1e-6);
    }
}

static void outlines(void **state)
{
    static const struct {
        int64_t frames, column;
    } CASES[] = {{1, 64},
                 {63, 64},
                 {65, 64},
                 {FULL, 64},
                 {FULL + 1, 128},
                 {2 * FULL, 128},
                 {2 * FULL + 1, 256},
                 {MOST, 256}};
    (void)state;
    fill();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        QmAnalysis *a =
            analyse_stereo("wave", samples[0], samples[1], CASES[i].frames, 48000);
        const QmWave *wave = qm_analysis_result(a, &qm_feature_wave);
        assert_int_equal(wave->column, CASES[i].column);
        assert_int_equal(wave->frames, CASES[i].frames);
        assert_null(wave->column_s.why);
        assert_true(wave->column_s.value == (double)CASES[i].column / 48000);
        check_lane(wave, &wave->lane[0], samples[0]);
        check_lane(wave, &wave->lane[1], samples[1]);
        qm_analysis_free(a);
    }
}

/* Twice the rate, columns of twice as many frames: the same picture. */
static void rates(void **state)
{
    (void)state;
    fill();
    static const struct {
        double rate;
        int64_t column;
    } CASES[] = {{22050, 32}, {44100, 64}, {96000, 128}, {192000, 256}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        QmAnalysis *a = analyse_mono("wave", samples[0], 50000, CASES[i].rate);
        const QmWave *wave = qm_analysis_result(a, &qm_feature_wave);
        assert_int_equal(wave->column, CASES[i].column);
        check_lane(wave, &wave->lane[0], samples[0]);
        assert_int_equal(wave->lane[1].low.count, 0);
        qm_analysis_free(a);
    }
}

static void nothing(void **state)
{
    (void)state;
    QmAnalysis *a = analyse_mono("wave", samples[0], 0, 48000);
    const QmWave *wave = qm_analysis_result(a, &qm_feature_wave);
    assert_string_equal(wave->column_s.why, "no frames");
    assert_int_equal(wave->lane[0].low.count, 0);
    qm_analysis_free(a);
}

static void order(void **state)
{
    (void)state;
    fill();
    AnalyseRig rig = {.channels = (const float *const[]){samples[0], samples[1]},
                      .n_channels = 2,
                      .frames = MOST,
                      .rate = 44100,
                      .features = "wave"};
    QmAnalysis *a = analyse(&rig);
    rig.otherwise = true;
    QmAnalysis *b = analyse(&rig);
    const QmWave *x = qm_analysis_result(a, &qm_feature_wave);
    const QmWave *y = qm_analysis_result(b, &qm_feature_wave);
    const size_t size = x->lane[1].rms.count * sizeof(double);
    assert_int_equal(x->lane[1].rms.count, y->lane[1].rms.count);
    assert_memory_equal(x->lane[1].rms.items, y->lane[1].rms.items, size);
    assert_memory_equal(x->lane[0].low.items, y->lane[0].low.items, size);
    qm_analysis_free(a);
    qm_analysis_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outlines),
        cmocka_unit_test(rates),
        cmocka_unit_test(nothing),
        cmocka_unit_test(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
