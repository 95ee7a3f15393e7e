/* What a modulator may move and hear. A part of qm_session_validate. */
#ifndef QM_MODEL_MODULATORS_H
#define QM_MODEL_MODULATORS_H

#include "model/session.h"

/* Errors: QM_ERR_INPUT with place and key path. */
QmStatus qm_modulators_check(const QmSession *session, QmDiag *diag);

/* The strip where a param of a strip acts: a send's level acts in its bus. */
uint16_t qm_target_acts_in(const QmSession *session, QmTarget target);

#endif
