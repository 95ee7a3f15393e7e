/* A moving tap: as exact as its header says, at any place between two samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/moving_tap.h"

#include <complex.h>
#include <math.h>
#include <string.h>

enum { DELAY = 500, SIZE = 2 * (DELAY + QM_MOVING_TAPS) };

static QmMovingTap tap;
static float items[SIZE];

/* The tap's answer to e^(jwn), beside that of the delay: 1 if it were ideal. */
static double complex answer(double w, double delay)
{
    double complex sum = 0;
    for (uint32_t k = 0; k < (uint32_t)delay + QM_MOVING_TAPS; k++) {
        QmMovingLine line = qm_moving_line(DELAY);
        memset(items, 0, sizeof items);
        for (uint32_t n = 0; n <= k; n++) /* an impulse k frames ago */
            qm_moving_line_write(&line, items, n == 0 ? 1.0f : 0.0f);
        if (k + 2 * QM_MOVING_TAPS > delay)
            sum +=
                (double)qm_moving_line_read(&line, items, &tap, delay) * cexp(-I * w * k);
    }
    return sum * cexp(I * w * delay);
}

static void test_between_samples(void **unused)
{
    (void)unused;
    double error = 0;
    for (double f = 0.005; f <= 0.36; f += 0.0145)
        for (double part = 0; part < 1; part += 0.0731) {
            const double complex a = answer(2 * M_PI * f, 17 + part);
            error = cabs(a - 1) > error ? cabs(a - 1) : error;
        }
    assert_true(20 * log10(error) < -63);
}

/* A whole delay is the sample itself, as long as the line reaches. */
static void test_whole_delays(void **unused)
{
    (void)unused;
    QmMovingLine line = qm_moving_line(DELAY);
    memset(items, 0, sizeof items);
    for (uint32_t n = 1; n <= 3000; n++) {
        qm_moving_line_write(&line, items, (float)n);
        if (n <= DELAY + QM_MOVING_TAPS)
            continue;
        const uint32_t delay = QM_MOVING_LEAST + n % (DELAY - QM_MOVING_LEAST + 1);
        const float x = qm_moving_line_read(&line, items, &tap, delay);
        assert_true(fabs((double)x - (n - delay)) < 1e-3);
    }
}

int main(void)
{
    qm_moving_tap_init(&tap);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_between_samples),
        cmocka_unit_test(test_whole_delays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
