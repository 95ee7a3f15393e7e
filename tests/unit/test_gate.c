/* The gate's promises: the expander's line, two thresholds and a hold, times, range, an
 * open gate that is not there, look-ahead, what it tells. */
#include "tests/support/levels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { N = 1 << 16 };
static QmVec rows[N], input[N], key[N];

static void start(ProcGang *gang) { open_with(gang, "gate", 48000, NULL, 0); }

/* Gain in dB where a constant input ends up. */
static double settled(ProcGang *gang, double in_db)
{
    gang_reset(gang);
    constant_rows(rows, N, in_db, in_db);
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
    return db_of((double)rows[N - 1][0]) - in_db;
}

static void test_the_line(void **unused)
{
    (void)unused;
    static const double settings[][3] = {{-40, 2, 80},  {-20, 4, 30},   {-30, 1.5, 100},
                                         {-10, 10, 60}, {-40, 100, 80}, {-50, 1, 80}};
    for (uint32_t k = 0; k < QM_COUNT(settings); k++) {
        const double *const s = settings[k];
        ProcGang gang;
        start(&gang);
        set(&gang, "threshold", s[0]);
        set(&gang, "ratio", s[1]);
        set(&gang, "range", s[2]);
        for (double in = -99.3; in <= 6; in += 3.7) {
            const double line = in < s[0] ? (s[1] - 1) * (in - s[0]) : 0;
            const double gain = line > -s[2] ? line : -s[2];
            assert_true(fabs(settled(&gang, in) - gain) < 0.01);
        }
        gang_close(&gang);
    }
}

/* How often the gate changes between more and less than half open. */
static uint32_t changes(ProcGang *gang, const QmVec *from)
{
    uint32_t n = 0;
    bool was = false;
    gang_reset(gang);
    memcpy(rows, from, sizeof rows);
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
    for (uint32_t i = 0; i < N; i++) {
        const bool open = fabs((double)rows[i][1]) > 0.5 * fabs((double)from[i][1]);
        n += open != was;
        was = open;
    }
    return n;
}

/* A tone that dies away in noise: 40 dB in 1.4 seconds, through the threshold of -30 dB;
 * lane 1 has a constant in it by which the gain can be read. */
static void test_a_noisy_decay_opens_and_closes_once(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    noise_rows(input, N, 5, gain_of(-38));
    for (uint32_t i = 0; i < N; i++) {
        const double x = gain_of(-22 - 40.0 * i / N) * sin(2 * M_PI * 400 / 48000 * i);
        input[i] = (QmVec){(float)x + input[i][0], (float)gain_of(-60)};
    }
    set(&gang, "threshold", -30);
    set(&gang, "attack", 0.01);
    set(&gang, "release", 1);
    set(&gang, "hold", 2); /* half a wave is 1.25 ms */
    assert_true(changes(&gang, input) == 2);
    set(&gang, "hysteresis", 0);
    assert_true(changes(&gang, input) > 8); /* noise alone brings it back */
    set(&gang, "hysteresis", 6);
    set(&gang, "hold", 0);
    assert_true(changes(&gang, input) > 100); /* it follows the wave */
    gang_close(&gang);
}

/* Which levels open and which close it. */
static void test_two_thresholds(void **unused)
{
    (void)unused;
    static const double levels[] = {-47, -41, -39, -41, -45.9, -46.1, -41, -39};
    static const bool open[] = {false, false, true, true, true, false, false, true};
    const uint32_t span = N / 8;
    ProcGang gang;
    start(&gang);
    set(&gang, "release", 10);
    for (uint32_t k = 0; k < 8; k++)
        constant_rows(rows + k * span, span, levels[k], levels[k]);
    memcpy(input, rows, sizeof rows);
    gang_run(&gang, rows, NULL, N, SPLIT_AT_RANDOM);
    for (uint32_t k = 0; k < 8; k++) {
        const uint32_t last = (k + 1) * span - 1;
        const double gain = db_of((double)rows[last][0] / (double)input[last][0]);
        assert_true(open[k] ? gain == 0 : gain < -70);
    }
    gang_close(&gang);
}

/* Opening covers 63 % of the gain within the attack, closing within the release after the
 * hold; 0.7 % of the way are 2 % of the time. */
static void test_times(void **unused)
{
    (void)unused;
    static const double times[][3] = {{1, 20, 50}, {10, 0, 200}, {100, 300, 20}};
    const double part = 1 - exp(-1);
    for (uint32_t k = 0; k < QM_COUNT(times); k++) {
        const double *const ms = times[k];
        ProcGang gang;
        start(&gang);
        set(&gang, "attack", ms[0]);
        set(&gang, "hold", ms[1]);
        set(&gang, "release", ms[2]);
        const uint32_t on = 100, off = 48000, a = (uint32_t)(48 * ms[0]),
                       h = (uint32_t)(48 * ms[1]), r = (uint32_t)(48 * ms[2]);
        constant_rows(rows, N, -60, -60);
        constant_rows(rows + on, off - on, -20, -20);
        gang_run(&gang, rows, NULL, N, SPLIT_AT_RANDOM);
        const double opening = (double)rows[on + a - 1][0] / gain_of(-20);
        assert_true(fabs(opening - part) < 0.007);
        for (uint32_t i = off; i < off + h; i++)
            assert_true(rows[i][0] == (float)gain_of(-60));
        assert_true(rows[off + h + 5][0] < (float)gain_of(-60));
        const double closing = (double)rows[off + h + r - 1][0] / gain_of(-60);
        assert_true(fabs(closing - (1 - part)) < 0.007);
        gang_close(&gang);
    }
}

static void test_an_open_gate_is_not_there(void **unused)
{
    (void)unused;
    static const double attacks[] = {0.01, 1, 20};
    for (uint32_t k = 0; k < QM_COUNT(attacks); k++) {
        ProcGang gang;
        start(&gang);
        set(&gang, "attack", attacks[k]);
        set(&gang, "range", 80 - 30.0 * k);
        noise_rows(input, N, 9, 0.5);
        memcpy(rows, input, sizeof rows);
        gang_run(&gang, rows, NULL, N, SPLIT_AT_RANDOM);
        const uint32_t ready = (uint32_t)(10 * 48 * attacks[k]) + 10;
        assert_true(same_rows(rows, input, ready, N));
        assert_false(same_rows(rows, input, 0, ready));
        gang_close(&gang);
    }
}

static void test_lookahead_opens_before_the_stroke(void **unused)
{
    (void)unused;
    static const Setting settings[] = {{"lookahead", 5}, {"attack", 0.3}, {"hold", 1}};
    const uint32_t late = 240, on = 20000, off = 30000;
    ProcGang gang;
    open_with(&gang, "gate", 48000, settings, QM_COUNT(settings));
    assert_true(gang.desc->latency(gang.spec) == late);
    constant_rows(input, N, -70, -70);
    for (uint32_t i = on; i < off; i++)
        input[i] = qm_vec(i % 7 ? -0.5f : 0.5f);
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, NULL, N, SPLIT_AT_RANDOM);
    assert_true(db_of((double)rows[on - 1][0]) < -140); /* not before it is seen */
    assert_true(same_rows(rows + late, input, on, off));
    gang_close(&gang);
}

/* A kick in the key does not open a gate that listens to what lies above it. */
static void test_the_key_and_its_filter(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    constant_rows(input, N, -10, -10);
    tone_rows(key, N, 48000, 60, -20);
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, key, N, SPLIT_AT_RANDOM);
    assert_true(same_rows(rows, input, N / 2, N));
    set(&gang, "key-low-cut", 1000); /* 49 dB */
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, key, N, SPLIT_AT_RANDOM);
    assert_true(db_of((double)rows[N - 1][0]) < -80);
    gang_close(&gang);
}

static void test_readings(void **unused)
{
    (void)unused;
    double told[3], split[3];
    ProcGang gang;
    start(&gang);
    set(&gang, "range", 30);
    constant_rows(input, N, -60, -60);
    constant_rows(input + N / 2, N / 4, -10, -10);
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    gang.desc->read(gang.spec, gang.state[0], 0, told);
    assert_true(fabs(told[0] - 30) < 0.001);
    const double open = N / 4 + 960; /* 20 ms of hold */
    assert_true(fabs(told[2] - 100 * open / N) < 1e-9);
    const double release = 2400 * (1 - gain_of(-30)), attack = -48 * (1 - gain_of(-30));
    const double mean = gain_of(-30) + ((1 - gain_of(-30)) * open + release + attack) / N;
    assert_true(fabs(told[1] + db_of(mean)) < 0.02);
    gang_reset(&gang);
    memcpy(rows, input, sizeof rows);
    gang_run(&gang, rows, NULL, N, SPLIT_AT_RANDOM);
    gang.desc->read(gang.spec, gang.state[0], 0, split);
    assert_memory_equal(told, split, sizeof told);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_line),
        cmocka_unit_test(test_a_noisy_decay_opens_and_closes_once),
        cmocka_unit_test(test_two_thresholds),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_an_open_gate_is_not_there),
        cmocka_unit_test(test_lookahead_opens_before_the_stroke),
        cmocka_unit_test(test_the_key_and_its_filter),
        cmocka_unit_test(test_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
