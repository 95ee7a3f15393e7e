/* Which files are read: an output may not take the place of one. */
#ifndef QM_CMD_INPUTS_H
#define QM_CMD_INPUTS_H

#include "cmd/cli.h"
#include "cmd/load.h"

/* Errors: QM_ERR_USAGE when `output` is the session's own file or one of its sounds,
 * under whatever name. */
QmStatus inputs_keep(const Loaded *loaded, const char *output, QmDiag *diag);

/* The same for the files of a command line; NULL: no output. */
QmStatus inputs_spare(const CliList *files, const char *output, QmDiag *diag);

/* Two outputs of one render are two files. Either may be NULL. Errors: QM_ERR_USAGE. */
QmStatus inputs_apart(const char *output, const char *other, QmDiag *diag);

#endif
