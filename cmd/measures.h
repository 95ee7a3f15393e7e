/* What an analysis found, printed by the features' tables of measures. */
#ifndef QM_CMD_MEASURES_H
#define QM_CMD_MEASURES_H

#include "analysis/measure.h"
#include "cmd/json.h"

/* A struct that a table of measures describes. */
typedef struct MeasureGroup {
    const char *name;
    const QmMeasure *measures;
    uint32_t n_measures;
    const void *values;
} MeasureGroup;

/* Lines for people on standard output, under the group's name; up to `view`. */
void measures_print(const MeasureGroup *group, QmMeasureView view);

/* "loudness":{"integrated":-14.02,"range":null,"why":{"range":"under 3 s"}}, all but
 * series, inside of an object. Rows are arrays of objects. */
void measures_json(CliJson *json, const MeasureGroup *group);
/* The group's series, inside of an object. */
void measures_series_json(CliJson *json, const MeasureGroup *group);

/* One value of it; of a list, how many it has. null when there is none. NULL: out of
 * memory. */
json_t *measure_json(const QmMeasure *measure, const void *values);
/* A number as this measure shows it; null for QM_GAP. */
json_t *measure_number(const QmMeasure *measure, double value);

/* A number as its table shows it: "-14.02", or "-" when there is none. */
void measure_text(const QmMeasure *measure, const void *values, char text[64]);

#endif
