/* From a session's file to a plan that can run: what every tool that renders does
 * first. */
#ifndef QM_CMD_LOAD_H
#define QM_CMD_LOAD_H

#include "cmd/cli.h"
#include "graph/plan.h"
#include "mix/decision.h"
#include "render/lv2.h"
#include "render/prepare.h"

/* What the command line says about loading. */
typedef struct LoadRequest {
    const char *file;      /* "-": standard input */
    const char *decisions; /* --decisions LOG: edits it by a log; "-" as well; or NULL */
    CliList overrides;     /* --set ADDRESS=VALUE, after that */
    const char *seed;      /* --seed N, or NULL: the log's, else the session's */
    bool resident;         /* all sounds in memory (live) */
} LoadRequest;

/* Everything a render stands on. `arena` owns all but the prepared sounds' files and the
 * plug-ins. */
typedef struct Loaded {
    QmArena arena;
    const char *file; /* borrowed from the request */
    size_t folder;    /* how much of it is the folder, its slash included */
    QmSession *session;
    QmLv2 *lv2;
    QmPrepared *prepared;
    bool borrows; /* lv2 and prepared are another's */
    QmClock *clock;
    QmTimeline timeline;
    QmGraph graph;
} Loaded;

/* Reads, overrides, validates, starts plug-ins, prepares the sounds, lays out timeline
 * and graph. Release it in any case. */
QmStatus load_session(const LoadRequest *request, QmDiag *diag, Loaded *loaded);

/* What --seed says; NULL: nothing. Errors: QM_ERR_USAGE. */
QmStatus load_seed(QmSession *session, const char *text, QmDiag *diag);
/* Reads a decision log; "-" is standard input. */
QmStatus load_log(const char *file, QmArena *arena, QmDiag *diag, QmDecisionLog *log);

/* The two halves of it, for who edits the session in between (loaded->session, which may
 * be replaced by a copy). First the document, overruled and validated, */
QmStatus load_read(const LoadRequest *request, QmDiag *diag, Loaded *loaded);
/* or a session that was made in memory: it is borrowed, and the names of its sounds are
 * relative to the folder of `file` ("": the current one); */
QmStatus load_made(const char *file, QmSession *session, QmDiag *diag, Loaded *loaded);
/* then all that stands on it. */
QmStatus load_start(Loaded *loaded, bool resident, QmDiag *diag);

/* The same for a copy of its session with other inserts, sends, buses, automation: sounds
 * and plug-ins are those of `first`, which outlives it. */
QmStatus load_edited(const Loaded *first, QmSession *session, QmDiag *diag,
                     Loaded *edited);

/* Opens a sound of the session for reading. */
QmStatus load_open_sound(const Loaded *loaded, const QmSound *sound, QmPlace place,
                         QmDiag *diag, QmAudioReader *reader);

/* The plan for it. */
QmStatus load_plan(Loaded *loaded, const QmPlanRequest *request, QmDiag *diag,
                   QmPlan *plan);
void load_release(Loaded *loaded);

enum { LOAD_PATH = 4096 };
/* Where a sound of the session is: relative to the session's folder, unless its name
 * begins with a slash or is "-", standard input. False: the path is too long. */
bool load_sound_path(const Loaded *loaded, const char *name, char path[LOAD_PATH]);

/* A place on the command line ("9", "5.3", "12.5 s") as a song frame. */
QmStatus load_position(const Loaded *loaded, const char *option, const char *text,
                       QmDiag *diag, int64_t *frame);

#endif
