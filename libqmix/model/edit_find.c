/* What an address of an edit names, whether the session has it or not. What is there for
 * sure is model/address's to find; here is what may be made (inserts of the table, bands,
 * sends, modulators, routes), and what is set but has no target (where a strip goes, a
 * key, a tempo). Nothing is changed. */
#include "model/edit_parts.h"

#include "model/address.h"
#include "model/position.h"

#include <string.h>

static const QmParam share_row = {.name = "gain-share",
                                  .help = "shares gain between the strips that feed it",
                                  .kind = QM_PARAM_SWITCH,
                                  .max = 1};

static QmStatus refuse(const QmWords *words, const char *why, const char *name)
{
    return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address, why, name);
}

static QmStatus names(QmEditFound *found, QmEditThing thing, bool exists)
{
    found->thing = thing;
    found->what = (QmEditWhat){.kind = QM_EDIT_NAME, .exists = exists};
    return QM_OK;
}

static QmStatus values(QmEditFound *found, QmEditThing thing, const QmParam *row,
                       bool exists)
{
    found->thing = thing;
    found->what = (QmEditWhat){.kind = QM_EDIT_VALUE, .row = row, .exists = exists};
    return QM_OK;
}

/* What address.c finds by itself. */
static QmStatus find_plain(const QmWords *words, QmEditFound *found)
{
    const QmStatus status = qm_words_target(words, &found->target);
    return status == QM_OK ? values(found, QM_EDIT_PLAIN,
                                    qm_address_param(words->session, found->target), true)
                           : status;
}

/* --- strips: to, role, weight, gain-share ------------------------------------------- */

static QmStatus find_to(const QmWords *words, const QmStrip *strip, QmEditFound *found)
{
    if (strip->kind == QM_STRIP_MASTER) {
        return refuse(words, "the %s goes to the output only", strip->name);
    }
    return names(found, QM_EDIT_TO, true);
}

static QmStatus find_role(const QmWords *words, const QmStrip *strip, QmEditFound *found)
{
    if (strip->kind != QM_STRIP_SOURCE) {
        return refuse(words, "'%s' is no source: it has no role", strip->name);
    }
    return names(found, QM_EDIT_ROLE, strip->role != NULL);
}

static QmStatus find_weight(const QmWords *words, const QmStrip *strip,
                            QmEditFound *found)
{
    if (strip->kind == QM_STRIP_MASTER) {
        return refuse(words, "the %s feeds no strip: it has no weight", strip->name);
    }
    return values(found, QM_EDIT_WEIGHT, &qm_weight_param, true);
}

static QmStatus find_share(const QmWords *words, const QmStrip *strip, QmEditFound *found)
{
    if (strip->kind == QM_STRIP_SOURCE) {
        return refuse(words, "'%s' is a source: buses and the master share gain",
                      strip->name);
    }
    if (words->n == 2) {
        return values(found, QM_EDIT_SHARE, &share_row, true);
    }
    const QmStatus status = qm_words_row(words, qm_share_params, QM_SHARE_PARAMS,
                                         words->word[2], &found->target.param);
    return status == QM_OK ? values(found, QM_EDIT_SHARE_PARAM,
                                    &qm_share_params[found->target.param], true)
                           : status;
}

typedef struct StripWord {
    const char *word;
    uint32_t max_words;
    QmStatus (*find)(const QmWords *words, const QmStrip *strip, QmEditFound *found);
} StripWord;
static const StripWord strip_words[] = {
    {"to", 2, find_to},
    {"role", 2, find_role},
    {"weight", 2, find_weight},
    {"gain-share", 3, find_share},
};

/* --- inserts ------------------------------------------------------------------------ */

static const QmEditSlot *find_slot(const char *name)
{
    for (uint32_t i = 0; i < qm_edit_slot_count; i++) {
        if (qm_same(qm_edit_slots[i].slot, name)) {
            return &qm_edit_slots[i];
        }
    }
    return NULL;
}

static QmStatus unknown_slot(const QmWords *words, const QmStrip *strip)
{
    const uint32_t most = 3 + QM_COUNT(strip_words) + strip->n_inserts;
    const char **known =
        QM_NEW_ARRAY(words->session->arena, const char *, most + qm_edit_slot_count);
    if (!known) {
        return qm_fail_memory(words->diag);
    }
    uint32_t n = 0;
    known[n++] = "fader";
    known[n++] = "send";
    if (strip->input.generator) {
        known[n++] = strip->input.generator->name;
    }
    for (uint32_t i = 0; i < strip->n_inserts; i++) {
        known[n++] = strip->inserts[i].name;
    }
    for (uint32_t i = 0; i < QM_COUNT(strip_words); i++) {
        known[n++] = strip_words[i].word;
    }
    for (uint32_t i = 0; i < qm_edit_slot_count; i++) {
        known[n++] = qm_edit_slots[i].slot;
    }
    return qm_words_unknown(words, "slot", words->word[1], known, n);
}

/* STRIP.SLOT.NUMBER.PARAM of a slot that an edit makes. */
static QmStatus find_band(const QmWords *words, const QmProcDesc *proc,
                          const QmInsert *insert, QmEditFound *found)
{
    found->group = qm_words_number(words->word[2]);
    if (proc->max_groups == 0) {
        return refuse(words, "'%s' has no numbered parts", words->word[1]);
    }
    if (found->group == 0 || found->group > proc->max_groups) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "'%s' has %s 1 to %u, there is no '%s'", words->word[1],
                       proc->group_name, proc->max_groups, words->word[2]);
    }
    const QmStatus status = qm_words_row(words, proc->group, proc->n_group,
                                         words->word[3], &found->target.param);
    if (status != QM_OK) {
        return status;
    }
    const QmParam *row = &proc->group[found->target.param];
    found->target.param = (uint16_t)(found->target.param + proc->n_params +
                                     (found->group - 1) * proc->n_group);
    const bool named = insert && found->group <= insert->n_groups &&
                       !(insert->idle >> (found->group - 1) & 1);
    return values(found, QM_EDIT_INSERT, row, named);
}

static QmStatus find_insert(const QmWords *words, const QmStrip *strip,
                            QmEditFound *found)
{
    const uint32_t index = qm_edit_insert(strip, words->word[1]);
    const QmInsert *insert = index < strip->n_inserts ? &strip->inserts[index] : NULL;
    found->slot = insert ? NULL : find_slot(words->word[1]);
    if (!insert && !found->slot) {
        return unknown_slot(words, strip);
    }
    const QmProcDesc *proc = insert ? insert->proc : qm_proc_find(found->slot->proc);
    found->target.slot = (uint16_t)(QM_SLOT_INSERT + index);
    if (words->n == 3 && qm_same(words->word[2], "key")) {
        return proc->flags & QM_PROC_KEYED
                   ? names(found, QM_EDIT_KEY, insert != NULL)
                   : refuse(words, "'%s' takes no 'key'", words->word[1]);
    }
    if (insert && !insert->made) {
        return find_plain(words, found);
    }
    if (words->n == 4) {
        return find_band(words, proc, insert, found);
    }
    const QmStatus status = qm_words_row(words, proc->params, proc->n_params,
                                         words->word[2], &found->target.param);
    return status == QM_OK ? values(found, QM_EDIT_INSERT,
                                    &proc->params[found->target.param], insert != NULL)
                           : status;
}

/* --- sends -------------------------------------------------------------------------- */

static QmStatus unknown_bus(const QmWords *words)
{
    const QmSession *session = words->session;
    const char **buses = QM_NEW_ARRAY(session->arena, const char *, session->n_strips);
    if (!buses) {
        return qm_fail_memory(words->diag);
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < session->n_strips; i++) {
        if (session->strips[i].kind == QM_STRIP_BUS) {
            buses[n++] = session->strips[i].name;
        }
    }
    return qm_words_unknown(words, "bus", words->word[2], buses, n);
}

static QmStatus find_send(const QmWords *words, const QmStrip *strip, QmEditFound *found)
{
    const QmSession *session = words->session;
    if (words->n != 3) {
        return qm_words_malformed(words);
    }
    found->bus = qm_session_strip(session, words->word[2]);
    if (found->bus == QM_NONE || session->strips[found->bus].kind != QM_STRIP_BUS) {
        return unknown_bus(words);
    }
    if (strip->kind == QM_STRIP_MASTER) {
        return refuse(words, "the %s has no sends", strip->name);
    }
    uint32_t i = 0;
    while (i < strip->n_sends && strip->sends[i].bus != found->bus) {
        i++;
    }
    found->target.slot = (uint16_t)(QM_SLOT_SEND + i);
    return values(found, QM_EDIT_SEND, &qm_send_param, i < strip->n_sends);
}

static QmStatus find_of_strip(const QmWords *words, const QmStrip *strip,
                              QmEditFound *found)
{
    const QmGenDesc *generator = strip->input.generator;
    for (uint32_t i = 0; words->n >= 2 && i < QM_COUNT(strip_words); i++) {
        const StripWord *word = &strip_words[i];
        if (qm_same(word->word, words->word[1]) && words->n <= word->max_words) {
            return word->find(words, strip, found);
        }
    }
    if (words->n < 3) {
        return qm_words_malformed(words);
    }
    if (qm_same(words->word[1], "send")) {
        return find_send(words, strip, found);
    }
    if (qm_same(words->word[1], "fader") ||
        (generator && qm_same(words->word[1], generator->name))) {
        return find_plain(words, found);
    }
    return find_insert(words, strip, found);
}

/* --- modulators --------------------------------------------------------------------- */

static QmStatus find_source(const QmWords *words, const QmModulator *modulator,
                            QmEditFound *found)
{
    const QmModDesc *source = found->source;
    const uint32_t n_groups = modulator ? modulator->n_groups : 0;
    found->target.slot = QM_SLOT_SOURCE;
    if (words->n == 3 && qm_same(words->word[2], "strip") &&
        (source->flags & (QM_MOD_LISTENS | QM_MOD_GATED))) {
        return names(found, QM_EDIT_SOURCE_STRIP, modulator != NULL);
    }
    if (words->n == 3) {
        const QmStatus status = qm_words_row(words, source->params, source->n_params,
                                             words->word[2], &found->target.param);
        return status == QM_OK
                   ? values(found, QM_EDIT_SOURCE, &source->params[found->target.param],
                            modulator != NULL)
                   : status;
    }
    found->group = qm_words_number(words->word[2]);
    if (found->group == 0 || found->group > source->max_groups) {
        return refuse(words, "'%s' has no such numbered part", source->name);
    }
    const QmStatus status =
        qm_words_row(words, source->group, 1, words->word[3], &found->target.param);
    found->target.param = (uint16_t)(source->n_params + found->group - 1);
    return status == QM_OK
               ? values(found, QM_EDIT_SOURCE, source->group, found->group <= n_groups)
               : status;
}

/* MODULATOR.NUMBER.param begins a route; then it has an amount or from, to and curve. */
static QmStatus find_route(const QmWords *words, const QmModulator *modulator,
                           uint32_t number, QmEditFound *found)
{
    const uint32_t n_routes = modulator->n_routes;
    if (words->n != 3) {
        return qm_words_malformed(words);
    }
    found->target.slot = (uint16_t)(QM_SLOT_ROUTE + number - 1);
    if (qm_same(words->word[2], "param")) {
        return number <= n_routes + 1 && number <= QM_MAX_ROUTES
                   ? names(found, QM_EDIT_ROUTE_PARAM, number <= n_routes)
                   : qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                             "the next target of '%s' is %u of at most %d",
                             modulator->name, n_routes + 1, QM_MAX_ROUTES);
    }
    if (number > n_routes) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "'%s' has no target %u: '%s.%u.param' comes first",
                       modulator->name, number, modulator->name, number);
    }
    if (qm_same(words->word[2], qm_route_curve_param.name)) {
        return values(found, QM_EDIT_ROUTE_CURVE, &qm_route_curve_param, true);
    }
    const QmParam *rows = modulator->routes[number - 1].rows;
    const QmStatus status =
        qm_words_row(words, rows, QM_ROUTE_PARAMS, words->word[2], &found->target.param);
    return status == QM_OK
               ? values(found, QM_EDIT_ROUTE, &rows[found->target.param], true)
               : status;
}

static QmStatus find_of_modulator(const QmWords *words, const QmModulator *modulator,
                                  QmEditFound *found)
{
    if (words->n < 3) {
        return qm_words_malformed(words);
    }
    const uint32_t number = qm_words_number(words->word[1]);
    if (number != 0) {
        return find_route(words, modulator, number, found);
    }
    found->source = modulator->source;
    return qm_same(words->word[1], modulator->source->name)
               ? find_source(words, modulator, found)
               : qm_words_unknown(words, "slot", words->word[1], &modulator->source->name,
                                  1);
}

/* --- who it belongs to -------------------------------------------------------------- */

/* An owner that is not there: a bus that is to be, or a modulator. */
static QmStatus find_new(const QmWords *words, QmEditFound *found)
{
    const bool bus = words->n == 2 && qm_same(words->word[1], "to");
    found->source = words->n >= 3 ? qm_mod_find(words->word[1]) : NULL;
    if (words->n == 1 || (!bus && !found->source)) {
        return words->n == 1 ? qm_words_malformed(words) : qm_words_unknown_owner(words);
    }
    if (!qm_name_valid(words->word[0])) {
        return refuse(words,
                      "expected a name of letters, digits, '_' and '-' that is no "
                      "number, found '%s'",
                      words->word[0]);
    }
    return bus ? names(found, QM_EDIT_TO, false) : find_source(words, NULL, found);
}

static QmStatus find_owner(const QmWords *words, QmEditFound *found)
{
    const QmSession *session = words->session;
    if (words->n == 1 && qm_same(words->word[0], "tempo")) {
        return values(found, QM_EDIT_TEMPO, &qm_tempo_param, true);
    }
    found->target.strip = qm_session_strip(session, words->word[0]);
    if (found->target.strip != QM_NONE) {
        return find_of_strip(words, &session->strips[found->target.strip], found);
    }
    found->target.strip = qm_session_modulator(session, words->word[0]);
    return found->target.strip != QM_NONE
               ? find_of_modulator(words, &session->modulators[found->target.strip],
                                   found)
               : find_new(words, found);
}

/* --- points ------------------------------------------------------------------------- */

static QmStatus find_point(const QmWords *words, const char *at, QmEditFound *found)
{
    if (found->thing < QM_EDIT_PLAIN) {
        return refuse(words, "'%s' cannot be automated", words->word[words->n - 1]);
    }
    if (!qm_position_parse(at, &found->at)) {
        return refuse(words, "expected a place such as 9, 5.3.2 or 12.5 s, found '%s'",
                      at);
    }
    found->timed = true;
    found->what.kind = QM_EDIT_POINT;
    found->what.exists =
        found->what.exists && qm_edit_has_point(words->session, found->target, found->at);
    return QM_OK;
}

QmStatus qm_edit_find(QmWords *words, QmEditFound *found)
{
    const size_t length = strcspn(words->address, "@");
    *found = (QmEditFound){.bus = QM_NONE};
    QmStatus status = qm_words_split(words, length);
    if (status == QM_OK) {
        status = find_owner(words, found);
    }
    return status == QM_OK && words->address[length] == '@'
               ? find_point(words, words->address + length + 1, found)
               : status;
}
