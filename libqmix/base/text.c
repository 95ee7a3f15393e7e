/* A text grows by doubling: the old copy stays behind in the arena, at most as much again
 * as the text itself. Formatting measures first and writes second; both without a
 * locale's influence, because floats are not allowed in a format.
 *
 * Near misses are found by the optimal string alignment distance: insertions, deletions,
 * replacements and swaps of neighbours cost 1, so "gian" is one step from "gain". */
#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    FIRST_CAPACITY = 64,
    MAX_MISTAKES = 3,
    MAX_WORD = 64,  /* longer words are nobody's typing slip */
    MIN_PREFIX = 3, /* a word that was cut short */
};

void qm_text_init(QmText *text, QmArena *arena) { *text = (QmText){.arena = arena}; }

/* Room for `more` bytes and the NUL; false, and failed set, when there is none. */
static bool reserve(QmText *text, size_t more)
{
    if (text->failed) {
        return false;
    }
    if (text->data && more < text->capacity - text->length) {
        return true;
    }
    const size_t wanted = text->length + more + 1;
    const bool overflow = wanted <= more || wanted > SIZE_MAX / 2;
    size_t capacity = text->capacity ? 2 * text->capacity : FIRST_CAPACITY;
    capacity = capacity < wanted ? wanted : capacity;
    char *data = overflow
                     ? NULL
                     : qm_arena_grow(text->arena, text->data, text->length, capacity, 1);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void qm_text_add_n(QmText *text, const char *piece, size_t length)
{
    if (!reserve(text, length)) {
        return;
    }
    if (length != 0) {
        memcpy(text->data + text->length, piece, length);
    }
    text->length += length;
    text->data[text->length] = '\0';
}

void qm_text_add(QmText *text, const char *piece)
{
    qm_text_add_n(text, piece, strlen(piece));
}

void qm_text_pad(QmText *text, size_t column)
{
    size_t line_start = text->length;
    while (line_start > 0 && text->data[line_start - 1] != '\n') {
        line_start--;
    }
    for (size_t at = text->length - line_start; at < column && !text->failed; at++) {
        qm_text_add_n(text, " ", 1);
    }
}

void qm_text_vprintf(QmText *text, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    const int length = vsnprintf(NULL, 0, format, list);
    if (length < 0) {
        text->failed = true;
    } else if (reserve(text, (size_t)length)) {
        (void)vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void qm_text_printf(QmText *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    qm_text_vprintf(text, format, list);
    va_end(list);
}

bool qm_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool qm_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

const char *qm_path_last(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

size_t qm_path_stem(const char *path)
{
    const char *const last = qm_path_last(path), *const dot = strrchr(last, '.');
    return dot && dot > last ? (size_t)(dot - path) : strlen(path);
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Edit distance of two words of at most MAX_WORD + MAX_MISTAKES bytes, row by row. */
static size_t edit_distance(const char *a, size_t a_length, const char *b,
                            size_t b_length)
{
    size_t rows[3][MAX_WORD + MAX_MISTAKES + 1];
    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(row[j], 1 + least(above[j], row[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], two_above[j - 2] + 1);
            }
        }
    }
    return rows[a_length % 3][b_length];
}

const char *qm_near_miss(const char *word, const char *const *candidates, size_t count)
{
    const size_t length = strlen(word);
    size_t allowed = least(length / 3, MAX_MISTAKES);
    const char *best = NULL;
    if (length > MAX_WORD) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const size_t other = strlen(candidates[i]);
        if (other > length + allowed || length > other + allowed) {
            continue;
        }
        const size_t distance = edit_distance(word, length, candidates[i], other);
        if (distance < allowed || (distance == allowed && !best)) {
            best = candidates[i];
            allowed = distance;
        }
    }
    for (size_t i = 0; i < count && length >= MIN_PREFIX && !best; i++) {
        best = qm_starts_with(candidates[i], word) ? candidates[i] : NULL;
    }
    return best;
}
