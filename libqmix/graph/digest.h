/* What a tap depends on, as a hash: equal digests, equal samples.
 *
 * For every strip's taps (in, pre, post) everything that can change a sample of them is
 * hashed, and as little else as can be: the events of the timeline that act in front of
 * the tap (so clips, patterns, swing and automation count by what they come to), the
 * params, what moves them, latencies, and the digests of the taps that feed it, key it or
 * are heard for it. A strip's own fader and sends are not part of its pre tap, names only
 * as far as they seed what is drawn.
 *
 * The digest is for one machine's cache: it is not the same across versions. */
#ifndef QM_GRAPH_DIGEST_H
#define QM_GRAPH_DIGEST_H

#include "base/hash.h"
#include "graph/graph.h"
#include "seq/timeline.h"

typedef struct QmDigestInput {
    const QmGraph *graph;
    const QmTimeline *timeline;
    const QmAsset *assets;     /* [n_sounds] */
    const char *const *hashes; /* [n_sounds]: of the files' content */
    const char *version;       /* of the program: what computes is part of the result */
} QmDigestInput;

typedef struct QmTapDigest {
    uint8_t bytes[QM_SHA256_BYTES];
    bool foreign; /* a plug-in is involved: nothing is promised (model/plugin.h) */
} QmTapDigest;

/* taps[strip * QM_POINT_COUNT + point], in `arena`. Errors: QM_ERR_MEMORY. */
QmStatus qm_digest_taps(const QmDigestInput *input, QmArena *arena, QmDiag *diag,
                        QmTapDigest **taps);

#endif
