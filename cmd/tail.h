/* How a render ends: a length that was asked for is kept; else the silence at the end of
 * the last tail is left out. */
#ifndef QM_CMD_TAIL_H
#define QM_CMD_TAIL_H

#include "cmd/load.h"
#include "render/trim.h"

/* Whether the session leaves it to the processors how long its tail is. */
bool tail_open_ended(const Loaded *loaded);
/* Puts a trim in front of `n` outputs of a plan for `loaded`. It lives as long as
 * loaded->arena. Errors: QM_ERR_MEMORY. */
QmStatus tail_trim(Loaded *loaded, const QmPlan *plan, QmSink *outputs, uint32_t n,
                   QmTrim *trim, QmDiag *diag, QmSink *trimmed);

#endif
