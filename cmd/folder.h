/* Operands that are folders stand for the sound files in them. */
#ifndef QM_CMD_FOLDER_H
#define QM_CMD_FOLDER_H

#include "cmd/cli.h"

/* Copies `operands` to `files`, each folder replaced by what is in it (and below it) and
 * has the name of a sound file, in order of their names as bytes. Hidden files are left
 * out. Errors: QM_ERR_INPUT for a folder that cannot be read or holds none. */
QmStatus folder_expand(const CliList *operands, QmArena *arena, QmDiag *diag,
                       CliList *files);

#endif
