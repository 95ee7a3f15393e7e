/* A gang of one processor, run as the engine runs it: coeffs from params, ramps of
 * QM_RAMP frames (the engine's own, graph/ramp.h), calls split at grid lines, at the ends
 * of ramps, and wherever a test likes. Serves `process` and `process_strip` alike:
 * signals are rows of lanes. */
#ifndef QM_TESTS_PROC_HARNESS_H
#define QM_TESTS_PROC_HARNESS_H

#include "base/arena.h"
#include "graph/ramp.h"
#include "proc/proc.h"

enum { SPLIT_AT_RANDOM = 0 };

typedef struct ProcGang {
    QmArena arena;
    const QmProcDesc *desc;
    uint32_t n_strips, n_params;
    QmProcSpec spec[QM_GANG];
    double first[QM_GANG][QM_MAX_PARAMS]; /* as the session has them */
    double params[QM_GANG][QM_MAX_PARAMS];
    QmRamp ramp;
    void *state[QM_GANG]; /* of the gang in [0], or one a strip */
    int64_t frame;
} ProcGang;

/* A gang of n_strips with `n_groups` repetitions and default params, or those of
 * params[s]. */
void gang_open(ProcGang *gang, const QmProcDesc *desc, double rate_hz, uint32_t n_groups,
               uint32_t n_strips, const double (*params)[QM_MAX_PARAMS]);
void gang_close(ProcGang *gang);
/* As before the first frame, with the params as they are now. */
void gang_reset(ProcGang *gang);
/* An event: param `index` of a strip becomes `value`. */
void gang_set(ProcGang *gang, uint32_t strip, uint32_t index, double value);
/* The next n frames in place. No call is longer than `longest` frames; SPLIT_AT_RANDOM:
 * each of its own length. key: NULL, or n rows. */
void gang_run(ProcGang *gang, QmVec *io, const QmVec *key, uint32_t n, uint32_t longest);

/* n rows of noise within +-level, keyed by seed and frame. */
void noise_rows(QmVec *rows, uint32_t n, uint64_t seed, double level);
/* A random value of the param's range, whole where it must be. */
double random_value(const QmParam *param, uint64_t seed, uint64_t index);
/* Random params for `n_strips`; structural ones too, the same for all (a gang's
 * shape). */
void random_params(const QmProcDesc *desc, uint32_t n_groups, uint32_t n_strips,
                   uint64_t seed, double (*params)[QM_MAX_PARAMS]);
/* Groups that a test of `desc` uses: at most `most`. */
uint32_t groups_of(const QmProcDesc *desc, uint32_t most);

#endif
