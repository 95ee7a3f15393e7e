/* Small reads from a sound, served from a few windows that are filled by large ones.
 *
 * One stream belongs to one reader of one sound (a strip), so it needs no lock. Several
 * windows, because clips of one strip may overlap and then read the sound in several
 * places in turn. */
#ifndef QM_RENDER_STREAM_H
#define QM_RENDER_STREAM_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { QM_STREAM_WINDOW = 4096 /* frames */, QM_STREAM_WINDOWS = 4 };

typedef struct QmWindow {
    int64_t frame; /* its first */
    uint32_t n;    /* frames in it; 0: empty */
    uint64_t used; /* when it was last read from */
    float *data;
} QmWindow;

typedef struct QmStream {
    /* Fills out[n][width] from `frame`, silence where it cannot. */
    void (*fetch)(void *self, int64_t frame, uint32_t n, float *out);
    void *self;
    int64_t frames;       /* the sound's length */
    uint32_t width;       /* channels that fetch gives */
    uint32_t left, right; /* which of them are the pair */
    QmWindow windows[QM_STREAM_WINDOWS];
    uint64_t clock;
} QmStream;

/* Takes the windows' memory from `arena`; the fields above them are the caller's. False:
 * none. */
bool qm_stream_init(QmStream *stream, QmArena *arena);
/* Fills out[n][2] with frames [frame, frame + n), all within [0, frames). */
void qm_stream_read(QmStream *stream, int64_t frame, uint32_t n, float *out);
/* The same frames where they lie, good until the next call; NULL when no window holds
 * them all, or not as pairs. */
const float *qm_stream_view(QmStream *stream, int64_t frame, uint32_t n);
/* out[n][2] = channels left and right of in[n][width]. */
void qm_stream_pick(const float *in, uint32_t width, uint32_t left, uint32_t right,
                    uint32_t n, float *out);

#endif
