/* What of two files differs, measure by measure, and whether it may. */
#ifndef QM_ANALYSIS_VERDICT_H
#define QM_ANALYSIS_VERDICT_H

#include "analysis/analysis.h"
#include "analysis/tolerance.h"

/* One measure of both files. Of a list or of rows it is the item that differs most. */
typedef struct QmFinding {
    const char *name;         /* "spectrum.bark_bands.level" */
    const char *feature;      /* NULL: a measure of the difference itself */
    const QmMeasure *measure; /* of rows the column; the rows themselves: how many */
    /* The structs, rows, or items of a list that hold the values; of the difference
     * itself there is only b. */
    const void *a, *b;
    size_t item; /* which of the rows or of the list, from 1; 0: neither */
    bool same;   /* as the table of measures rounds them */
    bool number; /* there is a difference: b - a; of the difference itself its value */
    double difference;
    const QmTolerance *tolerance; /* NULL: it is not judged */
    QmLimit limit;                /* of the difference itself */
    bool beyond;                  /* judged, and more than is allowed */
    double excess; /* if so: how many times what is allowed; QM_UTTERLY: no number says */
} QmFinding;

#define QM_UTTERLY 1e300

/* Of A and B analysed alike, and their difference, the findings (QmFinding): first of the
 * difference, then of the features, in the order of their tables; `a` and `b` may be
 * NULL: only of the difference. `tolerances`: of QmTolerance. Series are compared only
 * when a tolerance names them. False: out of memory. */
bool qm_findings(const QmDifference *difference, const QmAnalysis *a, const QmAnalysis *b,
                 const QmList *tolerances, QmArena *arena, QmList *findings);

#endif
