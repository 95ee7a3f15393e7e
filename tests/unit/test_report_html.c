/* links: formats
 * tests: formats/report_html formats/report_tables formats/report_picture
 * tests: formats/report_style formats/report_time formats/report_loudness
 * tests: formats/report_stereo formats/report_spectrum formats/report_stems
 * tests: formats/report_key formats/report_beats formats/svg
 *
 * The report as text: everything from outside is escaped, nothing is said that was not
 * measured, and the same results give the same bytes. What it looks like is for eyes
 * (tests/cli/report.t takes the pictures). */
#include "formats/report_html.h"

#include "base/rand.h"
#include "formats/file.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RATE = 48000, FRAMES = 2 * RATE, MOST = 1 << 24 };

static float left[FRAMES], right[FRAMES];
static char path[] = "/tmp/test_report_html.XXXXXX";

static int open_place(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    for (uint64_t i = 0; i < FRAMES; i++) {
        left[i] = 0.25f * (float)sin(2 * M_PI * 440 * (double)i / RATE);
        right[i] = 0.1f * (float)(qm_rand(1, 2, i) - 0.5);
    }
    return fd < 0 ? -1 : close(fd);
}

static int remove_place(void **state)
{
    (void)state;
    return unlink(path);
}

/* The report of `n` files that are all the same; read it back. */
static char *page(QmAnalysis *analysis, const char *const *names, uint32_t n,
                  QmArena *arena)
{
    QmReportFile files[4];
    QmDiag diag = {0};
    char *data;
    size_t size;
    for (uint32_t i = 0; i < n; i++) {
        files[i] = (QmReportFile){names[i], "WAV <pcm24>", analysis};
    }
    assert_int_equal(qm_report_html(path, &(QmReport){.files = files, .n_files = n},
                                    &diag),
                     QM_OK);
    assert_int_equal(qm_file_read(path, MOST, arena, &diag, &data, &size), QM_OK);
    assert_int_equal(strlen(data), size);
    return data;
}

static uint32_t count(const char *text, const char *piece)
{
    uint32_t n = 0;
    while ((text = strstr(text, piece))) {
        n++;
        text += strlen(piece);
    }
    return n;
}

static void says_what_was_measured(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    QmAnalysis *a = analyse_stereo("level wave", left, right, FRAMES, RATE);
    const char *text = page(a, (const char *const[]){"mix/one.wav"}, 1, &arena);
    assert_non_null(strstr(text, "<h1>one.wav</h1>"));
    assert_non_null(strstr(text, "mix/one.wav</p>"));
    assert_non_null(strstr(text, "48 kHz \xc2\xb7 stereo"));
    /* A sine of 0.25 has -12.04 dBFS at its top and -15.05 in the mean. */
    assert_non_null(
        strstr(text, "<td class=\"n\">-15.05</td><td class=\"n\">-12.04</td>"));
    assert_int_equal(count(text, "<svg"), 1);
    assert_int_equal(count(text, "<svg"), count(text, "</svg>"));
    assert_null(strstr(text, "overview"));
    assert_null(strstr(text, "<script"));
    assert_int_equal(count(text, "http"), count(text, "xmlns=\"http"));
    qm_analysis_free(a);
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_was_measured),
    };
    return cmocka_run_group_tests(tests, open_place, remove_place);
}
