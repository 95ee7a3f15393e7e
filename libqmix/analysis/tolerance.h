/* How much two files may differ, by the names of what is measured:
 *
 *     default                    every measure of every feature
 *     loudness                   every measure of one
 *     loudness.integrated        one; of rows all their columns
 *     spectrum.bark_bands.level  a column
 *     null                       a measure of the difference itself (analysis/compare.h)
 *
 * The closest name counts, of equals the last. What no tolerance names is not judged, nor
 * is where something happens (names that end in _at) unless it is named itself: of two
 * peaks that are nearly equal now the one is higher, now the other. */
#ifndef QM_ANALYSIS_TOLERANCE_H
#define QM_ANALYSIS_TOLERANCE_H

#include "analysis/compare.h"
#include "analysis/feature.h"

typedef enum QmAllow {
    QM_ALLOW_ANY,   /* everything */
    QM_ALLOW_BY,    /* so much, in the measure's unit; texts and flags must be the same */
    QM_ALLOW_SHARE, /* so many percent of A's value */
    QM_ALLOW_FLAG,  /* this value */
} QmAllow;

typedef struct QmTolerance {
    const char *name;
    QmAllow allow;
    double value; /* BY, SHARE */
    bool flag;    /* FLAG */
} QmTolerance;

typedef enum QmNamedKind {
    QM_NAMED_NOTHING,
    QM_NAMED_MANY,   /* measures of any kind */
    QM_NAMED_NUMBER, /* a number, a count, a list of numbers */
    QM_NAMED_WORD,   /* a text or a flag */
    QM_NAMED_LIMIT,  /* a measure of the difference */
} QmNamedKind;

typedef struct QmNamed {
    QmNamedKind kind;
    uint32_t limit;           /* LIMIT: in qm_difference_measures */
    const QmMeasure *measure; /* NUMBER, WORD, LIMIT */
} QmNamed;

/* What a tolerance of that name is about. */
QmNamed qm_tolerance_named(const char *name);
/* The name that was probably meant; NULL: none, or out of memory. */
const char *qm_tolerance_near(const char *name, QmArena *arena);

/* The unit of a difference of two values: of levels and loudness it is one of its own. */
const char *qm_tolerance_unit(const QmMeasure *measure);

/* The closest of `tolerances` (QmTolerance) for a measure; `column` may be NULL. NULL:
 * none. Of a measure of the difference `feature` is NULL. */
const QmTolerance *qm_tolerance_of(const QmList *tolerances, const char *feature,
                                   const char *measure, const char *column);

#endif
