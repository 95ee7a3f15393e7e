/* The beats that go with files: written down, not detected. */
#ifndef QM_CMD_GRIDS_H
#define QM_CMD_GRIDS_H

#include "analysis/grid.h"
#include "cmd/cli.h"

/* One for each of `files`, NULL where there is none: that of the file `given` (for one
 * file only; NULL: none given), else of SONG.beats beside SONG.wav. Errors: QM_ERR_USAGE,
 * and those of reading it. */
QmStatus grids_read(const CliList *files, const char *given, QmArena *arena, QmDiag *diag,
                    const QmGrid *const **grids);

#endif
