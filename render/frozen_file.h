/* A frozen strip's file: a page of header, then its stereo pairs of floats as they lie in
 * memory, silence as holes. It is read where it lies (mmap), so a song is as large as the
 * page cache lets it be and costs no descriptor. */
#ifndef QM_RENDER_FROZEN_FILE_H
#define QM_RENDER_FROZEN_FILE_H

#include "base/hash.h"
#include "graph/sink.h"
#include "model/session.h"

typedef struct QmFrozenFile {
    void *map; /* NULL: none */
    size_t size;
    const float *pairs; /* [frames][2] */
    int64_t frames;
    uint32_t n_readings; /* of inserts that have some, in chain order */
    const double (*readings)[QM_MAX_READINGS];
} QmFrozenFile;

/* Maps what was written for `key`, `frames` long; the descriptor stays the caller's and
 * may be closed. False with errno: it is not that, not whole, or there is no room for it
 * in memory. */
bool qm_frozen_file_open(int fd, const char *key, int64_t frames, QmFrozenFile *file);
/* Maps the same file once more. False: no memory for that. */
bool qm_frozen_file_share(const QmFrozenFile *file, QmFrozenFile *again);
void qm_frozen_file_close(QmFrozenFile *file); /* zeroed is fine */

/* One on its way. */
typedef struct QmFrozenWriter {
    int fd;                /* the caller's */
    const char *where;     /* the folder, for what is said */
    int64_t first, frames; /* the song frame that it begins with, how many it keeps */
    int64_t at;            /* of them, where the block begins */
    uint32_t filled;       /* frames in the block */
    float *block;
} QmFrozenWriter;

/* A sink that keeps frames [first, first + frames) of what it is given, which has to
 * begin no later. Close it before the descriptor. Errors: QM_ERR_MEMORY. */
QmStatus qm_frozen_writer_open(int fd, const char *where, int64_t first, int64_t frames,
                               QmArena *arena, QmDiag *diag, QmFrozenWriter *writer,
                               QmSink *sink);
/* The header, after the sink has finished: now the file is whole. Errors: QM_ERR_IO. */
QmStatus qm_frozen_writer_seal(const QmFrozenWriter *writer, const char *key,
                               uint32_t n_readings,
                               const double (*readings)[QM_MAX_READINGS], QmDiag *diag);

#endif
