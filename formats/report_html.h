/* What was found in files, as one HTML file to read, keep and print: pictures and tables.
 *
 * It needs nothing else: no scripts, no fonts, no links to anywhere. It is also
 * well-formed XML. What the files' names and formats say is text in it, whatever bytes
 * they are. The same results give the same bytes. */
#ifndef QM_FORMATS_REPORT_HTML_H
#define QM_FORMATS_REPORT_HTML_H

#include "analysis/relate.h"
#include "analysis/analysis.h"
#include "analysis/masking.h"
#include "base/diag.h"

typedef struct QmReportFile {
    const char *name;     /* as the user said it */
    const char *format;   /* "WAV pcm24"; NULL: not known */
    QmAnalysis *analysis; /* finished; only read */
} QmReportFile;

/* All of it borrowed. Pictures are drawn of the features that were asked for; the outline
 * of the waveform wants qm_feature_wave. */
typedef struct QmReport {
    const QmReportFile *files;
    uint32_t n_files; /* at least 1 */
    /* Of the files as stems of one mix; NULL: not looked at. */
    const QmMasking *masking;
    const QmRelations *alignment;
} QmReport;

/* Writes the report to `path` ("-": standard output); it is there when it is whole.
 * Errors: QM_ERR_IO, QM_ERR_MEMORY. */
QmStatus qm_report_html(const char *path, const QmReport *report, QmDiag *diag);

#endif
