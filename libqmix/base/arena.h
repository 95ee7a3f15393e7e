/* Memory with one owner and one end.
 *
 * An arena hands out zeroed memory and gives all of it back at once. Sessions, plans,
 * engines and scratch work own an arena each; nothing else in the project calls malloc.
 * Tests make the n-th call fail to see that every caller minds it.
 *
 * Thread: one at a time. Errors: alloc returns NULL, never exits. */
#ifndef QM_BASE_ARENA_H
#define QM_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct QmArenaBlock QmArenaBlock;

typedef struct QmArena {
    QmArenaBlock *blocks; /* the one being filled first */
    uint64_t calls;       /* allocations asked for so far */
    uint64_t fail_at;     /* this call and every later one fails; 0: never (tests only) */
    size_t total;         /* bytes held from the system */
} QmArena;

/* A zeroed QmArena is an empty arena; qm_arena_init makes one. */
void qm_arena_init(QmArena *arena);

/* `count` * `size` zeroed bytes, aligned to 16 (to 64 from 64 bytes on). NULL when the
 * product overflows or the system has none. A zero size gives a valid unique pointer. */
void *qm_arena_alloc(QmArena *arena, size_t count, size_t size);

/* For growing lists: a larger copy of `old` (its first `old_count` items); `old` stays
 * valid. */
void *qm_arena_grow(QmArena *arena, const void *old, size_t old_count, size_t new_count,
                    size_t size);

/* Gives back what nobody needs any more, where it is large enough to lie by itself; else
 * it stays to the end. For lists that grow for hours. */
void qm_arena_drop(QmArena *arena, const void *memory);

/* A copy of `text` (of its first `length` bytes, or up to a NUL among them), ended by
 * NUL. */
char *qm_arena_strdup(QmArena *arena, const char *text);
char *qm_arena_strndup(QmArena *arena, const char *text, size_t length);

/* Gives everything back; the arena is empty and usable again (calls and fail_at stay as
 * they are). Accepts a zeroed arena. */
void qm_arena_release(QmArena *arena);

#define QM_NEW(arena, type) ((type *)qm_arena_alloc((arena), 1, sizeof(type)))
#define QM_NEW_ARRAY(arena, type, count)                                                 \
    ((type *)qm_arena_alloc((arena), (count), sizeof(type)))

#endif
