/* links: formats
 *
 * Facts as text and back, and what is said of text that holds none. */
#include "formats/saved_facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static QmStatus parse(const char *text, QmArena *arena, QmDiag *diag, QmSavedFacts *facts)
{
    *diag = (QmDiag){0};
    return qm_saved_facts_parse(text, strlen(text), "v1.yaml", arena, diag, facts);
}

static void there_and_back(void **state)
{
    (void)state;
    static const char EXPECTED[] = "note: \"#1: louder, \\\"vocal\\\"\"\n"
                                   "log: \"00000000000000ff\"\n"
                                   "lufs: -14.02\n"
                                   "lra: 5.3\n"
                                   "true-peak: -1.00\n"
                                   "seconds: 183.402\n";
    QmArena arena;
    QmText text, again;
    QmDiag diag;
    QmSavedFacts facts, back;
    qm_arena_init(&arena);
    qm_text_init(&text, &arena);
    qm_text_init(&again, &arena);
    qm_saved_facts_init(&facts);
    facts.note = "#1: louder, \"vocal\"";
    memcpy(facts.log, "00000000000000ff", 17);
    facts.lufs = qm_measured(-14.0249);
    facts.lra = qm_measured(5.3);
    facts.true_peak = qm_measured(-1);
    facts.seconds = qm_measured(183.40199);
    qm_saved_facts_print(&facts, &text);
    assert_string_equal(text.data, EXPECTED);
    assert_int_equal(parse(text.data, &arena, &diag, &back), QM_OK);
    assert_string_equal(back.note, facts.note);
    assert_string_equal(back.log, facts.log);
    assert_true(back.lufs.value == -14.02 && !back.lufs.why);
    qm_saved_facts_print(&back, &again);
    assert_string_equal(again.data, text.data);
    qm_arena_release(&arena);
}

static void silence(void **state)
{
    (void)state;
    QmArena arena;
    QmText text;
    QmDiag diag;
    QmSavedFacts facts;
    qm_arena_init(&arena);
    qm_text_init(&text, &arena);
    qm_saved_facts_init(&facts);
    memcpy(facts.log, "0123456789abcdef", 17);
    qm_saved_facts_print(&facts, &text);
    assert_string_equal(text.data, "log: \"0123456789abcdef\"\n");
    facts.lufs = qm_measured(1);
    assert_int_equal(parse(text.data, &arena, &diag, &facts), QM_OK);
    assert_non_null(facts.lufs.why);
    assert_string_equal(facts.note, "");
    qm_arena_release(&arena);
}

static void what_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } CASES[] = {
        {"- 1\n", "v1.yaml:1:1: expected a map of what was measured"},
        {"note: [a]\n", "v1.yaml:1:7: note: expected a text or a number"},
        {"lufs: loud\n", "v1.yaml:1:7: lufs: expected a number"},
        {"log: \"123\"\n", "v1.yaml:1:6: log: expected 16 hex digits"},
        {"lufs: 1\nloud: 2\n", "v1.yaml:2:1: a saved mix has no 'loud'"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        QmArena arena;
        QmDiag diag;
        QmSavedFacts facts = {.note = "untouched"};
        qm_arena_init(&arena);
        assert_int_equal(parse(CASES[i].text, &arena, &diag, &facts), QM_ERR_INPUT);
        assert_string_equal(diag.text, CASES[i].message);
        assert_string_equal(facts.note, "untouched");
        qm_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(silence),
        cmocka_unit_test(what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
