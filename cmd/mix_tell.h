/* What qmix decided and made, in words: the log, one strip's part of it, JSON, a line for
 * people; and the effective session as a file. */
#ifndef QM_CMD_MIX_TELL_H
#define QM_CMD_MIX_TELL_H

#include "cmd/mixing.h"

/* On standard output. Errors: QM_ERR_MEMORY, QM_ERR_IO; QM_ERR_USAGE for a strip that
 * there is not. */
QmStatus mix_tell_log(Mixing *mixing, QmDiag *diag);
QmStatus mix_tell_strip(Mixing *mixing, const char *strip, QmDiag *diag);
/* One object a line: the head, each decision, each strip, the outcome. `output` NULL:
 * nothing was written. */
QmStatus mix_tell_json(Mixing *mixing, const char *output, int64_t frames, QmDiag *diag);

/* On standard error. */
void mix_tell_summary(const Mixing *mixing, const char *output, const char *log,
                      int64_t frames);

/* The effective session as text for a file called `name`: its sounds are named relative
 * to that file's folder. */
QmStatus mix_session_print(Mixing *mixing, const char *name, QmText *text);

#endif
