/* A bump arena over a list of growing blocks.
 *
 *   arena -> [block | used.......free] -> [block | full] -> [block | full]
 *
 * An allocation moves `used` of the first block; when it does not fit, a new first block
 * is made. Blocks double from 4 KiB to 1 MiB, so that an empty arena costs nothing and a
 * full one few calls; what is large, or larger than the next block, gets one of just its
 * size, behind the first. Memory is zeroed once, by calloc, and never handed out twice.
 *
 * This is the only file of the project that may call malloc and its kin (see
 * banned.h). */
#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#undef calloc
#undef free

enum {
    SMALL_ALIGN = 16,
    LARGE_ALIGN = 64, /* a cache line; from sizes of a line on */
    FIRST_BLOCK = 4096,
    LAST_BLOCK = 1 << 20,
    ALONE = 1 << 16, /* from here on an allocation has a block of its own */
};

struct QmArenaBlock {
    QmArenaBlock *next; /* older */
    size_t size;        /* bytes of data after the header */
    size_t used;
    bool alone; /* made to measure for one allocation, behind the newest */
};

static char *block_data(QmArenaBlock *block) { return (char *)(block + 1); }

/* Bytes to skip so that `at` becomes a multiple of `align` (a power of two). */
static size_t padding(const char *at, size_t align)
{
    return (size_t)(-(uintptr_t)at & (align - 1));
}

/* A block with room for `least` bytes. One made to measure goes behind the newest, whose
 * rest stays in use. */
static QmArenaBlock *add_block(QmArena *arena, size_t least)
{
    size_t size = arena->blocks ? 2 * arena->blocks->size : FIRST_BLOCK;
    size = size > LAST_BLOCK ? LAST_BLOCK : size;
    const bool to_measure = least > size || least >= ALONE;
    size = to_measure ? least : size;
    if (size > SIZE_MAX - sizeof(QmArenaBlock)) {
        return NULL;
    }
    QmArenaBlock *block = calloc(1, sizeof *block + size);
    if (!block) {
        return NULL;
    }
    QmArenaBlock **link =
        to_measure && arena->blocks ? &arena->blocks->next : &arena->blocks;
    block->size = size;
    block->alone = link != &arena->blocks;
    block->next = *link;
    *link = block;
    arena->total += sizeof *block + size;
    return block;
}

static void *take(QmArenaBlock *block, size_t size, size_t align)
{
    char *free_space = block_data(block) + block->used;
    const size_t skip = padding(free_space, align);
    const size_t left = block->size - block->used;
    if (skip > left || size > left - skip) {
        return NULL;
    }
    block->used += skip + size;
    return free_space + skip;
}

void qm_arena_init(QmArena *arena) { *arena = (QmArena){0}; }

void *qm_arena_alloc(QmArena *arena, size_t count, size_t size)
{
    arena->calls++;
    if (arena->fail_at != 0 && arena->calls >= arena->fail_at) {
        return NULL;
    }
    if (size != 0 && count > (SIZE_MAX - LARGE_ALIGN) / size) {
        return NULL;
    }
    const size_t bytes = count * size == 0 ? 1 : count * size;
    const size_t align = bytes >= LARGE_ALIGN ? LARGE_ALIGN : SMALL_ALIGN;
    void *memory =
        arena->blocks && bytes < ALONE ? take(arena->blocks, bytes, align) : NULL;
    if (memory) {
        return memory;
    }
    QmArenaBlock *block = add_block(arena, bytes + align);
    return block ? take(block, bytes, align) : NULL;
}

void *qm_arena_grow(QmArena *arena, const void *old, size_t old_count, size_t new_count,
                    size_t size)
{
    assert(new_count >= old_count);
    void *grown = qm_arena_alloc(arena, new_count, size);
    if (grown && old && old_count * size != 0) {
        memcpy(grown, old, old_count * size);
    }
    return grown;
}

void qm_arena_drop(QmArena *arena, const void *memory)
{
    for (QmArenaBlock **link = &arena->blocks; *link; link = &(*link)->next) {
        QmArenaBlock *block = *link;
        const uintptr_t at = (uintptr_t)memory, begin = (uintptr_t)block_data(block);
        if (block->alone && at >= begin && at < begin + block->size) {
            *link = block->next;
            arena->total -= sizeof *block + block->size;
            free(block);
            return;
        }
    }
}

char *qm_arena_strdup(QmArena *arena, const char *text)
{
    return qm_arena_strndup(arena, text, strlen(text));
}

char *qm_arena_strndup(QmArena *arena, const char *text, size_t length)
{
    const char *end = length ? memchr(text, '\0', length) : NULL;
    const size_t kept = end ? (size_t)(end - text) : length;
    char *copy = kept < SIZE_MAX ? qm_arena_alloc(arena, kept + 1, 1) : NULL;
    if (copy && kept != 0) {
        memcpy(copy, text, kept);
    }
    return copy;
}

void qm_arena_release(QmArena *arena)
{
    for (QmArenaBlock *block = arena->blocks; block;) {
        QmArenaBlock *older = block->next;
        free(block);
        block = older;
    }
    arena->blocks = NULL;
    arena->total = 0;
}
