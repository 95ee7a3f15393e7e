/* What one can tell a playing engine, and how it is written: one command a line.
 *
 *   play    stop    locate 5.3    locate 12.5 s    status    quit
 *
 * Empty lines and what follows a '#' say nothing. */
#ifndef QM_RENDER_CONTROL_H
#define QM_RENDER_CONTROL_H

#include "seq/clock.h"

typedef enum QmVerb {
    QM_VERB_NONE, /* an empty line */
    QM_VERB_PLAY,
    QM_VERB_STOP,
    QM_VERB_LOCATE,
    QM_VERB_STATUS, /* this one and quit are for whoever reads the commands */
    QM_VERB_QUIT,
} QmVerb;

typedef struct QmCommand {
    QmVerb verb;
    int64_t frame; /* LOCATE: song frame */
} QmCommand;

/* Reads one line (without its end). Errors: QM_ERR_INPUT, which says what was
 * expected. */
QmStatus qm_control_parse(const char *line, const QmClock *clock, QmDiag *diag,
                          QmCommand *command);

#endif
