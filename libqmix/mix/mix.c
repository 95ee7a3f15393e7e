/* Rules are asked in the order of their list, one pass after the other; the log is sorted
 * by stage, rule and strip, so that the same decisions are the same text however they
 * came about. The effective session is always made from the sorted log: what is read back
 * from a file makes the same one. */
#include "mix/mix.h"

#include "base/hash.h"
#include "base/number.h"
#include "base/rand.h"
#include "base/sort.h"
#include "mix/override.h"
#include "model/address.h"
#include "model/validate.h"

#include <string.h>

QmStatus qm_mix_begin(QmMix *mix)
{
    mix->status = QM_OK;
    mix->session = qm_session_copy(mix->base, mix->arena);
    if (!mix->session)
        mix->status = qm_fail_memory(mix->diag);
    return mix->status;
}

static void ask_strips(QmMix *mix, const QmRule *rule)
{
    for (uint32_t i = 0; i < mix->n_strips && mix->status == QM_OK; i++) {
        uint32_t n_groups;
        const double *const settings =
            qm_mix_settings(mix, rule, &mix->strips[i], &n_groups);
        if (settings)
            rule->strip(mix, rule, &mix->strips[i], settings, n_groups);
    }
}

static void ask(QmMix *mix, const QmRule *rule)
{
    uint32_t n_groups;
    const double *const settings = qm_mix_settings(mix, rule, NULL, &n_groups);
    if (rule->strip)
        ask_strips(mix, rule);
    if (rule->mix && settings)
        rule->mix(mix, rule, settings, n_groups);
}

QmStatus qm_mix_pass(QmMix *mix, QmPass pass, uint32_t round)
{
    mix->pass = pass;
    mix->round = round;
    for (uint32_t i = 0; i < qm_rule_count() && mix->status == QM_OK; i++) {
        const QmRule *const rule = qm_rule_at(i);
        if ((rule->passes & (uint32_t)pass) && !qm_override_rule_off(mix, rule))
            ask(mix, rule);
    }
    if (mix->status == QM_OK)
        qm_override_apply(mix);
    return mix->status;
}

/* ---- the log in its order ---- */

/* The strip that a target begins with, by its place in the session. */
static uint32_t strip_of(const QmMix *mix, const char *target)
{
    const size_t length = strcspn(target, ".@");
    for (uint32_t s = 0; s < mix->session->n_strips; s++) {
        const char *const name = mix->session->strips[s].name;
        if (strlen(name) == length && memcmp(name, target, length) == 0)
            return s;
    }
    return QM_NONE;
}

static int by_order(const void *a, const void *b)
{
    const QmDecision *const x = a, *const y = b;
    if (x->stage != y->stage)
        return x->stage < y->stage ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void sort_log(QmMix *mix)
{
    QmDecision *const decisions = mix->log.decisions.items;
    for (size_t i = 0; i < mix->log.decisions.count; i++) {
        const QmRule *const rule = qm_rule_find(decisions[i].rule);
        const uint32_t index = rule ? qm_rule_index(rule) : qm_rule_count();
        decisions[i].order = index << 16 | strip_of(mix, decisions[i].target);
    }
    const QmStatus status = qm_sort(decisions, mix->log.decisions.count,
                                    sizeof *decisions, by_order, mix->arena);
    if (status != QM_OK)
        mix->status = qm_fail_memory(mix->diag);
}

QmStatus qm_mix_settle(QmMix *mix)
{
    if (mix->status == QM_OK)
        sort_log(mix);
    return mix->status;
}

QmStatus qm_mix_end(QmMix *mix)
{
    if (mix->status == QM_OK)
        qm_override_check(mix);
    return qm_mix_settle(mix);
}

QmStatus qm_mix_session(const QmMix *mix, QmArena *arena, QmSession **session)
{
    *session = qm_session_copy(mix->base, arena);
    if (!*session)
        return qm_fail_memory(mix->diag);
    const QmStatus status = qm_log_apply(&mix->log, *session, mix->diag);
    return status == QM_OK ? qm_session_validate(*session, mix->diag) : status;
}

/* ---- looking ---- */

const double *qm_mix_settings(const QmMix *mix, const QmRule *rule,
                              const QmMixStrip *strip, uint32_t *n_groups)
{
    const QmSettings *const settings =
        qm_template_settings(mix->template, rule, strip ? strip->role : QM_ROLE_COUNT);
    *n_groups = settings->n_groups;
    return settings->on ? settings->values : NULL;
}

bool qm_mix_heard(const QmMix *mix, const QmMixStrip *strip)
{
    return strip->raw && !strip->raw->silent &&
           qm_decided(mix, 0, "%s.fader.mute", strip->name) == 0;
}

QmMixStrip *qm_mix_role(const QmMix *mix, QmRole role)
{
    for (uint32_t i = 0; i < mix->n_strips; i++)
        if (mix->strips[i].role == role && qm_mix_heard(mix, &mix->strips[i]))
            return &mix->strips[i];
    return NULL;
}

double qm_mix_draw(const QmMix *mix, const QmRule *rule, const char *strip,
                   uint64_t index)
{
    const uint64_t stream =
        qm_mix64(qm_hash64_string(rule->id) ^ qm_mix64(qm_hash64_string(strip)));
    return qm_rand(mix->seed, stream, index);
}

QmMeasured qm_mix_reading(const QmMixStrip *strip, const char *slot, const char *name)
{
    for (uint32_t i = 0; i < strip->n_readings; i++)
        if (qm_same(strip->readings[i].slot, slot) &&
            qm_same(strip->readings[i].name, name))
            return qm_measured(strip->readings[i].value);
    return qm_unmeasured("it is not in the chain");
}

QmMeasured qm_mix_loudness(const QmMix *mix, const QmMixStrip *strip)
{
    if (!strip->chain)
        return qm_unmeasured("its chain was not measured");
    if (strip->chain->lufs.why)
        return strip->chain->lufs;
    return qm_measured(strip->chain->lufs.value +
                       qm_decided(mix, 0, "%s.fader.gain", strip->name));
}

/* In milliseconds, without a space: it is a part of an address. */
void qm_mix_position(double seconds, QmText *text)
{
    char number[QM_NUMBER_TEXT];
    qm_number_text((double)(int64_t)(seconds * 1000 + 0.5) / 1000, number);
    qm_text_add(text, number);
    qm_text_add(text, "s");
}
