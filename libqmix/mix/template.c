/* Looking up what was resolved when the template was read: a table of rules by roles,
 * with a last column for what is no strip's. */
#include "mix/template.h"

const QmSettings *qm_template_settings(const QmTemplate *template, const QmRule *rule,
                                       QmRole role)
{
    const uint32_t columns = QM_ROLE_COUNT + 1;
    return &template->settings[qm_rule_index(rule) * columns + (uint32_t)role];
}
