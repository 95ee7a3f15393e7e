/* What the pictures of the report share: figures, text, lines over time, labels that keep
 * apart.
 *
 * Labels beside lines are put where the line ends. Sorted from the top, each is moved
 * down until it clears the one above it, then, from the bottom, up until it clears the
 * one below: a few labels are never far from their line. */
#include "formats/report_parts.h"

#include "base/number.h"

#include <math.h>

enum { LABEL_HEIGHT = 15, SAMPLE = 18 /* pixels of line before a label */ };

const void *report_result(const QmAnalysis *analysis, const QmFeature *feature)
{
    for (uint32_t i = 0; i < analysis->n_runs; i++) {
        const QmFeatureRun *run = &analysis->runs[i];
        if (run->feature == feature) {
            return run->asked ? run->result : NULL;
        }
    }
    return NULL;
}

const QmMeasure *report_measure(const QmAnalysis *analysis, const char *feature,
                                const char *name, const void **result)
{
    for (uint32_t i = 0; i < analysis->n_runs; i++) {
        const QmFeatureRun *run = &analysis->runs[i];
        if (!run->asked || !qm_same(run->feature->name, feature)) {
            continue;
        }
        for (uint32_t k = 0; k < run->feature->n_measures; k++) {
            if (qm_same(run->feature->measures[k].name, name)) {
                *result = run->result;
                return &run->feature->measures[k];
            }
        }
    }
    return NULL;
}

void report_number(QmText *text, double value, int decimals)
{
    char number[QM_NUMBER_TEXT];
    qm_text_add_n(text, number, qm_fixed_text(value, decimals, number));
}

void report_clock(QmText *text, double seconds)
{
    char number[QM_NUMBER_TEXT];
    const bool exact = seconds < 60;
    const int64_t whole = (int64_t)(exact ? floor(seconds) : round(seconds));
    if (whole >= 3600) {
        qm_text_printf(text, "%lld:%02lld:%02lld", (long long)whole / 3600,
                       (long long)whole / 60 % 60, (long long)whole % 60);
    } else if (exact) {
        qm_fixed_text(seconds, 3, number);
        qm_text_printf(text, "0:%s%s", seconds < 9.9995 ? "0" : "", number);
    } else {
        qm_text_printf(text, "%lld:%02lld", (long long)whole / 60, (long long)whole % 60);
    }
}

void report_open(const ReportPart *part, const char *id, double width, double height,
                 const char *title, const char *description)
{
    QmText *text = part->text;
    qm_text_printf(text,
                   "<figure>\n<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
                   "viewBox=\"0 0 %d %d\" aria-labelledby=\"f%u-%s-t f%u-%s-d\">\n"
                   "<title id=\"f%u-%s-t\">",
                   (int)width, (int)height, part->number, id, part->number, id,
                   part->number, id);
    qm_xml_add(text, title);
    qm_text_printf(text, "</title>\n<desc id=\"f%u-%s-d\">", part->number, id);
    qm_xml_add(text, description);
    qm_text_add(text, "</desc>\n");
}

void report_close(const ReportPart *part, const char *caption)
{
    qm_text_add(part->text, "</svg>\n");
    if (caption) {
        qm_text_add(part->text, "<figcaption>");
        qm_xml_add(part->text, caption);
        qm_text_add(part->text, "</figcaption>\n");
    }
    qm_text_add(part->text, "</figure>\n");
}

double report_y(const QmSvgFrame *frame, double value)
{
    const QmSvgAxis *axis = &frame->y;
    const double limited = value < axis->from ? axis->from
                           : value > axis->to ? axis->to
                                              : value;
    return qm_svg_y(frame, limited);
}

/* The next point of a line: it begins anew behind a gap, and ends at the frame. */
static void line_to(QmText *text, const QmSvgFrame *f, double at, double value,
                    bool *drawing)
{
    const bool below = value < f->y.from;
    if (below && !*drawing) {
        return;
    }
    qm_svg_point(text, *drawing ? ' ' : 'M', qm_svg_x(f, at), report_y(f, value));
    *drawing = !below;
}

/* The lowest and the highest of values [from, to), in the order in which they come. */
static bool ends(const double *values, size_t from, size_t to, double found[2])
{
    size_t low = to, high = to;
    for (size_t i = from; i < to; i++) {
        if (values[i] == QM_GAP) {
            continue;
        }
        low = low == to || values[i] < values[low] ? i : low;
        high = high == to || values[i] > values[high] ? i : high;
    }
    if (low == to) {
        return false;
    }
    found[0] = values[low < high ? low : high];
    found[1] = values[low < high ? high : low];
    return true;
}

double report_line(QmText *text, const QmSvgFrame *f, const ReportSeries *series)
{
    const size_t pixels = (size_t)(f->right - f->left), n = series->count;
    const size_t points = n > 2 * pixels ? pixels : n;
    bool drawing = false;
    double last = (f->y.from + f->y.to) / 2;
    qm_text_printf(text,
                   "<path stroke=\"%s\" stroke-dasharray=\"%s\" "
                   "stroke-linejoin=\"round\"",
                   series->colour, series->dash);
    qm_svg_attribute(text, "stroke-width", series->width);
    qm_text_add(text, " d=\"");
    for (size_t i = 0; i < points; i++) {
        double found[2];
        const size_t from = i * n / points, to = (i + 1) * n / points;
        if (!ends(series->values, from, to, found)) {
            drawing = false;
            continue;
        }
        const double at = series->first + (double)(from + to - 1) / 2 * series->hop;
        line_to(text, f, at, found[0], &drawing);
        if (to > from + 1 && found[0] != found[1]) {
            line_to(text, f, at, found[1], &drawing);
        }
        last = found[1];
    }
    qm_text_add(text, "\"/>\n");
    return report_y(f, last);
}

static void sort_labels(ReportLabel *labels, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        for (uint32_t k = i; k > 0 && labels[k].y < labels[k - 1].y; k--) {
            const ReportLabel swap = labels[k];
            labels[k] = labels[k - 1];
            labels[k - 1] = swap;
        }
    }
}

void report_labels(QmText *text, double x, double top, double bottom, ReportLabel *labels,
                   uint32_t count)
{
    sort_labels(labels, count);
    double least = top;
    for (uint32_t i = 0; i < count; i++) {
        labels[i].y = labels[i].y < least ? least : labels[i].y;
        least = labels[i].y + LABEL_HEIGHT;
    }
    double most = bottom;
    for (uint32_t i = count; i-- > 0;) {
        labels[i].y = labels[i].y > most ? most : labels[i].y;
        most = labels[i].y - LABEL_HEIGHT;
    }
    for (uint32_t i = 0; i < count; i++) {
        const QmSvgStroke *stroke = labels[i].stroke;
        if (stroke) {
            qm_text_add(text, "<path d=\"");
            qm_svg_point(text, 'M', x, labels[i].y);
            qm_text_printf(text,
                           "h%d\" stroke=\"%s\" stroke-width=\"2\" "
                           "stroke-dasharray=\"%s\"/>\n",
                           SAMPLE, stroke->colour, stroke->dash);
        }
        qm_svg_label(text, x + (stroke ? SAMPLE + 5 : 0), labels[i].y + 4, "start",
                     labels[i].text);
    }
}
