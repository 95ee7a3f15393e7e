/* Saved mixes: plain files beside a mix's log, fit for version control.
 *
 *     mix.log                the log as it is now
 *     mix.mixes/v1.log       what it was when it was saved, byte for byte
 *     mix.mixes/v1.yaml      what that measures, and a note (formats/saved_facts.h)
 *
 * No file says when: that is the file system's and version control's to know. A mix is
 * there when its log is; each file appears whole. */
#ifndef QM_CMD_MIX_STORE_H
#define QM_CMD_MIX_STORE_H

#include "base/arena.h"
#include "base/diag.h"
#include "formats/saved_facts.h"
#include "mix/decision.h"

typedef struct MixStore {
    const char *log;    /* "takes/mix.log" */
    const char *folder; /* "takes/mix.mixes" */
} MixStore;

/* A mix of it: a saved one, or the log as it is now. */
typedef struct MixEntry {
    const char *name; /* "v1"; of the current log its file */
    const char *path; /* of its log */
    char *text;       /* the log's bytes */
    size_t size;
    QmDecisionLog log;
    QmSavedFacts facts;
    bool edited;       /* the log is not the one that was measured */
    int64_t written_s; /* when the log's file was written last, s since 1970 */
} MixEntry;

/* `log`: as the user said it; NULL: the one in the current folder, or of which saved
 * mixes are there. Errors: QM_ERR_USAGE for none and for several, which are named. */
QmStatus mix_store_find(const char *log, QmArena *arena, QmDiag *diag, MixStore *store);

/* Reads a mix; `name` NULL: the current log. Everything lives in `arena`. Errors:
 * QM_ERR_INPUT for one that is not there (with a near miss) or cannot be understood. */
QmStatus mix_store_read(const MixStore *store, const char *name, QmArena *arena,
                        QmDiag *diag, MixEntry *entry);

/* The names of the saved ones, numbers in them as numbers: v2 before v10. */
QmStatus mix_store_names(const MixStore *store, QmArena *arena, QmDiag *diag,
                         const char ***names, size_t *n);

/* Whether the current log is there, and no saved mix is the same: it would be lost. */
QmStatus mix_store_unsaved(const MixStore *store, QmArena *arena, QmDiag *diag,
                           bool *unsaved);

/* Saves a log's bytes and facts under a name, which may be there already. Errors:
 * QM_ERR_USAGE for what is no name, QM_ERR_IO. */
QmStatus mix_store_write(const MixStore *store, const char *name, const char *text,
                         size_t size, const QmSavedFacts *facts, QmArena *arena,
                         QmDiag *diag);
bool mix_store_has(const MixStore *store, const char *name, QmArena *arena);

/* The hash by which facts know their log. */
void mix_store_hash(const char *text, size_t size, char hash[17]);

#endif
