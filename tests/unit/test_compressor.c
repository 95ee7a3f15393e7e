/* The compressor's promises in decibels: the curve, the times, the link, the key and its
 * filter, the mix, the look-ahead, what it tells of its work. */
#include "tests/support/levels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { N = 1 << 16 };
static QmVec rows[N], key[N], input[N];

static void start(ProcGang *gang, double rate)
{
    open_with(gang, "compressor", rate, NULL, 0);
}

/* Where a constant input of both channels ends up. */
static double settled(ProcGang *gang, double in_db)
{
    gang_reset(gang);
    constant_rows(rows, N, in_db, in_db);
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
    return db_of((double)rows[N - 1][0]);
}

/* The curve as a text book writes it. */
static double curve(double in, double threshold, double ratio, double knee)
{
    const double over = in - threshold, bent = over + knee / 2;
    if (2 * over <= -knee)
        return in;
    if (2 * over < knee)
        return in + (1 / ratio - 1) * bent * bent / (2 * knee);
    return threshold + over / ratio;
}

static void test_the_curve(void **unused)
{
    (void)unused;
    static const double settings[][3] = {{-20, 4, 0}, {-20, 4, 12}, {-40, 100, 6},
                                         {-10, 1, 6}, {-80, 2, 24}, {0, 20, 24}};
    for (uint32_t k = 0; k < QM_COUNT(settings); k++) {
        const double *const s = settings[k];
        ProcGang gang;
        start(&gang, 48000);
        set(&gang, "threshold", s[0]);
        set(&gang, "ratio", s[1]);
        set(&gang, "knee", s[2]);
        for (double in = -100; in <= 12; in += 3.7)
            assert_true(fabs(settled(&gang, in) - curve(in, s[0], s[1], s[2])) < 0.001);
        gang_close(&gang);
    }
}

static void test_makeup_and_mix(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000);
    set(&gang, "knee", 0);
    set(&gang, "makeup", 5);
    assert_true(fabs(settled(&gang, -2) - (curve(-2, -18, 4, 0) + 5)) < 0.001);
    set(&gang, "mix", 25);
    const double wet = pow(10, (curve(-2, -18, 4, 0) + 5) / 20), dry = pow(10, -2.0 / 20);
    assert_true(fabs(settled(&gang, -2) - 20 * log10(0.25 * wet + 0.75 * dry)) < 0.001);
    set(&gang, "mix", 0);
    noise_rows(rows, N, 1, 1);
    memcpy(key, rows, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    for (uint32_t i = 0; i < N; i++) /* all dry: the input, bit by bit */
        assert_true(rows[i][0] == key[i][0] && rows[i][1] == key[i][1]);
    gang_close(&gang);
}

/* After the time of a step the reduction, in dB, has come 63 % of its way; where it is
 * within 0.7 % of the whole way, the time is right within 2 %. */
static void check_times(double rate, double attack_ms, double release_ms)
{
    const double part = 1 - exp(-1), full = 20 * (1 - 1 / 4.0); /* of -18 + 20 dB */
    ProcGang gang;
    start(&gang, rate);
    set(&gang, "knee", 0);
    set(&gang, "attack", attack_ms);
    set(&gang, "release", release_ms);
    const uint32_t a = (uint32_t)(attack_ms / 1000 * rate),
                   r = (uint32_t)(release_ms / 1000 * rate);
    constant_rows(rows, a, 2, 2);
    gang_run(&gang, rows, NULL, a, QM_QUANTUM);
    assert_true(fabs(2 - db_of((double)rows[a - 1][0]) - part * full) < 0.007 * full);
    for (int k = 0; k < 12; k++) { /* to rest, reduced by `full` */
        constant_rows(rows, a, 2, 2);
        gang_run(&gang, rows, NULL, a, QM_QUANTUM);
    }
    uint32_t left = r;
    while (left > 0) { /* a level below the threshold, so that the gain can be read */
        const uint32_t n = left < N ? left : N;
        constant_rows(rows, n, -30, -30);
        gang_run(&gang, rows, NULL, n, QM_QUANTUM);
        left -= n;
        if (left == 0)
            assert_true(fabs(-30 - db_of((double)rows[n - 1][0]) - (1 - part) * full) <
                        0.007 * full);
    }
    gang_close(&gang);
}

static void test_attack_and_release_are_63_percent(void **unused)
{
    (void)unused;
    check_times(48000, 10, 100);
    check_times(44100, 1, 1000);
    check_times(192000, 300, 5000); /* steps far below what a float of 15 dB can hold */
}

static void test_the_louder_channel_decides_for_both(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000);
    set(&gang, "knee", 0);
    constant_rows(rows, N, -30, -2);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const double reduction = curve(-2, -18, 4, 0) + 2;
    assert_true(fabs(db_of((double)rows[N - 1][1]) - (-2 + reduction)) < 0.001);
    assert_true(fabs(db_of((double)rows[N - 1][0]) - (-30 + reduction)) < 0.001);
    gang_close(&gang);
}

/* A sine's rms is 3 dB below its peak, one channel alone counts half: 3 dB more. */
static void test_rms_listens_to_mean_power(void **unused)
{
    (void)unused;
    for (int one_channel = 0; one_channel < 2; one_channel++) {
        ProcGang gang;
        start(&gang, 48000);
        set(&gang, "detector", 1);
        set(&gang, "knee", 0);
        set(&gang, "attack", 100);
        set(&gang, "release", 100);
        tone_rows(rows, N, 48000, 1000, 0);
        for (uint32_t i = 0; one_channel && i < N; i++)
            rows[i][1] = 0;
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
        float peak = 0;
        for (uint32_t i = N - 4800; i < N; i++)
            peak = fmaxf(peak, rows[i][0]);
        const double in = one_channel ? -6.02 : -3.01;
        assert_true(fabs(db_of((double)peak) - (curve(in, -18, 4, 0) - in)) < 0.1);
        gang_close(&gang);
    }
}

static void test_the_key_decides(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000);
    set(&gang, "knee", 0);
    constant_rows(rows, N, -40, -40);
    constant_rows(key, N, -2, -60);
    gang_run(&gang, rows, key, N, QM_QUANTUM);
    assert_true(fabs(db_of((double)rows[N - 1][0]) - (-40 + curve(-2, -18, 4, 0) + 2)) <
                0.001);
    constant_rows(rows, N, -1, -1);
    constant_rows(key, N, -60, -60);
    gang_reset(&gang);
    gang_run(&gang, rows, key, N, QM_QUANTUM);
    assert_true(fabs(db_of((double)rows[N - 1][0]) - -1) < 0.001);
    gang_close(&gang);
}

/* ---- the key's filter ---- */

/* The level that the detector finds, from the reduction of a quiet input by a tone in the
 * key: 100:1 above -80 dB. */
static double heard(ProcGang *gang, double rate, double hz)
{
    const uint32_t n = N;
    gang_reset(gang);
    constant_rows(rows, n, -60, -60);
    tone_rows(key, n, rate, hz, 0);
    gang_run(gang, rows, key, n, QM_QUANTUM);
    double sum = 0;
    for (uint32_t i = n / 2; i < n; i++)
        sum += db_of((double)rows[i][0]);
    return -80 + (-60 - sum / (n - n / 2)) / 0.99;
}

/* Butterworth's power response, through the bilinear transform. */
static double butterworth(double hz, double corner_hz, double rate, bool high_pass)
{
    const double w = tan(M_PI * hz / rate) / tan(M_PI * corner_hz / rate);
    return -10 * log10(1 + pow(w, high_pass ? -4 : 4));
}

static void test_the_key_filter_is_butterworth(void **unused)
{
    (void)unused;
    static const Setting settings[] = {{"threshold", -80}, {"ratio", 100},
                                       {"knee", 0},        {"detector", 1},
                                       {"rms-time", 100},  {"release", 100},
                                       {"attack", 100}};
    static const double octaves[] = {0.25, 0.5, 1, 2, 4};
    for (int high_pass = 0; high_pass < 2; high_pass++) {
        const double corner = high_pass ? 400 : 3000;
        ProcGang gang;
        open_with(&gang, "compressor", 48000, settings, QM_COUNT(settings));
        for (uint32_t k = 0; k < QM_COUNT(octaves); k++) {
            const double hz = corner * octaves[k];
            set(&gang, "key-low-cut", 20);
            set(&gang, "key-high-cut", 20000);
            const double without = heard(&gang, 48000, hz);
            assert_true(fabs(without + 3.0103) < 0.05); /* the power of a sine */
            set(&gang, high_pass ? "key-low-cut" : "key-high-cut", corner);
            const double found = heard(&gang, 48000, hz) - without;
            assert_true(fabs(found - butterworth(hz, corner, 48000, high_pass)) < 0.05);
        }
        gang_close(&gang);
    }
}

/* It is on what is listened to, with and without a key, and never heard itself. */
static void test_the_key_filter_is_not_heard(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 48000);
    set(&gang, "key-low-cut", 2000);
    tone_rows(rows, N, 48000, 100, -6); /* 26 dB over, but 52 dB down in the detector */
    memcpy(input, rows, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    assert_true(same_rows(rows, input, N / 2, N));
    gang_close(&gang);
}

/* Strip 0, alone or beside another, switches its filter on and off; something infinite
 * comes by while it is off. */
static void switching(bool beside, QmVec *out)
{
    static double params[2][QM_MAX_PARAMS];
    const QmProcDesc *const desc = qm_proc_find("compressor");
    const uint32_t cut = (uint32_t)qm_proc_find_param(desc, 0, "key-low-cut");
    ProcGang gang;
    qm_proc_defaults(desc, 0, params[0]);
    qm_proc_defaults(desc, 0, params[1]);
    params[1][cut] = 300;
    gang_open(&gang, desc, 48000, 0, beside ? 2 : 1, params);
    noise_rows(out, N, 7, 0.9);
    out[5003][0] = out[5003][1] = (float)INFINITY;
    static const double cuts[] = {20, 500, 20, 20, 5000, 20, 800, 20};
    for (uint32_t k = 0, at = 0; k < QM_COUNT(cuts); k++, at += N / 8) {
        gang_set(&gang, 0, cut, cuts[k]);
        gang_run(&gang, out + at, NULL, N / 8, SPLIT_AT_RANDOM);
    }
    gang_close(&gang);
}

static void test_a_neighbours_key_filter_changes_no_bit(void **unused)
{
    (void)unused;
    switching(false, rows);
    switching(true, key);
    assert_true(same_rows(rows, key, 0, N));
}

/* ---- look-ahead ---- */

static const Setting looking[] = {{"lookahead", 5},
                                  {"attack", 1},
                                  {"release", 200},
                                  {"knee", 0}};
enum { LATE = 240 }; /* 5 ms at 48 kHz */

static void test_lookahead_is_the_latency(void **unused)
{
    (void)unused;
    ProcGang gang;
    open_with(&gang, "compressor", 48000, looking, QM_COUNT(looking));
    assert_true(gang.desc->latency(gang.spec) == LATE);
    set(&gang, "ratio", 1);
    noise_rows(input, N, 3, 1);
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, NULL, N, SPLIT_AT_RANDOM);
    assert_true(same_rows(rows + LATE, input, 0, N - LATE)); /* late and nothing else */
    gang_close(&gang);
}

/* Five attacks before the step the reduction begins; with the step 99 % of it are there,
 * and none of it is given up before the loud part has passed. */
static void test_lookahead_is_there_before_the_transient(void **unused)
{
    (void)unused;
    const uint32_t on = 9600, off = 28800;
    const double full = curve(-2, -18, 4, 0) + 2;
    ProcGang gang;
    open_with(&gang, "compressor", 48000, looking, QM_COUNT(looking));
    constant_rows(rows, N, -40, -40);
    constant_rows(rows + on, off - on, -2, -2);
    gang_run(&gang, rows, NULL, N, SPLIT_AT_RANDOM);
    const double before = db_of((double)rows[on - 1][0]);
    assert_true(fabs(before + 40) < 1e-4); /* nothing until it is seen */
    assert_true(db_of((double)rows[on + LATE - 1][0]) + 40 < 0.99 * full);
    assert_true(db_of((double)rows[on + LATE][0]) + 2 < 0.99 * full);
    assert_true(fabs(db_of((double)rows[off + LATE - 1][0]) + 2 - full) < 0.001);
    /* and it lets go from then on: 63 % of the way after a release */
    const double back = db_of((double)rows[off + LATE + 9600][0]) + 40;
    assert_true(fabs(back - full * exp(-1)) < 0.007 * -full);
    gang_close(&gang);
}

/* ---- automation ---- */

/* A makeup of +-6 dB that swings once a second, told anew in every quantum: beside the
 * smooth swing what is left lies below -80 dB. */
static void test_a_swept_makeup_has_no_steps(void **unused)
{
    (void)unused;
    const uint32_t makeup =
        (uint32_t)qm_proc_find_param(qm_proc_find("compressor"), 0, "makeup");
    ProcGang gang;
    double most = 0;
    start(&gang, 48000);
    set(&gang, "ratio", 1);
    constant_rows(rows, N, 0, 0);
    for (uint32_t at = 0; at < N; at += QM_QUANTUM) {
        const double arrives = at + QM_RAMP; /* a ramp later */
        gang_set(&gang, 0, makeup, 6 * sin(2 * M_PI * arrives / 48000));
        gang_run(&gang, rows + at, NULL, QM_QUANTUM, QM_QUANTUM);
    }
    for (uint32_t i = 0; i < N; i++) {
        const double smooth = gain_of(6 * sin(2 * M_PI * (i + 1) / 48000));
        most = fmax(most, fabs((double)rows[i][0] - smooth));
    }
    assert_true(db_of(most) < -80);
    gang_close(&gang);
}

/* ---- readings ---- */

static void test_readings(void **unused)
{
    (void)unused;
    ProcGang gang;
    double told[2];
    start(&gang, 48000);
    set(&gang, "knee", 0);
    gang.desc->read(gang.spec, gang.state[0], 0, told);
    assert_true(told[0] == 0 && told[1] == 0);
    constant_rows(input, N, -2, -10);
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    gang.desc->read(gang.spec, gang.state[0], 0, told);
    assert_true(fabs(told[0] - 12) < 0.001);
    const double mean = 12 * (1 - 480.0 / N); /* 10 ms of attack are missing in it */
    assert_true(fabs(told[1] - mean) < 0.01);
    double split[2];
    gang_reset(&gang);
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, NULL, N, SPLIT_AT_RANDOM);
    gang.desc->read(gang.spec, gang.state[0], 0, split);
    assert_true(split[0] == told[0] && split[1] == told[1]);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_curve),
        cmocka_unit_test(test_makeup_and_mix),
        cmocka_unit_test(test_attack_and_release_are_63_percent),
        cmocka_unit_test(test_the_louder_channel_decides_for_both),
        cmocka_unit_test(test_rms_listens_to_mean_power),
        cmocka_unit_test(test_the_key_decides),
        cmocka_unit_test(test_the_key_filter_is_butterworth),
        cmocka_unit_test(test_the_key_filter_is_not_heard),
        cmocka_unit_test(test_a_neighbours_key_filter_changes_no_bit),
        cmocka_unit_test(test_lookahead_is_the_latency),
        cmocka_unit_test(test_lookahead_is_there_before_the_transient),
        cmocka_unit_test(test_a_swept_makeup_has_no_steps),
        cmocka_unit_test(test_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
