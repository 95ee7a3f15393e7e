/* tests: dsp/fdn dsp/transpose
 *
 * The reverb's promises: it decays in each band as fast as asked, is dense soon and even
 * late, as loud as its input, wide but safe in mono, and ends. Measured on impulse
 * responses. */
#include "tests/support/proc_harness.h"

#include "base/rand.h"
#include "dsp/transpose.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
    TYPE,
    DECAY,
    DAMPING,
    LOW_DECAY,
    HIGH_DECAY,
    LOW_CROSSOVER,
    HIGH_CROSSOVER,
    SIZE,
    PREDELAY,
    DIFFUSION,
    MODULATION,
    WIDTH,
    MIX,
};
enum { N = 48000 * 6 };
static QmVec rows[N];
static double left[N], right[N], band[N];
static double params[1][QM_MAX_PARAMS];
static const double PI = 3.14159265358979323846;

/* Reverb alone, otherwise as it comes. */
static double *wet(void)
{
    qm_proc_defaults(qm_proc_find("reverb"), 0, params[0]);
    params[0][MIX] = 1;
    return params[0];
}

static void start(ProcGang *gang, double rate)
{
    gang_open(gang, qm_proc_find("reverb"), rate, 0, 1,
              (const double(*)[QM_MAX_PARAMS])params);
}

/* left[], right[]: the answer to an impulse on these sides. */
static void respond(double rate, float in_left, float in_right)
{
    ProcGang gang;
    start(&gang, rate);
    memset(rows, 0, sizeof rows);
    rows[0] = (QmVec){in_left, in_right};
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    for (uint32_t i = 0; i < N; i++) {
        left[i] = (double)rows[i][0];
        right[i] = (double)rows[i][1];
    }
    gang_close(&gang);
}

static double energy(const double *x, uint32_t from, uint32_t to)
{
    double sum = 0;
    for (uint32_t i = from; i < to; i++)
        sum += x[i] * x[i];
    return sum;
}

/* ---- decay ---- */

/* A band-pass of second order over band[], twice. */
static void band_pass(double hz, double q, double rate)
{
    const double w = 2 * PI * hz / rate, alpha = sin(w) / (2 * q), a0 = 1 + alpha;
    for (int twice = 0; twice < 2; twice++) {
        double s = 0, t = 0;
        for (uint32_t i = 0; i < N; i++) {
            const double x = band[i], y = alpha / a0 * x + s;
            s = t + 2 * cos(w) / a0 * y;
            t = -alpha / a0 * x - (1 - alpha) / a0 * y;
            band[i] = y;
        }
    }
}

/* T60 in a band: Schroeder's integral, a line through what lies between -5 and -35 dB. */
static double measure_t60(const double *x, double hz, double rate)
{
    memcpy(band, x, sizeof band);
    band_pass(hz, hz > 4000 ? 3 : 1.4, rate);
    double sum = 0;
    for (uint32_t i = N; i-- > 0;)
        band[i] = sum += band[i] * band[i];
    double n = 0, st = 0, sy = 0, stt = 0, sty = 0;
    for (uint32_t i = 0; i < N; i++) {
        const double t = i / rate, y = 10 * log10(band[i] / sum + 1e-300);
        if (y > -5 || y < -35)
            continue;
        n += 1;
        st += t;
        sy += y;
        stt += t * t;
        sty += t * y;
    }
    return -60 * (n * stt - st * st) / (n * sty - st * sy);
}

typedef struct Room {
    double decay, damping, low_decay, size, modulation, rate;
} Room;

static const Room rooms[] = {
    {2, 0.5, 1.1, 0.6, 0.5, 48000}, {1, 0.8, 2, 0.3, 0.5, 48000},
    {4, 0.3, 0.6, 1, 1, 48000},     {3, 0, 1, 0.5, 0, 96000},
    {0.5, 0.5, 1.5, 0, 0.5, 44100},
};

static void test_each_band_decays_as_asked(void **unused)
{
    (void)unused;
    for (uint32_t k = 0; k < QM_COUNT(rooms); k++) {
        const Room *const room = &rooms[k];
        double *const p = wet();
        p[DECAY] = room->decay;
        p[DAMPING] = room->damping;
        p[LOW_DECAY] = room->low_decay * room->decay;
        p[SIZE] = room->size;
        p[MODULATION] = room->modulation;
        respond(room->rate, 1, 1);
        /* an octave under the low crossover, between, an octave over the high one */
        const double hz[] = {125, 1000, 6000};
        const double asked[] = {room->decay * room->low_decay, room->decay,
                                room->decay * (1 - 0.9 * room->damping)};
        for (int b = 0; b < 3; b++) {
            const double got = measure_t60(left, hz[b], room->rate);
            if (!(fabs(got / asked[b] - 1) < 0.1))
                fail_msg("room %u, %d Hz: %d ms instead of %d", k, (int)hz[b],
                         (int)(1000 * got), (int)(1000 * asked[b]));
        }
    }
}

/* The lows may last 2.5 times as long as the middle, but nowhere much longer. */
static void test_the_lowest_lows_end_too(void **unused)
{
    (void)unused;
    double *const p = wet();
    p[DECAY] = 0.5;
    p[LOW_DECAY] = 1.25;
    p[SIZE] = 1;
    respond(48000, 1, 1);
    for (double hz = 10; hz < 100; hz *= 1.6) {
        const double got = measure_t60(left, hz, 48000);
        assert_true(got > 1 && got < 2 * 1.25);
    }
}

/* ---- density ---- */

/* Part of the samples that are beyond one standard deviation, over that of noise: 1 is
 * dense. */
static double density(const double *x, double at, double rate)
{
    const uint32_t half = (uint32_t)(0.01 * rate), middle = (uint32_t)(at * rate);
    const double deviation = sqrt(energy(x, middle - half, middle + half) / (2 * half));
    uint32_t beyond = 0;
    for (uint32_t i = middle - half; i < middle + half; i++)
        beyond += fabs(x[i]) > deviation;
    return beyond / (2.0 * half) / 0.3173;
}

static void test_echoes_are_dense_soon(void **unused)
{
    (void)unused;
    wet()[DAMPING] = 0; /* dull samples hang together: their count would say little */
    respond(48000, 1, 1);
    assert_true(density(left, 0.05, 48000) > 0.85);
    assert_true(density(right, 0.05, 48000) > 0.85);
    for (double at = 0.08; at < 1; at += 0.04)
        assert_true(density(left, at, 48000) > 0.85 && density(left, at, 48000) < 1.2);
    params[0][DIFFUSION] = 0;
    respond(48000, 1, 1);
    assert_true(density(left, 0.05, 48000) < 0.3);
}

/* Power of the late response at `hz`, through a window of one second. */
static double power_at(const double *x, double hz)
{
    double a = 0, b = 0;
    const double turn = 2 * PI * hz / 48000, c = cos(turn), s = sin(turn);
    double re = 1, im = 0;
    for (uint32_t i = 0; i < 48000; i++) {
        const double v = x[i] * (1 - cos(2 * PI * i / 48000));
        a += v * re;
        b += v * im;
        const double next = re * c - im * s;
        im = re * s + im * c;
        re = next;
    }
    return a * a + b * b;
}

/* No line stands out of the late spectrum: among the power of many frequencies, as among
 * that of noise, the greatest is not much above ln(count) times the mean. */
static void test_no_tone_rings_on(void **unused)
{
    (void)unused;
    enum { COUNT = 1200 };
    static double power[COUNT];
    wet()[DECAY] = 4;
    respond(48000, 1, 1);
    double mean = 0, most = 0, square = 0;
    for (uint32_t k = 0; k < COUNT; k++) {
        power[k] = power_at(left + 24000, 400 + 0.5 * k);
        mean += power[k] / COUNT;
    }
    for (uint32_t k = 0; k < COUNT; k++) {
        most = power[k] > most ? power[k] : most;
        square += power[k] * power[k] / COUNT;
    }
    assert_true(10 * log10(most / mean) < 12.5);
    assert_true(square / mean / mean <
                3.3); /* noise: 2; a room of few modes: 5 and more */
}

/* ---- level and image ---- */

static void test_it_is_as_loud_as_its_input(void **unused)
{
    (void)unused;
    static const double decays[] = {0.3, 1, 2, 5};
    for (uint32_t k = 0; k < QM_COUNT(decays); k++) {
        double *const p = wet();
        p[DECAY] = decays[k];
        p[DAMPING] = 0;
        p[LOW_DECAY] = decays[k];
        p[MODULATION] = 0;
        respond(48000, 1, 0);
        const double both = energy(left, 0, N) + energy(right, 0, N);
        assert_true(fabs(10 * log10(both)) < 1.5);
    }
}

static void test_the_image(void **unused)
{
    (void)unused;
    wet();
    respond(48000, 1, 1);
    double cross = 0;
    for (uint32_t i = 0; i < N; i++)
        cross += left[i] * right[i];
    const double l = energy(left, 0, N), r = energy(right, 0, N);
    assert_true(fabs(cross) < 0.15 * sqrt(l * r)); /* wide, and safe in mono */
    assert_true(fabs(10 * log10(l / r)) < 1);

    respond(48000, 1, 0); /* from one side: there first, then everywhere */
    assert_true(energy(left, 0, 960) > 100 * energy(right, 0, 960));
    assert_true(fabs(10 * log10(energy(left, 9600, N) / energy(right, 9600, N))) < 2);

    params[0][WIDTH] = 0;
    respond(48000, 1, 0);
    for (uint32_t i = 0; i < N; i++)
        assert_true(left[i] == right[i]);
}

static uint32_t first_sound(void)
{
    for (uint32_t i = 0; i < N; i++)
        if (left[i] != 0 || right[i] != 0)
            return i;
    return N;
}

static void test_predelay_and_mix(void **unused)
{
    (void)unused;
    wet();
    respond(48000, 1, 1);
    const uint32_t first = first_sound();
    assert_true(first > 80 && first < 48 * 25);
    params[0][PREDELAY] = 100;
    respond(48000, 1, 1);
    assert_int_equal(first_sound(), first + 4800);
    params[0][PREDELAY] = 250;
    respond(192000, 1, 1);
    assert_true(first_sound() > 48000);

    wet()[MIX] = 0.5;
    respond(48000, 1, 0);
    assert_true(fabs(left[0] - sqrt(0.5)) < 1e-6 && right[0] == 0);
    wet()[MIX] = 0;
    respond(48000, 1, 0.25);
    assert_true(left[0] == 1 && right[0] == 0.25 && energy(left, 1, N) == 0);
}

/* ---- ends ---- */

static void test_it_ends_at_every_extreme(void **unused)
{
    (void)unused;
    static const double rates[] = {8000, 48000, 192000};
    for (uint32_t corner = 0; corner < 96; corner++) {
        double *const p = wet();
        p[DECAY] = corner & 1 ? 20 : 0.1;
        p[DAMPING] = corner & 2 ? 1 : 0;
        p[LOW_DECAY] = corner & 4 ? 20 : 0.01;
        p[SIZE] = corner & 8 ? 1 : 0;
        p[LOW_CROSSOVER] = p[HIGH_CROSSOVER] = 1000;
        if (corner & 16) {
            p[LOW_CROSSOVER] = 50;
            p[HIGH_CROSSOVER] = 16000;
        }
        p[DIFFUSION] = p[MODULATION] = 1;
        const double rate = rates[corner / 32];
        respond(rate, 1, -1);
        double quarter[4];
        for (uint32_t k = 0; k < 4; k++)
            quarter[k] = energy(left, k * (N / 4), (k + 1) * (N / 4));
        /* a quarter lasts 0.37 s or more: even 20 s * 2.5 * 2 fall by 0.2 dB in it */
        if (!(quarter[0] > 0 && quarter[0] < 100 && quarter[0] > 1.02 * quarter[1] &&
              quarter[1] >= 1.02 * quarter[2] && quarter[2] >= 1.02 * quarter[3]))
            fail_msg("corner %u does not end", corner);
    }
}

static void test_silence_returns(void **unused)
{
    (void)unused;
    wet()[DECAY] = 0.2;
    params[0][LOW_DECAY] = 0.2;
    respond(48000, 1, 1);
    assert_true(energy(left, 0, 9600) > 0);
    for (uint32_t i = N - 48000; i < N;
         i++) /* 600 dB: ten times the decay and a little */
        assert_true(left[i] == 0 && right[i] == 0);
}

/* ---- the turning over of eight vectors ---- */

static void test_transpose(void **unused)
{
    (void)unused;
    QmVec v[QM_LANES];
    for (int i = 0; i < QM_LANES; i++)
        for (int k = 0; k < QM_LANES; k++)
            v[i][k] = (float)(10 * i + k);
    qm_transpose(v);
    for (int i = 0; i < QM_LANES; i++)
        for (int k = 0; k < QM_LANES; k++)
            assert_true(v[i][k] == (float)(10 * k + i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_band_decays_as_asked),
        cmocka_unit_test(test_the_lowest_lows_end_too),
        cmocka_unit_test(test_echoes_are_dense_soon),
        cmocka_unit_test(test_no_tone_rings_on),
        cmocka_unit_test(test_it_is_as_loud_as_its_input),
        cmocka_unit_test(test_the_image),
        cmocka_unit_test(test_predelay_and_mix),
        cmocka_unit_test(test_it_ends_at_every_extreme),
        cmocka_unit_test(test_silence_returns),
        cmocka_unit_test(test_transpose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
