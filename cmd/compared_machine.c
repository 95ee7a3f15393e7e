/* For machines: JSON, TAP 13 (testanything.org), and the XML of JUnit as CI servers take
 * it. */
#include "cmd/compared.h"

#include "base/text.h"
#include "cmd/json.h"
#include "cmd/measures.h"
#include "formats/file_out.h"
#include "formats/xml.h"

#include <stdio.h>

/* --- JSON --------------------------------------------------------------------------- */

static json_t *file_json(const Compared *compared, int side)
{
    const QmAudioInfo *const info = &compared->samples.info[side];
    json_t *const object = json_object();
    json_object_set_new(object, "file", cli_json_text(compared->names[side]));
    json_object_set_new(object, "rate", json_integer(info->rate));
    json_object_set_new(object, "channels", json_integer(info->channels));
    json_object_set_new(object, "frames", json_integer(info->frames));
    json_object_set_new(object, "format", cli_json_text(info->format));
    json_object_set_new(object, "not_finite",
                        json_integer((json_int_t)compared->samples.not_finite[side]));
    return object;
}

static json_t *real(const QmMeasure *measure, double value)
{
    const double rounded = qm_measure_round(measure, value);
    return measure->decimals == 0 ? json_integer((json_int_t)rounded)
                                  : json_real(rounded);
}

static json_t *value(const QmFinding *finding, const void *values)
{
    const QmMeasure *const measure = finding->measure;
    const bool list =
        measure->kind == QM_MEASURE_LIST || measure->kind == QM_MEASURE_ROWS;
    if (!list)
        return measure_json(measure, values);
    if (!finding->item) /* how many */
        return json_integer(
            (json_int_t)((const QmList *)((const char *)values + measure->offset))
                ->count);
    const double item = *(const double *)values;
    return item == QM_GAP ? json_null() : real(measure, item);
}

static json_t *finding_json(const QmFinding *finding)
{
    const bool judged = compared_judged(finding);
    const ComparedWords words = compared_words(finding);
    json_t *const object = json_object();
    json_object_set_new(object, "name", json_string(finding->name));
    json_object_set_new(object, "unit", json_string(finding->measure->unit));
    if (finding->item)
        json_object_set_new(object, "item", json_integer((json_int_t)finding->item));
    json_object_set_new(object, "a", value(finding, finding->a));
    json_object_set_new(object, "b", value(finding, finding->b));
    json_object_set_new(object, "difference",
                        finding->number ? real(finding->measure, finding->difference)
                                        : json_null());
    json_object_set_new(object, "allowed",
                        judged ? json_string(words.allowed) : json_null());
    json_object_set_new(object, "verdict",
                        judged ? json_string(finding->beyond ? "beyond" : "within")
                               : json_null());
    return object;
}

/* What the difference itself is, is in `difference`; how it was judged, in `limits`. */
static json_t *limit_json(const QmFinding *finding)
{
    const ComparedWords words = compared_words(finding);
    json_t *const object = json_object();
    json_object_set_new(object, "name", json_string(finding->name));
    json_object_set_new(object, "unit", json_string(finding->measure->unit));
    json_object_set_new(object, "value", value(finding, finding->b));
    json_object_set_new(object, "allowed", json_string(words.allowed));
    json_object_set_new(object, "verdict",
                        json_string(finding->beyond ? "beyond" : "within"));
    return object;
}

QmStatus compared_print_json(const Compared *compared, QmDiag *diag)
{
    const MeasureGroup group = {"difference", qm_difference_measures,
                                QM_DIFFERENCE_MEASURES, &compared->samples.difference};
    json_t *const object = json_object(), *const limits = json_array();
    json_t *const measures = json_array();
    json_object_set_new(object, "a", file_json(compared, 0));
    json_object_set_new(object, "b", file_json(compared, 1));
    json_object_set_new(object, "within", json_boolean(compared->n_beyond == 0));
    json_object_set_new(object, "judged", json_integer((json_int_t)compared->n_judged));
    json_object_set_new(object, "beyond", json_integer((json_int_t)compared->n_beyond));
    json_object_set_new(object, "difference", measures_json(&group));
    json_object_set_new(object, "limits", limits);
    json_object_set_new(object, "measures", measures);
    for (size_t i = 0; i < compared->n_findings; i++) {
        const QmFinding *const finding = &compared->findings[i];
        const bool judged = compared_judged(finding);
        if (!finding->feature && judged)
            json_array_append_new(limits, limit_json(finding));
        if (finding->feature && (judged || !finding->same))
            json_array_append_new(measures, finding_json(finding));
    }
    return cli_json_print(object)
               ? QM_OK
               : qm_fail_plain(diag, QM_ERR_IO, "cannot write to standard output");
}

/* --- TAP ---------------------------------------------------------------------------- */

void compared_print_tap(const Compared *compared)
{
    size_t number = 0;
    printf("TAP version 13\n1..%zu\n", compared->n_judged);
    for (size_t i = 0; i < compared->n_findings; i++) {
        const QmFinding *const finding = &compared->findings[i];
        if (!compared_judged(finding))
            continue;
        const ComparedWords words = compared_words(finding);
        printf("%s %zu - %s\n", finding->beyond ? "not ok" : "ok", ++number,
               finding->name);
        if (!finding->beyond)
            continue;
        printf("  ---\n");
        if (finding->feature)
            printf("  a: '%s'\n", words.a);
        printf("  %s: '%s'\n", finding->feature ? "b" : "found", words.b);
        if (*words.difference)
            printf("  difference: '%s'\n", words.difference);
        printf("  allowed: '%s'\n", words.allowed);
        if (finding->item)
            printf("  item: %zu\n", finding->item);
        printf("  ...\n");
    }
}

/* --- JUnit -------------------------------------------------------------------------- */

static void add_failure(QmText *text, const QmFinding *finding)
{
    const ComparedWords words = compared_words(finding);
    qm_text_add(text, ">\n      <failure type=\"beyond\" message=\"");
    if (finding->feature) {
        qm_xml_add(text, words.a);
        qm_text_add(text, " became ");
    }
    qm_xml_add(text, words.b);
    if (*words.difference) {
        qm_text_add(text, " (");
        qm_xml_add(text, words.difference);
        qm_text_add(text, ")");
    }
    if (finding->item)
        qm_text_printf(text, " in item %zu", finding->item);
    qm_text_add(text, ", allowed is ");
    qm_xml_add(text, words.allowed);
    qm_text_add(text, "\"/>\n    </testcase>\n");
}

static void add_suite(QmText *text, const Compared *compared)
{
    qm_text_add(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                      "  <testsuite name=\"qanalyze --compare ");
    qm_xml_add(text, compared->names[0]);
    qm_text_add(text, " ");
    qm_xml_add(text, compared->names[1]);
    qm_text_printf(text, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n",
                   compared->n_judged, compared->n_beyond);
    for (size_t i = 0; i < compared->n_findings; i++) {
        const QmFinding *const finding = &compared->findings[i];
        if (!compared_judged(finding))
            continue;
        qm_text_add(text, "    <testcase classname=\"qanalyze.");
        qm_xml_add(text, finding->feature ? finding->feature : "difference");
        qm_text_add(text, "\" name=\"");
        qm_xml_add(text, finding->name);
        qm_text_add(text, "\"");
        if (finding->beyond)
            add_failure(text, finding);
        else
            qm_text_add(text, "/>\n");
    }
    qm_text_add(text, "  </testsuite>\n</testsuites>\n");
}

QmStatus compared_write_junit(const Compared *compared, const char *path, QmArena *arena,
                              QmDiag *diag)
{
    QmText text;
    qm_text_init(&text, arena);
    add_suite(&text, compared);
    if (text.failed)
        return qm_fail_memory(diag);
    QmFileOut file;
    QmStatus status = qm_file_out_open(path, arena, diag, &file);
    if (status != QM_OK)
        return status;
    status = qm_file_out_write(&file, text.data, text.length, diag);
    if (status == QM_OK)
        status = qm_file_out_commit(&file, diag);
    qm_file_out_close(&file);
    return status;
}
