/* tests: dsp/hilbert
 *
 * The table is that of the design that the header names, and the two halves are a quarter
 * of a turn apart where it says so. */
#include "dsp/hilbert.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { N = 1 << 15 };

static void test_the_table_is_the_elliptic_design(void **unused)
{
    (void)unused;
    const double width = 0.006, order = 2 * QM_HILBERT_SECTIONS + 1;
    const double k = pow(tan((1 - 2 * width) * M_PI / 4), 2);
    const double root = pow(1 - k * k, 0.25), e = 0.5 * (1 - root) / (1 + root);
    const double q = e * (1 + 2 * pow(e, 4) + 15 * pow(e, 8) + 150 * pow(e, 12));
    for (int c = 0; c < QM_HILBERT_SECTIONS; c++) {
        const double turn = (c + 1) * M_PI / order;
        double above = 0, below = 0.5;
        for (int i = 0; i < 12; i++)
            above += (i % 2 ? -1 : 1) * pow(q, i * (i + 1)) * sin((2 * i + 1) * turn);
        for (int i = 1; i < 12; i++)
            below += (i % 2 ? -1 : 1) * pow(q, i * i) * cos(2 * i * turn);
        const double w = sqrt(q) * pow(above / below, 2);
        const double x = sqrt((1 - w * k) * (1 - w / k)) / (1 + w);
        assert_true(fabs((double)qm_hilbert_a[c] - (1 - x) / (1 + x)) < 1e-7);
    }
}

static void test_a_tone_turns_one_way(void **unused)
{
    (void)unused;
    static QmVec re[N], im[N];
    QmHilbert s = {0};
    for (uint32_t i = 0; i < N; i++)
        qm_hilbert_tick(&s, qm_vec(i == 0), &re[i], &im[i]);
    double worst = 0;
    for (double f = 0.003; f < 0.497; f += 0.00113) {
        double _Complex right = 0, wrong = 0;
        for (uint32_t i = 0; i < N; i++) {
            const double _Complex turn = cexp(-2 * M_PI * I * f * i);
            right += turn * ((double)re[i][5] + I * (double)im[i][5]);
            wrong += turn * ((double)re[i][5] - I * (double)im[i][5]);
        }
        const double one = fmax(cabs(right), cabs(wrong));
        assert_true(fabs(one - 2) < 1e-4); /* all-passes */
        worst = fmax(worst, fmin(cabs(right), cabs(wrong)) / one);
    }
    assert_true(20 * log10(worst) < -93);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_is_the_elliptic_design),
        cmocka_unit_test(test_a_tone_turns_one_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
