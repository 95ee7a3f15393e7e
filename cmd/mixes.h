/* qmix save, recall, list, diff, compare, export: what becomes of mixes over time. */
#ifndef QM_CMD_MIXES_H
#define QM_CMD_MIXES_H

#include <signal.h>
#include <stdbool.h>

/* Whether a first word asks for one of these. */
bool mixes_asked(const char *word);
/* `argv` as main has it, argv[1] the word. Stops when *cancel is not 0 (may be NULL).
 * Returns what main does: 0; 1: `diff` found differences; an error's exit code. */
int mixes_main(int argc, char **argv, const volatile sig_atomic_t *cancel);

#endif
