/* The cache: entries appear whole, are used by several processes at once, and go when
 * they have not been used for longest. */
/* links: render */
/* tests: render/cache render/nameless */
#include "render/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH = 256, BLOCK = 4096 };
#define SUFFIX ".frozen"

typedef struct Fixture {
    QmArena arena;
    QmDiag diag;
    char folder[PATH];
} Fixture;

static void set_up(Fixture *f)
{
    *f = (Fixture){.diag = {.status = QM_OK}};
    qm_arena_init(&f->arena);
    strcpy(f->folder, "/tmp/test_cache.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
}

static void tear_down(Fixture *f)
{
    char command[PATH + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    assert_int_equal(system(command), 0);
    qm_arena_release(&f->arena);
}

static QmCache *cache_at(Fixture *f, const char *folder, uint64_t bound)
{
    QmCache *cache = NULL;
    assert_int_equal(qm_cache_open(folder, bound, &f->arena, &f->diag, &cache), QM_OK);
    return cache;
}

/* A key of its own for every number. */
static const char *key_of(uint32_t number)
{
    static char key[65];
    snprintf(key, sizeof key, "%064x", number);
    return key;
}

/* An entry of `blocks` blocks full of its number. */
static void put(QmCache *cache, uint32_t number, uint32_t blocks)
{
    char block[BLOCK];
    const int fd = qm_cache_new(cache);
    assert_true(fd >= 0);
    memset(block, (int)number, sizeof block);
    for (uint32_t i = 0; i < blocks; i++)
        assert_int_equal(write(fd, block, sizeof block), BLOCK);
    qm_cache_put(cache, fd, key_of(number), SUFFIX);
    char again;
    assert_int_equal(pread(fd, &again, 1, 0), 1); /* good for reading, still */
    assert_int_equal(again, (char)number);
    close(fd);
}

/* Its length; -1: there is none. */
static int64_t get(QmCache *cache, uint32_t number)
{
    const int fd = qm_cache_get(cache, key_of(number), SUFFIX);
    struct stat st = {.st_size = -1};
    char first;
    if (fd < 0)
        return -1;
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(read(fd, &first, 1), 1);
    assert_int_equal(first, (char)number);
    close(fd);
    return st.st_size;
}

/* Says when an entry was used last, in seconds ago. */
static void used(const Fixture *f, uint32_t number, int ago)
{
    char path[2 * PATH];
    struct timespec now;
    snprintf(path, sizeof path, "%s/%s" SUFFIX, f->folder, key_of(number));
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= ago;
    assert_int_equal(utimensat(AT_FDCWD, path, (const struct timespec[]){now, now}, 0),
                     0);
}

static uint32_t files_in(const char *folder)
{
    DIR *list = opendir(folder);
    uint32_t n = 0;
    assert_non_null(list);
    for (const struct dirent *e; (e = readdir(list));)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(list);
    return n;
}

static void what_was_put_is_there(void **state)
{
    (void)state;
    Fixture f;
    char deep[2 * PATH];
    set_up(&f);
    snprintf(deep, sizeof deep, "%s/a/b/c", f.folder); /* made with what is above it */
    QmCache *cache = cache_at(&f, deep, 1 << 20);
    assert_int_equal(get(cache, 7), -1);
    put(cache, 7, 3);
    assert_int_equal(get(cache, 7), 3 * BLOCK);
    put(cache, 7, 3); /* there already: fine */
    assert_int_equal(files_in(deep), 1);
    assert_int_equal(get(cache_at(&f, deep, 0), 7), 3 * BLOCK);
    const int fd = qm_cache_get(cache, key_of(7), SUFFIX);
    qm_cache_drop(cache, key_of(7), SUFFIX);
    assert_int_equal(get(cache, 7), -1);
    char first;
    assert_int_equal(read(fd, &first, 1), 1); /* those who have it open go on */
    close(fd);
    assert_int_equal(f.diag.n_warnings, 0);
    tear_down(&f);
}

static void without_a_folder_nothing_is_kept(void **state)
{
    (void)state;
    Fixture f;
    set_up(&f);
    QmCache *cache = cache_at(&f, NULL, 1 << 20);
    put(cache, 1, 1);
    assert_int_equal(get(cache, 1), -1);
    qm_cache_drop(cache, key_of(1), SUFFIX);
    qm_cache_trim(cache);
    assert_int_equal(f.diag.n_warnings, 0);
    tear_down(&f);
}

static void an_unusable_folder_is_a_warning(void **state)
{
    (void)state;
    Fixture f;
    set_up(&f);
    QmCache *cache = cache_at(&f, "/proc/nothing/here", 1 << 20);
    assert_int_equal(f.diag.n_warnings, 1);
    put(cache, 1, 1);
    assert_int_equal(get(cache, 1), -1);
    f.diag.n_warnings = 0;
    char file[2 * PATH];
    snprintf(file, sizeof file, "%s/file", f.folder);
    close(open(file, O_CREAT | O_WRONLY, 0600));
    put(cache_at(&f, file, 1 << 20), 1, 1);
    assert_int_equal(f.diag.n_warnings, 1);
    f.arena.fail_at = f.arena.calls + 1;
    assert_int_equal(qm_cache_open(f.folder, 0, &f.arena, &f.diag, &cache),
                     QM_ERR_MEMORY);
    f.arena.fail_at = f.arena.calls + 2;
    assert_int_equal(qm_cache_open(f.folder, 0, &f.arena, &f.diag, &cache),
                     QM_ERR_MEMORY);
    tear_down(&f);
}

static void the_longest_unused_go_first(void **state)
{
    (void)state;
    Fixture f;
    set_up(&f);
    QmCache *cache = cache_at(&f, f.folder, 10 * BLOCK);
    for (uint32_t i = 1; i <= 5; i++) {
        put(cache, i, 3);
        used(&f, i, 100 - (int)i);
    }
    assert_int_equal(get(cache, 1), 3 * BLOCK); /* used just now */
    qm_cache_trim(cache);                       /* 15 blocks: 2 and 3 go */
    assert_int_equal(get(cache, 2), -1);
    assert_int_equal(get(cache, 3), -1);
    assert_int_equal(get(cache, 1), 3 * BLOCK);
    assert_int_equal(get(cache, 4), 3 * BLOCK);
    assert_int_equal(get(cache, 5), 3 * BLOCK);
    qm_cache_trim(cache_at(&f, f.folder, 0));
    assert_int_equal(get(cache, 1), -1);
    assert_int_equal(files_in(f.folder), 1); /* the lock */
    tear_down(&f);
}

static void other_files_are_left_alone(void **state)
{
    (void)state;
    static const char *const names[] = {
        "song.wav",
        "0123456789abcdef.frozen",
        ".new.abcdef", /* a fresh one: somebody is at it */
        "000000000000000000000000000000000000000000000000000000000000000g.frozen",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000.",
        "0000000000000000000000000000000000000000000000000000000000000000.tar.gz",
    };
    enum { NAMES = sizeof names / sizeof *names };
    Fixture f;
    set_up(&f);
    QmCache *cache = cache_at(&f, f.folder, 0);
    put(cache, 1, 1);
    char path[2 * PATH];
    for (uint32_t i = 0; i < NAMES; i++) {
        snprintf(path, sizeof path, "%s/%s", f.folder, names[i]);
        close(open(path, O_CREAT | O_WRONLY, 0600));
    }
    snprintf(path, sizeof path, "%s/.new.left", f.folder);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    const struct timespec old[] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    qm_cache_trim(cache);
    assert_int_equal(files_in(f.folder), NAMES + 1); /* and the lock */
    tear_down(&f);
}

static void one_trims_at_a_time(void **state)
{
    (void)state;
    Fixture f;
    char path[2 * PATH];
    set_up(&f);
    QmCache *cache = cache_at(&f, f.folder, 0);
    put(cache, 1, 1);
    snprintf(path, sizeof path, "%s/lock", f.folder);
    const int lock = open(path, O_CREAT | O_RDWR, 0600);
    assert_int_equal(flock(lock, LOCK_EX), 0);
    qm_cache_trim(cache);
    assert_int_equal(get(cache, 1), BLOCK);
    close(lock);
    qm_cache_trim(cache);
    assert_int_equal(get(cache, 1), -1);
    tear_down(&f);
}

/* Puts, gets and trims the same few entries over and over; what is there is whole. */
static void work(Fixture *f)
{
    QmCache *cache = cache_at(f, f->folder, 20 * BLOCK);
    for (uint32_t i = 0; i < 300; i++) {
        const uint32_t number = 1 + i * 7 % 10;
        const int64_t size = get(cache, number);
        if (size < 0)
            put(cache, number, number);
        else
            assert_int_equal(size, number * BLOCK);
        if (i % 5 == 0)
            qm_cache_trim(cache);
        if (i % 11 == 0)
            qm_cache_drop(cache, key_of(number), SUFFIX);
    }
}

static void processes_share_a_folder(void **state)
{
    (void)state;
    Fixture f;
    set_up(&f);
    pid_t others[3];
    for (uint32_t i = 0; i < 3; i++) {
        others[i] = fork();
        assert_true(others[i] >= 0);
        if (others[i] == 0) {
            work(&f);
            _exit(0);
        }
    }
    work(&f);
    for (uint32_t i = 0; i < 3; i++) {
        int status;
        assert_int_equal(waitpid(others[i], &status, 0), others[i]);
        assert_int_equal(status, 0);
    }
    tear_down(&f);
}

/* A file that cannot be linked (here: one that had a name) is copied. */
static void what_cannot_be_linked_is_copied(void **state)
{
    (void)state;
    Fixture f;
    set_up(&f);
    char path[2 * PATH], block[3 * BLOCK];
    QmCache *cache = cache_at(&f, f.folder, 1 << 20);
    snprintf(path, sizeof path, "%s/named", f.folder);
    const int fd = open(path, O_CREAT | O_RDWR, 0600);
    unlink(path);
    memset(block, 9, sizeof block);
    assert_int_equal(write(fd, block, sizeof block), sizeof block);
    qm_cache_put(cache, fd, key_of(9), SUFFIX);
    assert_int_equal(get(cache, 9), sizeof block);
    assert_int_equal(files_in(f.folder), 1);
    close(fd);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_there),
        cmocka_unit_test(without_a_folder_nothing_is_kept),
        cmocka_unit_test(an_unusable_folder_is_a_warning),
        cmocka_unit_test(the_longest_unused_go_first),
        cmocka_unit_test(other_files_are_left_alone),
        cmocka_unit_test(one_trims_at_a_time),
        cmocka_unit_test(processes_share_a_folder),
        cmocka_unit_test(what_cannot_be_linked_is_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
