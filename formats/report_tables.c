/* All measures as tables, made from the features' own. Numbers, counts, texts and flags
 * are rows of one table a feature; what has rows itself is a table behind it. Series are
 * not here: they are pictures. */
#include "formats/report_parts.h"

#include "base/number.h"

enum {
    MOST_ROWS = 32, /* of a table behind; a report is no data file */
    MOST_ITEMS = 8, /* of a list of numbers */
};

static const void *at(const QmMeasure *measure, const void *result)
{
    return (const char *)result + measure->offset;
}

const char *report_why_not(const QmMeasure *measure, const void *result)
{
    const void *field = at(measure, result);
    return measure->kind == QM_MEASURE_NUMBER ? ((const QmMeasured *)field)->why
           : measure->kind == QM_MEASURE_TEXT && !*(const char *const *)field ? "none"
                                                                              : NULL;
}

/* What there is, without its unit. */
static void add_plain(QmText *text, const QmMeasure *measure, const void *field)
{
    switch (measure->kind) {
    case QM_MEASURE_NUMBER:
        report_number(text, ((const QmMeasured *)field)->value, measure->decimals);
        break;
    case QM_MEASURE_COUNT:
        qm_text_printf(text, "%lld", (long long)*(const int64_t *)field);
        break;
    case QM_MEASURE_TEXT:
        qm_xml_add(text, *(const char *const *)field);
        break;
    case QM_MEASURE_FLAG:
        qm_text_add(text, *(const bool *)field ? "yes" : "no");
        break;
    default:
        break;
    }
}

void report_cell(QmText *text, const QmMeasure *measure, const void *result)
{
    const char *why = report_why_not(measure, result);
    if (why) {
        qm_text_add(text, "<i>");
        qm_xml_add(text, why);
        qm_text_add(text, "</i>");
    } else {
        add_plain(text, measure, at(measure, result));
    }
}

/* "short term max" */
static void add_name(QmText *text, const char *name)
{
    for (const char *p = name; *p; p++) {
        qm_text_add_n(text, *p == '_' ? " " : p, 1);
    }
}

static void add_list(QmText *text, const QmMeasure *measure, const QmList *list)
{
    const double *items = list->items;
    for (size_t i = 0; i < list->count && i < MOST_ITEMS; i++) {
        qm_text_add(text, i ? ", " : "");
        if (items[i] == QM_GAP) {
            qm_text_add(text, "-");
        } else {
            report_number(text, items[i], measure->decimals);
        }
    }
    if (list->count > MOST_ITEMS) {
        qm_text_printf(text, ", \xe2\x80\xa6 (%zu)", list->count);
    }
    qm_text_add(text, list->count ? "" : "<i>none</i>");
}

/* Two cells: value and unit; or one: a list, words, the reason why there is nothing. */
static void add_value(QmText *text, const QmMeasure *measure, const void *result)
{
    const bool list = measure->kind == QM_MEASURE_LIST;
    const bool one = list || report_why_not(measure, result);
    qm_text_add(text, one ? "<td colspan=\"2\">" : "<td class=\"n\">");
    if (list) {
        add_list(text, measure, at(measure, result));
    } else {
        report_cell(text, measure, result);
    }
    qm_text_add(text, one ? " " : "</td><td class=\"u\">");
    qm_xml_add(text, one && !list ? "" : measure->unit);
    qm_text_add(text, "</td>");
}

static bool in_table(const QmMeasure *measure)
{
    return measure->kind != QM_MEASURE_ROWS && measure->view != QM_VIEW_SERIES;
}

static const char *row_of(const QmMeasure *measure, const QmList *list, size_t i)
{
    return (const char *)list->items + i * measure->row_size;
}

/* Whether no row has a value in it, and all for the same reason: one need not say it in
 * each. */
static bool empty(const QmMeasure *measure, const QmList *list, const QmMeasure *column)
{
    const char *why = report_why_not(column, row_of(measure, list, 0));
    for (size_t i = 1; why && i < list->count; i++) {
        why = qm_same(why, report_why_not(column, row_of(measure, list, i))) ? why : NULL;
    }
    return why != NULL;
}

static void add_rows_head(QmText *text, const QmMeasure *measure, const QmList *list)
{
    qm_text_add(text, "<thead><tr>");
    for (uint32_t c = 0; c < measure->n_columns; c++) {
        const QmMeasure *column = &measure->columns[c];
        if (empty(measure, list, column)) {
            continue;
        }
        qm_text_printf(text, "<th scope=\"col\"%s>",
                       column->kind == QM_MEASURE_TEXT ? "" : " class=\"n\"");
        add_name(text, column->name);
        if (column->unit[0]) {
            qm_text_add(text, ", ");
            qm_xml_add(text, column->unit);
        }
        qm_text_add(text, "</th>");
    }
    qm_text_add(text, "</tr></thead>\n");
}

static void add_row(QmText *text, const QmMeasure *measure, const QmList *list, size_t i)
{
    qm_text_add(text, "<tr>");
    for (uint32_t c = 0; c < measure->n_columns; c++) {
        const QmMeasure *column = &measure->columns[c];
        if (empty(measure, list, column)) {
            continue;
        }
        const bool words = column->kind == QM_MEASURE_TEXT;
        qm_text_add(text, words ? "<td>" : "<td class=\"n\">");
        report_cell(text, column, row_of(measure, list, i));
        qm_text_add(text, "</td>");
    }
    qm_text_add(text, "</tr>\n");
}

static void add_rows(QmText *text, const QmMeasure *measure, const QmList *list)
{
    qm_text_add(text, "<div class=\"wide\"><table class=\"r\">\n<caption><b>");
    add_name(text, measure->name);
    qm_text_add(text, "</b> ");
    qm_xml_add(text, measure->help);
    if (list->count > MOST_ROWS) {
        qm_text_printf(text, " (the first %d of %zu)", MOST_ROWS, list->count);
    }
    qm_text_add(text, "</caption>\n");
    add_rows_head(text, measure, list);
    qm_text_add(text, "<tbody>\n");
    for (size_t i = 0; i < list->count && i < MOST_ROWS; i++) {
        add_row(text, measure, list, i);
    }
    qm_text_add(text, "</tbody></table></div>\n");
}

static void add_measures(QmText *text, const QmMeasure *measures, uint32_t count,
                         const void *result)
{
    qm_text_add(text, "<div class=\"wide\"><table class=\"m\">\n<thead><tr>"
                      "<th scope=\"col\">measure</th><th scope=\"col\" class=\"n\">value"
                      "</th><th scope=\"col\">unit</th><th scope=\"col\">what it is</th>"
                      "</tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < count; i++) {
        if (!in_table(&measures[i])) {
            continue;
        }
        qm_text_add(text, "<tr><th scope=\"row\">");
        add_name(text, measures[i].name);
        qm_text_add(text, "</th>");
        add_value(text, &measures[i], result);
        qm_text_add(text, "<td class=\"h\">");
        qm_xml_add(text, measures[i].help);
        qm_text_add(text, "</td></tr>\n");
    }
    qm_text_add(text, "</tbody></table></div>\n");
}

static bool has_rows(const QmMeasure *measure, const void *result)
{
    return measure->kind == QM_MEASURE_ROWS && measure->view != QM_VIEW_SERIES &&
           ((const QmList *)at(measure, result))->count > 0;
}

void report_table(QmText *text, const QmMeasure *measures, uint32_t count,
                  const void *result)
{
    bool single = false, rows = false;
    for (uint32_t i = 0; i < count; i++) {
        single = single || in_table(&measures[i]);
        rows = rows || has_rows(&measures[i], result);
    }
    if (single) {
        add_measures(text, measures, count, result);
    }
    qm_text_add(text, rows ? "<div class=\"rows\">\n" : "");
    for (uint32_t i = 0; i < count; i++) {
        if (has_rows(&measures[i], result)) {
            add_rows(text, &measures[i], at(&measures[i], result));
        }
    }
    qm_text_add(text, rows ? "</div>\n" : "");
}

/* A feature with nothing but series has no table. */
static bool shown(const QmFeatureRun *run)
{
    bool any = false;
    for (uint32_t i = 0; i < run->feature->n_measures; i++) {
        any = any || run->feature->measures[i].view != QM_VIEW_SERIES;
    }
    return any && run->asked && !run->feature->hidden;
}

void report_tables(const ReportPart *part)
{
    QmText *text = part->text;
    const QmAnalysis *analysis = part->file->analysis;
    qm_text_add(text, "<section class=\"tables\">\n<h2>All measures</h2>\n");
    for (uint32_t i = 0; i < analysis->n_runs; i++) {
        const QmFeatureRun *run = &analysis->runs[i];
        if (!shown(run)) {
            continue;
        }
        qm_text_add(text, "<h3>");
        add_name(text, run->feature->name);
        qm_text_add(text, " <small>");
        qm_xml_add(text, run->feature->summary);
        qm_text_add(text, "</small></h3>\n");
        report_table(text, run->feature->measures, run->feature->n_measures, run->result);
    }
    qm_text_add(text, "</section>\n");
}
