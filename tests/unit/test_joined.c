/* links: render */
/* Two files as the sides of one sound: what is read is the first channel of each; lengths
 * may differ, rates may not; whatever fails, nothing stays open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/joined.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "c2 r48000 n1000 s1": channels, rate, frames, seekable with a known length. */
typedef struct Fake {
    QmAudioInfo info;
    int64_t frames, next;
    float sign;
} Fake;

static int n_open;

static float sample(int64_t i, uint32_t c) { return (float)(i + 1) + (float)c * 100000; }

static QmStatus fake_read(void *self, int64_t frame, uint32_t n, float *out,
                          uint32_t *got, QmDiag *diag)
{
    Fake *fake = self;
    (void)diag;
    assert_true(fake->info.seekable || frame == fake->next);
    const int64_t left = fake->frames - frame;
    *got = left < 0 ? 0 : left < n ? (uint32_t)left : n;
    for (uint32_t i = 0; i < *got; i++)
        for (uint32_t c = 0; c < fake->info.channels; c++)
            *out++ = fake->sign * sample(frame + i, c);
    fake->next = frame + *got;
    return QM_OK;
}

static void fake_close(void *self)
{
    n_open--;
    free(self);
}

static uint64_t fake_not_finite(const void *self)
{
    (void)self;
    return 3;
}

/* A name that begins with '-' has all samples negative. */
static QmStatus fake_open(void *context, const char *name, QmPlace place, QmDiag *diag,
                          QmAudioReader *reader)
{
    (void)context, (void)place;
    unsigned channels, rate, seekable;
    long long frames;
    const bool negative = name[0] == '-';
    if (sscanf(name + negative, "c%u r%u n%lld s%u", &channels, &rate, &frames,
               &seekable) != 4)
        return qm_fail_plain(diag, QM_ERR_INPUT, "no such file");
    Fake *fake = calloc(1, sizeof *fake);
    fake->frames = frames;
    fake->sign = negative ? -1 : 1;
    fake->info = (QmAudioInfo){.rate = rate,
                               .channels = channels,
                               .frames = seekable ? frames : -1,
                               .seekable = seekable != 0};
    *reader = (QmAudioReader){fake->info, fake_read, fake_close, fake_not_finite, fake};
    n_open++;
    return QM_OK;
}

static QmStatus open_pair(const char *left, const char *right, QmDiag *diag,
                          QmAudioReader *reader)
{
    const QmSound sound = {.name = "vox", .file = left, .right = right};
    return qm_open_sound(fake_open, NULL, &sound, (QmPlace){0}, diag, reader);
}

/* Reads all of it in pieces of `step`; returns the frames that came. */
static int64_t read_all(QmAudioReader *reader, uint32_t step, float *out)
{
    int64_t at = 0;
    uint32_t got = step;
    while (got == step) {
        assert_int_equal(reader->read(reader->self, at, step, out + 2 * at, &got, NULL),
                         QM_OK);
        at += got;
    }
    return at;
}

static void check_pair(const char *left, int64_t n_left, const char *right,
                       int64_t n_right, uint32_t step)
{
    static float out[2 * 20000];
    QmAudioReader reader;
    memset(out, 0x55, sizeof out);
    assert_int_equal(open_pair(left, right, NULL, &reader), QM_OK);
    assert_int_equal(reader.info.channels, 2);
    const int64_t longest = n_left > n_right ? n_left : n_right;
    assert_int_equal(read_all(&reader, step, out), longest);
    for (int64_t i = 0; i < longest; i++) {
        assert_true(out[2 * i] == (i < n_left ? sample(i, 0) : 0));
        assert_true(out[2 * i + 1] == (i < n_right ? -sample(i, 0) : 0));
    }
    assert_int_equal(reader.not_finite(reader.self), 6);
    reader.close(reader.self);
    assert_int_equal(n_open, 0);
}

static void test_sides_become_channels(void **state)
{
    (void)state;
    static const uint32_t steps[] = {1000, 4096, 10000};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        check_pair("c1 r48000 n9000 s1", 9000, "-c1 r48000 n9000 s1", 9000, steps[i]);
        check_pair("c1 r48000 n9000 s1", 9000, "-c1 r48000 n5 s1", 5, steps[i]);
        check_pair("c2 r48000 n10 s1", 10, "-c3 r48000 n8192 s1", 8192, steps[i]);
        check_pair("c1 r48000 n0 s1", 0, "-c1 r48000 n9 s1", 9, steps[i]);
        check_pair("c1 r48000 n5000 s0", 5000, "-c1 r48000 n9000 s0", 9000, steps[i]);
        check_pair("c1 r48000 n9000 s1", 9000, "-c1 r48000 n5000 s0", 5000, steps[i]);
    }
}

static void test_what_is_known_of_both(void **state)
{
    (void)state;
    static const struct {
        const char *left, *right;
        int64_t frames;
        bool seekable;
    } cases[] = {
        {"c1 r48000 n10 s1", "c1 r48000 n20 s1", 20, true},
        {"c1 r48000 n30 s1", "c1 r48000 n20 s1", 30, true},
        {"c1 r48000 n10 s1", "c1 r48000 n20 s0", -1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        QmAudioReader reader;
        assert_int_equal(open_pair(cases[i].left, cases[i].right, NULL, &reader), QM_OK);
        assert_int_equal(reader.info.frames, cases[i].frames);
        assert_int_equal(reader.info.seekable, cases[i].seekable);
        reader.close(reader.self);
    }
}

static void test_a_sound_without_a_right_side_is_its_file(void **state)
{
    (void)state;
    QmAudioReader reader;
    assert_int_equal(open_pair("c3 r48000 n10 s1", NULL, NULL, &reader), QM_OK);
    assert_int_equal(reader.info.channels, 3);
    reader.close(reader.self);
    assert_int_equal(n_open, 0);
}

static void test_failures_leave_nothing_open(void **state)
{
    (void)state;
    QmAudioReader reader;
    QmDiag diag = {.status = QM_OK};
    assert_int_equal(open_pair("none", "c1 r48000 n9 s1", &diag, &reader), QM_ERR_INPUT);
    assert_int_equal(n_open, 0);
    diag = (QmDiag){.status = QM_OK};
    assert_int_equal(open_pair("c1 r48000 n9 s1", "none", &diag, &reader), QM_ERR_INPUT);
    assert_int_equal(n_open, 0);
    diag = (QmDiag){.status = QM_OK};
    assert_int_equal(open_pair("c1 r48000 n9 s1", "c1 r44100 n9 s1", &diag, &reader),
                     QM_ERR_INPUT);
    assert_non_null(strstr(diag.text, "48000 Hz"));
    assert_non_null(strstr(diag.text, "44100 Hz"));
    assert_int_equal(n_open, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sides_become_channels),
        cmocka_unit_test(test_what_is_known_of_both),
        cmocka_unit_test(test_a_sound_without_a_right_side_is_its_file),
        cmocka_unit_test(test_failures_leave_nothing_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
