/* A draw is a function of seed, stream and index, and of nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/rand.h"

static void test_a_step_that_plays_half_the_time(void **unused)
{
    (void)unused;
    const uint64_t seed = 42, stream = qm_hash64_string("kick.when.4");
    int played = 0;
    for (uint64_t bar = 0; bar < 10000; bar++) {
        played += qm_rand(seed, stream, bar) < 0.5;
    }
    assert_in_range(played, 4850, 5150);
    /* The same bar again, alone and later: the same answer. */
    const double once = qm_rand(seed, stream, 77);
    assert_true(once == qm_rand(seed, stream, 77));
}

static void test_known_answers(void **unused)
{
    (void)unused;
    /* Key 0 is SplitMix64 seeded with 0. */
    assert_int_equal(qm_rand_bits(0, 0), 0xe220a8397b1dcdaf);
    assert_int_equal(qm_rand_bits(0, 1), 0x6e789e6aa1b965f4);
    /* Ours: a change here changes every take ever rendered. */
    assert_int_equal(qm_rand_key(42, qm_hash64_string("dither")), 0xa15ab066d4a7f24b);
    assert_int_equal(qm_rand_bits(qm_rand_key(42, 7), 1000000), 0x35f4b61823e9c7ee);
}

static void test_draws_are_uniform_in_0_1(void **unused)
{
    (void)unused;
    enum { DRAWS = 1000000, CELLS = 100 };
    int cells[CELLS] = {0};
    for (uint64_t i = 0; i < DRAWS; i++) {
        const double draw = qm_rand(1, 2, i);
        assert_true(draw >= 0.0 && draw < 1.0);
        cells[(int)(draw * CELLS)]++;
    }
    for (int i = 0; i < CELLS; i++) {
        assert_in_range(cells[i], 9500, 10500); /* five sigma */
    }
}

/* In each of 64 places, first draws of neighbouring streams must agree about half the
 * time (within four and a half sigma of a fair coin). */
static void test_neighbouring_streams_are_independent(void **unused)
{
    (void)unused;
    enum { STREAMS = 100000 };
    int same[64] = {0};
    uint64_t previous = 0;
    for (uint64_t stream = 0; stream < STREAMS; stream++) {
        const uint64_t bits = qm_rand_bits(qm_rand_key(1, stream), 0);
        for (int i = 0; i < 64; i++) {
            same[i] += (int)(~(bits ^ previous) >> i & 1);
        }
        previous = bits;
    }
    for (int i = 0; i < 64; i++) {
        assert_in_range(same[i], STREAMS / 2 - 712, STREAMS / 2 + 712);
    }
}

static void test_seeds_and_streams_do_not_trade_places(void **unused)
{
    (void)unused;
    assert_int_not_equal(qm_rand_key(1, 2), qm_rand_key(2, 1));
    assert_int_not_equal(qm_rand_key(0, 0), 0);
    assert_int_not_equal(qm_rand_key(0, 1), qm_rand_key(1, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_step_that_plays_half_the_time),
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_draws_are_uniform_in_0_1),
        cmocka_unit_test(test_neighbouring_streams_are_independent),
        cmocka_unit_test(test_seeds_and_streams_do_not_trade_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
