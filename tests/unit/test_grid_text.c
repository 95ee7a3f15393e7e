/* links: formats */
/* Grids as text: read as documented, refused with their place, written so that they read
 * back as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/file.h"
#include "formats/grid_text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static QmArena arena;
static QmDiag diag;

static int setup(void **unused)
{
    (void)unused;
    diag = (QmDiag){0};
    qm_arena_init(&arena);
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static QmGrid parse(const char *text)
{
    QmGrid grid = {0};
    assert_int_equal(qm_grid_parse("x", text, strlen(text), &arena, &diag, &grid), QM_OK);
    return grid;
}

static void test_columns_comments_and_line_ends(void **unused)
{
    (void)unused;
    static const QmBeat EXPECTED[] = {{0, 1}, {0.5, 2}, {1.25, 0}, {2, 12}, {3e3, 0}};
    const QmGrid grid = parse("# a comment\n0\t1\n0.5 2 # why\r\n\n   \t\r\n 1.25\t\n"
                              "2 \t12\n3e3");
    assert_int_equal(grid.n_beats, 5);
    for (int i = 0; i < 5; i++) {
        assert_true(grid.beats[i].time == EXPECTED[i].time);
        assert_int_equal(grid.beats[i].position, EXPECTED[i].position);
    }
}

static void test_writing_loses_nothing(void **unused)
{
    (void)unused;
    static const QmBeat BEATS[] = {
        {0, 0}, {0.1, 1}, {1.0 / 3, 2}, {2.0000000000000004, 64}, {QM_GRID_TIME_MAX, 1}};
    const QmGrid grid = {BEATS, 5};
    QmText text;
    qm_text_init(&text, &arena);
    qm_grid_print(&grid, &text);
    assert_string_equal(text.data, "0\n0.1\t1\n0.3333333333333333\t2\n"
                                   "2.0000000000000004\t64\n3600000\t1\n");
    const QmGrid again = parse(text.data);
    assert_int_equal(again.n_beats, 5);
    for (int i = 0; i < 5; i++) {
        assert_true(again.beats[i].time == BEATS[i].time);
        assert_int_equal(again.beats[i].position, BEATS[i].position);
    }
}

static void test_a_file_is_written_and_read(void **unused)
{
    (void)unused;
    char path[] = "/tmp/qmix-test.XXXXXX";
    assert_true(close(mkstemp(path)) == 0);
    const QmGrid grid = parse("1 1\n1.5 2\n");
    QmGrid again = {0};
    assert_int_equal(qm_grid_write(path, &grid, &arena, &diag), QM_OK);
    assert_int_equal(qm_grid_read(path, &arena, &diag, &again), QM_OK);
    assert_int_equal(again.n_beats, 2);
    assert_true(again.beats[1].time == 1.5 && again.beats[1].position == 2);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(qm_grid_read(path, &arena, &diag, &again), QM_ERR_INPUT);
}

static int is_grid(const struct dirent *entry)
{
    return strncmp(entry->d_name, "grid-", 5) == 0 && strstr(entry->d_name, ".beats");
}

static void check_message(const char *name)
{
    char path[300];
    char *data, *expected;
    size_t size, length;
    snprintf(path, sizeof path, "testdata/bad/%s", name);
    assert_int_equal(qm_file_read(path, 1 << 20, &arena, &diag, &data, &size), QM_OK);
    snprintf(path, sizeof path, "testdata/bad/%.*s.txt", (int)strlen(name) - 6, name);
    assert_int_equal(qm_file_read(path, 1 << 20, &arena, &diag, &expected, &length),
                     QM_OK);
    QmGrid grid;
    diag = (QmDiag){0};
    assert_int_equal(qm_grid_parse(name, data, size, &arena, &diag, &grid), QM_ERR_INPUT);
    char line[QM_DIAG_TEXT + 1];
    snprintf(line, sizeof line, "%s\n", diag.text);
    assert_string_equal(line, expected);
}

static void test_every_message(void **unused)
{
    (void)unused;
    struct dirent **entries;
    const int n = scandir("testdata/bad", &entries, is_grid, alphasort);
    assert_true(n >= 6);
    for (int i = 0; i < n; i++) {
        diag = (QmDiag){0};
        check_message(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

static void test_no_memory_is_told(void **unused)
{
    (void)unused;
    static const char TEXT[] = "1 1\n2 2\n3 3\n";
    for (uint64_t n = 1;; n++) {
        QmArena poor;
        QmGrid grid;
        qm_arena_init(&poor);
        poor.fail_at = n;
        diag = (QmDiag){0};
        const QmStatus status =
            qm_grid_parse("x", TEXT, strlen(TEXT), &poor, &diag, &grid);
        qm_arena_release(&poor);
        assert_true(status == QM_OK || status == QM_ERR_MEMORY);
        assert_int_equal(diag.status, status);
        if (!status) {
            assert_true(n > 1);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_columns_comments_and_line_ends, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_writing_loses_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_file_is_written_and_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_message, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_memory_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
