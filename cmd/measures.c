/* One walk over a table for people, one for machines. */
#include "cmd/measures.h"

#include "base/number.h"
#include "cmd/json.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 26, VALUE_WIDTH = 10, SHOWN = 8 /* items of a list */ };

static const void *field(const QmMeasure *measure, const void *values)
{
    return (const char *)values + measure->offset;
}

static const char *why(const QmMeasure *measure, const void *values)
{
    if (measure->kind != QM_MEASURE_NUMBER)
        return NULL;
    return ((const QmMeasured *)field(measure, values))->why;
}

/* --- for people --------------------------------------------------------------------- */

void measure_text(const QmMeasure *measure, const void *values, char text[64])
{
    const void *const at = field(measure, values);
    const char *word = "-";
    switch (measure->kind) {
    case QM_MEASURE_NUMBER:
        if (((const QmMeasured *)at)->why)
            break;
        qm_fixed_text(((const QmMeasured *)at)->value, measure->decimals, text);
        return;
    case QM_MEASURE_COUNT:
        snprintf(text, 64, "%lld", (long long)*(const int64_t *)at);
        return;
    case QM_MEASURE_TEXT:
        if (*(const char *const *)at)
            word = *(const char *const *)at;
        break;
    case QM_MEASURE_FLAG:
        word = *(const bool *)at ? "yes" : "no";
        break;
    case QM_MEASURE_LIST:
    case QM_MEASURE_ROWS:
        snprintf(text, 64, "%zu", ((const QmList *)at)->count);
        return;
    }
    snprintf(text, 64, "%s", word);
}

static void print_name(const char *name)
{
    char shown[NAME_WIDTH + 1];
    snprintf(shown, sizeof shown, "%s", name);
    for (char *c = shown; *c; c++)
        if (*c == '_')
            *c = ' ';
    printf("  %-*s", NAME_WIDTH, shown);
}

static void print_list(const QmMeasure *measure, const QmList *list)
{
    const double *const items = list->items;
    for (size_t i = 0; i < list->count && i < SHOWN; i++) {
        char text[QM_NUMBER_TEXT];
        qm_fixed_text(items[i], measure->decimals, text);
        printf("%s%s", i ? "  " : "", text);
    }
    if (list->count > SHOWN)
        printf("  ... %zu in all", list->count);
    printf("%s%s\n", list->count && *measure->unit ? " " : "",
           list->count ? measure->unit : "-");
}

static size_t column_width(const QmMeasure *column, const QmList *rows, uint16_t size)
{
    size_t width = strlen(column->name);
    if (width < strlen(column->unit))
        width = strlen(column->unit);
    for (size_t i = 0; i < rows->count; i++) {
        char text[64];
        measure_text(column, (const char *)rows->items + i * size, text);
        if (strlen(text) > width)
            width = strlen(text);
    }
    return width;
}

static void print_rows(const QmMeasure *measure, const QmList *rows)
{
    size_t width[64];
    const uint16_t n = measure->n_columns < 64 ? measure->n_columns : 64;
    printf("\n    ");
    for (uint16_t c = 0; c < n; c++) {
        width[c] = column_width(&measure->columns[c], rows, measure->row_size);
        printf("%*s%s", (int)width[c], measure->columns[c].name, c + 1 < n ? "  " : "");
    }
    printf("\n    ");
    for (uint16_t c = 0; c < n; c++)
        printf("%*s%s", (int)width[c], measure->columns[c].unit, c + 1 < n ? "  " : "");
    printf("\n");
    for (size_t i = 0; i < rows->count; i++) {
        printf("    ");
        for (uint16_t c = 0; c < n; c++) {
            char text[64];
            measure_text(&measure->columns[c],
                         (const char *)rows->items + i * measure->row_size, text);
            printf("%*s%s", (int)width[c], text, c + 1 < n ? "  " : "");
        }
        printf("\n");
    }
}

static void print_one(const QmMeasure *measure, const void *values)
{
    const void *const at = field(measure, values);
    const QmList *const list = at;
    if (measure->kind == QM_MEASURE_ROWS && list->count == 0)
        return;
    print_name(measure->name);
    if (measure->kind == QM_MEASURE_ROWS) {
        print_rows(measure, list);
    } else if (measure->kind == QM_MEASURE_LIST) {
        print_list(measure, list);
    } else {
        char text[64];
        measure_text(measure, values, text);
        const char *const reason = why(measure, values);
        printf("%*s %s%s%s\n", VALUE_WIDTH, text, reason ? "(" : measure->unit,
               reason ? reason : "", reason ? ")" : "");
    }
}

void measures_print(const MeasureGroup *group, QmMeasureView view)
{
    bool titled = false;
    for (uint32_t i = 0; i < group->n_measures; i++) {
        if (group->measures[i].view > view)
            continue;
        if (!titled)
            printf("%s\n", group->name);
        titled = true;
        print_one(&group->measures[i], group->values);
    }
}

/* --- for machines ------------------------------------------------------------------- */

static json_t *number(const QmMeasure *measure, double value)
{
    const double rounded = qm_measure_round(measure, value);
    return measure->decimals == 0 && rounded < 1e15 && rounded > -1e15
               ? json_integer((json_int_t)rounded)
               : json_real(rounded);
}

static json_t *list_json(const QmMeasure *measure, const QmList *list)
{
    json_t *const array = json_array();
    const double *const items = list->items;
    for (size_t i = 0; i < list->count; i++)
        if (json_array_append_new(array, items[i] == QM_GAP
                                             ? json_null()
                                             : number(measure, items[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *rows_json(const QmMeasure *measure, const QmList *rows)
{
    json_t *const array = json_array();
    for (size_t i = 0; i < rows->count; i++) {
        const void *const row = (const char *)rows->items + i * measure->row_size;
        json_t *const object = json_object();
        for (uint16_t c = 0; c < measure->n_columns; c++)
            json_object_set_new(object, measure->columns[c].name,
                                measure_json(&measure->columns[c], row));
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

json_t *measure_json(const QmMeasure *measure, const void *values)
{
    const void *const at = field(measure, values);
    switch (measure->kind) {
    case QM_MEASURE_NUMBER:
        return why(measure, values) ? json_null()
                                    : number(measure, ((const QmMeasured *)at)->value);
    case QM_MEASURE_COUNT:
        return json_integer(*(const int64_t *)at);
    case QM_MEASURE_TEXT:
        return *(const char *const *)at ? cli_json_text(*(const char *const *)at)
                                        : json_null();
    case QM_MEASURE_FLAG:
        return json_boolean(*(const bool *)at);
    case QM_MEASURE_LIST:
        return list_json(measure, at);
    case QM_MEASURE_ROWS:
        return rows_json(measure, at);
    }
    return NULL;
}

json_t *measures_json(const MeasureGroup *group)
{
    json_t *const object = json_object(), *reasons = NULL;
    bool ok = object != NULL;
    for (uint32_t i = 0; ok && i < group->n_measures; i++) {
        const QmMeasure *const m = &group->measures[i];
        if (m->view == QM_VIEW_SERIES)
            continue;
        ok = json_object_set_new(object, m->name, measure_json(m, group->values)) == 0;
        const char *const reason = why(m, group->values);
        if (!reason)
            continue;
        if (!reasons)
            reasons = json_object();
        ok &= json_object_set_new(reasons, m->name, json_string(reason)) == 0;
    }
    if (reasons)
        ok &= json_object_set_new(object, "why", reasons) == 0;
    if (ok)
        return object;
    json_decref(object);
    return NULL;
}

bool measures_series_json(const MeasureGroup *group, json_t *object)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < group->n_measures; i++) {
        const QmMeasure *const m = &group->measures[i];
        if (m->view == QM_VIEW_SERIES)
            ok =
                json_object_set_new(object, m->name, measure_json(m, group->values)) == 0;
    }
    return ok;
}
