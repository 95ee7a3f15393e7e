/* Commands as text: a word of the table, and a place where the table says so. */
#include "render/control.h"

#include "base/text.h"
#include "model/position.h"

#include <string.h>

enum { LINE_LENGTH = 256 };

typedef struct Word {
    const char *name;
    QmVerb verb;
    bool takes_place;
} Word;

static const Word words[] = {
    {"play", QM_VERB_PLAY, false},    {"stop", QM_VERB_STOP, false},
    {"locate", QM_VERB_LOCATE, true}, {"status", QM_VERB_STATUS, false},
    {"quit", QM_VERB_QUIT, false},
};
enum { N_WORDS = sizeof words / sizeof words[0] };

static const char blanks[] = " \t\r";

/* `line` without its comment and the blanks around; false: too long to be a command. */
static bool strip(const char *line, char text[LINE_LENGTH])
{
    line += strspn(line, blanks);
    size_t length = strcspn(line, "#");
    while (length && strchr(blanks, line[length - 1]))
        length--;
    if (length >= LINE_LENGTH)
        return false;
    memcpy(text, line, length);
    text[length] = 0;
    return true;
}

static QmStatus unknown(const char *name, QmDiag *diag)
{
    const char *names[N_WORDS];
    for (size_t i = 0; i < N_WORDS; i++)
        names[i] = words[i].name;
    const char *near = qm_near_miss(name, names, N_WORDS);
    if (near)
        return qm_fail_plain(diag, QM_ERR_INPUT,
                             "unknown command '%s', did you mean '%s'?", name, near);
    return qm_fail_plain(
        diag, QM_ERR_INPUT,
        "unknown command '%s': expected play, stop, locate, status or quit", name);
}

static QmStatus read_place(const char *text, const QmClock *clock, QmDiag *diag,
                           int64_t *frame)
{
    QmPosition position;
    if (!qm_position_parse(text, &position))
        return qm_fail_plain(
            diag, QM_ERR_INPUT,
            "locate: expected a place such as 9, 5.3.2 or 12.5 s, found '%s'", text);
    const int64_t found = qm_clock_frame(clock, position);
    if (found >= QM_MAX_FRAME)
        return qm_fail_plain(diag, QM_ERR_INPUT, "locate: '%s' is too far away", text);
    *frame = found;
    return QM_OK;
}

QmStatus qm_control_parse(const char *line, const QmClock *clock, QmDiag *diag,
                          QmCommand *command)
{
    char text[LINE_LENGTH];
    if (!strip(line, text))
        return qm_fail_plain(diag, QM_ERR_INPUT, "a command line is too long");
    const size_t length = strcspn(text, blanks);
    const char *rest = text + length + strspn(text + length, blanks);
    text[length] = 0;
    QmCommand read = {QM_VERB_NONE, 0};
    if (length) {
        const Word *word = words;
        while (word < words + N_WORDS && !qm_same(word->name, text))
            word++;
        if (word == words + N_WORDS)
            return unknown(text, diag);
        if (*rest && !word->takes_place)
            return qm_fail_plain(diag, QM_ERR_INPUT, "%s takes nothing, found '%s'", text,
                                 rest);
        read.verb = word->verb;
        const QmStatus status =
            word->takes_place ? read_place(rest, clock, diag, &read.frame) : QM_OK;
        if (status != QM_OK)
            return status;
    }
    *command = read;
    return QM_OK;
}
