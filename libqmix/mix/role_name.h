/* What a strip is, from what it is called. */
#ifndef QM_MIX_ROLE_NAME_H
#define QM_MIX_ROLE_NAME_H

#include "mix/template.h"

typedef struct QmRoleGuess {
    QmRole role;       /* QM_ROLE_OTHER: none was found */
    double confidence; /* 0..1 */
    const char *word;  /* the alias that told: "lead vox"; "" */
} QmRoleGuess;

/* From the words of `name` (of a strip, or of a file without folder and suffix) that are
 * among the aliases. The confidence is that of the best match, less where another role
 * is meant as much: "808 kick". */
QmRoleGuess qm_role_by_name(const QmRoleAlias *aliases, uint32_t n, const char *name);

#endif
