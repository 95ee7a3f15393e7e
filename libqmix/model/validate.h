/* What no single field can know: names are unique and well formed, routes have no cycle,
 * a key is not its own strip, outputs do not collide, what is automated can be and stays
 * in its range. One place, after parsing and after overrides. That automation, tempo and
 * meter stand in time order is the clock's and the timeline's to say, who know the
 * time. */
#ifndef QM_MODEL_VALIDATE_H
#define QM_MODEL_VALIDATE_H

#include "model/session.h"

/* Errors: QM_ERR_INPUT with place and key path. Warnings: sounds nobody plays, buses
 * nobody feeds. */
QmStatus qm_session_validate(const QmSession *session, QmDiag *diag);

#endif
