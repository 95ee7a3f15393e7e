/* links: render
 *
 * What a render writes to a spool is there again, at any frame, for readers of spools and
 * of sounds alike. (What is decoded into spools is test_prepare's.) */
#include "render/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 2, FRAMES = 1000, PIECE = 130 /* not a part of it */ };

static void written_and_read(void **state)
{
    (void)state;
    static float in[FRAMES * WIDTH], out[FRAMES * WIDTH];
    QmSpool spool;
    QmSink sink;
    QmDiag diag = {0};
    for (int i = 0; i < FRAMES * WIDTH; i++)
        in[i] = (float)i / 7;
    assert_int_equal(qm_spool_open(WIDTH, &diag, &spool, &sink), QM_OK);
    assert_int_equal(sink.channels, WIDTH);
    for (uint32_t at = 0; at < FRAMES; at += PIECE) {
        const uint32_t n = FRAMES - at < PIECE ? FRAMES - at : PIECE;
        assert_int_equal(sink.write(sink.self, at, in + at * WIDTH, n, &diag), QM_OK);
    }
    assert_int_equal(sink.finish(sink.self, &diag), QM_OK);
    sink.close(sink.self);
    assert_int_equal(spool.frames, FRAMES);
    assert_int_equal(qm_spool_read(&spool, 0, FRAMES, out), FRAMES);
    assert_memory_equal(in, out, sizeof in);

    QmAudioReader reader = qm_spool_reader(&spool, 44100);
    uint32_t got = 0;
    assert_int_equal(reader.info.rate, 44100);
    assert_int_equal(reader.info.channels, WIDTH);
    assert_int_equal(reader.info.frames, FRAMES);
    assert_true(reader.info.seekable);
    assert_int_equal(reader.read(reader.self, 900, 200, out, &got, &diag), QM_OK);
    assert_int_equal(got, 100); /* then it ends */
    assert_memory_equal(in + 900 * WIDTH, out, 100 * WIDTH * sizeof *in);
    assert_int_equal(reader.read(reader.self, FRAMES, 1, out, &got, &diag), QM_OK);
    assert_int_equal(got, 0);
    assert_int_equal(reader.not_finite(reader.self), 0);
    reader.close(reader.self); /* borrowed: the spool is still there */
    assert_int_equal(qm_spool_read(&spool, 999, 1, out), 1);
    qm_spool_close(&spool);
}

static void cannot_be_read(void **state)
{
    (void)state;
    QmSpool spool = {.fd = -1, .width = 1, .frames = 10};
    QmDiag diag = {0};
    float out[1];
    uint32_t got;
    QmAudioReader reader = qm_spool_reader(&spool, 48000);
    assert_int_equal(reader.read(reader.self, 0, 1, out, &got, &diag), QM_ERR_IO);
    assert_string_equal(diag.text, "cannot read a temporary file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_read),
        cmocka_unit_test(cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
