/* Haas: the late side against its formula, what a mono sum makes of it, and when it
 * refuses. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SIDE, DELAY, MIX, GAIN, LOW_CUT, REFUSE };
enum { NOTCH, DEPTH, IN, OUT, REFUSED };
enum { N = 3 * 48000 };
static QmVec rows[N], before[N];
static const double rate = 48000;

static void start(ProcGang *gang)
{
    gang_open(gang, qm_proc_find("haas"), rate, 0, 1, NULL);
}

static void set(ProcGang *gang, uint32_t index, double value)
{
    gang_set(gang, 0, index, value);
    gang_reset(gang);
}

static double reading(const ProcGang *gang, uint32_t index)
{
    double values[QM_MAX_READINGS];
    gang->desc->read(&gang->spec[0], gang->state[0], 0, values);
    return values[index];
}

/* The response of both sides to a click on both. */
static void click(ProcGang *gang, uint32_t n)
{
    memset(rows, 0, n * sizeof *rows);
    rows[0] = (QmVec){1, 1};
    gang_reset(gang);
    gang_run(gang, rows, NULL, n, QM_QUANTUM);
}

static double complex response(uint32_t n, double at, double left, double right)
{
    return spectrum_line(rows, 0, n, at / rate, left, right);
}

static void test_the_late_side(void **unused)
{
    (void)unused;
    static const double settings[][4] = {/* delay, mix, gain, low cut */
                                         {15, 30, 0, 120},
                                         {5, 100, 0, 20},
                                         {35, 50, 6, 500},
                                         {21.7, 80, -3, 2000}};
    for (uint32_t k = 0; k < QM_COUNT(settings); k++)
        for (int side = 0; side < 2; side++) {
            const double *const s = settings[k];
            const uint32_t delay = (uint32_t)(s[0] * rate / 1000 + 0.5), n = 24000;
            ProcGang gang;
            start(&gang);
            set(&gang, SIDE, side);
            for (uint32_t p = 0; p < 4; p++)
                set(&gang, DELAY + p, s[p]);
            click(&gang, n);
            const double m = s[1] / 100, norm = sqrt((1 - m) * (1 - m) + m * m);
            const double a = (1 - m) / norm, b = m / norm * pow(10, s[2] / 20);
            const double share = 1 - exp(-2 * M_PI * s[3] / rate);
            for (double at = 20; at < 24000; at *= 1.4) {
                const double complex z = cexp(-2 * M_PI * I * at / rate);
                const double complex high = 1 - share / (1 - (1 - share) * z);
                const double complex should =
                    1 + high * (a - 1 + b * cexp(-2 * M_PI * I * at / rate * delay));
                assert_true(cabs(response(n, at, 1 - side, side) - should) < 1e-5);
            }
            for (uint32_t i = 0; i < n; i++) /* the early side, to the bit */
                assert_true(rows[i][1 - side] == (i == 0 ? 1 : 0));
            gang_close(&gang);
        }
}

static void test_the_late_side_is_as_loud_as_it_was(void **unused)
{
    (void)unused;
    for (double mix = 0; mix <= 100; mix += 25) {
        ProcGang gang;
        start(&gang);
        set(&gang, MIX, mix);
        set(&gang, LOW_CUT, 20);
        set(&gang, REFUSE, -1);
        noise_rows(rows, N, 4, 0.5);
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
        noise_rows(before, N, 4, 0.5);
        double in = 0, out = 0;
        for (uint32_t i = 4800; i < N; i++) {
            in += (double)before[i][1] * (double)before[i][1];
            out += (double)rows[i][1] * (double)rows[i][1];
        }
        assert_true(fabs(10 * log10(out / in)) < 0.05);
        gang_close(&gang);
    }
}

/* The notches of the mono sum are odd multiples of the first that is read out, and as
 * deep. */
static void test_the_mono_notch_is_read_out(void **unused)
{
    (void)unused;
    static const double settings[][2] = {{15, 30}, {8, 50}, {5, 70}, {20, 100}};
    for (uint32_t k = 0; k < QM_COUNT(settings); k++) {
        ProcGang gang;
        start(&gang);
        set(&gang, DELAY, settings[k][0]);
        set(&gang, MIX, settings[k][1]);
        set(&gang, LOW_CUT, 20);
        click(&gang, 24000);
        const double notch = reading(&gang, NOTCH), depth = reading(&gang, DEPTH);
        assert_true(fabs(notch - 500 / settings[k][0]) < 0.001 * notch);
        /* far above the low cut: its 40th brother, beside the peak next to it */
        const double there = cabs(response(24000, 81 * notch, 1, 1));
        const double peak = cabs(response(24000, 82 * notch, 1, 1));
        if (depth < 40)
            assert_true(fabs(db_of(peak / there) - depth) < 0.05);
        else
            assert_true(db_of(peak / there) > 40);
        for (uint32_t odd = 9; odd < 40; odd += 2) { /* and so are all above the cut */
            const double here = cabs(response(24000, odd * notch, 1, 1));
            assert_true(here < cabs(response(24000, (odd - 0.2) * notch, 1, 1)));
            assert_true(here < cabs(response(24000, (odd + 0.2) * notch, 1, 1)));
        }
        gang_close(&gang);
    }
}

/* n rows from `from` of noise whose sides have this correlation. */
static void related(uint32_t from, uint32_t n, double correlation)
{
    static QmVec noise[N];
    const double own = sqrt(1 - fabs(correlation)), shared = sqrt(fabs(correlation));
    noise_rows(noise, n, 9, 0.5);
    for (uint32_t i = 0; i < n; i++) {
        const double c = shared * (double)noise[i][2];
        rows[from + i] =
            (QmVec){(float)(c + own * (double)noise[i][0]),
                    (float)((correlation < 0 ? -c : c) + own * (double)noise[i][1])};
    }
}

static void play(ProcGang *gang)
{
    memcpy(before, rows, sizeof rows);
    gang_reset(gang);
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
}

/* Seconds from `from` on after which the output is the input for good; -1: never. */
static double untouched_after(uint32_t from)
{
    uint32_t last = from;
    for (uint32_t i = from; i < N; i++)
        if (rows[i][1] != before[i][1])
            last = i;
    return last > N - 100 ? -1 : (last - from) / rate;
}

static void test_it_refuses_what_is_wide(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    related(0, N, 0); /* at once: one fade */
    play(&gang);
    const double at_once = untouched_after(0);
    assert_true(at_once > 0.29 && at_once < 0.4);
    assert_true(reading(&gang, REFUSED) > 99);
    assert_true(fabs(reading(&gang, IN)) < 0.01);

    related(0, N, 0.9); /* never */
    play(&gang);
    assert_true(untouched_after(0) < 0);
    assert_true(reading(&gang, REFUSED) < 0.001);
    assert_true(fabs(reading(&gang, IN) - 0.9) < 0.01);
    assert_true(reading(&gang, OUT) < 0.86);

    related(0, N / 3, 0.9); /* after a second: exp(-t / 0.3 s) 0.9 < 0.3 at 0.33 s */
    related(N / 3, N - N / 3, 0);
    play(&gang);
    const double later = untouched_after(N / 3);
    assert_true(later > 0.6 && later < 0.7);
    assert_true(fabs(reading(&gang, REFUSED) - 100 * (2 - 0.33) / 3) < 1.5);

    set(&gang, REFUSE, -1);
    related(0, N, -0.8);
    play(&gang);
    assert_true(untouched_after(0) < 0);
    assert_true(reading(&gang, REFUSED) < 0.001);
    assert_true(fabs(reading(&gang, IN) + 0.8) < 0.01);
    gang_close(&gang);
}

/* Between 0.3 and 0.4 it goes on with what it did. */
static void test_hysteresis(void **unused)
{
    (void)unused;
    for (int wide = 0; wide < 2; wide++) {
        ProcGang gang;
        start(&gang);
        related(0, N / 3, wide ? 0 : 0.9);
        related(N / 3, N - N / 3, 0.35);
        play(&gang);
        if (wide)
            assert_true(reading(&gang, REFUSED) > 99);
        else
            assert_true(reading(&gang, REFUSED) < 0.001);
        gang_close(&gang);
    }
}

/* Silence and a single side decide nothing. */
static void test_silence_decides_nothing(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    related(0, N / 3, 0);
    memset(rows + N / 3, 0, (N - N / 3) * sizeof *rows);
    play(&gang);
    assert_true(reading(&gang, REFUSED) > 99);
    noise_rows(rows, N, 3, 0.5);
    for (uint32_t i = 0; i < N; i++)
        rows[i][0] = 0;
    play(&gang);
    assert_true(reading(&gang, REFUSED) == 0);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_late_side),
        cmocka_unit_test(test_the_late_side_is_as_loud_as_it_was),
        cmocka_unit_test(test_the_mono_notch_is_read_out),
        cmocka_unit_test(test_it_refuses_what_is_wide),
        cmocka_unit_test(test_hysteresis),
        cmocka_unit_test(test_silence_decides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
