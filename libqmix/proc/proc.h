/* A processor: one const table and a few functions (READ THIS to write one).
 *
 * It owns three memories and never mixes them:
 *   params   user units, doubles, owned by the engine, read-only here;
 *   coeffs   floats, a pure function of params and sample rate, made by `update`;
 *   state    what one sample hands to the next, touched by `process` alone.
 *
 * Everything else is derived from the table: parsing, range checks, --describe,
 * automation addresses, generic tests. A processor may have a repeated group of params
 * (an eq's bands); the flat index of a param is  [params..., group 1's..., group 2's...,
 * ...].
 *
 * Time. The engine calls `process` for n frames, 1 <= n <= QM_QUANTUM, splitting where an
 * event or a grid line falls; any split of a span gives the same bits. When a param
 * changes, the engine calls `update` and lets the coeffs run in a straight line to the
 * new values over QM_RAMP frames: `step` is what each coeff gains per frame (NULL:
 * nothing moves). A frame is computed with the coeffs after that frame's step:
 *
 *     for (i = 0; i < n; i++) { if (step) for (k...) c[k] += step[k]; ...use c... }
 *
 * and process leaves the advanced coeffs behind in call->coeffs. So coeffs must be
 * quantities between which a straight line is sane (gains, filter coefficients in TPT
 * form, one-pole factors). What must jump or crossfade instead (a delay's length) is a
 * coeff too, which `process` reads at its own pace: mark its param QM_PARAM_STEPPED and
 * the engine sets it at once, without a ramp.
 *
 * Lanes. `process` works on gangs: QM_LANES channels of QM_LANES/2 strips side by side,
 * one QmVec a frame, lanes (2s, 2s+1) being left and right of strip s. No data-dependent
 * branch, no sum across lanes other than within a strip's pair. Processors that cannot be
 * written so (a reverb, look-ahead) give `process_strip`, which gets one strip's left and
 * right as planar floats, and scalar coeffs and step. Exactly one of the two is set.
 *
 * Song position. A processor marked QM_PROC_TIMED is told where in the song each call
 * stands (call->time), so that what swings in it is a function of the position and not of
 * how long it has run (R9; proc/cycle.h). Everything in a QmSongTime is a whole number
 * that grows by a whole number a frame, so that it is the same however a span is split.
 *
 * Readings. What a processor measured of its own work (gain reduction) it keeps in its
 * state and tells through `read` from a table of readings: they are printed with the
 * meters.
 *
 * Denormals. State is flushed by `process` itself (qm_vec_flush) once per call that ends
 * on the grid (call->on_grid), so that the split does not matter.
 *
 * Real time: update, process and reset never allocate, lock, log or wait (QM_RT). */
#ifndef QM_PROC_PROC_H
#define QM_PROC_PROC_H

#include "base/units.h"
#include "dsp/isa.h"
#include "dsp/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QM_QUANTUM = 64,        /* frames of the control grid (D2) */
    QM_RAMP = 64,           /* frames in which a changed coeff reaches its new value */
    QM_GANG = QM_LANES / 2, /* strips computed together */
    QM_MAX_PARAMS = 256,    /* of one processor, groups unrolled */
    QM_MAX_COEFFS = 1024,   /* per strip of one processor, plug-ins included */
};

typedef enum QmParamKind {
    QM_PARAM_NUMBER,  /* a double within [min, max] */
    QM_PARAM_INTEGER, /* a whole number within [min, max] */
    QM_PARAM_SWITCH,  /* no = 0, yes = 1 */
    QM_PARAM_CHOICE,  /* index into choices */
} QmParamKind;

enum {
    QM_PARAM_STRUCTURAL =
        1, /* shapes memory or latency: set in the session, never automated */
    QM_PARAM_STEPPED = 2, /* coeffs jump instead of ramping */
};

typedef struct QmParam {
    const char *name; /* the field's standard term, as written in a session */
    const char *help; /* one line, lower case, no full stop */
    QmParamKind kind;
    QmUnit unit;
    double min, max, def;       /* in `unit`; CHOICE: def is an index; others as said */
    const char *const *choices; /* CHOICE only: NULL-ended names */
    uint32_t flags;
} QmParam;

/* What shapes an instance before the first sample. `params` are the session's values at
 * the start; only structural ones may be used beyond `update`. */
typedef struct QmProcSpec {
    double rate_hz;
    uint32_t n_groups;    /* repetitions of the group (bands) */
    const double *params; /* flat */
    uint64_t seed;        /* of what is drawn: of the session, the strip and the slot */
    void *instance;       /* what a host made for this slot (model/plugin.h), or NULL */
} QmProcSpec;

/* Where the first frame of a call stands in the song, as the processor hears it: behind
 * the latencies in front of it. Beats are quarter notes, counted from 1.1.1. */
typedef struct QmSongTime {
    int64_t frame;            /* negative before the song */
    uint64_t beat;            /* in 2^-32 beats, modulo 2^64 */
    uint64_t beats_per_frame; /* what `beat` gains a frame, until the next grid line */
    uint32_t since_grid;      /* frames since the last grid line, 0..QM_QUANTUM - 1 */
    double bpm;               /* tempo on that line */
} QmSongTime;

/* The place of a call that begins `frames` later, before the next grid line. */
static inline QmSongTime qm_song_later(QmSongTime time, uint32_t frames)
{
    time.frame += frames;
    time.beat += frames * time.beats_per_frame;
    time.since_grid += frames;
    return time;
}

/* One call over lanes. state is 64-byte aligned, rows as a QmVec. */
typedef struct QmProcCall {
    const QmProcSpec *spec; /* [QM_GANG], by strip; rate, n_groups and structural params
                               are common to all */
    QmSongTime time;        /* common to all; since_grid always, the rest
                               QM_PROC_TIMED only */
    QmVec *coeffs;          /* [n_coeffs], advanced in place while ramping */
    const QmVec *step;      /* [n_coeffs] or NULL */
    void *state;            /* state_size bytes, zeroed at start and reset */
    QmVec *io;              /* [n] in and out */
    const QmVec *key; /* [n] side-chain signal (a strip without a key gets its own input);
                               NULL when no strip of the gang has a key: use io */
    uint32_t n;       /* 1..QM_QUANTUM */
    bool on_grid;     /* the call ends on a grid line: flush denormals */
} QmProcCall;

/* Coeffs [from, to) go on by a frame. */
QM_INLINE void qm_coeffs_advance(QmVec *c, const QmVec *step, uint32_t from, uint32_t to)
{
    for (uint32_t k = from; k < to; k++)
        c[k] += step[k];
}

/* One call for one strip. */
typedef struct QmStripCall {
    const QmProcSpec *spec;
    QmSongTime time;   /* since_grid always, the rest QM_PROC_TIMED only */
    float *coeffs;     /* [n_coeffs] */
    const float *step; /* [n_coeffs] or NULL */
    void *state;
    float *left,
        *right; /* [n] in and out, not overlapping, aligned as floats only: a split
                            may fall on any frame */
    const float *key_left, *key_right; /* [n]; NULL: no key */
    uint32_t n;
    bool on_grid;
} QmStripCall;

enum {
    QM_PROC_KEYED = 1, /* takes `key: STRIP` */
    QM_PROC_TIMED = 2, /* is told the song position */
    QM_PROC_RINGS = 4, /* linear-phase filters: rings before its latency as after it */
};

/* Something a processor measured of its own work since it was reset. */
typedef struct QmReading {
    const char *name; /* "reduction" */
    const char *help; /* one line, lower case, no full stop */
    QmUnit unit;
} QmReading;

enum { QM_MAX_READINGS = 8 }; /* of one processor */

typedef struct QmProcDesc {
    const char *name;    /* "compressor" */
    const char *summary; /* one line for --list-processors */
    const QmParam *params;
    uint32_t n_params;
    const char *group_name; /* "bands", or NULL: no group */
    const QmParam *group;
    uint32_t n_group, max_groups;
    uint32_t flags;
    const QmReading *readings; /* NULL: none */
    uint32_t n_readings;

    /* Coeffs of one strip (the engine copies them to both its lanes): so many, and so
     * many more for each repetition of the group. */
    uint32_t n_coeffs, n_group_coeffs;
    void (*update)(const QmProcSpec *spec, const double *params, float *coeffs);
    /* Bytes of state: of a whole gang for `process`, of one strip for `process_strip`.
     * Where it depends on the spec, size_state tells it. */
    size_t state_size;
    size_t (*size_state)(const QmProcSpec *spec);
    /* Frames by which the output is late; NULL: 0. A function of structural params and
     * rate. */
    uint32_t (*latency)(const QmProcSpec *spec);
    /* Frames after the last input until the output is below -120 dB of it; NULL: 0. */
    uint64_t (*tail)(const QmProcSpec *spec, const double *params);
    /* Makes state ready after it was zeroed (pointers, smoothers at rest); NULL: zero
     * will do. */
    void (*reset)(const QmProcSpec *spec, void *state);
    void (*process)(const QmProcCall *call);
    void (*process_strip)(const QmStripCall *call);
    /* The readings of one strip: `strip` is its place in the gang, 0 for process_strip;
     * values[n_readings]. Not real time. NULL: no readings. */
    void (*read)(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values);
} QmProcDesc;

#define QM_COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* Flat params of a desc with n_groups repetitions; coeffs; bytes of state. */
uint32_t qm_proc_n_params(const QmProcDesc *desc, uint32_t n_groups);
uint32_t qm_proc_n_coeffs(const QmProcDesc *desc, uint32_t n_groups);
size_t qm_proc_state_size(const QmProcDesc *desc, const QmProcSpec *spec);
/* The table row of flat param `index`. */
const QmParam *qm_proc_param(const QmProcDesc *desc, uint32_t index);
/* The flat index of `name` ("threshold"), or of row `name` in group `group` (1-based;
 * "2.gain" is group 2, name "gain"); -1: none. group 0: outside the group. */
int qm_proc_find_param(const QmProcDesc *desc, uint32_t group, const char *name);
/* Fills defaults into params[qm_proc_n_params()]. */
void qm_proc_defaults(const QmProcDesc *desc, uint32_t n_groups, double *params);
/* `value` clamped to the row's range, whole where it must be; NaN gives the default. */
double qm_param_clamp(const QmParam *param, double value);

/* The list (list.c). */
uint32_t qm_proc_count(void);
const QmProcDesc *qm_proc_at(uint32_t index);
const QmProcDesc *qm_proc_find(const char *name); /* NULL: none */
/* The same processor built for `isa` (BEST: what this CPU runs); bits are equal either
 * way. */
const QmProcDesc *qm_proc_for_isa(const QmProcDesc *desc, QmIsa isa);

#endif
