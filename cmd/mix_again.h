/* qmix --decisions: a log rendered as it is. */
#ifndef QM_CMD_MIX_AGAIN_H
#define QM_CMD_MIX_AGAIN_H

#include "cmd/cli.h"

#include <signal.h>

typedef struct MixAgain {
    const CliCommon *common;
    const char *log, *output, *bits, *dither; /* NULL: not said */
    uint32_t threads;
    const volatile sig_atomic_t *cancel;
} MixAgain;

/* The exit code. */
int mix_again(const CliTool *tool, const MixAgain *again);

#endif
