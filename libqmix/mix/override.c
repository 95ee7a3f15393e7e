/* An override meets a decision when it names its target, or, with `off`, anything that
 * the target is within, its rule or its stage. Those that meet none are edits of what the
 * session has anyway; what it has not cannot be overruled. */
#include "mix/override.h"

#include "mix/decide.h"
#include "model/address.h"

#include <string.h>

static bool is_off(const QmOverride *override) { return qm_same(override->value, "off"); }

static bool names_rule(const QmOverride *override, const QmRule *rule)
{
    return qm_same(override->target, rule->id) ||
           qm_same(override->target, qm_stage_names[rule->stage]);
}

bool qm_override_rule_off(QmMix *mix, const QmRule *rule)
{
    bool off = false;
    for (uint32_t i = 0; i < mix->n_overrides; i++) {
        QmOverride *const override = &mix->overrides[i];
        if (is_off(override) && names_rule(override, rule)) {
            override->used++;
            off = true;
        }
    }
    return off;
}

bool qm_override_off(QmMix *mix, const QmRule *rule, const char *target)
{
    bool off = qm_override_rule_off(mix, rule);
    for (uint32_t i = 0; i < mix->n_overrides; i++) {
        QmOverride *const override = &mix->overrides[i];
        if (is_off(override) && qm_target_within(target, override->target)) {
            override->used++;
            off = true;
        }
    }
    return off;
}

QmOverride *qm_override_value(QmMix *mix, const char *target)
{
    QmOverride *found = NULL;
    for (uint32_t i = 0; i < mix->n_overrides; i++) {
        QmOverride *const override = &mix->overrides[i];
        if (!is_off(override) && qm_same(override->target, target)) {
            override->used++;
            found = override; /* the last one said counts */
        }
    }
    return found;
}

/* ---- what no rule has met ---- */

/* Where a user's edit stands in the log: by what it is about. */
static const struct {
    const char *word;
    QmStage stage;
} subjects[] = {
    {"role", QM_STAGE_ROLE},
    {"gain", QM_STAGE_GAIN},
    {"trim", QM_STAGE_GAIN},
    {"level", QM_STAGE_GAIN},
    {"mute", QM_STAGE_GAIN},
    {"solo", QM_STAGE_GAIN},
    {"pan", QM_STAGE_SPATIAL},
    {"width", QM_STAGE_SPATIAL},
    {"image", QM_STAGE_SPATIAL},
    {"haas", QM_STAGE_SPATIAL},
    {"mono-bass", QM_STAGE_SPATIAL},
    {"mid-side", QM_STAGE_SPATIAL},
    {"eq", QM_STAGE_EQ},
    {"dynamic-eq", QM_STAGE_EQ},
    {"compressor", QM_STAGE_DYNAMICS},
    {"multiband", QM_STAGE_DYNAMICS},
    {"gate", QM_STAGE_DYNAMICS},
    {"transient", QM_STAGE_DYNAMICS},
    {"de-esser", QM_STAGE_DYNAMICS},
    {"duck", QM_STAGE_DYNAMICS},
    {"ducker", QM_STAGE_DYNAMICS},
    {"limiter", QM_STAGE_DYNAMICS},
};

/* The part of an address between the first dot and the next, or the one behind it. */
static bool speaks_of(const char *target, const char *word)
{
    const char *at = strchr(target, '.');
    for (int part = 0; at && part < 2; part++, at = strchr(at + 1, '.')) {
        const size_t length = strcspn(at + 1, ".@");
        if (length == strlen(word) && memcmp(at + 1, word, length) == 0)
            return true;
    }
    return false;
}

static QmStage stage_of(const char *target)
{
    if (qm_starts_with(target, "master."))
        return QM_STAGE_MASTER;
    if (strchr(target, '@'))
        return QM_STAGE_AUTOMATION;
    for (uint32_t i = 0; i < QM_COUNT(subjects); i++)
        if (speaks_of(target, subjects[i].word))
            return subjects[i].stage;
    return QM_STAGE_EFFECTS;
}

static bool names_stage_or_rule(const char *word)
{
    for (uint32_t i = 0; i < QM_STAGES; i++)
        if (qm_same(qm_stage_names[i], word))
            return true;
    return qm_rule_find(word) != NULL;
}

void qm_override_apply(QmMix *mix)
{
    for (uint32_t i = 0; i < mix->n_overrides && mix->status == QM_OK; i++) {
        QmOverride *const override = &mix->overrides[i];
        QmEditWhat what;
        QmDiag ignored = {.status = QM_OK};
        if (override->used || is_off(override) ||
            qm_edit_what(mix->session, override->target, override->place, &ignored,
                         &what) != QM_OK ||
            !what.exists)
            continue;
        override->used++;
        qm_decision_take(mix, &(QmDecision){.stage = stage_of(override->target),
                                            .target = override->target,
                                            .value = override->value,
                                            .origin = QM_ORIGIN_USER,
                                            .rule = "override",
                                            .because = override->why,
                                            .place = override->place});
    }
}

/* What was probably meant: a target that was decided. */
static QmStatus fail_unmet(QmMix *mix, const QmOverride *override)
{
    const size_t n = mix->log.decisions.count;
    const QmDecision *const decisions = mix->log.decisions.items;
    const char **const candidates =
        QM_NEW_ARRAY(mix->arena, const char *, n + QM_STAGES + qm_rule_count());
    size_t count = 0;
    if (!candidates)
        return qm_fail_memory(mix->diag);
    for (size_t i = 0; i < n; i++)
        candidates[count++] = decisions[i].target;
    for (uint32_t i = 0; i < QM_STAGES; i++)
        candidates[count++] = qm_stage_names[i];
    for (uint32_t i = 0; i < qm_rule_count(); i++)
        candidates[count++] = qm_rule_at(i)->id;
    const char *const meant = qm_near_miss(override->target, candidates, count);
    return qm_fail(mix->diag, QM_ERR_INPUT, override->place, NULL,
                   "the override '%s' names nothing that was decided%s%s%s",
                   override->target, meant ? ", did you mean '" : "", meant ? meant : "",
                   meant ? "'?" : "");
}

void qm_override_check(QmMix *mix)
{
    for (uint32_t i = 0; i < mix->n_overrides && mix->status == QM_OK; i++) {
        const QmOverride *const override = &mix->overrides[i];
        QmEditWhat what;
        if (override->used || (is_off(override) && names_stage_or_rule(override->target)))
            continue;
        const QmStatus status = qm_edit_what(mix->session, override->target,
                                             override->place, mix->diag, &what);
        mix->status = status != QM_OK ? status : fail_unmet(mix, override);
    }
}
