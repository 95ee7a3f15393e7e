/* A store of files by key, for what is dear to make again: frozen strips, facts.
 *
 * Content-addressed: a key is a hash of everything that the file depends on, so an entry
 * is right or not there. Entries appear whole (written without a name, then linked), are
 * never changed, and may be deleted at any time, also while others read them: so any
 * number of processes may share a folder. When it grows beyond its bound, what was not
 * used for longest goes. */
#ifndef QM_RENDER_CACHE_H
#define QM_RENDER_CACHE_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct QmCache QmCache;

/* Keys are 64 lower-case hex digits (a SHA-256), suffixes are short and of lower-case
 * letters, like ".frozen". Nothing else in the folder is ever touched.
 *
 * `folder` is made if need be; NULL: nothing is kept, entries are nameless files that end
 * with their last descriptor. `bound` in bytes. An unusable folder is a warning, and
 * works as NULL. Errors: QM_ERR_MEMORY. */
QmStatus qm_cache_open(const char *folder, uint64_t bound, QmArena *arena, QmDiag *diag,
                       QmCache **cache);

/* A descriptor for reading the entry, marked as just used; -1: there is none. The caller
 * closes it. */
int qm_cache_get(QmCache *cache, const char *key, const char *suffix);

/* Where its files are, for what is said. */
const char *qm_cache_folder(const QmCache *cache);
/* A nameless file to be written; -1 with errno. */
int qm_cache_new(QmCache *cache);
/* Gives it its name, if nobody else has by now; the descriptor stays the caller's and
 * good for reading. A failure costs nothing but the entry. */
void qm_cache_put(QmCache *cache, int fd, const char *key, const char *suffix);

/* Deletes an entry that turned out to be broken. */
void qm_cache_drop(QmCache *cache, const char *key, const char *suffix);

/* Deletes what is beyond the bound, the longest unused first; does nothing when
 * another process is at it. */
void qm_cache_trim(QmCache *cache);

#endif
