/* Pattern text both ways, and Bjorklund's rhythms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/steps.h"

#include <string.h>

static QmArena arena;

static int release(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

/* Steps printed: X, x and dots. */
static const char *printed(const QmStep *steps, uint32_t n)
{
    QmText text;
    qm_text_init(&text, &arena);
    qm_steps_print(steps, n, &text);
    return text.data;
}

static void test_steps(void **unused)
{
    (void)unused;
    QmStep *steps;
    uint32_t n;
    char found;
    assert_int_equal(qm_steps_parse("X..x\n x.", &arena, &steps, &n, &found), QM_OK);
    assert_int_equal(n, 6);
    assert_true(steps[0].velocity == QM_VELOCITY_ACCENT);
    assert_true(steps[1].velocity == 0);
    assert_true(steps[3].velocity == QM_VELOCITY_NORMAL);
    assert_int_equal(steps[3].semitones, 0);
    assert_string_equal(printed(steps, n), "X..xx.");
}

static void test_steps_that_are_none(void **unused)
{
    (void)unused;
    QmStep *steps;
    uint32_t n;
    char found, many[QM_MAX_STEPS + 2];
    assert_int_equal(qm_steps_parse("x.o.", &arena, &steps, &n, &found), QM_ERR_INPUT);
    assert_int_equal(found, 'o');
    assert_int_equal(qm_steps_parse("  ", &arena, &steps, &n, &found), QM_ERR_INPUT);
    assert_int_equal(found, '\0');
    memset(many, 'x', sizeof many);
    many[QM_MAX_STEPS + 1] = '\0';
    assert_int_equal(qm_steps_parse(many, &arena, &steps, &n, &found), QM_ERR_INPUT);
    assert_int_equal(found, '\0');
    many[QM_MAX_STEPS] = '\0';
    assert_int_equal(qm_steps_parse(many, &arena, &steps, &n, &found), QM_OK);
    assert_int_equal(n, QM_MAX_STEPS);
}

static void test_notes(void **unused)
{
    (void)unused;
    static const struct {
        const char *note;
        int semitones;
        const char *again;
    } cases[] = {
        {"C4", 0, "C4"},     {"A4", 9, "A4"},  {"C2", -24, "C2"},   {"Eb2", -21, "Eb2"},
        {"D#2", -21, "Eb2"}, {"B3", -1, "B3"}, {"Cb4", -1, "B3"},   {"B#3", 0, "C4"},
        {"C-1", -60, "C-1"}, {"G9", 67, "G9"}, {"Bb1", -26, "Bb1"}, {"F#3", -6, "F#3"},
    };
    QmStep *steps;
    uint32_t n;
    char found[QM_NOTE_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(qm_notes_parse(cases[i].note, &arena, &steps, &n, found), QM_OK);
        assert_int_equal(n, 1);
        assert_int_equal(steps[0].semitones, cases[i].semitones);
        assert_true(steps[0].velocity == QM_VELOCITY_NORMAL);
        QmText text;
        qm_text_init(&text, &arena);
        qm_notes_print(steps, n, &text);
        assert_string_equal(text.data, cases[i].again);
    }
    assert_int_equal(qm_notes_parse(" C2 . .\nEb2  ", &arena, &steps, &n, found), QM_OK);
    assert_int_equal(n, 4);
    assert_true(steps[1].velocity == 0);
    QmText text;
    qm_text_init(&text, &arena);
    qm_notes_print(steps, n, &text);
    assert_string_equal(text.data, "C2 . . Eb2");
}

static void test_notes_that_are_none(void **unused)
{
    (void)unused;
    const char *const words[] = {"H2",  "c2",   "C",   "C#", "C10",
                                 "C-2", "Cb-1", "C2x", "..", "b"};
    QmStep *steps;
    uint32_t n;
    char found[QM_NOTE_TEXT];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_int_equal(qm_notes_parse(words[i], &arena, &steps, &n, found),
                         QM_ERR_INPUT);
        assert_string_equal(found, words[i]);
    }
    assert_int_equal(qm_notes_parse("  ", &arena, &steps, &n, found), QM_ERR_INPUT);
    assert_string_equal(found, "");
    assert_int_equal(qm_notes_parse("C2 Xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", &arena, &steps,
                                    &n, found),
                     QM_ERR_INPUT);
    assert_int_equal(strlen(found), QM_NOTE_TEXT - 1);
}

static void euclid_is(int32_t hits, uint32_t n, int32_t rotation, const char *expected)
{
    QmStep steps[QM_MAX_STEPS];
    qm_euclid(hits, n, rotation, steps);
    assert_string_equal(printed(steps, n), expected);
}

/* The published rhythms, and both ways to bend them. */
static void test_euclid(void **unused)
{
    (void)unused;
    euclid_is(3, 8, 0, "x..x..x.");
    euclid_is(2, 5, 0, "x.x..");
    euclid_is(5, 8, 0, "x.xx.xx.");
    euclid_is(5, 16, 0, "x..x..x..x..x...");
    euclid_is(7, 16, 0, "x..x.x.x..x.x.x.");
    euclid_is(9, 16, 0, "x.xx.x.x.xx.x.x.");
    euclid_is(0, 4, 0, "....");
    euclid_is(4, 4, 0, "xxxx");
    euclid_is(1, 4, 0, "x...");
    euclid_is(1, 1, 0, "x");
    euclid_is(3, 8, 2, ".x..x.x.");
    euclid_is(3, 8, -1, ".x..x..x");
    euclid_is(3, 8, 8, "x..x..x.");
    euclid_is(-3, 8, 0, ".xx.xx.x");
}

/* Whatever it is asked for, the hits are there and as even as can be: between two hits
 * there are floor(n/k) or ceil(n/k) steps. */
static void test_euclid_spreads_evenly(void **unused)
{
    (void)unused;
    QmStep steps[QM_MAX_STEPS];
    for (uint32_t n = 1; n <= 64; n++) {
        for (uint32_t k = 1; k <= n; k++) {
            uint32_t hits = 0, gap = 0;
            qm_euclid((int32_t)k, n, 0, steps);
            assert_true(steps[0].velocity > 0);
            for (uint32_t i = 0; i <= n; i++, gap++) {
                if (i == n || steps[i].velocity > 0) {
                    assert_true(i == 0 || gap == n / k || gap == (n + k - 1) / k);
                    hits += i < n;
                    gap = 0;
                }
            }
            assert_int_equal(hits, k);
        }
    }
    qm_euclid(QM_MAX_STEPS / 2 + 1, QM_MAX_STEPS, 0, steps); /* the longest fits */
    assert_true(steps[0].velocity > 0);
}

static void test_memory_that_is_not_there(void **unused)
{
    (void)unused;
    QmArena poor = {.fail_at = 1};
    QmStep *steps;
    uint32_t n;
    char found, word[QM_NOTE_TEXT];
    assert_int_equal(qm_steps_parse("x", &poor, &steps, &n, &found), QM_ERR_MEMORY);
    assert_int_equal(qm_notes_parse("C2", &poor, &steps, &n, word), QM_ERR_MEMORY);
    qm_arena_release(&poor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_steps_that_are_none),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_notes_that_are_none),
        cmocka_unit_test(test_euclid),
        cmocka_unit_test(test_euclid_spreads_evenly),
        cmocka_unit_test(test_memory_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
