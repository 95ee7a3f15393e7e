/* The picture over time: the outline of the waveform, and below it, on the same axis, the
 * loudness.
 *
 * A lane shows, for each pixel, the lowest and highest sample that it covers, and inside
 * of that the RMS to both sides. */
#include "formats/report_parts.h"

#include "analysis/wave.h"

enum {
    LANE = 78, /* height of a channel */
    LANE_ALONE = 120,
    GAP = 10,
    TOP = 22,
    AXIS = 40, /* below the last pane */
};

typedef struct View {
    const ReportPart *part;
    const QmWave *wave;
    QmSvgFrame frame; /* of time; y is set for each pane */
    double height;
} View;

static double item(const QmList *list, size_t i)
{
    return ((const double *)list->items)[i];
}

/* ---- lanes ---- */

/* The columns [from, to) that pixel `i` of `pixels` shows. */
static void columns_of(const QmList *list, size_t i, size_t pixels, size_t *from,
                       size_t *to)
{
    *from = i * list->count / pixels;
    *to = (i + 1) * list->count / pixels;
    *to = *to > *from ? *to : *from + 1;
}

typedef enum Edge { LOW, HIGH } Edge;

static double extreme(const QmList *list, size_t i, size_t pixels, Edge edge)
{
    size_t from, to;
    columns_of(list, i, pixels, &from, &to);
    double value = item(list, from);
    for (size_t k = from + 1; k < to; k++) {
        const double x = item(list, k);
        value = edge == HIGH ? (x > value ? x : value) : (x < value ? x : value);
    }
    return value;
}

/* An area between two lists: along the upper one, and back along the lower one, which is
 * that below or the upper one mirrored (`sign` -1). */
static void area(const View *view, const QmList *upper, const QmList *lower, double sign,
                 const char *colour)
{
    QmText *text = view->part->text;
    const QmSvgFrame *f = &view->frame;
    const size_t width = (size_t)(f->right - f->left);
    const size_t pixels = upper->count < width ? upper->count : width;
    const double length =
        (double)upper->count * (double)view->wave->column / (double)view->wave->frames;
    const double step = (f->right - f->left) * length / (double)pixels;
    qm_text_printf(text, "<path fill=\"%s\" d=\"", colour);
    for (size_t i = 0; i < 2 * pixels; i++) {
        const bool back = i >= pixels;
        const size_t pixel = back ? 2 * pixels - 1 - i : i;
        const double value =
            back ? sign * extreme(lower, pixel, pixels, sign < 0 ? HIGH : LOW)
                 : extreme(upper, pixel, pixels, HIGH);
        const double limited = value > 1 ? 1 : value < -1 ? -1 : value;
        const double x = f->left + ((double)pixel + 0.5) * step;
        qm_svg_point(text, i ? ' ' : 'M', x < f->right ? x : f->right,
                     qm_svg_y(f, limited));
    }
    qm_text_add(text, "z\"/>\n");
}

static void lane(View *view, const QmWaveLane *lane, double top, double height,
                 const char *name)
{
    QmText *text = view->part->text;
    QmSvgFrame *f = &view->frame;
    f->top = top;
    f->bottom = top + height;
    f->y = (QmSvgAxis){.from = -1, .to = 1};
    qm_svg_rect(text, f->left, top, f->right - f->left, height, " fill=\"var(--wash)\"");
    if (lane->low.count) {
        area(view, &lane->high, &lane->low, 1, "var(--body)");
        area(view, &lane->rms, &lane->rms, -1, "var(--core)");
    }
    qm_svg_stroke(text, f->left, top + height / 2, f->right, top + height / 2,
                  "var(--grid)");
    qm_svg_label(text, f->left - 8, top + height / 2 + 4, "end", name);
}

static void lanes(View *view, double *y)
{
    const QmWave *wave = view->wave;
    const bool two = wave->lane[1].low.count > 0;
    lane(view, &wave->lane[0], *y, two ? LANE : LANE_ALONE, two ? "1" : "");
    *y += two ? LANE : LANE_ALONE;
    if (two) {
        *y += GAP;
        lane(view, &wave->lane[1], *y, LANE, "2");
        *y += LANE;
    }
}

void report_waveform(const ReportPart *part)
{
    const QmAnalysis *analysis = part->file->analysis;
    const QmWave *wave = report_result(analysis, &qm_feature_wave);
    if (!wave || !wave->frames) {
        return;
    }
    const double length = (double)wave->frames / analysis->spec.rate;
    View view = {.part = part, .wave = wave};
    view.frame = (QmSvgFrame){.left = REPORT_LEFT, .right = REPORT_WIDTH - REPORT_RIGHT};
    view.frame.x = (QmSvgAxis){.to = length,
                               .tick = qm_svg_tick(length, 12, QM_SVG_TIME),
                               .scale = QM_SVG_TIME};
    const bool two = wave->lane[1].low.count > 0;
    const double height = TOP + (two ? 2 * LANE + GAP : LANE_ALONE) + AXIS;
    qm_text_add(part->text, "<h2>Over time</h2>\n");
    report_open(part, "wave", height, "Waveform",
                "Lowest and highest samples, and RMS within, over time.");
    double y = TOP;
    lanes(&view, &y);
    view.frame.top = TOP;
    view.frame.bottom = y;
    view.frame.y.tick = 0;
    qm_svg_grid(part->text, &qm_svg_page, &view.frame);
    report_close(part, NULL);
}
