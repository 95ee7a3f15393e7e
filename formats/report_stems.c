/* Stems together: their balance, who hides whom, in which bands each is hidden, and what
 * was found of delays and polarities.
 *
 * A heat map's cell is as full of colour as its value, and has the number in it where
 * there is room, so that nothing hangs on seeing colours. */
#include "formats/report_parts.h"

#include "analysis/bark.h"
#include "base/number.h"

#include <string.h>

enum {
    NAMES = 190, /* pixels for names at the left */
    NAME_BYTES = 26,
    ROW = 24,       /* of the balance */
    CELL_MOST = 64, /* pixels of a cell */
    CELL_HIGH = 30,
    CELL_NUMBER = 27, /* cells narrower than that have no number */
    HEAT_FULL = 80,   /* %: from there on the number is light */
    LEAN = 20,        /* narrower than that, names above a matrix stand upright */
    HEAD = 118,       /* pixels for names that lean, */
    HEAD_UPRIGHT = 180,
    NAME_HIGH = 13,    /* and between names */
    BALANCE_SPAN = 30, /* LU below the loudest that bars show */
};

/* ---- names ---- */

/* The end of the path, shortened: its end tells more of a take than its begin. */
static void short_name(const char *name, char text[NAME_BYTES + 8])
{
    const char *slash = strrchr(name, '/');
    const char *base = slash && slash[1] ? slash + 1 : name;
    const char *dot = strrchr(base, '.');
    size_t length = dot && dot > base ? (size_t)(dot - base) : strlen(base);
    const bool cut = length > NAME_BYTES;
    length = cut ? NAME_BYTES - 1 : length;
    while (cut && length && ((unsigned char)base[length] & 0xc0) == 0x80) {
        length--; /* not within a character */
    }
    memcpy(text, base, length);
    memcpy(text + length, cut ? "\xe2\x80\xa6" : "", cut ? 4 : 1);
}

static void row_name(QmText *text, const char *name, double y)
{
    char shown[NAME_BYTES + 8];
    short_name(name, shown);
    qm_svg_label(text, NAMES - 10, y, "end", shown);
}

static const QmMaskedStem *stem(const QmMasking *masking, size_t i)
{
    return (const QmMaskedStem *)masking->stems.items + i;
}

/* ---- balance ---- */

static void bar(QmText *text, const QmSvgFrame *f, double y, const QmMeasured *value,
                const char *unit)
{
    char number[QM_NUMBER_TEXT + 16];
    if (value->why) {
        qm_text_add(text, "<g class=\"s\">");
        qm_svg_label(text, f->left + 4, y + 4, "start", value->why);
        qm_text_add(text, "</g>");
        return;
    }
    const double at = value->value < f->x.from ? f->x.from : value->value;
    const double x = qm_svg_x(f, at);
    qm_svg_rect(text, f->left, y - 7, x - f->left, 14, " fill=\"var(--body)\"");
    memcpy(number + qm_fixed_text(value->value, 1, number), unit, strlen(unit) + 1);
    qm_svg_label(text, x + 5, y + 4, "start", number);
}

static void balance(const ReportPart *part, const QmMasking *masking)
{
    QmText *text = part->text;
    const double height = 40 + ROW * (double)masking->stems.count + 26;
    double loudest = -70;
    for (size_t i = 0; i < masking->stems.count; i++) {
        const QmMeasured *loudness = &stem(masking, i)->loudness;
        loudest = !loudness->why && loudness->value > loudest ? loudness->value : loudest;
    }
    const double to = (double)((int)(loudest / 5 + 100) + 1) * 5 - 500;
    const QmSvgFrame level = {
        NAMES,    30, 560, height - 26, {.from = to - BALANCE_SPAN, .to = to, .tick = 5},
        {.to = 1}};
    const QmSvgFrame hidden = {660,      30, 980, height - 26, {.to = 100, .tick = 20},
                               {.to = 1}};
    report_open(part, "balance", REPORT_WIDTH, height, "Balance",
                "The loudness of each stem, and how much of it is hidden by the others.");
    qm_svg_grid(text, &qm_svg_page, &level);
    qm_svg_grid(text, &qm_svg_page, &hidden);
    qm_svg_label(text, level.left, 18, "start", "loudness, LUFS");
    qm_svg_label(text, hidden.left, 18, "start", "hidden by the others, %");
    for (size_t i = 0; i < masking->stems.count; i++) {
        const double y = 30 + ROW * ((double)i + 0.5);
        row_name(text, stem(masking, i)->name, y + 4);
        bar(text, &level, y, &stem(masking, i)->loudness, "");
        bar(text, &hidden, y, &stem(masking, i)->masked, " %");
    }
    report_close(part, NULL);
}

/* ---- heat maps ---- */

typedef struct Cell {
    double x, y, width, height;
} Cell;

/* `percent` from 0 to 100. */
static void heat(QmText *text, Cell cell, double percent)
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

static void name_above(QmText *text, double x, double y, bool lean, const char *name)
{
    char shown[NAME_BYTES + 8];
    short_name(name, shown);
    qm_text_add(text, "<g transform=\"translate(");
    qm_svg_number(text, lean ? x : x + 4);
    qm_text_add(text, " ");
    qm_svg_number(text, y);
    qm_text_printf(text, ") rotate(%d)\">", lean ? -40 : -90);
    qm_svg_label(text, 0, 0, "start", shown);
    qm_text_add(text, "</g>\n");
}

typedef struct Matrix {
    double width, high; /* of a cell */
    double top;         /* of the first row */
    bool lean;
} Matrix;

static Matrix matrix_of(size_t n)
{
    const double room = (REPORT_WIDTH - NAMES - 90) / (double)n;
    Matrix m = {.width = room > CELL_MOST ? CELL_MOST : room};
    m.high = m.width < CELL_HIGH ? m.width : CELL_HIGH;
    m.lean = m.width >= LEAN;
    m.top = m.lean ? HEAD : HEAD_UPRIGHT;
    return m;
}

/* Where cells are smaller than names, every second or third stem has its name. */
static void matrix_names(QmText *text, const QmMasking *masking, const Matrix *m)
{
    const size_t step = 1 + (size_t)((NAME_HIGH - 1) / m->high);
    for (size_t i = 0; i < masking->stems.count; i += step) {
        const char *name = stem(masking, i)->name;
        name_above(text, NAMES + m->width * ((double)i + 0.5), m->top - 8, m->lean, name);
        row_name(text, name, m->top + m->high * ((double)i + 0.5) + 4);
    }
}

static void matrix(const ReportPart *part, const QmMasking *masking)
{
    QmText *text = part->text;
    const size_t n = masking->stems.count;
    const Matrix m = matrix_of(n);
    qm_text_add(text, "<h2>Who hides whom</h2>\n");
    report_open(
        part, "matrix", REPORT_WIDTH, m.top + m.high * (double)n + 6, "Who hides whom",
        "A row for each stem that hides others, a column for each that is hidden: how "
        "much of what could be heard of it alone, in percent.");
    matrix_names(text, masking, &m);
    for (size_t masker = 0; masker < n; masker++) {
        for (size_t masked = 0; masked < n; masked++) {
            const Cell cell = {NAMES + m.width * (double)masked,
                               m.top + m.high * (double)masker, m.width, m.high};
            if (masker == masked) {
                qm_svg_rect(text, cell.x + m.width / 2 - 1.5, cell.y + m.high / 2 - 1.5,
                            3, 3, " fill=\"var(--grid)\"");
                continue;
            }
            const size_t row = masker * (n - 1) + masked - (masked > masker);
            const QmMaskingPair *pair = (const QmMaskingPair *)masking->pairs.items + row;
            heat(text, cell, pair->severity.value);
        }
    }
    report_close(part,
                 "Rows hide columns: the share, in %, of what could be heard of the "
                 "hidden stem if it played alone.");
}

static void bands(const ReportPart *part, const QmMasking *masking)
{
    QmText *text = part->text;
    const size_t n = masking->stems.count;
    const double width = (REPORT_WIDTH - NAMES - 20) / (double)QM_BARKS;
    const double high = n > 40 ? 16 : 22, top = 8;
    qm_text_add(text, "<h2>Where each is hidden</h2>\n");
    report_open(part, "hidden", REPORT_WIDTH, top + high * (double)n + 40,
                "Where each is hidden",
                "For each stem and critical band how severely all others hide it, in "
                "percent.");
    for (size_t i = 0; i < n; i++) {
        row_name(text, stem(masking, i)->name, top + high * ((double)i + 0.5) + 4);
        for (uint32_t b = 0; b < QM_BARKS; b++) {
            const Cell cell = {NAMES + width * b, top + high * (double)i, width, high};
            heat(text, cell, 100 * stem(masking, i)->severity[b]);
        }
    }
    for (uint32_t b = 0; b <= QM_BARKS; b += 2) {
        char hz[QM_NUMBER_TEXT + 1];
        const double edge = qm_bark_hz(b);
        const bool kilo = edge >= 1000;
        const size_t length = qm_fixed_text(kilo ? edge / 1000 : edge, kilo, hz);
        hz[length] = 'k';
        hz[length + kilo] = '\0';
        qm_svg_label(text, NAMES + width * b, top + high * (double)n + 16, "middle", hz);
    }
    qm_svg_label(text, REPORT_WIDTH - 20, top + high * (double)n + 34, "end", "Hz");
    report_close(part,
                 "How severely all others hide it in each critical band, in %, while "
                 "it plays.");
}

/* ---- all of it ---- */

/* All but what the heat maps show. */
static void numbers(QmText *text, const QmMasking *masking)
{
    QmMeasure kept[16];
    uint32_t n = 0;
    for (uint32_t i = 0; i < qm_masking_measure_count && n < 16; i++) {
        const QmMeasure *measure = &qm_masking_measures[i];
        if (!qm_same(measure->name, "pairs") && !qm_same(measure->name, "bands")) {
            kept[n++] = *measure;
        }
    }
    report_table(text, kept, n, masking);
}

static void masking_part(const ReportPart *part, const QmMasking *masking)
{
    qm_text_add(part->text, "<h2>Balance</h2>\n");
    balance(part, masking);
    if (masking->pairs.count) {
        matrix(part, masking);
    }
    bands(part, masking);
    qm_text_add(part->text, "<h2>Masking, in numbers</h2>\n");
    numbers(part->text, masking);
}

void report_stems(const ReportPart *part, const QmReport *report)
{
    if (!report->masking && !report->alignment) {
        return;
    }
    qm_text_add(part->text, "<article id=\"stems\">\n<h1>Stems together</h1>\n");
    if (report->masking && report->masking->stems.count) {
        masking_part(part, report->masking);
    }
    if (report->alignment) {
        qm_text_add(part->text, "<h2>Alignment</h2>\n");
        qm_text_add(part->text, report->alignment->pairs.count
                                    ? ""
                                    : "<p class=\"lead\">No two stems have a source in "
                                      "common.</p>\n");
        report_table(part->text, qm_relations_measures, qm_relations_measure_count,
                     report->alignment);
    }
    qm_text_add(part->text, "</article>\n");
}
