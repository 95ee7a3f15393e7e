/* What an edit names and the session has not: made in its place, at its defaults.
 *
 * Buses stand behind the others and before the master, inserts behind the session's own
 * and among those that were made in the order of the table; so whoever says "strip 7" or
 * "insert 3" has to be told. Strips are named by sends, keys, lanes, modulators and their
 * routes (patterns name sources, which do not move); inserts by lanes and routes.
 *
 * Groups between that nobody named are made at rest, and wake when they are named. */
#include "model/edit_parts.h"

#include "model/address.h"

#include <string.h>

/* --- strips ------------------------------------------------------------------------- */

static void move_strip(uint16_t *strip, uint16_t from)
{
    *strip = (uint16_t)(*strip + (*strip != QM_NONE && *strip >= from));
}

static void move_target_strip(QmTarget *target, uint16_t from)
{
    if (!qm_target_is_modulator(*target)) {
        move_strip(&target->strip, from);
    }
}

/* All strips from `from` on have moved by one. */
static void move_strips(QmSession *session, uint16_t from)
{
    for (uint32_t i = 0; i < session->n_strips; i++) {
        QmStrip *strip = &session->strips[i];
        move_strip(&strip->to, from);
        for (uint32_t k = 0; k < strip->n_sends; k++) {
            move_strip(&strip->sends[k].bus, from);
        }
        for (uint32_t k = 0; k < strip->n_inserts; k++) {
            move_strip(&strip->inserts[k].key, from);
        }
    }
    for (uint32_t i = 0; i < session->n_lanes; i++) {
        move_target_strip(&session->lanes[i].target, from);
    }
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        QmModulator *modulator = &session->modulators[i];
        move_strip(&modulator->strip, from);
        for (uint32_t k = 0; k < modulator->n_routes; k++) {
            move_target_strip(&modulator->routes[k].target, from);
        }
    }
}

QmStatus qm_edit_make_bus(QmSession *session, const QmWords *words, uint16_t *index)
{
    const uint32_t n = session->n_strips;
    if (n >= QM_MAX_STRIPS) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "a session has at most %d strips", QM_MAX_STRIPS);
    }
    QmStrip *strips =
        qm_arena_grow(session->arena, session->strips, n, n + 1, sizeof *strips);
    const char *name = qm_arena_strdup(session->arena, words->word[0]);
    if (!strips || !name) {
        return qm_fail_memory(words->diag);
    }
    const uint16_t at = (uint16_t)(n - 1);
    strips[n] = strips[at];
    session->strips = strips;
    session->n_strips = n + 1;
    move_strips(session, at);
    qm_strip_init(&strips[at], name, QM_STRIP_BUS);
    strips[at].to = (uint16_t)n;
    strips[at].place = words->place;
    *index = at;
    return QM_OK;
}

/* --- inserts ------------------------------------------------------------------------ */

uint32_t qm_edit_insert(const QmStrip *strip, const char *name)
{
    uint32_t i = 0;
    while (i < strip->n_inserts && !qm_same(strip->inserts[i].name, name)) {
        i++;
    }
    return i;
}

static bool comes_before(const QmInsert *insert, const QmEditSlot *slot)
{
    for (const QmEditSlot *at = qm_edit_slots; insert->made && at < slot; at++) {
        if (qm_same(at->slot, insert->name)) {
            return true;
        }
    }
    return !insert->made;
}

static void move_slot(QmTarget *target, uint16_t strip, uint16_t from)
{
    if (target->strip == strip && target->slot >= from && target->slot < QM_SLOT_SEND) {
        target->slot++;
    }
}

/* The slots of a strip from `from` on have moved by one. */
static void move_slots(QmSession *session, uint16_t strip, uint16_t from)
{
    for (uint32_t i = 0; i < session->n_lanes; i++) {
        move_slot(&session->lanes[i].target, strip, from);
    }
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        const QmModulator *modulator = &session->modulators[i];
        for (uint32_t k = 0; k < modulator->n_routes; k++) {
            move_slot(&modulator->routes[k].target, strip, from);
        }
    }
}

static QmStatus make_insert(QmSession *session, const QmWords *words, QmEditFound *found)
{
    QmStrip *strip = &session->strips[found->target.strip];
    const QmProcDesc *proc = qm_proc_find(found->slot->proc);
    const uint32_t n = strip->n_inserts;
    if (n >= QM_MAX_INSERTS) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "a strip has at most %d inserts", QM_MAX_INSERTS);
    }
    QmInsert *inserts =
        qm_arena_grow(session->arena, strip->inserts, n, n + 1, sizeof *inserts);
    double *params = QM_NEW_ARRAY(session->arena, double, qm_proc_n_params(proc, 0));
    if (!inserts || !params) {
        return qm_fail_memory(words->diag);
    }
    uint32_t at = 0;
    while (at < n && comes_before(&inserts[at], found->slot)) {
        at++;
    }
    memmove(inserts + at + 1, inserts + at, (n - at) * sizeof *inserts);
    qm_proc_defaults(proc, 0, params);
    inserts[at] = (QmInsert){.name = found->slot->slot,
                             .proc = proc,
                             .params = params,
                             .key = QM_NONE,
                             .made = true,
                             .place = words->place};
    strip->inserts = inserts;
    strip->n_inserts = n + 1;
    found->target.slot = (uint16_t)(QM_SLOT_INSERT + at);
    move_slots(session, found->target.strip, found->target.slot);
    return QM_OK;
}

/* --- groups ------------------------------------------------------------------------- */

int qm_edit_rest(const QmProcDesc *proc, double *value)
{
    static const char *const rows[] = {"on", "bypass"};
    int found = -1;
    for (uint32_t k = 0; k < QM_COUNT(rows); k++) {
        for (uint32_t i = 0; i < proc->n_group; i++) {
            if (qm_same(proc->group[i].name, rows[k])) {
                found = (int)i;
                *value = k;
            }
        }
    }
    return found;
}

static double *group_of(const QmInsert *insert, uint32_t group)
{
    return insert->params + insert->proc->n_params + (group - 1) * insert->proc->n_group;
}

static void wake(QmInsert *insert, uint32_t group)
{
    double value;
    const uint32_t bit = UINT32_C(1) << (group - 1);
    const int row = qm_edit_rest(insert->proc, &value);
    if ((insert->idle & bit) && row >= 0) {
        group_of(insert, group)[row] = insert->proc->group[row].def;
    }
    insert->idle &= ~bit;
}

static QmStatus make_groups(QmSession *session, const QmWords *words, QmInsert *insert,
                            uint32_t group)
{
    const QmProcDesc *proc = insert->proc;
    const uint32_t had = insert->n_groups;
    double value;
    if (group > had) {
        double *params =
            QM_NEW_ARRAY(session->arena, double, qm_proc_n_params(proc, group));
        if (!params) {
            return qm_fail_memory(words->diag);
        }
        qm_proc_defaults(proc, group, params);
        memcpy(params, insert->params, qm_proc_n_params(proc, had) * sizeof *params);
        insert->params = params;
        insert->n_groups = group;
    }
    const int row = qm_edit_rest(proc, &value);
    for (uint32_t i = had + 1; row >= 0 && i <= group; i++) {
        group_of(insert, i)[row] = value;
        insert->idle |= UINT32_C(1) << (i - 1);
    }
    wake(insert, group);
    return QM_OK;
}

static QmStatus make_slot(QmSession *session, const QmWords *words, QmEditFound *found)
{
    const QmStatus status = found->slot ? make_insert(session, words, found) : QM_OK;
    if (status != QM_OK || found->group == 0) {
        return status;
    }
    QmStrip *strip = &session->strips[found->target.strip];
    return make_groups(session, words,
                       &strip->inserts[found->target.slot - QM_SLOT_INSERT],
                       found->group);
}

/* --- sends -------------------------------------------------------------------------- */

static QmStatus make_send(QmSession *session, const QmWords *words, QmEditFound *found)
{
    QmStrip *strip = &session->strips[found->target.strip];
    const uint32_t n = strip->n_sends;
    if (found->what.exists || found->target.slot < QM_SLOT_SEND + n) {
        return QM_OK;
    }
    if (n >= QM_MAX_SENDS) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "a strip has at most %d sends", QM_MAX_SENDS);
    }
    QmSend *sends = qm_arena_grow(session->arena, strip->sends, n, n + 1, sizeof *sends);
    if (!sends) {
        return qm_fail_memory(words->diag);
    }
    sends[n] =
        (QmSend){.bus = found->bus, .level_db = qm_send_param.def, .place = words->place};
    strip->sends = sends;
    strip->n_sends = n + 1;
    return QM_OK;
}

/* --- modulators --------------------------------------------------------------------- */

static QmStatus make_modulator(QmSession *session, const QmWords *words,
                               QmEditFound *found)
{
    const uint32_t n = session->n_modulators;
    if (n >= QM_MAX_MODULATORS) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "a session has at most %d modulators", QM_MAX_MODULATORS);
    }
    QmModulator *modulators =
        qm_arena_grow(session->arena, session->modulators, n, n + 1, sizeof *modulators);
    double *params = QM_NEW_ARRAY(session->arena, double, found->source->n_params);
    const char *name = qm_arena_strdup(session->arena, words->word[0]);
    if (!modulators || !params || !name) {
        return qm_fail_memory(words->diag);
    }
    qm_mod_defaults(found->source, 0, params);
    modulators[n] = (QmModulator){.name = name,
                                  .source = found->source,
                                  .params = params,
                                  .strip = QM_NONE,
                                  .place = words->place};
    session->modulators = modulators;
    session->n_modulators = n + 1;
    found->target.strip = (uint16_t)n;
    return QM_OK;
}

static QmStatus make_source(QmSession *session, const QmWords *words, QmEditFound *found)
{
    const QmStatus status =
        found->target.strip == QM_NONE ? make_modulator(session, words, found) : QM_OK;
    if (status != QM_OK) {
        return status;
    }
    QmModulator *modulator = &session->modulators[found->target.strip];
    const QmModDesc *source = modulator->source;
    if (found->group <= modulator->n_groups) {
        return QM_OK;
    }
    double *params =
        QM_NEW_ARRAY(session->arena, double, source->n_params + found->group);
    if (!params) {
        return qm_fail_memory(words->diag);
    }
    qm_mod_defaults(source, found->group, params);
    memcpy(params, modulator->params,
           (source->n_params + modulator->n_groups) * sizeof *params);
    modulator->params = params;
    modulator->n_groups = found->group;
    return QM_OK;
}

static QmStatus make_route(QmSession *session, const QmWords *words, QmEditFound *found)
{
    QmModulator *modulator = &session->modulators[found->target.strip];
    const uint32_t n = modulator->n_routes;
    if (found->what.exists) {
        return QM_OK;
    }
    QmRoute *routes =
        qm_arena_grow(session->arena, modulator->routes, n, n + 1, sizeof *routes);
    if (!routes) {
        return qm_fail_memory(words->diag);
    }
    modulator->routes = routes;
    modulator->n_routes = n + 1;
    return QM_OK;
}

QmStatus qm_edit_make(QmSession *session, const QmWords *words, QmEditFound *found)
{
    switch (found->thing) {
    case QM_EDIT_TO:
        return found->what.exists
                   ? QM_OK
                   : qm_edit_make_bus(session, words, &found->target.strip);
    case QM_EDIT_KEY:
    case QM_EDIT_INSERT:
        return make_slot(session, words, found);
    case QM_EDIT_SEND:
        return make_send(session, words, found);
    case QM_EDIT_SOURCE:
    case QM_EDIT_SOURCE_STRIP:
        return make_source(session, words, found);
    case QM_EDIT_ROUTE_PARAM:
        return make_route(session, words, found);
    default:
        return QM_OK;
    }
}
