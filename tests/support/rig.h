/* A session made by hand, for tests of what comes after the text: strips named a, b,
 * c..., each routed into the master, which is the last. Sources play a noise of their
 * own, keyed by strip and frame. */
#ifndef QM_TESTS_RIG_H
#define QM_TESTS_RIG_H

#include "graph/exec.h"

enum { RIG_STRIPS = 24, RIG_INSERTS = 4, RIG_SENDS = 3, RIG_EVENTS = 256 };

typedef struct Rig {
    QmArena arena;
    QmSession *session;
    QmStrip strips[RIG_STRIPS];
    QmInsert inserts[RIG_STRIPS][RIG_INSERTS];
    double params[RIG_STRIPS][RIG_INSERTS][QM_MAX_PARAMS];
    QmSend sends[RIG_STRIPS][RIG_SENDS];
    QmEvent events[RIG_EVENTS];
    QmClock *clock;
    QmTimeline timeline;
    bool meters; /* set before rig_build, as is what is frozen */
    const QmFrozen *frozen;
    uint32_t n_frozen;
    const QmAsset *assets; /* of the session's sounds */
    QmGraph graph;
    QmPlan plan;
    QmExec *exec;
    int64_t computed; /* engine frame up to which rig_run has come */
} Rig;

/* What source `strip` plays at `frame`, channel 0 or 1: noise within +-0.5. */
float rig_noise(uint32_t strip, int64_t frame, int channel);

void rig_start(Rig *rig, uint32_t n_sources, uint32_t n_buses);
/* Adds an insert with default params; returns it. `n_groups` of its group. */
QmInsert *rig_insert(Rig *rig, uint32_t strip, const char *proc, uint32_t n_groups);
void rig_set(QmInsert *insert, uint32_t group, const char *param, double value);
QmSend *rig_send(Rig *rig, uint32_t strip, uint16_t bus, double level_db);
/* Adds a param event; keep them in time order. */
QmEvent *rig_event(Rig *rig, int64_t frame, QmTarget target, double from, double to,
                   int64_t frames);

/* Graph, then clock, plan and executor; `stems` as in QmPlanRequest. Fails the test if
 * they cannot be had. */
void rig_graph(Rig *rig);
void rig_build(Rig *rig, QmIsa isa, const QmPickup *stems, uint32_t n_stems);
/* The next `n` song frames (a multiple of QM_QUANTUM) of the outputs' first pair. */
void rig_run(Rig *rig, uint32_t n, float *pairs);
void rig_end(Rig *rig);

#endif
