/* The plan: who computes what, in which order, in which buffer. Immutable, printable.
 *
 * An op is a gang: up to QM_GANG strips of one wave whose chains have the same shape (the
 * same processors with the same number of groups, keyed in the same slots; those that are
 * computed in lanes with the same structural params and, where they are told the song
 * position, the same one). It reads its
 * feeds from the taps of earlier ops, runs the chain with one lane a channel, and writes
 * its own taps, which nobody else writes (D4). Which strips share a gang changes nothing
 * but speed.
 *
 * The agenda of an op is what happens to it, in engine frames: the timeline's events
 * moved by the latency in front of the place where each acts (graph.h). Its moved params
 * are those that modulators move. */
#ifndef QM_GRAPH_PLAN_H
#define QM_GRAPH_PLAN_H

#include "base/text.h"
#include "graph/graph.h"
#include "proc/asset.h"
#include "seq/modulation.h"

/* A strip that is played from what was kept of it instead of being computed: its pre
 * tap, or of a bus or the master its input. What lies in front of that is not run; the
 * strip's latency, its place in the graph and all behind the tap stay as they are. The
 * asset holds the tap's engine frames from 0 on (so that what rings before the song is
 * kept, too), as a plan of the same session makes them. One that is too short for the
 * plan is not used: the strip is computed. */
typedef struct QmFrozen {
    uint16_t strip;
    QmTapPoint point; /* PRE or IN */
    QmAsset asset;
} QmFrozen;

/* One position of a gang's chain. Arrays are by member. */
typedef struct QmPlanSlot {
    const QmProcDesc *proc;
    uint32_t n_params, n_coeffs;
    bool keyed;
    const QmInsert *insert[QM_GANG];
    uint16_t index[QM_GANG];    /* of the strip's inserts */
    uint32_t latency[QM_GANG];  /* of the signal that enters this slot */
    const QmEdge *key[QM_GANG]; /* keyed slots only */
} QmPlanSlot;

enum { QM_NO_OP = UINT16_MAX };

/* What an agenda item touches. */
typedef enum QmAgendaKind {
    QM_AGENDA_FADER,
    QM_AGENDA_INPUT,
    QM_AGENDA_SLOT,
    QM_AGENDA_FEED,
    QM_AGENDA_TRIGGER,
    QM_AGENDA_RELEASE,
} QmAgendaKind;

typedef struct QmAgendaItem {
    int64_t frame; /* engine frame */
    const QmEvent *event;
    int64_t shift; /* frame - event->frame */
    uint8_t kind;
    uint8_t member;
    uint16_t param; /* FADER, INPUT, SLOT */
    uint32_t index; /* SLOT: slot; FEED: position among the member's feeds */
    uint32_t moved; /* of the op's params that modulators move, from 1; 0: none */
} QmAgendaItem;

/* A modulator that moves a param, and what it hears, if it listens. */
typedef struct QmPlanRoute {
    uint16_t modulator, route;
    uint16_t strip; /* QM_NONE: it does not listen */
    QmTapPoint point;
    uint32_t delay; /* engine frames from the tap to where the param acts */
} QmPlanRoute;

/* A param that modulators move. */
typedef struct QmPlanMoved {
    QmAgendaItem at; /* kind, member, param, index, shift: where it acts */
    QmTarget target;
    const QmParam *row;
    const QmPlanRoute *routes; /* in session order */
    uint32_t n_routes;
} QmPlanMoved;

typedef struct QmPlanOp {
    uint32_t wave;
    uint32_t n_members;
    uint16_t strip[QM_GANG];
    const QmFrozen *frozen[QM_GANG]; /* NULL: the member is computed */
    QmPlanSlot *slots;
    uint32_t n_slots;
    uint32_t *needs; /* ops that must have computed a span before this one can */
    uint32_t n_needs;
    bool keeps[QM_POINT_COUNT]; /* which taps are read by anyone */
    uint32_t history;           /* frames behind the newest that readers still need */
    const QmAgendaItem *agenda; /* sorted */
    size_t n_agenda;
    const QmPlanMoved *moved;
    uint32_t n_moved;
} QmPlanOp;

/* A tap that leaves the graph: an output pair, a stem. */
typedef struct QmPickup {
    uint16_t strip;
    QmTapPoint point;
    uint32_t
        delay; /* frames to read late so that all pickups stand on the same song frame */
} QmPickup;

typedef struct QmPlan {
    const QmSession *session;
    const QmGraph *graph;
    const QmTimeline *timeline;
    const QmModulation *modulation;
    const QmAsset *assets; /* [n_sounds] */
    const QmClock *clock;
    QmIsa isa;
    QmPlanOp *ops; /* sorted by (wave, first strip) */
    uint32_t n_ops;
    uint32_t *op_of;         /* [n_strips]; QM_NO_OP: nobody needs it */
    uint32_t *member_of;     /* [n_strips] */
    const QmFrozen **frozen; /* [n_strips]; NULL: computed */
    QmPickup *outputs;       /* pairs in channel order; strip QM_NONE: a silent pair */
    uint32_t n_outputs;
    QmPickup *stems; /* what the caller asked for */
    uint32_t n_stems;
    uint32_t latency; /* song frame f of every pickup is engine frame f + latency */
    int64_t frames;   /* song frames of the whole render: timeline and tail */
    bool meters;      /* every strip's post tap is metered */
} QmPlan;

/* With frozen strips, or `stems_only`, only what outputs, stems and meters need is
 * computed; else every strip. */
typedef struct QmPlanRequest {
    QmIsa isa;
    const QmFrozen *frozen; /* [n_frozen], borrowed; those that qm_plan_can_freeze */
    uint32_t n_frozen;
    const QmPickup *stems; /* strip and point filled in; copied */
    uint32_t n_stems;
    bool stems_only; /* there are no outputs */
    bool meters;
} QmPlanRequest;

/* Whether a strip can be played from a tap: nobody listens in front of it. */
bool qm_plan_can_freeze(const QmSession *session, uint16_t strip, QmTapPoint point);

/* The song frames of a whole render: to the timeline's end, and the tail. */
int64_t qm_plan_length(const QmGraph *graph, const QmTimeline *timeline,
                       const QmClock *clock);

/* All pointers handed in are borrowed for the plan's life. Errors: QM_ERR_MEMORY. */
QmStatus qm_plan_new(const QmGraph *graph, const QmTimeline *timeline,
                     const QmAsset *assets, const QmClock *clock,
                     const QmPlanRequest *request, QmArena *arena, QmDiag *diag,
                     QmPlan *plan);

/* The plan as text: waves, gangs, chains, feeds, latencies (--explain). */
void qm_plan_print(const QmPlan *plan, QmText *text);

#endif
