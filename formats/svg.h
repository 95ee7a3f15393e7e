/* Pictures as SVG: diagrams with axes, lines told apart by colour and dash, areas, bars,
 * labels. Numbers are our own, so the same data give the same bytes.
 *
 * Everything is added to a text, in the order in which it is painted. Places are pixels
 * of the picture, from its top left; a frame says where values of an axis lie. Texts and
 * labels are escaped here; colours and classes are constants of the caller. */
#ifndef QM_FORMATS_SVG_H
#define QM_FORMATS_SVG_H

#include "base/text.h"

#include <stdint.h>

enum { QM_SVG_SERIES = 6 };

typedef struct QmSvgStroke {
    const char *colour, *dash;
} QmSvgStroke;

/* Colours by what they are for. The series are Okabe and Ito's (2008), which differ for
 * every eye; their dashes differ in print. */
typedef struct QmSvgPalette {
    const char *ink, *grid, *fine; /* text; lines of the grid; those without a number */
    QmSvgStroke series[QM_SVG_SERIES];
} QmSvgPalette;

extern const QmSvgPalette qm_svg_paper; /* black on white, for a file of its own */
extern const QmSvgPalette qm_svg_page;  /* as the page around says: light or dark */

typedef enum QmSvgScale {
    QM_SVG_LINEAR,
    QM_SVG_LOG,  /* ticks at 1 2 5 of each decade, "2k" */
    QM_SVG_TIME, /* seconds, "1:30"; not below 0 */
} QmSvgScale;

typedef struct QmSvgAxis {
    const char *label;
    double from, to;
    double tick; /* between lines; a logarithmic axis has its own; 0: none */
    QmSvgScale scale;
} QmSvgAxis;

typedef struct QmSvgFrame {
    double left, top, right, bottom;
    QmSvgAxis x, y;
} QmSvgFrame;

/* A tick that divides `range` into at most `most` parts, 1, 2 or 5 times a power of ten;
 * of time, steps that clocks have. */
double qm_svg_tick(double range, uint32_t most, QmSvgScale scale);

/* Where a value lies; not limited to the frame. */
double qm_svg_x(const QmSvgFrame *frame, double value);
double qm_svg_y(const QmSvgFrame *frame, double value);

/* Grid lines and their numbers (with the ink that the group around has). */
void qm_svg_grid(QmText *text, const QmSvgPalette *palette, const QmSvgFrame *frame);

/* A number with one decimal. */
void qm_svg_number(QmText *text, double value);
/* A step of a path: `command` and a place. */
void qm_svg_point(QmText *text, char command, double x, double y);
/* One straight stroke. */
void qm_svg_stroke(QmText *text, double x1, double y1, double x2, double y2,
                   const char *colour);
/* `anchor`: "start", "middle" or "end". */
void qm_svg_label(QmText *text, double x, double y, const char *anchor,
                  const char *label);
/* An attribute with a number: ` x="1.5"`. */
void qm_svg_attribute(QmText *text, const char *name, double value);
/* <rect .../>; `attributes`: ` fill="..."`, or "". */
void qm_svg_rect(QmText *text, double x, double y, double width, double height,
                 const char *attributes);

#endif
