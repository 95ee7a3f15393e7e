/* One walk over a table for people, one for machines. */
#include "cmd/measures.h"

#include "base/number.h"

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

json_t *measure_number(const QmMeasure *measure, double value)
{
    const double rounded = qm_measure_round(measure, value);
    if (value == QM_GAP)
        return json_null();
    return measure->decimals == 0 && rounded < 1e15 && rounded > -1e15
               ? json_integer((json_int_t)rounded)
               : json_real(rounded);
}

json_t *measure_json(const QmMeasure *measure, const void *values)
{
    const void *const at = field(measure, values);
    switch (measure->kind) {
    case QM_MEASURE_NUMBER:
        return why(measure, values)
                   ? json_null()
                   : measure_number(measure, ((const QmMeasured *)at)->value);
    case QM_MEASURE_COUNT:
        return json_integer(*(const int64_t *)at);
    case QM_MEASURE_TEXT:
        return *(const char *const *)at ? cli_json_text(*(const char *const *)at)
                                        : json_null();
    case QM_MEASURE_FLAG:
        return json_boolean(*(const bool *)at);
    case QM_MEASURE_LIST:
    case QM_MEASURE_ROWS:
        return json_integer((json_int_t)((const QmList *)at)->count);
    }
    return NULL;
}

static void put(CliJson *json, const QmMeasure *measure, const void *values);

static void put_list(CliJson *json, const QmMeasure *measure, const QmList *list)
{
    const double *const items = list->items;
    cli_json_open(json, '[');
    for (size_t i = 0; i < list->count; i++)
        cli_json_put(json, measure_number(measure, items[i]));
    cli_json_close(json, ']');
}

static void put_rows(CliJson *json, const QmMeasure *measure, const QmList *rows)
{
    cli_json_open(json, '[');
    for (size_t i = 0; i < rows->count; i++) {
        cli_json_open(json, '{');
        for (uint16_t c = 0; c < measure->n_columns; c++)
            put(json, &measure->columns[c],
                (const char *)rows->items + i * measure->row_size);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

static void put(CliJson *json, const QmMeasure *measure, const void *values)
{
    cli_json_key(json, measure->name);
    if (measure->kind == QM_MEASURE_LIST)
        put_list(json, measure, field(measure, values));
    else if (measure->kind == QM_MEASURE_ROWS)
        put_rows(json, measure, field(measure, values));
    else
        cli_json_put(json, measure_json(measure, values));
}

static void put_reasons(CliJson *json, const MeasureGroup *group)
{
    bool any = false;
    for (uint32_t i = 0; i < group->n_measures; i++) {
        const QmMeasure *const m = &group->measures[i];
        const char *const reason =
            m->view == QM_VIEW_SERIES ? NULL : why(m, group->values);
        if (!reason)
            continue;
        if (!any) {
            cli_json_key(json, "why");
            cli_json_open(json, '{');
        }
        any = true;
        cli_json_set(json, m->name, json_string(reason));
    }
    if (any)
        cli_json_close(json, '}');
}

void measures_json(CliJson *json, const MeasureGroup *group)
{
    cli_json_key(json, group->name);
    cli_json_open(json, '{');
    for (uint32_t i = 0; i < group->n_measures; i++)
        if (group->measures[i].view != QM_VIEW_SERIES)
            put(json, &group->measures[i], group->values);
    put_reasons(json, group);
    cli_json_close(json, '}');
}

void measures_series_json(CliJson *json, const MeasureGroup *group)
{
    for (uint32_t i = 0; i < group->n_measures; i++)
        if (group->measures[i].view == QM_VIEW_SERIES)
            put(json, &group->measures[i], group->values);
}
