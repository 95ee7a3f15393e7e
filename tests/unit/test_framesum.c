/* links: formats */
/* Sums are written once and compared later: equal however the audio is cut, and a single
 * bit is found in its block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/framesum.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAMES = 40000, CHANNELS = 2, RATE = 48000 };

static float audio[FRAMES * CHANNELS];
static char path[] = "/tmp/qmix-test.XXXXXX";
static QmDiag diag;

static int setup(void **unused)
{
    (void)unused;
    for (int i = 0; i < FRAMES * CHANNELS; i++) {
        audio[i] = (float)(i / CHANNELS * 7 % 1001) * 0x1p-10f;
    }
    const int fd = mkstemp(path);
    return close(fd);
}

static int teardown(void **unused)
{
    (void)unused;
    return unlink(path);
}

/* Sends frames [from, to) through a sink and closes it. */
static QmStatus send(QmSink *sink, uint32_t from, uint32_t to, uint32_t piece)
{
    QmStatus status = QM_OK;
    for (uint32_t at = from; at < to && !status; at += piece) {
        const uint32_t n = to - at < piece ? to - at : piece;
        status = sink->write(sink->self, at, audio + (size_t)at * CHANNELS, n, &diag);
    }
    status = status ? status : sink->finish(sink->self, &diag);
    sink->close(sink->self);
    return status;
}

static void sum(uint32_t from, uint32_t to, uint32_t piece)
{
    QmArena arena;
    QmSink sink;
    qm_arena_init(&arena);
    assert_int_equal(qm_framesum_sink_open(path, RATE, CHANNELS, &arena, &diag, &sink),
                     QM_OK);
    assert_int_equal(send(&sink, from, to, piece), QM_OK);
    qm_arena_release(&arena);
}

/* 0: the same; 1: differs; else the status of a failure. */
static int verify(uint32_t from, uint32_t to, uint32_t piece)
{
    QmArena arena;
    QmSink sink;
    qm_arena_init(&arena);
    memset(&diag, 0, sizeof diag);
    QmStatus status = qm_verify_sink_open(path, RATE, CHANNELS, &arena, &diag, &sink);
    int result = status;
    if (!status) {
        status = send(&sink, from, to, piece);
        result = qm_verify_differs(&sink) ? 1 : (int)status;
        assert_int_equal(result == 0, status == QM_OK);
    }
    qm_arena_release(&arena);
    return result;
}

static void says(const char *message)
{
    char expected[QM_DIAG_TEXT];
    snprintf(expected, sizeof expected, "%s:%s", path, message);
    assert_string_equal(diag.text, expected);
}

static void test_the_file_reads_as_documented(void **unused)
{
    (void)unused;
    sum(0, 1, 1); /* one frame of two zeros */
    char text[1024] = "";
    FILE *file = fopen(path, "r");
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_string_equal(text, "qmix-framesum 1\n"
                              "rate 48000\n"
                              "channels 2\n"
                              "block 16384\n"
                              "0 813f0174a2367c13\n"
                              "frames 1\n"
                              "sha256 af5570f5a1810b7af78caf4bc70a660f"
                              "0df51e42baf91d4de5b2328de0e83dfc\n");
}

static void test_pieces_do_not_matter(void **unused)
{
    (void)unused;
    static const uint32_t PIECES[] = {1, 64, 4095, 16384, 20000, FRAMES};
    sum(0, FRAMES, 777);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(verify(0, FRAMES, PIECES[i]), 0);
    }
    sum(0, 32768, 64); /* ends with a block */
    assert_int_equal(verify(0, 32768, 5000), 0);
    sum(0, 0, 64); /* nothing */
    assert_int_equal(verify(0, 0, 64), 0);
}

static void test_one_bit_is_found(void **unused)
{
    (void)unused;
    sum(0, FRAMES, 777);
    float *one = &audio[20000 * CHANNELS + 1];
    const float kept = *one;
    uint32_t bits;
    memcpy(&bits, one, sizeof bits);
    bits ^= 1;
    memcpy(one, &bits, sizeof bits);
    assert_int_equal(verify(0, FRAMES, 64), 1);
    says("6:1: frames 16384-32767 (0.341-0.683 s) differ");
    *one = kept;
    audio[(FRAMES - 1) * CHANNELS] = -1.0f;
    assert_int_equal(verify(0, FRAMES, 64), 1);
    says("7:1: frames 32768-39999 (0.683-0.833 s) differ");
    audio[(FRAMES - 1) * CHANNELS] = 0.0f;
    sum(0, FRAMES, 64);
    audio[(FRAMES - 1) * CHANNELS] = -0.0f;
    assert_int_equal(verify(0, FRAMES, 64), 1); /* the sign of a zero is a bit */
}

static void test_other_lengths_and_starts_are_told(void **unused)
{
    (void)unused;
    sum(0, 32768, 777);
    assert_int_equal(verify(0, 32767, 64), 1);
    says("6:1: frames 16384-32766 (0.341-0.683 s) differ");
    assert_int_equal(verify(0, 16384, 64), 1);
    says("6:1: the audio has 16384 frames, the sums are of more");
    assert_int_equal(verify(0, 32769, 64), 1);
    says("7:1: the audio goes on where the sums end, at frame 32768");
    assert_int_equal(verify(64, 32768, 64), 1);
    says("5:1: the sums are of a block at frame 0, the audio is at 64");
}

static void test_a_range_has_the_sums_of_its_whole_blocks(void **unused)
{
    (void)unused;
    char whole[8][64] = {{0}}, range[8][64] = {{0}};
    for (int k = 0; k < 2; k++) {
        sum(k ? 10000 : 0, FRAMES, 777);
        FILE *file = fopen(path, "r");
        for (int i = 0; i < 8; i++) {
            assert_non_null(fgets(k ? range[i] : whole[i], 64, file));
        }
        fclose(file);
    }
    assert_string_not_equal(whole[4], range[4]); /* 0 and 10000 */
    assert_string_equal(whole[5], range[5]);     /* 16384 */
    assert_string_equal(whole[6], range[6]);     /* 32768 */
    assert_int_equal(verify(10000, FRAMES, 640), 0);
}

static void test_what_is_no_sum_file_is_refused(void **unused)
{
    (void)unused;
    const char *const HEAD = "qmix-framesum 1\nrate 48000\nchannels 2\nblock 16384\n";
    static const struct {
        bool head; /* the above in front */
        const char *text, *message;
    } CASES[] = {
        {false, "", "1:1: expected the end of a line, found the end of the file"},
        {false, "hello\n", "1:1: expected 'qmix-framesum' and a number, found 'hello'"},
        {false, "qmix-framesum 2\n",
         "1:1: expected 'qmix-framesum 1', found 'qmix-framesum 2'"},
        {false, "qmix-framesum 99999999999999999999\n",
         "1:1: expected 'qmix-framesum' and a number, found 'qmix-framesum "
         "99999999999999999999'"},
        {false, "qmix-framesum 1\nrate 44100\n",
         "2:1: expected 'rate 48000', found 'rate 44100'"},
        {false, "qmix-framesum 1\nrate 48000\nchannels 2 \n",
         "3:1: expected 'channels' and a number, found 'channels 2 '"},
        {true, "0 0123456789abcdeF\n",
         "5:1: expected a frame and a sum of 16 digits, found '0 0123456789abcdeF'"},
        {true, "0  123456789abcdef\n",
         "5:1: expected a frame and a sum of 16 digits, found '0  123456789abcdef'"},
        {true, "0 0123456789abcdef0\n",
         "5:1: expected a frame and a sum of 16 digits, found '0 0123456789abcdef0'"},
        {true, "0 0123", "5:7: expected the end of a line, found the end of the file"},
        {true,
         "-------------------------------------------------------------------------------"
         "---"
         "--------------------------------------------\n",
         "5:96: expected the end of a line, found more of it"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        FILE *file = fopen(path, "w");
        fprintf(file, "%s%s", CASES[i].head ? HEAD : "", CASES[i].text);
        fclose(file);
        assert_int_equal(verify(0, 100, 64), QM_ERR_INPUT);
        says(CASES[i].message);
    }
    QmArena arena;
    QmSink sink;
    qm_arena_init(&arena);
    memset(&diag, 0, sizeof diag);
    assert_int_equal(qm_verify_sink_open("/none.sum", RATE, 2, &arena, &diag, &sink),
                     QM_ERR_INPUT);
    assert_string_equal(diag.text, "cannot open '/none.sum': not found");
    qm_arena_release(&arena);
}

static void test_an_edited_total_is_found(void **unused)
{
    (void)unused;
    sum(0, FRAMES, 777);
    FILE *file = fopen(path, "r+");
    fseek(file, -3, SEEK_END);
    const int c = getc(file);
    fseek(file, -3, SEEK_END);
    putc(c == '0' ? '1' : '0', file);
    fclose(file);
    assert_int_equal(verify(0, FRAMES, 64), 1);
    says("9:1: every block is the same, but not the total: the file was edited");
}

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    sum(0, 100, 64);
    for (int k = 0; k < 2; k++) {
        uint64_t calls = UINT64_MAX;
        for (uint64_t at = 0; at <= calls; at++) { /* 0: none fails */
            QmArena arena;
            QmSink sink;
            qm_arena_init(&arena);
            arena.fail_at = at;
            const QmStatus status =
                (k ? qm_verify_sink_open : qm_framesum_sink_open)(path, RATE, CHANNELS,
                                                                  &arena, &diag, &sink);
            assert_int_equal(status, at ? QM_ERR_MEMORY : QM_OK);
            calls = at ? calls : arena.calls;
            if (!status) {
                sink.close(sink.self);
            }
            qm_arena_release(&arena);
        }
        assert_true(calls > 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_file_reads_as_documented),
        cmocka_unit_test(test_pieces_do_not_matter),
        cmocka_unit_test(test_one_bit_is_found),
        cmocka_unit_test(test_other_lengths_and_starts_are_told),
        cmocka_unit_test(test_a_range_has_the_sums_of_its_whole_blocks),
        cmocka_unit_test(test_what_is_no_sum_file_is_refused),
        cmocka_unit_test(test_an_edited_total_is_found),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
