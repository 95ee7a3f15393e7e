/* An address is words parted by dots:  STRIP.SLOT.PARAM
 *
 *   slot    fader | the generator's name | an insert's name | send
 *   param   a row's name; in a group: its number from 1 and the row's name (`eq.2.gain`);
 *           behind `send`: the bus
 *
 * or MODULATOR.SOURCE.PARAM, MODULATOR.NUMBER.PARAM: a number of the modulator's own, or
 * one of how far it moves its targets, which are counted from 1.
 *
 * Names hold no dots and are no numbers, slots of one strip differ (validate sees to it),
 * and numbers have no leading zeros, so an address has one spelling and parse(print(t))
 * == t. */
#include "model/address.h"

#include "model/address_words.h"

#include <string.h>

static QmStatus no_groups(const QmWords *words)
{
    return words->n == 3 ? QM_OK
                         : qm_words_unknown(words, "parameter", words->word[3], NULL, 0);
}

static QmStatus parse_send(const QmWords *words, const QmStrip *strip, QmTarget *target)
{
    const char *names[QM_MAX_SENDS];
    for (uint32_t i = 0; i < strip->n_sends; i++) {
        names[i] = words->session->strips[strip->sends[i].bus].name;
        if (qm_same(names[i], words->word[2])) {
            target->slot = (uint16_t)(QM_SLOT_SEND + i);
            target->param = 0;
            return no_groups(words);
        }
    }
    return qm_words_unknown(words, "send", words->word[2], names, strip->n_sends);
}

static QmStatus parse_fader(const QmWords *words, QmTarget *target)
{
    const char *name = words->word[2];
    if (qm_same(name, "solo") || qm_same(name, "solo-safe")) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "'%s' belongs to the whole session and has no address", name);
    }
    target->slot = QM_SLOT_FADER;
    const QmStatus status =
        qm_words_row(words, qm_fader_params, QM_FADER_PARAMS, name, &target->param);
    return status == QM_OK ? no_groups(words) : status;
}

static QmStatus parse_insert(const QmWords *words, const QmInsert *insert,
                             QmTarget *target)
{
    const QmProcDesc *proc = insert->proc;
    if (words->n == 3) {
        return qm_words_row(words, proc->params, proc->n_params, words->word[2],
                            &target->param);
    }
    const uint32_t group = qm_words_number(words->word[2]);
    if (insert->n_groups == 0) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "'%s' has no %s", insert->name,
                       proc->group_name ? proc->group_name : "numbered parts");
    }
    if (group == 0 || group > insert->n_groups) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "'%s' has %s 1 to %u, there is no '%s'", insert->name,
                       proc->group_name, insert->n_groups, words->word[2]);
    }
    const QmStatus status =
        qm_words_row(words, proc->group, proc->n_group, words->word[3], &target->param);
    target->param =
        (uint16_t)(target->param + proc->n_params + (group - 1) * proc->n_group);
    return status;
}

static QmStatus parse_slot(const QmWords *words, const QmStrip *strip, QmTarget *target)
{
    const char *slot = words->word[1];
    const char *names[QM_MAX_INSERTS + 3] = {"fader", "send"};
    uint32_t n = 2;
    if (qm_same(slot, "fader")) {
        return parse_fader(words, target);
    }
    if (qm_same(slot, "send")) {
        return parse_send(words, strip, target);
    }
    const QmGenDesc *generator = strip->input.generator;
    if (generator) {
        names[n++] = generator->name;
    }
    if (generator && qm_same(slot, generator->name)) {
        target->slot = QM_SLOT_INPUT;
        const QmStatus status =
            qm_words_row(words, generator->params, generator->n_params, words->word[2],
                         &target->param);
        return status == QM_OK ? no_groups(words) : status;
    }
    for (uint32_t i = 0; i < strip->n_inserts; i++) {
        if (qm_same(slot, strip->inserts[i].name)) {
            target->slot = (uint16_t)(QM_SLOT_INSERT + i);
            return parse_insert(words, &strip->inserts[i], target);
        }
        names[n++] = strip->inserts[i].name;
    }
    return qm_words_unknown(words, "slot", slot, names, n);
}

/* --- modulators: NAME.SOURCE.PARAM and NAME.NUMBER.amount -------------------------- */

static QmStatus parse_source(const QmWords *words, const QmModulator *modulator,
                             QmTarget *target)
{
    const QmModDesc *source = modulator->source;
    target->slot = QM_SLOT_SOURCE;
    if (words->n == 3) {
        return qm_words_row(words, source->params, source->n_params, words->word[2],
                            &target->param);
    }
    const uint32_t group = qm_words_number(words->word[2]);
    if (group == 0 || group > modulator->n_groups) {
        return source->group_name
                   ? qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                             "'%s' has %s 1 to %u, there is no '%s'", modulator->name,
                             source->group_name, modulator->n_groups, words->word[2])
                   : qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                             "'%s' has no numbered parts", source->name);
    }
    const QmStatus status =
        qm_words_row(words, source->group, 1, words->word[3], &target->param);
    target->param = (uint16_t)(source->n_params + group - 1);
    return status;
}

static QmStatus parse_route(const QmWords *words, const QmModulator *modulator,
                            uint32_t number, QmTarget *target)
{
    if (number > modulator->n_routes) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "'%s' has targets 1 to %u, there is no '%s'", modulator->name,
                       modulator->n_routes, words->word[1]);
    }
    const QmRoute *route = &modulator->routes[number - 1];
    const uint32_t first = route->sets ? QM_ROUTE_FROM : QM_ROUTE_AMOUNT;
    target->slot = (uint16_t)(QM_SLOT_ROUTE + number - 1);
    const QmStatus status = qm_words_row(words, route->rows + first, route->sets ? 2 : 1,
                                         words->word[2], &target->param);
    target->param = (uint16_t)(target->param + first);
    return status == QM_OK ? no_groups(words) : status;
}

static QmStatus parse_modulator(const QmWords *words, const QmModulator *modulator,
                                QmTarget *target)
{
    const char *slot = words->word[1];
    const uint32_t number = qm_words_number(slot);
    if (number != 0) {
        return parse_route(words, modulator, number, target);
    }
    if (qm_same(slot, modulator->source->name)) {
        return parse_source(words, modulator, target);
    }
    return qm_words_unknown(words, "slot", slot, &modulator->source->name, 1);
}

QmStatus qm_words_target(const QmWords *words, QmTarget *target)
{
    const QmSession *session = words->session;
    QmTarget found = {0};
    QmStatus status;
    if (words->n < 3) {
        return qm_words_malformed(words);
    }
    found.strip = qm_session_strip(session, words->word[0]);
    if (found.strip != QM_NONE) {
        status = parse_slot(words, &session->strips[found.strip], &found);
    } else {
        found.strip = qm_session_modulator(session, words->word[0]);
        status = found.strip == QM_NONE
                     ? qm_words_unknown_owner(words)
                     : parse_modulator(words, &session->modulators[found.strip], &found);
    }
    if (status == QM_OK) {
        *target = found;
    }
    return status;
}

QmStatus qm_address_parse(const QmSession *session, const char *address, QmPlace place,
                          QmDiag *diag, QmTarget *target)
{
    QmWords words = {.session = session,
                     .place = place,
                     .address = address,
                     .diag = diag};
    const QmStatus status = qm_words_split(&words, strlen(address));
    return status == QM_OK ? qm_words_target(&words, target) : status;
}

static bool is_insert(QmTarget target)
{
    return target.slot >= QM_SLOT_INSERT && target.slot < QM_SLOT_SEND;
}

static void print_modulator(const QmModulator *modulator, QmTarget target, QmText *text)
{
    const uint32_t n_params = modulator->source->n_params;
    qm_text_add(text, modulator->name);
    if (target.slot >= QM_SLOT_ROUTE) {
        qm_text_printf(text, ".%u.", target.slot - QM_SLOT_ROUTE + 1);
        qm_text_add(
            text, modulator->routes[target.slot - QM_SLOT_ROUTE].rows[target.param].name);
        return;
    }
    qm_text_printf(text, ".%s.", modulator->source->name);
    if (target.param >= n_params) {
        qm_text_printf(text, "%u.", target.param - n_params + 1);
    }
    qm_text_add(text, qm_mod_param(modulator->source, target.param)->name);
}

void qm_address_print(const QmSession *session, QmTarget target, QmText *text)
{
    if (qm_target_is_modulator(target)) {
        print_modulator(&session->modulators[target.strip], target, text);
        return;
    }
    const QmStrip *strip = &session->strips[target.strip];
    qm_text_add(text, strip->name);
    if (target.slot >= QM_SLOT_SEND) {
        const QmSend *send = &strip->sends[target.slot - QM_SLOT_SEND];
        qm_text_add(text, ".send.");
        qm_text_add(text, session->strips[send->bus].name);
        return;
    }
    const char *slot = "fader";
    uint32_t group = 0;
    if (is_insert(target)) {
        const QmInsert *insert = &strip->inserts[target.slot - QM_SLOT_INSERT];
        slot = insert->name;
        if (target.param >= insert->proc->n_params) {
            group = 1 + (target.param - insert->proc->n_params) / insert->proc->n_group;
        }
    } else if (target.slot == QM_SLOT_INPUT) {
        slot = strip->input.generator->name;
    }
    qm_text_add(text, ".");
    qm_text_add(text, slot);
    if (group != 0) {
        qm_text_printf(text, ".%u", group);
    }
    qm_text_add(text, ".");
    qm_text_add(text, qm_address_param(session, target)->name);
}

const QmParam *qm_address_param(const QmSession *session, QmTarget target)
{
    if (qm_target_is_modulator(target)) {
        const QmModulator *modulator = &session->modulators[target.strip];
        return target.slot == QM_SLOT_SOURCE
                   ? qm_mod_param(modulator->source, target.param)
                   : &modulator->routes[target.slot - QM_SLOT_ROUTE].rows[target.param];
    }
    const QmStrip *strip = &session->strips[target.strip];
    if (target.slot >= QM_SLOT_SEND) {
        return &qm_send_param;
    }
    if (is_insert(target)) {
        return qm_proc_param(strip->inserts[target.slot - QM_SLOT_INSERT].proc,
                             target.param);
    }
    return target.slot == QM_SLOT_INPUT ? &strip->input.generator->params[target.param]
                                        : &qm_fader_params[target.param];
}

/* The double that a target is, or NULL for the one that is no double: mute. */
static double *value_of(const QmSession *session, QmTarget target)
{
    if (qm_target_is_modulator(target)) {
        QmModulator *modulator = &session->modulators[target.strip];
        return target.slot == QM_SLOT_SOURCE
                   ? &modulator->params[target.param]
                   : &modulator->routes[target.slot - QM_SLOT_ROUTE].params[target.param];
    }
    QmStrip *strip = &session->strips[target.strip];
    if (target.slot >= QM_SLOT_SEND) {
        return &strip->sends[target.slot - QM_SLOT_SEND].level_db;
    }
    if (is_insert(target)) {
        return &strip->inserts[target.slot - QM_SLOT_INSERT].params[target.param];
    }
    if (target.slot == QM_SLOT_INPUT) {
        return &strip->input.params[target.param];
    }
    double *const fader[QM_FADER_PARAMS] = {
        [QM_FADER_GAIN] = &strip->fader.gain_db,
        [QM_FADER_PAN] = &strip->fader.pan,
        [QM_FADER_WIDTH] = &strip->fader.width,
        [QM_FADER_MUTE] = NULL,
    };
    return fader[target.param];
}

double qm_address_get(const QmSession *session, QmTarget target)
{
    const double *value = value_of(session, target);
    return value ? *value : session->strips[target.strip].fader.mute;
}

void qm_address_set(QmSession *session, QmTarget target, double value)
{
    double *place = value_of(session, target);
    if (place) {
        *place = value;
    } else {
        session->strips[target.strip].fader.mute = value != 0;
    }
}

QmStatus qm_address_assign(QmSession *session, const char *assignment, QmDiag *diag)
{
    const QmPlace nowhere = {0};
    const char *equals = strchr(assignment, '=');
    QmTarget target;
    double value;
    if (!equals) {
        return qm_fail_plain(diag, QM_ERR_INPUT, "expected ADDRESS=VALUE, found '%s'",
                             assignment);
    }
    const char *address =
        qm_arena_strndup(session->arena, assignment, (size_t)(equals - assignment));
    if (!address) {
        return qm_fail_memory(diag);
    }
    QmStatus status = qm_address_parse(session, address, nowhere, diag, &target);
    if (status == QM_OK) {
        status = qm_param_parse(qm_address_param(session, target), equals + 1, nowhere,
                                address, diag, &value);
    }
    if (status == QM_OK) {
        qm_address_set(session, target, value);
    }
    return status;
}
