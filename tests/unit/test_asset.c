/* An asset read past its ends: silence in front and behind, what is inside from memory or
 * through its reader, never asked for more than it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proc/asset.h"

#include <stdbool.h>
#include <string.h>

enum { FRAMES = 10 };

static float audio[2 * FRAMES];
static uint32_t last_reader;

static void read_audio(void *self, uint32_t reader, int64_t frame, uint32_t n, float *out)
{
    assert_ptr_equal(self, audio);
    assert_true(n > 0 && frame >= 0 && frame + n <= FRAMES);
    last_reader = reader;
    memcpy(out, audio + 2 * frame, 2 * n * sizeof *out);
}

static void test_silence_outside(void **unused)
{
    (void)unused;
    for (int i = 0; i < 2 * FRAMES; i++) {
        audio[i] = (float)(i + 1);
    }
    const QmAsset assets[] = {
        {.name = "held", .frames = FRAMES, .resident = audio},
        {.name = "streamed", .frames = FRAMES, .read = read_audio, .self = audio},
    };
    for (int a = 0; a < 2; a++) {
        for (int64_t frame = -25; frame < 25; frame++) {
            for (uint32_t n = 0; n <= 22; n++) {
                float out[2 * 23];
                memset(out, 0x55, sizeof out);
                qm_asset_read(&assets[a], 3, frame, n, out);
                for (uint32_t i = 0; i < n; i++) {
                    const int64_t at = frame + i;
                    const bool inside = at >= 0 && at < FRAMES;
                    assert_true(out[2 * i] == (inside ? audio[2 * at] : 0.0f));
                    assert_true(out[2 * i + 1] == (inside ? audio[2 * at + 1] : 0.0f));
                }
                assert_int_equal(((uint8_t *)&out[2 * n])[0], 0x55);
            }
        }
    }
    assert_int_equal(last_reader, 3);
}

static void test_an_empty_asset_is_silent(void **unused)
{
    (void)unused;
    const QmAsset empty = {.name = "empty"};
    float out[4] = {1, 1, 1, 1};
    qm_asset_read(&empty, 0, 0, 2, out);
    assert_true(out[0] == 0 && out[1] == 0 && out[2] == 0 && out[3] == 0);
    qm_asset_read(&empty, 0, INT64_MAX - 5, 2, out);
    qm_asset_read(&empty, 0, INT64_MIN + 5, 2, out);
}

static void test_what_lies_in_memory_can_be_seen(void **unused)
{
    (void)unused;
    const QmAsset held = {.name = "held", .frames = FRAMES, .resident = audio};
    const QmAsset streamed = {.name = "streamed", .frames = FRAMES, .read = read_audio};
    assert_ptr_equal(qm_asset_view(&held, 0, 3, FRAMES - 3), audio + 6);
    assert_null(qm_asset_view(&held, 0, 3, FRAMES - 2));
    assert_null(qm_asset_view(&held, 0, -1, 1));
    assert_null(qm_asset_view(&held, 0, INT64_MAX - 5, 2));
    assert_null(qm_asset_view(&streamed, 0, 0, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_silence_outside),
        cmocka_unit_test(test_an_empty_asset_is_silent),
        cmocka_unit_test(test_what_lies_in_memory_can_be_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
