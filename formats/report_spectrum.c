/* The long-term spectrum: levels of 1/3 octaves as bars, the spectrum in finer detail as
 * a line, the target, resonances.
 *
 * The line is the power in 1/24 octave, times eight: what a 1/3 octave would have if it
 * were as full as here. On even material it lies on the bars; a narrow tone stands out by
 * up to 9 dB. */
#include "formats/report_parts.h"

#include "analysis/resonance.h"
#include "analysis/spectrum.h"
#include "base/number.h"
#include "base/qmath.h"

#include <math.h>

enum {
    HEIGHT = 340,
    TOP = 30,
    BOTTOM = 46,
    FINE = 240,    /* points of the line, 1/24 octave apart */
    SPAN = 70,     /* dB that are shown, at most: less is not heard beside the rest */
    LEAST = 30,    /* and at least */
    MARK_ROWS = 4, /* of names of resonances */
    MARK_HIGH = 15,
    MARK_WIDTH = 104,
    MARK_GAP = 8,
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

/* ---- resonances ---- */

/* Above the diagram, each over its place, in as many rows as it takes that none covers
 * another; what finds no place in these rows has only its line. */
typedef struct Mark {
    const QmResonance *resonance;
    double x;
    uint32_t row;
} Mark;

static uint32_t place_marks(const QmSvgFrame *f, const QmResonances *found, Mark *marks,
                            uint32_t *rows)
{
    uint32_t n = 0;
    for (; n < found->resonances.count && n < QM_MAX_RESONANCES; n++) {
        const QmResonance *resonance = (const QmResonance *)found->resonances.items + n;
        uint32_t at = n;
        const double x = qm_svg_x(f, resonance->freq.value);
        for (; at > 0 && marks[at - 1].x > x; at--) {
            marks[at] = marks[at - 1];
        }
        marks[at] = (Mark){resonance, x, 0};
    }
    double ends[MARK_ROWS] = {0};
    *rows = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = 0;
        while (row < MARK_ROWS && ends[row] > marks[i].x - MARK_WIDTH / 2.0) {
            row++;
        }
        marks[i].row = row;
        if (row < MARK_ROWS) {
            ends[row] = marks[i].x + MARK_WIDTH / 2.0;
            *rows = row + 1 > *rows ? row + 1 : *rows;
        }
    }
    return n;
}

/* "1240 Hz +9 dB" */
static void mark_text(QmText *text, const QmResonance *resonance)
{
    report_number(text, resonance->freq.value, 0);
    qm_text_add(text, " Hz +");
    report_number(text, resonance->prominence.value, 0);
    qm_text_add(text, " dB");
}

static void draw_marks(QmText *text, const QmSvgFrame *f, const Mark *marks, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const double y = f->top - MARK_GAP - MARK_HIGH * (double)marks[i].row;
        const bool named = marks[i].row < MARK_ROWS;
        qm_text_add(text, "<path stroke=\"var(--c2)\" stroke-dasharray=\"2 3\" d=\"");
        qm_svg_point(text, 'M', marks[i].x, named ? y + 4 : f->top);
        qm_svg_point(text, ' ', marks[i].x, f->bottom);
        qm_text_add(text, "\"/>\n");
        if (named) {
            QmText label;
            qm_text_init(&label, text->arena);
            mark_text(&label, marks[i].resonance);
            qm_text_add(text, "<g class=\"h\">");
            qm_svg_label(text, marks[i].x, y, "middle", label.failed ? "" : label.data);
            qm_text_add(text, "</g>\n");
        }
    }
}

static void axis_names(QmText *text, const QmSvgFrame *f, const char *x, const char *y)
{
    qm_svg_label(text, f->right, f->bottom + 34, "end", x);
    qm_svg_label(text, f->left - 46, 18, "start", y);
}

static void caption(const ReportPart *part, bool target, bool resonances)
{
    QmText text;
    qm_text_init(&text, part->text->arena);
    qm_text_add(&text, "Bars: 1/3 octaves. Line: 1/24 octave, as if a 1/3 octave were as "
                       "full as there.");
    qm_text_add(&text, target ? " Dashed: the target, moved to the same mean." : "");
    qm_text_add(&text,
                resonances ? " Dotted: resonances, and how far they stand out." : "");
    report_close(part, text.failed ? NULL : text.data);
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
    const QmResonances *found =
        report_result(part->file->analysis, &qm_feature_resonance);
    Mark marks[QM_MAX_RESONANCES];
    uint32_t rows = 0;
    const uint32_t n = found ? place_marks(&f, found, marks, &rows) : 0;
    const double more = rows ? MARK_HIGH * rows + MARK_GAP : 0;
    f.top += more;
    f.bottom += more;
    qm_text_add(text, "<h2>Spectrum</h2>\n");
    report_open(part, "spectrum", REPORT_WIDTH, HEIGHT + more, "Spectrum",
                "Levels of 1/3 octaves, the spectrum in 1/24 octave, the target and "
                "resonances.");
    qm_svg_grid(text, &qm_svg_page, &f);
    bars(text, &f, spectrum);
    draw_marks(text, &f, marks, n);
    fine_line(text, &f, &spectrum->long_term);
    const double end = target_line(text, &f, spectrum);
    if (end > 0) {
        ReportLabel label = {end, spectrum->target, &qm_svg_page.series[1]};
        report_labels(text, f.right + 6, f.top, f.bottom, &label, 1);
    }
    axis_names(text, &f, "Hz", "dBFS in 1/3 octave");
    caption(part, end > 0, n > 0);
}
