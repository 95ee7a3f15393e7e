/* What is hit and what is held, by band: power that stands out of the 0.2 s around. */
#ifndef QM_ANALYSIS_TRANSIENTS_H
#define QM_ANALYSIS_TRANSIENTS_H

#include <stdint.h>

enum {
    QM_TRANSIENT_BANDS = 12, /* at most */
    QM_TRANSIENT_WIDE = 10,  /* looks to both sides */
    QM_TRANSIENT_WINDOW = 2 * QM_TRANSIENT_WIDE + 1,
};

typedef struct QmTransients {
    uint32_t bands;
    int64_t looks; /* so far */
    float ring[QM_TRANSIENT_WINDOW][QM_TRANSIENT_BANDS];
    float sorted[QM_TRANSIENT_BANDS][QM_TRANSIENT_WINDOW]; /* the same, rising */
} QmTransients;

/* Silence before the first look. */
void qm_transients_init(QmTransients *transients, uint32_t bands);

/* The next look: power in each band. Says of look `looks - 1 - QM_TRANSIENT_WIDE` (once
 * there is one) how much power each band had, and how much of it stood out. Feed it that
 * many looks of silence at the end. */
void qm_transients_look(QmTransients *transients, const float *power, float *total,
                        float *transient);

#endif
