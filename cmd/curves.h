/* Target curves as the command line names them. */
#ifndef QM_CMD_CURVES_H
#define QM_CMD_CURVES_H

#include "formats/curves_yaml.h"

/* Their names and sources, on standard output. Errors: those of reading them. */
QmStatus curves_print(QmArena *arena, QmDiag *diag);

/* The curve called `name`; NULL for NULL. Errors: QM_ERR_INPUT, with what was probably
 * meant, if there is none; those of reading them. */
QmStatus curves_choose(const char *name, QmArena *arena, QmDiag *diag,
                       const QmTargetCurve **curve);

#endif
