/* One diagram as an SVG file: axes with a grid, lines told apart by colour and dash, a
 * legend beside. */
#ifndef QM_TESTS_PLOTS_SVG_H
#define QM_TESTS_PLOTS_SVG_H

#include "formats/svg.h"

typedef struct SvgLine {
    const char *label; /* NULL: not in the legend */
    const double *x, *y;
    uint32_t n;
    bool stems; /* a stroke from the bottom to every point instead of a line */
} SvgLine;

typedef struct SvgPlot {
    const char *title;
    QmSvgAxis x, y;
    const SvgLine *lines;
    uint32_t n_lines;
} SvgPlot;

/* False: the file cannot be written. */
bool svg_write(const char *path, const SvgPlot *plot);

#endif
