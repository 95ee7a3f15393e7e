/* How a decision is taken: of interest to mix.c and override.c; rules have mix.h. */
#ifndef QM_MIX_DECIDE_H
#define QM_MIX_DECIDE_H

#include "mix/mix.h"

/* Takes it: the session is edited, the log gets it in place of one on the same target.
 * Texts are copied. */
bool qm_decision_take(QmMix *mix, const QmDecision *decision);

#endif
