/* Digital: levels of so many bits, ticks where the song position has them, and what a
 * sample-and-hold makes of a tone by the book. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BITS, RATE, DITHER, MIX, N_PARAMS };
static QmVec rows[SPECTRUM], dry[SPECTRUM];
static double power[SPECTRUM / 2 + 1];

static void start(ProcGang *gang, const double params[N_PARAMS])
{
    gang_open(gang, qm_proc_find("digital"), 48000, 0, 1, NULL);
    for (uint32_t i = 0; i < N_PARAMS; i++)
        gang_set(gang, 0, i, params[i]);
    gang_reset(gang);
    memcpy(rows, dry, sizeof rows);
}

static void run(const double params[N_PARAMS])
{
    ProcGang gang;
    start(&gang, params);
    gang_run(&gang, rows, NULL, SPECTRUM, QM_QUANTUM);
    gang_close(&gang);
}

static void tone(double hz, double level)
{
    for (uint32_t i = 0; i < SPECTRUM; i++)
        dry[i] = qm_vec((float)(level * sin(2 * M_PI * hz / 48000 * i)));
}

static void test_levels(void **unused)
{
    (void)unused;
    tone(997, 0.9);
    for (double bits = 2; bits <= 16; bits += 0.5) {
        run((double[]){bits, 192000, 0, 100});
        const double step = exp2(1 - bits);
        for (uint32_t i = 0; i < SPECTRUM; i++) {
            const double level = (double)rows[i][0] / step, x = (double)dry[i][0] / step;
            assert_true(fabs(level - rint(level)) < 1e-7 * (1 + fabs(level)));
            assert_true(fabs(rint(level) - x) < 0.5 + 1e-6 * fabs(x));
        }
    }
}

/* A frame takes a sample where floor(frame * rate) has gone up. */
static void check_ticks(double rate, int64_t from)
{
    ProcGang gang;
    noise_rows(dry, SPECTRUM, 3, 0.5);
    start(&gang, (double[]){16, rate, 0, 100});
    gang.frame = from;
    gang_run(&gang, rows, NULL, SPECTRUM, 0);
    gang_close(&gang);
    const double per_frame = (double)(float)(rate / 48000);
    float held = 0;
    for (uint32_t i = 0; i < SPECTRUM; i++) {
        const int64_t frame = from + i;
        if (floor((double)frame * per_frame) > floor((double)(frame - 1) * per_frame))
            held = rintf(dry[i][0] * 0x1p15f) * 0x1p-15f;
        if (i > 480) /* the first tick has come */
            assert_true(rows[i][0] == held);
    }
}

static void test_ticks_are_of_the_song_position(void **unused)
{
    (void)unused;
    check_ticks(12000, 0);
    check_ticks(9375, 12345);
    check_ticks(31250.7, 64 * 1000 + 7);
    check_ticks(101.3, 4801);
}

/* Every fourth sample, held: a tone of 9 kHz is one of 3, 15 and 21 kHz as well, and all
 * pass the hold's response sin(4x) / (4 sin x), x = pi f / 48 kHz. */
static void test_what_is_above_half_the_rate_folds_back(void **unused)
{
    (void)unused;
    const double in = spectrum_tone(9000, 48000);
    const double folded[] = {in, 12000 - in, 12000 + in, 24000 - in};
    tone(in, 0.5);
    run((double[]){16, 12000, 0, 100});
    spectrum(rows, 0, power);
    for (uint32_t k = 0; k < QM_COUNT(folded); k++) {
        const uint32_t bin = (uint32_t)rint(folded[k] / 48000 * SPECTRUM);
        const double x = M_PI * folded[k] / 48000;
        const double right = 0.5 * fabs(sin(4 * x) / (4 * sin(x)));
        assert_true(fabs(10 * log10(2 * power[bin]) - 20 * log10(right)) < 0.01);
    }
}

/* With dither the error is 1/4 of a squared step and knows nothing of the tone. */
static void test_dither(void **unused)
{
    (void)unused;
    static const double bits[] = {4, 8, 10.5};
    tone(spectrum_tone(997, 48000), 0.7);
    for (uint32_t k = 0; k < QM_COUNT(bits); k++) {
        run((double[]){bits[k], 48000, 1, 100});
        double squares = 0, with = 0, of = 0;
        for (uint32_t i = 0; i < SPECTRUM; i++) {
            const double e = (double)rows[i][0] - (double)dry[i][0];
            squares += e * e;
            with += e * (double)dry[i][0];
            of += (double)dry[i][0] * (double)dry[i][0];
        }
        const double step = exp2(1 - bits[k]);
        assert_true(fabs(squares / SPECTRUM / (step * step) - 0.25) < 0.005);
        assert_true(fabs(with) < 4 * 0.5 * step * sqrt(of));
    }
}

static void test_mix(void **unused)
{
    (void)unused;
    static QmVec wet[SPECTRUM];
    noise_rows(dry, SPECTRUM, 4, 0.8);
    run((double[]){6, 7000, 0, 100});
    memcpy(wet, rows, sizeof wet);
    run((double[]){6, 7000, 0, 0});
    for (uint32_t i = 0; i < SPECTRUM; i++)
        assert_true(rows[i][0] == dry[i][0] && rows[i][1] == dry[i][1]);
    run((double[]){6, 7000, 0, 25});
    for (uint32_t i = 0; i < SPECTRUM; i++)
        assert_true(fabsf(rows[i][0] - (0.75f * dry[i][0] + 0.25f * wet[i][0])) < 1e-7f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_ticks_are_of_the_song_position),
        cmocka_unit_test(test_what_is_above_half_the_rate_folds_back),
        cmocka_unit_test(test_dither),
        cmocka_unit_test(test_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
