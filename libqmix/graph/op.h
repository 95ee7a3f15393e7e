/* What the executor keeps of an op (private to graph/exec.c and graph/control.c). */
#ifndef QM_GRAPH_OP_H
#define QM_GRAPH_OP_H

#include "dsp/gain_share.h"
#include "graph/kernels.h"
#include "graph/plan.h"
#include "graph/ramp.h"

/* A chain position of a gang. */
typedef struct Slot {
    const QmPlanSlot *plan;
    QmProcSpec spec[QM_GANG];
    double *params[QM_GANG];
    QmRamp ramp;
    void *state[QM_GANG];       /* a lane processor's gang state is state[0] */
    size_t state_size[QM_GANG]; /* of members: they may differ (a larger room) */
} Slot;

/* One strip that feeds a bus: its gain on the way. */
typedef struct Feed {
    const QmEdge *edge;
    float level, share; /* the gain is to be their product */
    float gain, step, target;
    uint32_t left; /* frames until the gain has arrived */
} Feed;

/* Where a member's signal begins: what was kept of it, a generator, or the sum of its
 * feeds. */
typedef struct Input {
    const QmAsset *frozen; /* by engine frames; NULL: the member is computed */
    const QmGenDesc *generator;
    QmProcSpec spec;
    double *params;
    void *state;
    size_t state_size;
    Feed *feeds;
    QmFeed *sums; /* scratch for the sum kernel, one a feed */
    uint32_t n_feeds;
    QmGainShare share;
    QmGainShareVoice *voices; /* [n_feeds]; NULL: the bus does not share */
    int64_t late; /* engine frame - song frame where its events act: in_latency less the
                     generator's own */
} Input;

/* A param that modulators move. */
typedef struct Moved {
    const QmPlanMoved *plan;
    double base;   /* what session and automation say */
    double now;    /* what it was set to last */
    bool due;      /* base has changed */
    double *heard; /* [n_routes] what those that listen have heard */
} Moved;

typedef struct Op {
    const QmPlanOp *plan;
    Input input[QM_GANG];
    Slot *slots;
    double fader_params[QM_GANG][QM_FADER_PARAMS];
    QmRamp fader;
    uint64_t
        dirty[QM_GANG]; /* bit k: a param of slot k changed; QM_OP_FADER: of the fader */
    uint64_t jumping[QM_GANG];  /* of those, the ones with a stepped param */
    QmVec *tap[QM_POINT_COUNT]; /* rings of `ring` rows; NULL where nobody reads */
    uint32_t ring;              /* a power of two */
    QmVec peak;                 /* meters: by lane, over `metered` frames */
    double power[QM_LANES];
    int64_t metered;
    size_t next;                /* agenda item that comes next */
    const QmAgendaItem **moves; /* what automation is moving now */
    uint32_t n_moves;
    Moved *moved; /* [plan->n_moved] */
} Op;

enum { QM_OP_FADER = 63 };

/* The first row of `frame` in a ring, and how many rows follow without wrapping. */
static inline uint32_t qm_op_row(const Op *op, int64_t frame)
{
    return (uint32_t)(frame & (int64_t)(op->ring - 1));
}

/* control.c */

/* Params as the session has them, nothing moving, coeffs arrived. */
void qm_op_reset_params(const QmPlan *plan, Op *op);
/* The grid line at `frame`: moving params step on. */
void qm_op_tick(const QmPlan *plan, Op *op, int64_t frame);
/* All agenda items up to and including `frame`. */
void qm_op_events(const QmPlan *plan, Op *op, int64_t frame);
/* Where the next item is, at most `end`. */
int64_t qm_op_next_event(const Op *op, int64_t end);
/* Everything before `frame` as if it had been lived through, without its sound. */
void qm_op_chase(const QmPlan *plan, Op *op, int64_t frame);

#endif
