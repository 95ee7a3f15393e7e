/* A value's place on an axis is the part of the way from one end to the other,
 *
 *     (value - from) / (to - from)        ln(value / from) / ln(to / from)
 *
 * times the length. Ticks are multiples of the tick, or 1 2 ... 9 of every decade. */
#include "formats/svg.h"

#include "base/number.h"
#include "base/qmath.h"
#include "formats/xml.h"

#include <math.h>
#include <stdio.h>

const QmSvgPalette qm_svg_paper = {
    .ink = "#222222",
    .grid = "#cccccc",
    .fine = "#eeeeee",
    .series = {{"#0072b2", ""},
               {"#d55e00", "7 3"},
               {"#009e73", "2 3"},
               {"#cc79a7", "9 3 2 3"},
               {"#000000", "4 2"},
               {"#e69f00", "1 2"}},
};

const QmSvgPalette qm_svg_page = {
    .ink = "var(--ink)",
    .grid = "var(--grid)",
    .fine = "var(--fine)",
    .series = {{"var(--c1)", ""},
               {"var(--c2)", "7 3"},
               {"var(--c3)", "2 3"},
               {"var(--c4)", "9 3 2 3"},
               {"var(--c5)", "4 2"},
               {"var(--c6)", "1 2"}},
};

/* ---- axes ---- */

static double part(const QmSvgAxis *axis, double value)
{
    return axis->scale == QM_SVG_LOG
               ? qm_ln(value / axis->from) / qm_ln(axis->to / axis->from)
               : (value - axis->from) / (axis->to - axis->from);
}

double qm_svg_x(const QmSvgFrame *frame, double value)
{
    return frame->left + part(&frame->x, value) * (frame->right - frame->left);
}

double qm_svg_y(const QmSvgFrame *frame, double value)
{
    return frame->bottom - part(&frame->y, value) * (frame->bottom - frame->top);
}

double qm_svg_tick(double range, uint32_t most, QmSvgScale scale)
{
    static const double CLOCK[] = {1,   2,   5,    10,   15,   30,   60,    120,
                                   300, 600, 1200, 1800, 3600, 7200, 14400, 36000};
    const double least = range / most;
    for (size_t i = 0; scale == QM_SVG_TIME && i < sizeof CLOCK / sizeof *CLOCK; i++) {
        if (least > 0.5 && CLOCK[i] >= least) {
            return CLOCK[i];
        }
    }
    double ten = 1e-9;
    while (10 * ten < least) {
        ten *= 10;
    }
    static const double STEPS[] = {1, 2, 5};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        if (STEPS[i] * ten >= least) {
            return STEPS[i] * ten;
        }
    }
    return 10 * ten;
}

/* "1:30", "1:00:00"; "0:01.50" where ticks are parts of a second. */
static void time_text(double seconds, double tick, char text[QM_NUMBER_TEXT + 16])
{
    const int decimals = tick >= 1 ? 0 : tick >= 0.1 ? 1 : tick >= 0.01 ? 2 : 3;
    char rest[QM_NUMBER_TEXT];
    const int minutes = (int)floor((seconds + 1e-9) / 60);
    const int h = minutes / 60, m = minutes % 60;
    const double s = seconds - 60.0 * minutes;
    qm_fixed_text(s > 0 ? s : 0, decimals, rest);
    const char *zero = s < 10 - 1e-9 ? "0" : "";
    if (tick < 0.001) {
        qm_number_text(seconds, text);
    } else if (h) {
        snprintf(text, QM_NUMBER_TEXT + 16, "%d:%02d:%s%.8s", h, m, zero, rest);
    } else {
        snprintf(text, QM_NUMBER_TEXT + 16, "%d:%s%.8s", m, zero, rest);
    }
}

/* "2k", "-0.5" */
static void tick_text(const QmSvgAxis *axis, double value, char text[QM_NUMBER_TEXT + 16])
{
    if (axis->scale == QM_SVG_TIME) {
        time_text(value, axis->tick, text);
        return;
    }
    const bool kilo = value >= 1000;
    const size_t length = qm_number_text(kilo ? value / 1000 : value, text);
    if (kilo) {
        text[length] = 'k';
        text[length + 1] = '\0';
    }
}

static void tick_x(QmText *text, const QmSvgPalette *palette, const QmSvgFrame *frame,
                   double value, bool named)
{
    char number[QM_NUMBER_TEXT + 16];
    const double x = qm_svg_x(frame, value);
    qm_svg_stroke(text, x, frame->top, x, frame->bottom,
                  named ? palette->grid : palette->fine);
    if (named) {
        tick_text(&frame->x, value, number);
        qm_svg_label(text, x, frame->bottom + 16, "middle", number);
    }
}

static void tick_y(QmText *text, const QmSvgPalette *palette, const QmSvgFrame *frame,
                   double value)
{
    char number[QM_NUMBER_TEXT + 16];
    const double y = qm_svg_y(frame, value);
    qm_svg_stroke(text, frame->left, y, frame->right, y, palette->grid);
    tick_text(&frame->y, value, number);
    qm_svg_label(text, frame->left - 6, y + 4, "end", number);
}

/* A tick's value: steps from the first, without the dust of adding up. */
static double tick_value(const QmSvgAxis *axis, int k)
{
    const double first = ceil(axis->from / axis->tick - 1e-9);
    return round((first + k) * axis->tick * 1e6) / 1e6;
}

static void decades(QmText *text, const QmSvgPalette *palette, const QmSvgFrame *frame)
{
    for (double ten = 1; ten <= frame->x.to; ten *= 10) {
        for (int k = 1; k < 10; k++) {
            if (k * ten >= frame->x.from && k * ten <= frame->x.to) {
                tick_x(text, palette, frame, k * ten, k == 1 || k == 2 || k == 5);
            }
        }
    }
}

void qm_svg_grid(QmText *text, const QmSvgPalette *palette, const QmSvgFrame *frame)
{
    const QmSvgAxis *x = &frame->x, *y = &frame->y;
    if (x->scale == QM_SVG_LOG) {
        decades(text, palette, frame);
    }
    for (int k = 0; x->scale != QM_SVG_LOG && x->tick > 0; k++) {
        if (tick_value(x, k) > x->to + 1e-9) {
            break;
        }
        tick_x(text, palette, frame, tick_value(x, k), true);
    }
    for (int k = 0; y->tick > 0 && tick_value(y, k) <= y->to + 1e-9; k++) {
        tick_y(text, palette, frame, tick_value(y, k));
    }
}

/* ---- what is painted ---- */

void qm_svg_number(QmText *text, double value)
{
    char number[QM_NUMBER_TEXT];
    qm_text_add_n(text, number, qm_fixed_text(value, 1, number));
}

void qm_svg_point(QmText *text, char command, double x, double y)
{
    qm_text_add_n(text, &command, 1);
    qm_svg_number(text, x);
    qm_text_add(text, " ");
    qm_svg_number(text, y);
}

void qm_svg_stroke(QmText *text, double x1, double y1, double x2, double y2,
                   const char *colour)
{
    qm_text_add(text, "<path d=\"");
    qm_svg_point(text, 'M', x1, y1);
    qm_svg_point(text, 'L', x2, y2);
    qm_text_printf(text, "\" stroke=\"%s\"/>\n", colour);
}

void qm_svg_attribute(QmText *text, const char *name, double value)
{
    qm_text_printf(text, " %s=\"", name);
    qm_svg_number(text, value);
    qm_text_add(text, "\"");
}

void qm_svg_label(QmText *text, double x, double y, const char *anchor, const char *label)
{
    qm_text_add(text, "<text");
    qm_svg_attribute(text, "x", x);
    qm_svg_attribute(text, "y", y);
    qm_text_printf(text, " text-anchor=\"%s\">", anchor);
    qm_xml_add(text, label);
    qm_text_add(text, "</text>\n");
}

void qm_svg_rect(QmText *text, double x, double y, double width, double height,
                 const char *attributes)
{
    qm_text_add(text, "<rect");
    qm_svg_attribute(text, "x", x);
    qm_svg_attribute(text, "y", y);
    qm_svg_attribute(text, "width", width);
    qm_svg_attribute(text, "height", height);
    qm_text_printf(text, "%s/>\n", attributes);
}
