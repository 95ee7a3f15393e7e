/* links: render */
/* tests: render/control */
/* Commands as they are typed. */
#include "render/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static QmArena arena;
static QmClock *clock_120; /* 120 bpm, 4/4, 48 kHz: a beat has 24000 frames */

static int set_up(void **unused)
{
    (void)unused;
    QmSession *session = qm_session_new(&arena);
    return !session || qm_clock_new(session, &arena, NULL, &clock_120) != QM_OK;
}

static int tear_down(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static void words_are_verbs(void **unused)
{
    (void)unused;
    static const struct {
        const char *line;
        QmCommand command;
    } rows[] = {
        {"play", {QM_VERB_PLAY, 0}},
        {"stop", {QM_VERB_STOP, 0}},
        {"status", {QM_VERB_STATUS, 0}},
        {"quit", {QM_VERB_QUIT, 0}},
        {"  play \r", {QM_VERB_PLAY, 0}},
        {"stop # now", {QM_VERB_STOP, 0}},
        {"", {QM_VERB_NONE, 0}},
        {" \t", {QM_VERB_NONE, 0}},
        {"# play", {QM_VERB_NONE, 0}},
        {"locate 1", {QM_VERB_LOCATE, 0}},
        {"locate 2.3", {QM_VERB_LOCATE, 6 * 24000}},
        {"\tlocate\t2.3.3  # the chorus", {QM_VERB_LOCATE, 6 * 24000 + 12000}},
        {"locate 2.5 s", {QM_VERB_LOCATE, 120000}},
        {"locate 250 ms", {QM_VERB_LOCATE, 12000}},
        {"locate 77 samples", {QM_VERB_LOCATE, 77}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        QmDiag diag = {.status = QM_OK};
        QmCommand command = {QM_VERB_QUIT, -1};
        assert_int_equal(qm_control_parse(rows[i].line, clock_120, &diag, &command),
                         QM_OK);
        assert_int_equal(command.verb, rows[i].command.verb);
        assert_int_equal(command.frame, rows[i].command.frame);
    }
}

static void mistakes_are_explained(void **unused)
{
    (void)unused;
    static const struct {
        const char *line, *message;
    } rows[] = {
        {"plya", "unknown command 'plya', did you mean 'play'?"},
        {"rewind",
         "unknown command 'rewind': expected play, stop, locate, status or quit"},
        {"PLAY", "unknown command 'PLAY': expected play, stop, locate, status or quit"},
        {"play 5", "play takes nothing, found '5'"},
        {"locate", "locate: expected a place such as 9, 5.3.2 or 12.5 s, found ''"},
        {"locate -1", "locate: expected a place such as 9, 5.3.2 or 12.5 s, found '-1'"},
        {"locate 1 2",
         "locate: expected a place such as 9, 5.3.2 or 12.5 s, found '1 2'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        QmDiag diag = {.status = QM_OK};
        QmCommand command = {QM_VERB_QUIT, -1};
        assert_int_equal(qm_control_parse(rows[i].line, clock_120, &diag, &command),
                         QM_ERR_INPUT);
        assert_string_equal(diag.text, rows[i].message);
        assert_int_equal(command.verb, QM_VERB_QUIT);
    }
}

static void a_line_without_end_is_refused(void **unused)
{
    (void)unused;
    static char line[5000];
    memset(line, 'p', sizeof line - 1);
    QmDiag diag = {.status = QM_OK};
    QmCommand command;
    assert_int_equal(qm_control_parse(line, clock_120, &diag, &command), QM_ERR_INPUT);
    assert_string_equal(diag.text, "a command line is too long");
}

/* Only with bars of many hours can a place be written that is further than frames go. */
static void a_place_may_be_too_far_away(void **unused)
{
    (void)unused;
    QmSession *session = qm_session_new(&arena);
    QmClock *slow = NULL;
    session->rate = 192000;
    session->tempo[0].bpm = QM_MIN_BPM;
    session->meter[0].beats = QM_MAX_BEATS;
    session->meter[0].unit = 1;
    assert_int_equal(qm_clock_new(session, &arena, NULL, &slow), QM_OK);
    QmDiag diag = {.status = QM_OK};
    QmCommand command;
    assert_int_equal(qm_control_parse("locate 10", slow, &diag, &command), QM_OK);
    assert_int_equal(qm_control_parse("locate 999999", slow, &diag, &command),
                     QM_ERR_INPUT);
    assert_string_equal(diag.text, "locate: '999999' is too far away");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_verbs),
        cmocka_unit_test(mistakes_are_explained),
        cmocka_unit_test(a_place_may_be_too_far_away),
        cmocka_unit_test(a_line_without_end_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
