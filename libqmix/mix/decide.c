/* A rule's wish passes four gates: has something failed, did a user switch it off, does
 * the session have the insert by itself (what somebody wrote stands), did a user give
 * another value. What passes is an edit of the session and a line of the log. */
#include "mix/decide.h"

#include "mix/override.h"
#include "mix/quantum.h"
#include "model/address.h"

#include <string.h>

static bool failed(QmMix *mix, QmStatus status)
{
    if (status != QM_OK && mix->status == QM_OK)
        mix->status = status;
    return mix->status != QM_OK;
}

/* The address that a format makes; NULL: out of memory, or all is over anyway. */
static const char *address_of(QmMix *mix, const char *format, va_list list)
{
    QmText text;
    if (mix->status != QM_OK)
        return NULL;
    qm_text_init(&text, mix->arena);
    qm_text_vprintf(&text, format, list);
    if (text.failed)
        failed(mix, qm_fail_memory(mix->diag));
    return text.failed ? NULL : text.data;
}

/* ---- taking ---- */

static const char *copied(QmMix *mix, const char *text)
{
    const char *const copy = qm_arena_strdup(mix->arena, text ? text : "");
    if (!copy)
        failed(mix, qm_fail_memory(mix->diag));
    return copy;
}

bool qm_decision_take(QmMix *mix, const QmDecision *decision)
{
    const QmEdit edit = {decision->target, decision->value, decision->place};
    if (failed(mix, qm_edit(mix->session, &edit, mix->diag)))
        return false;
    QmDecision *taken = qm_log_find(&mix->log, decision->target);
    if (!taken)
        taken = qm_list_add(&mix->log.decisions, sizeof *taken, mix->arena);
    if (!taken)
        return !failed(mix, qm_fail_memory(mix->diag));
    *taken = *decision;
    taken->target = copied(mix, decision->target);
    taken->value = copied(mix, decision->value);
    taken->rule = copied(mix, decision->rule);
    taken->because = copied(mix, decision->because);
    return mix->status == QM_OK;
}

/* Whether the strip that an address begins with has its second word as an insert of its
 * own. */
static bool is_own_insert(const QmMix *mix, const char *address)
{
    const char *const dot = strchr(address, '.');
    if (!dot)
        return false;
    const size_t name = (size_t)(dot - address), slot = strcspn(dot + 1, ".@");
    for (uint32_t s = 0; s < mix->base->n_strips; s++) {
        const QmStrip *const strip = &mix->base->strips[s];
        if (strlen(strip->name) != name || memcmp(strip->name, address, name) != 0)
            continue;
        for (uint32_t i = 0; i < strip->n_inserts; i++)
            if (strlen(strip->inserts[i].name) == slot &&
                memcmp(strip->inserts[i].name, dot + 1, slot) == 0)
                return true;
    }
    return false;
}

static bool take(QmMix *mix, const QmRule *rule, const QmReason *reason,
                 const char *address, const char *value)
{
    const QmOverride *const user = qm_override_value(mix, address);
    return qm_decision_take(mix,
                            &(QmDecision){.stage = rule->stage,
                                          .target = address,
                                          .value = user ? user->value : value,
                                          .origin =
                                              user ? QM_ORIGIN_USER : reason->origin,
                                          .rule = user ? "override" : rule->id,
                                          .because = user ? user->why : reason->text.data,
                                          .place = user ? user->place : (QmPlace){0}});
}

/* Whether anything may be decided about `address`. */
static bool is_open(QmMix *mix, const QmRule *rule, const QmReason *reason,
                    const char *address)
{
    if (reason->text.failed)
        failed(mix, qm_fail_memory(mix->diag));
    return mix->status == QM_OK && !qm_override_off(mix, rule, address) &&
           !is_own_insert(mix, address);
}

static bool decide_number(QmMix *mix, const QmRule *rule, const QmReason *reason,
                          double value, double step, const char *address)
{
    QmEditWhat what;
    QmText text;
    if (!is_open(mix, rule, reason, address) ||
        failed(mix, qm_edit_what(mix->session, address, (QmPlace){0}, mix->diag, &what)))
        return false;
    if (!what.row)
        return !failed(mix, qm_fail_plain(mix->diag, QM_ERR_INPUT,
                                          "%s: %s takes a name, not a number", rule->id,
                                          address));
    qm_text_init(&text, mix->arena);
    qm_value_print(what.row, qm_quantum(what.row, value, step), &text);
    if (text.failed)
        return !failed(mix, qm_fail_memory(mix->diag));
    return take(mix, rule, reason, address, text.data);
}

bool qm_decide(QmMix *mix, const QmRule *rule, const QmReason *reason, double value,
               const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *const address = address_of(mix, format, list);
    va_end(list);
    return address && decide_number(mix, rule, reason, value, 0, address);
}

bool qm_decide_step(QmMix *mix, const QmRule *rule, const QmReason *reason, double value,
                    double step, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *const address = address_of(mix, format, list);
    va_end(list);
    return address && decide_number(mix, rule, reason, value, step, address);
}

bool qm_decide_word(QmMix *mix, const QmRule *rule, const QmReason *reason,
                    const char *value, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *const address = address_of(mix, format, list);
    va_end(list);
    return address && is_open(mix, rule, reason, address) &&
           take(mix, rule, reason, address, value);
}

/* ---- notes ---- */

static QmDecision *find_note(QmMix *mix, const QmRule *rule, const char *strip)
{
    QmDecision *const decisions = mix->log.decisions.items;
    for (size_t i = 0; i < mix->log.decisions.count; i++)
        if (qm_decision_is_note(&decisions[i]) && qm_same(decisions[i].rule, rule->id) &&
            qm_same(decisions[i].target, strip))
            return &decisions[i];
    return NULL;
}

void qm_note(QmMix *mix, const QmRule *rule, const QmReason *reason, const char *strip)
{
    if (!is_open(mix, rule, reason, strip))
        return;
    QmDecision *note = find_note(mix, rule, strip);
    if (!note)
        note = qm_list_add(&mix->log.decisions, sizeof *note, mix->arena);
    if (!note) {
        failed(mix, qm_fail_memory(mix->diag));
        return;
    }
    *note = (QmDecision){.stage = rule->stage,
                         .target = copied(mix, strip),
                         .value = "-",
                         .rule = rule->id,
                         .because = copied(mix, reason->text.data)};
}

/* ---- taking back ---- */

/* The session, made anew from what is left of the log. */
static void edit_again(QmMix *mix)
{
    mix->session = qm_session_copy(mix->base, mix->arena);
    if (!mix->session)
        failed(mix, qm_fail_memory(mix->diag));
    else
        failed(mix, qm_log_apply(&mix->log, mix->session, mix->diag));
}

void qm_take_back(QmMix *mix, const QmRule *rule, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *const address = address_of(mix, format, list);
    va_end(list);
    QmDecision *const decisions = mix->log.decisions.items;
    size_t kept = 0;
    const size_t count = mix->log.decisions.count;
    if (!address)
        return;
    for (size_t i = 0; i < count; i++)
        if (!qm_same(decisions[i].rule, rule->id) ||
            !qm_target_within(decisions[i].target, address))
            decisions[kept++] = decisions[i];
    mix->log.decisions.count = kept;
    if (kept < count)
        edit_again(mix);
}

/* ---- what stands ---- */

/* Where the address is in the session; false: there is no such thing. */
static bool find_value(const QmMix *mix, const char *address, double *value)
{
    QmDiag ignored = {.status = QM_OK};
    QmTarget target;
    if (qm_address_parse(mix->session, address, (QmPlace){0}, &ignored, &target) != QM_OK)
        return false;
    *value = qm_address_get(mix->session, target);
    return true;
}

double qm_decided(const QmMix *mix, double otherwise, const char *format, ...)
{
    va_list list;
    QmMix *const self = (QmMix *)mix; /* its arena and its failure are written */
    double value = otherwise;
    va_start(list, format);
    const char *const address = address_of(self, format, list);
    va_end(list);
    return address && find_value(mix, address, &value) ? value : otherwise;
}

bool qm_overruled(const QmMix *mix, const char *format, ...)
{
    va_list list;
    QmMix *const self = (QmMix *)mix;
    va_start(list, format);
    const char *const address = address_of(self, format, list);
    va_end(list);
    for (uint32_t i = 0; address && i < mix->n_overrides; i++)
        if (qm_same(mix->overrides[i].target, address) &&
            !qm_same(mix->overrides[i].value, "off"))
            return true;
    return false;
}

uint32_t qm_next_band(const QmMix *mix, const char *strip, const char *slot)
{
    const uint16_t at = qm_session_strip(mix->session, strip);
    if (at == QM_NONE)
        return 1;
    const QmStrip *const s = &mix->session->strips[at];
    for (uint32_t i = 0; i < s->n_inserts; i++)
        if (qm_same(s->inserts[i].name, slot))
            return s->inserts[i].n_groups + 1;
    return 1;
}
