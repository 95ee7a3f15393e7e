/* Bottom-up merge sort: runs of 1, 2, 4, ... items are merged from one buffer into the
 * other. On equal items the left run goes first, which is all that stability takes. Two
 * runs that are already in order are copied whole, so sorted input costs one comparison a
 * pair of runs. */
#include "base/sort.h"

#include <assert.h>
#include <string.h>

typedef int (*Compare)(const void *, const void *);

/* Merges the runs [left, middle) and [middle, end) into `to`. Pointers are to bytes. */
static void merge(const char *left, const char *middle, const char *end, char *to,
                  size_t size, Compare compare)
{
    const char *right = middle;
    if (right == end || compare(middle - size, middle) <= 0) {
        memcpy(to, left, (size_t)(end - left));
        return;
    }
    while (left < middle && right < end) {
        const char **from = compare(left, right) <= 0 ? &left : &right;
        memcpy(to, *from, size);
        *from += size;
        to += size;
    }
    memcpy(to, left, (size_t)(middle - left));
    to += middle - left;
    memcpy(to, right, (size_t)(end - right));
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

QmStatus qm_sort(void *items, size_t count, size_t size, Compare compare,
                 QmArena *scratch)
{
    assert(size > 0);
    if (count < 2) {
        return QM_OK;
    }
    char *from = items;
    char *const lent = qm_arena_alloc(scratch, count, size);
    char *to = lent;
    if (!lent) {
        return QM_ERR_MEMORY;
    }
    const size_t total = count * size;
    for (size_t run = size; run < total; run *= 2) {
        for (size_t at = 0; at < total; at += 2 * run) {
            const size_t middle = least(at + run, total);
            const size_t end = least(at + 2 * run, total);
            merge(from + at, from + middle, from + end, to + at, size, compare);
        }
        char *merged = to;
        to = from;
        from = merged;
    }
    if (from != items) {
        memcpy(items, from, total);
    }
    qm_arena_drop(scratch, lent);
    return QM_OK;
}

int qm_by_double(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int qm_by_float(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}
