/* links: formats
 * tests: formats/report_html formats/report_tables formats/report_picture
 * tests: formats/report_style formats/report_time formats/report_loudness
 * tests: formats/report_stereo formats/report_spectrum formats/report_stems
 * tests: formats/report_key formats/report_beats formats/report_remarks
 * tests: formats/report_heat formats/report_page
 *
 * The report as text: everything from outside is escaped, nothing is said that was not
 * measured, and the same results give the same bytes. What it looks like is for eyes
 * (tests/cli/report.t takes the pictures). */
#include "formats/report_html.h"

#include "analysis/loudness.h"
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

static void escapes_names(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    QmAnalysis *a = analyse_stereo("level wave", left, right, FRAMES, RATE);
    const char *const names[] = {"d/<script>alert(1)</script>.wav",
                                 "d/\"><img src=x onerror='y'>", "d/\xff\x1b[0m&amp;"};
    const char *text = page(a, names, 3, &arena);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "<img"));
    assert_null(strstr(text, "onerror='"));
    assert_null(strchr(text, 0x1b));
    assert_null(strchr(text, 0xff));
    assert_null(strstr(text, "<pcm24>")); /* the format is no better */
    assert_non_null(strstr(text, "WAV &lt;pcm24&gt;"));
    assert_non_null(strstr(text, "\xef\xbf\xbd\xef\xbf\xbd[0m&amp;amp;</h1>"));
    /* The folder of all is said once; "/script>.wav" is what follows its last slash. */
    assert_non_null(strstr(text, "<p class=\"facts\">d/</p>"));
    assert_non_null(strstr(text, "<a href=\"#f2\">&quot;&gt;&lt;img"));
    assert_int_equal(count(text, "<article id=\"f"), 3);
    qm_analysis_free(a);
    qm_arena_release(&arena);
}

static void leaves_out_what_nobody_asked_for(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    QmAnalysis *a = analyse_stereo("level", left, right, FRAMES, RATE);
    const char *text = page(a, (const char *const[]){"x"}, 1, &arena);
    assert_int_equal(count(text, "<svg"), 0);
    assert_int_equal(count(text, "<h2>"), 1); /* the tables */
    assert_null(strstr(text, "Integrated"));
    qm_analysis_free(a);
    /* `loudness` needs other features; they are not shown. */
    a = analyse_stereo("loudness", left, right, FRAMES, RATE);
    text = page(a, (const char *const[]){"x"}, 1, &arena);
    assert_non_null(strstr(text, "Integrated"));
    assert_null(strstr(text, "True peak"));
    assert_int_equal(count(text, "<h3>"), 1);
    qm_analysis_free(a);
    qm_arena_release(&arena);
}

static const char ALL[] =
    "peak loudness level spectrum wave stereo onset section dynamics "
    "key resonance tempo";

/* Whatever is not there has its reason, and no picture. */
static void of_little(void **state)
{
    (void)state;
    static float silence[FRAMES];
    static const struct {
        const float *samples;
        uint32_t channels;
        int64_t frames;
        double rate;
        const char *says;
    } CASES[] = {
        {silence, 2, FRAMES, RATE, "digital silence"},
        {silence, 1, 0, RATE, "no frames"},
        {left, 1, 1, RATE, "under 400 ms"},
        {left, 2, RATE / 10, RATE, "under 400 ms"},
        {left, 1, FRAMES, RATE, "mono"},
        {left, 2, FRAMES, 192000, "under 3 s"},
        {left, 2, FRAMES, 8000, "Integrated"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const float *const channels[] = {CASES[i].samples, CASES[i].samples};
        const AnalyseRig rig = {.channels = channels,
                                .n_channels = CASES[i].channels,
                                .frames = CASES[i].frames,
                                .rate = CASES[i].rate,
                                .features = ALL};
        QmArena arena;
        qm_arena_init(&arena);
        QmAnalysis *a = analyse(&rig);
        const char *text = page(a, (const char *const[]){"x"}, 1, &arena);
        assert_non_null(strstr(text, CASES[i].says));
        assert_null(strstr(text, ">nan"));
        assert_null(strstr(text, "inf<"));
        assert_null(strstr(text, "1e+")); /* no gap as a number */
        assert_int_equal(count(text, "<svg"), count(text, "</svg>"));
        assert_int_equal(count(text, "<table"), count(text, "</table>"));
        assert_int_equal(count(text, "<tr>"), count(text, "</tr>"));
        qm_analysis_free(a);
        qm_arena_release(&arena);
    }
}

static void the_same_again(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    AnalyseRig rig = {.channels = (const float *const[]){left, right},
                      .n_channels = 2,
                      .frames = FRAMES,
                      .rate = RATE,
                      .features = ALL};
    QmAnalysis *a = analyse(&rig);
    rig.otherwise = true;
    QmAnalysis *b = analyse(&rig);
    const char *const names[] = {"x"};
    assert_string_equal(page(a, names, 1, &arena), page(b, names, 1, &arena));
    qm_analysis_free(a);
    qm_analysis_free(b);
    qm_arena_release(&arena);
}

/* A stem that is twice as loud hides the other where both are. */
static void stems(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    QmAnalysis *loud = analyse_mono("bark loudness", left, FRAMES, RATE);
    QmAnalysis *soft = analyse_mono("bark loudness", right, FRAMES, RATE);
    const QmAnalysis *const both[] = {loud, soft};
    QmMaskingStem stem[2];
    QmReportFile files[2];
    for (int i = 0; i < 2; i++) {
        const QmLoudness *loudness = qm_analysis_result(both[i], &qm_feature_loudness);
        stem[i] = (QmMaskingStem){.name = i ? "<soft>" : "loud",
                                  .bark = qm_analysis_result(both[i], &qm_feature_bark),
                                  .loudness = loudness->integrated,
                                  .gain = 1};
        files[i] = (QmReportFile){stem[i].name, NULL, i ? soft : loud};
    }
    QmMasking *masking = qm_masking(stem, 2, QM_MASKING_PAIRS, &arena);
    assert_non_null(masking);
    QmDiag diag = {0};
    char *text;
    size_t size;
    assert_int_equal(
        qm_report_html(path,
                       &(QmReport){.files = files, .n_files = 2, .masking = masking},
                       &diag),
        QM_OK);
    assert_int_equal(qm_file_read(path, MOST, &arena, &diag, &text, &size), QM_OK);
    assert_non_null(strstr(text, "<h1>Stems together</h1>"));
    assert_non_null(strstr(text, "<h2>Who hides whom</h2>"));
    assert_null(strstr(text, "<soft>"));
    /* Two stems: two cells in the matrix, 24 bands each below. */
    assert_int_equal(count(text, "fill-opacity"), 2 + 2 * 24);
    qm_analysis_free(loud);
    qm_analysis_free(soft);
    qm_arena_release(&arena);
}

/* Only what is beyond its limit is remarked on. */
static void remarks(void **state)
{
    (void)state;
    static float loud[FRAMES];
    for (int i = 0; i < FRAMES; i++) {
        const float x = 8 * left[i] + 0.01f;
        loud[i] = x > 1 ? 1 : x < -1 ? -1 : x;
    }
    QmArena arena;
    qm_arena_init(&arena);
    QmAnalysis *a = analyse_mono("peak level", left, FRAMES, RATE);
    const char *text = page(a, (const char *const[]){"x"}, 1, &arena);
    assert_null(strstr(text, "<ul"));
    qm_analysis_free(a);
    a = analyse_mono("peak level", loud, FRAMES, RATE);
    text = page(a, (const char *const[]){"x"}, 1, &arena);
    assert_non_null(
        strstr(text, "<li>Clipped: 1760 runs")); /* 2 s of 440 Hz, both tops */
    assert_non_null(strstr(text, "<li>True peak above -1 dBTP: "));
    assert_int_equal(count(text, "<li>"), 3); /* and DC */
    qm_analysis_free(a);
    qm_arena_release(&arena);
}

static void cannot_be_written(void **state)
{
    (void)state;
    QmAnalysis *a = analyse_mono("level", left, FRAMES, RATE);
    const QmReportFile file = {"x", NULL, a};
    QmDiag diag = {0};
    assert_int_equal(qm_report_html("/nowhere/at/all.html",
                                    &(QmReport){.files = &file, .n_files = 1}, &diag),
                     QM_ERR_IO);
    assert_string_equal(diag.text, "cannot write '/nowhere/at/all.html': no such folder");
    qm_analysis_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_was_measured),
        cmocka_unit_test(escapes_names),
        cmocka_unit_test(leaves_out_what_nobody_asked_for),
        cmocka_unit_test(of_little),
        cmocka_unit_test(the_same_again),
        cmocka_unit_test(stems),
        cmocka_unit_test(remarks),
        cmocka_unit_test(cannot_be_written),
    };
    return cmocka_run_group_tests(tests, open_place, remove_place);
}
