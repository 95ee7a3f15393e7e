/* What the command line of qanalyze asks for. */
#ifndef QM_CMD_ASKED_H
#define QM_CMD_ASKED_H

#include "cmd/cli.h"
#include "render/analyse.h"

/* As it is written; cmd/qanalyze.c has the table that says what each is. */
typedef struct Options {
    CliCommon common;
    const char *features, *curve, *tempo_range, *grid, *grid_out, *report, *junit;
    uint64_t threads;
    CliList tolerances;
    bool series, album, masking, compare, tap, dual_mono, fine_peak, tempo;
    bool list_features, list_curves;
} Options;

/* As it is meant: all of *request but `done`, `self` and `progress`, in `arena`. Errors:
 * QM_ERR_USAGE for what does not exist or does not go together; those of reading folders,
 * curves and grids. */
QmStatus asked_read(const Options *options, QmArena *arena, QmDiag *diag,
                    QmAnalyseRequest *request);

/* Whether files are told of one by one: of a stem set only when something is asked for
 * that its files have. */
bool asked_one_by_one(const Options *options);
/* Whether standard output has text for people: not when something else goes there. */
bool asked_text(const Options *options);

#endif
