/* From a session's file to a plan that can run: what every tool that renders does
 * first. */
#ifndef QM_CMD_LOAD_H
#define QM_CMD_LOAD_H

#include "cmd/cli.h"
#include "graph/plan.h"
#include "render/prepare.h"

/* What the command line says about loading. */
typedef struct LoadRequest {
    const char *file;  /* "-": standard input */
    CliList overrides; /* --set ADDRESS=VALUE */
    const char *seed;  /* --seed N, or NULL: the session's */
    bool resident;     /* all sounds in memory (live) */
    QmIsa isa;
} LoadRequest;

/* Everything a render stands on. `arena` owns all but the prepared sounds' files. */
typedef struct Loaded {
    QmArena arena;
    QmSession *session;
    QmPrepared *prepared;
    QmClock *clock;
    QmTimeline timeline;
    QmGraph graph;
} Loaded;

/* Reads, overrides, validates, prepares the sounds, lays out timeline and graph. Release
 * it in any case. */
QmStatus load_session(const LoadRequest *request, QmDiag *diag, Loaded *loaded);
/* The plan for it. */
QmStatus load_plan(Loaded *loaded, const QmPlanRequest *request, QmDiag *diag,
                   QmPlan *plan);
void load_release(Loaded *loaded);

/* A place on the command line ("9", "5.3", "12.5 s") as a song frame. */
QmStatus load_position(const Loaded *loaded, const char *option, const char *text,
                       QmDiag *diag, int64_t *frame);

#endif
