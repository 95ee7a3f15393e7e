/* What the rules that look for bad stems have in common. */
#ifndef QM_MIX_CHECK_H
#define QM_MIX_CHECK_H

#include "mix/mix.h"

/* Mutes a strip that is not muted yet. */
void qm_check_mute(QmMix *mix, const QmRule *rule, const QmReason *reason,
                   const QmMixStrip *strip);

/* Whether two related strips are the same sound: a duplicate, or a copy of which `shared`
 * % agree, at most `delay` ms later, and as wide. */
bool qm_check_same(const QmMix *mix, const QmRelatedPair *pair, double shared,
                   double delay);

/* "of=kick relation=copy delay=0.02 shared=98" */
void qm_check_tell(QmReason *reason, const QmRelatedPair *pair);

#endif
