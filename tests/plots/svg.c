/* Lines are cut where they leave the frame. Colours are Okabe and Ito's (2008), which
 * differ for every eye; dashes differ in print. */
#include "tests/plots/svg.h"

#include "base/units.h"

#include <math.h>
#include <stdio.h>

enum {
    WIDTH = 900,
    HEIGHT = 400,
    LEFT = 62,
    RIGHT = 230,
    TOP = 34,
    BOTTOM = 46,
    STYLES = 6
};

static const struct {
    const char *colour, *dash;
} styles[STYLES] = {
    {"#0072b2", ""},        {"#d55e00", "7 3"}, {"#009e73", "2 3"},
    {"#cc79a7", "9 3 2 3"}, {"#000000", "4 2"}, {"#e69f00", "1 2"},
};

static double place(const SvgAxis *axis, double value)
{
    const double part = axis->log ? log(value / axis->from) / log(axis->to / axis->from)
                                  : (value - axis->from) / (axis->to - axis->from);
    return part;
}

static double at_x(const SvgPlot *plot, double x)
{
    return LEFT + place(&plot->x, x) * (WIDTH - LEFT - RIGHT);
}

static double at_y(const SvgPlot *plot, double y)
{
    return HEIGHT - BOTTOM - place(&plot->y, y) * (HEIGHT - TOP - BOTTOM);
}

static void number(FILE *file, double value)
{
    char text[QM_NUMBER_TEXT];
    qm_fixed_text(value, 1, text);
    fputs(text, file);
}

static void stroke(FILE *file, double x1, double y1, double x2, double y2,
                   const char *colour)
{
    fputs("<path d=\"M", file);
    number(file, x1);
    fputc(' ', file);
    number(file, y1);
    fputc('L', file);
    number(file, x2);
    fputc(' ', file);
    number(file, y2);
    fprintf(file, "\" stroke=\"%s\"/>\n", colour);
}

static void text_at(FILE *file, double x, double y, const char *anchor, const char *text)
{
    fputs("<text x=\"", file);
    number(file, x);
    fputs("\" y=\"", file);
    number(file, y);
    fprintf(file, "\" text-anchor=\"%s\">%s</text>\n", anchor, text);
}

/* "2k", "-0.5" */
static void tick_text(double value, char text[QM_NUMBER_TEXT + 2])
{
    const bool kilo = value >= 1000;
    const size_t length = qm_number_text(kilo ? value / 1000 : value, text);
    if (kilo) {
        text[length] = 'k';
        text[length + 1] = '\0';
    }
}

static void tick_x(FILE *file, const SvgPlot *plot, double value, bool named)
{
    char text[QM_NUMBER_TEXT + 2];
    const double x = at_x(plot, value);
    stroke(file, x, TOP, x, HEIGHT - BOTTOM, named ? "#cccccc" : "#eeeeee");
    tick_text(value, text);
    if (named)
        text_at(file, x, HEIGHT - BOTTOM + 16, "middle", text);
}

static void tick_y(FILE *file, const SvgPlot *plot, double value)
{
    char text[QM_NUMBER_TEXT + 2];
    const double y = at_y(plot, value);
    stroke(file, LEFT, y, WIDTH - RIGHT, y, "#cccccc");
    tick_text(value, text);
    text_at(file, LEFT - 6, y + 4, "end", text);
}

/* A tick's value: steps from the first, without the dust of adding up. */
static double tick_value(const SvgAxis *axis, int k)
{
    const double first = ceil(axis->from / axis->tick - 1e-9);
    return round((first + k) * axis->tick * 1e6) / 1e6;
}

static void draw_grid(FILE *file, const SvgPlot *plot)
{
    if (plot->x.log) {
        for (double ten = 1; ten <= plot->x.to; ten *= 10)
            for (int k = 1; k < 10; k++)
                if (k * ten >= plot->x.from && k * ten <= plot->x.to)
                    tick_x(file, plot, k * ten, k == 1 || k == 2 || k == 5);
    } else {
        for (int k = 0; tick_value(&plot->x, k) <= plot->x.to + 1e-9; k++)
            tick_x(file, plot, tick_value(&plot->x, k), true);
    }
    for (int k = 0; tick_value(&plot->y, k) <= plot->y.to + 1e-9; k++)
        tick_y(file, plot, tick_value(&plot->y, k));
}

static void draw_line(FILE *file, const SvgPlot *plot, const SvgLine *line,
                      uint32_t style)
{
    const double bottom = HEIGHT - BOTTOM;
    fprintf(file,
            "<path clip-path=\"url(#frame)\" stroke=\"%s\" stroke-width=\"1.6\" "
            "stroke-dasharray=\"%s\" d=\"",
            styles[style].colour, line->stems ? "" : styles[style].dash);
    bool drawing = false;
    for (uint32_t i = 0; i < line->n; i++) {
        const double y = line->y[i] < plot->y.from ? plot->y.from - 1 : line->y[i];
        if (line->stems && line->y[i] < plot->y.from)
            continue;
        fputs(drawing && !line->stems ? "L" : "M", file);
        number(file, at_x(plot, line->x[i]));
        fputc(' ', file);
        number(file, line->stems ? bottom : at_y(plot, y));
        if (line->stems) {
            fputc('V', file);
            number(file, at_y(plot, y));
        }
        drawing = true;
    }
    fputs("\"/>\n", file);
}

static void draw_legend(FILE *file, const SvgPlot *plot)
{
    uint32_t row = 0;
    for (uint32_t i = 0; i < plot->n_lines; i++) {
        if (!plot->lines[i].label)
            continue;
        const double y = TOP + 16 + 16.0 * row++;
        fprintf(file,
                "<path stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" d=\"M",
                styles[i % STYLES].colour, styles[i % STYLES].dash);
        number(file, WIDTH - RIGHT + 10);
        fputc(' ', file);
        number(file, y - 4);
        fputs("h26\"/>\n", file);
        text_at(file, WIDTH - RIGHT + 42, y, "start", plot->lines[i].label);
    }
}

bool svg_write(const char *path, const SvgPlot *plot)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    fprintf(
        file,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
        "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"none\">\n"
        "<title>%s</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n"
        "<clipPath id=\"frame\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>"
        "</clipPath>\n<g fill=\"#222222\">\n",
        WIDTH, HEIGHT, WIDTH, HEIGHT, plot->title, WIDTH, HEIGHT, LEFT, TOP,
        WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    draw_grid(file, plot);
    fprintf(file, "<text x=\"%d\" y=\"20\" font-size=\"14\">%s</text>\n", LEFT,
            plot->title);
    text_at(file, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", plot->x.label);
    fprintf(file,
            "<text transform=\"translate(16 %d) rotate(-90)\" "
            "text-anchor=\"middle\">%s</text>\n",
            (TOP + HEIGHT - BOTTOM) / 2, plot->y.label);
    fputs("</g>\n", file);
    for (uint32_t i = 0; i < plot->n_lines; i++)
        draw_line(file, plot, &plot->lines[i], i % STYLES);
    fputs("<g fill=\"#222222\">\n", file);
    draw_legend(file, plot);
    fputs("</g>\n</svg>\n", file);
    return fclose(file) == 0;
}
