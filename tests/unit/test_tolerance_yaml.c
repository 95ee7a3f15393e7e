/* links: formats */
/* tests: formats/tolerance_yaml analysis/tolerance */
/* Tolerances as people write them: what is understood, which of them counts, and what is
 * refused with which words. */
#include "formats/tolerance_yaml.h"

#include "formats/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static QmArena arena;
static QmDiag diag;
static QmList list;

static int setup(void **state)
{
    (void)state;
    diag = (QmDiag){.status = QM_OK};
    list = (QmList){0};
    qm_arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    qm_arena_release(&arena);
    return 0;
}

static void parse(const char *text)
{
    assert_int_equal(qm_tolerances_parse("x", text, strlen(text), &arena, &diag, &list),
                     QM_OK);
}

static const QmTolerance *item(size_t i)
{
    assert_true(i < list.count);
    return (const QmTolerance *)list.items + i;
}

static void every_form_of_value(void **state)
{
    (void)state;
    parse("loudness.integrated: 0.1   # LU\n"
          "peak: 0.2\n"
          "loudness.range: 12.5 %\n"
          "level.rms: 1%\n"
          "spectrum.target: same\n"
          "level: same\n"
          "stereo: any\n"
          "default: 0\n"
          "null: -60\n"
          "delay: 48\n"
          "identical: yes\n"
          "inverted: 'no'\n"
          "gain: any\n");
    static const QmTolerance expected[] = {
        {"loudness.integrated", QM_ALLOW_BY, 0.1, false},
        {"peak", QM_ALLOW_BY, 0.2, false},
        {"loudness.range", QM_ALLOW_SHARE, 12.5, false},
        {"level.rms", QM_ALLOW_SHARE, 1, false},
        {"spectrum.target", QM_ALLOW_BY, 0, false},
        {"level", QM_ALLOW_BY, 0, false},
        {"stereo", QM_ALLOW_ANY, 0, false},
        {"default", QM_ALLOW_BY, 0, false},
        {"null", QM_ALLOW_BY, -60, false},
        {"delay", QM_ALLOW_BY, 48, false},
        {"identical", QM_ALLOW_FLAG, 0, true},
        {"inverted", QM_ALLOW_FLAG, 0, false},
        {"gain", QM_ALLOW_ANY, 0, false},
    };
    const size_t n = sizeof expected / sizeof expected[0];
    assert_int_equal(list.count, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(item(i)->name, expected[i].name);
        assert_int_equal(item(i)->allow, expected[i].allow);
        assert_true(item(i)->value == expected[i].value);
        assert_int_equal(item(i)->flag, expected[i].flag);
    }
}

static void units_may_be_said(void **state)
{
    (void)state;
    parse("loudness.integrated: 0.1 LU\n"
          "loudness.range: 0.2LU\n"
          "peak.true: 0.3 dB\n"
          "level.rms: 0.4 dBFS\n"
          "null: -60 dB\n"
          "residual: -90 dBFS\n"
          "delay: 10 frames\n"
          "spectrum.low: 5 %\n"); /* of A's value, though it has that unit itself */
    static const double expected[] = {0.1, 0.2, 0.3, 0.4, -60, -90, 10, 5};
    assert_int_equal(list.count, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_true(item(i)->value == expected[i]);
        assert_int_equal(item(i)->allow, i == 7 ? QM_ALLOW_SHARE : QM_ALLOW_BY);
    }
    static const char *const wrong[] = {"peak.true=1 LU", "null=-60 LUFS", "delay=1 ms",
                                        "level=0.5 dB", "peak.true=-1 dB"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(qm_tolerance_argument(wrong[i], &arena, &diag, &list),
                         QM_ERR_USAGE);
}

static void nothing_allows_nothing_special(void **state)
{
    (void)state;
    parse("# nothing yet\n");
    assert_int_equal(list.count, 0);
}

static void arguments_come_after_files(void **state)
{
    (void)state;
    parse("loudness.integrated: 0.1\n");
    assert_int_equal(qm_tolerance_argument("loudness.integrated=0.5", &arena, &diag,
                                           &list),
                     QM_OK);
    assert_int_equal(qm_tolerance_argument("null=-80", &arena, &diag, &list), QM_OK);
    assert_int_equal(list.count, 3);
    assert_true(qm_tolerance_of(&list, "loudness", "integrated", NULL) == item(1));
    assert_true(qm_tolerance_of(&list, NULL, "null", NULL) == item(2));
    assert_int_equal(qm_tolerance_argument("loudness", &arena, &diag, &list),
                     QM_ERR_USAGE);
    assert_string_equal(diag.text, "expected MEASURE=VALUE, found 'loudness'");
    diag = (QmDiag){.status = QM_OK};
    assert_int_equal(qm_tolerance_argument("peak.tru=1", &arena, &diag, &list),
                     QM_ERR_USAGE);
    assert_string_equal(diag.text,
                        "--tolerance: there is no 'peak.tru', did you mean 'peak.true'?");
    diag = (QmDiag){.status = QM_OK};
    assert_int_equal(qm_tolerance_argument("null=", &arena, &diag, &list), QM_ERR_USAGE);
    assert_string_equal(diag.text,
                        "--tolerance: null: expected a number or 'any', found ''");
}

static const char *name_of(const char *feature, const char *measure, const char *column)
{
    const QmTolerance *const found = qm_tolerance_of(&list, feature, measure, column);
    return found ? found->name : "";
}

static void the_closest_counts(void **state)
{
    (void)state;
    parse("spectrum.bark_bands.level: 1\n"
          "spectrum.bark_bands: 2\n"
          "spectrum: 3\n"
          "peak.true_at: 4\n"
          "level.crest: 5\n");
    assert_string_equal(name_of("spectrum", "bark_bands", "level"),
                        "spectrum.bark_bands.level");
    assert_string_equal(name_of("spectrum", "bark_bands", "from"), "spectrum.bark_bands");
    assert_string_equal(name_of("spectrum", "centroid", NULL), "spectrum");
    assert_string_equal(name_of("level", "crest", NULL), "level.crest");
    assert_string_equal(name_of("level", "rms", NULL), "");
    assert_string_equal(name_of(NULL, "null", NULL), "");
    parse("default: 6\n");
    assert_string_equal(name_of("level", "rms", NULL), "default");
    assert_string_equal(name_of("spectrum", "centroid", NULL), "spectrum");
    assert_string_equal(name_of(NULL, "null", NULL), ""); /* no measure of a feature */
    /* Places count when they are named. */
    assert_string_equal(name_of("peak", "sample_at", NULL), "");
    assert_string_equal(name_of("peak", "channels", "true_at"), "");
    assert_string_equal(name_of("peak", "true_at", NULL), "peak.true_at");
}

static void every_measure_has_its_name(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < qm_feature_count(); i++) {
        const QmFeature *const feature = qm_feature_at(i);
        assert_int_equal(qm_tolerance_named(feature->name).kind, QM_NAMED_MANY);
        for (uint32_t k = 0; k < feature->n_measures; k++) {
            char name[256];
            snprintf(name, sizeof name, "%s.%s", feature->name,
                     feature->measures[k].name);
            assert_int_not_equal(qm_tolerance_named(name).kind, QM_NAMED_NOTHING);
        }
    }
    /* Those of the difference have names of their own. */
    for (uint32_t i = 0; i < QM_DIFFERENCE_MEASURES; i++) {
        const char *const name = qm_difference_measures[i].name;
        assert_null(qm_feature_find(name));
        const QmNamed named = qm_tolerance_named(name);
        if (qm_difference_limits[i] == QM_LIMIT_NONE)
            assert_int_equal(named.kind, QM_NAMED_NOTHING);
        else
            assert_true(named.kind == QM_NAMED_LIMIT && named.limit == i);
    }
    assert_int_equal(qm_tolerance_named("stereo.phase_inverted").kind, QM_NAMED_WORD);
    assert_int_equal(qm_tolerance_named("stereo.octaves.width").kind, QM_NAMED_NUMBER);
    assert_int_equal(qm_tolerance_named("stereo.octaves").kind, QM_NAMED_MANY);
    assert_int_equal(qm_tolerance_named("loudness.momentary").kind, QM_NAMED_NUMBER);
    assert_int_equal(qm_tolerance_named("").kind, QM_NAMED_NOTHING);
}

/* --- what is refused ---------------------------------------------------------------- */

static int is_tolerance(const struct dirent *entry)
{
    const char *const dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".tolerance") == 0;
}

static void check_message(const char *name)
{
    char path[300];
    char *data, *expected;
    size_t size, length;
    snprintf(path, sizeof path, "testdata/bad/%s", name);
    assert_int_equal(qm_file_read(path, 1 << 20, &arena, &diag, &data, &size), QM_OK);
    snprintf(path, sizeof path, "testdata/bad/%.*s.txt",
             (int)(strlen(name) - strlen(".tolerance")), name);
    assert_int_equal(qm_file_read(path, 1 << 20, &arena, &diag, &expected, &length),
                     QM_OK);
    assert_int_equal(qm_tolerances_parse(name, data, size, &arena, &diag, &list),
                     QM_ERR_INPUT);
    char line[QM_DIAG_TEXT + 1];
    snprintf(line, sizeof line, "%s\n", diag.text);
    assert_string_equal(line, expected);
}

static void every_message(void **state)
{
    (void)state;
    struct dirent **entries;
    const int n = scandir("testdata/bad", &entries, is_tolerance, alphasort);
    assert_true(n >= 14);
    for (int i = 0; i < n; i++) {
        diag = (QmDiag){.status = QM_OK};
        check_message(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

static void files_that_are_not_there(void **state)
{
    (void)state;
    assert_int_equal(qm_tolerances_read("testdata/none", &arena, &diag, &list),
                     QM_ERR_INPUT);
    assert_non_null(strstr(diag.text, "testdata/none"));
}

static void no_memory_is_told(void **state)
{
    (void)state;
    static const char TEXT[] = "peak: 1\nlevel: 2\n";
    for (uint64_t n = 1;; n++) {
        QmArena poor;
        QmList few = {0};
        qm_arena_init(&poor);
        poor.fail_at = n;
        diag = (QmDiag){.status = QM_OK};
        QmStatus status =
            qm_tolerances_parse("x", TEXT, strlen(TEXT), &poor, &diag, &few);
        if (!status)
            status = qm_tolerance_argument("null=-3", &poor, &diag, &few);
        qm_arena_release(&poor);
        assert_true(status == QM_OK || status == QM_ERR_MEMORY);
        assert_int_equal(diag.status, status);
        if (!status) {
            assert_true(n > 2);
            return;
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_form_of_value),
        TEST(units_may_be_said),
        TEST(nothing_allows_nothing_special),
        TEST(arguments_come_after_files),
        TEST(the_closest_counts),
        TEST(every_measure_has_its_name),
        TEST(every_message),
        TEST(files_that_are_not_there),
        TEST(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
