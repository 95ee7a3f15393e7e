/* links: formats */
/* tests: formats/templates */
/* Target curves: those that come with the tools, every message, every lack of memory, and
 * where their file is looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/curves_yaml.h"
#include "formats/templates.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static QmArena arena;
static QmDiag diag;
static QmTargetCurves curves;

static int begin(void **unused)
{
    (void)unused;
    qm_arena_init(&arena);
    memset(&diag, 0, sizeof diag);
    curves = (QmTargetCurves){0};
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static const char *read_file(const char *path, size_t *size)
{
    static char text[1 << 16];
    FILE *const file = fopen(path, "rb");
    assert_non_null(file);
    *size = fread(text, 1, sizeof text - 1, file);
    text[*size] = '\0';
    fclose(file);
    return text;
}

static QmStatus parse(const char *text)
{
    return qm_curves_parse(text, strlen(text), "curves.yaml", &arena, &diag, &curves);
}

static double level(const char *name, double hz)
{
    const QmTargetCurve *curve = NULL;
    double db = NAN;
    assert_int_equal(qm_curves_find(&curves, name, &arena, &diag, &curve), QM_OK);
    return qm_curve_at(curve, hz, &db) ? db : NAN;
}

/* The template says what its sources say. */
static void templates(void **unused)
{
    (void)unused;
    size_t size;
    const char *const text = read_file("templates/curves.yaml", &size);
    assert_int_equal(qm_curves_parse(text, size, "curves.yaml", &arena, &diag, &curves),
                     QM_OK);
    assert_int_equal(curves.n, 6);
    for (uint32_t i = 0; i < curves.n; i++)
        assert_true(strlen(curves.curves[i].source) > 20);
    assert_true(level("pink", 123) == 0);
    assert_true(fabs(level("white", 2000) - level("white", 1000) - 3.0103) < 1e-4);
    assert_true(fabs(level("brown", 2000) - level("brown", 1000) + 3.0103) < 1e-4);
    assert_true(level("speech", 1000) == 53.7 && level("speech", 16000) == 40.7);
    assert_true(isnan(level("speech", 50)));
    /* -5 dB an octave per hertz. */
    assert_true(fabs(level("number-ones", 1600) - level("number-ones", 400) + 3.98) <
                0.02);
    /* The slopes of table 1, over the octave around their frequency, +3.01. */
    static const double slopes[][2] = {
        {200, -2.350}, {400, -3.668}, {800, -4.985}, {1600, -6.303}, {3200, -7.621}};
    for (size_t i = 0; i < 5; i++) {
        const double hz = slopes[i][0];
        const double rise = level("pop", hz * sqrt(2)) - level("pop", hz / sqrt(2));
        assert_true(fabs(rise - slopes[i][1] - 3.01) < 0.12);
    }
}

static void units(void **unused)
{
    (void)unused;
    assert_int_equal(parse("curves: {a: {source: me, points: {100: -1 dB, 1 kHz: 2, "
                           "2.5k: 3}}}"),
                     QM_OK);
    assert_true(level("a", 100) == -1 && level("a", 1000) == 2 && level("a", 2500) == 3);
}

static void unknown_name(void **unused)
{
    (void)unused;
    const QmTargetCurve *curve = NULL;
    assert_int_equal(parse("curves: {pink: {source: x, points: {20: 0, 200: 0}}}"),
                     QM_OK);
    assert_int_equal(qm_curves_find(&curves, "pnik", &arena, &diag, &curve),
                     QM_ERR_INPUT);
    assert_string_equal(diag.text,
                        "curves.yaml: unknown curve 'pnik', did you mean 'pink'?");
    assert_null(curve);
}

/* testdata/bad/curves: a text, and beside it what is said about it. */
static void every_message(void **unused)
{
    (void)unused;
    DIR *const folder = opendir("testdata/bad/curves");
    assert_non_null(folder);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        const size_t length = strlen(entry->d_name);
        char path[512], expected[QM_DIAG_TEXT + 8], found[QM_DIAG_TEXT + 8];
        size_t size;
        if (length < 6 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
            continue;
        snprintf(path, sizeof path, "testdata/bad/curves/%.*s.txt", (int)length - 5,
                 entry->d_name);
        snprintf(expected, sizeof expected, "%s", read_file(path, &size));
        snprintf(path, sizeof path, "testdata/bad/curves/%s", entry->d_name);
        const char *const text = read_file(path, &size);
        diag = (QmDiag){0};
        assert_int_equal(qm_curves_parse(text, size, entry->d_name, &arena, &diag,
                                         &curves),
                         QM_ERR_INPUT);
        snprintf(found, sizeof found, "%s\n", diag.text);
        assert_string_equal(found, expected);
        assert_true(curves.n == 0);
        n++;
    }
    closedir(folder);
    assert_true(n >= 19);
}

static void without_memory(void **unused)
{
    (void)unused;
    size_t size;
    const char *const text = read_file("templates/curves.yaml", &size);
    QmStatus status = QM_ERR_MEMORY;
    for (uint64_t at = 1; status != QM_OK; at++) {
        const QmTargetCurve *curve = NULL;
        qm_arena_release(&arena);
        arena = (QmArena){.fail_at = at};
        diag = (QmDiag){0};
        status = qm_curves_parse(text, size, "x", &arena, &diag, &curves);
        status = status ? status : qm_curves_find(&curves, "pop", &arena, &diag, &curve);
        assert_true(status == QM_OK || status == QM_ERR_MEMORY);
        assert_true((status == QM_OK) == (curve != NULL));
    }
}

static void make_file(const char *path)
{
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

/* Installed before the source tree, the environment before both. */
static void places(void **unused)
{
    (void)unused;
    static const char *const folders[] = {
        "",     "/build", "/templates", "/share", "/share/qmix", "/share/qmix/templates",
        "/mine"};
    char base[] = "/tmp/qmix-test.XXXXXX", path[256], program[256], mine[256];
    const char *found = NULL;
    assert_non_null(mkdtemp(base));
    for (size_t i = 1; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%s%s", base, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    snprintf(program, sizeof program, "%s/build/qanalyze", base);
    snprintf(mine, sizeof mine, "%s/mine", base);
    assert_int_equal(qm_template_path_of(program, NULL, "a", &arena, &diag, &found),
                     QM_ERR_INPUT);
    assert_non_null(strstr(diag.text, "cannot find 'a' in"));
    assert_non_null(strstr(diag.text, "QMIX_TEMPLATES"));
    static const char *const files[] = {"/templates/a", "/share/qmix/templates/a"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s%s", base, files[i]);
        make_file(path);
        snprintf(path, sizeof path, "%s/build/..%s", base, files[i]);
        assert_int_equal(qm_template_path_of(program, NULL, "a", &arena, &diag, &found),
                         QM_OK);
        assert_string_equal(found, path);
    }
    diag = (QmDiag){0};
    assert_int_equal(qm_template_path_of(program, mine, "a", &arena, &diag, &found),
                     QM_ERR_INPUT);
    assert_non_null(strstr(diag.text, "/mine/a', where QMIX_TEMPLATES points"));
    snprintf(path, sizeof path, "%s/mine/a", base);
    make_file(path);
    assert_int_equal(qm_template_path_of(program, mine, "a", &arena, &diag, &found),
                     QM_OK);
    assert_string_equal(found, path);
    unlink(path);
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s%s", base, files[i]);
        unlink(path);
    }
    for (size_t i = sizeof folders / sizeof folders[0]; i-- > 0;) {
        snprintf(path, sizeof path, "%s%s", base, folders[i]);
        assert_int_equal(rmdir(path), 0);
    }
}

static void by_name(void **unused)
{
    (void)unused;
    const QmTargetCurve *curve = NULL;
    setenv("QMIX_TEMPLATES", "templates", 1);
    QmTargetCurves loaded;
    assert_int_equal(qm_curves_load(&arena, &diag, &loaded), QM_OK);
    assert_int_equal(qm_curves_find(&loaded, "speech", &arena, &diag, &curve), QM_OK);
    assert_string_equal(curve->name, "speech");
    assert_int_equal(qm_curves_find(&loaded, "speach", &arena, &diag, &curve),
                     QM_ERR_INPUT);
    assert_string_equal(
        diag.text,
        "templates/curves.yaml: unknown curve 'speach', did you mean 'speech'?");
    unsetenv("QMIX_TEMPLATES");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(templates),      TEST(units),  TEST(unknown_name), TEST(every_message),
        TEST(without_memory), TEST(places), TEST(by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
