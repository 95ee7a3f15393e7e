/* An edit is found (edit_find.c), its value read, what it needs made (edit_make.c), and
 * only then set: an edit that fails for what it says leaves the session as it was. */
#include "model/edit.h"

#include "model/address.h"
#include "model/edit_parts.h"

#include <string.h>

const QmEditSlot qm_edit_slots[] = {
    {"trim", "gain"},
    {"gate", "gate"},
    {"eq", "eq"},
    {"dynamic-eq", "dynamic-eq"},
    {"de-esser", "de-esser"},
    {"transient", "transient"},
    {"compressor", "compressor"},
    {"multiband", "multiband"},
    {"tape", "tape"},
    {"tube", "tube"},
    {"digital", "digital"},
    {"exciter", "exciter"},
    {"chorus", "chorus"},
    {"flanger", "flanger"},
    {"phaser", "phaser"},
    {"tremolo", "tremolo"},
    {"duck", "compressor"},
    {"ducker", "ducker"},
    {"filter", "filter"},
    {"delay", "delay"},
    {"reverb", "reverb"},
    {"image", "width"},
    {"haas", "haas"},
    {"mid-side", "mid-side"},
    {"mono-bass", "mono-bass"},
    {"level", "gain"},
    {"limiter", "limiter"},
};
const uint32_t qm_edit_slot_count = QM_COUNT(qm_edit_slots);

QmStatus qm_edit_what(const QmSession *session, const char *address, QmPlace place,
                      QmDiag *diag, QmEditWhat *what)
{
    QmWords words = {.session = session,
                     .place = place,
                     .address = address,
                     .diag = diag};
    QmEditFound found;
    const QmStatus status = qm_edit_find(&words, &found);
    if (status == QM_OK) {
        *what = found.what;
    }
    return status;
}

/* --- names -------------------------------------------------------------------------- */

static QmStatus find_strip(const QmWords *words, const char *name, uint16_t *strip)
{
    *strip = qm_session_strip(words->session, name);
    return *strip != QM_NONE ? QM_OK
                             : qm_fail_unknown_strip(words->session, words->diag,
                                                     words->place, words->address, name);
}

static QmStatus set_to(QmSession *session, const QmWords *words, QmEditFound *found,
                       const char *value)
{
    uint16_t to;
    QmStatus status = find_strip(words, value, &to);
    if (status == QM_OK) {
        status = qm_edit_make(session, words, found);
    }
    if (status == QM_OK) {
        /* a bus that was made is before the master, which may be where it goes */
        session->strips[found->target.strip].to = qm_session_strip(session, value);
    }
    return status;
}

static QmStatus set_role(QmSession *session, const QmWords *words,
                         const QmEditFound *found, const char *value)
{
    const char *role = qm_arena_strdup(session->arena, value);
    if (!qm_name_valid(value)) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "expected a role such as 'kick', found '%s'", value);
    }
    if (!role) {
        return qm_fail_memory(words->diag);
    }
    session->strips[found->target.strip].role = role;
    return QM_OK;
}

static QmStatus set_key(QmSession *session, const QmWords *words, QmEditFound *found,
                        const char *value)
{
    uint16_t key;
    QmStatus status = find_strip(words, value, &key);
    if (status == QM_OK && key == found->target.strip) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "'%s' cannot be its own key: without a 'key' it listens to itself",
                       value);
    }
    if (status == QM_OK) {
        status = qm_edit_make(session, words, found);
    }
    if (status == QM_OK) {
        const uint32_t slot = found->target.slot - QM_SLOT_INSERT;
        session->strips[found->target.strip].inserts[slot].key = key;
    }
    return status;
}

static QmStatus set_source_strip(QmSession *session, const QmWords *words,
                                 QmEditFound *found, const char *value)
{
    uint16_t strip;
    QmStatus status = find_strip(words, value, &strip);
    if (status == QM_OK) {
        status = qm_edit_make(session, words, found);
    }
    if (status == QM_OK) {
        session->modulators[found->target.strip].strip = strip;
    }
    return status;
}

/* A route to what is there already stays as it is; any other begins anew. */
static QmStatus set_route(QmSession *session, const QmWords *words, QmEditFound *found,
                          const char *value)
{
    QmWords param = {.session = session,
                     .place = words->place,
                     .address = value,
                     .diag = words->diag};
    QmEditFound moved;
    QmStatus status = qm_edit_find(&param, &moved);
    if (status == QM_OK && (moved.thing < QM_EDIT_PLAIN || moved.timed ||
                            qm_target_is_modulator(moved.target))) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "expected a parameter of a strip, found '%s'", value);
    }
    if (status == QM_OK) {
        status = qm_edit_make(session, &param, &moved);
    }
    if (status == QM_OK) {
        status = qm_edit_make(session, words, found);
    }
    if (status != QM_OK) {
        return status;
    }
    const QmTarget target = moved.target;
    QmRoute *route = &session->modulators[found->target.strip]
                          .routes[found->target.slot - QM_SLOT_ROUTE];
    if (!found->what.exists || route->target.strip != target.strip ||
        route->target.slot != target.slot || route->target.param != target.param) {
        qm_route_init(route, target, qm_address_param(session, target));
        route->place = words->place;
    }
    return QM_OK;
}

static QmStatus set_name(QmSession *session, const QmWords *words, QmEditFound *found,
                         const char *value)
{
    switch (found->thing) {
    case QM_EDIT_TO:
        return set_to(session, words, found, value);
    case QM_EDIT_ROLE:
        return set_role(session, words, found, value);
    case QM_EDIT_KEY:
        return set_key(session, words, found, value);
    case QM_EDIT_SOURCE_STRIP:
        return set_source_strip(session, words, found, value);
    default:
        return set_route(session, words, found, value);
    }
}

/* --- numbers ------------------------------------------------------------------------ */

static void set_number(QmSession *session, const QmEditFound *found, double value)
{
    const QmTarget target = found->target;
    QmStrip *strip =
        qm_target_is_modulator(target) ? NULL : &session->strips[target.strip];
    switch (found->thing) {
    case QM_EDIT_TEMPO:
        session->tempo[0].bpm = value;
        break;
    case QM_EDIT_WEIGHT:
        strip->weight_db = value;
        break;
    case QM_EDIT_SHARE:
        strip->share.on = value != 0;
        break;
    case QM_EDIT_SHARE_PARAM:
        strip->share.params[target.param] = value;
        break;
    case QM_EDIT_ROUTE_CURVE:
        session->modulators[target.strip].routes[target.slot - QM_SLOT_ROUTE].curve =
            (QmCurve)value;
        break;
    default:
        qm_address_set(session, target, value);
    }
}

/* An amount, or from and to: what is said last is what the route does. */
static void choose_ends(QmSession *session, const QmEditFound *found)
{
    if (found->thing == QM_EDIT_ROUTE) {
        const QmTarget target = found->target;
        session->modulators[target.strip].routes[target.slot - QM_SLOT_ROUTE].sets =
            target.param != QM_ROUTE_AMOUNT;
    }
}

/* "-2 dB exp": parts the curve from the value; `text` is the value alone then. */
static QmStatus read_curve(const QmWords *words, const QmParam *row, char *text,
                           QmCurve *curve)
{
    char *last = strrchr(text, ' ');
    *curve = qm_usual_curve(row);
    for (uint32_t i = 0; last && qm_curve_param.choices[i]; i++) {
        if (qm_same(last + 1, qm_curve_param.choices[i])) {
            *curve = (QmCurve)i;
            *last = '\0';
            break;
        }
    }
    if (row->kind != QM_PARAM_NUMBER && *curve != QM_CURVE_HOLD) {
        return qm_fail(words->diag, QM_ERR_INPUT, words->place, words->address,
                       "'%s' can only jump (curve: hold)", row->name);
    }
    return QM_OK;
}

static QmStatus set_value(QmSession *session, const QmWords *words, QmEditFound *found,
                          const char *value)
{
    const QmParam *row = found->what.row;
    QmPoint point = {.at = found->at};
    char *text = qm_arena_strdup(session->arena, value);
    if (!text) {
        return qm_fail_memory(words->diag);
    }
    QmStatus status = found->timed ? read_curve(words, row, text, &point.curve) : QM_OK;
    if (status == QM_OK) {
        status = qm_param_parse(row, text, words->place, words->address, words->diag,
                                &point.value);
    }
    if (status == QM_OK) {
        status = qm_edit_make(session, words, found);
    }
    if (status != QM_OK) {
        return status;
    }
    choose_ends(session, found);
    if (found->timed) {
        return qm_edit_point(session, found->target, point, words->place, words->diag);
    }
    set_number(session, found, point.value);
    return QM_OK;
}

/* --- edits -------------------------------------------------------------------------- */

QmStatus qm_edit(QmSession *session, const QmEdit *edit, QmDiag *diag)
{
    QmWords words = {.session = session,
                     .place = edit->place,
                     .address = edit->address,
                     .diag = diag};
    QmEditFound found;
    const QmStatus status = qm_edit_find(&words, &found);
    if (status != QM_OK) {
        return status;
    }
    return found.what.kind == QM_EDIT_NAME
               ? set_name(session, &words, &found, edit->value)
               : set_value(session, &words, &found, edit->value);
}

static bool may_make_bus(const char *address)
{
    const char *dot = strchr(address, '.');
    return dot && qm_same(dot, ".to");
}

static QmStatus make_bus(QmSession *session, const QmEdit *edit, QmDiag *diag)
{
    QmWords words = {.session = session,
                     .place = edit->place,
                     .address = edit->address,
                     .diag = diag};
    QmEditFound found;
    uint16_t index;
    const QmStatus status = qm_edit_find(&words, &found);
    return status == QM_OK && found.target.strip == QM_NONE
               ? qm_edit_make_bus(session, &words, &index)
               : status;
}

QmStatus qm_edit_all(QmSession *session, const QmEdit *edits, size_t n, QmDiag *diag)
{
    QmStatus status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < n; i++) {
        if (may_make_bus(edits[i].address)) {
            status = make_bus(session, &edits[i], diag);
        }
    }
    for (size_t i = 0; status == QM_OK && i < n; i++) {
        status = qm_edit(session, &edits[i], diag);
    }
    return status;
}
