/* A queue between one thread that puts in and one that takes out, without a lock: how
 * commands reach the thread that makes audio.
 *
 * push belongs to one thread, pop to one other. Neither waits, allocates or fails for any
 * other reason than full and empty: real time. */
#ifndef QM_RENDER_RING_H
#define QM_RENDER_RING_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>

typedef struct QmRing QmRing;

/* Room for `capacity` items (a power of two) of `item_size` bytes. Errors:
 * QM_ERR_MEMORY. */
QmStatus qm_ring_new(uint32_t capacity, size_t item_size, QmArena *arena, QmDiag *diag,
                     QmRing **ring);

/* Copies an item in; false: full. */
bool qm_ring_push(QmRing *ring, const void *item);

/* Copies the oldest item out; false: empty. */
bool qm_ring_pop(QmRing *ring, void *item);

#endif
