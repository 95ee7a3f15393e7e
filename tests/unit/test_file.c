/* links: formats */
/* Whole files as bytes: regular ones, FIFOs, standard input, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], path[128];

static int make_folder(void **unused)
{
    (void)unused;
    strcpy(folder, "/tmp/qmix-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **unused)
{
    (void)unused;
    return rmdir(folder);
}

static const char *name(const char *file)
{
    snprintf(path, sizeof path, "%s/%s", folder, file);
    return path;
}

/* A child that writes `size` bytes 'x' into `file` (opened for it, or by it). */
static pid_t writer(const char *file, int descriptor, size_t size)
{
    const pid_t child = fork();
    if (child == 0) {
        const int out = file ? open(file, O_WRONLY) : descriptor;
        for (size_t i = 0; i < size; i++) {
            if (write(out, "x", 1) != 1) {
                _exit(1);
            }
        }
        _exit(0);
    }
    return child;
}

static void read_is(const char *file, size_t max, size_t expected)
{
    QmArena arena = {0};
    QmDiag diag = {0};
    char *data;
    size_t size;
    assert_int_equal(qm_file_read(file, max, &arena, &diag, &data, &size), QM_OK);
    assert_int_equal(size, expected);
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(data[i], 'x');
    }
    assert_int_equal(data[size], '\0');
    qm_arena_release(&arena);
}

static void fails(const char *file, size_t max, const char *why)
{
    QmArena arena = {0};
    QmDiag diag = {0};
    char *data, message[256];
    size_t size;
    snprintf(message, sizeof message, why, file);
    assert_int_equal(qm_file_read(file, max, &arena, &diag, &data, &size), QM_ERR_INPUT);
    assert_string_equal(diag.text, message);
    qm_arena_release(&arena);
}

static void test_regular_files(void **unused)
{
    (void)unused;
    const size_t sizes[] = {0, 1, 65535, 65536, 300000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        FILE *file = fopen(name("x"), "wb");
        assert_non_null(file);
        for (size_t k = 0; k < sizes[i]; k++) {
            fputc('x', file);
        }
        fclose(file);
        read_is(name("x"), sizes[i], sizes[i]);
        if (sizes[i] == 300000) {
            fails(name("x"), 299999, "cannot read '%s': larger than 299999 bytes");
        }
        unlink(name("x"));
    }
}

static void test_fifos_and_standard_input(void **unused)
{
    (void)unused;
    int status, ends[2];
    assert_int_equal(mkfifo(name("fifo"), 0600), 0);
    pid_t child = writer(name("fifo"), -1, 100000);
    read_is(name("fifo"), 100000, 100000);
    waitpid(child, &status, 0);
    unlink(name("fifo"));

    const int saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    child = writer(NULL, ends[1], 70000);
    close(ends[1]);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    close(ends[0]);
    read_is("-", 70000, 70000);
    waitpid(child, &status, 0);
    dup2(saved, STDIN_FILENO);
    close(saved);
}

static void test_a_pipe_that_is_too_long(void **unused)
{
    (void)unused;
    int status;
    assert_int_equal(mkfifo(name("fifo"), 0600), 0);
    signal(SIGPIPE, SIG_IGN);
    const pid_t child = writer(name("fifo"), -1, 100000);
    fails(name("fifo"), 1000, "cannot read '%s': larger than 1000 bytes");
    waitpid(child, &status, 0);
    unlink(name("fifo"));
}

static void test_what_is_no_file(void **unused)
{
    (void)unused;
    fails(folder, 10, "cannot read '%s': it is a directory");
    fails(name("none"), 10, "cannot open '%s': not found");
    fails("/dev/null/x", 10, "cannot open '%s': a part of its path is no directory");
}

static void test_memory_that_is_not_there(void **unused)
{
    (void)unused;
    FILE *file = fopen(name("x"), "wb");
    assert_non_null(file);
    for (int i = 0; i < 200000; i++) {
        fputc('x', file);
    }
    fclose(file);
    for (uint64_t n = 1; n <= 3; n++) {
        QmArena arena = {.fail_at = n};
        QmDiag diag = {0};
        char *data;
        size_t size;
        assert_int_equal(qm_file_read(name("x"), 1 << 20, &arena, &diag, &data, &size),
                         QM_ERR_MEMORY);
        qm_arena_release(&arena);
    }
    unlink(name("x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_regular_files),
        cmocka_unit_test(test_fifos_and_standard_input),
        cmocka_unit_test(test_a_pipe_that_is_too_long),
        cmocka_unit_test(test_what_is_no_file),
        cmocka_unit_test(test_memory_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
