/* A modulation source: what a modulator of a session is made of (lfo, envelope, adsr,
 * steps, macro).
 *
 * Like a processor it is one const table and a few functions. It makes no sound: it gives
 * one value a grid line, which moves the params that the session names. Most sources are
 * functions of the song position alone, so that a render may begin anywhere and no
 * split changes a bit. Those that listen to audio have a state and are handed the sound
 * from grid line to grid line (`follow`).
 *
 * Real time: value and follow never allocate, lock, log or wait (QM_RT). */
#ifndef QM_PROC_MODULATOR_H
#define QM_PROC_MODULATOR_H

#include "proc/proc.h"

/* What a source says. Of sources that swing around their middle, `swing` is
 * 2 * share - 1; of the others both are the same. */
typedef struct QmModValue {
    double share; /* 0..1: where between `from` and `to` */
    double swing; /* -1..1: what an amount is multiplied by */
} QmModValue;

/* Where in the song a value is asked for. A source reads the fields that mean something
 * to it. */
typedef struct QmModCall {
    const double *params; /* flat, as they are there; of QM_MOD_GATED sources as they were
                             when the note began */
    uint32_t n_groups;
    double rate_hz;
    double beats;       /* quarter notes from 1.1.1 */
    double beat_frames; /* frames of a quarter note here */
    double cycles;      /* what the param `rate`, in Hz, has made of the song so far */
    uint64_t key;       /* of what is drawn */
    double held;  /* GATED: frames since the note began; negative: there was none yet */
    double gate;  /* GATED: frames from its beginning to its end */
    double start; /* GATED: the value when it began; LISTENS: the state */
} QmModCall;

enum {
    QM_MOD_LISTENS = 1, /* takes `strip: NAME` and hears its tap */
    QM_MOD_GATED = 2,   /* takes `strip: NAME` and is told its notes */
};

typedef struct QmModDesc {
    const char *name;    /* "lfo" */
    const char *summary; /* one line for --list-processors */
    const QmParam *params;
    uint32_t n_params;
    const char *group_name; /* a list of numbers ("values"), or NULL */
    const QmParam *group;   /* their one row */
    uint32_t max_groups;
    uint32_t flags;
    QmModValue (*value)(const QmModCall *call);
    /* LISTENS: hears n frames of a strip and gives the state after them; 0 is rest. */
    double (*follow)(const double *params, double rate_hz, double state,
                     const float *left, const float *right, uint32_t n);
} QmModDesc;

/* A tap of a QM_MOD_LISTENS source: its structural param `tap` has these choices. */
enum { QM_MOD_TAP_IN, QM_MOD_TAP_PRE, QM_MOD_TAP_POST };

uint32_t qm_mod_count(void);
const QmModDesc *qm_mod_at(uint32_t index);
const QmModDesc *qm_mod_find(const char *name); /* NULL: none */
/* The table row of flat param `index`. */
const QmParam *qm_mod_param(const QmModDesc *desc, uint32_t index);
int qm_mod_find_param(const QmModDesc *desc, const char *name); /* -1: none */
void qm_mod_defaults(const QmModDesc *desc, uint32_t n_groups, double *params);

/* How far an amount goes. A row from above 0 over a decade or more (frequencies, times,
 * ratios) is moved along its logarithm, any other straight: 1 is the row's whole range.
 * The result stays within it. */
bool qm_mod_is_log(const QmParam *row);
double qm_mod_move(const QmParam *row, double value, double amount);

#endif
