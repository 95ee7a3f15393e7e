/* How texts are built, and how a misspelt word finds the one that was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

#include <string.h>

static void test_builds_a_table(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    QmText text;
    qm_text_init(&text, &arena);
    qm_text_add(&text, "strip");
    qm_text_pad(&text, 8);
    qm_text_add(&text, "gain\n");
    qm_text_printf(&text, "%s%d", "kick", 1);
    qm_text_pad(&text, 8);
    qm_text_add_n(&text, "-3 dB and more", 5);
    qm_text_pad(&text, 2); /* already past it */
    assert_false(text.failed);
    assert_string_equal(text.data, "strip   gain\nkick1   -3 dB");
    assert_int_equal(text.length, strlen(text.data));
    qm_arena_release(&arena);
}

static void test_empty_text(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    QmText text;
    qm_text_init(&text, &arena);
    assert_null(text.data);
    qm_text_add(&text, "");
    assert_string_equal(text.data, "");
    qm_arena_release(&arena);
}

static void test_grows_without_losing_anything(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    QmText text;
    qm_text_init(&text, &arena);
    for (int i = 0; i < 10000; i++) {
        qm_text_printf(&text, "%04d,", i);
    }
    assert_int_equal(text.length, 50000);
    assert_int_equal(strncmp(text.data, "0000,0001,", 10), 0);
    assert_string_equal(text.data + 49990, "9998,9999,");
    qm_arena_release(&arena);
}

static void test_remembers_that_memory_ran_out(void **unused)
{
    (void)unused;
    QmArena arena = {.fail_at = 2};
    QmText text;
    qm_text_init(&text, &arena);
    qm_text_add(&text, "first");
    for (int i = 0; i < 100; i++) {
        qm_text_printf(&text, "%s", "more");
        qm_text_pad(&text, 1000);
    }
    assert_true(text.failed);
    assert_int_equal(arena.calls, 2); /* later calls do nothing */
    qm_arena_release(&arena);
}

static void test_compares_names(void **unused)
{
    (void)unused;
    assert_true(qm_same("kick", "kick"));
    assert_false(qm_same("kick", "kicks"));
    assert_false(qm_same("kick", NULL));
    assert_false(qm_same(NULL, "kick"));
    assert_true(qm_same(NULL, NULL));
    assert_true(qm_starts_with("bass.eq.2", "bass."));
    assert_true(qm_starts_with("bass", ""));
    assert_false(qm_starts_with("bas", "bass"));
}

static void test_finds_the_word_that_was_meant(void **unused)
{
    (void)unused;
    const char *const words[] = {"gain", "pan", "width", "threshold", "release", "mute"};
    assert_string_equal(qm_near_miss("gian", words, 6), "gain");
    assert_string_equal(qm_near_miss("treshold", words, 6), "threshold");
    assert_string_equal(qm_near_miss("relaese", words, 6), "release");
    assert_string_equal(qm_near_miss("gains", words, 6), "gain");
    assert_string_equal(qm_near_miss("pan", words, 6), "pan");
    assert_null(qm_near_miss("ratio", words, 6));
    assert_string_equal(qm_near_miss("thres", words, 6), "threshold");
    assert_null(qm_near_miss("th", words, 6));
    assert_null(qm_near_miss("to", words, 6)); /* too short to guess from */
    assert_null(qm_near_miss("", words, 6));
    assert_null(qm_near_miss("gain", words, 0));
}

static void test_a_tie_goes_to_the_first(void **unused)
{
    (void)unused;
    const char *const words[] = {"attack", "lead1", "lead2", "lead3"};
    assert_string_equal(qm_near_miss("lead9", words, 4), "lead1");
}

static void test_absurdly_long_words_match_nothing(void **unused)
{
    (void)unused;
    char word[5000];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    const char *const words[] = {word, "gain"};
    assert_null(qm_near_miss(word, words, 2));
    assert_string_equal(qm_near_miss("gain", words, 2), "gain");
}

static void test_parts_of_a_path(void **unused)
{
    (void)unused;
    const struct {
        const char *path, *last;
        size_t stem;
    } cases[] = {
        {"takes/a.b/kick.wav", "kick.wav", 14},
        {"kick.in.wav", "kick.in.wav", 7},
        {"a.b/c", "c", 5},
        {"a/.hidden", ".hidden", 9},
        {"-", "-", 1},
        {"a/", "", 2},
        {"", "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(qm_path_last(cases[i].path), cases[i].last);
        assert_int_equal(qm_path_stem(cases[i].path), cases[i].stem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builds_a_table),
        cmocka_unit_test(test_empty_text),
        cmocka_unit_test(test_grows_without_losing_anything),
        cmocka_unit_test(test_remembers_that_memory_ran_out),
        cmocka_unit_test(test_compares_names),
        cmocka_unit_test(test_parts_of_a_path),
        cmocka_unit_test(test_finds_the_word_that_was_meant),
        cmocka_unit_test(test_a_tie_goes_to_the_first),
        cmocka_unit_test(test_absurdly_long_words_match_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
