/* The ducker's promises: the depth exactly and nothing at rest, the way through the knee,
 * times, hold, the key's filter, look-ahead, what it tells. */
#include "tests/support/levels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { N = 1 << 16 };
static QmVec rows[N], input[N], key[N];

static void start(ProcGang *gang) { open_with(gang, "ducker", 48000, NULL, 0); }

/* Music under a key: noise, the same at each call. */
static void duck(ProcGang *gang, uint32_t longest)
{
    memcpy(rows, input, sizeof rows);
    gang_reset(gang);
    gang_run(gang, rows, key, N, longest);
}

/* The gain of frame i in dB. */
static double gain_at(uint32_t i)
{
    return db_of((double)rows[i][0] / (double)input[i][0]);
}

/* -depth from threshold + knee on however loud the key is, in a straight line from the
 * threshold, nothing below. */
static void test_the_depth(void **unused)
{
    (void)unused;
    static const double settings[][3] = {{-30, 6, 12}, {-50, 24, 40}, {-10, 0, 3}};
    noise_rows(input, N, 4, 0.5);
    for (uint32_t k = 0; k < QM_COUNT(settings); k++) {
        const double *const s = settings[k];
        ProcGang gang;
        start(&gang);
        set(&gang, "threshold", s[0]);
        set(&gang, "knee", s[1]);
        set(&gang, "depth", s[2]);
        for (double level = -70; level < 12; level += 2.9) {
            const double share = (level - s[0]) / (s[1] > 0 ? s[1] : 1e-3);
            const double down = share < 0 ? 0 : share > 1 ? s[2] : share * s[2];
            constant_rows(key, N, -90, level);
            duck(&gang, QM_QUANTUM);
            assert_true(fabs(gain_at(N - 1) + down) < 1e-3 * s[2] + 1e-4);
            if (share < 0)
                assert_true(same_rows(rows, input, 0, N));
            for (uint32_t i = N / 2; share > 1 && i < N; i += 99)
                assert_true(fabs(gain_at(i) + s[2]) < 1e-4);
        }
        gang_close(&gang);
    }
}

/* 63 % of the way down within the attack; down for the hold; 63 % of the way up within
 * the release; then the input again, bit for bit. 0.7 % of the way are 2 % of the time.
 */
static void test_times(void **unused)
{
    (void)unused;
    static const double times[][3] = {{10, 50, 250}, {1, 0, 40}, {100, 200, 20}};
    const double part = 1 - exp(-1);
    for (uint32_t k = 0; k < QM_COUNT(times); k++) {
        const double *const ms = times[k];
        const uint32_t on = 100, off = on + (uint32_t)(480 * ms[0]),
                       a = (uint32_t)(48 * ms[0]), h = (uint32_t)(48 * ms[1]),
                       r = (uint32_t)(48 * ms[2]);
        ProcGang gang;
        start(&gang);
        set(&gang, "attack", ms[0]);
        set(&gang, "hold", ms[1]);
        set(&gang, "release", ms[2]);
        noise_rows(input, N, 4, 0.5);
        constant_rows(key, N, -80, -80);
        constant_rows(key + on, off - on, -10, -60);
        for (uint32_t i = 0; i < N; i++) /* so that the gain can be read */
            input[i][0] = input[i][0] < 0 ? -0.5f : 0.5f;
        duck(&gang, SPLIT_AT_RANDOM);
        assert_true(same_rows(rows, input, 0, on));
        assert_true(fabs(gain_at(on + a - 1) + 12 * part) < 0.007 * 12);
        for (uint32_t i = off - 1; i < off + h; i++)
            assert_true(fabs(gain_at(i) + 12) < 1e-4);
        assert_true(fabs(gain_at(off + h + r - 1) + 12 * (1 - part)) < 0.007 * 12);
        if (off + h + 9 * r < N)
            assert_true(same_rows(rows, input, off + h + 9 * r, N));
        gang_close(&gang);
    }
}

/* A tone in the key is no string of half waves. */
static void test_the_hold_bridges_the_wave(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    set(&gang, "release", 1);
    set(&gang, "hold", 10);
    constant_rows(input, N, -6, -6);
    tone_rows(key, N, 48000, 55, -10);
    duck(&gang, SPLIT_AT_RANDOM);
    for (uint32_t i = N / 2; i < N; i++)
        assert_true(fabs(gain_at(i) + 12) < 1e-4);
    set(&gang, "hold", 0);
    duck(&gang, SPLIT_AT_RANDOM);
    double highest = -12;
    for (uint32_t i = N / 2; i < N; i++)
        highest = gain_at(i) > highest ? gain_at(i) : highest;
    assert_true(highest > -10);
    gang_close(&gang);
}

/* Down by 98 % before the first frame of the word arrives, and down until its last. */
static void test_lookahead(void **unused)
{
    (void)unused;
    static const Setting settings[] = {{"lookahead", 20}, {"attack", 5}, {"hold", 0}};
    const uint32_t late = 960, on = 20000, off = 30000;
    ProcGang gang;
    open_with(&gang, "ducker", 48000, settings, QM_COUNT(settings));
    assert_true(gang.desc->latency(gang.spec) == late);
    constant_rows(input, N, -6, -6);
    constant_rows(key, N, -80, -80);
    constant_rows(key + on, off - on, -10, -10);
    duck(&gang, SPLIT_AT_RANDOM);
    for (uint32_t i = late; i < on; i++)
        assert_true(rows[i][0] == input[0][0]);
    for (uint32_t i = on + late; i < off + late; i++)
        assert_true(db_of((double)rows[i][0]) + 6 < -0.98 * 12);
    assert_true(db_of((double)rows[off + late + 240][0]) + 6 > -12);
    gang_close(&gang);
}

/* Speech in the key ducks, its rumble does not; with no key at all it hears itself. */
static void test_what_it_listens_to(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang);
    constant_rows(input, N, -6, -6);
    tone_rows(key, N, 48000, 50, -12);
    duck(&gang, SPLIT_AT_RANDOM);
    assert_true(fabs(gain_at(N - 1) + 12) < 1e-4);
    set(&gang, "key-low-cut", 300); /* 31 dB at 50 Hz */
    duck(&gang, SPLIT_AT_RANDOM);
    assert_true(same_rows(rows, input, N / 2, N));
    set(&gang, "key-low-cut", 20);
    memcpy(rows, input, sizeof rows);
    gang_reset(&gang);
    gang_run(&gang, rows, NULL, N, SPLIT_AT_RANDOM);
    assert_true(fabs(gain_at(N - 1) + 12) < 1e-4);
    gang_close(&gang);
}

static void test_readings(void **unused)
{
    (void)unused;
    double told[2], split[2];
    ProcGang gang;
    start(&gang);
    constant_rows(input, N, -6, -6);
    constant_rows(key, N, -80, -80);
    constant_rows(key, N / 4, -6, -6);
    duck(&gang, QM_QUANTUM);
    gang.desc->read(gang.spec, gang.state[0], 0, told);
    assert_true(fabs(told[0] - 12) < 1e-4);
    double sum = 0;
    for (uint32_t i = 0; i < N; i++)
        sum -= gain_at(i);
    assert_true(fabs(told[1] - sum / N) < 0.001);
    duck(&gang, SPLIT_AT_RANDOM);
    gang.desc->read(gang.spec, gang.state[0], 0, split);
    assert_memory_equal(told, split, sizeof told);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_depth),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_the_hold_bridges_the_wave),
        cmocka_unit_test(test_lookahead),
        cmocka_unit_test(test_what_it_listens_to),
        cmocka_unit_test(test_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
