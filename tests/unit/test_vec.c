/* Lanes: logarithms as accurate as vec.h says, measured against the C library's in
 * double, and the small operations at their edges. Runs in the plain build; the AVX2
 * build has the same bits (test_proc_generic). */
#include "dsp/vec.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_log2(void **unused)
{
    (void)unused;
    double worst = 0;
    for (uint32_t bits = 0x00800000; bits < 0x7f800000; bits += 2003) {
        float x;
        memcpy(&x, &bits, sizeof x);
        const double right = log2((double)x), error = fabs((double)qm_log2f(x) - right);
        worst = fmax(worst, error / (2e-7 + 0x1p-23 * fabs(right)));
    }
    assert_true(worst < 1);
    assert_true(qm_log2f(1) == 0 && qm_log2f(8) == 3 && qm_log2f(0x1p-126f) == -126);
    assert_true(qm_log2f(0) == -126 && qm_log2f(-1) == -126 && qm_log2f(NAN) == -126);
}

static void test_exp2(void **unused)
{
    (void)unused;
    double worst = 0;
    for (float x = -126; x < 127; x += 3.1e-4f) {
        const double right = exp2((double)x);
        worst = fmax(worst, fabs((double)qm_exp2f(x) - right) / right);
    }
    assert_true(worst < 2 * (double)FLT_EPSILON);
    assert_true(qm_exp2f(0) == 1 && qm_exp2f(-3) == 0.125f && qm_exp2f(127) == 0x1p127f);
    assert_true(qm_exp2f(-1e9f) == 0x1p-126f && qm_exp2f(1e9f) == 0x1p127f);
}

static void test_in_step_and_alone(void **unused)
{
    (void)unused;
    for (int k = 0; k < 1000; k++) {
        QmVec logs[4], powers[4];
        for (int u = 0; u < 4; u++)
            for (int lane = 0; lane < QM_LANES; lane++) {
                logs[u][lane] = (float)(0.001 + k * 0.37 + u * 1.7 + lane * 0.11);
                powers[u][lane] = (float)(k * 0.05 - u * 9.1 - lane * 0.77);
            }
        const QmVec log_of = logs[2], power_of = powers[3];
        qm_vecs_log2(logs, 4);
        qm_vecs_exp2(powers, 4);
        for (int lane = 0; lane < QM_LANES; lane++) {
            assert_true(logs[2][lane] == qm_log2f(log_of[lane]));
            assert_true(powers[3][lane] == qm_exp2f(power_of[lane]));
        }
    }
}

static void test_comparisons(void **unused)
{
    (void)unused;
    const QmVec a = {1, 2, -3, NAN, 0, -0.0f, INFINITY, 5},
                b = {2, 1, -3, 1, -0.0f, 0, 7, NAN};
    const QmVecI less = qm_vec_less(a, b);
    const QmVec max = qm_vec_max(a, b), min = qm_vec_min(a, b),
                chosen = qm_vec_select(less, a, b);
    for (int lane = 0; lane < QM_LANES; lane++) {
        const float x = a[lane], y = b[lane], high = x > y ? x : y, low = x < y ? x : y;
        assert_int_equal(less[lane], x < y ? -1 : 0);
        float got = max[lane];
        assert_memory_equal(&got, &high, sizeof got);
        got = min[lane];
        assert_memory_equal(&got, &low, sizeof got);
        got = chosen[lane];
        assert_memory_equal(&got, &low, sizeof got);
    }
    const QmVec swapped = qm_vec_swap(a);
    for (int lane = 0; lane < QM_LANES; lane++) {
        const float got = swapped[lane], right = a[lane ^ 1];
        assert_memory_equal(&got, &right, sizeof got);
    }
}

static void test_flush(void **unused)
{
    (void)unused;
    const QmVec in = {1e-31f, -1e-40f, 1e-29f, -3, 2e30f, -INFINITY, NAN, 0};
    const float right[QM_LANES] = {0, 0, 1e-29f, -3, 0, 0, 0, 0};
    const QmVec out = qm_vec_flush(in);
    for (int lane = 0; lane < QM_LANES; lane++)
        assert_true(out[lane] == right[lane]);
}

static void test_round_and_root(void **unused)
{
    (void)unused;
    const QmVec x = {0.5f, 1.5f, -2.5f, -0.3f, 8388607.5f, -1e30f, 0.7f, INFINITY};
    const float whole[QM_LANES] = {0, 2, -2, 0, 8388608, -1e30f, 1, INFINITY};
    const QmVec rounded = qm_vec_round(x), root = qm_vec_sqrt(qm_vec_abs(x));
    for (int lane = 0; lane < QM_LANES; lane++) {
        assert_true(rounded[lane] == whole[lane]);
        assert_true(root[lane] == sqrtf(fabsf(x[lane])));
    }
}

/* A million steps that are each too small for a float of this size: the sum is still
 * right. */
static void test_settle_keeps_what_a_float_loses(void **unused)
{
    (void)unused;
    QmVec base = qm_vec(100), rest = qm_vec(0);
    for (int i = 0; i < 1 << 20; i++) {
        rest += qm_vec(0x1p-20f * 1.25f);
        if (i % 64 == 63)
            qm_vec_settle(&base, &rest);
    }
    assert_true(fabs((double)base[3] + (double)rest[3] - 101.25) < 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log2),
        cmocka_unit_test(test_exp2),
        cmocka_unit_test(test_in_step_and_alone),
        cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_flush),
        cmocka_unit_test(test_round_and_root),
        cmocka_unit_test(test_settle_keeps_what_a_float_loses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
