/* The log's words, looking into it, and playing it on a session. Targets are compared as
 * text: what is within what follows from the dots alone, so that a session is not needed
 * to ask. */
#include "mix/decision.h"

#include <string.h>

const char *const qm_stage_names[QM_STAGES + 1] = {
    [QM_STAGE_ROLE] = "role",
    [QM_STAGE_CHECK] = "check",
    [QM_STAGE_GAIN] = "gain",
    [QM_STAGE_SPATIAL] = "spatial",
    [QM_STAGE_EQ] = "eq",
    [QM_STAGE_MASKING] = "masking",
    [QM_STAGE_DYNAMICS] = "dynamics",
    [QM_STAGE_EFFECTS] = "effects",
    [QM_STAGE_AUTOMATION] = "automation",
    [QM_STAGE_MASTER] = "master",
    [QM_STAGES] = NULL,
};

const char *const qm_origin_names[4] = {
    [QM_ORIGIN_AUTO] = "auto",
    [QM_ORIGIN_TEMPLATE] = "template",
    [QM_ORIGIN_USER] = "user",
};

QmDecision *qm_log_find(const QmDecisionLog *log, const char *target)
{
    QmDecision *decisions = log->decisions.items;
    for (size_t i = 0; i < log->decisions.count; i++) {
        if (qm_same(decisions[i].target, target) && !qm_decision_is_note(&decisions[i])) {
            return &decisions[i];
        }
    }
    return NULL;
}

bool qm_target_within(const char *target, const char *prefix)
{
    const size_t length = strlen(prefix);
    return strncmp(target, prefix, length) == 0 &&
           (target[length] == '\0' || target[length] == '.' || target[length] == '@');
}

QmStatus qm_log_apply(const QmDecisionLog *log, QmSession *session, QmDiag *diag)
{
    const QmDecision *decisions = log->decisions.items;
    const size_t n = log->decisions.count;
    QmEdit *edits = QM_NEW_ARRAY(session->arena, QmEdit, n);
    size_t n_edits = 0;
    if (!edits) {
        return qm_fail_memory(diag);
    }
    for (size_t i = 0; i < n; i++) {
        const QmDecision *decision = &decisions[i];
        if (!qm_decision_is_note(decision)) {
            edits[n_edits++] =
                (QmEdit){decision->target, decision->value, decision->place};
        }
    }
    return qm_edit_all(session, edits, n_edits, diag);
}
