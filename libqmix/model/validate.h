/* What no single field can know: names resolve to the right kind, routes have no cycle, a
 * key is not its own strip, outputs do not collide, points are in order. One place, after
 * parsing and after overrides. */
#ifndef QM_MODEL_VALIDATE_H
#define QM_MODEL_VALIDATE_H

#include "model/session.h"

/* Errors: QM_ERR_INPUT with place and key path. Warnings: sounds nobody plays, buses
 * nobody feeds. */
QmStatus qm_session_validate(const QmSession *session, QmDiag *diag);

#endif
