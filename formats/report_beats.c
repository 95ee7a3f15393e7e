/* The beats: a few bars of the waveform with the grid on it, to see whether it is right;
 * and the tempo over the whole file.
 *
 * The tempo is that of four beats, so that what a player plays loosely within a bar is no
 * tempo. */
#include "formats/report_parts.h"

#include "analysis/onset.h"
#include "analysis/tempo.h"
#include "analysis/wave.h"

#include <math.h>
#include <stdio.h>

enum {
    TOP = 26,
    EXCERPT = 130,
    ONSETS = 16, /* below the waveform */
    ROOM = 62,
    TEMPO = 110,
    AXIS = 30,
    SPAN = 4,      /* beats that a tempo is of */
    LONGEST = 12,  /* s of the excerpt */
    LEAST_BPM = 4, /* half of what the axis of the tempo shows at least */
};

typedef struct View {
    QmText *text;
    const QmTempoFound *tempo;
    const QmOnsets *onsets; /* NULL: not asked for */
    const QmWave *wave;     /* NULL: not asked for, or too coarse */
    double length;          /* s */
    QmSvgFrame frame;
} View;

static double item(const QmList *list, size_t i)
{
    return ((const double *)list->items)[i];
}

static double beat(const View *view, size_t i) { return item(&view->tempo->beats, i); }

/* ---- the excerpt ---- */

/* From a downbeat (or beat) after a third of the file on, where music is in full swing;
 * all of a short file. */
static void choose(View *view)
{
    const QmTempoFound *tempo = view->tempo;
    const QmList *from = tempo->downbeats.count ? &tempo->downbeats : &tempo->beats;
    QmSvgAxis *x = &view->frame.x;
    *x = (QmSvgAxis){.to = view->length, .scale = QM_SVG_TIME};
    if (view->length <= LONGEST) {
        x->tick = qm_svg_tick(view->length, 12, QM_SVG_TIME);
        return;
    }
    const double latest = view->length - LONGEST;
    double start = 0;
    for (size_t i = 0; i < from->count && item(from, i) - 0.1 <= latest; i++) {
        start = item(from, i) - 0.1;
        if (start > view->length / 3) {
            break;
        }
    }
    x->from = start > 0 ? start : 0;
    x->to = x->from + LONGEST;
    x->tick = 1;
}

/* Columns of the outline within the excerpt. */
static void columns(const View *view, size_t *from, size_t *to)
{
    const double column = view->wave->column_s.value;
    const size_t n = view->wave->lane[0].low.count;
    const size_t last = (size_t)(view->frame.x.to / column);
    *from = (size_t)(view->frame.x.from / column);
    *to = last < n ? last : n;
}

/* The highest, or lowest, sample of both channels in columns [from, to). */
static double edge(const QmWave *wave, size_t from, size_t to, bool high)
{
    const QmWaveLane *lane = wave->lane;
    double value = item(high ? &lane->high : &lane->low, from);
    for (uint32_t k = 0; k < 2 && lane[k].low.count; k++) {
        for (size_t i = from; i < to; i++) {
            const double x = item(high ? &lane[k].high : &lane[k].low, i);
            value = (high ? x > value : x < value) ? x : value;
        }
    }
    return value;
}

/* The waveform of both channels on each other, as high as there is room. */
static void outline(View *view)
{
    QmSvgFrame *f = &view->frame;
    size_t from, to;
    columns(view, &from, &to);
    const size_t n = to > from ? to - from : 0, width = (size_t)(f->right - f->left);
    const size_t pixels = n < width ? n : width;
    if (!n) {
        return;
    }
    const double high = edge(view->wave, from, to, true);
    const double low = -edge(view->wave, from, to, false);
    const double most = high > low ? high : low;
    f->y =
        (QmSvgAxis){.from = most > 1e-6 ? -most : -1e-6, .to = most > 1e-6 ? most : 1e-6};
    qm_text_add(view->text, "<path fill=\"var(--body)\" d=\"");
    for (size_t i = 0; i < 2 * pixels; i++) {
        const bool back = i >= pixels;
        const size_t pixel = back ? 2 * pixels - 1 - i : i;
        const size_t first = from + pixel * n / pixels;
        const size_t next = from + (pixel + 1) * n / pixels;
        const double middle = (double)(first + next) / 2 * view->wave->column_s.value;
        const double x = qm_svg_x(f, middle);
        qm_svg_point(view->text, i ? ' ' : 'M', x < f->left ? f->left : x,
                     report_y(f, edge(view->wave, first, next, !back)));
    }
    qm_text_add(view->text, "z\"/>\n");
}

static void rule(const View *view, double at, double top, const char *stroke)
{
    const double x = qm_svg_x(&view->frame, at);
    qm_text_printf(view->text, "<path %s d=\"", stroke);
    qm_svg_point(view->text, 'M', x, top);
    qm_svg_point(view->text, ' ', x, view->frame.bottom);
    qm_text_add(view->text, "\"/>\n");
}

#define BEAT     "stroke=\"var(--c2)\" stroke-dasharray=\"3 4\" stroke-width=\"1.2\""
#define DOWNBEAT "stroke=\"var(--c2)\" stroke-width=\"2.2\""
#define ONSET    "stroke=\"var(--c3)\" stroke-width=\"1.8\""

static bool within(const View *view, double at)
{
    return at >= view->frame.x.from && at <= view->frame.x.to;
}

static void grid(const View *view)
{
    const QmList *downbeats = &view->tempo->downbeats;
    char bar[24];
    size_t next = 0;
    for (size_t i = 0; i < view->tempo->beats.count; i++) {
        const double at = beat(view, i);
        while (next < downbeats->count && item(downbeats, next) < at - 1e-6) {
            next++;
        }
        const bool down = next < downbeats->count && item(downbeats, next) < at + 1e-6;
        if (!within(view, at)) {
            continue;
        }
        rule(view, at, view->frame.top, down ? DOWNBEAT : BEAT);
        if (down) {
            snprintf(bar, sizeof bar, "%zu", next + 1);
            qm_svg_label(view->text, qm_svg_x(&view->frame, at), view->frame.top - 7,
                         "middle", bar);
        }
    }
}

static void onsets(const View *view)
{
    for (size_t i = 0; view->onsets && i < view->onsets->onsets.count; i++) {
        const QmOnset *onset = (const QmOnset *)view->onsets->onsets.items + i;
        if (within(view, onset->time.value)) {
            rule(view, onset->time.value, view->frame.bottom - ONSETS + 3, ONSET);
        }
    }
}

/* What a line means, beside the picture. */
static void legend(const View *view, double y, const char *stroke, const char *name)
{
    const double x = view->frame.right + 14;
    qm_text_printf(view->text, "<path %s d=\"", stroke);
    qm_svg_point(view->text, 'M', x, y - 7);
    qm_svg_point(view->text, ' ', x, y + 7);
    qm_text_add(view->text, "\"/>\n");
    qm_svg_label(view->text, x + 12, y + 4, "start", name);
}

static void excerpt(View *view)
{
    QmSvgFrame *f = &view->frame;
    f->top = TOP;
    f->bottom = TOP + EXCERPT + ONSETS;
    choose(view);
    qm_svg_grid(view->text, &qm_svg_page, f);
    f->bottom = TOP + EXCERPT;
    if (view->wave) {
        outline(view);
    }
    f->bottom += ONSETS;
    grid(view);
    onsets(view);
    qm_svg_label(view->text, f->left - 8, TOP - 7, "end", "bar");
    legend(view, f->top + 14, DOWNBEAT, "first of a bar");
    legend(view, f->top + 38, BEAT, "beat");
    if (view->onsets) {
        legend(view, f->bottom - ONSETS / 2.0, ONSET, "onset");
    }
}

/* ---- the tempo ---- */

/* Of SPAN beats from `i` on. */
static double tempo_at(const View *view, size_t i)
{
    return 60 * SPAN / (beat(view, i + SPAN) - beat(view, i));
}

static void tempo_axis(View *view)
{
    const double bpm = view->tempo->bpm.value;
    double low = bpm - LEAST_BPM, high = bpm + LEAST_BPM;
    for (size_t i = 0; i + SPAN < view->tempo->beats.count; i++) {
        const double here = tempo_at(view, i);
        low = here < low && here > bpm / 2 ? here : low;
        high = here > high && here < bpm * 2 ? here : high;
    }
    QmSvgAxis *y = &view->frame.y;
    y->tick = qm_svg_tick(high - low, 5, QM_SVG_LINEAR);
    y->from = y->tick * floor(low / y->tick);
    y->to = y->tick * ceil(high / y->tick);
    view->frame.x = (QmSvgAxis){.to = view->length,
                                .tick = qm_svg_tick(view->length, 12, QM_SVG_TIME),
                                .scale = QM_SVG_TIME};
}

static void segments(const View *view)
{
    const QmSvgFrame *f = &view->frame;
    qm_text_add(view->text, "<path stroke=\"var(--c1)\" stroke-width=\"2.4\" d=\"");
    for (size_t i = 0; i < view->tempo->segments.count; i++) {
        const QmTempoSegment *s = (const QmTempoSegment *)view->tempo->segments.items + i;
        qm_svg_point(view->text, 'M', qm_svg_x(f, s->from.value),
                     report_y(f, s->bpm.value));
        qm_svg_point(view->text, ' ', qm_svg_x(f, s->to.value),
                     report_y(f, s->bpm.value));
    }
    qm_text_add(view->text, view->tempo->segments.count ? "\"/>\n" : "M0 0\"/>\n");
}

/* The tempo of every few beats, in their middle, at most a point a pixel; returns where
 * it ends. */
static double loose(const View *view, const QmSvgStroke *stroke)
{
    const QmSvgFrame *f = &view->frame;
    double last = -1, y = 0;
    qm_text_printf(view->text, "<path stroke=\"%s\" d=\"", stroke->colour);
    for (size_t i = 0; i + SPAN < view->tempo->beats.count; i++) {
        const double x = qm_svg_x(f, (beat(view, i) + beat(view, i + SPAN)) / 2);
        if (last >= 0 && x - last < 1) {
            continue;
        }
        y = report_y(f, tempo_at(view, i));
        qm_svg_point(view->text, last < 0 ? 'M' : ' ', x, y);
        last = x;
    }
    qm_text_add(view->text, "\"/>\n");
    return y;
}

static void tempo(View *view)
{
    QmSvgFrame *f = &view->frame;
    static const QmSvgStroke LOOSE = {"var(--soft)", ""};
    const QmList *map = &view->tempo->segments;
    ReportLabel labels[2];
    uint32_t n = 0;
    f->top = f->bottom + ROOM;
    f->bottom = f->top + TEMPO;
    tempo_axis(view);
    qm_svg_grid(view->text, &qm_svg_page, f);
    qm_svg_label(view->text, f->left - 46, f->top - 14, "start", "BPM");
    if (view->tempo->beats.count > SPAN) {
        labels[n++] = (ReportLabel){loose(view, &LOOSE), "of 4 beats", &LOOSE};
    }
    segments(view);
    if (map->count) {
        const QmTempoSegment *s = (const QmTempoSegment *)map->items + map->count - 1;
        labels[n++] =
            (ReportLabel){report_y(f, s->bpm.value), "tempo map", &qm_svg_page.series[0]};
    }
    report_labels(view->text, f->right + 8, f->top + 6, f->bottom - 6, labels, n);
}

/* ---- all of it ---- */

static void caption(const ReportPart *part, const View *view)
{
    const QmTempoFound *found = view->tempo;
    QmText text;
    qm_text_init(&text, part->text->arena);
    qm_text_add(&text, "Above: a few bars. Below: the whole file. ");
    report_number(&text, found->bpm.value, 2);
    qm_text_add(&text,
                found->steady ? " BPM, steady" : " BPM for most beats, not steady");
    if (!found->confidence.why) {
        qm_text_add(&text, ", with a confidence of ");
        report_number(&text, found->confidence.value, 2);
    }
    for (size_t i = 0; i < found->alternatives.count && i < 3; i++) {
        qm_text_add(&text, i ? ", " : "; it could also be ");
        report_number(&text, item(&found->alternatives, i), 2);
    }
    qm_text_add(&text, ".");
    report_close(part, text.failed ? NULL : text.data);
}

void report_beats(const ReportPart *part)
{
    const QmAnalysis *analysis = part->file->analysis;
    View view = {.text = part->text,
                 .tempo = report_result(analysis, &qm_feature_tempo),
                 .onsets = report_result(analysis, &qm_feature_onset),
                 .wave = report_result(analysis, &qm_feature_wave),
                 .length = (double)analysis->frames / analysis->spec.rate};
    if (!view.tempo || view.tempo->bpm.why || view.tempo->beats.count < 2) {
        return;
    }
    view.wave = view.wave && view.wave->column_s.value < 0.05 ? view.wave : NULL;
    view.frame.left = REPORT_LEFT;
    view.frame.right = REPORT_WIDTH - REPORT_RIGHT;
    qm_text_add(view.text, "<h2>Beats</h2>\n");
    report_open(part, "beats", REPORT_WIDTH, TOP + EXCERPT + ONSETS + ROOM + TEMPO + AXIS,
                "Beats",
                "A few bars of the waveform with beats, first beats of bars and onsets; "
                "below, the tempo over the whole file.");
    excerpt(&view);
    tempo(&view);
    caption(part, &view);
}
