/* Auto-pan: constant power, and where it is when. */
#include "tests/support/trial.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { RATE = 48000, N = 2 * RATE };
static QmVec rows[N];

static void run(double rate_hz, double depth)
{
    Trial t;
    trial(&t, "auto-pan");
    trial_set(&t, "rate", rate_hz);
    trial_set(&t, "depth", depth);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = qm_vec(1);
    trial_run(&t, RATE, 0, rows, N, SPLIT_AT_RANDOM);
}

static void the_power_stays(void **state)
{
    (void)state;
    run(1, 100);
    for (uint32_t i = 0; i < N; i++) {
        const double l = (double)rows[i][0], r = (double)rows[i][1];
        const double angle = M_PI / 4 * sin(2 * M_PI * i / RATE);
        assert_true(fabs(l * l + r * r - 2) < 1e-6);
        assert_true(fabs(l - (cos(angle) - sin(angle))) < 1e-5);
        assert_true(fabs(r - (cos(angle) + sin(angle))) < 1e-5);
    }
    assert_true(fabsf(rows[RATE / 4][0]) < 1e-6f);
    assert_true(fabsf(rows[RATE / 4][1] - (float)M_SQRT2) < 1e-6f);
}

static void no_depth_is_the_middle(void **state)
{
    (void)state;
    run(3, 0);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == 1 && rows[i][1] == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_power_stays),
        cmocka_unit_test(no_depth_is_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
