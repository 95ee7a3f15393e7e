/* A sound made ready for the graph: stereo pairs of finite floats at the session's rate.
 *
 * Either resident in memory, or read in pieces through a function that whoever prepared
 * it supplies (render/prepare.h). Mono was doubled, channels were chosen, the rate was
 * converted before it came here (D8). */
#ifndef QM_PROC_ASSET_H
#define QM_PROC_ASSET_H

#include <stdint.h>

typedef struct QmAsset {
    const char *name;      /* as in the session's pool; borrowed */
    int64_t frames;        /* its length */
    const float *resident; /* [frames][2], or NULL: streamed */
    /* Fills out[n][2] from `frame`, all within [0, frames). `reader` (a strip's number)
     * has a position of its own; one thread at a time per reader. What cannot be read
     * becomes silence and is remembered by the owner, who fails the render. */
    void (*read)(void *self, uint32_t reader, int64_t frame, uint32_t n, float *out);
    /* The same frames where they lie, good until the reader's next call; NULL when they
     * do not lie in one piece as pairs (then `read` them). The member itself may be
     * NULL. */
    const float *(*view)(void *self, uint32_t reader, int64_t frame, uint32_t n);
    void *self;
} QmAsset;

/* Fills out[n][2] with frames [frame, frame + n), silence outside of the asset. */
void qm_asset_read(const QmAsset *asset, uint32_t reader, int64_t frame, uint32_t n,
                   float *out);
/* Those frames without a copy, good until the reader's next call; NULL: they have to be
 * read. */
const float *qm_asset_view(const QmAsset *asset, uint32_t reader, int64_t frame,
                           uint32_t n);

#endif
