/* Positions and lengths as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/position.h"

static QmArena arena;

static int release(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static void test_positions(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *again;
    } cases[] = {
        {"5", "5"},
        {"5.3", "5.3"},
        {"5.3.2", "5.3.2"},
        {"5.1.1", "5"},
        {"5.1.3", "5.1.3"},
        {"1000000", "1000000"},
        {"2.5 s", "2.5 s"},
        {"250 ms", "0.25 s"},
        {"0 s", "0 s"},
        {"-0 s", "0 s"},
        {"480 samples", "480 samples"},
        {"1 sample", "1 samples"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        QmPosition position;
        QmText text;
        qm_text_init(&text, &arena);
        assert_true(qm_position_parse(cases[i].text, &position));
        qm_position_print(position, &text);
        assert_string_equal(text.data, cases[i].again);
    }
    QmPosition position;
    assert_true(qm_position_parse("5.3.2", &position));
    assert_int_equal(position.kind, QM_POS_BARS);
    assert_int_equal(position.bar, 5);
    assert_int_equal(position.beat, 3);
    assert_int_equal(position.sixteenth, 2);
}

static void test_what_is_no_position(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "",        "0",       "5.0",
        "5.",      ".5",      "05",
        "5.3.2.1", "-1",      "+5",
        "1e3",     "1000001", "5.200",
        "-1 s",    "2 bars",  "1.5 samples",
        "nan s",   "1e7 s",   "5 x",
        "1/16",    "s",       "99999999999999999999",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        QmPosition position;
        assert_false(qm_position_parse(texts[i], &position));
    }
}

static void test_lengths(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *again;
    } cases[] = {
        {"4 bars", "4 bars"},
        {"1 bars", "1 bar"},
        {"1 bar", "1 bar"},
        {"2 beats", "2 beats"},
        {"1 beat", "1 beat"},
        {"1/16", "1/16"},
        {"3/16", "3/16"},
        {"1/12", "1/12"},
        {"250 ms", "250 ms"},
        {"2.5 s", "2.5 s"},
        {"480 samples", "480 samples"},
        {"+10 ms", "10 ms"},
        {"-10 ms", "-10 ms"},
        {"-1/32", "-1/32"},
        {"0.5 bars", "0.5 bars"},
        {"10ms", "10 ms"},
        {"-0 ms", "0 ms"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        QmLength length;
        QmText text;
        qm_text_init(&text, &arena);
        assert_true(qm_length_parse(cases[i].text, &length));
        qm_length_print(length, &text);
        assert_string_equal(text.data, cases[i].again);
    }
}

static void test_what_is_no_length(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "",       "4",     "bars", "4 bar s", "1/0",      "0/4",
        "1/11",   "1/256", "1/",   "/4",      "1/16x",    "1e12 s",
        "4 Bars", "5.3",   "1/-4", "--1/4",   "1 2 bars", "0.5 samples",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        QmLength length;
        assert_false(qm_length_parse(texts[i], &length));
    }
}

static void test_signs(void **unused)
{
    (void)unused;
    QmLength length;
    assert_true(qm_length_parse("-1/16", &length));
    assert_true(qm_length_negative(length));
    assert_false(qm_length_zero(length));
    assert_true(qm_length_parse("-2 ms", &length));
    assert_true(qm_length_negative(length));
    assert_true(qm_length_parse("0 bars", &length));
    assert_false(qm_length_negative(length));
    assert_true(qm_length_zero(length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions), cmocka_unit_test(test_what_is_no_position),
        cmocka_unit_test(test_lengths),   cmocka_unit_test(test_what_is_no_length),
        cmocka_unit_test(test_signs),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
