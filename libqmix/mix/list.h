/* Every rule, for list.c alone. */
#ifndef QM_MIX_LIST_H
#define QM_MIX_LIST_H

#include "mix/rule.h"

/* One line a rule, in the order in which they are asked and stand in the log. */
#define QM_RULES                                                                         \
    QM_RULE(master_bus)                                                                  \
    QM_RULE(master_mono_low)                                                             \
    QM_RULE(master_loudness)                                                             \
    QM_RULE(master_limit)

#define QM_RULE(name) extern const QmRule qm_rule_##name;
QM_RULES
#undef QM_RULE

#endif
