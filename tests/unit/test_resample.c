/* links: render */
/* Rate conversion keeps time: no delay, an exact length, and the same bits every time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/qmath.h"
#include "render/resample.h"

#include <string.h>

enum { MAX_OUT = 300000 };

typedef struct Take {
    float audio[2 * MAX_OUT];
    uint32_t frames;
} Take;

static QmStatus keep(void *context, const float *audio, uint32_t n, QmDiag *diag)
{
    (void)diag;
    Take *take = context;
    assert_true(take->frames + n <= MAX_OUT);
    memcpy(take->audio + 2 * take->frames, audio, 2 * n * sizeof *audio);
    take->frames += n;
    return QM_OK;
}

/* A stereo sine of 997 Hz, right channel a quarter turn ahead, `frames` long at
 * `from`. */
static void convert(uint32_t from, uint32_t to, uint32_t frames, Take *take)
{
    static float in[2 * QM_RESAMPLE_FEED];
    QmArena arena;
    qm_arena_init(&arena);
    QmDiag diag = {0};
    QmResampler *resampler;
    take->frames = 0;
    assert_int_equal(qm_resampler_open(from, to, 2, &arena, &diag, &resampler), QM_OK);
    uint32_t n = QM_RESAMPLE_FEED;
    for (uint32_t at = 0; n == QM_RESAMPLE_FEED; at += n) {
        n = frames - at < QM_RESAMPLE_FEED ? frames - at : QM_RESAMPLE_FEED;
        for (uint32_t i = 0; i < n; i++) {
            const double turns = 997.0 * (at + i) / from;
            in[2 * i] = (float)qm_sin_turns(turns);
            in[2 * i + 1] = (float)qm_cos_turns(turns);
        }
        assert_int_equal(qm_resampler_feed(resampler, in, n, n < QM_RESAMPLE_FEED, keep,
                                           take, &diag),
                         QM_OK);
    }
    qm_resampler_close(resampler);
    qm_arena_release(&arena);
}

static const struct {
    uint32_t from, to;
} PAIRS[] = {
    {44100, 48000}, {48000, 44100}, {96000, 48000}, {8000, 192000}, {384000, 8000}};

static void test_frame_0_stays_frame_0(void **unused)
{
    (void)unused;
    static Take take;
    for (int p = 0; p < 5; p++) {
        convert(PAIRS[p].from, PAIRS[p].to, PAIRS[p].from / 2, &take);
        assert_int_equal(take.frames, PAIRS[p].to / 2);
        for (uint32_t i = take.frames / 4; i < take.frames * 3 / 4; i++) {
            const double turns = 997.0 * i / PAIRS[p].to;
            const double left = take.audio[2 * i] - qm_sin_turns(turns);
            const double right = take.audio[2 * i + 1] - qm_cos_turns(turns);
            assert_true(left * left + right * right < 1e-10);
        }
    }
}

static void test_length_is_rounded_once(void **unused)
{
    (void)unused;
    assert_int_equal(qm_resampled_frames(44100, 44100, 48000), 48000);
    assert_int_equal(qm_resampled_frames(1, 44100, 48000), 1);
    assert_int_equal(qm_resampled_frames(1, 3, 1), 0);
    assert_int_equal(qm_resampled_frames(1, 2, 1), 1);
    assert_int_equal(qm_resampled_frames((int64_t)1 << 40, 192000, 192001),
                     1099517354399);
    static const uint32_t FRAMES[] = {0, 1, 2, 4095, 4096, 4097, 8192, 20000};
    static Take take;
    for (int p = 0; p < 5; p++) {
        for (int f = 0; f < 8 && FRAMES[f] < PAIRS[p].from / 2; f++) {
            convert(PAIRS[p].from, PAIRS[p].to, FRAMES[f], &take);
            assert_int_equal(take.frames,
                             qm_resampled_frames(FRAMES[f], PAIRS[p].from, PAIRS[p].to));
        }
    }
}

static void test_same_bits_twice(void **unused)
{
    (void)unused;
    static Take a, b;
    convert(44100, 48000, 30000, &a);
    convert(44100, 48000, 30000, &b);
    assert_int_equal(a.frames, b.frames);
    assert_memory_equal(a.audio, b.audio, 2 * a.frames * sizeof(float));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_0_stays_frame_0),
        cmocka_unit_test(test_length_is_rounded_once),
        cmocka_unit_test(test_same_bits_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
