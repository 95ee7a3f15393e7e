/* Mix templates and rules as their tables describe them, on standard output. */
#ifndef QM_CMD_TEMPLATES_H
#define QM_CMD_TEMPLATES_H

#include "cmd/cli.h"

/* One line a template, one a target; returns the exit code. */
int templates_list(const CliTool *tool);

/* A template: what it says, role by role, with its reasons. A rule, by its
 * id or key: what it reads and writes, its settings. Returns the exit code (2: there is
 * neither of that name). */
int templates_describe(const CliTool *tool, const char *name);

#endif
