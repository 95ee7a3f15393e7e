/* Beat grids as text that people edit: the `.beats` files of the MIR tools.
 *
 *   # song.wav: 120 BPM, 4/4       a comment; so is what follows a '#' in a line
 *   0.012<TAB>1                    a beat at 0.012 s, the first of its bar
 *   0.512<TAB>2
 *   1.012                          a beat nobody has counted
 *
 * Times are seconds from the start of the file, each later than the one before. Columns
 * are separated by tabs or spaces, lines end with LF or CR LF. Times are written with as
 * many digits as read back as the same number, so a grid survives being written. */
#ifndef QM_FORMATS_GRID_TEXT_H
#define QM_FORMATS_GRID_TEXT_H

#include "analysis/grid.h"
#include "base/diag.h"
#include "base/text.h"

/* Reads the file `path` ("-": standard input). The beats live in `arena`. Errors:
 * QM_ERR_INPUT with the place (`song.beats:3:1: expected a time after 0.5 s, found
 * '0.4'`), QM_ERR_IO, QM_ERR_MEMORY. */
QmStatus qm_grid_read(const char *path, QmArena *arena, QmDiag *diag, QmGrid *grid);

/* The same of `size` bytes of text; `name` is for messages and borrowed by `diag`. */
QmStatus qm_grid_parse(const char *name, const char *data, size_t size, QmArena *arena,
                       QmDiag *diag, QmGrid *grid);

/* Adds the grid's lines to `text`. */
void qm_grid_print(const QmGrid *grid, QmText *text);

/* Writes them to the file `path` ("-": standard output), there when it succeeded.
 * Errors: QM_ERR_IO, QM_ERR_MEMORY. */
QmStatus qm_grid_write(const char *path, const QmGrid *grid, QmArena *arena,
                       QmDiag *diag);

#endif
