/* M_total of a balance (analysis/masking.h) as something that goes down: what it is, and
 * how fast it changes when a band of a stem does. On a sample of the looks, so that
 * hundreds of equalisers can be tried. */
#ifndef QM_MIX_MASK_MODEL_H
#define QM_MIX_MASK_MODEL_H

#include "analysis/masking.h"

/* `looks` of each (or all, if there are fewer), the same for all, spread evenly but not
 * periodically. `thin`: [n], all of one length. False: out of memory. */
bool qm_bark_thin(const QmBark *const *barks, uint32_t n, uint32_t looks, QmArena *arena,
                  QmBark *thin);

typedef struct QmMaskModel QmMaskModel;

/* `stems`: of one length and hop (qm_bark_thin), their `bands` are not looked at;
 * `weights`: [n], what M^2 of each counts. NULL: out of memory. */
QmMaskModel *qm_mask_model(const QmMaskingStem *stems, const double *weights, uint32_t n,
                           QmArena *arena);
/* The weighted M_total as it is now. */
double qm_mask_total(const QmMaskModel *model);
/* M_total of what can be heard of each stem alone; without weights. */
double qm_mask_heard(const QmMaskModel *model);
/* The stem, changed by db against what it was at first. */
void qm_mask_change(QmMaskModel *model, uint32_t stem, const double db[QM_BARKS]);
/* What the total gains a dB of the stem's power in each band. */
void qm_mask_slope(QmMaskModel *model, uint32_t stem, double slope[QM_BARKS]);
/* Shares of the stem's K-weighted power in the bands at first, in looks that a loudness
 * meter counts (not more than 10 dB below their mean); adds up to 1. */
void qm_mask_shares(const QmMaskModel *model, uint32_t stem, double share[QM_BARKS]);

#endif
