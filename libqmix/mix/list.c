/* The rules, from their list. */
#include "mix/list.h"

#include "base/text.h"

#define QM_RULE(name) &qm_rule_##name,
static const QmRule *const rules[] = {QM_RULES};
#undef QM_RULE

uint32_t qm_rule_count(void) { return QM_COUNT(rules); }

const QmRule *qm_rule_at(uint32_t index) { return rules[index]; }

const QmRule *qm_rule_find(const char *id)
{
    for (uint32_t i = 0; i < qm_rule_count(); i++)
        if (qm_same(rules[i]->id, id))
            return rules[i];
    return NULL;
}

uint32_t qm_rule_index(const QmRule *rule)
{
    uint32_t i = 0;
    while (i < qm_rule_count() && rules[i] != rule)
        i++;
    return i;
}
