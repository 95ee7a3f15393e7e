/* Processors and generators as their tables describe them. */
#ifndef QM_CMD_DESCRIBE_H
#define QM_CMD_DESCRIBE_H

#include "cmd/cli.h"
#include "proc/proc.h"

/* One line each, on standard output. */
void describe_list(void);
/* All params of one; returns the exit code (2: there is none of that name). */
int describe_one(const CliTool *tool, const char *name);
/* Rows of a table: name, help, range, default. */
void describe_rows(const QmParam *rows, uint32_t count);

#endif
