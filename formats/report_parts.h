/* Between the files of the report: the page, its tables, its pictures. Of no interest to
 * others. */
#ifndef QM_FORMATS_REPORT_PARTS_H
#define QM_FORMATS_REPORT_PARTS_H

#include "analysis/stereo.h"
#include "formats/file_out.h"
#include "formats/report_html.h"
#include "formats/svg.h"
#include "formats/xml.h"

/* Pixels of pictures: whole, and two beside each other; what is right of a plot has
 * labels. */
enum { REPORT_WIDTH = 1040, REPORT_HALF = 496, REPORT_LEFT = 54, REPORT_RIGHT = 140 };
/* For names at the left of rows; and bytes of a shortened one. */
enum { REPORT_NAMES = 190, REPORT_NAME = 34 };

/* One file's part of the page. */
typedef struct ReportPart {
    QmText *text;
    uint32_t number; /* of the file, from 1: it makes ids different */
    const QmReportFile *file;
} ReportPart;

extern const char report_style[]; /* the style sheet */

/* ---- results ---- */

/* The feature's result; NULL: it was not asked for. */
const void *report_result(const QmAnalysis *analysis, const QmFeature *feature);
/* A measure by the names that JSON has; NULL: there is none, or nobody asked. */
const QmMeasure *report_measure(const QmAnalysis *analysis, const char *feature,
                                const char *name, const void **result);
/* The reason why there is no value; NULL: there is one. */
const char *report_why_not(const QmMeasure *measure, const void *result);
/* The value of a number, count, text or flag without its unit, or the reason in <i>. */
void report_cell(QmText *text, const QmMeasure *measure, const void *result);

/* ---- text ---- */

/* value, with so many decimals. */
void report_number(QmText *text, double value, int decimals);
/* "3:25", "1:02:03", "0:00.250": seconds as clocks show them. */
void report_clock(QmText *text, double seconds);

/* ---- pictures ---- */

/* <figure><svg> with a title, and a description for those who do not see it. */
void report_open(const ReportPart *part, const char *id, double width, double height,
                 const char *title, const char *description);
/* The end; the caption is shown below, NULL: none. */
void report_close(const ReportPart *part, const char *caption);

/* A line through values[i] at first + i * hop, on the frame's axes; QM_GAP is a gap.
 * Where there are many more values than pixels, it goes through the lowest and highest of
 * each pixel; what is below the frame is left out. Returns where it ends (y), in the
 * middle if there is nothing. */
typedef struct ReportSeries {
    const double *values;
    size_t count;
    double first, hop;
    const char *colour, *dash;
    double width;
} ReportSeries;
double report_line(QmText *text, const QmSvgFrame *frame, const ReportSeries *series);

/* A value limited to the frame, as y. */
double report_y(const QmSvgFrame *frame, double value);

/* Labels beside the end of lines, moved apart until none covers another. */
enum { REPORT_LABELS = 8 };
typedef struct ReportLabel {
    double y;
    const char *text;
    const QmSvgStroke *stroke; /* a sample of the line before it; NULL: none */
} ReportLabel;
void report_labels(QmText *text, double x, double top, double bottom, ReportLabel *labels,
                   uint32_t count);

/* ---- stems ---- */

/* The end of the path without its suffix, cut to `most` bytes. */
void report_short_name(const char *name, size_t most, char text[REPORT_NAME]);
/* It, right-aligned in the first `room` pixels. */
void report_row_name(QmText *text, const char *name, double room, double y);

typedef struct ReportCell {
    double x, y, width, height;
} ReportCell;
/* `percent` from 0 to 100. */
void report_heat(QmText *text, ReportCell cell, double percent);
/* Who hides whom; `half`: a picture of half the width. */
void report_matrix(const ReportPart *part, const char *id, const char *title,
                   const QmMasking *masking, bool half, const char *caption);

/* ---- stereo ---- */

/* Where the energy lies between the channels; */
void report_fan(const ReportPart *part, const char *id, const char *title,
                const QmStereo *stereo, const char *caption);
/* correlation, width and what is lost in mono, of each 1/3 octave. */
void report_bands(const ReportPart *part, const char *id, const char *title,
                  const QmStereo *stereo, const char *caption);
/* Whether there is a field to be shown. */
bool report_has_field(const QmStereo *stereo);

/* ---- the page ---- */

/* Up to the beginning of the body, and from its end on. */
void report_head(QmText *text, const char *title);
void report_tail(QmText *text, const char *tool);
/* Writes the text, and gives back its memory. */
QmStatus report_flush(QmFileOut *out, QmText *text, QmDiag *diag);

/* ---- the parts ---- */

/* The axis that loudness has; false: there is none to show. */
bool report_loudness_axis(const QmAnalysis *analysis, QmSvgAxis *axis);
/* Loudness over time and labels, into a frame with that axis. */
void report_loudness_pane(QmText *text, const QmAnalysis *analysis,
                          const QmSvgFrame *frame);

void report_remarks(const ReportPart *part);
void report_time(const ReportPart *part); /* waveform, loudness, correlation */
void report_spectrum(const ReportPart *part);
void report_stereo(const ReportPart *part);
void report_distribution(const ReportPart *part);
void report_key(const ReportPart *part);
void report_beats(const ReportPart *part);
/* Of all files: balance, masking, alignment. */
void report_stems(const ReportPart *part, const QmReport *report);
void report_tables(const ReportPart *part); /* of all features */
/* Of one result. */
void report_table(QmText *text, const QmMeasure *measures, uint32_t count,
                  const void *result);

#endif
