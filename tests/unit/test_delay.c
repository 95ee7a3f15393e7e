/* tests: dsp/delay_line
 *
 * The delay's promises: echoes when and as loud as they are said to be, sides that
 * alternate, filters that act once a repeat, and changes of time without clicks. */
#include "tests/support/proc_harness.h"

#include "base/rand.h"
#include "dsp/delay_line.h"
#include "proc/cycle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TIME, FEEDBACK, PING_PONG, LOW_CUT, HIGH_CUT, WIDTH, MIX, MAX_TIME, SYNC };
enum { N = 1 << 16 };
static QmVec rows[N];
static double params[1][QM_MAX_PARAMS];

/* Echoes alone, unfiltered but for the lowest lows. */
static double *wet(void)
{
    qm_proc_defaults(qm_proc_find("delay"), 0, params[0]);
    params[0][MIX] = 100;
    params[0][LOW_CUT] = 10;
    return params[0];
}

static void start(ProcGang *gang)
{
    gang_open(gang, qm_proc_find("delay"), 48000, 0, 1,
              (const double(*)[QM_MAX_PARAMS])params);
}

static void impulse(ProcGang *gang, float left, float right)
{
    memset(rows, 0, sizeof rows);
    rows[0] = (QmVec){left, right};
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
}

static void test_a_ring_gives_back_what_was_written(void **unused)
{
    (void)unused;
    enum { COUNT = 4000, DELAY = 200 };
    QmRing ring = qm_ring(DELAY);
    static float items[DELAY + 4 * QM_RING_MARGIN], block[QM_BLOCK_ROOM];
    assert_true(qm_ring_items(&ring) <= QM_COUNT(items));
    for (uint32_t at = 0, n; at < COUNT; at += n) {
        n = 1 + (uint32_t)(qm_rand_bits(1, at) % QM_RING_BLOCK);
        for (uint32_t d = n; d <= DELAY && d <= at; d++) {
            const float *const from = items + qm_ring_back(&ring, d);
            for (uint32_t i = 0; i < n; i++)
                assert_true(from[i] == (float)(at + i - d));
        }
        for (uint32_t i = 0; i < n; i++)
            block[i] = (float)(at + i);
        qm_ring_write(&ring, items, block, n);
    }
}

static void test_echoes_come_in_time(void **unused)
{
    (void)unused;
    static const double times[] = {1, 1.3, 2, 100, 250};
    for (uint32_t k = 0; k < QM_COUNT(times); k++) {
        wet()[TIME] = times[k];
        params[0][FEEDBACK] = 50;
        ProcGang gang;
        start(&gang);
        impulse(&gang, 1, -0.5f);
        const uint32_t d = (uint32_t)(times[k] * 48 + 0.5);
        for (uint32_t i = 0; i < d; i++)
            assert_true(rows[i][0] == 0 && rows[i][1] == 0);
        assert_true(rows[d][0] == 1 && rows[d][1] == -0.5f);
        for (uint32_t e = 2; e < 6; e++) { /* the low cut takes 0.13 % each time */
            assert_true(fabs(rows[e * d][0] - pow(0.5, e - 1)) < 0.003);
            assert_true(fabs(rows[e * d][1] + pow(0.5, e)) < 0.003);
        }
        gang_close(&gang);
    }
}

static void test_dry_and_mix(void **unused)
{
    (void)unused;
    wet()[MIX] = 0;
    ProcGang gang;
    start(&gang);
    noise_rows(rows, N, 1, 0.5);
    static QmVec same[N];
    memcpy(same, rows, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == same[i][0] && rows[i][1] == same[i][1]);
    gang_set(&gang, 0, MIX, 50);
    gang_reset(&gang);
    impulse(&gang, 1, 1);
    assert_true(fabs(rows[0][0] - sqrt(0.5)) < 1e-6);
    assert_true(fabs(rows[18000][0] - sqrt(0.5)) < 1e-6);
    gang_close(&gang);
}

static void test_ping_pong(void **unused)
{
    (void)unused;
    wet()[TIME] = 100;
    params[0][FEEDBACK] = 80;
    params[0][PING_PONG] = 1;
    ProcGang gang;
    start(&gang);
    impulse(&gang, 0.5f, 1.5f);
    for (uint32_t e = 1; e < 10; e++) {
        const int side = (e - 1) % 2;
        assert_true(fabs(rows[4800 * e][side] - pow(0.8, e - 1)) < 0.02);
        assert_true(fabsf(rows[4800 * e][1 - side]) < 0.002f);
    }
    gang_close(&gang);
}

static const double PI = 3.14159265358979323846;

/* Level of a sine of `hz` in the frames [from, from + 4800), as an amplitude. */
static double level(uint32_t from, double hz)
{
    double sine = 0, cosine = 0;
    for (uint32_t i = 0; i < 4800; i++) {
        sine += (double)rows[from + i][0] * sin(2 * PI * hz * i / 48000);
        cosine += (double)rows[from + i][0] * cos(2 * PI * hz * i / 48000);
    }
    return sqrt(sine * sine + cosine * cosine) / 2400;
}

/* |g / (1 - (1 - g) z)| with the g that is at -3 dB at `cut`, and the bilinear s / (s +
 * w), at `hz`: by the text book. */
static double high_cut(double cut, double hz)
{
    const double c = cos(2 * PI * cut / 48000), x = cos(2 * PI * hz / 48000);
    const double b = 2 - c - sqrt((2 - c) * (2 - c) - 1);
    return (1 - b) / sqrt(1 + b * b - 2 * b * x);
}

static double low_cut(double cut, double hz)
{
    return 1 / sqrt(1 + pow(tan(PI * cut / 48000) / tan(PI * hz / 48000), 2));
}

static void test_filters_act_once_a_repeat(void **unused)
{
    (void)unused;
    static const double cases[][3] = {/* low-cut, high-cut, tone */
                                      {10, 4000, 4000},    {10, 4000, 1000},
                                      {10, 4000, 12000},   {10, 500, 5000},
                                      {500, 20000, 500},   {1000, 20000, 200},
                                      {2000, 20000, 2000}, {10, 20000, 1000}};
    for (uint32_t k = 0; k < QM_COUNT(cases); k++) {
        const double hz = cases[k][2];
        wet()[TIME] = 250;
        params[0][FEEDBACK] = 90;
        params[0][LOW_CUT] = cases[k][0];
        params[0][HIGH_CUT] = cases[k][1];
        ProcGang gang;
        start(&gang);
        for (uint32_t i = 0; i < N; i++)
            rows[i] = qm_vec(i < 9600 ? (float)sin(2 * PI * hz * i / 48000) : 0);
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
        double kept = low_cut(cases[k][0], hz);
        if (cases[k][1] < 20000)
            kept *= high_cut(cases[k][1], hz);
        if (hz == cases[k][0] || hz == cases[k][1]) /* -3 dB where it is told */
            assert_true(fabs(20 * log10(kept) + 3.0103) < 0.001);
        assert_true(fabs(level(12000 + 4800, hz) - 1) < 1e-4);
        for (uint32_t e = 2; e <= 4; e++) {
            const double now =
                level(12000 * e + 4800, hz) / level(12000 * (e - 1) + 4800, hz) / 0.9;
            assert_true(fabs(20 * log10(now / kept)) < 0.1);
        }
        gang_close(&gang);
    }
}

static void test_a_new_time_does_not_click(void **unused)
{
    (void)unused;
    wet()[TIME] = 300;
    params[0][FEEDBACK] = 60;
    ProcGang gang;
    start(&gang);
    for (uint32_t i = 0; i < N; i++) { /* swells, or its beginning would be a click */
        const double height = i < 4800 ? 0.5 - 0.5 * cos(PI * i / 4800) : 1;
        rows[i] = qm_vec((float)(height * sin(2 * PI * 200 * i / 48000)));
    }
    gang_run(&gang, rows, NULL, 30000, QM_QUANTUM);
    static const double times[] = {217, 3.3, 250, 251, 252, 90};
    for (uint32_t k = 0; k < QM_COUNT(times); k++) {
        gang_set(&gang, 0, TIME, times[k]);
        gang_run(&gang, rows + 30000 + 777 * k, NULL, 777, SPLIT_AT_RANDOM);
    }
    const uint32_t end = 30000 + 777 * QM_COUNT(times);
    gang_run(&gang, rows + end, NULL, N - end, QM_QUANTUM);
    /* the sine's own bend is 0.0007 of its height, the echoes' sum no more than 2.5 high
     */
    for (uint32_t i = 2; i < N; i++)
        assert_true(fabsf(rows[i][0] - 2 * rows[i - 1][0] + rows[i - 2][0]) < 0.006f);
    gang_close(&gang);
}

/* ---- sync ---- */

/* Tempo at a frame. */
typedef double Tempo(uint32_t frame);
static double bpm_120(uint32_t frame) { return (void)frame, 120; }
static double bpm_97(uint32_t frame) { return (void)frame, 97.3; }
static double bpm_jump(uint32_t frame) { return frame < 20032 ? 120 : 97.3; }
static double bpm_ramp(uint32_t frame) { return 120 + frame * (60.0 / N); }

/* rows[0, N) through one strip under a tempo, in calls of no more than `longest`
 * frames. */
static void play(Tempo *tempo, uint32_t longest)
{
    const QmProcDesc *const desc = qm_proc_find("delay");
    const QmProcSpec spec = {.rate_hz = 48000, .params = params[0]};
    float coeffs[QM_MAX_COEFFS], left[QM_QUANTUM], right[QM_QUANTUM];
    static _Alignas(64) char state[1 << 21];
    assert_true(qm_proc_state_size(desc, &spec) <= sizeof state);
    memset(state, 0, sizeof state);
    desc->reset(&spec, state);
    desc->update(&spec, params[0], coeffs);
    for (uint32_t at = 0, n; at < N; at += n) {
        const uint32_t since = at % QM_QUANTUM;
        n = QM_QUANTUM - since < longest ? QM_QUANTUM - since : longest;
        for (uint32_t i = 0; i < n; i++) {
            left[i] = rows[at + i][0];
            right[i] = rows[at + i][1];
        }
        desc->process_strip(&(QmStripCall){
            .spec = &spec,
            .time = {.frame = at, .since_grid = since, .bpm = tempo(at - since)},
            .coeffs = coeffs,
            .state = state,
            .left = left,
            .right = right,
            .n = n,
            .on_grid = (at + n) % QM_QUANTUM == 0});
        for (uint32_t i = 0; i < n; i++)
            rows[at + i] = (QmVec){left[i], right[i]};
    }
}

static void impulse_at(uint32_t frame)
{
    memset(rows, 0, sizeof rows);
    rows[frame] = (QmVec){1, -0.5f};
}

/* Echoes of every note length on their frames, and nothing elsewhere. */
static void test_synced_echoes_are_exact(void **unused)
{
    (void)unused;
    static const struct {
        const char *name;
        double beats;
    } notes[] = {{"1/64", 1 / 16.0}, {"1/16t", 1 / 6.0}, {"1/8t", 1 / 3.0},
                 {"1/16d", 0.375},   {"1/8", 0.5},       {"1/4t", 2 / 3.0},
                 {"1/8d", 0.75},     {"1/4", 1},         {"1/4d", 1.5}};
    const char *const *const names = qm_proc_find("delay")->params[SYNC].choices;
    for (uint32_t k = 0; k < 2 * QM_COUNT(notes); k++) {
        uint32_t sync = 0;
        while (strcmp(names[sync], notes[k / 2].name))
            sync++;
        wet()[SYNC] = sync;
        params[0][TIME] = 77; /* is not asked */
        params[0][FEEDBACK] = 50;
        const double bpm = k % 2 ? 97.3 : 120;
        const uint32_t d = (uint32_t)floor(notes[k / 2].beats * 60 / bpm * 48000 + 0.5);
        impulse_at(0);
        play(k % 2 ? bpm_97 : bpm_120, QM_QUANTUM);
        for (uint32_t i = 0; i < d; i++)
            assert_true(rows[i][0] == 0 && rows[i][1] == 0);
        for (uint32_t e = 1; e * d < N && e < 5; e++) {
            assert_true(fabs(rows[e * d][0] - pow(0.5, e - 1)) < 0.003);
            assert_true(fabs(rows[e * d][1] + pow(0.5, e)) < 0.003);
        }
    }
}

/* After a change of tempo, and the fade, echoes come at the new distance; the step
 * answers on the grid line where the tempo does, however calls are split. */
static void test_a_new_tempo_is_followed(void **unused)
{
    (void)unused;
    enum { EIGHTH = 7 };
    static QmVec whole[N];
    wet()[SYNC] = EIGHTH;
    params[0][FEEDBACK] = 0;
    const uint32_t before = 12000;
    const uint32_t d = (uint32_t)floor(0.5 * 60 / 97.3 * 48000 + 0.5);
    impulse_at(7000);
    play(bpm_jump, QM_QUANTUM);
    assert_true(rows[7000 + before][0] == 1);
    impulse_at(21000); /* the fade is over at 20032 + 960 */
    play(bpm_jump, QM_QUANTUM);
    assert_true(rows[21000 + d][0] == 1 && rows[21000 + before][0] == 0);
    impulse_at(20032 + 480 - before); /* heard at both places in the middle of the fade */
    play(bpm_jump, QM_QUANTUM);
    assert_true(fabs(rows[20032 + 480][0] - 0.5) < 0.01);

    noise_rows(rows, N, 3, 0.5);
    memcpy(whole, rows, sizeof whole);
    play(bpm_ramp, QM_QUANTUM);
    static QmVec once[N];
    memcpy(once, rows, sizeof once);
    memcpy(rows, whole, sizeof rows);
    play(bpm_ramp, 7);
    for (uint32_t i = 0; i < N; i++)
        assert_true(rows[i][0] == once[i][0] && rows[i][1] == once[i][1]);
}

/* While the tempo glides, an echo is never farther from where the tempo has it than the
 * tempo moves in two fades. */
static void test_a_ramp_is_followed(void **unused)
{
    (void)unused;
    wet()[SYNC] = 7;
    params[0][FEEDBACK] = 0;
    for (uint32_t at = 100; at < 40000; at += 4321) {
        impulse_at(at);
        play(bpm_ramp, QM_QUANTUM);
        double sum = 0, moment = 0;
        for (uint32_t i = at; i < N; i++) {
            sum += (double)rows[i][0];
            moment += (double)rows[i][0] * i;
        }
        const double heard = moment / sum; /* of what may be two places in a fade */
        const double now = bpm_ramp((uint32_t)heard);
        const double then = bpm_ramp((uint32_t)heard - 2 * 960 - 64);
        assert_true(sum > 0.5 && sum < 1.5);
        assert_true(heard - at > 0.5 * 60 / now * 48000 - 2);
        assert_true(heard - at < 0.5 * 60 / then * 48000 + 2);
    }
}

/* What max-time does not hold is halved until it does: it stays in the rhythm. */
static void test_too_long_a_note_is_halved(void **unused)
{
    (void)unused;
    static const struct {
        double max_time;
        uint32_t sync, frames;
    } cases[] = {{500, QM_SYNC_QUARTER, 24000},
                 {499, QM_SYNC_QUARTER, 12000},
                 {200, 16, 6000},
                 {700, 11, 32000},
                 {600, 11, 16000},
                 {1, QM_SYNC_QUARTER, 47}};
    for (uint32_t k = 0; k < QM_COUNT(cases); k++) {
        wet()[SYNC] = cases[k].sync;
        params[0][MAX_TIME] = cases[k].max_time;
        params[0][FEEDBACK] = 0;
        impulse_at(0);
        play(bpm_120, QM_QUANTUM);
        for (uint32_t i = 0; i < N; i++)
            assert_true((rows[i][0] == 1) == (i == cases[k].frames));
    }
}

/* From the last input on, the tail is enough for -120 dB at any tempo. */
static void test_a_synced_tail_is_enough(void **unused)
{
    (void)unused;
    const QmProcDesc *const desc = qm_proc_find("delay");
    wet()[SYNC] = QM_SYNC_QUARTER;
    params[0][FEEDBACK] = 10; /* six echoes to -120 dB, and the first */
    params[0][MAX_TIME] = 125;
    const QmProcSpec spec = {.rate_hz = 48000, .params = params[0]};
    const uint64_t tail = desc->tail(&spec, params[0]);
    assert_true(tail >= 7 * 6000 && tail < 9 * 6000 + 24000);
    impulse_at(0);
    play(bpm_120, QM_QUANTUM);
    assert_true(fabsf(rows[6 * 6000][0]) > 1e-6f);
    for (uint32_t i = (uint32_t)tail; i < N; i++)
        assert_true(fabsf(rows[i][0]) < 1e-6f);
}

static void test_time_is_at_most_what_memory_holds(void **unused)
{
    (void)unused;
    wet()[TIME] = 1000;
    params[0][MAX_TIME] = 50;
    ProcGang gang;
    start(&gang);
    assert_true(qm_proc_state_size(gang.desc, &gang.spec[0]) < 2 * 4 * (2400 + 400));
    impulse(&gang, 1, 1);
    assert_true(rows[2400][0] == 1);
    gang_close(&gang);
}

static void test_the_most_feedback_dies_away(void **unused)
{
    (void)unused;
    wet()[TIME] = 10;
    params[0][FEEDBACK] = 98;
    ProcGang gang;
    start(&gang);
    impulse(&gang, 1, 1);
    const uint64_t tail = gang.desc->tail(&gang.spec[0], gang.params[0]);
    assert_true(tail > 600 * 480 && tail < 800 * 480);
    float most = 0;
    for (uint32_t i = N - 1000; i < N; i++)
        most = fabsf(rows[i][0]) > most ? fabsf(rows[i][0]) : most;
    assert_true(most > 0.01f && most < 0.1f); /* 0.98^136, less the lowest lows */
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_ring_gives_back_what_was_written),
        cmocka_unit_test(test_echoes_come_in_time),
        cmocka_unit_test(test_dry_and_mix),
        cmocka_unit_test(test_ping_pong),
        cmocka_unit_test(test_filters_act_once_a_repeat),
        cmocka_unit_test(test_a_new_time_does_not_click),
        cmocka_unit_test(test_synced_echoes_are_exact),
        cmocka_unit_test(test_a_new_tempo_is_followed),
        cmocka_unit_test(test_a_ramp_is_followed),
        cmocka_unit_test(test_too_long_a_note_is_halved),
        cmocka_unit_test(test_a_synced_tail_is_enough),
        cmocka_unit_test(test_time_is_at_most_what_memory_holds),
        cmocka_unit_test(test_the_most_feedback_dies_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
