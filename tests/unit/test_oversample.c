/* tests: dsp/oversample
 *
 * What the header promises: responses, latencies, bits that do not depend on how calls
 * are split. */
#include "dsp/oversample.h"

#include "base/rand.h"
#include "proc/proc.h"
#include "tests/support/kaiser.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

enum { N = 4096, BLOCK = QM_OVERSAMPLE_BLOCK };
static const uint32_t factors[] = {1, 2, 4, 8};
static QmVec input[N], fast[QM_OVERSAMPLE_MAX * N], output[N];

static void up(uint32_t factor, uint32_t longest)
{
    static QmOversampler s;
    memset(&s, 0, sizeof s);
    for (uint32_t at = 0, n; at < N; at += n) {
        n = longest ? longest : 1 + (uint32_t)(qm_rand_bits(1, at) % BLOCK);
        n = n < N - at ? n : N - at;
        qm_oversample_up(&s, factor, input + at, n, fast + factor * at);
    }
}

static void down(uint32_t factor, uint32_t longest)
{
    static QmOversampler s;
    memset(&s, 0, sizeof s);
    for (uint32_t at = 0, n; at < N; at += n) {
        n = longest ? longest : 1 + (uint32_t)(qm_rand_bits(2, at) % BLOCK);
        n = n < N - at ? n : N - at;
        qm_oversample_down(&s, factor, fast + factor * at, n, output + at);
    }
}

static void test_the_tables_are_kaisers(void **unused)
{
    (void)unused;
    assert_true(is_kaiser_half_band(qm_half_band_2x, QM_HALF_BAND_2X, 10.4));
    assert_true(is_kaiser_half_band(qm_half_band_4x, QM_HALF_BAND_4X, 11.6));
    assert_true(is_kaiser_half_band(qm_half_band_8x, QM_HALF_BAND_8X, 11.8));
}

/* The gain of an impulse response, `step` samples apart, at `cycles` a sample. */
static double gain_at(const double *response, uint32_t n, double cycles)
{
    double re = 0, im = 0;
    for (uint32_t i = 0; i < n; i++) {
        re += response[i] * cos(2 * PI * cycles * i);
        im += response[i] * sin(2 * PI * cycles * i);
    }
    return sqrt(re * re + im * im);
}

static double db(double gain) { return 20 * log10(gain + 1e-30); }

enum { SPAN = 128 }; /* longer than any response, in frames */
static double response[QM_OVERSAMPLE_MAX * SPAN];

static void response_up(uint32_t factor)
{
    memset(input, 0, sizeof input);
    input[0] = qm_vec(1);
    up(factor, BLOCK);
    for (uint32_t i = 0; i < factor * SPAN; i++)
        response[i] = (double)fast[i][3] / factor;
}

/* An impulse at every place between two frames in turn. */
static void response_down(uint32_t factor)
{
    for (uint32_t phase = 0; phase < factor; phase++) {
        memset(fast, 0, sizeof fast);
        fast[factor - 1 - phase] = qm_vec(1);
        down(factor, BLOCK);
        for (uint32_t i = 0; i < SPAN; i++)
            response[factor * i + phase] = (double)output[i][5];
    }
}

/* Flat up to 0.4167 of the low rate; nothing around its multiples. */
static void check_response(uint32_t factor, const char *way)
{
    const uint32_t n = factor * SPAN;
    for (int i = 0; i <= 400; i++) {
        const double f = 0.4167 * i / 400;
        const double flat = db(gain_at(response, n, f / factor));
        if (!(fabs(flat) < 0.001))
            fail_msg("%u x %s: %d udB at %d/1000 of the rate", factor, way,
                     (int)(1e6 * flat), (int)(1000 * f));
        for (uint32_t m = 1; m <= factor / 2; m++)
            for (int side = -1; side <= 1; side += 2) {
                const double image = db(gain_at(response, n, (m + side * f) / factor));
                if (!(image < -100))
                    fail_msg("%u x %s: image %d mdB at %d/1000", factor, way,
                             (int)(1000 * image), (int)(1000 * (m + side * f)));
            }
    }
}

static void test_responses(void **unused)
{
    (void)unused;
    for (uint32_t k = 1; k < QM_COUNT(factors); k++) {
        response_up(factors[k]);
        check_response(factors[k], "up");
        response_down(factors[k]);
        check_response(factors[k], "down");
    }
}

/* At half the rate the halves meet: -6 dB each way. */
static void test_the_edge_is_at_half_the_rate(void **unused)
{
    (void)unused;
    response_up(2);
    assert_true(fabs(db(gain_at(response, 2 * SPAN, 0.25)) + 6.0206) < 1e-4);
    response_down(2);
    assert_true(fabs(db(gain_at(response, 2 * SPAN, 0.25)) + 6.0206) < 1e-4);
}

/* Tones up to 0.4167 of the rate come back late and otherwise as they were. */
static void test_up_and_down_is_a_delay(void **unused)
{
    (void)unused;
    for (uint32_t k = 0; k < QM_COUNT(factors); k++) {
        const uint32_t late = qm_oversample_latency(factors[k]);
        assert_int_equal(late, ((const uint32_t[]){0, 40, 48, 51})[k]);
        for (uint32_t i = 0; i < N; i++)
            for (int lane = 0; lane < QM_LANES; lane++) {
                double x = 0;
                for (int tone = 0; tone < 8; tone++)
                    x += sin(2 * PI * (0.001 + 0.4157 * (8 * tone + lane) / 63) * i);
                input[i][lane] = (float)(x / 8);
            }
        up(factors[k], BLOCK);
        down(factors[k], BLOCK);
        double worst = 0;
        for (uint32_t i = 300; i < N; i++)
            for (int lane = 0; lane < QM_LANES; lane++) {
                const double e = (double)output[i][lane] - (double)input[i - late][lane];
                worst = fabs(e) > worst ? fabs(e) : worst;
            }
        if (!(db(worst) < (factors[k] > 1 ? -93 : -400)))
            fail_msg("%u x: %d dB off", factors[k], (int)db(worst));
    }
}

static void make_noise(void)
{
    for (uint32_t i = 0; i < N; i++)
        for (int lane = 0; lane < QM_LANES; lane++)
            input[i][lane] = (float)(2 * qm_rand(3, (uint64_t)lane, i) - 1);
}

static void test_any_split_gives_the_same_bits(void **unused)
{
    (void)unused;
    static QmVec fast_before[8 * N], before[N];
    make_noise();
    for (uint32_t k = 0; k < QM_COUNT(factors); k++) {
        up(factors[k], BLOCK);
        down(factors[k], BLOCK);
        memcpy(fast_before, fast, factors[k] * sizeof before);
        memcpy(before, output, sizeof before);
        static const uint32_t longest[] = {0, 1, 7};
        for (uint32_t j = 0; j < QM_COUNT(longest); j++) {
            up(factors[k], longest[j]);
            assert_memory_equal(fast, fast_before, factors[k] * sizeof before);
            down(factors[k], longest[j]);
            assert_memory_equal(output, before, sizeof before);
        }
    }
}

/* NaN and infinity are gone when the last tap has seen them. */
/* A strip in all lanes, 16 frames a call. */
static void test_folded_gives_the_same_bits(void **unused)
{
    (void)unused;
    enum { ROWS = 4 };
    make_noise();
    for (uint32_t k = 0; k < QM_COUNT(factors); k++) {
        const uint32_t factor = factors[k], n = factor * ROWS;
        QmOversampler s = {.folded = true};
        up(factor, BLOCK);
        down(factor, BLOCK);
        for (uint32_t at = 0; at + QM_GANG * ROWS <= N; at += QM_GANG * ROWS) {
            QmVec rows[ROWS], many[8 * ROWS];
            for (uint32_t i = 0; i < QM_LANES * ROWS; i++)
                rows[i % ROWS][i / ROWS] =
                    input[at + i / ROWS / 2 * ROWS + i % ROWS][i / ROWS % 2];
            qm_oversample_up(&s, factor, rows, ROWS, many);
            for (uint32_t i = 0; i < QM_LANES * n; i++)
                assert_true(many[i % n][i / n] ==
                            fast[at * factor + i / n / 2 * n + i % n][i / n % 2]);
            qm_oversample_down(&s, factor, many, ROWS, rows);
            for (uint32_t i = 0; i < QM_LANES * ROWS; i++)
                assert_true(rows[i % ROWS][i / ROWS] ==
                            output[at + i / ROWS / 2 * ROWS + i % ROWS][i / ROWS % 2]);
        }
    }
}

static void test_rubbish_is_forgotten(void **unused)
{
    (void)unused;
    memset(input, 0, sizeof input);
    input[10] = qm_vec((float)INFINITY);
    input[11] = qm_vec((float)NAN);
    up(8, BLOCK);
    down(8, BLOCK);
    for (uint32_t i = 11 + 2 * qm_oversample_latency(8) + 1; i < N; i++)
        for (int lane = 0; lane < QM_LANES; lane++)
            assert_true(output[i][lane] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tables_are_kaisers),
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_the_edge_is_at_half_the_rate),
        cmocka_unit_test(test_up_and_down_is_a_delay),
        cmocka_unit_test(test_any_split_gives_the_same_bits),
        cmocka_unit_test(test_folded_gives_the_same_bits),
        cmocka_unit_test(test_rubbish_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
