/* Texts as words of a line, and back: what a text may hold and a line may not is escaped.
 *
 * A control character is \xHH (\n, \t and \r by their letters), the backslash is two, and
 * so is white space where it would be taken for what parts words. */
#ifndef QM_FORMATS_LINE_TEXT_H
#define QM_FORMATS_LINE_TEXT_H

#include "base/text.h"

/* Which spaces a text may keep. */
typedef enum QmLineSpaces {
    QM_LINE_WORD,  /* none: it is one word */
    QM_LINE_WORDS, /* single ones between its words */
    QM_LINE_REST,  /* any but the first and the last: it ends the line */
} QmLineSpaces;

/* Adds `said`. A word behind its first that is among `taken` (ended by NULL; or NULL) has
 * its first letter escaped: WORDS that end where such a word comes. */
void qm_line_put(QmText *text, const char *said, QmLineSpaces spaces,
                 const char *const *taken);

bool qm_line_blank(char byte); /* space, tab, carriage return */

/* What a piece of a line says, into `said` (as long as the piece and a NUL). Of WORDS any
 * white space between is one space. NULL; or where a backslash says nothing. */
const char *qm_line_take(const char *piece, size_t length, QmLineSpaces spaces,
                         char *said);

/* Which of `words`, ended by NULL, the piece is; their number when it is none. */
uint32_t qm_line_find(const char *piece, size_t length, const char *const *words);

/* 0..15; -1: it is none. */
int qm_hex_digit(char digit);

#endif
