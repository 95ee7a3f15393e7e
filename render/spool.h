/* A sound decoded once into a nameless temporary file of floats, from where it is read at
 * any frame: what is compressed, piped, or at another rate than the session's. Memory
 * stays flat however long it is, and nothing is left behind however the process ends. */
#ifndef QM_RENDER_SPOOL_H
#define QM_RENDER_SPOOL_H

#include "base/arena.h"
#include "graph/sink.h"
#include "model/audio_reader.h"

typedef struct QmSpool {
    int fd;         /* -1: none */
    uint32_t width; /* channels in it */
    int64_t frames;
} QmSpool;

/* Reads `reader` to its end, keeps the channels picked[width] (0-based), converts their
 * rate to `rate`, and leaves the result in *spool. The file lies in $TMPDIR (/tmp).
 * Errors: the reader's; QM_ERR_IO when the file cannot be written. */
QmStatus qm_spool_make(const QmAudioReader *reader, const uint32_t *picked,
                       uint32_t width, uint32_t rate, QmDiag *diag, QmSpool *spool);
/* An empty one that a render fills: all that is written to `sink`, one frame after the
 * other. The caller closes the spool; the sink's close does nothing. */
QmStatus qm_spool_open(uint32_t width, QmDiag *diag, QmSpool *spool, QmSink *sink);
/* The spool as a sound at `rate` Hz, for who reads sounds: borrowed, any frame. */
QmAudioReader qm_spool_reader(QmSpool *spool, uint32_t rate);
/* Reads n frames into out[n][width]; returns how many could be. Any thread. */
uint32_t qm_spool_read(const QmSpool *spool, int64_t frame, uint32_t n, float *out);
void qm_spool_close(QmSpool *spool);

#endif
