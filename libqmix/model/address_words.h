/* An address taken apart, and what its readers (address.c, edit_find.c) tell when a part
 * is wrong. */
#ifndef QM_MODEL_ADDRESS_WORDS_H
#define QM_MODEL_ADDRESS_WORDS_H

#include "model/session.h"

enum { QM_MAX_ADDRESS = 512, QM_MAX_WORDS = 4 };

typedef struct QmWords {
    char text[QM_MAX_ADDRESS];
    const char *word[QM_MAX_WORDS];
    uint32_t n;
    const QmSession *session;
    QmPlace place;
    const char *address; /* as written, for messages */
    QmDiag *diag;
} QmWords;

/* Parts the first `length` bytes of words->address at its dots: one to four words, none
 * of them empty. */
QmStatus qm_words_split(QmWords *words, size_t length);

/* "expected an address such as ..." */
QmStatus qm_words_malformed(const QmWords *words);
/* "unknown WHAT 'WORD', did you mean ...?" */
QmStatus qm_words_unknown(const QmWords *words, const char *what, const char *word,
                          const char *const *candidates, size_t count);
/* The first word is neither a strip nor a modulator. */
QmStatus qm_words_unknown_owner(const QmWords *words);

/* The row called `name` of `rows`; a near miss otherwise. */
QmStatus qm_words_row(const QmWords *words, const QmParam *rows, uint32_t n_rows,
                      const char *name, uint16_t *index);
/* "3" without sign or leading zero, from 1 to 9999; 0 if it is none. */
uint32_t qm_words_number(const char *word);

/* What the words name in their session (address.c). */
QmStatus qm_words_target(const QmWords *words, QmTarget *target);

#endif
