/* One strip of one processor, its params set by name, structural ones too. */
#ifndef QM_TESTS_TRIAL_H
#define QM_TESTS_TRIAL_H

#include "tests/support/proc_harness.h"

#include <assert.h>

typedef struct Trial {
    const QmProcDesc *desc;
    double params[1][QM_MAX_PARAMS];
} Trial;

/* Begins with the defaults of processor `name`. */
static inline void trial(Trial *t, const char *name)
{
    t->desc = qm_proc_find(name);
    assert(t->desc);
    qm_proc_defaults(t->desc, 0, t->params[0]);
}

static inline void trial_set(Trial *t, const char *name, double value)
{
    const int index = qm_proc_find_param(t->desc, 0, name);
    assert(index >= 0);
    t->params[0][index] = value;
}

/* To be closed with gang_close. */
static inline void trial_open(const Trial *t, ProcGang *gang, double rate_hz)
{
    gang_open(gang, t->desc, rate_hz, 0, 1, t->params);
}

/* n rows in place from rest, the first standing at `frame` of the song. */
static inline void trial_run(const Trial *t, double rate_hz, int64_t frame, QmVec *rows,
                             uint32_t n, uint32_t longest)
{
    ProcGang gang;
    trial_open(t, &gang, rate_hz);
    gang.frame = frame;
    gang_run(&gang, rows, NULL, n, longest);
    gang_close(&gang);
}

#endif
