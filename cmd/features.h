/* The features of analysis/list.c as the command line names them. */
#ifndef QM_CMD_FEATURES_H
#define QM_CMD_FEATURES_H

#include "analysis/feature.h"
#include "base/diag.h"

/* Each with its measures, on standard output. */
void features_print(void);

/* *features: those of `list` ("loudness,peak"), bit i for qm_feature_at(i); NULL: all
 * that are neither hidden nor quiet. Errors: QM_ERR_USAGE with what was probably
 * meant. */
QmStatus features_choose(const char *list, QmArena *arena, QmDiag *diag,
                         uint32_t *features);

/* That of one of them. */
uint32_t features_bit(const QmFeature *feature);

#endif
