/* From stems or a session to a finished mix: measure, decide, render, in turns (the
 * passes of mix/rule.h). */
#ifndef QM_CMD_MIXING_H
#define QM_CMD_MIXING_H

#include "cmd/cli.h"
#include "mix/mix.h"
#include "render/cache.h"

typedef struct MixRequest {
    CliList inputs;            /* one session, or stems */
    const char *template;      /* name or file; NULL: the session's, the log's, "base" */
    const char *target;        /* name or LUFS; NULL: the session's, the template's */
    CliList set;               /* --set */
    const char *decisions;     /* a log to be applied as it is, instead of deciding */
    const char *seed;          /* NULL: the session's */
    const char *cache;         /* folder; NULL: none */
    uint32_t threads;
    bool quiet;
} MixRequest;

/* One balance of the stems, measured: before (the plain sum), and after. */
typedef struct MixState {
    const QmFacts *mix;           /* of the whole */
    const QmAnalysis *analysis;   /* of the whole, for pictures; NULL: not kept */
    const QmMasking *masking;     /* between the source strips */
    const QmMeasured *loudness;   /* [n_strips]: of each in the mix, LUFS */
} MixState;

typedef struct MixResult {
    const QmMix *mix;             /* template, strips with facts, the log */
    const QmSession *session;     /* the effective one */
    MixState before, after;       /* before: all faders at 0 dB, same loudness as after */
    const QmMeasured *wanted;     /* [n_strips]: what the template asks for, LUFS */
    uint32_t passes;              /* of the master's loop */
} MixResult;

#endif
