/* A stable merge sort: equal items keep their order, so no sort hides an input (D5). */
#ifndef QM_BASE_SORT_H
#define QM_BASE_SORT_H

#include "base/arena.h"
#include "base/status.h"

/* Sorts `count` items of `size` bytes in place by `compare` (<0, 0, >0). `scratch` lends
 * count * size bytes. Errors: QM_ERR_MEMORY, items untouched. */
QmStatus qm_sort(void *items, size_t count, size_t size,
                 int (*compare)(const void *, const void *), QmArena *scratch);

/* Orders for it: numbers that rise. */
int qm_by_double(const void *a, const void *b);
int qm_by_float(const void *a, const void *b);

#endif
