/* A ring of copied items with two counters that only grow (and wrap at 2^32, which the
 * unsigned difference does not notice):
 *
 *   taken <= put <= taken + capacity        item k lies at k mod capacity
 *
 * Each counter is written by one side. The writer's release after copying in, met by the
 * reader's acquire before copying out, makes the item visible; the same pair the other
 * way round keeps a place from being overwritten while it is read. The counters live on
 * cache lines of their own, so that the sides do not slow each other down. */
#include "render/ring.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

enum { LINE = 64 };

struct QmRing {
    _Alignas(LINE) _Atomic uint32_t put;
    _Alignas(LINE) _Atomic uint32_t taken;
    _Alignas(LINE) uint32_t capacity;
    size_t item_size;
    unsigned char *items;
};

QmStatus qm_ring_new(uint32_t capacity, size_t item_size, QmArena *arena, QmDiag *diag,
                     QmRing **ring)
{
    assert(capacity && (capacity & (capacity - 1)) == 0);
    QmRing *made = QM_NEW(arena, QmRing);
    unsigned char *items = qm_arena_alloc(arena, capacity, item_size);
    if (!made || !items)
        return qm_fail_memory(diag);
    atomic_init(&made->put, 0);
    atomic_init(&made->taken, 0);
    made->capacity = capacity;
    made->item_size = item_size;
    made->items = items;
    *ring = made;
    return QM_OK;
}

static unsigned char *place(const QmRing *ring, uint32_t count)
{
    return ring->items + (size_t)(count & (ring->capacity - 1)) * ring->item_size;
}

bool qm_ring_push(QmRing *ring, const void *item)
{
    const uint32_t put = atomic_load_explicit(&ring->put, memory_order_relaxed);
    const uint32_t taken = atomic_load_explicit(&ring->taken, memory_order_acquire);
    if (put - taken == ring->capacity)
        return false;
    memcpy(place(ring, put), item, ring->item_size);
    atomic_store_explicit(&ring->put, put + 1, memory_order_release);
    return true;
}

bool qm_ring_pop(QmRing *ring, void *item)
{
    const uint32_t taken = atomic_load_explicit(&ring->taken, memory_order_relaxed);
    const uint32_t put = atomic_load_explicit(&ring->put, memory_order_acquire);
    if (put == taken)
        return false;
    memcpy(item, place(ring, taken), ring->item_size);
    atomic_store_explicit(&ring->taken, taken + 1, memory_order_release);
    return true;
}
