/* open:    stat the target -> regular or absent: nameless file in its folder (or a .part)
 *                          -> FIFO, device:      the thing itself
 * commit:  nameless:  linkat to a .part name, rename over the target (link cannot
 * replace)
 *          .part:     rename over the target
 *
 * Permissions are those of any new file (0666 less the umask). */
#include "formats/file_out.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE = 0666, NAME_KEPT = 200 /* bytes of the name in a .part's */, TRIES = 1000 };

QmStatus qm_file_out_fail(const QmFileOut *file, int error, QmDiag *diag)
{
    static const struct {
        int error;
        const char *text;
    } TEXTS[] = {
        {ENOENT, "no such folder"},
        {ENOTDIR, "no such folder"},
        {EISDIR, "it is a folder"},
        {EACCES, "not allowed"},
        {EPERM, "not allowed"},
        {EROFS, "nothing can be written there"},
        {ENOSPC, "no space left"},
        {EDQUOT, "no space left"},
        {EFBIG, "it grew larger than a file may"},
        {EPIPE, "nobody reads it"},
    };
    const char *text = strerrordesc_np(error);
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        text = TEXTS[i].error == error ? TEXTS[i].text : text;
    }
    return qm_fail_plain(diag, QM_ERR_IO, "cannot write '%s': %s", file->name,
                         text ? text : "unknown error");
}

/* The folder of `path`, without the last slash; "." when it names none. */
static char *folder_of(const char *path, QmArena *arena)
{
    const char *slash = strrchr(path, '/');
    return slash == path ? qm_arena_strdup(arena, "/")
           : slash       ? qm_arena_strndup(arena, path, (size_t)(slash - path))
                         : qm_arena_strdup(arena, ".");
}

/* The n-th name to try for a part of `path`. */
static char *part_name(const char *path, int n, QmArena *arena)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    char tail[64];
    snprintf(tail, sizeof tail, ".%ld-%d.part", (long)getpid(), n);
    QmText text;
    qm_text_init(&text, arena);
    qm_text_add_n(&text, path, (size_t)(base - path));
    qm_text_add(&text, ".");
    qm_text_add_n(&text, base, strnlen(base, NAME_KEPT));
    qm_text_add(&text, tail);
    return text.failed ? NULL : text.data;
}

static QmStatus open_part(QmFileOut *file, QmArena *arena, QmDiag *diag)
{
    for (int n = 0; n < TRIES; n++) {
        const char *part = part_name(file->path, n, arena);
        if (!part) {
            return qm_fail_memory(diag);
        }
        file->fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
        if (file->fd >= 0) {
            file->part = part;
            return QM_OK;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return qm_file_out_fail(file, errno, diag);
}

static QmStatus open_replacing(QmFileOut *file, QmArena *arena, QmDiag *diag)
{
    const char *slash = strrchr(file->path, '/'), *base = slash ? slash + 1 : file->path;
    if (strlen(base) > NAME_MAX) {
        return qm_file_out_fail(file, ENAMETOOLONG, diag);
    }
    const char *folder = folder_of(file->path, arena);
    if (!folder) {
        return qm_fail_memory(diag);
    }
    file->seekable = true;
    file->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, MODE);
    if (file->fd >= 0) {
        return QM_OK;
    }
    return errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL
               ? open_part(file, arena, diag)
               : qm_file_out_fail(file, errno, diag);
}

QmStatus qm_file_out_open(const char *name, QmArena *arena, QmDiag *diag, QmFileOut *file)
{
    *file = (QmFileOut){.fd = -1, .name = qm_arena_strdup(arena, name)};
    if (!file->name) {
        return qm_fail_memory(diag);
    }
    if (qm_same(name, "-")) {
        file->name = "standard output";
        file->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        return file->fd < 0 ? qm_file_out_fail(file, errno, diag) : QM_OK;
    }
    struct stat about;
    const bool exists = stat(name, &about) == 0;
    if (!exists && (errno != ENOENT || !name[0])) {
        return qm_file_out_fail(file, errno, diag);
    }
    if (exists && S_ISDIR(about.st_mode)) {
        return qm_file_out_fail(file, EISDIR, diag);
    }
    if (exists && !S_ISREG(about.st_mode)) {
        file->fd = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return file->fd < 0 ? qm_file_out_fail(file, errno, diag) : QM_OK;
    }
    if (exists && access(name, W_OK) != 0) {
        return qm_file_out_fail(file, errno, diag);
    }
    char real[PATH_MAX];
    file->path = qm_arena_strdup(arena, exists && realpath(name, real) ? real : name);
    return file->path ? open_replacing(file, arena, diag) : qm_fail_memory(diag);
}

/* Whoever reads a pipe may stop reading without closing it, and a signal must still end
 * the wait: so poll() waits, and write() gets what the pipe takes at once. */
static QmStatus await_room(const QmFileOut *file, size_t *size, QmDiag *diag)
{
    struct pollfd room = {.fd = file->fd, .events = POLLOUT};
    if (file->path) {
        return QM_OK;
    }
    *size = *size < PIPE_BUF ? *size : PIPE_BUF;
    return poll(&room, 1, -1) < 0 && errno == EINTR
               ? qm_fail_plain(diag, QM_ERR_IO, "interrupted")
               : QM_OK;
}

QmStatus qm_file_out_write(QmFileOut *file, const void *data, size_t size, QmDiag *diag)
{
    const char *bytes = data;
    while (size) {
        size_t piece = size;
        const QmStatus status = await_room(file, &piece, diag);
        if (status) {
            return status;
        }
        const ssize_t done = write(file->fd, bytes, piece);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return qm_file_out_fail(file, done ? errno : ENOSPC, diag);
        }
        bytes += done;
        size -= (size_t)done;
    }
    return QM_OK;
}

QmStatus qm_file_out_patch(QmFileOut *file, const void *data, size_t size, QmDiag *diag)
{
    return pwrite(file->fd, data, size, 0) == (ssize_t)size
               ? QM_OK
               : qm_file_out_fail(file, errno, diag);
}

/* Gives a nameless file a .part name. */
static QmStatus link_part(QmFileOut *file, char part[PATH_MAX], QmDiag *diag)
{
    QmArena arena;
    qm_arena_init(&arena);
    char nameless[64];
    snprintf(nameless, sizeof nameless, "/proc/self/fd/%d", file->fd);
    QmStatus status = QM_ERR_IO;
    for (int n = 0; n < TRIES && status; n++) {
        const char *name = part_name(file->path, n, &arena);
        if (!name || snprintf(part, PATH_MAX, "%s", name) >= PATH_MAX) {
            errno = name ? ENAMETOOLONG : ENOMEM;
            break;
        }
        if (linkat(AT_FDCWD, nameless, AT_FDCWD, part, AT_SYMLINK_FOLLOW) == 0) {
            status = QM_OK;
        } else if (errno != EEXIST) {
            break;
        }
    }
    const int error = errno;
    qm_arena_release(&arena);
    return status ? qm_file_out_fail(file, error, diag) : QM_OK;
}

QmStatus qm_file_out_commit(QmFileOut *file, QmDiag *diag)
{
    if (!file->path) {
        return QM_OK;
    }
    char part[PATH_MAX];
    if (!file->part) {
        const QmStatus status = link_part(file, part, diag);
        if (status) {
            return status;
        }
    }
    const char *from = file->part ? file->part : part;
    if (rename(from, file->path) != 0) {
        const int error = errno;
        unlink(from);
        file->part = NULL;
        return qm_file_out_fail(file, error, diag);
    }
    file->part = NULL;
    return QM_OK;
}

void qm_file_out_close(QmFileOut *file)
{
    if (file->part) {
        unlink(file->part);
        file->part = NULL;
    }
    if (file->fd >= 0) {
        close(file->fd);
        file->fd = -1;
    }
}

QmStatus qm_file_out_whole(const char *name, const void *data, size_t size,
                           QmArena *arena, QmDiag *diag)
{
    QmFileOut file;
    QmStatus status = qm_file_out_open(name, arena, diag, &file);
    if (status) {
        return status;
    }
    status = qm_file_out_write(&file, data, size, diag);
    status = status ? status : qm_file_out_commit(&file, diag);
    qm_file_out_close(&file);
    return status;
}
