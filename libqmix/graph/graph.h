/* The graph: who feeds whom, and when each strip's signal is ready.
 *
 * Nodes are the session's strips. An edge carries a tap of one strip into another: `to`
 * (main), a send, or a side-chain key, which is only listened to but orders the work all
 * the same. Strips are levelled into waves: a strip's wave is one more than the highest
 * of those that feed it, so the strips of one wave never wait for each other.
 *
 * Latency. A strip's input is as late as its latest feed; every other feed is delayed by
 * the difference, to the sample. A key is aligned with the insert that listens to it,
 * and what a modulator hears with what it moves. A source runs `in_latency` frames late
 * when they demand it. "Engine frame e" of a signal with latency l holds song frame
 * e - l. */
#ifndef QM_GRAPH_GRAPH_H
#define QM_GRAPH_GRAPH_H

#include "model/session.h"

/* Where a strip's signal can be taken. */
typedef enum QmTapPoint {
    QM_POINT_IN,
    QM_POINT_PRE,
    QM_POINT_POST,
    QM_POINT_COUNT
} QmTapPoint;

/* HEARD: by a modulator that moves what acts in `to`. Keys and what is heard are listened
 * to only: they add nothing to the strip's sum. */
typedef enum QmEdgeKind {
    QM_EDGE_MAIN,
    QM_EDGE_SEND,
    QM_EDGE_KEY,
    QM_EDGE_HEARD
} QmEdgeKind;

typedef struct QmEdge {
    uint16_t from, to;
    QmEdgeKind kind;
    QmTapPoint point;
    uint16_t index; /* SEND: of from's sends; KEY: of to's inserts; HEARD: modulator */
    uint16_t route; /* HEARD: of the modulator's */
    int32_t behind; /* KEY, HEARD: frames from to's input to where it is listened to */
    uint32_t delay; /* frames by which `to` reads it late */
} QmEdge;

typedef struct QmNode {
    uint32_t wave;
    bool audible;                 /* by the solo rule; mute is the fader's own */
    uint32_t in_latency;          /* frames, before the inserts */
    uint32_t latency;             /* after the inserts, pre and post tap alike */
    uint64_t tail;                /* frames it may sound after the last event */
    uint32_t first_edge, n_edges; /* what feeds it: session order of `from`, then what is
                                      listened to */
} QmNode;

typedef struct QmGraph {
    const QmSession *session;
    QmNode *nodes; /* [n_strips] */
    QmEdge *edges; /* grouped by `to` */
    uint32_t n_edges, n_waves;
    uint32_t latency; /* of the latest output: what the engine runs ahead */
    uint64_t tail;    /* frames after the timeline's end until all is silent */
} QmGraph;

/* The session was validated (it has no cycle). Errors: QM_ERR_MEMORY, QM_ERR_INPUT when
 * latencies exceed what is sane. */
QmStatus qm_graph_new(const QmSession *session, QmArena *arena, QmDiag *diag,
                      QmGraph *graph);

/* Whether it adds to the sum of the strip that it leads to. */
static inline bool qm_edge_feeds(const QmEdge *edge) { return edge->kind < QM_EDGE_KEY; }

/* The latency of a tap. */
uint32_t qm_point_latency(const QmGraph *graph, uint16_t strip, QmTapPoint point);

/* Where in its strip a param acts: frames behind the strip's input, a generator's that
 * has a latency in front of it. */
int32_t qm_target_behind(const QmSession *session, QmTarget target);

/* Where a modulator that listens takes its sound. */
QmTapPoint qm_modulator_point(const QmModulator *modulator);

/* The spec an insert runs with. */
QmProcSpec qm_insert_spec(const QmSession *session, const QmStrip *strip,
                          const QmInsert *insert);

/* The spec a source's generator runs with, and its latency in frames (no generator:
 * 0). */
QmProcSpec qm_input_spec(const QmSession *session, const QmStrip *strip);
uint32_t qm_input_latency(const QmSession *session, const QmStrip *strip);

/* Latency of the first `count` inserts of a strip, in frames (bypassed ones have
 * none). */
uint32_t qm_strip_latency(const QmSession *session, const QmStrip *strip, uint32_t count);

#endif
