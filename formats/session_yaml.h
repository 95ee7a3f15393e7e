/* The session language (SESSION-FORMAT): text to QmSession and back. */
#ifndef QM_FORMATS_SESSION_YAML_H
#define QM_FORMATS_SESSION_YAML_H

#include "base/text.h"
#include "model/session.h"

/* Parses and validates. Everything lives in `arena`; `file_name` is what messages call
 * the text. Errors: QM_ERR_INPUT with file:line:column and the key path,
 * QM_ERR_MEMORY. */
QmStatus qm_session_parse(const char *text, size_t size, const char *file_name,
                          QmArena *arena, QmDiag *diag, QmSession **session);

/* The same for a session that may use plug-ins: `plugins` finds them, and they live as
 * long as it says. NULL: a session that uses one is refused. */
QmStatus qm_session_parse_with(const char *text, size_t size, const char *file_name,
                               const QmPlugins *plugins, QmArena *arena, QmDiag *diag,
                               QmSession **session);

/* Writes a valid session as canonical YAML: parse(print(s)) says the same as s, and
 * printing that gives the same text. `text` is empty before; check text->failed. */
void qm_session_print(const QmSession *session, QmText *text);

#endif
