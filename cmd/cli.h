/* What all tools share on the command line: option tables, --help made from them,
 * diagnostics on standard error, exit codes (0 done, 1 a check was missed, 2 usage, 3 bad
 * input, 4 I/O). */
#ifndef QM_CMD_CLI_H
#define QM_CMD_CLI_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum CliKind {
    CLI_FLAG,   /* bool */
    CLI_TEXT,   /* const char * */
    CLI_NUMBER, /* uint64_t */
    CLI_LIST,   /* CliList: may be given again and again */
} CliKind;

enum { CLI_MAX_LIST = 4096 };

typedef struct CliList {
    const char **items;
    size_t count;
} CliList;

typedef struct CliOption {
    char letter;          /* 0: none */
    const char *name;     /* without the dashes */
    const char *argument; /* as --help names it; NULL for flags */
    const char *help;
    CliKind kind;
    size_t offset; /* of the field in the tool's options */
} CliOption;

/* Options every tool has; a tool's options struct begins with it. */
typedef struct CliCommon {
    bool quiet, verbose, json;
    CliList operands;
} CliCommon;

typedef struct CliTool {
    const char *name;
    const char *usage;   /* behind the name: "SESSION [-o FILE] ..." */
    const char *summary; /* one sentence */
    const CliOption *options;
    size_t n_options;
    const char *notes; /* printed after the options: examples */
} CliTool;

/* Fills `options` (a struct that begins with CliCommon, defaults set by the caller).
 * Returns true to go on; false: *exit_code says how to end (help and version were
 * printed, or the error was). Lists live in `arena`. */
bool cli_parse(const CliTool *tool, int argc, char **argv, void *options, QmArena *arena,
               int *exit_code);

/* Prints warnings (not when quiet) and the failure, if there is one; returns the exit
 * code. */
int cli_report(const CliTool *tool, const CliCommon *common, const QmDiag *diag);

/* `text` on standard output, control characters as '?': names of files may hold any. */
void cli_print_name(const char *text);

/* What main returns: `code`; when standard output could not be written, a message, and 4
 * instead of 0 and 1: a verdict that nobody could read is none. */
int cli_end(const CliTool *tool, int code);

/* "qrender: what: see --help" on standard error; returns 2. */
int cli_usage_error(const CliTool *tool, const char *what, const char *word);

/* As many as were asked for; 0: one a core. Up to QM_MAX_THREADS. */
uint32_t cli_threads(uint64_t asked);

/* Progress with time left on standard error, when that is a terminal and not quiet. */
typedef struct CliProgress {
    bool shown;
    const char *label;
    double started, next; /* seconds of the monotonic clock */
} CliProgress;

CliProgress cli_progress_start(const CliCommon *common, const char *label);
/* QmProgress's report; `self` is a CliProgress. */
void cli_progress_report(void *self, int64_t done, int64_t total);
/* Takes the line away, before something else is printed. */
void cli_progress_clear(const CliProgress *progress);
void cli_progress_end(CliProgress *progress);
/* Seconds since it started. */
double cli_progress_elapsed(const CliProgress *progress);

#endif
