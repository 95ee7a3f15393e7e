/* Stems together: their balance, who hides whom, in which bands each is hidden, and what
 * was found of delays and polarities. */
#include "formats/report_parts.h"

#include "analysis/bark.h"
#include "base/number.h"

#include <string.h>

enum {
    ROW = 24,          /* pixels of a row of the balance */
    BALANCE_SPAN = 30, /* LU below the loudest that bars show */
};

static const QmMaskedStem *stem(const QmMasking *masking, size_t i)
{
    return (const QmMaskedStem *)masking->stems.items + i;
}

/* ---- balance ---- */

static void bar(QmText *text, const QmSvgFrame *f, double y, const QmMeasured *value,
                const char *unit)
{
    char number[QM_NUMBER_TEXT + 16];
    if (value->why) {
        qm_text_add(text, "<g class=\"s\">");
        qm_svg_label(text, f->left + 4, y + 4, "start", value->why);
        qm_text_add(text, "</g>");
        return;
    }
    const double at = value->value < f->x.from ? f->x.from : value->value;
    const double x = qm_svg_x(f, at);
    qm_svg_rect(text, f->left, y - 7, x - f->left, 14, " fill=\"var(--body)\"");
    memcpy(number + qm_fixed_text(value->value, 1, number), unit, strlen(unit) + 1);
    qm_svg_label(text, x + 5, y + 4, "start", number);
}

static void balance(const ReportPart *part, const QmMasking *masking)
{
    QmText *text = part->text;
    const double height = 40 + ROW * (double)masking->stems.count + 26;
    double loudest = -70;
    for (size_t i = 0; i < masking->stems.count; i++) {
        const QmMeasured *loudness = &stem(masking, i)->loudness;
        loudest = !loudness->why && loudness->value > loudest ? loudness->value : loudest;
    }
    const double to = (double)((int)(loudest / 5 + 100) + 1) * 5 - 500;
    const QmSvgFrame level = {REPORT_NAMES,
                              30,
                              560,
                              height - 26,
                              {.from = to - BALANCE_SPAN, .to = to, .tick = 5},
                              {.to = 1}};
    const QmSvgFrame hidden = {660,      30, 980, height - 26, {.to = 100, .tick = 20},
                               {.to = 1}};
    report_open(part, "balance", REPORT_WIDTH, height, "Balance",
                "The loudness of each stem, and how much of it is hidden by the others.");
    qm_svg_grid(text, &qm_svg_page, &level);
    qm_svg_grid(text, &qm_svg_page, &hidden);
    qm_svg_label(text, level.left, 18, "start", "loudness, LUFS");
    qm_svg_label(text, hidden.left, 18, "start", "hidden by the others, %");
    for (size_t i = 0; i < masking->stems.count; i++) {
        const double y = 30 + ROW * ((double)i + 0.5);
        report_row_name(text, stem(masking, i)->name, REPORT_NAMES, y + 4);
        bar(text, &level, y, &stem(masking, i)->loudness, "");
        bar(text, &hidden, y, &stem(masking, i)->masked, " %");
    }
    report_close(part, NULL);
}

/* ---- heat maps ---- */

static void bands(const ReportPart *part, const QmMasking *masking)
{
    QmText *text = part->text;
    const size_t n = masking->stems.count;
    const double width = (REPORT_WIDTH - REPORT_NAMES - 20) / (double)QM_BARKS;
    const double high = n > 40 ? 16 : 22, top = 8;
    qm_text_add(text, "<h2>Where each is hidden</h2>\n");
    report_open(part, "hidden", REPORT_WIDTH, top + high * (double)n + 40,
                "Where each is hidden",
                "For each stem and critical band how severely all others hide it, in "
                "percent.");
    for (size_t i = 0; i < n; i++) {
        report_row_name(text, stem(masking, i)->name, REPORT_NAMES,
                        top + high * ((double)i + 0.5) + 4);
        for (uint32_t b = 0; b < QM_BARKS; b++) {
            const ReportCell cell = {REPORT_NAMES + width * b, top + high * (double)i,
                                     width, high};
            report_heat(text, cell, 100 * stem(masking, i)->severity[b]);
        }
    }
    for (uint32_t b = 0; b <= QM_BARKS; b += 2) {
        char hz[QM_NUMBER_TEXT + 1];
        const double edge = qm_bark_hz(b);
        const bool kilo = edge >= 1000;
        const size_t length = qm_fixed_text(kilo ? edge / 1000 : edge, kilo, hz);
        hz[length] = 'k';
        hz[length + kilo] = '\0';
        qm_svg_label(text, REPORT_NAMES + width * b, top + high * (double)n + 16,
                     "middle", hz);
    }
    qm_svg_label(text, REPORT_WIDTH - 20, top + high * (double)n + 34, "end", "Hz");
    report_close(part,
                 "How severely all others hide it in each critical band, in %, while "
                 "it plays.");
}

/* ---- all of it ---- */

/* All but what the heat maps show. */
static void numbers(QmText *text, const QmMasking *masking)
{
    QmMeasure kept[16];
    uint32_t n = 0;
    for (uint32_t i = 0; i < qm_masking_measure_count && n < 16; i++) {
        const QmMeasure *measure = &qm_masking_measures[i];
        if (!qm_same(measure->name, "pairs") && !qm_same(measure->name, "bands")) {
            kept[n++] = *measure;
        }
    }
    report_table(text, kept, n, masking);
}

static void masking_part(const ReportPart *part, const QmMasking *masking)
{
    qm_text_add(part->text, "<h2>Balance</h2>\n");
    balance(part, masking);
    if (masking->pairs.count) {
        qm_text_add(part->text, "<h2>Who hides whom</h2>\n");
        report_matrix(part, "matrix", "Who hides whom", masking, false,
                      "Rows hide columns: the share, in %, of what could be heard of the "
                      "hidden stem if it played alone.");
    }
    bands(part, masking);
    qm_text_add(part->text, "<h2>Masking, in numbers</h2>\n");
    numbers(part->text, masking);
}

void report_stems(const ReportPart *part, const QmReport *report)
{
    if (!report->masking && !report->alignment) {
        return;
    }
    qm_text_add(part->text, "<article id=\"stems\">\n<h1>Stems together</h1>\n");
    if (report->masking && report->masking->stems.count) {
        masking_part(part, report->masking);
    }
    if (report->alignment) {
        qm_text_add(part->text, "<h2>Alignment</h2>\n");
        qm_text_add(part->text, report->alignment->pairs.count
                                    ? ""
                                    : "<p class=\"lead\">No two stems have a source in "
                                      "common.</p>\n");
        report_table(part->text, qm_relations_measures, qm_relations_measure_count,
                     report->alignment);
    }
    qm_text_add(part->text, "</article>\n");
}
