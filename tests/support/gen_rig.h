/* A generator run as the engine runs it: triggers, releases and params on their frames,
 * calls split there, at grid lines, and wherever a test likes. */
#ifndef QM_TESTS_GEN_RIG_H
#define QM_TESTS_GEN_RIG_H

#include "base/arena.h"
#include "proc/generator.h"

enum { GEN_PARAMS = 32, GEN_SPLIT_AT_RANDOM = 0 };

typedef enum GenActKind { GEN_TRIGGER, GEN_RELEASE, GEN_SET } GenActKind;

/* What happens at a frame; a list of them is in time order. */
typedef struct GenAct {
    int64_t frame;
    GenActKind kind;
    QmTrigger play;    /* TRIGGER, RELEASE (its note) */
    const char *param; /* SET */
    double value;
} GenAct;

typedef struct GenRig {
    QmArena arena;
    const QmGenDesc *desc;
    QmProcSpec spec;
    double first[GEN_PARAMS]; /* as the session has them */
    void *state;
} GenRig;

void gen_open(GenRig *rig, const char *name, double rate_hz);
void gen_close(GenRig *rig);
/* A param of the session. */
void gen_set(GenRig *rig, const char *param, double value);
/* Resets, then makes out[frames][2] from absolute frame `start` on. No call is longer
 * than `longest` frames; GEN_SPLIT_AT_RANDOM: each of its own length. */
void gen_play(GenRig *rig, const GenAct *acts, size_t n_acts, int64_t start,
              int64_t frames, uint32_t longest, float *out);
/* The same acts in quanta, singles, sevens, and at random: the same bits, or the test
 * fails. */
void gen_same_however_split(GenRig *rig, const GenAct *acts, size_t n_acts,
                            int64_t frames);

/* How far below x (n frames, a channel) lies what is left when a sine of `hz` is taken
 * out, and how strong that sine is. */
typedef struct SineFit {
    double amplitude, rest_db;
} SineFit;
SineFit fit_sine(const float *pairs, int64_t n, double hz, double rate_hz);
/* The same for hz, 2 hz, ... up to half the rate. */
double rest_without_harmonics_db(const float *pairs, int64_t n, double hz,
                                 double rate_hz);

#endif
