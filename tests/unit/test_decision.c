/* Decisions are found by target, and a log is played on a session in its order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mix/decision.h"
#include "tests/support/song.h"

#include <string.h>

static QmArena arena;
static QmDecisionLog decided;

static void decide(const char *target, const char *value)
{
    QmDecision *decision = qm_list_add(&decided.decisions, sizeof *decision, &arena);
    assert_non_null(decision);
    *decision =
        (QmDecision){.stage = QM_STAGE_GAIN,
                     .target = target,
                     .value = value,
                     .rule = "gain.trim",
                     .because = "",
                     .place = {"mix.log", (uint32_t)decided.decisions.count + 10, 1}};
}

static int set_up(void **unused)
{
    (void)unused;
    decided = (QmDecisionLog){0};
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static void test_words(void **unused)
{
    (void)unused;
    for (int i = 0; i < QM_STAGES; i++) {
        assert_non_null(qm_stage_names[i]);
    }
    assert_null(qm_stage_names[QM_STAGES]);
    assert_string_equal(qm_stage_names[QM_STAGE_MASKING], "masking");
    assert_string_equal(qm_origin_names[QM_ORIGIN_TEMPLATE], "template");
    assert_null(qm_origin_names[3]);
}

static void test_find(void **unused)
{
    (void)unused;
    assert_null(qm_log_find(&decided, "kick.fader.gain"));
    decide("kick", "-");
    decide("kick.fader.gain", "-1 dB");
    decide("bass.fader.gain", "-2 dB");
    assert_null(qm_log_find(&decided, "kick"));
    assert_string_equal(qm_log_find(&decided, "bass.fader.gain")->value, "-2 dB");
    assert_null(qm_log_find(&decided, "bass.fader"));
    assert_true(qm_decision_is_note(decided.decisions.items));
}

static void test_within(void **unused)
{
    (void)unused;
    static const struct {
        const char *target, *prefix;
        bool within;
    } cases[] = {
        {"bass.eq.2.gain", "bass.eq", true},
        {"bass.eq.2.gain", "bass.eq.2", true},
        {"bass.eq.2.gain", "bass", true},
        {"bass.eq.2.gain", "bass.eq.2.gain", true},
        {"bass.eq.12.gain", "bass.eq.1", false},
        {"bass.eq2.1.gain", "bass.eq", false},
        {"bassoon.eq.2.gain", "bass", false},
        {"bass.eq", "bass.eq.2", false},
        {"lead.fader.gain@9.3", "lead.fader.gain", true},
        {"lead.fader.gain@9.3", "lead.fader.gain@9", true},
        {"tempo", "tempo", true},
    };
    for (uint32_t i = 0; i < QM_COUNT(cases); i++) {
        assert_int_equal(qm_target_within(cases[i].target, cases[i].prefix),
                         cases[i].within);
    }
}

static void test_apply(void **unused)
{
    (void)unused;
    QmSession *session = song_new(&arena);
    QmDiag diag = {0};
    decide("kick", "-"); /* a note: nothing */
    decide("bass.to", "low");
    decide("bass.eq.1.gain", "-2 dB");
    decide("bass.eq.1.gain", "-3 dB"); /* the later one stands */
    decide("low.to", "master");
    assert_int_equal(qm_log_apply(&decided, session, &diag), QM_OK);
    const QmStrip *bass = &session->strips[SONG_BASS];
    assert_string_equal(session->strips[bass->to].name, "low");
    assert_true(
        bass->inserts[1].params[qm_proc_find_param(bass->inserts[1].proc, 1, "gain")] ==
        -3);
}

static void test_errors_tell_the_line(void **unused)
{
    (void)unused;
    QmSession *session = song_new(&arena);
    QmDiag diag = {0};
    decide("kick.fader.gain", "-1 dB");
    decide("bas.fader.gain", "-1 dB");
    assert_int_equal(qm_log_apply(&decided, session, &diag), QM_ERR_INPUT);
    assert_string_equal(diag.text, "mix.log:12:1: bas.fader.gain: unknown strip 'bas', "
                                   "did you mean 'bass'?");
}

static void test_no_memory(void **unused)
{
    (void)unused;
    const QmSession *base = song_new(&arena);
    decide("bass.to", "low");
    decide("bass.eq.1.gain", "-2 dB");
    decide("low.to", "master");
    QmStatus status;
    uint64_t n = 0;
    do {
        QmArena scarce = {.fail_at = ++n};
        QmDiag diag = {0};
        QmSession *session = qm_session_copy(base, &scarce);
        status = session ? qm_log_apply(&decided, session, &diag) : QM_ERR_MEMORY;
        assert_true(status == QM_OK || status == QM_ERR_MEMORY);
        qm_arena_release(&scarce);
    } while (status != QM_OK);
    assert_true(n > 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_words),
        TEST(test_find),
        TEST(test_within),
        TEST(test_apply),
        TEST(test_errors_tell_the_line),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
