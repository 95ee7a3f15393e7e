/* The empty session, names, and look-ups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/address.h"
#include "model/validate.h"
#include "tests/support/song.h"

#include <string.h>

static void test_an_empty_session(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    QmDiag diag = {0};
    QmSession *session = qm_session_new(&arena);
    assert_int_equal(session->rate, 48000);
    assert_int_equal(session->n_strips, 1);
    assert_string_equal(session->strips[0].name, "master");
    assert_int_equal(session->strips[0].output, 1);
    assert_true(session->tempo[0].bpm == 120);
    assert_int_equal(session->meter[0].beats, 4);
    assert_true(session->tail.value < 0);
    assert_int_equal(qm_session_outputs(session), 2);
    assert_int_equal(qm_session_validate(session, &diag), QM_OK);
    assert_int_equal(diag.n_warnings, 0);
    qm_arena_release(&arena);
    for (uint64_t n = 1; n <= 4; n++) {
        arena.fail_at = n;
        assert_null(qm_session_new(&arena));
        arena.calls = 0;
        qm_arena_release(&arena);
    }
}

static void test_look_ups(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    QmSession *session = song_new(&arena);
    assert_int_equal(qm_session_strip(session, "bass"), SONG_BASS);
    assert_int_equal(qm_session_strip(session, "master"), SONG_MASTER);
    assert_int_equal(qm_session_strip(session, "bas"), QM_NONE);
    assert_int_equal(qm_session_sound(session, "voice"), 1);
    assert_int_equal(qm_session_sound(session, "vox"), QM_NONE);
    assert_int_equal(qm_session_pattern(session, "verse"), 0);
    assert_int_equal(qm_session_pattern(session, "chorus"), QM_NONE);
    session->strips[SONG_HALL].output = 5;
    assert_int_equal(qm_session_outputs(session), 6);
    qm_arena_release(&arena);
}

static void test_names(void **unused)
{
    (void)unused;
    static const char *const good[] = {"kick",    "K",  "808s", "hi-hat",
                                       "snare_2", "_x", "1e5x"};
    static const char *const bad[] = {"",    "808", "1e5",      "a b", "-a",
                                      "a.b", "a/b", "\xc3\xbc", "a:",  "2.5"};
    char name[QM_MAX_NAME + 2];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(qm_name_valid(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(qm_name_valid(bad[i]));
    }
    memset(name, 'a', sizeof name);
    name[QM_MAX_NAME + 1] = '\0';
    assert_false(qm_name_valid(name));
    name[QM_MAX_NAME] = '\0';
    assert_true(qm_name_valid(name));
    assert_true(qm_sound_is_path("a.wav"));
    assert_true(qm_sound_is_path("stems/a"));
    assert_false(qm_sound_is_path("kick"));
}

/* A strip begins with what its rows call the default. */
static void test_rows_agree_with_a_new_strip(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    QmSession *session = qm_session_new(&arena);
    for (uint16_t i = 0; i < QM_FADER_PARAMS; i++) {
        const QmTarget target = {0, QM_SLOT_FADER, i};
        assert_true(qm_address_get(session, target) == qm_fader_params[i].def);
    }
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_session),
        cmocka_unit_test(test_look_ups),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_rows_agree_with_a_new_strip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
