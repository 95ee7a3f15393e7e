/* Names in the order they were added, found without walking them all. */
#ifndef QM_FORMATS_NAMES_H
#define QM_FORMATS_NAMES_H

#include "base/arena.h"
#include "base/status.h"

enum { QM_NAMES_NONE = 0xffff };

typedef struct QmNames {
    const char **name; /* [n], borrowed: the candidates of a near miss */
    uint32_t n, room;
    uint32_t *slots; /* [n_slots] index + 1, or 0 */
    uint32_t n_slots;
} QmNames;

/* Adds `name`, which is kept as the next index even if it is there already. */
QmStatus qm_names_add(QmNames *names, QmArena *arena, const char *name);
/* The first index of `name`, or QM_NAMES_NONE. */
uint32_t qm_names_find(const QmNames *names, const char *name);

#endif
