/* What is worth a look: measures beyond what is usual in a finished file. Facts with the
 * limit that they are beyond, no marks.
 *
 *     -1 dBTP    the highest true peak that EBU R 128 allows; lossy codecs overshoot
 *     1.5 dB     lost in mono: channels that cancel, not just wide ones (stereo.h)
 *     -60 dB     of DC: it takes headroom, and edits click
 *     silence    digital silence that a listener waits through */
#include "formats/report_parts.h"

#include <math.h>

typedef struct Remark {
    const char *feature, *measure;
    double limit; /* it is worth a look from above this on, in magnitude if `either` */
    bool either;
    const char *before, *after; /* the value between them */
} Remark;

static const Remark REMARKS[] = {
    {"peak", "clipped_runs", 0, false, "Clipped: ", " runs of samples at full scale."},
    {"peak", "true", -1, false, "True peak above -1 dBTP: ", " dBTP."},
    {"stereo", "phase_inverted", 0, false,
     "One channel's polarity seems to be flipped: ", "."},
    {"stereo", "mono_loss_max", 1.5, false,
     "Played in mono, an octave loses more than 1.5 dB: ", " dB."},
    {"level", "dc", 0.001, true, "DC beyond -60 dB of full scale: ", "."},
    {"level", "silence_start", 1, false, "Silence at the beginning: ", " s."},
    {"level", "silence_end", 5, false, "Silence at the end: ", " s."},
};

/* The value as a number; false: there is none. */
static bool value_of(const QmMeasure *measure, const void *result, double *value)
{
    const void *field = (const char *)result + measure->offset;
    switch (measure->kind) {
    case QM_MEASURE_NUMBER:
        *value = ((const QmMeasured *)field)->value;
        return !((const QmMeasured *)field)->why;
    case QM_MEASURE_COUNT:
        *value = (double)*(const int64_t *)field;
        return true;
    case QM_MEASURE_FLAG:
        *value = *(const bool *)field;
        return true;
    default:
        return false;
    }
}

static bool worth(const Remark *remark, const QmMeasure *measure, const void *result)
{
    double value;
    if (!value_of(measure, result, &value)) {
        return false;
    }
    return (remark->either ? fabs(value) : value) > remark->limit;
}

void report_remarks(const ReportPart *part)
{
    QmText *text = part->text;
    bool any = false;
    for (size_t i = 0; i < sizeof REMARKS / sizeof *REMARKS; i++) {
        const Remark *remark = &REMARKS[i];
        const void *result;
        const QmMeasure *measure = report_measure(part->file->analysis, remark->feature,
                                                  remark->measure, &result);
        if (!measure || !worth(remark, measure, result)) {
            continue;
        }
        qm_text_add(text, any ? "" : "<ul class=\"remarks\">\n");
        any = true;
        qm_text_printf(text, "<li>%s", remark->before);
        report_cell(text, measure, result);
        qm_text_printf(text, "%s</li>\n", remark->after);
    }
    qm_text_add(text, any ? "</ul>\n" : "");
}
