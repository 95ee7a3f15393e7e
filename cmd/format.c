/* Two tables of words. */
#include "cmd/format.h"

#include "base/text.h"

typedef struct Word {
    const char *name;
    int value;
} Word;

static const Word bits_words[] = {{"16", QM_BITS_16},
                                  {"24", QM_BITS_24},
                                  {"32f", QM_BITS_32F},
                                  {NULL, 0}};
static const Word dither_words[] = {{"auto", QM_DITHER_AUTO},
                                    {"none", QM_DITHER_NONE},
                                    {"tpdf", QM_DITHER_TPDF},
                                    {"shaped", QM_DITHER_SHAPED},
                                    {NULL, 0}};

static QmStatus read_word(const char *option, const char *text, const Word *words,
                          QmDiag *diag, int *value)
{
    if (!text)
        return QM_OK;
    for (; words->name; words++)
        if (qm_same(text, words->name)) {
            *value = words->value;
            return QM_OK;
        }
    return qm_fail_plain(diag, QM_ERR_USAGE, "%s: '%s' is none of its values", option,
                         text);
}

QmStatus format_read(const char *bits, const char *dither, QmDiag *diag,
                     QmAudioFormat *format)
{
    int n_bits = QM_BITS_24, kind = QM_DITHER_AUTO;
    QmStatus status = read_word("--bits", bits, bits_words, diag, &n_bits);
    if (status == QM_OK)
        status = read_word("--dither", dither, dither_words, diag, &kind);
    format->bits = (QmBits)n_bits;
    format->dither = (QmDitherKind)kind;
    return status;
}
