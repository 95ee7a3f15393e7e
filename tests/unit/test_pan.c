/* Pan laws against their formulas; what balance and stereo pan do to the two channels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/pan.h"

#include <math.h>
#include <stdbool.h>

static bool near(double a, double b) { return fabs(a - b) < 1e-14; }

static void test_the_centre_is_as_named(void **unused)
{
    (void)unused;
    static const double centre_db[QM_PAN_LAWS] = {0, -3.0103, -4.5154, -6.0206};
    for (int law = 0; law < QM_PAN_LAWS; law++) {
        const double db = 20 * log10(qm_pan_left((QmPanLaw)law, 0.5));
        assert_true(fabs(db - centre_db[law]) < 1e-4);
        assert_true(qm_pan_left((QmPanLaw)law, 0) == 1);
        assert_true(qm_pan_left((QmPanLaw)law, 1) == 0);
    }
}

static void test_what_each_law_keeps_constant(void **unused)
{
    (void)unused;
    for (int i = 0; i <= 100; i++) {
        const double x = i / 100.0;
        double left[QM_PAN_LAWS], right[QM_PAN_LAWS];
        for (int law = 0; law < QM_PAN_LAWS; law++) {
            left[law] = qm_pan_left((QmPanLaw)law, x);
            right[law] = qm_pan_left((QmPanLaw)law, 1 - x);
        }
        const double *const l = left, *const r = right;
        assert_true(
            near(l[QM_PAN_3_DB] * l[QM_PAN_3_DB] + r[QM_PAN_3_DB] * r[QM_PAN_3_DB], 1));
        assert_true(near(l[QM_PAN_6_DB] + r[QM_PAN_6_DB], 1));
        assert_true(near(fmax(l[QM_PAN_0_DB], r[QM_PAN_0_DB]), 1));
        assert_true(
            near(l[QM_PAN_4_5_DB] * l[QM_PAN_4_5_DB], l[QM_PAN_3_DB] * l[QM_PAN_6_DB]));
    }
}

static void test_nothing_crosses_in_balance(void **unused)
{
    (void)unused;
    for (int law = 0; law < QM_PAN_LAWS; law++) {
        const QmPanGains l = qm_pan_gains((QmPanLaw)law, QM_PAN_BALANCE, 0.6, 1, 0);
        const QmPanGains r = qm_pan_gains((QmPanLaw)law, QM_PAN_BALANCE, 0.6, 1, 1);
        assert_true(l.cross == 0 && r.cross == 0);
        assert_true(near(l.self, qm_pan_left((QmPanLaw)law, 0.8)));
        assert_true(near(r.self, qm_pan_left((QmPanLaw)law, 0.2)));
    }
}

static void test_stereo_pan_loses_nothing(void **unused)
{
    (void)unused;
    for (int law = 0; law < QM_PAN_LAWS; law++) {
        const QmPanLaw l = (QmPanLaw)law;
        const QmPanGains still = qm_pan_gains(l, QM_PAN_STEREO, 0, 1, 0);
        assert_true(still.self == 1 && still.cross == 0);
        const QmPanGains all = qm_pan_gains(l, QM_PAN_STEREO, -1, 1, 0);
        const QmPanGains none = qm_pan_gains(l, QM_PAN_STEREO, -1, 1, 1);
        assert_true(all.self == 1 && all.cross == 1 && none.self == 0 && none.cross == 0);
        /* half way the right channel stands in the centre, the left one where it was */
        const QmPanGains left = qm_pan_gains(l, QM_PAN_STEREO, -0.5, 1, 0);
        const QmPanGains right = qm_pan_gains(l, QM_PAN_STEREO, -0.5, 1, 1);
        const double centre = qm_pan_left(l, 0.5);
        assert_true(left.self == 1 && right.cross == 0);
        assert_true(near(left.cross, centre) && near(right.self, centre));
    }
}

static void test_width_is_mid_and_side(void **unused)
{
    (void)unused;
    const QmPanGains mono = qm_pan_gains(QM_PAN_0_DB, QM_PAN_BALANCE, 0, 0, 0);
    assert_true(mono.self == 0.5 && mono.cross == 0.5);
    const QmPanGains wide = qm_pan_gains(QM_PAN_0_DB, QM_PAN_BALANCE, 0, 2, 0);
    assert_true(wide.self == 1.5 && wide.cross == -0.5);
    const QmPanGains both = qm_pan_gains(QM_PAN_6_DB, QM_PAN_STEREO, 0.25, 0.5, 1);
    assert_true(near(both.self, 0.75 + 0.25 * 0.25) &&
                near(both.cross, 0.25 + 0.25 * 0.75));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_centre_is_as_named),
        cmocka_unit_test(test_what_each_law_keeps_constant),
        cmocka_unit_test(test_nothing_crosses_in_balance),
        cmocka_unit_test(test_stereo_pan_loses_nothing),
        cmocka_unit_test(test_width_is_mid_and_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
