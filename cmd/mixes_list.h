/* Saved mixes in a row: for people, and for machines. */
#ifndef QM_CMD_MIXES_LIST_H
#define QM_CMD_MIXES_LIST_H

#include "cmd/mix_store.h"

/* How many of a log's lines decide something: notes do not. */
size_t mixes_decisions(const QmDecisionLog *log);
/* A table on standard output; which one the current log is has a star. */
QmStatus mixes_list(const MixStore *store, const MixEntry *entries, size_t n,
                    QmArena *arena, QmDiag *diag);
/* One object on standard output; `decisions`: with them. It says nothing of when, so the
 * same mixes are the same bytes. */
QmStatus mixes_json(const MixStore *store, const MixEntry *entries, size_t n,
                    bool decisions, QmDiag *diag);

#endif
