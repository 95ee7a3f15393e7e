/* Frozen strips: what leaves a strip's inserts, rendered once into a file and played from
 * there instead of being computed again. A render with frozen strips has the bits of one
 * without.
 *
 * A frozen strip keeps its place in the graph, its latency, fader and sends; its input
 * and inserts are not run. The master may be frozen at its input: then all that feeds it
 * is not run either. */
#ifndef QM_RENDER_FREEZE_H
#define QM_RENDER_FREEZE_H

#include "graph/plan.h"
#include "render/cache.h"
#include "render/offline.h"

typedef struct QmFreeze QmFreeze;

typedef struct QmFreezeRequest {
    const QmSession *session;
    const QmGraph *graph;
    const QmTimeline *timeline;
    const QmAsset *assets;
    const QmClock *clock;
    const char *const *hashes; /* [n_sounds]: of their content, hex */
    QmCache *cache;            /* where files are looked for and kept */
    const QmFreeze *before;    /* where they are looked for first: of the session as it
                                  was, maybe; NULL: nowhere */
    uint32_t threads;
    QmIsa isa;
    QmProgress progress;
    const volatile sig_atomic_t *cancel;
    QmStatus (*check)(void *self, QmDiag *diag); /* as QmOfflineConfig's */
    void *check_self;
} QmFreezeRequest;

/* One strip that is frozen. Its file is longer than the song (so that a longer tail
 * elsewhere leaves it as it is); `frames` is a part of the key. */
typedef struct QmFrozenStrip {
    uint16_t strip;
    char key[65];   /* names what leaves its inserts: equal keys, equal samples */
    bool cached;    /* it was there: nothing was rendered */
    QmAsset asset;  /* [frames] at the session's rate, from song frame 0; any thread */
    int64_t frames; /* 0: it could not be frozen */
    const QmSlotReadings *readings; /* what its inserts measured, [n_readings] */
    uint32_t n_readings;
} QmFrozenStrip;

/* Freezes the strips `which` of a validated session at their pre taps (sources, buses) or
 * at the master's input; renders those that are not there, in one go, playing what is
 * there of all others. Strips that cannot be frozen (plug-ins in them or in front of
 * them; a modulator that hears their input) are left out: their `frames` is 0. Their
 * files stay mapped until qm_freeze_release. The cache is not trimmed.
 *
 * The list is for a plan of this same session, graph and timeline: when any of them
 * changes, freeze again (what is not concerned is there), unless it changes only behind
 * the taps. Each strip that is rendered takes a descriptor meanwhile. Errors:
 * QM_ERR_MEMORY, QM_ERR_IO, those of rendering. */
QmStatus qm_freeze(const QmFreezeRequest *request, const uint16_t *which, uint32_t n,
                   QmArena *arena, QmDiag *diag, QmFreeze **freeze);
const QmFrozenStrip *qm_freeze_strips(const QmFreeze *freeze); /* [n], as asked */
/* For QmPlanRequest: those that are frozen. */
const QmFrozen *qm_freeze_list(const QmFreeze *freeze, uint32_t *n);
void qm_freeze_release(QmFreeze *freeze); /* NULL is fine */

#endif
