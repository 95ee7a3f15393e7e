/* Growing text in an arena, and the small questions one asks of names. */
#ifndef QM_BASE_TEXT_H
#define QM_BASE_TEXT_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>

/* A text under construction. `failed` is set when the arena had no memory; later calls do
 * nothing, so a writer checks once at the end. */
typedef struct QmText {
    QmArena *arena; /* borrowed */
    char *data;     /* NUL-ended once something was added; NULL before */
    size_t length, capacity;
    bool failed;
} QmText;

void qm_text_init(QmText *text, QmArena *arena);
void qm_text_add(QmText *text, const char *piece);
void qm_text_add_n(QmText *text, const char *piece, size_t length);
/* Spaces up to `column` (bytes from the start of the current line). */
void qm_text_pad(QmText *text, size_t column);
/* No floats in the format (locale!): see units.h. */
void qm_text_printf(QmText *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void qm_text_vprintf(QmText *text, const char *format, va_list list);

bool qm_same(const char *a, const char *b); /* NULL-safe string equality */
bool qm_starts_with(const char *text, const char *prefix);

/* What follows the last '/': "takes/a.b/kick.wav" -> "kick.wav". */
const char *qm_path_last(const char *path);
/* How many bytes of a path come before the suffix of its last part, ".wav" here; all of
 * them when it has none, as ".hidden" and "a.b/c". */
size_t qm_path_stem(const char *path);

/* The candidate that was probably meant by `word` (smallest edit distance, at most a
 * third of its length and 3; ties to the first; else the first that begins with it), or
 * NULL. */
const char *qm_near_miss(const char *word, const char *const *candidates, size_t count);

#endif
