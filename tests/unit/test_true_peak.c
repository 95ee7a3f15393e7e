/* tests: dsp/true_peak
 *
 * The detector beside theory: tones of any frequency, its tables, its pruning. Whether a
 * limiter that trusts it keeps its ceiling is in test_limiter.c. */
#include "dsp/true_peak.h"

#include "base/rand.h"
#include "proc/proc.h"
#include "tests/support/kaiser.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

enum { N = 1 << 14, B = QM_PEAK_BLOCK };
static float left[N], right[N], peaks[N / B];

/* The peak of each block into peaks[], those above `floor`; the first belong to what was
 * before. */
static void detect(float floor)
{
    static QmTruePeak s;
    memset(&s, 0, sizeof s);
    for (uint32_t i = 0; i < N; i += B)
        peaks[i / B] = qm_true_peak(&s, left + i, right + i, floor);
}

static double db(double x) { return 20 * log10(x); }

static void test_the_tables_are_as_told(void **unused)
{
    (void)unused;
    for (int i = 0; i < QM_PEAK_NEAR; i++) {
        const double hann = (0.5 - 0.5 * cos(2 * PI * (i + 0.5) / QM_PEAK_NEAR)) / 32;
        assert_true(fabs((double)qm_peak_near[i] - (i & 1 ? -hann : hann)) < 1e-9);
    }
    assert_true(is_kaiser_half_band(qm_peak_half, QM_PEAK_HALF, 4.5));
    assert_true(is_kaiser_half_band(qm_peak_quarter, QM_PEAK_QUARTER, 7));
}

/* A steady tone of amplitude 1, whatever its phase: what the header says of its error,
 * and of the guard. */
static void test_a_tone_reads_one(void **unused)
{
    (void)unused;
    static const double cases[][3] = {/* cycles a frame, least and most in dB */
                                      {0.001, -0.001, 0.03}, {1 / 6.0, -0.003, 0.03},
                                      {0.25, -0.005, 0.04},  {0.3, -0.01, 0.04},
                                      {0.4, -0.03, 0.05},    {0.45, -0.03, 0.15}};
    for (uint32_t k = 0; k < QM_COUNT(cases); k++)
        for (int phase = 0; phase < 40; phase++) {
            for (uint32_t i = 0; i < N; i++) {
                left[i] = (float)sin(2 * PI * (cases[k][0] * i + phase / 40.0));
                right[i] = 0.5f * left[i];
            }
            detect(0);
            float most = 0;
            for (uint32_t b = N / B / 2; b < N / B; b++)
                most = peaks[b] > most ? peaks[b] : most;
            if (!(db((double)most) > cases[k][1] && db((double)most) < cases[k][2]))
                fail_msg("%d/1000 of the rate, phase %d: %d thousandths of a dB",
                         (int)(1000 * cases[k][0]), phase, (int)(1e3 * db((double)most)));
        }
}

/* The sample at an impulse's place, and the guard: the window's middle. */
static void test_a_lone_sample(void **unused)
{
    (void)unused;
    memset(left, 0, sizeof left);
    memset(right, 0, sizeof right);
    right[1000] = -1;
    detect(0);
    const uint32_t block = (1000 + QM_PEAK_AHEAD) / B;
    const double guard = (double)QM_PEAK_GUARD / 32;
    assert_true((double)peaks[block] > 1 + 0.9 * guard);
    assert_true((double)peaks[block] < 1 + guard);
    for (uint32_t b = block + 8; b < N / B; b++)
        assert_true(peaks[b] == 0);
}

/* What is not above the floor need not be looked at; what is has the same bits. */
static void test_pruning_changes_nothing(void **unused)
{
    (void)unused;
    static float all[N / B];
    for (uint32_t i = 0; i < N; i++) {
        const double swell = fabs(sin(0.0007 * i));
        left[i] = (float)(swell * (2 * qm_rand(1, 0, i) - 1));
        right[i] = (float)(0.7 * sin(0.3 * i) + 0.4 * (qm_rand(1, 1, i / 3) - 0.5));
    }
    detect(0);
    memcpy(all, peaks, sizeof all);
    uint32_t skipped = 0;
    for (int k = 1; k < 30; k++) {
        const float floor = 0.15f * (float)k;
        detect(floor);
        for (uint32_t b = 0; b < N / B; b++) {
            assert_true(all[b] > floor ? peaks[b] == all[b] : peaks[b] <= floor);
            skipped += peaks[b] == 0 && all[b] > 0;
        }
    }
    assert_true(skipped > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tables_are_as_told),
        cmocka_unit_test(test_a_tone_reads_one),
        cmocka_unit_test(test_a_lone_sample),
        cmocka_unit_test(test_pruning_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
