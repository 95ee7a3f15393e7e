/* Where audio goes: a file, a pipe, a list of sums, a comparison. Written by formats,
 * driven by render. */
#ifndef QM_GRAPH_SINK_H
#define QM_GRAPH_SINK_H

#include "base/diag.h"

#include <stdint.h>

typedef struct QmSink {
    /* Takes `n` frames of `channels` interleaved floats, which start at absolute `frame`.
     * Called in order, from one thread. */
    QmStatus (*write)(void *self, int64_t frame, const float *audio, uint32_t n,
                      QmDiag *diag);
    /* All is written: make it final (rename into place). Called once, unless a write
     * failed. */
    QmStatus (*finish)(void *self, QmDiag *diag);
    /* Frees; without a finish before, leaves no trace under the final name. */
    void (*close)(void *self);
    void *self;
    uint32_t channels;
} QmSink;

#endif
