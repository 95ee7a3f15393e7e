/* Floats to integers and back, in every build of the kernels: the same bits from each,
 * and the same as plain arithmetic says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/dither.h"
#include "dsp/quantise.h"

#include <stdbool.h>
#include <string.h>

enum { N = 10007 };

static float audio[N], noise[N];

static const QmPcm *builds[2];
static int n_builds;

static int setup(void **unused)
{
    (void)unused;
    builds[n_builds++] = &qm_pcm_base;
    if (qm_pcm_best() != &qm_pcm_base) {
        builds[n_builds++] = qm_pcm_best();
    }
    uint64_t key = qm_rand_key(1, 2);
    for (uint32_t i = 0; i < N; i++) {
        const double sized = (double)(1u << qm_rand_bits(key, 3 * i) % 26) * 0x1p-24;
        audio[i] = (float)((qm_rand(1, 2, 3 * i + 1) * 2 - 1) * sized);
        noise[i] = (float)(qm_rand(1, 2, 3 * i + 2) - qm_rand(1, 3, i));
    }
    /* halves, ends, signs */
    static const float SPECIAL[] = {0.0f,
                                    -0.0f,
                                    1.0f,
                                    -1.0f,
                                    0.5f * 0x1p-15f,
                                    1.5f * 0x1p-15f,
                                    -0.5f * 0x1p-15f,
                                    2.5f * 0x1p-15f,
                                    0x1p-149f,
                                    0x1.fffffep-1f,
                                    3.4e38f,
                                    -3.4e38f,
                                    0.99999f,
                                    1e-40f};
    memcpy(audio, SPECIAL, sizeof SPECIAL);
    return 0;
}

/* Round half to even of a double, by its definition. */
static int64_t whole(double x)
{
    const int64_t down = (int64_t)x - (x < (double)(int64_t)x);
    const double rest = x - (double)down;
    return rest > 0.5 || (rest == 0.5 && down % 2) ? down + 1 : down;
}

static void test_quantise_is_what_arithmetic_says(void **unused)
{
    (void)unused;
    for (int b = 0; b < n_builds; b++) {
        for (uint32_t bits = 2; bits <= 24; bits++) {
            for (int dithered = 0; dithered < 2; dithered++) {
                static int32_t out[N];
                QmPcmStats stats = {0};
                builds[b]->quantise(audio, dithered ? noise : NULL, N, bits, out, &stats);
                const int32_t top = (1 << (bits - 1)) - 1;
                uint64_t clipped = 0;
                for (int i = 0; i < N; i++) {
                    const float scaled = audio[i] * (float)(1 << (bits - 1));
                    const float sum = dithered ? scaled + noise[i] : scaled;
                    int64_t q = sum > 1e9f    ? INT32_MAX
                                : sum < -1e9f ? INT32_MIN
                                              : whole(sum);
                    clipped += q > top || q < -top - 1;
                    q = q > top ? top : q < -top - 1 ? -top - 1 : q;
                    assert_int_equal(out[i], q);
                }
                assert_int_equal(stats.clipped, clipped);
                assert_true(stats.peak == 3.4e38f);
            }
        }
    }
}

static void test_any_split_is_the_same(void **unused)
{
    (void)unused;
    for (int b = 0; b < n_builds; b++) {
        static int32_t at_once[N], pieces[N];
        QmPcmStats stats = {0}, summed = {0};
        builds[b]->quantise(audio, noise, N, 16, at_once, &stats);
        for (size_t at = 0, n = 0; at < N; at += n) {
            n = at % 13 + 1;
            n = n < N - at ? n : N - at;
            builds[b]->quantise(audio + at, noise + at, n, 16, pieces + at, &summed);
        }
        assert_memory_equal(at_once, pieces, sizeof pieces);
        assert_int_equal(stats.clipped, summed.clipped);
        assert_true(stats.peak == summed.peak);
    }
}

static void test_integers_return_as_they_were(void **unused)
{
    (void)unused;
    for (int b = 0; b < n_builds; b++) {
        for (uint32_t bits = 16; bits <= 24; bits += 8) {
            static int32_t in[N], back[N];
            static uint8_t bytes[3 * N + 2];
            static float floats[N];
            for (uint32_t i = 0; i < N; i++) {
                in[i] = (int32_t)qm_rand_bits(5, i) >> (32 - bits);
            }
            in[0] = -(1 << (bits - 1));
            in[1] = (1 << (bits - 1)) - 1;
            QmPcmStats stats = {0};
            (bits == 16 ? builds[b]->pack16 : builds[b]->pack24)(in, N, bytes + 1);
            for (int i = 0; i < N; i++) {
                int32_t byte_by_byte = 0;
                for (uint32_t k = 0; k < bits / 8; k++) {
                    byte_by_byte |= bytes[1 + i * (bits / 8) + k] << 8 * k;
                }
                assert_int_equal(byte_by_byte, in[i] & ((1 << bits) - 1));
            }
            (bits == 16 ? builds[b]->unpack16 : builds[b]->unpack24)(bytes + 1, N,
                                                                     floats);
            for (int i = 0; i < N; i++) {
                assert_true(floats[i] == (float)in[i] / (float)(1 << (bits - 1)));
            }
            builds[b]->quantise(floats, NULL, N, bits, back, &stats);
            assert_memory_equal(in, back, sizeof in);
            assert_int_equal(stats.clipped, 0);
        }
    }
}

static void test_clean_drops_what_is_no_sound(void **unused)
{
    (void)unused;
    for (int b = 0; b < n_builds; b++) {
        static float dirty[N];
        memcpy(dirty, audio, sizeof dirty);
        dirty[20] = 0.0f / 0.0f;
        dirty[3001] = 1.0f / 0.0f;
        dirty[N - 1] = -1.0f / 0.0f;
        dirty[N - 2] = -0x1p-130f;
        QmPcmStats stats = {0};
        builds[b]->clean(dirty, N, 1e-30f, &stats);
        assert_int_equal(stats.not_finite, 3);
        for (int i = 0; i < N; i++) {
            const bool gone = i == 20 || i == 3001 || i >= N - 2 ||
                              (audio[i] < 1e-30f && audio[i] > -1e-30f);
            const float expected = gone ? 0.0f : audio[i];
            assert_memory_equal(&dirty[i], &expected, sizeof expected);
        }
        memcpy(dirty, audio, sizeof dirty);
        builds[b]->clean(dirty, N, 0.0f, &stats);
        assert_memory_equal(audio, dirty, sizeof dirty); /* -0 and denormals too */
    }
}

static void test_dither_is_triangular_and_knows_its_place(void **unused)
{
    (void)unused;
    enum { FRAMES = 100000 };
    static float pairs[2 * FRAMES], later[2 * 50];
    const uint64_t keys[2] = {qm_dither_key(9, 0), qm_dither_key(9, 1)};
    qm_dither(keys, 2, 0, FRAMES, pairs);
    qm_dither(keys, 2, 777, 50, later);
    assert_memory_equal(pairs + 2 * 777, later, sizeof later);
    double sum = 0, squares = 0, both = 0, next = 0;
    int near_zero = 0;
    for (int i = 0; i < FRAMES - 1; i++) {
        const double left = pairs[2 * i], right = pairs[2 * i + 1];
        assert_true(left > -1 && left < 1);
        sum += left;
        squares += left * left;
        both += left * right;
        next += left * pairs[2 * i + 2];
        near_zero += left > -0.25 && left < 0.25;
    }
    assert_true(sum / FRAMES < 0.005 && sum / FRAMES > -0.005);
    assert_true(squares / FRAMES > 0.163 && squares / FRAMES < 0.170); /* 1/6 */
    assert_true(both / FRAMES < 0.003 && both / FRAMES > -0.003);
    assert_true(next / FRAMES < 0.003 && next / FRAMES > -0.003);
    assert_true(near_zero > 0.43 * FRAMES && near_zero < 0.445 * FRAMES); /* 7/16 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantise_is_what_arithmetic_says),
        cmocka_unit_test(test_any_split_is_the_same),
        cmocka_unit_test(test_integers_return_as_they_were),
        cmocka_unit_test(test_clean_drops_what_is_no_sound),
        cmocka_unit_test(test_dither_is_triangular_and_knows_its_place),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
