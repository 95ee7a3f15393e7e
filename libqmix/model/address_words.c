/* Words of an address, parted by dots. Names hold no dots and numbers have no leading
 * zeros, so that each thing has one spelling. */
#include "model/address_words.h"

#include "model/address.h"

#include <string.h>

QmStatus qm_words_malformed(const QmWords *words)
{
    return qm_fail(words->diag, QM_ERR_INPUT, words->place, NULL,
                   "expected an address such as 'bass.fader.gain', found '%s'",
                   words->address);
}

QmStatus qm_words_split(QmWords *words, size_t length)
{
    if (length >= QM_MAX_ADDRESS) {
        return qm_words_malformed(words);
    }
    memcpy(words->text, words->address, length);
    words->text[length] = '\0';
    words->n = 0;
    for (char *at = words->text;;) {
        if (words->n == QM_MAX_WORDS || *at == '.' || *at == '\0') {
            return qm_words_malformed(words);
        }
        words->word[words->n++] = at;
        at += strcspn(at, ".");
        if (*at == '\0') {
            return QM_OK;
        }
        *at++ = '\0';
    }
}

QmStatus qm_words_unknown(const QmWords *words, const char *what, const char *word,
                          const char *const *candidates, size_t count)
{
    return qm_fail_unknown(words->diag, words->place, words->address, what, word,
                           candidates, count);
}

QmStatus qm_fail_unknown_strip(const QmSession *session, QmDiag *diag, QmPlace place,
                               const char *path, const char *word)
{
    const char **names = QM_NEW_ARRAY(session->arena, const char *, session->n_strips);
    if (!names) {
        return qm_fail_memory(diag);
    }
    for (uint32_t i = 0; i < session->n_strips; i++) {
        names[i] = session->strips[i].name;
    }
    return qm_fail_unknown(diag, place, path, "strip", word, names, session->n_strips);
}

QmStatus qm_words_unknown_owner(const QmWords *words)
{
    const QmSession *session = words->session;
    const uint32_t strips = session->n_strips, n = strips + session->n_modulators;
    if (session->n_modulators == 0) {
        return qm_fail_unknown_strip(session, words->diag, words->place, words->address,
                                     words->word[0]);
    }
    const char **names = QM_NEW_ARRAY(session->arena, const char *, n);
    if (!names) {
        return qm_fail_memory(words->diag);
    }
    for (uint32_t i = 0; i < n; i++) {
        names[i] =
            i < strips ? session->strips[i].name : session->modulators[i - strips].name;
    }
    return qm_words_unknown(words, "strip or modulator", words->word[0], names, n);
}

QmStatus qm_words_row(const QmWords *words, const QmParam *rows, uint32_t n_rows,
                      const char *name, uint16_t *index)
{
    for (uint32_t i = 0; i < n_rows; i++) {
        if (qm_same(rows[i].name, name)) {
            *index = (uint16_t)i;
            return QM_OK;
        }
    }
    const char **names = QM_NEW_ARRAY(words->session->arena, const char *, n_rows);
    if (!names) {
        return qm_fail_memory(words->diag);
    }
    for (uint32_t i = 0; i < n_rows; i++) {
        names[i] = rows[i].name;
    }
    return qm_words_unknown(words, "parameter", name, names, n_rows);
}

uint32_t qm_words_number(const char *word)
{
    uint32_t number = 0;
    const size_t digits = strspn(word, "0123456789");
    if (digits == 0 || digits > 4 || word[digits] != '\0' || word[0] == '0') {
        return 0;
    }
    for (size_t i = 0; i < digits; i++) {
        number = 10 * number + (uint32_t)(word[i] - '0');
    }
    return number;
}
