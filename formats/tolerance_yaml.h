/* How much two files may differ, as people write it down:
 *
 *   loudness.integrated: 0.1     that much either way, in the measure's unit (which may
 *                                be said: 0.1 LU)
 *   peak: 0.2                    every number of a feature; its texts the same
 *   tempo.bpm: 1 %               of A's value
 *   key: same                    as printed: 0, or the same word
 *   onset: any                   not judged
 *   default: 0.5                 what else there is of features
 *   null: -60                    what is left of A without B: at most so much
 *   identical: yes               sample by sample
 *
 * Names: analysis/tolerance.h. */
#ifndef QM_FORMATS_TOLERANCE_YAML_H
#define QM_FORMATS_TOLERANCE_YAML_H

#include "analysis/tolerance.h"
#include "base/diag.h"

enum { QM_TOLERANCE_BYTES_MAX = 1 << 20 };

/* Adds to `tolerances` (QmTolerance) what the file `path` ("-": standard input) says.
 * Errors: QM_ERR_INPUT with the place (`limits.yaml:3:1: there is no 'loudnes'`),
 * QM_ERR_IO, QM_ERR_MEMORY. */
QmStatus qm_tolerances_read(const char *path, QmArena *arena, QmDiag *diag,
                            QmList *tolerances);

/* The same of `size` bytes of text; `name` is for messages and borrowed by `diag`. */
QmStatus qm_tolerances_parse(const char *name, const char *data, size_t size,
                             QmArena *arena, QmDiag *diag, QmList *tolerances);

/* The same of one "loudness.integrated=0.1", as on a command line. Errors: QM_ERR_USAGE,
 * QM_ERR_MEMORY. */
QmStatus qm_tolerance_argument(const char *argument, QmArena *arena, QmDiag *diag,
                               QmList *tolerances);

#endif
