/* Loudness in two pictures: over time, as a pane below the waveform, and how often there
 * was which.
 *
 * The axis ends above the loudest 400 ms, and reaches down to the softest 3 s, but never
 * by more than 40 LU: what is softer is silence to whoever listens to the rest. */
#include "formats/report_parts.h"

#include "analysis/loudness.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

enum {
    SPAN = 40,  /* LU, at most */
    LEAST = 20, /* and at least */
    HEIGHT = 250,
    TOP = 30,
    BOTTOM = 46,
    BINS = 2 * SPAN, /* of half a LU */
};

static const double *values(const QmList *list) { return list->items; }

/* The lowest and highest value; false: there is none. */
static bool extremes(const QmList *list, double *low, double *high)
{
    bool any = false;
    for (size_t i = 0; i < list->count; i++) {
        const double x = values(list)[i];
        if (x == QM_GAP) {
            continue;
        }
        *low = !any || x < *low ? x : *low;
        *high = !any || x > *high ? x : *high;
        any = true;
    }
    return any;
}

/* The axis of both pictures. False: all is silent, or too short. */
static bool axis_of(const QmLoudness *loudness, QmSvgAxis *axis)
{
    double low = 0, high = 0, unused;
    if (!extremes(&loudness->momentary, &low, &high)) {
        return false;
    }
    extremes(&loudness->short_term, &low, &unused);
    axis->to = 5 * ceil((high + 1) / 5);
    axis->from = 5 * floor(low / 5);
    axis->from = axis->from < axis->to - SPAN ? axis->to - SPAN : axis->from;
    axis->from = axis->from > axis->to - LEAST ? axis->to - LEAST : axis->from;
    axis->tick = 5;
    return true;
}

bool report_loudness_axis(const QmAnalysis *analysis, QmSvgAxis *axis)
{
    const QmLoudness *loudness = report_result(analysis, &qm_feature_loudness);
    return loudness && axis_of(loudness, axis);
}

static void integrated_text(const QmLoudness *loudness, char text[QM_NUMBER_TEXT + 16])
{
    memcpy(text, "integrated ", 12);
    qm_fixed_text(loudness->integrated.value, 1, text + 11);
}

void report_loudness_pane(QmText *text, const QmAnalysis *analysis, const QmSvgFrame *f)
{
    const QmLoudness *loudness = report_result(analysis, &qm_feature_loudness);
    const QmSvgStroke *short_term = &qm_svg_page.series[0],
                      *whole = &qm_svg_page.series[1];
    static const QmSvgStroke MOMENTARY = {"var(--soft)", ""};
    char integrated[QM_NUMBER_TEXT + 16];
    ReportLabel labels[3];
    uint32_t n = 0;
    ReportSeries series = {.values = values(&loudness->momentary),
                           .count = loudness->momentary.count,
                           .first = loudness->hop_s,
                           .hop = loudness->hop_s,
                           .colour = MOMENTARY.colour,
                           .dash = "",
                           .width = 0.8};
    labels[n++] = (ReportLabel){report_line(text, f, &series), "momentary", &MOMENTARY};
    double low, high;
    if (extremes(&loudness->short_term, &low, &high)) {
        series.values = values(&loudness->short_term);
        series.count = loudness->short_term.count;
        series.colour = short_term->colour;
        series.width = 2.2;
        labels[n++] =
            (ReportLabel){report_line(text, f, &series), "short-term", short_term};
    }
    if (!loudness->integrated.why) {
        const double all[2] = {loudness->integrated.value, loudness->integrated.value};
        const ReportSeries line = {
            all, 2, f->x.from, f->x.to - f->x.from, whole->colour, whole->dash, 1.8};
        integrated_text(loudness, integrated);
        labels[n++] = (ReportLabel){report_line(text, f, &line), integrated, whole};
    }
    report_labels(text, f->right + 8, f->top + 6, f->bottom - 6, labels, n);
    qm_svg_label(text, f->left - 46, f->top - 10, "start", "LUFS");
}

/* ---- how often ---- */

typedef struct Histogram {
    double share[BINS]; /* %, of what is not silent */
    double most;
} Histogram;

static Histogram count(const QmList *list, const QmSvgAxis *axis)
{
    Histogram h = {0};
    double total = 0;
    for (size_t i = 0; i < list->count; i++) {
        const double bin = floor((values(list)[i] - axis->from) * 2);
        if (values(list)[i] == QM_GAP) {
            continue;
        }
        total += 1;
        if (bin >= 0 && bin < BINS) {
            h.share[(int)bin] += 1;
        }
    }
    for (int i = 0; i < BINS && total > 0; i++) {
        h.share[i] *= 100 / total;
        h.most = h.share[i] > h.most ? h.share[i] : h.most;
    }
    return h;
}

static void bars(QmText *text, const QmSvgFrame *f, const Histogram *h)
{
    for (int i = 0; i < BINS; i++) {
        const double from = qm_svg_x(f, f->x.from + i * 0.5);
        const double to = qm_svg_x(f, f->x.from + (i + 1) * 0.5);
        const double y = qm_svg_y(f, h->share[i]);
        if (h->share[i] > 0 && to <= f->right + 0.1) {
            qm_svg_rect(text, from + 0.5, y, to - from - 1, f->bottom - y,
                        " fill=\"var(--body)\"");
        }
    }
}

static void outline(QmText *text, const QmSvgFrame *f, const Histogram *h)
{
    qm_text_add(text, "<path stroke=\"var(--c5)\" stroke-width=\"1.2\" d=\"");
    qm_svg_point(text, 'M', f->left, f->bottom);
    for (int i = 0; i < BINS && f->x.from + i * 0.5 < f->x.to; i++) {
        const double y = qm_svg_y(f, h->share[i]);
        qm_svg_point(text, ' ', qm_svg_x(f, f->x.from + i * 0.5), y);
        qm_svg_point(text, ' ', qm_svg_x(f, f->x.from + (i + 1) * 0.5), y);
    }
    qm_svg_point(text, ' ', f->right, f->bottom);
    qm_text_add(text, "\"/>\n");
}

static void mark(QmText *text, const QmSvgFrame *f, const QmMeasured *at)
{
    const QmSvgStroke *stroke = &qm_svg_page.series[1];
    if (at->why || at->value < f->x.from || at->value > f->x.to) {
        return;
    }
    const double x = qm_svg_x(f, at->value);
    qm_text_printf(text,
                   "<path stroke=\"%s\" stroke-width=\"1.8\" stroke-dasharray=\"%s\" "
                   "d=\"",
                   stroke->colour, stroke->dash);
    qm_svg_point(text, 'M', x, f->top);
    qm_svg_point(text, ' ', x, f->bottom);
    qm_text_add(text, "\"/>\n");
    const bool left = x > (f->left + f->right) / 2;
    qm_text_add(text, "<g class=\"h\">");
    qm_svg_label(text, left ? x - 6 : x + 6, f->top + 12, left ? "end" : "start",
                 "integrated");
    qm_text_add(text, "</g>");
}

void report_distribution(const ReportPart *part)
{
    const QmLoudness *loudness =
        report_result(part->file->analysis, &qm_feature_loudness);
    QmText *text = part->text;
    QmSvgFrame f = {.left = REPORT_LEFT - 14,
                    .top = TOP,
                    .right = REPORT_HALF - 6,
                    .bottom = HEIGHT - BOTTOM};
    if (!loudness || !axis_of(loudness, &f.x)) {
        return;
    }
    const Histogram momentary = count(&loudness->momentary, &f.x);
    const Histogram short_term = count(&loudness->short_term, &f.x);
    const double most =
        momentary.most > short_term.most ? momentary.most : short_term.most;
    f.y.tick = qm_svg_tick(most, 5, QM_SVG_LINEAR);
    f.y.to = f.y.tick * ceil(most / f.y.tick);
    qm_text_add(text, "<section>\n<h2>Loudness: how often</h2>\n");
    report_open(part, "often", REPORT_HALF, HEIGHT, "Loudness: how often",
                "Share of the time that each loudness has.");
    qm_svg_grid(text, &qm_svg_page, &f);
    bars(text, &f, &short_term);
    outline(text, &f, &momentary);
    mark(text, &f, &loudness->integrated);
    qm_svg_label(text, f.right, f.bottom + 34, "end", "LUFS");
    qm_svg_label(text, 4, f.top - 12, "start", "% of the time");
    report_close(part, "Bars: short-term, 3 s. Line: momentary, 400 ms.");
    qm_text_add(text, "</section>\n");
}
