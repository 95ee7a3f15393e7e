/* Drawn with formats/svg. Lines are cut where they leave the frame. */
#include "tests/plots/svg.h"

#include "formats/xml.h"

#include <stdio.h>

enum { WIDTH = 900, HEIGHT = 400, LEFT = 62, RIGHT = 230, TOP = 34, BOTTOM = 46 };

static QmSvgFrame frame_of(const SvgPlot *plot)
{
    return (QmSvgFrame){.left = LEFT,
                        .top = TOP,
                        .right = WIDTH - RIGHT,
                        .bottom = HEIGHT - BOTTOM,
                        .x = plot->x,
                        .y = plot->y};
}

static void draw_line(QmText *text, const QmSvgFrame *frame, const SvgLine *line,
                      const QmSvgStroke *style)
{
    qm_text_printf(text,
                   "<path clip-path=\"url(#frame)\" stroke=\"%s\" stroke-width=\"1.6\" "
                   "stroke-dasharray=\"%s\" d=\"",
                   style->colour, line->stems ? "" : style->dash);
    bool drawing = false;
    for (uint32_t i = 0; i < line->n; i++) {
        const double y = line->y[i] < frame->y.from ? frame->y.from - 1 : line->y[i];
        if (line->stems && line->y[i] < frame->y.from)
            continue;
        qm_svg_point(text, drawing && !line->stems ? 'L' : 'M',
                     qm_svg_x(frame, line->x[i]),
                     line->stems ? frame->bottom : qm_svg_y(frame, y));
        if (line->stems) {
            qm_text_add(text, "V");
            qm_svg_number(text, qm_svg_y(frame, y));
        }
        drawing = true;
    }
    qm_text_add(text, "\"/>\n");
}

static void draw_legend(QmText *text, const SvgPlot *plot)
{
    uint32_t row = 0;
    for (uint32_t i = 0; i < plot->n_lines; i++) {
        const QmSvgStroke *style = &qm_svg_paper.series[i % QM_SVG_SERIES];
        if (!plot->lines[i].label)
            continue;
        const double y = TOP + 16 + 16.0 * row++;
        qm_text_printf(text,
                       "<path stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" "
                       "d=\"",
                       style->colour, style->dash);
        qm_svg_point(text, 'M', WIDTH - RIGHT + 10, y - 4);
        qm_text_add(text, "h26\"/>\n");
        qm_svg_label(text, WIDTH - RIGHT + 42, y, "start", plot->lines[i].label);
    }
}

static void draw_axes(QmText *text, const SvgPlot *plot, const QmSvgFrame *frame)
{
    qm_svg_grid(text, &qm_svg_paper, frame);
    qm_text_printf(text, "<text x=\"%d\" y=\"20\" font-size=\"14\">", LEFT);
    qm_xml_add(text, plot->title);
    qm_text_add(text, "</text>\n");
    qm_svg_label(text, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle",
                 plot->x.label);
    qm_text_printf(text,
                   "<text transform=\"translate(16 %d) rotate(-90)\" "
                   "text-anchor=\"middle\">",
                   (TOP + HEIGHT - BOTTOM) / 2);
    qm_xml_add(text, plot->y.label);
    qm_text_add(text, "</text>\n");
}

static void draw(QmText *text, const SvgPlot *plot)
{
    const QmSvgFrame frame = frame_of(plot);
    qm_text_printf(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
        "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"none\">\n"
        "<title>",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    qm_xml_add(text, plot->title);
    qm_text_printf(text,
                   "</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n"
                   "<clipPath id=\"frame\"><rect x=\"%d\" y=\"%d\" width=\"%d\" "
                   "height=\"%d\"/></clipPath>\n<g fill=\"%s\">\n",
                   WIDTH, HEIGHT, LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM,
                   qm_svg_paper.ink);
    draw_axes(text, plot, &frame);
    qm_text_add(text, "</g>\n");
    for (uint32_t i = 0; i < plot->n_lines; i++)
        draw_line(text, &frame, &plot->lines[i], &qm_svg_paper.series[i % QM_SVG_SERIES]);
    qm_text_printf(text, "<g fill=\"%s\">\n", qm_svg_paper.ink);
    draw_legend(text, plot);
    qm_text_add(text, "</g>\n</svg>\n");
}

bool svg_write(const char *path, const SvgPlot *plot)
{
    QmArena arena;
    QmText text;
    qm_arena_init(&arena);
    qm_text_init(&text, &arena);
    draw(&text, plot);
    FILE *file = text.failed ? NULL : fopen(path, "w");
    const bool written = file && fwrite(text.data, 1, text.length, file) == text.length;
    const bool closed = file && fclose(file) == 0;
    qm_arena_release(&arena);
    return written && closed;
}
