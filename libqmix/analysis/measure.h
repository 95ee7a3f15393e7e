/* What a feature found, described by tables.
 *
 * A feature's result is a struct; its table of measures says what each field is called,
 * its unit, how many decimals mean anything. The text, JSON, the report, `--compare` and
 * the documentation are all made from these tables.
 *
 * A measure that has no value says why: silence has no loudness, a mono file no width.
 * There are no NaNs and no magic numbers. */
#ifndef QM_ANALYSIS_MEASURE_H
#define QM_ANALYSIS_MEASURE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct QmMeasured {
    double value;    /* finite; 0 where there is none */
    const char *why; /* there is none, because ... (a constant); NULL: there is one */
} QmMeasured;

/* In a list of numbers: there is none here. JSON has null. */
#define QM_GAP (-1e300)

static inline QmMeasured qm_measured(double value) { return (QmMeasured){value, NULL}; }
static inline QmMeasured qm_unmeasured(const char *why) { return (QmMeasured){0, why}; }

/* A growing list of items of one size, in an arena. */
typedef struct QmList {
    void *items;
    size_t count, room;
} QmList;

/* A new zeroed item at the end; NULL: out of memory. */
void *qm_list_add(QmList *list, size_t size, QmArena *arena);
/* Adds copies of `count` items; false: out of memory. */
bool qm_list_append(QmList *list, const void *items, size_t count, size_t size,
                    QmArena *arena);

typedef enum QmMeasureKind {
    QM_MEASURE_NUMBER, /* QmMeasured */
    QM_MEASURE_COUNT,  /* int64_t */
    QM_MEASURE_TEXT,   /* const char *; NULL: none */
    QM_MEASURE_FLAG,   /* bool */
    QM_MEASURE_LIST,   /* QmList of double */
    QM_MEASURE_ROWS,   /* QmList of structs that `columns` describes */
} QmMeasureKind;

typedef enum QmMeasureView {
    QM_VIEW_SUMMARY, /* what people look at first */
    QM_VIEW_DETAIL,  /* with -v, and in JSON */
    QM_VIEW_SERIES,  /* over time: with --series only */
} QmMeasureView;

typedef struct QmMeasure {
    const char *name; /* as JSON has it: "short_term_max" */
    const char *unit; /* "LUFS", "dB", "Hz", "s", "%"; "" for plain numbers */
    QmMeasureKind kind;
    uint8_t decimals;
    QmMeasureView view;
    uint16_t offset; /* in the result, or in the row */
    const char *help;
    const struct QmMeasure *columns; /* of rows: numbers, counts, texts, flags */
    uint16_t n_columns, row_size;
} QmMeasure;

/* `value` as the table shows it, and as it is compared: rounded to its decimals. */
double qm_measure_round(const QmMeasure *measure, double value);

#endif
