/* qanalyze --masking: the stems of a mix, together. */
#ifndef QM_CMD_STEMS_H
#define QM_CMD_STEMS_H

#include "analysis/relate.h"
#include "analysis/masking.h"
#include "render/analyse.h"

typedef struct StemSet {
    uint32_t n;
    const char *const *files; /* [n] */
    const char **names;       /* [n]: files without folder and suffix, if all differ */
    const QmMasking *masking;
    QmRelations alignment;
} StemSet;

/* Looks at `n` files that were analysed with the features `bark` and `loudness`.
 * `request` has the rest: open, context, threads, isa, progress, cancel. What is found
 * lives in `arena`. Errors: QM_ERR_USAGE for too many, those of render/together.h,
 * QM_ERR_MEMORY. */
QmStatus stems_compare(const char *const *files, QmAnalysis *const *analyses, uint32_t n,
                       const QmAnalyseRequest *request, QmArena *arena, StemSet *set,
                       QmDiag *diag);

/* On standard output: for people (`verbose`: all there is), or one object. */
QmStatus stems_print(const StemSet *set, bool verbose, QmDiag *diag);
QmStatus stems_print_json(const StemSet *set, QmDiag *diag);

#endif
