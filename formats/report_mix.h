/* What qmix made of a mix, as one HTML file: before and after, and every decision in
 * plain words. Of the same kind as report_html.h's: it needs nothing else, is well-formed
 * XML, whatever names hold is text in it, and the same results give the same bytes. */
#ifndef QM_FORMATS_REPORT_MIX_H
#define QM_FORMATS_REPORT_MIX_H

#include "mix/mix.h"

/* One balance of the strips, measured. What was not looked at is NULL. */
typedef struct QmMixSide {
    /* Of the mix as a whole; pictures and numbers want loudness, peak, spectrum and
     * stereo. */
    QmAnalysis *analysis;
    const QmMasking *masking;   /* between the source strips, with pairs */
    const QmMeasured *loudness; /* [mix->n_strips]: LUFS of each in front of the master */
} QmMixSide;

/* All of it borrowed. */
typedef struct QmMixReport {
    const char *name; /* of what was mixed: the output's, or the session's */
    const QmMix *mix; /* settled: strips, template, target, log */
    /* Before: the plain sum, all faders at 0 dB, as loud as `after`. */
    QmMixSide before, after;
    const QmMeasured *wanted; /* [mix->n_strips]: by the template, LUFS; NULL: none */
} QmMixReport;

/* Writes the report to `path` ("-": standard output); it is there when it is whole.
 * Errors: QM_ERR_IO, QM_ERR_MEMORY. */
QmStatus qm_report_mix(const char *path, const QmMixReport *report, QmDiag *diag);

#endif
