/* tests: base/diag base/status */
/* How failures and warnings are told, and what becomes of an exit code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/diag.h"

#include <string.h>

static const QmPlace HERE = {"song.yaml", 12, 14};

static void test_tells_place_path_expected_and_found(void **unused)
{
    (void)unused;
    QmDiag diag = {0};
    const QmStatus status =
        qm_fail(&diag, QM_ERR_INPUT, HERE, "sources.kick.fader.gain",
                "expected a level from %d to %d dB, found '%s'", -120, 24, "loud");
    assert_int_equal(status, QM_ERR_INPUT);
    assert_int_equal(diag.status, QM_ERR_INPUT);
    assert_string_equal(diag.text,
                        "song.yaml:12:14: sources.kick.fader.gain: expected a level "
                        "from -120 to 24 dB, found 'loud'");
}

static void test_leaves_out_what_is_unknown(void **unused)
{
    (void)unused;
    QmDiag whole_file = {0}, plain = {0}, path_only = {0};
    qm_fail(&whole_file, QM_ERR_IO, (QmPlace){"a.wav", 0, 0}, NULL, "not found");
    assert_string_equal(whole_file.text, "a.wav: not found");
    qm_fail_plain(&plain, QM_ERR_USAGE, "unknown option '%s'", "--lowd");
    assert_string_equal(plain.text, "unknown option '--lowd'");
    qm_fail(&path_only, QM_ERR_USAGE, (QmPlace){0}, "bass.eq", "no such slot");
    assert_string_equal(path_only.text, "bass.eq: no such slot");
}

static void test_keeps_the_first_failure(void **unused)
{
    (void)unused;
    QmDiag diag = {0};
    qm_fail_plain(&diag, QM_ERR_INPUT, "first");
    assert_int_equal(qm_fail_memory(&diag), QM_ERR_MEMORY);
    assert_int_equal(diag.status, QM_ERR_INPUT);
    assert_string_equal(diag.text, "first");
}

static void test_nobody_need_listen(void **unused)
{
    (void)unused;
    assert_int_equal(qm_fail(NULL, QM_ERR_IO, HERE, NULL, "unheard"), QM_ERR_IO);
    assert_int_equal(qm_fail_plain(NULL, QM_ERR_USAGE, "unheard"), QM_ERR_USAGE);
    assert_int_equal(qm_fail_memory(NULL), QM_ERR_MEMORY);
    qm_warn(NULL, HERE, NULL, "unheard");
}

static void test_gathers_warnings_beside_the_failure(void **unused)
{
    (void)unused;
    QmDiag diag = {0};
    for (int i = 0; i < QM_DIAG_WARNINGS + 5; i++) {
        qm_warn(&diag, HERE, "buses.hall", "warning %d", i);
    }
    assert_int_equal(diag.status, QM_OK);
    assert_int_equal(diag.n_warnings, QM_DIAG_WARNINGS + 5);
    assert_string_equal(diag.warnings[1], "song.yaml:12:14: buses.hall: warning 1");
    assert_string_equal(diag.text, "");
}

static void test_masks_control_characters(void **unused)
{
    (void)unused;
    QmDiag diag = {0};
    qm_fail(&diag, QM_ERR_INPUT, (QmPlace){"a\nb.yaml", 1, 1}, "x\ty",
            "found '\x1b[31m\x7f\xc2\x9b é'");
    assert_string_equal(diag.text, "a?b.yaml:1:1: x?y: found '?[31m??? é'");
}

static void test_cuts_long_lines_between_characters(void **unused)
{
    (void)unused;
    for (size_t shift = 0; shift < 2; shift++) {
        QmDiag diag = {0};
        char word[1001] = {0};
        for (size_t i = 0; i < 500; i++) {
            memcpy(word + 2 * i, "é", 2);
        }
        qm_fail_plain(&diag, QM_ERR_INPUT, "%s%s", shift ? "x" : "", word);
        const size_t length = strlen(diag.text);
        assert_true(length >= QM_DIAG_TEXT - 2);
        assert_string_equal(diag.text + length - 5, "é...");
    }
}

static void test_exit_codes(void **unused)
{
    (void)unused;
    assert_int_equal(qm_status_exit(QM_OK), 0);
    assert_int_equal(qm_status_exit(QM_ERR_USAGE), 2);
    assert_int_equal(qm_status_exit(QM_ERR_INPUT), 3);
    assert_int_equal(qm_status_exit(QM_ERR_IO), 4);
    assert_int_equal(qm_status_exit(QM_ERR_MEMORY), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tells_place_path_expected_and_found),
        cmocka_unit_test(test_leaves_out_what_is_unknown),
        cmocka_unit_test(test_keeps_the_first_failure),
        cmocka_unit_test(test_nobody_need_listen),
        cmocka_unit_test(test_gathers_warnings_beside_the_failure),
        cmocka_unit_test(test_masks_control_characters),
        cmocka_unit_test(test_cuts_long_lines_between_characters),
        cmocka_unit_test(test_exit_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
