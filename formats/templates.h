/* Where the data files that come with the tools are: target curves, platform targets. */
#ifndef QM_FORMATS_TEMPLATES_H
#define QM_FORMATS_TEMPLATES_H

#include "base/arena.h"
#include "base/diag.h"

/* The path of a template, "curves.yaml": in the folder that the environment variable
 * QMIX_TEMPLATES names, if it does; else in ../share/qmix/templates beside the program's
 * folder, where `make install` puts them; else in ../templates, which is the source
 * tree's seen from its build folder. Errors: QM_ERR_INPUT when it is in none of them. */
QmStatus qm_template_path(const char *name, QmArena *arena, QmDiag *diag,
                          const char **path);

/* The same for a program at `program`, and `folder` (NULL: not set) in place of the
 * environment. */
QmStatus qm_template_path_of(const char *program, const char *folder, const char *name,
                             QmArena *arena, QmDiag *diag, const char **path);

#endif
