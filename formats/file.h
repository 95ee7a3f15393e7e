/* A whole file, or standard input, as bytes in an arena. */
#ifndef QM_FORMATS_FILE_H
#define QM_FORMATS_FILE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/hash.h"

/* Reads `path` ("-": standard input) to its end; pipes and FIFOs too. *data has a NUL
 * behind its *size bytes. Errors: QM_ERR_INPUT when it is not there, may not be read, is
 * a directory or is larger than `max_size`; QM_ERR_IO when reading breaks off;
 * QM_ERR_MEMORY. */
QmStatus qm_file_read(const char *path, size_t max_size, QmArena *arena, QmDiag *diag,
                      char **data, size_t *size);

/* Feeds the content of `path` to `sha`. Errors: as above. */
QmStatus qm_file_hash(const char *path, QmSha256 *sha, QmDiag *diag);

#endif
