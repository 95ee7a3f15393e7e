/* tests: dsp/lookahead dsp/soft_clip
 *
 * The limiter's promises: nothing above the ceiling, between samples neither, nothing
 * changed below it, a gain without corners, bass without distortion, sums that never
 * drift. */
#include "tests/support/proc_harness.h"
#include "tests/support/true_peak_meter.h"

#include "base/rand.h"
#include "dsp/lookahead.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CEILING, LOOKAHEAD, RELEASE, HOLD, ADAPTIVE, TRUE_PEAK, STYLE };
enum { LOUD = 1, BLOCK = 16, AHEAD = 48 };
enum { N = 1 << 16 };
#define PI 3.14159265358979323846
static QmVec rows[N], input[N];
static double params[1][QM_MAX_PARAMS];

static void start(ProcGang *gang, double rate, double ceiling_db, double lookahead_ms)
{
    const QmProcDesc *const desc = qm_proc_find("limiter");
    qm_proc_defaults(desc, 0, params[0]);
    params[0][CEILING] = ceiling_db;
    params[0][LOOKAHEAD] = lookahead_ms;
    params[0][ADAPTIVE] = 0;
    gang_open(gang, desc, rate, 0, 1, (const double(*)[QM_MAX_PARAMS])params);
}

static uint32_t latency(const ProcGang *gang)
{
    return gang->desc->latency(&gang->spec[0]);
}

static float peak(const QmVec *from, uint32_t n)
{
    float most = 0;
    for (uint32_t i = 0; i < n; i++)
        for (int c = 0; c < 2; c++)
            most = fabsf(from[i][c]) > most ? fabsf(from[i][c]) : most;
    return most;
}

/* ---- the two halves of the look-ahead, beside what they say they are ---- */

static void test_the_sliding_minimum(void **unused)
{
    (void)unused;
    enum { COUNT = 5000 };
    static float in[COUNT], out[COUNT], values[COUNT + 1];
    for (uint32_t i = 0; i < COUNT; i++)
        in[i] = (float)qm_rand(1, 2, i);
    static const uint32_t windows[] = {1, 2, 3, 64, 65, 1000};
    for (uint32_t k = 0; k < QM_COUNT(windows); k++) {
        QmSlidingMin s;
        qm_sliding_min_reset(&s, values, windows[k], 1);
        memcpy(out, in, sizeof out);
        for (uint32_t at = 0, n; at < COUNT; at += n) {
            n = 1 + (uint32_t)(qm_rand_bits(3, at) % 150);
            n = n < COUNT - at ? n : COUNT - at;
            qm_sliding_min(&s, values, out + at, n);
        }
        for (uint32_t i = 0; i < COUNT; i++) {
            float least = 1;
            for (uint32_t j = 0; j < windows[k] && j <= i; j++)
                least = in[i - j] < least ? in[i - j] : least;
            assert_true(out[i] == least);
        }
    }
}

static void test_the_smoother_is_three_boxes(void **unused)
{
    (void)unused;
    enum { COUNT = 2000, LENGTH = 37, SPAN = 3 * LENGTH - 2 };
    static double in[COUNT];
    static float out[COUNT + QM_RING_BLOCK + QM_LANES];
    static uint64_t items[4096];
    double bell[SPAN] = {0};
    for (int a = 0; a < LENGTH; a++)
        for (int b = 0; b < LENGTH; b++)
            for (int c = 0; c < LENGTH; c++)
                bell[a + b + c] += 1.0 / LENGTH / LENGTH / LENGTH;
    for (uint32_t i = 0; i < COUNT; i++)
        in[i] = qm_rand(4, 5, i / 8);
    QmSmoother s;
    qm_smoother_reset(&s, LENGTH);
    assert_true(qm_ring_items(&s.ring) <= QM_COUNT(items));
    for (uint32_t at = 0, n; at < COUNT; at += n) {
        n = 8 * (1 + (uint32_t)(qm_rand_bits(6, at) % (QM_RING_BLOCK / 8)));
        for (uint32_t i = at; i < at + n && i < COUNT; i++)
            in[i] = in[at];
        qm_smooth(&s, items, in[at], n, out + at);
    }
    for (int i = 0; i < COUNT; i++) {
        double mean = 0;
        for (int j = 0; j < SPAN; j++)
            mean += bell[j] * (i >= j ? in[i - j] : 1);
        assert_true(fabs(out[i] - mean) < 1e-7);
    }
}

/* ---- the ceiling ---- */

static float hostile(int kind, uint32_t i)
{
    const float noise = (float)(2 * qm_rand(7, (uint64_t)kind, i) - 1);
    switch (kind) {
    case 0: /* a square of 24 dB too much, its period growing */
        return sin(1e-4 * i * sqrt(i)) > 0 ? 15.85f : -15.85f;
    case 1: /* lone samples */
        return qm_rand_bits(8, i) % 500 == 0 ? 20 * noise : 0;
    case 2: /* noise, 24 dB too loud */
        return 15.85f * noise;
    case 3: /* bursts between silence, from far too soft to far too loud */
        return qm_rand_bits(9, i / 700) % 3 ? 0
                                            : noise * powf(10, (float)(i / 700 % 12) - 6);
    case 4: /* every sample the other way, swelling */
        return (i & 1 ? -1.0f : 1.0f) * ((float)i / N * 8);
    case 5: /* exactly full scale, and just above it */
        return i % 3 ? 1.0f : 1.0000001f;
    default: /* rubbish */
        return i % 1000 == 0 ? (float)(1e300 * 1e300) : i % 777 == 0 ? 1e30f : noise;
    }
}

static void test_no_sample_is_above_the_ceiling(void **unused)
{
    (void)unused;
    static const double ceilings[] = {0, -0.3, -1, -6, -24}, ahead[] = {0.1, 0.7, 5, 20};
    for (uint32_t c = 0; c < QM_COUNT(ceilings); c++)
        for (uint32_t a = 0; a < QM_COUNT(ahead); a++)
            for (int kind = 0; kind < 7; kind++) {
                ProcGang gang;
                start(&gang, kind & 1 ? 44100 : 96000, ceilings[c], ahead[a]);
                gang_set(&gang, 0, RELEASE, kind & 1 ? 1 : 80);
                gang_reset(&gang);
                for (uint32_t i = 0; i < N; i++)
                    rows[i] = (QmVec){hostile(kind, i), hostile(kind, i + 12345)};
                gang_run(&gang, rows, NULL, N, QM_QUANTUM);
                const double most = pow(10, ceilings[c] / 20);
                for (uint32_t i = 0; i < N; i++)
                    for (int side = 0; side < 2; side++)
                        if (!(fabs((double)rows[i][side]) <= most))
                            fail_msg("signal %d, ceiling %d/10 dB: above it at %u", kind,
                                     (int)(10 * ceilings[c]), i);
                assert_true(kind == 1 || kind == 3 || peak(rows, N) > 0.4 * most);
                gang_close(&gang);
            }
}

/* A ceiling that moves holds for what enters when it has arrived. */
static void test_a_new_ceiling(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000, 0, 5);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = qm_vec((float)(4 * sin(0.1 * i)));
    const uint32_t at = 20000 + 7, there = at + QM_RAMP + latency(&gang);
    gang_run(&gang, rows, NULL, at, QM_QUANTUM);
    gang_set(&gang, 0, CEILING, -12);
    gang_run(&gang, rows + at, NULL, N - at, QM_QUANTUM);
    const double low = pow(10, -12 / 20.0);
    assert_true((double)peak(rows, at) > 0.9);
    assert_true((double)peak(rows + there, N - there) <= low);
    assert_true((double)peak(rows + there, N - there) > 0.95 * low);
    gang_close(&gang);
}

/* ---- what it leaves alone ---- */

static void test_below_the_ceiling_it_is_a_delay(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000, -6, 5);
    noise_rows(input, N, 1, 0.2);
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const uint32_t late = latency(&gang);
    assert_int_equal(late, 240 + BLOCK + AHEAD);
    for (uint32_t i = late; i < N; i++)
        for (int c = 0; c < 2; c++)
            assert_true(rows[i][c] == input[i - late][c]);
    gang_close(&gang);
}

/* Whole-number sums: after minutes of abuse the gain comes back to one, exactly. */
static void test_nothing_drifts(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000, -6, 3);
    for (uint32_t round = 0; round < 100; round++) {
        noise_rows(rows, N, round, 4);
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    }
    noise_rows(input, N, 5, 0.15);
    for (uint32_t round = 0; round < 3; round++) { /* 4 s: 40 times the release */
        memcpy(rows, input, sizeof rows);
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    }
    const uint32_t late = latency(&gang);
    for (uint32_t i = late; i < N; i++)
        assert_true(rows[i][0] == input[i - late][0]);
    gang_close(&gang);
}

/* ---- how it turns down ---- */

/* The gain per frame, seen through a constant that becomes `ratio` times as large at
 * `at` and goes back at `until`. */
static double *gains(ProcGang *gang, double level, double ratio, uint32_t at,
                     uint32_t until)
{
    static double gain[N];
    for (uint32_t i = 0; i < N; i++)
        input[i] = qm_vec((float)(i >= at && i < until ? level * ratio : level));
    memcpy(rows, input, sizeof rows);
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
    const uint32_t late = latency(gang);
    for (uint32_t i = 0; i < N; i++)
        gain[i] = i < late ? 1 : (double)rows[i][0] / (double)input[i - late][0];
    return gain;
}

/* A limiter of sample peaks: a step has none between. */
static void start_plain(ProcGang *gang, double ceiling_db, double lookahead_ms)
{
    start(gang, 48000, ceiling_db, lookahead_ms);
    gang_close(gang);
    params[0][TRUE_PEAK] = 0;
    gang_open(gang, gang->desc, 48000, 0, 1, (const double(*)[QM_MAX_PARAMS])params);
}

static void test_the_gain_has_no_corners(void **unused)
{
    (void)unused;
    ProcGang gang;
    start_plain(&gang, -6, 5);
    const double *const gain = gains(&gang, 0.4, 8, 10000, N);
    const double ceiling = pow(10, -6 / 20.0), target = ceiling / 3.2, drop = 1 - target;
    const double third = 241 / 3.0; /* length of a box */
    for (uint32_t i = 2; i < N; i++) {
        const double slope = gain[i] - gain[i - 1];
        assert_true(slope <= 1e-6 && slope >= -drop * 0.76 / third);
        assert_true(fabs(slope - (gain[i - 1] - gain[i - 2])) <
                    drop * 1.05 / third / third);
    }
    assert_int_equal(latency(&gang), 240 + BLOCK);
    assert_true(gain[9999 + BLOCK] == 1); /* the step has not come in */
    const uint32_t leaves = 10000 + 240 + BLOCK;
    assert_true(fabs(gain[leaves] / target - 1) < 1e-5); /* turned down, no more */
    assert_true(fabs(gain[N - 1] / target - 1) < 1e-5);
    gang_close(&gang);
}

static void test_release_takes_its_time(void **unused)
{
    (void)unused;
    ProcGang gang;
    start_plain(&gang, 0, 2);
    gang_set(&gang, 0, RELEASE, 200);
    gang_reset(&gang);
    const double *const gain = gains(&gang, 0.1, 40, 5000, 15000);
    const uint32_t held = 15000 + 96 + 48 * 8; /* the last loud frame leaves; hold */
    const double low = 0.25, reached = low + (1 - low) * (1 - exp(-1));
    assert_true(fabs(gain[held - 96] / low - 1) < 1e-5);
    /* the smoother adds half of its length, blocks add two of theirs */
    const uint32_t at = held + 9600;
    assert_true(gain[at - 96] < reached && gain[at + 96 + 2 * BLOCK] > reached - 1e-3);
    gang_close(&gang);
}

/* Frames until the gain has come 63 % of the way back from a reduction by 12 dB. */
static uint32_t time_back(uint32_t loud_frames)
{
    ProcGang gang;
    start_plain(&gang, 0, 2);
    gang_set(&gang, 0, ADAPTIVE, 1);
    gang_reset(&gang);
    const double *const gain = gains(&gang, 0.1, 40, 5000, 5000 + loud_frames);
    uint32_t i = 5000 + loud_frames + 96 + BLOCK + 48 * 8;
    while (gain[i] < 0.25 + 0.75 * (1 - exp(-1)))
        i++;
    gang_close(&gang);
    return i - (5000 + loud_frames + 96 + BLOCK + 48 * 8);
}

/* Release 100 ms: 25 ms after a lone peak, of which a little stays behind (10 ms of hold
 * charge the slow part by 2.5 %); up to 400 ms after more than a second. */
static void test_release_adapts(void **unused)
{
    (void)unused;
    const uint32_t peak = time_back(10), phrase = time_back(48 * 200),
                   passage = time_back(48 * 600);
    assert_true(peak > 48 * 24 && peak < 48 * 29);
    assert_true(phrase > 48 * 35 && phrase < 48 * 120);
    assert_true(passage > 48 * 270 && passage < 48 * 330);
}

static void test_both_sides_move_together(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000, -3, 5);
    for (uint32_t i = 0; i < N; i++)
        input[i] = (QmVec){(float)(4 * qm_rand(1, 2, i) - 2), 0.25f};
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const uint32_t late = latency(&gang);
    float least = 1;
    double logs = 0;
    for (uint32_t i = late; i < N; i++) {
        const float gain = rows[i][1] / 0.25f;
        assert_true(fabsf(rows[i][0] - input[i - late][0] * gain) < 1e-6f);
        least = gain < least ? gain : least;
        logs += 20 * log10((double)gain) / N;
    }
    assert_true(least < 0.4f);
    double readings[QM_MAX_READINGS];
    gang.desc->read(&gang.spec[0], gang.state[0], 0, readings);
    assert_true(fabs(readings[0] + 20 * log10((double)least)) < 1e-4);
    if (!(fabs(readings[1] + logs) < 0.05)) /* the first look-ahead counts there */
        fail_msg("mean: %d and %d mdB", (int)(1e3 * readings[1]), (int)(-1e3 * logs));
    gang_close(&gang);
}

/* Power of what is not the tone of `cycles` per second in the last second, beside the
 * tone, dB. */
static double distortion(double cycles, double rate)
{
    const uint32_t n = (uint32_t)rate;
    double sine = 0, cosine = 0, all = 0;
    for (uint32_t i = 0; i < n; i++) {
        const double x = (double)rows[N - n + i][0], w = 2 * PI * cycles * i / rate;
        sine += x * sin(w);
        cosine += x * cos(w);
        all += x * x;
    }
    const double tone = 2 * (sine * sine + cosine * cosine) / n;
    return 10 * log10(fabs(all - tone) / tone + 1e-30);
}

static void test_bass_is_turned_down_not_bent(void **unused)
{
    (void)unused;
    static const double cases[][4] = {/* Hz, release, adaptive, worst distortion in dB */
                                      {50, 100, 0, -120}, {50, 100, 1, -120},
                                      {50, 10, 1, -120},  {100, 5, 1, -120},
                                      {41, 100, 1, -120}, {30, 100, 1, -60}};
    for (uint32_t k = 0; k < QM_COUNT(cases); k++) {
        ProcGang gang;
        start(&gang, 48000, -6, 5);
        gang_set(&gang, 0, RELEASE, cases[k][1]);
        gang_set(&gang, 0, ADAPTIVE, cases[k][2]);
        gang_reset(&gang);
        for (uint32_t i = 0; i < N; i++)
            rows[i] = qm_vec((float)sin(2 * PI * cases[k][0] * i / 48000));
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
        const double got = distortion(cases[k][0], 48000);
        if (!(got < cases[k][3]))
            fail_msg("%d Hz: %d dB", (int)cases[k][0], (int)got);
        assert_true(fabs(20 * log10(peak(rows + N - 4800, 4800)) + 6) < 0.01);
        gang_close(&gang);
    }
}

/* ---- between the samples ---- */

/* Signals whose peaks are not where their samples are; `t` in frames. */
static double cruel(int kind, uint32_t t)
{
    const double noise = 2 * qm_rand(17, (uint64_t)kind, t) - 1;
    const bool on = t / 700 % 3 == 0;
    switch (kind) {
    case 0: /* a quarter of the rate, seen at 45 degrees: 3 dB above its samples */
        return t & 2 ? -2 : 2;
    case 1: { /* a clipped master */
        const double x =
            2 * (sin(0.013 * t) + sin(0.171 * t) + sin(0.71 * t)) + 2 * noise;
        return x > 1 ? 1 : x < -1 ? -1 : x;
    }
    case 2: /* lone samples */
        return t % 500 == 250 ? 4 : 0;
    case 3: /* white noise, 20 dB too loud */
        return 10 * noise;
    case 4: /* bursts of what alternates */
        return on ? (t & 1 ? -1.5 : 1.5) : 0;
    case 5: /* that turns over halfway */
        return on ? ((t & 1) ^ (t % 700 > 350) ? -1.5 : 1.5) : 0;
    case 6:
        return 2 * sin(2 * PI * 0.45 * t + 0.3);
    case 7:
        return 2 * sin(2 * PI * 0.49 * t + 0.3);
    case 8: /* silence and bursts */
        return t / 5000 & 1 ? 2 * sin(2 * PI * t / 6 + 0.1) : 0;
    case 9:
        return t / 3000 & 1 ? 8 * noise : 0;
    case 10: /* nothing but edges */
        return noise > 0 ? 1.5 : -1.5;
    case 11: /* a low note full of highs, just touching */
        return 0.9 * sin(0.006 * t) + 0.2 * sin(2.2 * t);
    case 12: /* noise, clipped hard */
        return 4 * noise > 1 ? 1 : 4 * noise < -1 ? -1 : 4 * noise;
    default: /* a square that swells */
        return (sin(0.09 * t) > 0 ? 1 : -1) * 3.0 * t / N;
    }
}

enum { CRUEL = 14, SPAN = 1 << 14 };

/* dB above the ceiling, by meters of 256 taps and of 48. */
static double over(int kind, double rate, double ceiling_db, const double *settings)
{
    ProcGang gang;
    start(&gang, rate, ceiling_db, settings[0]);
    gang_close(&gang);
    params[0][RELEASE] = settings[1];
    params[0][STYLE] = settings[2];
    params[0][HOLD] = settings[3];
    gang_open(&gang, gang.desc, rate, 0, 1, (const double(*)[QM_MAX_PARAMS])params);
    for (uint32_t i = 0; i < SPAN; i++)
        rows[i] = i > SPAN - 2000 ? qm_vec(0)
                                  : (QmVec){(float)cruel(kind, i),
                                            (float)(0.5 * cruel(kind, i + 77))};
    gang_run(&gang, rows, NULL, SPAN, QM_QUANTUM);
    gang_close(&gang);
    double most = 0;
    for (uint32_t side = 0; side < 2; side++)
        most = fmax(most, fmax(true_peak_16x(rows, SPAN, side, 128),
                               true_peak_16x(rows, SPAN, side, 24)));
    return 20 * log10(most) - ceiling_db;
}

static void test_no_true_peak_is_above_the_ceiling(void **unused)
{
    (void)unused;
    static const double rates[] = {44100, 48000, 96000}, ceilings[] = {-0.1, -1, -6};
    static const double settings[][4] = {{5, 100, 0, 8},
                                         {1.5, 10, 0, 8},
                                         {10, 30, LOUD, 8},
                                         {0.5, 1, 0, 0}};
    uint32_t failures = 0;
    for (int kind = 0; kind < CRUEL; kind++)
        for (int k = 0; k < 4; k++) {
            const double rate = rates[(k + kind) % 3], ceiling = ceilings[k % 3];
            const double got = over(kind, rate, ceiling, settings[(k + kind / 3) % 4]);
            if (got < 0.05 && !getenv("QM_TELL"))
                continue;
            print_message("signal %d at %d, ceiling %d/10 dB: %d mdB over\n", kind,
                          (int)rate, (int)(10 * ceiling), (int)(1000 * got));
            failures += !(got < 0.05);
        }
    assert_int_equal(failures, 0);
}

/* No more margin than it needs. */
static void test_a_tone_reaches_the_ceiling(void **unused)
{
    (void)unused;
    static const double tones[][2] = {/* cycles a frame, below the ceiling in dB */
                                      {1 / 6.0, 0.03},
                                      {0.02, 0.02},
                                      {0.25, 0.05},
                                      {0.4, 0.06},
                                      {0.45, 0.1}};
    for (uint32_t k = 0; k < QM_COUNT(tones); k++) {
        ProcGang gang;
        start(&gang, 48000, -1, 5);
        for (uint32_t i = 0; i < N; i++)
            rows[i] = qm_vec((float)(2 * sin(2 * PI * tones[k][0] * i + 0.1)));
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
        double power = 0;
        for (uint32_t i = N - 6000; i < N; i++)
            power += (double)rows[i][0] * (double)rows[i][0] / 3000;
        const double got = 10 * log10(power) + 1;
        if (!(got <= 0.01 && got > -tones[k][1]))
            fail_msg("%d/1000: %d thousandths of a dB", (int)(1000 * tones[k][0]),
                     (int)(1000 * got));
        gang_close(&gang);
    }
}

/* Loud: below the line nothing is bent, and nothing is late by other than it says. */
static void test_loud_leaves_the_quiet_alone(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000, -1, 5);
    gang_close(&gang);
    params[0][STYLE] = LOUD;
    gang_open(&gang, gang.desc, 48000, 0, 1, (const double(*)[QM_MAX_PARAMS])params);
    for (uint32_t i = 0; i < N; i++)
        input[i] = rows[i] = qm_vec((float)(0.6 * sin(0.1 * i)));
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const uint32_t late = latency(&gang);
    for (uint32_t i = late + 100; i < N; i++)
        assert_true(fabsf(rows[i][0] - input[i - late][0]) < 1e-5f);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sliding_minimum),
        cmocka_unit_test(test_the_smoother_is_three_boxes),
        cmocka_unit_test(test_no_sample_is_above_the_ceiling),
        cmocka_unit_test(test_a_new_ceiling),
        cmocka_unit_test(test_below_the_ceiling_it_is_a_delay),
        cmocka_unit_test(test_nothing_drifts),
        cmocka_unit_test(test_the_gain_has_no_corners),
        cmocka_unit_test(test_release_takes_its_time),
        cmocka_unit_test(test_release_adapts),
        cmocka_unit_test(test_both_sides_move_together),
        cmocka_unit_test(test_bass_is_turned_down_not_bent),
        cmocka_unit_test(test_no_true_peak_is_above_the_ceiling),
        cmocka_unit_test(test_a_tone_reaches_the_ceiling),
        cmocka_unit_test(test_loud_leaves_the_quiet_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
