/* What is kept of a saved mix beside its log: what it measures, and what was thought of
 * it. A file to read, diff and merge: one fact a line, always in this order.
 *
 *     note: louder vocal
 *     log: 8d969eef6ecad3c2
 *     lufs: -14.02
 *     lra: 5.3
 *     true-peak: -1.05
 *     seconds: 183.402
 *
 * What there is not (silence has no loudness) is left out. */
#ifndef QM_FORMATS_SAVED_FACTS_H
#define QM_FORMATS_SAVED_FACTS_H

#include "analysis/measure.h"
#include "base/diag.h"
#include "base/text.h"

typedef struct QmSavedFacts {
    const char *note;     /* "": none */
    char log[17];         /* first 64 bits of the log's SHA-256, hex; "": not known */
    QmMeasured lufs, lra; /* LUFS, LU */
    QmMeasured true_peak; /* dBTP */
    QmMeasured seconds;
} QmSavedFacts;

/* Nothing measured, no note. */
void qm_saved_facts_init(QmSavedFacts *facts);
/* Rounds as printed: parse(print(facts)) prints the same. */
void qm_saved_facts_print(const QmSavedFacts *facts, QmText *text);
/* Lives in `arena`. Errors: QM_ERR_INPUT with file:line:column, QM_ERR_MEMORY. */
QmStatus qm_saved_facts_parse(const char *text, size_t size, const char *file_name,
                              QmArena *arena, QmDiag *diag, QmSavedFacts *facts);

#endif
