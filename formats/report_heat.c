/* Heat maps of masking, and the names beside them.
 *
 * A cell is as full of colour as its value, and has the number in it where there is room,
 * so that nothing hangs on seeing colours. */
#include "formats/report_parts.h"

#include "base/number.h"

#include <string.h>

enum {
    NAMES_HALF = 112, /* pixels for names at the left of a narrow picture, */
    NAME_PIXELS = 7,  /* for a letter */
    RIGHT = 90,       /* for names that lean over the last column, */
    RIGHT_HALF = 64,
    CELL_MOST = 64, /* for a cell */
    CELL_HIGH = 30,
    CELL_NUMBER = 27, /* cells narrower than that have no number */
    HEAT_FULL = 80,   /* %: from there on the number is light */
    LEAN = 20,        /* narrower than that, names above a matrix stand upright */
    HEAD = 118,       /* pixels for names that lean, */
    HEAD_HALF = 84,
    HEAD_UPRIGHT = 180,
    NAME_HIGH = 13, /* and between names */
};

/* ---- names ---- */

void report_short_name(const char *name, size_t most, char text[REPORT_NAME])
{
    const char *const base = qm_path_last(name);
    size_t length = qm_path_stem(base);
    const bool cut = length > most;
    length = cut ? most - 1 : length;
    while (cut && length && ((unsigned char)base[length] & 0xc0) == 0x80) {
        length--; /* not within a character */
    }
    memcpy(text, base, length);
    memcpy(text + length, cut ? "\xe2\x80\xa6" : "", cut ? 4 : 1);
}

/* How many letters find room in so many pixels. */
static size_t letters(double pixels)
{
    const double most = (pixels - 8) / NAME_PIXELS;
    return most > REPORT_NAME - 8 ? REPORT_NAME - 8 : (size_t)most;
}

void report_row_name(QmText *text, const char *name, double room, double y)
{
    char shown[REPORT_NAME];
    report_short_name(name, letters(room), shown);
    qm_svg_label(text, room - 10, y, "end", shown);
}

static void name_above(QmText *text, double x, double y, bool lean, const char *name,
                       double room)
{
    char shown[REPORT_NAME];
    report_short_name(name, letters(room), shown);
    qm_text_add(text, "<g transform=\"translate(");
    qm_svg_number(text, lean ? x : x + 4);
    qm_text_add(text, " ");
    qm_svg_number(text, y);
    qm_text_printf(text, ") rotate(%d)\">", lean ? -40 : -90);
    qm_svg_label(text, 0, 0, "start", shown);
    qm_text_add(text, "</g>\n");
}

/* ---- cells ---- */

void report_heat(QmText *text, ReportCell cell, double percent)
{
    char opacity[QM_NUMBER_TEXT], number[QM_NUMBER_TEXT];
    qm_fixed_text(percent / 100, 2, opacity);
    qm_fixed_text(percent, 0, number);
    qm_text_add(text, "<rect");
    qm_svg_attribute(text, "x", cell.x + 0.5);
    qm_svg_attribute(text, "y", cell.y + 0.5);
    qm_svg_attribute(text, "width", cell.width - 1);
    qm_svg_attribute(text, "height", cell.height - 1);
    qm_text_printf(text,
                   " fill=\"var(--heat)\" fill-opacity=\"%s\" stroke=\"var(--grid)\" "
                   "stroke-width=\"0.5\"/>\n",
                   opacity);
    if (cell.width >= CELL_NUMBER && percent >= 0.5) {
        qm_text_add(text, percent >= HEAT_FULL ? "<g class=\"p\">" : "<g>");
        qm_svg_label(text, cell.x + cell.width / 2, cell.y + cell.height / 2 + 4,
                     "middle", number);
        qm_text_add(text, "</g>");
    }
}

/* ---- a matrix ---- */

typedef struct Matrix {
    double names;       /* pixels for names at the left */
    double width, high; /* of a cell */
    double top;         /* of the first row */
    bool lean;
} Matrix;

static Matrix matrix_of(size_t n, bool half)
{
    const double whole = half ? REPORT_HALF - RIGHT_HALF : REPORT_WIDTH - RIGHT;
    Matrix m = {.names = half ? NAMES_HALF : REPORT_NAMES};
    const double room = (whole - m.names) / (double)n;
    m.width = room > CELL_MOST ? CELL_MOST : room;
    m.high = m.width < CELL_HIGH ? m.width : CELL_HIGH;
    m.lean = m.width >= LEAN;
    m.top = !m.lean ? HEAD_UPRIGHT : half ? HEAD_HALF : HEAD;
    return m;
}

static const QmMaskedStem *stem(const QmMasking *masking, size_t i)
{
    return (const QmMaskedStem *)masking->stems.items + i;
}

/* Where cells are smaller than names, every second or third stem has its name. */
static void matrix_names(QmText *text, const QmMasking *masking, const Matrix *m)
{
    const size_t step = 1 + (size_t)((NAME_HIGH - 1) / m->high);
    for (size_t i = 0; i < masking->stems.count; i += step) {
        const char *name = stem(masking, i)->name;
        name_above(text, m->names + m->width * ((double)i + 0.5), m->top - 8, m->lean,
                   name, m->names);
        report_row_name(text, name, m->names, m->top + m->high * ((double)i + 0.5) + 4);
    }
}

void report_matrix(const ReportPart *part, const char *id, const char *title,
                   const QmMasking *masking, bool half, const char *caption)
{
    QmText *text = part->text;
    const size_t n = masking->stems.count;
    const Matrix m = matrix_of(n, half);
    report_open(
        part, id, half ? REPORT_HALF : REPORT_WIDTH, m.top + m.high * (double)n + 6,
        title,
        "A row for each stem that hides others, a column for each that is hidden: how "
        "much of what could be heard of it alone, in percent.");
    matrix_names(text, masking, &m);
    for (size_t masker = 0; masker < n; masker++) {
        for (size_t masked = 0; masked < n; masked++) {
            const ReportCell cell = {m.names + m.width * (double)masked,
                                     m.top + m.high * (double)masker, m.width, m.high};
            if (masker == masked) {
                qm_svg_rect(text, cell.x + m.width / 2 - 1.5, cell.y + m.high / 2 - 1.5,
                            3, 3, " fill=\"var(--grid)\"");
                continue;
            }
            const QmMaskingPair *pair =
                qm_masking_pair(masking, (uint32_t)masker, (uint32_t)masked);
            report_heat(text, cell, pair->severity.value);
        }
    }
    report_close(part, caption);
}
