/* Memory of the last frames of a signal, read and written in blocks.
 *
 * A ring of `size` items and a margin behind it that repeats its first items, so that a
 * block is contiguous wherever it begins:
 *
 *     [0 ....... at ....... size | repeats 0 .. QM_RING_MARGIN)
 *                ^ the next frame; what came d frames ago is at - d
 *
 * The owner keeps the items (qm_ring_items of them, in its state); this header keeps
 * only the place. A block of n <= QM_RING_BLOCK frames that is read with delay d >= n
 * may be read before it is written; d + n <= size + 1 - QM_RING_PAD, where the pad is
 * what whole vectors may scribble behind the block they write: always the oldest items.
 * Items are moved, never computed, so that where a block begins cannot change a bit. */
#ifndef QM_DSP_DELAY_LINE_H
#define QM_DSP_DELAY_LINE_H

#include "dsp/vec.h"

#include <stddef.h>

enum {
    QM_RING_BLOCK = 64,
    QM_RING_PAD = QM_LANES,
    QM_BLOCK_ROOM = QM_RING_BLOCK + QM_RING_PAD, /* for whole vectors from any frame on */
    QM_RING_MARGIN = QM_RING_BLOCK + 2 * QM_RING_PAD,
    QM_RING_LEAST = 2 * QM_RING_MARGIN, /* size of the smallest ring */
};

typedef struct QmRing {
    uint32_t size; /* items of the ring */
    uint32_t at;   /* where the next item goes, below size */
} QmRing;

/* A ring that reaches `delay` frames back; a whole number of cache lines of floats, so
 * that blocks of 64 frames stay aligned. */
QM_INLINE QmRing qm_ring(uint32_t delay)
{
    const uint32_t size = (delay + QM_RING_MARGIN + 15) / 16 * 16;
    return (QmRing){.size = size < QM_RING_LEAST ? QM_RING_LEAST : size};
}

/* Items of memory to put behind it. */
QM_INLINE size_t qm_ring_items(const QmRing *ring)
{
    return (size_t)ring->size + QM_RING_MARGIN;
}

/* The index from which a block written `delay` frames ago can be read. */
QM_INLINE uint32_t qm_ring_back(const QmRing *ring, uint32_t delay)
{
    return ring->at >= delay ? ring->at - delay : ring->at + ring->size - delay;
}

/* `n` items were written from ring->at on: repeats them where they are to be found as
 * well, and goes on. */
QM_INLINE void qm_ring_written(QmRing *ring, void *items, size_t item, uint32_t n)
{
    char *const bytes = items;
    const uint32_t at = ring->at, end = at + n;
    ring->at = end;
    if (at >= QM_RING_MARGIN && end < ring->size)
        return;
    if (at < QM_RING_MARGIN) {
        const uint32_t last = end < QM_RING_MARGIN ? end : QM_RING_MARGIN;
        memcpy(bytes + (ring->size + at) * item, bytes + at * item, (last - at) * item);
    }
    if (end >= ring->size) {
        memcpy(bytes, bytes + ring->size * item, (end - ring->size) * item);
        ring->at = end - ring->size;
    }
}

/* n frames between blocks or rings, which have room for whole vectors. */
QM_INLINE void qm_block_copy(const float *from, uint32_t n, float *to)
{
    for (uint32_t i = 0; i < n; i += QM_LANES)
        qm_vec_store(to + i, qm_vec_load(from + i));
}

/* Writes n frames of a block. */
QM_INLINE void qm_ring_write(QmRing *ring, float *items, const float *from, uint32_t n)
{
    qm_block_copy(from, n, items + ring->at);
    qm_ring_written(ring, items, sizeof *items, n);
}

/* A tap whose delay changes by a crossfade: the old place fades out while the new one
 * fades in, their gains a smooth step that adds up to one. A change during a fade waits
 * for its end. */
typedef struct QmTap {
    uint32_t now, next; /* delays; equal when nothing fades */
    uint32_t done;      /* frames of the fade that have passed */
} QmTap;

/* Looks whether there is somewhere new to go; once a frame, or whenever `wanted` may have
 * changed. */
QM_INLINE void qm_tap_aim(QmTap *tap, uint32_t wanted)
{
    if (tap->now == tap->next && wanted != tap->now) {
        tap->next = wanted;
        tap->done = 0;
    }
}

/* Frames that can be read in one go: at most `n`, not beyond the end of the fade. */
QM_INLINE uint32_t qm_tap_span(const QmTap *tap, uint32_t fade, uint32_t n)
{
    if (tap->now == tap->next)
        return n;
    return fade - tap->done < n ? fade - tap->done : n;
}

/* Reads n frames as the tap hears them into a block that has room for whole vectors, of
 * which `written` frames are in the ring already (0, or all n). `fade` is the length of
 * a fade in frames. */
QM_INLINE void qm_tap_read(const QmTap *tap, uint32_t fade, const QmRing *ring,
                           const float *items, uint32_t written, uint32_t n, float *out)
{
    const float *const now = items + qm_ring_back(ring, tap->now + written);
    qm_block_copy(now, n, out);
    if (tap->now == tap->next)
        return;
    const float *const next = items + qm_ring_back(ring, tap->next + written);
    const float per_frame = 1.0f / (float)fade;
    for (uint32_t i = 0; i < n; i++) {
        const float t = (float)(tap->done + i + 1) * per_frame;
        out[i] += (next[i] - out[i]) * (t * t * (3.0f - 2.0f * t));
    }
}

/* n frames, no more than the span, have been read of every channel. */
QM_INLINE void qm_tap_pass(QmTap *tap, uint32_t fade, uint32_t n)
{
    if (tap->now == tap->next)
        return;
    tap->done += n;
    if (tap->done >= fade)
        tap->now = tap->next;
}

/* What a network with feedback may swallow: NaN and absurd levels count as silence. */
QM_INLINE QmVec qm_vec_sane(QmVec x)
{
    return (QmVec)((QmVecI)x & (qm_vec_abs(x) < qm_vec(1e15f)));
}

/* n frames of a signal as a block of its own: whole vectors (the last filled up with
 * silence), all of them sane. */
QM_INLINE void qm_block_read(const float *from, uint32_t n, float *block)
{
    uint32_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES)
        qm_vec_store(block + i, qm_vec_sane(qm_vec_load(from + i)));
    if (i == n)
        return;
    QmVec last = {0};
    for (uint32_t k = 0; i + k < n; k++)
        last[k] = from[i + k];
    qm_vec_store(block + i, qm_vec_sane(last));
}

/* n frames of a block to where there is room for no more. */
QM_INLINE void qm_block_give(const float *block, uint32_t n, float *to)
{
    uint32_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES)
        qm_vec_store(to + i, qm_vec_load(block + i));
    for (; i < n; i++)
        to[i] = block[i];
}

/* One coeff over a block of frames. Where it stands still one vector is enough for all.
 */
typedef struct QmCoeffBlock {
    float value[QM_RING_BLOCK];
    uint32_t mask;
} QmCoeffBlock;

/* The next n frames of coeff `k`, advanced by its step a frame (step NULL: it stands
 * still). */
QM_INLINE void qm_coeff_block(float *coeffs, const float *step, uint32_t k, uint32_t n,
                              QmCoeffBlock *block)
{
    uint32_t i = 0;
    for (; step && i < n; i++)
        block->value[i] = coeffs[k] += step[k];
    for (; i % QM_LANES; i++)
        block->value[i] = coeffs[k];
    block->mask = step ? ~0u : 0u;
    if (!step)
        qm_vec_store(block->value, qm_vec(coeffs[k]));
}

/* Frames [i, i + 8) of it, i a multiple of 8. */
QM_INLINE QmVec qm_coeff_at(const QmCoeffBlock *block, uint32_t i)
{
    return qm_vec_load(block->value + (i & block->mask));
}

#endif
