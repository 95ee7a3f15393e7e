/* Facts of audio: of files, and of what was frozen, heard through a fader. Those that the
 * cache knows are not measured again. */
#ifndef QM_CMD_GAUGE_H
#define QM_CMD_GAUGE_H

#include "base/hash.h"
#include "cmd/load.h"
#include "mix/facts.h"
#include "render/analyse.h"
#include "render/cache.h"
#include "render/spool.h"

/* One thing to measure: a file, by `sound`; or an asset; or a spool. */
typedef struct Gauged {
    const Loaded *loaded; /* of `sound` */
    const QmSound *sound;
    const QmAsset *asset;
    QmSpool *spool;
    QmFader fader;        /* that the asset is heard through: width, gain, pan */
    uint32_t rate;        /* of asset and spool, Hz */
    const char *key;      /* of what it is, hex; NULL: not cached */
    QmFacts *facts;       /* what was found */
    QmAnalysis *analysis; /* of it, if asked to be kept; the caller frees it */
    QmArena room;         /* of its reader; begins and ends with the measuring */
} Gauged;

typedef struct GaugeRequest {
    uint32_t features; /* bit i: qm_feature_at(i) */
    const char *kind;  /* parts these facts from others of the same key: ".raw" */
    bool keep;         /* the analyses too: then nothing comes from the cache */
    bool fine_peak;    /* true peak at 16 times the rate */
    QmCache *cache;
    uint32_t threads;
    QmProgress progress;
    const volatile sig_atomic_t *cancel;
} GaugeRequest;

/* Fills `facts` of all items, in `arena`. Errors: of the first that cannot be read;
 * QM_ERR_MEMORY, QM_ERR_IO. */
QmStatus gauge_all(const GaugeRequest *request, Gauged *items, uint32_t n, QmArena *arena,
                   QmDiag *diag);

/* The content of a sound of the session as 64 hex digits. */
QmStatus gauge_hash(const Loaded *loaded, const QmSound *sound, QmDiag *diag,
                    char hash[QM_SHA256_TEXT]);

#endif
