/* Processors and generators as their tables describe them. */
#ifndef QM_CMD_DESCRIBE_H
#define QM_CMD_DESCRIBE_H

#include "cmd/cli.h"

/* One line each, on standard output. */
void describe_list(void);
/* All params of one; returns the exit code (2: there is none of that name). */
int describe_one(const CliTool *tool, const char *name);

#endif
