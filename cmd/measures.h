/* What an analysis found, printed by the features' tables of measures. */
#ifndef QM_CMD_MEASURES_H
#define QM_CMD_MEASURES_H

#include "analysis/measure.h"

#include <jansson.h>

/* A struct that a table of measures describes. */
typedef struct MeasureGroup {
    const char *name;
    const QmMeasure *measures;
    uint32_t n_measures;
    const void *values;
} MeasureGroup;

/* Lines for people on standard output, under the group's name; up to `view`. */
void measures_print(const MeasureGroup *group, QmMeasureView view);

/* {"integrated": -14.02, "range": null, "why": {"range": "under 3 s"}}, all but series.
 * Rows are arrays of objects. NULL: out of memory. */
json_t *measures_json(const MeasureGroup *group);
/* Adds the group's series to `object`; false: out of memory. */
bool measures_series_json(const MeasureGroup *group, json_t *object);

/* One value of it, also an array; null when there is none. NULL: out of memory. */
json_t *measure_json(const QmMeasure *measure, const void *values);

/* A number as its table shows it: "-14.02", or "-" when there is none. */
void measure_text(const QmMeasure *measure, const void *values, char text[64]);

#endif
