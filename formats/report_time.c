/* The picture over time: panes below each other on one axis. The outline of the waveform,
 * the loudness, the correlation of the channels.
 *
 * A lane shows, for each pixel, the lowest and highest sample that it covers, and inside
 * of that the RMS to both sides. */
#include "formats/report_parts.h"

#include "analysis/peak.h"
#include "analysis/section.h"
#include "analysis/stereo.h"
#include "analysis/wave.h"

#include <math.h>
#include <stdio.h>

enum {
    STRIP = 20, /* heights: of the sections' names, of a channel, */
    LANE = 78,
    LANE_ALONE = 120,
    LOUDNESS = 170,
    CORRELATION = 64,
    GAP = 10,  /* between channels, */
    ROOM = 34, /* and panes, with the name of the axis */
    TOP = 10,
    AXIS = 30, /* numbers below the last pane */
};

/* What counts as clipped (analysis/peak.h): the highest sample of 16 bits. */
#define FULL_SCALE (32767.0f / 32768.0f)

typedef struct View {
    const ReportPart *part;
    QmText *text;
    const QmWave *wave;         /* NULL: not asked for */
    const QmStereo *stereo;     /* NULL: not asked for, or nothing over time */
    const QmSections *sections; /* NULL: not asked for, or none */
    const QmPeak *clipped;      /* NULL: not asked for, or nothing is */
    double zoom;                /* of the waveform */
    bool loudness;
    QmSvgFrame frame; /* of time; top, bottom and y are set for each pane */
} View;

static double item(const QmList *list, size_t i)
{
    return ((const double *)list->items)[i];
}

/* ---- the waveform ---- */

typedef enum Shown { LOWEST, HIGHEST, RMS } Shown;

/* Of the columns that pixel `i` of `pixels` shows. */
static double pixel_of(const QmList *list, size_t i, size_t pixels, Shown shown)
{
    const size_t from = i * list->count / pixels;
    const size_t to = (i + 1) * list->count / pixels;
    double value = item(list, from), squares = 0;
    for (size_t k = from; k < to; k++) {
        const double x = item(list, k);
        value = (shown == HIGHEST ? x > value : x < value) ? x : value;
        squares += x * x;
    }
    return shown == RMS ? sqrt(squares / (double)(to - from)) : value;
}

/* An area between two lists: along the upper one, and back along the lower one; `lower`
 * NULL: an RMS, mirrored. */
static void area(const View *view, const QmList *upper, const QmList *lower,
                 const char *colour)
{
    QmText *text = view->text;
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
        const double value = !lower
                                 ? (back ? -1 : 1) * pixel_of(upper, pixel, pixels, RMS)
                             : back ? pixel_of(lower, pixel, pixels, LOWEST)
                                    : pixel_of(upper, pixel, pixels, HIGHEST);
        const double x = f->left + ((double)pixel + 0.5) * step;
        qm_svg_point(text, i ? ' ' : 'M', x < f->right ? x : f->right,
                     report_y(f, value));
    }
    qm_text_add(text, "z\"/>\n");
}

static void lane(View *view, const QmWaveLane *lane, double height, const char *name)
{
    QmSvgFrame *f = &view->frame;
    f->bottom = f->top + height;
    f->y = (QmSvgAxis){.from = -1 / view->zoom, .to = 1 / view->zoom};
    const double middle = (f->top + f->bottom) / 2;
    qm_svg_stroke(view->text, f->left, f->top, f->right, f->top, "var(--fine)");
    qm_svg_stroke(view->text, f->left, f->bottom, f->right, f->bottom, "var(--fine)");
    qm_svg_stroke(view->text, f->left, middle, f->right, middle, "var(--soft)");
    area(view, &lane->high, &lane->low, "var(--body)");
    area(view, &lane->rms, NULL, "var(--core)");
    qm_svg_label(view->text, f->left - 8, middle + 4, "end", name);
    f->top = f->bottom;
}

static bool two_lanes(const View *view) { return view->wave->lane[1].low.count > 0; }

/* How often what is soft is doubled so that it still fits: at most 1024 times, -60 dB. */
static double zoom_of(const QmWave *wave)
{
    double most = 1.0 / 1024, zoom = 1;
    for (uint32_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < wave->lane[k].low.count; i++) {
            const double low = -item(&wave->lane[k].low, i);
            const double high = item(&wave->lane[k].high, i);
            most = low > most ? low : most;
            most = high > most ? high : most;
        }
    }
    while (2 * zoom * most <= 1) {
        zoom *= 2;
    }
    return zoom;
}

static void say_zoom(const View *view)
{
    char text[32];
    if (view->zoom > 1) {
        snprintf(text, sizeof text, "magnified %d times", (int)view->zoom);
        qm_svg_label(view->text, view->frame.right + 8, view->frame.top + 14, "start",
                     text);
    }
}

static void waveform(View *view)
{
    view->zoom = zoom_of(view->wave);
    say_zoom(view);
    const bool two = two_lanes(view);
    lane(view, &view->wave->lane[0], two ? LANE : LANE_ALONE, two ? "1" : "");
    if (two) {
        view->frame.top += GAP;
        lane(view, &view->wave->lane[1], LANE, "2");
    }
    view->frame.top += ROOM;
}

/* ---- what is marked ---- */

/* A strip with the sections' names, and a line where one begins. */
static void sections(View *view)
{
    QmText *text = view->text;
    const QmSvgFrame *f = &view->frame;
    for (uint32_t i = 0; i < view->sections->count; i++) {
        const QmSection *section = (const QmSection *)view->sections->sections.items + i;
        const double from = qm_svg_x(f, section->from.value);
        const double to = qm_svg_x(f, section->to.value);
        qm_svg_rect(text, from + 1, f->top, to > from + 2 ? to - from - 2 : 0.1, STRIP,
                    " fill=\"var(--fine)\" rx=\"2\"");
        if (to - from > 12) {
            qm_svg_label(text, (from + to) / 2, f->top + 14, "middle", section->label);
        }
        if (i) {
            qm_svg_stroke(text, from, f->top, from, f->bottom,
                          "var(--soft)\" stroke-dasharray=\"1 3");
        }
    }
    qm_svg_label(text, f->right + 8, f->top + 14, "start", "sections");
}

/* Triangles above the waveform, at most one each few pixels, where samples are at full
 * scale. */
static void clips(const View *view)
{
    QmText *text = view->text;
    const QmSvgFrame *f = &view->frame;
    const QmList *tenths = &view->clipped->tenths;
    double last = -100;
    qm_text_add(text, "<path fill=\"var(--c2)\" d=\"M0 0");
    for (size_t i = 0; i < tenths->count; i++) {
        const double x = qm_svg_x(f, ((double)i + 0.5) / 10);
        if (((const QmTenthPeak *)tenths->items)[i].sample >= FULL_SCALE &&
            x - last >= 4) {
            qm_svg_point(text, 'M', x < f->right ? x : f->right, f->top);
            qm_text_add(text, "l-3.5 -7h7z");
            last = x;
        }
    }
    qm_text_add(text, "\"/>\n");
    qm_svg_label(text, f->right + 8, f->top - 1, "start", "\xe2\x96\xbc clipped");
}

/* ---- panes below ---- */

/* The lines that are named at the left, without those of the time. */
static void levels(const View *view)
{
    QmSvgFrame f = view->frame;
    f.x.tick = 0;
    qm_svg_grid(view->text, &qm_svg_page, &f);
}

static void loudness(View *view)
{
    QmSvgFrame *f = &view->frame;
    f->bottom = f->top + LOUDNESS;
    report_loudness_axis(view->part->file->analysis, &f->y);
    levels(view);
    report_loudness_pane(view->text, view->part->file->analysis, f);
    f->top = f->bottom + ROOM;
}

static void correlation(View *view)
{
    QmSvgFrame *f = &view->frame;
    const QmList *list = &view->stereo->correlation_over_time;
    const double hop = 0.1;
    f->bottom = f->top + CORRELATION;
    f->y = (QmSvgAxis){.from = -1, .to = 1, .tick = 1};
    levels(view);
    const ReportSeries series = {list->items,
                                 list->count,
                                 QM_STEREO_WINDOW_TENTHS * hop / 2,
                                 hop,
                                 qm_svg_page.series[2].colour,
                                 "",
                                 1.2};
    ReportLabel label = {report_line(view->text, f, &series), "correlation", NULL};
    report_labels(view->text, f->right + 8, f->top + 6, f->bottom - 6, &label, 1);
    f->top = f->bottom + ROOM;
}

/* ---- all of them ---- */

static double height_of(const View *view)
{
    double height = TOP + AXIS - ROOM + (view->sections ? STRIP + GAP : 0);
    if (view->wave) {
        height += (two_lanes(view) ? 2 * LANE + GAP : LANE_ALONE) + ROOM;
    }
    height += view->loudness ? LOUDNESS + ROOM : 0;
    return height + (view->stereo ? CORRELATION + ROOM : 0);
}

static View view_of(const ReportPart *part)
{
    const QmAnalysis *analysis = part->file->analysis;
    const double length = (double)analysis->frames / analysis->spec.rate;
    QmSvgAxis unused;
    View view = {.part = part, .text = part->text};
    view.wave = report_result(analysis, &qm_feature_wave);
    view.stereo = report_result(analysis, &qm_feature_stereo);
    view.stereo =
        view.stereo && view.stereo->correlation_over_time.count ? view.stereo : NULL;
    view.sections = report_result(analysis, &qm_feature_section);
    view.sections = view.sections && view.sections->count > 1 ? view.sections : NULL;
    view.clipped = report_result(analysis, &qm_feature_peak);
    view.clipped = view.clipped && view.clipped->clips.runs ? view.clipped : NULL;
    view.loudness = report_loudness_axis(analysis, &unused);
    view.frame.left = REPORT_LEFT;
    view.frame.right = REPORT_WIDTH - REPORT_RIGHT;
    view.frame.top = TOP;
    view.frame.x = (QmSvgAxis){.to = length,
                               .tick = qm_svg_tick(length, 12, QM_SVG_TIME),
                               .scale = QM_SVG_TIME};
    return view;
}

void report_time(const ReportPart *part)
{
    View view = view_of(part);
    if (!part->file->analysis->frames || (!view.wave && !view.loudness && !view.stereo)) {
        return;
    }
    const double height = height_of(&view);
    qm_text_add(view.text, "<h2>Over time</h2>\n");
    report_open(part, "time", REPORT_WIDTH, height, "Over time",
                "The waveform, and below it, on the same axis, momentary, short-term and "
                "integrated loudness and the correlation of the channels.");
    view.frame.bottom = height - AXIS;
    qm_svg_grid(view.text, &qm_svg_page, &view.frame);
    if (view.sections) {
        sections(&view);
        view.frame.top += STRIP + GAP;
    }
    if (view.clipped) {
        clips(&view);
    }
    if (view.wave) {
        waveform(&view);
    }
    if (view.loudness) {
        loudness(&view);
    }
    if (view.stereo) {
        correlation(&view);
    }
    report_close(part, NULL);
}
