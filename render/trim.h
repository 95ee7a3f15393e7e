/* A sink in front of others that leaves out the silence at a render's end.
 *
 * Tails are declared for the worst case, -120 dB below what went in; most songs are
 * silent long before. From `from` on, audio below QM_TRIM_LEVEL is held back and passed
 * on only when something louder follows; what is still held at the end is dropped.
 * Whether a frame is dropped depends on the samples alone, never on how they arrive. */
#ifndef QM_RENDER_TRIM_H
#define QM_RENDER_TRIM_H

#include "base/arena.h"
#include "graph/sink.h"

#define QM_TRIM_LEVEL 1e-6f /* -120 dBFS: below the last bit of 16-bit audio by 30 dB */

typedef struct QmTrim {
    QmSink *inner; /* borrowed */
    uint32_t n_inner, channels;
    int64_t from; /* song frame from which silence may be left out */
    float *held;  /* [capacity][channels] */
    uint32_t n_held, capacity;
    int64_t held_at; /* song frame of the first held one */
    int64_t written; /* song frame after the last one passed on */
} QmTrim;

/* `capacity`: how many frames of silence may be held; longer ones are passed on. The sink
 * is trim's own view of itself; its finish finishes the inner ones, its close leaves them
 * alone. */
QmStatus qm_trim_open(QmTrim *trim, QmSink *inner, uint32_t n_inner, uint32_t channels,
                      int64_t from, uint32_t capacity, QmArena *arena, QmDiag *diag,
                      QmSink *sink);

#endif
