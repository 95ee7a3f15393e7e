/* What strips are called, as text (templates/roles.yaml):
 *
 *     roles:
 *       kick:
 *         words: [kick, kik, bd, bass drum]    # these mean a kick
 *         weak: [bombo]                        # these count half
 *
 * Words and phrases are in lower case, words of a phrase have one space between. A word
 * of `words` stands for one role; one of `weak` may stand for several. */
#ifndef QM_FORMATS_ROLES_YAML_H
#define QM_FORMATS_ROLES_YAML_H

#include "base/arena.h"
#include "base/diag.h"
#include "mix/template.h"

/* Everything lives in `arena`; in the order of the file. Errors: QM_ERR_INPUT with
 * file:line:column and the key path, QM_ERR_MEMORY. */
QmStatus qm_roles_parse(const char *text, size_t size, const char *file_name,
                        QmArena *arena, QmDiag *diag, const QmRoleAlias **aliases,
                        uint32_t *n);
/* Those of the template roles.yaml (formats/templates.h). */
QmStatus qm_roles_load(QmArena *arena, QmDiag *diag, const QmRoleAlias **aliases,
                       uint32_t *n);

#endif
