/* qanalyze --compare: what differs between two files, and whether it may. */
#ifndef QM_CMD_COMPARE_H
#define QM_CMD_COMPARE_H

#include "cmd/cli.h"
#include "render/analyse.h"

typedef struct CompareOptions {
    const CliCommon *common;
    CliList tolerances; /* files, and MEASURE=VALUE */
    bool tap;
    const char *junit; /* a file, "-" for standard output; NULL: none */
} CompareOptions;

/* Compares request->names[0] with [1] and prints what was asked for. `request` has the
 * features to look at (those that a tolerance names are added) and all but `done` and
 * `self`. *beyond: more differs than may; without any tolerance: anything. Errors: those
 * of reading the files and tolerances, and of writing. */
QmStatus compare_files(const CompareOptions *options, const QmAnalyseRequest *request,
                       QmArena *arena, QmDiag *diag, bool *beyond);

#endif
