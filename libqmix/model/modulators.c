/* A modulator moves numbers of strips that can be anywhere in their range: nothing that
 * shapes memory, nothing that only jumps, no number of a modulator (who moves whom could
 * run in a circle; automation moves those).
 *
 * An envelope hears sound that was made before what it moves. That no strip waits for
 * itself over others is for routes.c to see; within one strip the order is
 *
 *   params of the input, sends -> tap in -> inserts -> tap pre -> fader -> tap post
 */
#include "model/modulators.h"

#include "model/address.h"

static const char *route_path(const QmSession *session, const QmModulator *modulator,
                              uint32_t route)
{
    QmText text;
    qm_text_init(&text, session->arena);
    qm_text_printf(&text, "modulators.%s.to.%u", modulator->name, route + 1);
    return text.failed ? NULL : text.data;
}

uint16_t qm_target_acts_in(const QmSession *session, QmTarget target)
{
    return target.slot >= QM_SLOT_SEND
               ? session->strips[target.strip].sends[target.slot - QM_SLOT_SEND].bus
               : target.strip;
}

/* Whether a strip can hear itself at the modulator's tap in time to move the target. */
static bool heard_before(const QmModulator *modulator, QmTarget target)
{
    const int index = qm_mod_find_param(modulator->source, "tap");
    const uint32_t tap = (uint32_t)modulator->params[index];
    if (target.slot == QM_SLOT_FADER)
        return tap != QM_MOD_TAP_POST;
    return tap == QM_MOD_TAP_IN && target.slot >= QM_SLOT_INSERT &&
           target.slot < QM_SLOT_SEND;
}

static QmStatus check_hearing(const QmSession *session, QmDiag *diag,
                              const QmModulator *modulator, uint32_t index)
{
    const QmRoute *route = &modulator->routes[index];
    if (!(modulator->source->flags & QM_MOD_LISTENS) ||
        qm_target_acts_in(session, route->target) != modulator->strip ||
        heard_before(modulator, route->target))
        return QM_OK;
    return qm_fail(
        diag, QM_ERR_INPUT, route->place, route_path(session, modulator, index),
        "'%s' is heard behind what is to be moved: of a strip itself, 'tap: in' "
        "moves its inserts, 'tap: pre' its fader",
        session->strips[modulator->strip].name);
}

static QmStatus check_route(const QmSession *session, QmDiag *diag,
                            const QmModulator *modulator, uint32_t index)
{
    const QmRoute *route = &modulator->routes[index];
    const char *path = route_path(session, modulator, index);
    if (qm_target_is_modulator(route->target))
        return qm_fail(diag, QM_ERR_INPUT, route->place, path,
                       "a modulator moves strips; automation moves the modulators' "
                       "numbers");
    const QmParam *row = qm_address_param(session, route->target);
    if (row->flags & QM_PARAM_STRUCTURAL)
        return qm_fail(diag, QM_ERR_INPUT, route->place, path,
                       "'%s' is fixed for a render and cannot be modulated", row->name);
    if (row->kind != QM_PARAM_NUMBER)
        return qm_fail(diag, QM_ERR_INPUT, route->place, path,
                       "'%s' only jumps and cannot be modulated", row->name);
    return check_hearing(session, diag, modulator, index);
}

/* What an edit may have left out. */
static QmStatus check_source(const QmSession *session, QmDiag *diag,
                             const QmModulator *modulator)
{
    const QmModDesc *source = modulator->source;
    const bool hears = source->flags & (QM_MOD_LISTENS | QM_MOD_GATED);
    const bool no_list = source->group_name && modulator->n_groups == 0;
    const bool no_notes = (source->flags & QM_MOD_GATED) && modulator->strip != QM_NONE &&
                          !session->strips[modulator->strip].input.generator;
    const char *missing = hears && modulator->strip == QM_NONE ? "strip"
                          : no_list                            ? source->group_name
                          : modulator->n_routes == 0           ? "to"
                                                               : NULL;
    QmText text;
    if (!missing && !no_notes)
        return QM_OK;
    qm_text_init(&text, session->arena);
    qm_text_printf(&text, "modulators.%s", modulator->name);
    const char *path = text.failed ? NULL : text.data;
    return missing ? qm_fail(diag, QM_ERR_INPUT, modulator->place, path,
                             "'%s' is missing", missing)
                   : qm_fail(diag, QM_ERR_INPUT, modulator->place, path,
                             "'%s' is no source: it has no notes",
                             session->strips[modulator->strip].name);
}

QmStatus qm_modulators_check(const QmSession *session, QmDiag *diag)
{
    QmStatus status = QM_OK;
    for (uint32_t i = 0; status == QM_OK && i < session->n_modulators; i++) {
        const QmModulator *modulator = &session->modulators[i];
        status = check_source(session, diag, modulator);
        for (uint32_t k = 0; status == QM_OK && k < modulator->n_routes; k++)
            status = check_route(session, diag, modulator, k);
    }
    return status;
}
