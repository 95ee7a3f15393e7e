/* A generator: what a source strip begins with (clip, sampler, tone, click).
 *
 * Like a processor it is one const table and a few functions, and it never asks what
 * time it is: triggers arrive on their frame (the engine splits the call there), and its
 * output depends on its params, the triggers so far and the absolute frame only. Any
 * split gives the same bits. It writes stereo pairs; the engine lays them into lanes.
 *
 * Real time: generate, trigger, release and reset never allocate, lock, log or wait
 * (QM_RT); a streamed asset may wait for its file, which is why live sessions are
 * prepared resident. */
#ifndef QM_PROC_GENERATOR_H
#define QM_PROC_GENERATOR_H

#include "proc/asset.h"
#include "proc/proc.h"

/* One thing to play. A generator reads the fields that mean something to it. */
typedef struct QmTrigger {
    const QmAsset *asset; /* what sounds; NULL for tone and click */
    int64_t from;         /* first frame of the asset */
    int64_t frames; /* how long it may sound; -1: to the asset's end, or until released */
    int64_t fade_in, fade_out; /* frames, straight lines at the ends */
    double gain;               /* linear: velocity, clip gain */
    double pitch;  /* semitones from the original (sampler), or from `freq` (tone) */
    uint32_t note; /* what a later release refers to */
    int64_t
        played;  /* frames of it that are gone: whoever starts inside of it enters there,
                       with the bits of one who came the whole way */
    bool accent; /* a bar's first beat (click) */
} QmTrigger;

typedef struct QmGenCall {
    const QmProcSpec *spec;
    const double *params; /* current values, stepped at their events */
    void *state;
    uint32_t reader; /* this strip's number, for qm_asset_read */
    int64_t frame;   /* absolute frame of the first sample */
    uint32_t n;      /* 1..QM_QUANTUM */
    float *out;      /* [n][2], to be overwritten */
} QmGenCall;

typedef struct QmGenDesc {
    const char *name, *summary;
    const QmParam *params;
    uint32_t n_params;
    uint32_t flags; /* QM_GEN_* */
    size_t state_size;
    void (*reset)(const QmProcSpec *spec, void *state);
    void (*trigger)(const QmProcSpec *spec, const double *params, void *state,
                    const QmTrigger *trigger);
    void (*release)(void *state, uint32_t note); /* NULL: triggers end by themselves */
    void (*generate)(const QmGenCall *call);
    /* For generators that may only play what lies in memory: like generate, but the pairs
     * are where it says (good until the next call for this strip), and `out` is left
     * alone. NULL itself, or NULL from it: nothing was done, generate. */
    const float *(*view)(const QmGenCall *call);
    /* Frames from a trigger's onset until it is silent, if it is released `held` frames
     * after it (-1: never released); QM_GEN_FOREVER if it never is. asset_frames: 0
     * without asset. */
    int64_t (*length)(const QmProcSpec *spec, const double *params,
                      const QmTrigger *trigger, int64_t asset_frames, int64_t held);
    /* Frames from a trigger to its sound; NULL: 0. The engine triggers it so much
     * earlier. */
    uint32_t (*latency)(const QmProcSpec *spec);
    /* Frames it may sound on after `length`; NULL: 0. */
    uint64_t (*tail)(const QmProcSpec *spec);
} QmGenDesc;

#define QM_GEN_FOREVER INT64_MAX

enum {
    QM_GEN_SOUND = 1, /* takes `sound: NAME` */
    QM_GEN_FREE = 2, /* outside of patterns the timeline triggers it once, at the start */
    QM_GEN_BEATS = 4, /* the timeline triggers it on each beat */
    QM_GEN_CLIPS = 8, /* the timeline triggers it with the strip's clips alone */
};

extern const QmGenDesc qm_gen_clip, qm_gen_sampler, qm_gen_tone, qm_gen_click;

uint32_t qm_gen_count(void);
const QmGenDesc *qm_gen_at(uint32_t index);
const QmGenDesc *qm_gen_find(const char *name); /* NULL: none */
void qm_gen_defaults(const QmGenDesc *desc, double *params);
int qm_gen_find_param(const QmGenDesc *desc, const char *name); /* -1: none */

#endif
