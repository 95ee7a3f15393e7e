/* For machines: JSON, TAP 13 (testanything.org), and the XML of JUnit as CI servers take
 * it. */
#include "cmd/compared.h"

#include "base/text.h"
#include "cmd/analysed.h"
#include "formats/file_out.h"
#include "formats/xml.h"

#include <stdio.h>

/* --- JSON --------------------------------------------------------------------------- */

static void put_file(CliJson *json, const Compared *compared, int side)
{
    cli_json_key(json, side ? "b" : "a");
    cli_json_open(json, '{');
    cli_json_set(json, "file", cli_json_text(compared->names[side]));
    analysed_facts_json(json, &compared->samples.info[side],
                        compared->samples.not_finite[side]);
    cli_json_close(json, '}');
}

/* Of an item of a list `values` is the item. */
static json_t *value(const QmFinding *finding, const void *values)
{
    return finding->item && finding->measure->kind == QM_MEASURE_LIST
               ? measure_number(finding->measure, *(const double *)values)
               : measure_json(finding->measure, values);
}

static void put_finding(CliJson *json, const QmFinding *finding)
{
    const bool judged = compared_judged(finding);
    const ComparedWords words = compared_words(finding);
    cli_json_open(json, '{');
    cli_json_set(json, "name", json_string(finding->name));
    cli_json_set(json, "unit", json_string(finding->measure->unit));
    if (finding->item)
        cli_json_set(json, "item", json_integer((json_int_t)finding->item));
    cli_json_set(json, "a", value(finding, finding->a));
    cli_json_set(json, "b", value(finding, finding->b));
    cli_json_set(json, "difference",
                 finding->number ? measure_number(finding->measure, finding->difference)
                                 : json_null());
    cli_json_set(json, "allowed", judged ? json_string(words.allowed) : json_null());
    cli_json_set(json, "verdict",
                 judged ? json_string(finding->beyond ? "beyond" : "within")
                        : json_null());
    cli_json_close(json, '}');
}

static void put_findings(CliJson *json, const Compared *compared)
{
    cli_json_key(json, "measures");
    cli_json_open(json, '[');
    for (size_t i = 0; i < compared->n_findings; i++) {
        const QmFinding *const finding = &compared->findings[i];
        if (finding->feature && (compared_judged(finding) || !finding->same))
            put_finding(json, finding);
    }
    cli_json_close(json, ']');
}

/* What the difference itself is, is in `difference`; how it was judged, in `limits`. */
static void put_limits(CliJson *json, const Compared *compared)
{
    cli_json_key(json, "limits");
    cli_json_open(json, '[');
    for (size_t i = 0; i < compared->n_findings; i++) {
        const QmFinding *const finding = &compared->findings[i];
        if (finding->feature || !compared_judged(finding))
            continue;
        const ComparedWords words = compared_words(finding);
        cli_json_open(json, '{');
        cli_json_set(json, "name", json_string(finding->name));
        cli_json_set(json, "unit", json_string(finding->measure->unit));
        cli_json_set(json, "value", value(finding, finding->b));
        cli_json_set(json, "allowed", json_string(words.allowed));
        cli_json_set(json, "verdict", json_string(finding->beyond ? "beyond" : "within"));
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

QmStatus compared_print_json(const Compared *compared, QmDiag *diag)
{
    const MeasureGroup group = {"difference", qm_difference_measures,
                                QM_DIFFERENCE_MEASURES, &compared->samples.difference};
    CliJson json = {0};
    cli_json_open(&json, '{');
    put_file(&json, compared, 0);
    put_file(&json, compared, 1);
    cli_json_set(&json, "within", json_boolean(compared->n_beyond == 0));
    cli_json_set(&json, "judged", json_integer((json_int_t)compared->n_judged));
    cli_json_set(&json, "beyond", json_integer((json_int_t)compared->n_beyond));
    measures_json(&json, &group);
    put_limits(&json, compared);
    put_findings(&json, compared);
    cli_json_close(&json, '}');
    return cli_json_end(&json, diag);
}

/* --- TAP ---------------------------------------------------------------------------- */

/* A line of YAML; a quote within quotes is written twice. */
static void print_tap_text(const char *key, const char *text)
{
    printf("  %s: '", key);
    for (; *text; text++)
        printf(*text == '\'' ? "''" : "%c", *text);
    printf("'\n");
}

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
            print_tap_text("a", words.a);
        print_tap_text(finding->feature ? "b" : "found", words.b);
        if (*words.difference)
            print_tap_text("difference", words.difference);
        print_tap_text("allowed", words.allowed);
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
    return text.failed ? qm_fail_memory(diag)
                       : qm_file_out_whole(path, text.data, text.length, arena, diag);
}
