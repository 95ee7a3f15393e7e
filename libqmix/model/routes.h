/* Who feeds whom: destinations of the right kind, output pairs apart, no cycle. A part of
 * qm_session_validate. */
#ifndef QM_MODEL_ROUTES_H
#define QM_MODEL_ROUTES_H

#include "model/session.h"

/* Errors: QM_ERR_INPUT with the cycle named. Warnings: buses nobody feeds. */
QmStatus qm_routes_check(const QmSession *session, QmDiag *diag);

#endif
