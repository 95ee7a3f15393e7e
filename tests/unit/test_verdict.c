/* Two results of a feature that exists only here, and what a tolerance says of them. */
#include "analysis/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct Row {
    double unused;
    QmMeasured level;
} Row;

typedef struct Result {
    QmMeasured loud, place_at;
    int64_t count;
    const char *word;
    bool flag;
    QmList items, series; /* of double */
    QmList rows;          /* of Row */
} Result;

static const QmMeasure columns[] = {
    {"level", "dB", QM_MEASURE_NUMBER, 1, QM_VIEW_DETAIL, offsetof(Row, level), ""},
};
static const QmMeasure measures[] = {
    {"loud", "LUFS", QM_MEASURE_NUMBER, 2, QM_VIEW_SUMMARY, offsetof(Result, loud), ""},
    {"place_at", "s", QM_MEASURE_NUMBER, 1, QM_VIEW_SUMMARY, offsetof(Result, place_at),
     ""},
    {"count", "", QM_MEASURE_COUNT, 0, QM_VIEW_SUMMARY, offsetof(Result, count), ""},
    {"word", "", QM_MEASURE_TEXT, 0, QM_VIEW_SUMMARY, offsetof(Result, word), ""},
    {"flag", "", QM_MEASURE_FLAG, 0, QM_VIEW_SUMMARY, offsetof(Result, flag), ""},
    {"items", "s", QM_MEASURE_LIST, 1, QM_VIEW_SUMMARY, offsetof(Result, items), ""},
    {"series", "LUFS", QM_MEASURE_LIST, 1, QM_VIEW_SERIES, offsetof(Result, series), ""},
    {"rows", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL, offsetof(Result, rows), "", columns,
     1, sizeof(Row)},
};
static const QmFeature feature = {.name = "mood",
                                  .measures = measures,
                                  .n_measures = 8,
                                  .result_size = sizeof(Result)};

static QmArena arena;
static Result a, b;
static QmList tolerances, findings;
static QmDifference difference;

static int setup(void **state)
{
    (void)state;
    qm_arena_init(&arena);
    a = (Result){.loud = qm_measured(-14), .place_at = qm_measured(1), .word = "C major"};
    b = a;
    tolerances = findings = (QmList){0};
    qm_difference_of_kinds(QM_NO_DIFFERENCE, &difference);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    qm_arena_release(&arena);
    return 0;
}

static void allow(const char *name, QmAllow allowance, double value)
{
    const QmTolerance t = {name, allowance, value, allowance == QM_ALLOW_FLAG};
    assert_true(qm_list_append(&tolerances, &t, 1, sizeof t, &arena));
}

static void number(QmList *list, double value)
{
    assert_true(qm_list_append(list, &value, 1, sizeof value, &arena));
}

static void row(QmList *list, QmMeasured level)
{
    const Row item = {1, level};
    assert_true(qm_list_append(list, &item, 1, sizeof item, &arena));
}

static void find(void)
{
    static QmAnalysis x, y;
    x = (QmAnalysis){.n_runs = 1};
    x.runs[0] = (QmFeatureRun){.feature = &feature, .asked = true, .result = &a};
    y = x;
    y.runs[0].result = &b;
    findings = (QmList){0};
    assert_true(qm_findings(&difference, &x, &y, &tolerances, &arena, &findings));
}

/* The one of that name; NULL: none. */
static const QmFinding *maybe(const char *name)
{
    const QmFinding *const items = findings.items, *found = NULL;
    for (size_t i = 0; i < findings.count; i++)
        if (strcmp(items[i].name, name) == 0) {
            assert_null(found);
            found = &items[i];
        }
    return found;
}

static QmFinding finding(const char *name)
{
    const QmFinding *const found = maybe(name);
    assert_non_null(found);
    return *found;
}

static size_t beyond(void)
{
    const QmFinding *const items = findings.items;
    size_t n = 0;
    for (size_t i = 0; i < findings.count; i++)
        n += items[i].beyond;
    return n;
}

static void what_is_the_same_is_within_anything(void **state)
{
    (void)state;
    number(&a.items, 1);
    row(&a.rows, qm_measured(3));
    b = a;
    allow("default", QM_ALLOW_BY, 0);
    find();
    assert_true(beyond() == 0 && findings.count > 8);
    for (size_t i = 0; i < findings.count; i++) {
        const QmFinding *const f = (const QmFinding *)findings.items + i;
        assert_true(!f->feature || f->same);
    }
}

static void numbers_are_compared_as_they_are_printed(void **state)
{
    (void)state;
    /* -14.004 prints -14.00, -13.896 prints -13.90. */
    a.loud.value = -14.004;
    b.loud.value = -13.896;
    allow("mood.loud", QM_ALLOW_BY, 0.1);
    find();
    assert_true(finding("mood.loud").difference == 0.1 && beyond() == 0);
    b.loud.value = -13.894; /* -13.89 */
    find();
    const QmFinding f = finding("mood.loud");
    assert_true(f.difference == 0.11 && f.beyond && f.number && !f.same);
    assert_true(f.excess > 1.09 && f.excess < 1.11);
    b.loud.value = -14.001;
    find();
    assert_true(finding("mood.loud").same && beyond() == 0);
}

static void shares_are_of_a(void **state)
{
    (void)state;
    a.loud.value = -200;
    b.loud.value = -202;
    allow("mood", QM_ALLOW_SHARE, 1);
    find();
    assert_int_equal(beyond(), 0);
    b.loud.value = -202.01;
    find();
    assert_true(finding("mood.loud").beyond);
    a.count = 1000;
    b.count = 990;
    b.loud = a.loud;
    find();
    assert_int_equal(beyond(), 0);
    b.count = 989;
    find();
    assert_true(finding("mood.count").beyond && beyond() == 1);
}

static void what_nobody_allowed_is_not_judged(void **state)
{
    (void)state;
    b.loud.value = -20;
    b.count = 3;
    allow("mood.count", QM_ALLOW_ANY, 0);
    find();
    assert_int_equal(beyond(), 0);
    assert_null(finding("mood.loud").tolerance);
    assert_true(finding("mood.loud").difference == -6);
    assert_true(finding("mood.count").tolerance->allow == QM_ALLOW_ANY);
}

static void a_missing_value_is_beyond_any_number(void **state)
{
    (void)state;
    b.loud = qm_unmeasured("under 400 ms");
    allow("mood", QM_ALLOW_BY, 1e9);
    find();
    const QmFinding f = finding("mood.loud");
    assert_true(f.beyond && !f.number && !f.same && f.excess == QM_UTTERLY);
    a.loud = qm_unmeasured("silence"); /* both have none */
    find();
    assert_true(finding("mood.loud").same && beyond() == 0);
}

static void words_and_flags_are_the_same_or_not(void **state)
{
    (void)state;
    static char other[] = "C major";
    b.word = other; /* another text of the same letters */
    allow("mood", QM_ALLOW_BY, 1e9);
    find();
    assert_int_equal(beyond(), 0);
    b.word = "A minor";
    b.flag = true;
    find();
    assert_true(finding("mood.word").beyond && finding("mood.flag").beyond);
    b.word = NULL;
    find();
    assert_true(finding("mood.word").beyond && beyond() == 2);
}

static void of_lists_the_item_that_differs_most(void **state)
{
    (void)state;
    static const double x[] = {1, 2, 3, QM_GAP}, y[] = {1.1, 2.5, 2.8, QM_GAP};
    for (int i = 0; i < 4; i++) {
        number(&a.items, x[i]);
        number(&b.items, y[i]);
    }
    allow("mood.items", QM_ALLOW_BY, 0.4);
    find();
    QmFinding f = finding("mood.items");
    assert_true(f.item == 2 && f.difference == 0.5 && f.beyond);
    assert_true(*(const double *)f.a == 2 && *(const double *)f.b == 2.5);
    ((double *)b.items.items)[3] = 7; /* where there was none */
    find();
    f = finding("mood.items");
    assert_true(f.item == 4 && !f.number && f.beyond && f.excess == QM_UTTERLY);
    number(&a.items, 9); /* one more in A */
    find();
    f = finding("mood.items");
    assert_true(f.item == 0 && f.beyond && f.difference == -1);
}

static void rows_are_held_against_each_other(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        row(&a.rows, qm_measured(i));
        row(&b.rows, qm_measured(i == 1 ? 2.5 : i));
    }
    allow("mood.rows.level", QM_ALLOW_BY, 1);
    find();
    const QmFinding f = finding("mood.rows.level");
    assert_true(f.item == 2 && f.difference == 1.5 && f.beyond);
    assert_true(finding("mood.rows").same);
    row(&b.rows, qm_measured(0));
    find();
    /* Who names a column means all of it. */
    assert_true(finding("mood.rows").beyond && finding("mood.rows").difference == 1);
    assert_true(finding("mood.rows").excess == QM_UTTERLY);
    assert_true(finding("mood.rows.level").item == 2);
    allow("mood.rows", QM_ALLOW_BY, 10);
    find();
    assert_true(finding("mood.rows").beyond); /* whatever the number is for */
    allow("mood.rows", QM_ALLOW_ANY, 0);
    allow("mood.rows.level", QM_ALLOW_BY, 1.5);
    find();
    assert_int_equal(beyond(), 0);
}

static void series_only_by_name(void **state)
{
    (void)state;
    number(&a.series, -20);
    number(&b.series, -30);
    allow("default", QM_ALLOW_BY, 1);
    allow("mood", QM_ALLOW_BY, 1);
    find();
    assert_null(maybe("mood.series"));
    allow("mood.series", QM_ALLOW_BY, 1);
    find();
    assert_true(finding("mood.series").beyond);
}

static void places_only_by_name(void **state)
{
    (void)state;
    b.place_at.value = 100;
    allow("mood", QM_ALLOW_BY, 1);
    find();
    assert_int_equal(beyond(), 0);
    allow("mood.place_at", QM_ALLOW_BY, 1);
    find();
    assert_int_equal(beyond(), 1);
}

static void limits_of_the_difference(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        QmMeasured value;
        double allowed;
        bool beyond;
    } cases[] = {
        {"null", {-60.001, NULL}, -60, false}, /* prints -60.00 */
        {"null", {-59.99, NULL}, -60, true},
        {"null", {0, QM_NO_DIFFERENCE}, -300, false},
        {"null", {0, "A is silent"}, 300, true},
        {"null", {0, "rates differ"}, 300, true},
        {"worst", {-20, NULL}, -20, false},
        {"differing", {3, NULL}, 2, true},
        {"delay", {-5, NULL}, 5, false},
        {"delay", {-6, NULL}, 5, true},
        {"delay", {0, "nothing in common"}, 5, true},
        {"gain", {0.5, NULL}, 0.4, true},
        {"longer", {-1, NULL}, 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup(NULL);
        for (uint32_t k = 0; k < QM_DIFFERENCE_MEASURES; k++)
            if (strcmp(qm_difference_measures[k].name, cases[i].name) == 0)
                memcpy((char *)&difference + qm_difference_measures[k].offset,
                       &cases[i].value, sizeof(QmMeasured));
        allow(cases[i].name, QM_ALLOW_BY, cases[i].allowed);
        find();
        assert_int_equal(finding(cases[i].name).beyond, cases[i].beyond);
        assert_int_equal(beyond(), cases[i].beyond);
        teardown(NULL);
    }
}

static void identical_is_yes(void **state)
{
    (void)state;
    allow("identical", QM_ALLOW_FLAG, 0);
    find();
    assert_true(finding("identical").beyond);
    difference.identical = true;
    find();
    assert_false(finding("identical").beyond);
    assert_int_equal(beyond(), 0);
}

static void no_memory_is_told(void **state)
{
    (void)state;
    static QmAnalysis x;
    row(&a.rows, qm_measured(1));
    x = (QmAnalysis){.n_runs = 1};
    x.runs[0] = (QmFeatureRun){.feature = &feature, .asked = true, .result = &a};
    for (uint64_t n = 1;; n++) {
        QmArena poor;
        QmList few = {0};
        qm_arena_init(&poor);
        poor.fail_at = n;
        const bool ok = qm_findings(&difference, &x, &x, &tolerances, &poor, &few);
        qm_arena_release(&poor);
        if (ok) {
            assert_true(n > 10);
            return;
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_the_same_is_within_anything),
        TEST(numbers_are_compared_as_they_are_printed),
        TEST(shares_are_of_a),
        TEST(what_nobody_allowed_is_not_judged),
        TEST(a_missing_value_is_beyond_any_number),
        TEST(words_and_flags_are_the_same_or_not),
        TEST(of_lists_the_item_that_differs_most),
        TEST(rows_are_held_against_each_other),
        TEST(series_only_by_name),
        TEST(places_only_by_name),
        TEST(limits_of_the_difference),
        TEST(identical_is_yes),
        TEST(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
