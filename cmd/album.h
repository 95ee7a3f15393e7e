/* Several files as one album: what they measure together. */
#ifndef QM_CMD_ALBUM_H
#define QM_CMD_ALBUM_H

#include "render/analyse.h"

#include <stdbool.h>

/* Prints the album of `n` analyses that have loudness, as a line among rows or as JSON.
 * Errors: QM_ERR_MEMORY, QM_ERR_IO. */
QmStatus album_print(QmAnalysis *const *analyses, size_t n, bool json, QmDiag *diag);

#endif
