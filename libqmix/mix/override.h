/* What users overrule, while decisions are taken. */
#ifndef QM_MIX_OVERRIDE_H
#define QM_MIX_OVERRIDE_H

#include "mix/mix.h"

/* Whether a user switched off the rule, its stage, or what `target` is within; counts as
 * a use. */
bool qm_override_off(QmMix *mix, const QmRule *rule, const char *target);
/* Whether a user switched off the rule or its stage as a whole. */
bool qm_override_rule_off(QmMix *mix, const QmRule *rule);
/* The value that a user gave to exactly this target; NULL: none. */
QmOverride *qm_override_value(QmMix *mix, const char *target);

/* Makes decisions of those that no rule has met and that the session has a place for. */
void qm_override_apply(QmMix *mix);
/* Fails on the first one that names nothing. */
void qm_override_check(QmMix *mix);

#endif
