/* The mix as a whole, before and after in one picture: spectra against the template's
 * curve, loudness over time against the target; and the stereo field, side by side.
 *
 * Before is thin and grey, after is the thick line, what is wanted is dashed. Here before
 * is as loud as after, whatever it was measured at: what differs is not how loud. */
#include "formats/report_mix_parts.h"

#include "analysis/loudness.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

enum {
    TOP = 30,
    SPECTRUM = 300, /* heights of panes, */
    OFF = 110,
    LOUDNESS = 220,
    ROOM = 44, /* between them, */
    BOTTOM = 46,
    STRIP = 20, /* and of sections' names */
    SPAN = 70,  /* dB that are shown, at most, */
    LEAST = 30, /* and at least */
    OFF_MOST = 12,
    LOUD_SPAN = 30, /* LU */
};

static const QmSvgStroke BEFORE = {"var(--soft)", ""}, AFTER = {"var(--core)", ""};

static QmSvgFrame frame_of(double top, double height)
{
    return (QmSvgFrame){.left = REPORT_LEFT,
                        .top = top,
                        .right = REPORT_WIDTH - REPORT_RIGHT,
                        .bottom = top + height};
}

/* What before has to be moved by, dB. */
static double louder_by(const QmMixReport *report)
{
    const QmMeasured before = mix_measure(&report->before, "loudness", "integrated"),
                     after = mix_measure(&report->after, "loudness", "integrated");
    return before.why || after.why ? 0 : after.value - before.value;
}

/* ---- spectrum ---- */

/* Through the middles of the bands; where it ends (y). */
static double curve(QmText *text, const QmSvgFrame *f, const double level[QM_THIRDS],
                    const QmSvgStroke *stroke, double width)
{
    double end = (f->top + f->bottom) / 2;
    bool drawing = false;
    qm_text_printf(text,
                   "<path stroke=\"%s\" stroke-dasharray=\"%s\" "
                   "stroke-linejoin=\"round\"",
                   stroke->colour, stroke->dash);
    qm_svg_attribute(text, "stroke-width", width);
    qm_text_add(text, " d=\"");
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        const bool shown = level[i] != QM_GAP && (drawing || level[i] >= f->y.from);
        if (shown) {
            end = report_y(f, level[i]);
            qm_svg_point(text, drawing ? ' ' : 'M', qm_svg_x(f, qm_third_middle(i)), end);
        }
        drawing = shown;
    }
    qm_text_add(text, "\"/>\n");
    return end;
}

typedef struct Spectra {
    double before[QM_THIRDS], after[QM_THIRDS], target[QM_THIRDS], past[QM_THIRDS];
    bool has_before, has_target, has_past; /* past: the target of `before` */
} Spectra;

static bool spectra_of(const QmMixReport *report, Spectra *s)
{
    s->has_before = mix_thirds(&report->before, s->before);
    s->has_target = mix_target(report, &report->after, s->target);
    s->has_past = mix_target(report, &report->before, s->past);
    const double by = louder_by(report);
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        if (s->has_before && s->before[i] != QM_GAP)
            s->before[i] += by;
        if (s->has_past && s->past[i] != QM_GAP)
            s->past[i] += by;
    }
    return mix_thirds(&report->after, s->after);
}

static void extend(const double level[QM_THIRDS], double *low, double *high)
{
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        if (level[i] == QM_GAP)
            continue;
        *low = level[i] < *low ? level[i] : *low;
        *high = level[i] > *high ? level[i] : *high;
    }
}

static QmSvgAxis level_axis(const Spectra *s)
{
    double low = 1e9, high = -1e9;
    extend(s->after, &low, &high);
    if (s->has_before)
        extend(s->before, &low, &high);
    QmSvgAxis axis = {.to = 10 * ceil((high + 1) / 10), .tick = 10};
    axis.from = 10 * floor(low / 10);
    axis.from = axis.from < axis.to - SPAN ? axis.to - SPAN : axis.from;
    axis.from = axis.from > axis.to - LEAST ? axis.to - LEAST : axis.from;
    return axis;
}

static void levels(QmText *text, QmSvgFrame *f, const Spectra *s)
{
    const QmSvgStroke *const wanted = &qm_svg_page.series[1];
    ReportLabel labels[3];
    uint32_t n = 0;
    f->y = level_axis(s);
    qm_svg_grid(text, &qm_svg_page, f);
    if (s->has_before)
        labels[n++] =
            (ReportLabel){curve(text, f, s->before, &BEFORE, 1.4), "before", &BEFORE};
    if (s->has_target)
        labels[n++] =
            (ReportLabel){curve(text, f, s->target, wanted, 2), "wanted", wanted};
    labels[n++] = (ReportLabel){curve(text, f, s->after, &AFTER, 2.4), "after", &AFTER};
    report_labels(text, f->right + 8, f->top + 6, f->bottom - 6, labels, n);
    qm_svg_label(text, f->left - 46, f->top - 12, "start", "dBFS in 1/3 octave");
}

static void off_target(QmText *text, QmSvgFrame *f, const Spectra *s)
{
    double off[2][QM_THIRDS];
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        const bool gap = s->target[i] == QM_GAP;
        off[1][i] = gap || s->after[i] == QM_GAP ? QM_GAP : s->after[i] - s->target[i];
        off[0][i] = !s->has_past || s->past[i] == QM_GAP || s->before[i] == QM_GAP
                        ? QM_GAP
                        : s->before[i] - s->past[i];
    }
    f->y = (QmSvgAxis){.from = -OFF_MOST, .to = OFF_MOST, .tick = 6};
    qm_svg_grid(text, &qm_svg_page, f);
    qm_svg_stroke(text, f->left, qm_svg_y(f, 0), f->right, qm_svg_y(f, 0),
                  "var(--c2)\" stroke-width=\"2\" stroke-dasharray=\"7 3");
    ReportLabel labels[2];
    uint32_t n = 0;
    if (s->has_past)
        labels[n++] =
            (ReportLabel){curve(text, f, off[0], &BEFORE, 1.4), "before", &BEFORE};
    labels[n++] = (ReportLabel){curve(text, f, off[1], &AFTER, 2.4), "after", &AFTER};
    report_labels(text, f->right + 8, f->top + 6, f->bottom - 6, labels, n);
    qm_svg_label(text, f->left - 46, f->top - 10, "start", "off the curve, dB");
}

void mix_part_spectrum(const MixPart *part)
{
    QmText *text = part->page.text;
    Spectra s;
    if (!spectra_of(part->report, &s))
        return;
    const double more = s.has_target ? ROOM + OFF : 0;
    qm_text_add(text, "<h2>Spectrum</h2>\n");
    report_open(&part->page, "spectrum", REPORT_WIDTH, TOP + SPECTRUM + more + BOTTOM,
                "Spectrum",
                "Levels of 1/3 octaves before and after, the curve that is wanted, and "
                "how far off it they are.");
    QmSvgFrame f = frame_of(TOP, SPECTRUM);
    f.x = (QmSvgAxis){.from = qm_third_edge(0),
                      .to = qm_third_edge(QM_THIRDS),
                      .scale = QM_SVG_LOG};
    levels(text, &f, &s);
    if (s.has_target) {
        f.top = f.bottom + ROOM;
        f.bottom = f.top + OFF;
        off_target(text, &f, &s);
    }
    qm_svg_label(text, f.right, f.bottom + 34, "end", "Hz");
    QmText caption;
    qm_text_init(&caption, part->arena);
    qm_text_add(&caption, "Levels of 1/3 octaves; before is as loud as after.");
    if (s.has_target)
        qm_text_printf(&caption, " Dashed: the curve '%s', at the mean level of the mix.",
                       part->report->mix->template->curve->name);
    report_close(&part->page, caption.failed ? NULL : caption.data);
}

/* ---- stereo ---- */

static const QmStereo *stereo_of(const QmMixSide *side)
{
    const QmStereo *const stereo =
        side->analysis ? report_result(side->analysis, &qm_feature_stereo) : NULL;
    return report_has_field(stereo) ? stereo : NULL;
}

void mix_part_stereo(const MixPart *part)
{
    const QmStereo *const before = stereo_of(&part->report->before),
                          *const after = stereo_of(&part->report->after);
    QmText *text = part->page.text;
    if (!after)
        return;
    qm_text_add(text, "<h2>Stereo</h2>\n<div class=\"pair\">\n");
    if (before)
        report_fan(&part->page, "field-before", "Stereo field, before", before, "Before");
    report_fan(&part->page, "field", "Stereo field, after", after,
               "After: where the energy lies between the channels, the area of a sector "
               "is its share.");
    if (before)
        report_bands(&part->page, "bands-before", "Stereo by frequency, before", before,
                     "Before");
    report_bands(&part->page, "bands", "Stereo by frequency, after", after,
                 "After, of each 1/3 octave. Lost in mono: against unrelated channels; "
                 "what is in the middle gains 3 dB.");
    qm_text_add(text, "</div>\n");
}

/* ---- loudness over time ---- */

static const QmLoudness *loudness_of(const QmMixSide *side)
{
    const QmLoudness *const loudness =
        side->analysis ? report_result(side->analysis, &qm_feature_loudness) : NULL;
    return loudness && loudness->short_term.count ? loudness : NULL;
}

/* The series to draw: moved by some dB. */
typedef struct Curve {
    double *values; /* NULL: there is none */
    size_t count;
    double hop;
} Curve;

static Curve curve_of(const QmLoudness *loudness, double by, QmArena *arena)
{
    const size_t n = loudness ? loudness->short_term.count : 0;
    Curve curve = {.values = n ? QM_NEW_ARRAY(arena, double, n) : NULL};
    double most = -1e9;
    for (size_t i = 0; curve.values && i < n; i++) {
        const double value = ((const double *)loudness->short_term.items)[i];
        curve.values[i] = value == QM_GAP ? QM_GAP : value + by;
        most = value + by > most ? value + by : most;
    }
    for (size_t i = 0; curve.values && i < n; i++) /* without the end of the tail */
        curve.count = curve.values[i] > most - LOUD_SPAN ? i + 1 : curve.count;
    curve.hop = n ? loudness->hop_s : 0;
    return curve;
}

static double loudest_of(const Curve *curve, double most)
{
    for (size_t i = 0; i < curve->count; i++)
        most = curve->values[i] > most ? curve->values[i] : most;
    return most;
}

static double time_line(QmText *text, const QmSvgFrame *f, const Curve *curve,
                        const QmSvgStroke *stroke, double width)
{
    const ReportSeries series = {.values = curve->values,
                                 .count = curve->count,
                                 .first = curve->hop,
                                 .hop = curve->hop,
                                 .colour = stroke->colour,
                                 .dash = stroke->dash,
                                 .width = width};
    return report_line(text, f, &series);
}

static void sections(QmText *text, const QmSvgFrame *f, const QmSongFacts *song)
{
    for (uint64_t i = 0; i < song->n_sections; i++) {
        const QmSongSection *const section = &song->sections[i];
        const double from = qm_svg_x(f, section->from);
        const double end = qm_svg_x(f, section->to), to = end < f->right ? end : f->right;
        const char name[2] = {section->label, '\0'};
        if (to < from + 2)
            continue;
        qm_svg_rect(text, from + 1, f->top - STRIP - 6, to - from - 2, STRIP,
                    " fill=\"var(--fine)\" rx=\"2\"");
        if (to - from > 12)
            qm_svg_label(text, (from + to) / 2, f->top - 12, "middle", name);
        if (i)
            qm_svg_stroke(text, from, f->top - 6, from, f->bottom,
                          "var(--soft)\" stroke-dasharray=\"1 3");
    }
    qm_svg_label(text, f->right + 8, f->top - 12, "start", "sections");
}

static void time_lines(const MixPart *part, const QmSvgFrame *f, const Curve *before,
                       const Curve *after)
{
    QmText *text = part->page.text;
    const QmSvgStroke *const wanted = &qm_svg_page.series[1];
    const double lufs = part->report->mix->lufs;
    ReportLabel labels[3];
    uint32_t n = 0;
    if (before->count)
        labels[n++] =
            (ReportLabel){time_line(text, f, before, &BEFORE, 1.4), "before", &BEFORE};
    const double target[] = {lufs, lufs};
    const ReportSeries line = {.values = target,
                               .count = 2,
                               .first = f->x.from,
                               .hop = f->x.to - f->x.from,
                               .colour = wanted->colour,
                               .dash = wanted->dash,
                               .width = 1.8};
    labels[n++] = (ReportLabel){report_line(text, f, &line), "target", wanted};
    labels[n++] = (ReportLabel){time_line(text, f, after, &AFTER, 2.2), "after", &AFTER};
    report_labels(text, f->right + 8, f->top + 6, f->bottom - 6, labels, n);
}

static QmSvgFrame time_frame(const Curve *before, const Curve *after, double lufs,
                             bool named)
{
    QmSvgFrame f = frame_of(TOP + (named ? STRIP + 6 : 0), LOUDNESS);
    const double a = (double)before->count * before->hop,
                 b = (double)after->count * after->hop, length = a > b ? a : b;
    const double most = loudest_of(before, loudest_of(after, lufs));
    f.x = (QmSvgAxis){.to = length,
                      .tick = qm_svg_tick(length, 12, QM_SVG_TIME),
                      .scale = QM_SVG_TIME};
    f.y = (QmSvgAxis){.to = 5 * ceil((most + 1) / 5), .tick = 5};
    f.y.from = f.y.to - LOUD_SPAN;
    return f;
}

void mix_part_loudness(const MixPart *part)
{
    const QmMixReport *const report = part->report;
    const Curve before = curve_of(loudness_of(&report->before), louder_by(report),
                                  part->arena),
                after = curve_of(loudness_of(&report->after), 0, part->arena);
    QmText *text = part->page.text;
    if (!after.count)
        return;
    const QmSongFacts *const song = report->mix->song;
    const bool named = song && song->n_sections > 1;
    const QmSvgFrame f = time_frame(&before, &after, report->mix->lufs, named);
    qm_text_add(text, "<h2>Loudness over time</h2>\n");
    report_open(&part->page, "loudness", REPORT_WIDTH, f.bottom + 30,
                "Loudness over time",
                "Short-term loudness before and after, and the target of the whole.");
    qm_svg_grid(text, &qm_svg_page, &f);
    if (named)
        sections(text, &f, song);
    time_lines(part, &f, &before, &after);
    qm_svg_label(text, f.left - 46, f.top - 10, "start", "LUFS");
    report_close(&part->page, "Short-term loudness, 3 s; before is as loud as after. "
                              "Dashed: the integrated loudness that is wanted.");
}
