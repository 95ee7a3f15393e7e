/* Read in pieces that double, because a pipe does not say how much will come; what is
 * left behind in the arena is at most as large as the file. */
#include "formats/file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_PIECE = 64 * 1024 };

static const char *reason(int error)
{
    switch (error) {
    case ENOENT:
        return "not found";
    case ENOTDIR:
        return "a part of its path is no directory";
    case EACCES:
    case EPERM:
        return "not permitted";
    case EISDIR:
        return "it is a directory";
    case ENAMETOOLONG:
        return "the name is too long";
    case ELOOP:
        return "its links lead in a circle";
    case ENXIO:
        return "it is a socket or a device that is not there";
    default:
        return "the system refuses";
    }
}

static QmStatus too_large(const char *name, size_t max_size, QmDiag *diag)
{
    return qm_fail_plain(diag, QM_ERR_INPUT, "cannot read '%s': larger than %zu bytes",
                         name, max_size);
}

static QmStatus open_file(const char *path, const char *name, size_t max_size,
                          QmDiag *diag, int *file)
{
    struct stat about;
    *file = qm_same(path, "-") ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (*file < 0 || fstat(*file, &about) != 0) {
        return qm_fail_plain(diag, QM_ERR_INPUT, "cannot open '%s': %s", name,
                             reason(errno));
    }
    if (S_ISDIR(about.st_mode)) {
        return qm_fail_plain(diag, QM_ERR_INPUT, "cannot read '%s': it is a directory",
                             name);
    }
    if (S_ISREG(about.st_mode) && (uintmax_t)about.st_size > max_size) {
        return too_large(name, max_size, diag);
    }
    return QM_OK;
}

static QmStatus read_all(int file, const char *name, size_t max_size, QmArena *arena,
                         QmDiag *diag, char **data, size_t *size)
{
    size_t room = FIRST_PIECE, used = 0;
    char *bytes = qm_arena_alloc(arena, room, 1);
    while (bytes) {
        const ssize_t got = read(file, bytes + used, room - 1 - used);
        if (got < 0 && errno == EINTR) { /* a handler ran: somebody wants an end */
            return qm_fail_plain(diag, QM_ERR_IO, "interrupted");
        }
        if (got < 0) {
            return qm_fail_plain(diag, errno == EISDIR ? QM_ERR_INPUT : QM_ERR_IO,
                                 "cannot read '%s': %s", name, reason(errno));
        }
        if (got == 0) {
            bytes[used] = '\0';
            *data = bytes;
            *size = used;
            return QM_OK;
        }
        used += (size_t)got;
        if (used > max_size) {
            return too_large(name, max_size, diag);
        }
        if (used == room - 1) {
            room *= 2;
            bytes = qm_arena_grow(arena, bytes, used, room, 1);
        }
    }
    return qm_fail_memory(diag);
}

QmStatus qm_file_read(const char *path, size_t max_size, QmArena *arena, QmDiag *diag,
                      char **data, size_t *size)
{
    const char *name = qm_same(path, "-") ? "standard input" : path;
    int file;
    QmStatus status = open_file(path, name, max_size, diag, &file);
    if (status == QM_OK) {
        status = read_all(file, name, max_size, arena, diag, data, size);
    }
    if (file > STDIN_FILENO || (file == STDIN_FILENO && !qm_same(path, "-"))) {
        (void)close(file);
    }
    return status;
}

QmStatus qm_file_hash(const char *path, QmSha256 *sha, QmDiag *diag)
{
    enum { PIECE = 1 << 18 };
    static _Thread_local char piece[PIECE];
    int file;
    QmStatus status = open_file(path, path, SIZE_MAX, diag, &file);
    for (ssize_t got = 1; got > 0 && status == QM_OK;) {
        got = read(file, piece, PIECE);
        if (got < 0)
            status = qm_fail_plain(diag, QM_ERR_IO, "cannot read '%s': %s", path,
                                   reason(errno));
        else
            qm_sha256_add(sha, piece, (size_t)got);
    }
    if (file >= 0)
        (void)close(file);
    return status;
}
