/* From stems or a session to a finished mix: measure, decide, render, in turns (the
 * passes of mix/rule.h). */
#ifndef QM_CMD_MIXING_H
#define QM_CMD_MIXING_H

#include "cmd/cli.h"
#include "cmd/gauge.h"
#include "cmd/load.h"
#include "formats/report_mix.h"
#include "mix/mix.h"
#include "render/cache.h"
#include "render/freeze.h"
#include "render/spool.h"

#include <time.h>

typedef struct MixRequest {
    const CliCommon *common;
    CliList inputs;       /* one session, or stems */
    const char *template; /* name or file; NULL: the session's; "base" */
    const char *target;   /* name or LUFS; NULL: the session's, the template's */
    CliList set;          /* --set */
    const char *seed;     /* NULL: the session's */
    const char *cache;    /* folder; NULL: nothing is kept */
    uint64_t cache_bytes;
    uint32_t threads;
    bool report; /* what a report shows is measured, too */
    const volatile sig_atomic_t *cancel;
} MixRequest;

typedef struct Mixing {
    const MixRequest *request;
    QmArena arena; /* of all that follows */
    QmDiag *diag;
    CliProgress progress;
    clock_t cpu;         /* of the process, when the step began */
    Loaded base;         /* the session before any decision, its sounds */
    const char **hashes; /* [n_sounds] */
    QmCache *cache;
    QmMix mix;
    QmSongFacts song;
    Loaded edited; /* the effective session so far */
    bool is_edited;
    QmFreeze *chains; /* frozen source strips of `edited`; NULL: none */
    QmFader *faders;  /* [n_strips] that chains were measured through; NULL: not yet */
    QmFreeze *feed;   /* the master's input */
    QmSpool spool;    /* the master as it was rendered last */
    uint32_t passes;  /* of the master's loop */
    bool missed;      /* the target could not be met */
    QmMixSide before, after;
    QmMeasured *wanted; /* [n_strips] */
} Mixing;

/* Opens what is to be mixed: session or stems, sounds, template, target, overrides.
 * Release it in any case. */
QmStatus mixing_open(const MixRequest *request, QmDiag *diag, Mixing *mixing);
/* Measures, decides, and renders what measuring takes; mix.log is settled and `edited`
 * the effective session. */
QmStatus mixing_decide(Mixing *mixing);
/* Measures before and after alike: balance, masking, and, for a report, all the rest. */
QmStatus mixing_compare(Mixing *mixing);
/* Hands the mix to an output, as qrender would render the effective session; says how
 * many frames there were. */
QmStatus mixing_write(Mixing *mixing, QmSink *output, int64_t *frames);
void mixing_release(Mixing *mixing);

/* --- between the files of it -------------------------------------------------------- */

/* Makes `edited` anew from base and log. */
QmStatus mixing_edit(Mixing *mixing);
/* Freezes the chains of the source strips as they are now, and measures those that
 * changed: strips' chain, readings. *changed: how many did. */
QmStatus mixing_chains(Mixing *mixing, uint32_t *changed);
/* Freezes what the master of `edited` is fed: mix.sum; or, before any decision, the plain
 * sum: song. */
QmStatus mixing_feed(Mixing *mixing);
QmStatus mixing_plain_sum(Mixing *mixing);
/* Renders the master from its frozen feed into the spool: mix.out, mix.readings. */
QmStatus mixing_master(Mixing *mixing);

/* Progress for the next step. */
QmProgress mixing_progress(Mixing *mixing, const char *label);
/* The step that was begun last is over. */
void mixing_step_end(Mixing *mixing);
/* Whether the sounds could be read: `self` is a QmPrepared. */
QmStatus mixing_check(void *self, QmDiag *diag);
QmStatus mixing_freeze(Mixing *mixing, Loaded *loaded, const uint16_t *which, uint32_t n,
                       const char *label, QmFreeze **frozen);
GaugeRequest mixing_gauge(Mixing *mixing, uint32_t features, const char *kind,
                          const char *label);
/* Of what inserts measured, that of one strip of `edited`. */
QmStatus mixing_readings(Mixing *mixing, uint16_t strip, const QmSlotReadings *readings,
                         uint32_t n, const QmMixReading **of, uint32_t *n_of);

#endif
