/* magic | key | frames | readings | sum of all that, padded to a page | pairs
 *
 * The header is written last and its length and the file's have to agree, so whatever
 * ends early is seen. Blocks whose every bit is 0 are not written: the file system gives
 * them back as zeros. A file system in memory (tmpfs) takes a page for each of them that
 * is read where it is mapped, and there is a signal instead of an error when there is
 * none left: so they are asked for first. */
#include "render/frozen_file.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    BLOCK = 8192, /* frames: 64 KiB a write, and what a hole is made of */
    PAIR = 2 * sizeof(float),
    LARGEST_PAGE = 1 << 16, /* of memory, anywhere */
};

typedef struct Header {
    char magic[16]; /* the format, and the byte order: a number follows */
    uint64_t order;
    char key[QM_SHA256_TEXT];
    uint32_t n_readings;
    int64_t frames;
    double readings[QM_MAX_INSERTS][QM_MAX_READINGS];
    uint64_t sum; /* of what is in front */
} Header;

_Static_assert(sizeof(Header) <= PAGE, "the header is a page");

static const Header empty = {.magic = "qmix frozen 1", .order = 0x0102030405060708};

static uint64_t sum_of(const Header *header)
{
    return qm_hash64(header, offsetof(Header, sum));
}

/* --- reading ---------------------------------------------------------------------- */

/* What a whole file's mapping holds. */
static QmFrozenFile view_of(void *map, size_t size)
{
    const Header *header = map;
    return (QmFrozenFile){.map = map,
                          .size = size,
                          .pairs = (const float *)((const char *)map + PAGE),
                          .frames = header->frames,
                          .n_readings = header->n_readings,
                          .readings = header->readings};
}

/* False with errno: no room for them. Kernels that cannot be asked (before 5.14) are
 * taken at their word. */
static bool take_holes(int fd, char *map, off_t size)
{
    for (off_t hole, end = 0; end < size;) {
        hole = lseek(fd, end, SEEK_HOLE);
        if (hole < 0 || hole >= size)
            return true;
        end = lseek(fd, hole, SEEK_DATA);
        end = end < 0 || end > size ? size : end;
        hole -= hole % LARGEST_PAGE;
        if (madvise(map + hole, (size_t)(end - hole), MADV_POPULATE_READ) < 0 &&
            errno == EFAULT) {
            errno = ENOSPC;
            return false;
        }
    }
    return true;
}

bool qm_frozen_file_open(int fd, const char *key, int64_t frames, QmFrozenFile *file)
{
    struct stat st;
    const size_t size = PAGE + (size_t)frames * PAIR;
    if (fstat(fd, &st) < 0 || st.st_size < 0 || (uint64_t)st.st_size != size)
        return false;
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return false;
    const Header *header = map;
    const bool whole = memcmp(header->magic, empty.magic, sizeof empty.magic) == 0 &&
                       header->order == empty.order && header->sum == sum_of(header) &&
                       memcmp(header->key, key, QM_SHA256_TEXT) == 0 &&
                       header->frames == frames && header->n_readings <= QM_MAX_INSERTS;
    if (!whole || !take_holes(fd, map, st.st_size)) {
        const int error = errno;
        munmap(map, size);
        errno = error;
        return false;
    }
    *file = view_of(map, size);
    return true;
}

/* An old size of 0 makes mremap(2) map shared pages a second time. */
bool qm_frozen_file_share(const QmFrozenFile *file, QmFrozenFile *again)
{
    void *map = mremap(file->map, 0, file->size, MREMAP_MAYMOVE);
    if (map == MAP_FAILED)
        return false;
    *again = view_of(map, file->size);
    return true;
}

void qm_frozen_file_close(QmFrozenFile *file)
{
    if (file->map)
        munmap(file->map, file->size);
    *file = (QmFrozenFile){0};
}

/* --- writing ---------------------------------------------------------------------- */

static QmStatus write_at(const QmFrozenWriter *writer, const void *data, size_t size,
                         off_t at, QmDiag *diag)
{
    for (const char *bytes = data; size;) {
        const ssize_t done = pwrite(writer->fd, bytes, size, at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return qm_fail_plain(diag, QM_ERR_IO,
                                 "cannot write what is frozen in '%s': %s", writer->where,
                                 strerrordesc_np(done ? errno : ENOSPC));
        bytes += done;
        at += done;
        size -= (size_t)done;
    }
    return QM_OK;
}

/* Not -0 either. */
static bool is_silent(const float *pairs, uint32_t n)
{
    uint64_t any = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t pair;
        memcpy(&pair, pairs + 2 * (size_t)i, sizeof pair);
        any |= pair;
    }
    return any == 0;
}

static QmStatus flush(QmFrozenWriter *writer, QmDiag *diag)
{
    const uint32_t n = writer->filled;
    const off_t at = PAGE + (off_t)writer->at * PAIR;
    writer->at += n;
    writer->filled = 0;
    return is_silent(writer->block, n)
               ? QM_OK
               : write_at(writer, writer->block, (size_t)n * PAIR, at, diag);
}

static QmStatus take(void *self, int64_t frame, const float *audio, uint32_t n,
                     QmDiag *diag)
{
    QmFrozenWriter *writer = self;
    int64_t at = frame - writer->first;
    for (; n && at < 0; at++, n--)
        audio += 2;
    while (n && at < writer->frames) {
        const uint32_t room = BLOCK - writer->filled;
        const int64_t left = writer->frames - at;
        uint32_t some = n < room ? n : room;
        some = some < left ? some : (uint32_t)left;
        memcpy(writer->block + 2 * (size_t)writer->filled, audio, (size_t)some * PAIR);
        writer->filled += some;
        audio += 2 * (size_t)some;
        at += some;
        n -= some;
        const QmStatus status = writer->filled == BLOCK ? flush(writer, diag) : QM_OK;
        if (status != QM_OK)
            return status;
    }
    return QM_OK;
}

static QmStatus finish(void *self, QmDiag *diag) { return flush(self, diag); }

static void leave(void *self) { (void)self; }

QmStatus qm_frozen_writer_open(int fd, const char *where, int64_t first, int64_t frames,
                               QmArena *arena, QmDiag *diag, QmFrozenWriter *writer,
                               QmSink *sink)
{
    *writer = (QmFrozenWriter){.fd = fd,
                               .where = where,
                               .first = first,
                               .frames = frames,
                               .block = QM_NEW_ARRAY(arena, float, (size_t)BLOCK * 2)};
    *sink = (QmSink){take, finish, leave, writer, 2};
    return writer->block ? QM_OK : qm_fail_memory(diag);
}

QmStatus qm_frozen_writer_seal(const QmFrozenWriter *writer, const char *key,
                               uint32_t n_readings,
                               const double (*readings)[QM_MAX_READINGS], QmDiag *diag)
{
    Header header = empty;
    memcpy(header.key, key, QM_SHA256_TEXT);
    header.frames = writer->frames;
    header.n_readings = n_readings;
    for (uint32_t i = 0; i < n_readings; i++)
        memcpy(header.readings[i], readings[i], sizeof readings[i]);
    header.sum = sum_of(&header);
    if (ftruncate(writer->fd, PAGE + (off_t)writer->frames * PAIR) < 0)
        return qm_fail_plain(diag, QM_ERR_IO, "cannot write what is frozen in '%s': %s",
                             writer->where, strerrordesc_np(errno));
    return write_at(writer, &header, sizeof header, 0, diag);
}
