/* A session that plays stems as they are: a source strip a file, all from the start, to
 * the master. */
#ifndef QM_CMD_STEM_SESSION_H
#define QM_CMD_STEM_SESSION_H

#include "cmd/cli.h"
#include "model/session.h"

/* Makes it of sound files (folders are expanded before, cmd/folder.h), in their order.
 *
 * Strips are called as cmd/stem_names.h makes it of the files' names, the session as the
 * folder that they lie in. Its rate is that of most files, of several such the highest;
 * the others are converted when they are played. Two mono files that are the two sides of
 * one stem, "vox.L.wav" and "vox.R.wav", are one strip.
 *
 * Errors: QM_ERR_INPUT for a file that cannot be read, for sides of different rates, and
 * for more files than a session has strips; QM_ERR_IO, QM_ERR_MEMORY. */
QmStatus stem_session(const CliList *files, QmArena *arena, QmDiag *diag,
                      QmSession **session);

#endif
