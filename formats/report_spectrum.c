/* The long-term spectrum: levels of 1/3 octaves as bars, the spectrum in finer detail as
 * a line, the target, resonances.
 *
 * The line is the power in 1/24 octave, times eight: what a 1/3 octave would have if it
 * were as full as here. On even material it lies on the bars; a narrow tone stands out by
 * up to 9 dB. */
#include "formats/report_parts.h"

#include "analysis/spectrum.h"
#include "base/qmath.h"

#include <math.h>

enum {
    HEIGHT = 340,
    TOP = 30,
    BOTTOM = 46,
    FINE = 240, /* points of the line, 1/24 octave apart */
    SPAN = 70,  /* dB that are shown, at most: less is not heard beside the rest */
    LEAST = 30, /* and at least */
};

#define LOW  17.8  /* Hz: the lower edge of the first band */
#define HIGH 22400 /* the upper edge of the last */

static const QmThird *third(const QmSpectrumResult *spectrum, uint32_t i)
{
    return (const QmThird *)spectrum->thirds.items + i;
}

/* Point `i` of the line; false: it is above half the rate. */
static bool fine(const QmLongTerm *spectrum, uint32_t i, double *hz, double *db)
{
    const double half = qm_exp2(1.0 / 48);
    *hz = 20 * qm_exp2(i / 24.0);
    if (*hz * half > (spectrum->bins - 1) * spectrum->bin_hz || *hz > HIGH) {
        return false;
    }
    const double power = 8 * qm_long_term_band(spectrum, *hz / half, *hz * half);
    *db = power > 1e-20 ? 10 * qm_log10(power) : -200;
    return true;
}

/* The axis: from the highest point down to the softest band, within limits. False: there
 * is nothing to show. */
static bool span(const QmSpectrumResult *spectrum, QmSvgAxis *axis)
{
    double high = 0, low = 0, hz, db;
    bool any = false;
    for (uint32_t i = 0; i < spectrum->thirds.count; i++) {
        const QmMeasured *level = &third(spectrum, i)->level;
        if (level->why) {
            continue;
        }
        high = !any || level->value > high ? level->value : high;
        low = !any || level->value < low ? level->value : low;
        any = true;
    }
    for (uint32_t i = 0; any && i < FINE && fine(&spectrum->long_term, i, &hz, &db);
         i++) {
        high = db > high ? db : high;
    }
    axis->to = 10 * ceil((high + 1) / 10);
    axis->from = 10 * floor(low / 10);
    axis->from = axis->from < axis->to - SPAN ? axis->to - SPAN : axis->from;
    axis->from = axis->from > axis->to - LEAST ? axis->to - LEAST : axis->from;
    axis->tick = 10;
    return any;
}

static void bars(QmText *text, const QmSvgFrame *f, const QmSpectrumResult *spectrum)
{
    for (uint32_t i = 0; i < spectrum->thirds.count; i++) {
        const QmMeasured *level = &third(spectrum, i)->level;
        if (level->why || level->value <= f->y.from) {
            continue;
        }
        const double from = qm_svg_x(f, qm_third_edge(i)) + 1.5;
        const double to = qm_svg_x(f, qm_third_edge(i + 1)) - 1.5;
        const double y = qm_svg_y(f, level->value);
        qm_svg_rect(text, from, y, to - from, f->bottom - y, " fill=\"var(--body)\"");
    }
}

static void fine_line(QmText *text, const QmSvgFrame *f, const QmLongTerm *spectrum)
{
    double hz, db;
    qm_text_add(text, "<path stroke=\"var(--c5)\" stroke-width=\"1.2\" "
                      "stroke-linejoin=\"round\" d=\"");
    for (uint32_t i = 0; i < FINE && fine(spectrum, i, &hz, &db); i++) {
        qm_svg_point(text, i ? ' ' : 'M', qm_svg_x(f, hz), report_y(f, db));
    }
    qm_text_add(text, "\"/>\n");
}

/* Returns where the line ends, for its label; 0: there is none. */
static double target_line(QmText *text, const QmSvgFrame *f,
                          const QmSpectrumResult *spectrum)
{
    const QmSvgStroke *stroke = &qm_svg_page.series[1];
    double end = 0;
    for (uint32_t i = 0; i < spectrum->thirds.count; i++) {
        const QmMeasured *target = &third(spectrum, i)->target;
        if (target->why) {
            continue;
        }
        if (end == 0) {
            qm_text_printf(text,
                           "<path stroke=\"%s\" stroke-width=\"2\" "
                           "stroke-dasharray=\"%s\" d=\"",
                           stroke->colour, stroke->dash);
        }
        const double y = report_y(f, target->value);
        qm_svg_point(text, end == 0 ? 'M' : ' ', qm_svg_x(f, qm_third_middle(i)), y);
        end = y;
    }
    qm_text_add(text, end == 0 ? "" : "\"/>\n");
    return end;
}

static void axis_names(QmText *text, const QmSvgFrame *f, const char *x, const char *y)
{
    qm_svg_label(text, f->right, f->bottom + 34, "end", x);
    qm_svg_label(text, f->left - 46, f->top - 12, "start", y);
}

void report_spectrum(const ReportPart *part)
{
    const QmSpectrumResult *spectrum =
        report_result(part->file->analysis, &qm_feature_spectrum);
    QmText *text = part->text;
    QmSvgFrame f = {.left = REPORT_LEFT,
                    .top = TOP,
                    .right = REPORT_WIDTH - REPORT_RIGHT,
                    .bottom = HEIGHT - BOTTOM,
                    .x = {.from = LOW, .to = HIGH, .scale = QM_SVG_LOG}};
    if (!spectrum || !span(spectrum, &f.y)) {
        return;
    }
    qm_text_add(text, "<h2>Spectrum</h2>\n");
    report_open(part, "spectrum", REPORT_WIDTH, HEIGHT, "Spectrum",
                "Levels of 1/3 octaves, the spectrum in 1/24 octave, and the target.");
    qm_svg_grid(text, &qm_svg_page, &f);
    bars(text, &f, spectrum);
    fine_line(text, &f, &spectrum->long_term);
    const double end = target_line(text, &f, spectrum);
    if (end > 0) {
        ReportLabel label = {end, spectrum->target, &qm_svg_page.series[1]};
        report_labels(text, f.right + 6, f.top, f.bottom, &label, 1);
    }
    axis_names(text, &f, "Hz", "dBFS in 1/3 octave");
    report_close(part, end > 0
                           ? "Bars: 1/3 octaves. Line: 1/24 octave, as if a 1/3 octave "
                             "were as full as there. Dashed: the target, moved to the "
                             "same mean."
                           : "Bars: 1/3 octaves. Line: 1/24 octave, as if a 1/3 octave "
                             "were as full as there.");
}
