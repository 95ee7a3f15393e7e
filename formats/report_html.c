/* The page: a head, what matters most in large figures, pictures, tables; with several
 * files an overview before, whose rows lead to them.
 *
 * It is written a file at a time: the text of one is gone before the next begins. */
#include "formats/report_html.h"

#include "base/number.h"
#include "formats/file_out.h"
#include "formats/report_parts.h"

#include <string.h>

/* What is shown in large figures, and in the overview. A measure that nobody asked for is
 * left out. */
static const struct {
    const char *feature, *measure, *label;
} KEYS[] = {
    {"loudness", "integrated", "Integrated"},
    {"peak", "true", "True peak"},
    {"loudness", "range", "Loudness range"},
    {"loudness", "plr", "Peak to loudness"},
    {"tempo", "bpm", "Tempo"},
    {"key", "key", "Key, a hint"},
};
enum { N_KEYS = sizeof KEYS / sizeof *KEYS };

static double seconds(const QmAnalysis *analysis)
{
    return (double)analysis->frames / analysis->spec.rate;
}

/* ---- one file ---- */

/* "44.1 kHz", "mono" */
static void add_shape(QmText *text, const QmAnalysis *analysis)
{
    char number[QM_NUMBER_TEXT];
    const uint32_t channels = analysis->spec.channels;
    qm_number_text(analysis->spec.rate / 1000, number);
    qm_text_printf(text, "%s kHz \xc2\xb7 ", number);
    if (channels > 2) {
        qm_text_printf(text, "%u channels", channels);
    } else {
        qm_text_add(text, channels == 2 ? "stereo" : "mono");
    }
}

static void add_facts(const ReportPart *part)
{
    QmText *text = part->text;
    const QmReportFile *file = part->file;
    qm_text_add(text, "<p class=\"facts\">");
    if (file->format) {
        qm_xml_add(text, file->format);
        qm_text_add(text, " \xc2\xb7 ");
    }
    add_shape(text, file->analysis);
    qm_text_add(text, " \xc2\xb7 ");
    report_clock(text, seconds(file->analysis));
    qm_text_printf(text, " \xc2\xb7 %lld frames", (long long)file->analysis->frames);
    if (qm_path_last(file->name) != file->name) {
        qm_text_add(text, "<br/>");
        qm_xml_add(text, file->name);
    }
    qm_text_add(text, "</p>\n");
}

static void add_keys(const ReportPart *part)
{
    QmText *text = part->text;
    bool any = false;
    for (uint32_t i = 0; i < N_KEYS; i++) {
        const void *result;
        const QmMeasure *measure = report_measure(part->file->analysis, KEYS[i].feature,
                                                  KEYS[i].measure, &result);
        if (!measure) {
            continue;
        }
        qm_text_add(text, any ? "" : "<dl class=\"keys\">\n");
        any = true;
        qm_text_printf(text, "<div><dt>%s</dt><dd>", KEYS[i].label);
        report_cell(text, measure, result);
        if (!report_why_not(measure, result) && measure->unit[0]) {
            qm_text_add(text, "<small>");
            qm_xml_add(text, measure->unit);
            qm_text_add(text, "</small>");
        }
        qm_text_add(text, "</dd></div>\n");
    }
    qm_text_add(text, any ? "</dl>\n" : "");
}

static void add_file(const ReportPart *part)
{
    QmText *text = part->text;
    qm_text_printf(text, "<article id=\"f%u\">\n<h1>", part->number);
    qm_xml_add(text, qm_path_last(part->file->name));
    qm_text_add(text, "</h1>\n");
    add_facts(part);
    add_keys(part);
    report_remarks(part);
    report_time(part);
    report_spectrum(part);
    report_stereo(part);
    qm_text_add(text, "<div class=\"pair\">\n");
    report_distribution(part);
    report_key(part);
    qm_text_add(text, "</div>\n");
    report_beats(part);
    report_tables(part);
    qm_text_add(text, "</article>\n");
}

/* ---- several files ---- */

/* Bytes that all names begin with, up to and with a slash. */
static size_t common_folder(const QmReport *report)
{
    const char *first = report->files[0].name;
    size_t length = (size_t)(qm_path_last(first) - first);
    for (uint32_t i = 1; i < report->n_files; i++) {
        while (length && (strncmp(first, report->files[i].name, length) != 0 ||
                          first[length - 1] != '/')) {
            length--;
        }
    }
    return length;
}

static void add_overview_row(QmText *text, const QmReport *report, uint32_t i,
                             size_t folder)
{
    const QmReportFile *file = &report->files[i];
    qm_text_printf(text, "<tr><th scope=\"row\"><a href=\"#f%u\">", i + 1);
    qm_xml_add(text, file->name + folder);
    qm_text_add(text, "</a></th><td class=\"n\">");
    report_clock(text, seconds(file->analysis));
    qm_text_add(text, "</td>");
    for (uint32_t k = 0; k < N_KEYS; k++) {
        const void *result;
        const QmMeasure *measure =
            report_measure(file->analysis, KEYS[k].feature, KEYS[k].measure, &result);
        if (measure) {
            qm_text_add(text, "<td class=\"n\">");
            report_cell(text, measure, result);
            qm_text_add(text, "</td>");
        }
    }
    qm_text_add(text, "</tr>\n");
}

static void add_overview(QmText *text, const QmReport *report)
{
    const size_t folder = common_folder(report);
    char *const shared = qm_arena_strndup(text->arena, report->files[0].name, folder);
    qm_text_printf(text, "<header>\n<h1>%u files</h1>\n<p class=\"facts\">",
                   report->n_files);
    qm_xml_add(text, shared);
    qm_text_add(text, "</p>\n<div class=\"wide\"><table class=\"o\">\n<thead><tr><th "
                      "scope=\"col\">file</th><th scope=\"col\" class=\"n\">length</th>");
    for (uint32_t k = 0; k < N_KEYS; k++) {
        const void *result;
        const QmMeasure *measure =
            report_measure(report->files[0].analysis, KEYS[k].feature, KEYS[k].measure,
                           &result);
        if (measure) {
            qm_text_printf(text, "<th scope=\"col\" class=\"n\">%s", KEYS[k].label);
            qm_text_add(text, measure->unit[0] ? ", " : "");
            qm_xml_add(text, measure->unit);
            qm_text_add(text, "</th>");
        }
    }
    qm_text_add(text, "</tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < report->n_files; i++) {
        add_overview_row(text, report, i, folder);
    }
    qm_text_add(text, "</tbody></table></div>\n</header>\n");
}

/* ---- the whole ---- */

static const char *title_of(const QmReport *report, QmArena *arena)
{
    QmText text;
    qm_text_init(&text, arena);
    qm_text_add(&text, qm_path_last(report->files[0].name));
    if (report->n_files > 1) {
        qm_text_printf(&text, " and %u more", report->n_files - 1);
    }
    return text.failed ? NULL : text.data;
}

static QmStatus write_page(QmFileOut *out, const QmReport *report, QmArena *arena,
                           QmDiag *diag)
{
    QmText text;
    qm_text_init(&text, arena);
    report_head(&text, title_of(report, arena));
    if (report->n_files > 1) {
        add_overview(&text, report);
    }
    report_stems(&(ReportPart){&text, 0, NULL}, report);
    QmStatus status = report_flush(out, &text, diag);
    for (uint32_t i = 0; i < report->n_files && !status; i++) {
        add_file(&(ReportPart){&text, i + 1, &report->files[i]});
        status = report_flush(out, &text, diag);
    }
    if (status) {
        return status;
    }
    report_tail(&text, "qanalyze");
    return report_flush(out, &text, diag);
}

QmStatus qm_report_html(const char *path, const QmReport *report, QmDiag *diag)
{
    QmArena names, texts;
    qm_arena_init(&names);
    qm_arena_init(&texts);
    QmFileOut out = {.fd = -1};
    QmStatus status = qm_file_out_open(path, &names, diag, &out);
    if (!status) {
        status = write_page(&out, report, &texts, diag);
    }
    if (!status) {
        status = qm_file_out_commit(&out, diag);
    }
    qm_file_out_close(&out);
    qm_arena_release(&texts);
    qm_arena_release(&names);
    return status;
}
