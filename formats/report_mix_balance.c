/* The balance: of each strip how loud it is in the mix, before and after, and a mark
 * where it is wanted. And who hides whom, before and after, side by side where both fit.
 */
#include "formats/report_mix_parts.h"

#include "base/number.h"
#include "base/sort.h"

#include <math.h>
#include <string.h>

enum {
    ROW = 28, /* pixels of a strip */
    TOP = 52,
    BOTTOM = 24,
    PLOT = 720, /* where bars end, and columns begin: right edges of them */
    BEFORE = 800,
    AFTER = 880,
    WANTED = 960,
    OFF = 1040,
    SPAN = 36,      /* LU below the loudest that bars show */
    HALF_MOST = 12, /* stems whose matrix fits into half the width */
    MOST_CHANGES = 8,
};

/* Of what is past: a colour and how much of it. */
#define PAST  "var(--soft)\" fill-opacity=\"0.45"
#define WORTH 1.0 /* %: less of a change is none */

/* ---- balance ---- */

static QmMeasured at(const QmMeasured *list, uint32_t i)
{
    return list ? list[i] : qm_unmeasured("not measured");
}

static double loudest(const QmMixReport *report)
{
    double most = -70;
    for (uint32_t i = 0; i < report->mix->n_strips; i++) {
        const QmMeasured all[] = {at(report->before.loudness, i),
                                  at(report->after.loudness, i), at(report->wanted, i)};
        for (int k = 0; k < 3; k++)
            most = !all[k].why && all[k].value > most ? all[k].value : most;
    }
    return most;
}

static double limited(const QmSvgFrame *f, double value)
{
    return qm_svg_x(f, value < f->x.from ? f->x.from : value);
}

static void bar(QmText *text, const QmSvgFrame *f, double y, double height,
                QmMeasured value, const char *colour)
{
    if (value.why)
        return;
    qm_text_add(text, "<rect");
    qm_svg_attribute(text, "x", f->left);
    qm_svg_attribute(text, "y", y);
    qm_svg_attribute(text, "width", limited(f, value.value) - f->left);
    qm_svg_attribute(text, "height", height);
    qm_text_printf(text, " fill=\"%s\"/>\n", colour);
}

static void number(QmText *text, double x, double y, QmMeasured value, bool sign)
{
    char digits[QM_NUMBER_TEXT + 1] = "+";
    const bool plus = sign && value.value >= 0.05;
    if (value.why)
        return;
    qm_fixed_text(value.value, 1, digits + plus);
    qm_svg_label(text, x, y, "end", digits);
}

static void row(QmText *text, const QmSvgFrame *f, const QmMixReport *report, uint32_t i,
                double y)
{
    const QmMeasured before = at(report->before.loudness, i),
                     after = at(report->after.loudness, i),
                     wanted = at(report->wanted, i);
    report_row_name(text, report->mix->strips[i].name, REPORT_NAMES, y + 4);
    bar(text, f, y - 10, 5, before, PAST);
    bar(text, f, y - 4, 11, after, "var(--core)");
    if (!wanted.why) {
        const double x = limited(f, wanted.value);
        qm_text_add(text, "<path stroke=\"var(--c2)\" stroke-width=\"2.5\" d=\"");
        qm_svg_point(text, 'M', x, y - 12);
        qm_svg_point(text, 'L', x, y + 10);
        qm_text_add(text, "\"/>\n");
    }
    qm_text_add(text, "<g class=\"s\">");
    number(text, BEFORE, y + 4, before, false);
    qm_text_add(text, "</g>");
    number(text, AFTER, y + 4, after, false);
    number(text, WANTED, y + 4, wanted, false);
    if (!after.why && !wanted.why) {
        const double off = after.value - wanted.value;
        const bool far = fabs(off) > MIX_KEPT_LU + 1e-9;
        qm_text_add(text, far ? "<g class=\"w\">" : "<g class=\"s\">");
        number(text, OFF, y + 4, qm_measured(off), true);
        qm_text_add(text, "</g>\n");
    }
    if (after.why) {
        qm_text_add(text, "<g class=\"s\">");
        qm_svg_label(text, f->left + 6, y + 4, "start", after.why);
        qm_text_add(text, "</g>\n");
    }
}

static void legend(QmText *text, const QmSvgFrame *f)
{
    const double y = 16;
    qm_svg_rect(text, f->left, y - 7, 18, 5, " fill=\"" PAST "\"");
    qm_svg_label(text, f->left + 24, y, "start", "before");
    qm_svg_rect(text, f->left + 84, y - 10, 18, 11, " fill=\"var(--core)\"");
    qm_svg_label(text, f->left + 108, y, "start", "after");
    qm_text_add(text, "<path stroke=\"var(--c2)\" stroke-width=\"2.5\" d=\"");
    qm_svg_point(text, 'M', f->left + 162, y - 13);
    qm_svg_point(text, 'L', f->left + 162, y + 4);
    qm_text_add(text, "\"/>\n");
    qm_svg_label(text, f->left + 170, y, "start", "wanted");
    qm_text_add(text, "<g class=\"s\">");
    qm_svg_label(text, BEFORE, f->top - 10, "end", "before");
    qm_svg_label(text, AFTER, f->top - 10, "end", "after");
    qm_svg_label(text, WANTED, f->top - 10, "end", "wanted");
    qm_svg_label(text, OFF, f->top - 10, "end", "off by");
    qm_svg_label(text, f->left, f->top - 10, "start", "LUFS");
    qm_text_add(text, "</g>\n");
}

void mix_part_balance(const MixPart *part)
{
    const QmMixReport *const report = part->report;
    QmText *text = part->page.text;
    const uint32_t n = report->mix->n_strips;
    if (!n || (!report->after.loudness && !report->wanted))
        return;
    const double height = TOP + ROW * (double)n + BOTTOM;
    const double to = 5 * ceil((loudest(report) + 0.5) / 5);
    const QmSvgFrame f = {.left = REPORT_NAMES,
                          .top = TOP,
                          .right = PLOT,
                          .bottom = TOP + ROW * (double)n,
                          .x = {.from = to - SPAN + 1, .to = to, .tick = 5},
                          .y = {.to = 1}};
    qm_text_add(text, "<h2>Balance</h2>\n");
    report_open(&part->page, "balance", REPORT_WIDTH, height, "Balance",
                "The loudness of each strip in the mix, before and after, and what is "
                "wanted.");
    qm_svg_grid(text, &qm_svg_page, &f);
    legend(text, &f);
    for (uint32_t i = 0; i < n; i++)
        row(text, &f, report, i, TOP + ROW * ((double)i + 0.5));
    report_close(&part->page,
                 "Integrated loudness of each strip in front of the master. Before: all "
                 "faders at 0 dB, the whole moved to the same loudness. Wanted: by the "
                 "template.");
}

/* ---- masking ---- */

typedef struct Change {
    const QmMaskingPair *before, *after;
} Change;

static double change_of(const Change *c)
{
    return c->after->severity.value - c->before->severity.value;
}

static int by_size(const void *a, const void *b)
{
    const double x = fabs(change_of(a)), y = fabs(change_of(b));
    return x > y ? -1 : x < y;
}

/* Both are of the same stems, in the same order. */
static bool comparable(const QmMasking *before, const QmMasking *after)
{
    if (!before || !after || before->pairs.count != after->pairs.count)
        return false;
    for (size_t i = 0; i < after->stems.count; i++)
        if (!qm_same(((const QmMaskedStem *)before->stems.items)[i].name,
                     ((const QmMaskedStem *)after->stems.items)[i].name))
            return false;
    return true;
}

static void add_change(QmText *text, const Change *change)
{
    const double by = change_of(change);
    char name[REPORT_NAME];
    qm_text_add(text, "<tr><th scope=\"row\">");
    report_short_name(change->after->masker, REPORT_NAME - 8, name);
    qm_xml_add(text, name);
    qm_text_add(text, " over ");
    report_short_name(change->after->masked, REPORT_NAME - 8, name);
    qm_xml_add(text, name);
    qm_text_add(text, "</th><td class=\"n\">");
    report_number(text, change->before->severity.value, 0);
    qm_text_add(text, "</td><td class=\"n\"><b>");
    report_number(text, change->after->severity.value, 0);
    qm_text_add(text,
                by > 0 ? "</b></td><td class=\"n\">+" : "</b></td><td class=\"n\">");
    report_number(text, by, 0);
    qm_text_add(text, "</td><td class=\"u\">%</td></tr>\n");
}

static void add_changes(const MixPart *part, const QmMasking *before,
                        const QmMasking *after)
{
    QmText *text = part->page.text;
    Change *const changes = QM_NEW_ARRAY(part->arena, Change, after->pairs.count + 1);
    size_t n = 0;
    for (size_t i = 0; changes && i < after->pairs.count; i++) {
        const Change change = {(const QmMaskingPair *)before->pairs.items + i,
                               (const QmMaskingPair *)after->pairs.items + i};
        if (fabs(change_of(&change)) >= WORTH)
            changes[n++] = change;
    }
    if (!n || qm_sort(changes, n, sizeof *changes, by_size, part->arena) != QM_OK)
        return;
    qm_text_add(text,
                "<div class=\"wide\"><table class=\"r\">\n<caption><b>what changed "
                "most</b> how much of the second the first hides</caption>\n<thead>"
                "<tr><th scope=\"col\">pair</th><th scope=\"col\" class=\"n\">before"
                "</th><th scope=\"col\" class=\"n\">after</th><th scope=\"col\" "
                "class=\"n\">change</th><th scope=\"col\"></th></tr></thead>\n"
                "<tbody>\n");
    for (size_t i = 0; i < n && i < MOST_CHANGES; i++)
        add_change(text, &changes[i]);
    qm_text_add(text, "</tbody></table></div>\n");
}

static void matrix(const MixPart *part, const QmMasking *masking, bool half, bool after)
{
    char caption[64];
    const char *const when = after ? "After" : "Before";
    if (!masking || !masking->pairs.count)
        return;
    memcpy(caption, when, strlen(when) + 1);
    memcpy(caption + strlen(when), ": M_total ", 11);
    qm_fixed_text(masking->total.value, 1, caption + strlen(caption));
    report_matrix(&part->page, after ? "after" : "before",
                  after ? "Who hides whom, after" : "Who hides whom, before", masking,
                  half, caption);
}

void mix_part_masking(const MixPart *part)
{
    const QmMasking *const before = part->report->before.masking, *const after =
                                                                      part->report->after
                                                                          .masking;
    QmText *text = part->page.text;
    if (!after || !after->pairs.count)
        return;
    const bool half = after->stems.count <= HALF_MOST;
    qm_text_add(text, "<h2>Who hides whom</h2>\n<p class=\"lead\">Rows hide columns: the "
                      "share, in %, of what could be heard of the hidden strip if it "
                      "played alone.</p>\n");
    qm_text_add(text, half ? "<div class=\"pair\">\n" : "");
    matrix(part, before, half, false);
    matrix(part, after, half, true);
    qm_text_add(text, half ? "</div>\n" : "");
    if (comparable(before, after))
        add_changes(part, before, after);
}
