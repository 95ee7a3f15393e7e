/* One flat folder; an entry is a file called KEY.suffix.
 *
 *   put    linkat(2) gives a nameless file its name, whole or not at all. Where nameless
 *          files cannot get one (no O_TMPFILE, no /proc) it is copied to a name of its
 *          own and renamed, which is as whole.
 *   get    open(2), then its time of change becomes now: that is its last use.
 *   trim   one process at a time (flock on the file `lock`); entries are weighed by what
 *          they take on the disk.
 *
 * Processes need no other agreement: who loses a race to a name has the same content, and
 * a deleted file lives on for those who have it open. Nothing is synced: what a loss of
 * power leaves behind, the owners of the entries detect by its length or their own
 * checks, and qm_cache_drop it. */
#include "render/cache.h"

#include "base/hash.h"
#include "base/sort.h"
#include "base/text.h"
#include "render/nameless.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 4096, KEY = QM_SHA256_TEXT - 1, COPY = 1 << 16 };
#define HALF       ".new." /* what a copy is called until it is whole */
#define HALF_MAX_S 3600    /* older ones were left behind by who is gone */

struct QmCache {
    const char *folder; /* NULL: none */
    uint64_t bound;
};

/* --- opening ---------------------------------------------------------------------- */

/* With all folders above it. False with errno. */
static bool make_folder(const char *folder)
{
    char path[PATH];
    const size_t length = strlen(folder);
    if (length == 0 || length >= sizeof path) {
        errno = length ? ENAMETOOLONG : ENOENT;
        return false;
    }
    memcpy(path, folder, length + 1);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0777);
    }
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return false;
    const int fd = open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const bool usable = faccessat(fd, ".", R_OK | W_OK | X_OK, AT_EACCESS) == 0;
    const int error = errno;
    close(fd);
    errno = error;
    return usable;
}

QmStatus qm_cache_open(const char *folder, uint64_t bound, QmArena *arena, QmDiag *diag,
                       QmCache **cache)
{
    QmCache *made = QM_NEW(arena, QmCache);
    if (!made)
        return qm_fail_memory(diag);
    made->bound = bound;
    if (folder && make_folder(folder)) {
        made->folder = qm_arena_strdup(arena, folder);
        if (!made->folder)
            return qm_fail_memory(diag);
    } else if (folder) {
        qm_warn(diag, (QmPlace){0}, NULL, "the cache folder '%s' cannot be used: %s",
                folder, strerrordesc_np(errno));
    }
    *cache = made;
    return QM_OK;
}

/* --- entries ---------------------------------------------------------------------- */

/* False: there is no such path. */
static bool path_of(const QmCache *cache, const char *key, const char *suffix,
                    char path[PATH])
{
    return cache->folder &&
           snprintf(path, PATH, "%s/%s%s", cache->folder, key, suffix) < PATH;
}

int qm_cache_get(QmCache *cache, const char *key, const char *suffix)
{
    char path[PATH];
    if (!path_of(cache, key, suffix, path))
        return -1;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        return -1;
    }
    if (fd >= 0)
        futimens(fd, (const struct timespec[]){{.tv_nsec = UTIME_OMIT},
                                               {.tv_nsec = UTIME_NOW}});
    return fd;
}

const char *qm_cache_folder(const QmCache *cache)
{
    return cache->folder ? cache->folder : qm_nameless_folder();
}

int qm_cache_new(QmCache *cache) { return qm_nameless_open(cache->folder); }

/* Links a nameless file. False: this cannot be done here. */
static bool link_to(int fd, const char *path)
{
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 ||
           errno == EEXIST;
}

/* All of `from`, from its start. */
static bool copy_to(int from, int to)
{
    char bytes[COPY];
    ssize_t n = 0;
    for (off_t at = 0; (n = pread(from, bytes, sizeof bytes, at)) > 0; at += n)
        for (ssize_t done = 0, m; done < n; done += m)
            if ((m = pwrite(to, bytes + done, (size_t)(n - done), at + done)) <= 0)
                return false;
    return n == 0;
}

static void copy_under(const QmCache *cache, int fd, const char *path)
{
    char half[PATH];
    if (snprintf(half, sizeof half, "%s/" HALF "XXXXXX", cache->folder) >= PATH)
        return;
    const int copy = mkostemp(half, O_CLOEXEC);
    if (copy < 0)
        return;
    if (!copy_to(fd, copy) || rename(half, path) < 0)
        unlink(half);
    close(copy);
}

void qm_cache_put(QmCache *cache, int fd, const char *key, const char *suffix)
{
    char path[PATH];
    if (path_of(cache, key, suffix, path) && !link_to(fd, path))
        copy_under(cache, fd, path);
}

void qm_cache_drop(QmCache *cache, const char *key, const char *suffix)
{
    char path[PATH];
    if (path_of(cache, key, suffix, path))
        unlink(path);
}

/* --- trimming --------------------------------------------------------------------- */

typedef struct Entry {
    char *name;
    uint64_t size;
    struct timespec used;
} Entry;

typedef struct Entries {
    QmArena arena;
    Entry *entry;
    uint32_t n, room;
    uint64_t size;
} Entries;

/* KEY.suffix */
static bool is_entry(const char *name)
{
    const size_t digits = strspn(name, "0123456789abcdef");
    return digits == KEY && name[KEY] == '.' && name[KEY + 1] &&
           name[KEY + 1 + strspn(name + KEY + 1, "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

static int compare(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec)
        return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    if (x->used.tv_nsec != y->used.tv_nsec)
        return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

static bool add_entry(Entries *list, const char *name, const struct stat *st)
{
    if (list->n == list->room) {
        const uint32_t room = list->room ? 2 * list->room : 256;
        Entry *grown =
            qm_arena_grow(&list->arena, list->entry, list->n, room, sizeof *grown);
        if (!grown)
            return false;
        list->entry = grown;
        list->room = room;
    }
    Entry *entry = &list->entry[list->n];
    entry->name = qm_arena_strdup(&list->arena, name);
    entry->size = (uint64_t)st->st_blocks * 512; /* the unit of st_blocks */
    entry->used = st->st_mtim;
    if (!entry->name)
        return false;
    list->n++;
    list->size += entry->size;
    return true;
}

/* Also deletes copies that were left half done. */
static bool list_entries(DIR *folder, Entries *list)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    for (const struct dirent *found; (found = readdir(folder));) {
        const bool half = strncmp(found->d_name, HALF, strlen(HALF)) == 0;
        struct stat st;
        if ((!half && !is_entry(found->d_name)) ||
            fstatat(dirfd(folder), found->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(st.st_mode))
            continue;
        if (half && now.tv_sec - st.st_mtim.tv_sec > HALF_MAX_S)
            unlinkat(dirfd(folder), found->d_name, 0);
        if (!half && !add_entry(list, found->d_name, &st))
            return false;
    }
    return qm_sort(list->entry, list->n, sizeof *list->entry, compare, &list->arena) ==
           QM_OK;
}

static void trim_folder(DIR *folder, uint64_t bound)
{
    Entries list = {.n = 0};
    qm_arena_init(&list.arena);
    if (list_entries(folder, &list))
        for (uint32_t i = 0; i < list.n && list.size > bound; i++)
            if (unlinkat(dirfd(folder), list.entry[i].name, 0) == 0)
                list.size -= list.entry[i].size;
    qm_arena_release(&list.arena);
}

void qm_cache_trim(QmCache *cache)
{
    DIR *folder = cache->folder ? opendir(cache->folder) : NULL;
    if (!folder)
        return;
    const int lock =
        openat(dirfd(folder), "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
        trim_folder(folder, cache->bound);
    if (lock >= 0)
        close(lock);
    closedir(folder);
}
