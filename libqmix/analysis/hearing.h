/* What one look at a stem makes inaudible around it: the model of masking, frame by
 * frame (formulas in hearing.c; masking.h is what to use). */
#ifndef QM_ANALYSIS_HEARING_H
#define QM_ANALYSIS_HEARING_H

#include "analysis/bark.h"
#include "dsp/vec.h"

enum { QM_BARK_VECS = QM_BARKS / QM_LANES };

/* A number for each band. */
typedef struct QmBands {
    QmVec v[QM_BARK_VECS];
} QmBands;

typedef struct QmHearing {
    QmBands spread[QM_BARKS]; /* of a masker in band i over all, as power */
    QmBands tone_offset;      /* log2: how far below a tone masking begins ... */
    QmBands noise_offset;     /* ... and below noise */
    QmBands quiet, log_quiet; /* power at the threshold in quiet, and its log2 */
    QmBands loud_quiet;       /* quiet^0.23 */
} QmHearing;

/* What a frame has and hides. Logarithms are log2 of power. */
typedef struct QmHeard {
    QmBands log_power;
    QmBands mask, log_mask;     /* what else is below that is hidden by it */
    QmBands share;              /* of its loudness, by band; adds up to 1, or all 0 */
    QmVecI heard[QM_BARK_VECS]; /* masks: what it has there can be heard, if alone */
} QmHeard;

void qm_hearing_init(QmHearing *hearing);

/* `gain` is a factor for the power in each band; `frame` NULL: nothing. */
void qm_hear(const QmHearing *hearing, const QmBarkFrame *frame, const QmBands *gain,
             QmHeard *heard);

/* How far a threshold is above what it hides, 0: not at all, 1: by 20 dB and more:
 * clip(MSR / 20 dB, 0, 1). From log2 of power. */
static inline QmVec qm_severity(QmVec log_threshold, QmVec log_power)
{
    const QmVec ratio = (log_threshold - log_power) * qm_vec(0.150514998f);
    return qm_vec_min(qm_vec_max(ratio, qm_vec(0)), qm_vec(1));
}

#endif
