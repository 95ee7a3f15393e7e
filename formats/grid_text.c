/* One pass over the lines. A line is cut into at most three words before a '#': a time, a
 * position, and one too many. What is refused is named with its line and column. */
#include "formats/grid_text.h"

#include "base/number.h"
#include "formats/file.h"
#include "formats/file_out.h"

#include <stdio.h>
#include <string.h>

enum {
    GRID_BYTES_MAX = 64 << 20, /* 1000 hours at 300 BPM with room to spare */
    WORD_MAX = 40,             /* longer words are none of ours, and cut in messages */
};

typedef struct Reader {
    const char *at, *end; /* what is left of the text */
    QmPlace place;        /* of the line, and the word being looked at */
    QmList beats;         /* of QmBeat */
    QmArena *arena;
    QmDiag *diag;
} Reader;

typedef struct Word {
    char text[WORD_MAX + 1]; /* "": the line has no such word */
    uint32_t column;
} Word;

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* The next word of the line that ends at `end`. */
static const char *next_word(const char *at, const char *end, const char *line,
                             Word *word)
{
    while (at < end && is_space(*at)) {
        at++;
    }
    word->column = (uint32_t)(at - line) + 1;
    size_t length = 0;
    for (; at < end && !is_space(*at); at++) {
        if (length < WORD_MAX) {
            word->text[length++] = *at ? *at : '?';
        }
    }
    word->text[length] = '\0';
    return at;
}

static QmStatus refuse(Reader *reader, const Word *word, const char *expected)
{
    reader->place.column = word->column;
    return qm_fail(reader->diag, QM_ERR_INPUT, reader->place, NULL,
                   "expected %s, found '%s'", expected, word->text);
}

static QmStatus read_time(Reader *reader, const Word *word, double *time)
{
    if (!qm_number_parse(word->text, time) || *time < 0 || *time > QM_GRID_TIME_MAX) {
        return refuse(reader, word, "a time from 0 to 3600000 s");
    }
    const QmBeat *const beats = reader->beats.items;
    const double before = reader->beats.count ? beats[reader->beats.count - 1].time : -1;
    if (*time > before) {
        return QM_OK;
    }
    char number[QM_NUMBER_TEXT], expected[QM_NUMBER_TEXT + 16];
    qm_number_text(before, number);
    snprintf(expected, sizeof expected, "a time after %s s", number);
    return refuse(reader, word, expected);
}

static QmStatus read_position(Reader *reader, const Word *word, int *position)
{
    double value = 0;
    if (*word->text && (!qm_number_parse(word->text, &value) || value < 1 ||
                        value > QM_GRID_BAR_MAX || value != (int)value)) {
        return refuse(reader, word, "a beat of the bar from 1 to 64");
    }
    *position = (int)value;
    return QM_OK;
}

static QmStatus read_line(Reader *reader, const char *line, const char *end)
{
    const char *const comment = memchr(line, '#', (size_t)(end - line));
    const char *const stop = comment ? comment : end;
    Word time, position, more;
    const char *at = next_word(line, stop, line, &time);
    at = next_word(at, stop, line, &position);
    next_word(at, stop, line, &more);
    if (!*time.text) {
        return QM_OK;
    }
    QmBeat beat = {0};
    QmStatus status = read_time(reader, &time, &beat.time);
    status = status ? status : read_position(reader, &position, &beat.position);
    status =
        !status && *more.text ? refuse(reader, &more, "the end of the line") : status;
    if (status) {
        return status;
    }
    QmBeat *const added = qm_list_add(&reader->beats, sizeof beat, reader->arena);
    if (!added) {
        return qm_fail_memory(reader->diag);
    }
    *added = beat;
    return QM_OK;
}

QmStatus qm_grid_parse(const char *name, const char *data, size_t size, QmArena *arena,
                       QmDiag *diag, QmGrid *grid)
{
    Reader reader = {data, data + size, {name, 0, 0}, {0}, arena, diag};
    while (reader.at < reader.end) {
        const char *const line = reader.at;
        const char *const feed = memchr(line, '\n', (size_t)(reader.end - line));
        const char *const end = feed ? feed : reader.end;
        reader.place.line++;
        const QmStatus status = read_line(&reader, line, end);
        if (status) {
            return status;
        }
        reader.at = feed ? feed + 1 : end;
    }
    if (reader.beats.count < 2) {
        return qm_fail(diag, QM_ERR_INPUT, (QmPlace){name, 0, 0}, NULL,
                       "expected two beats at least, found %zu", reader.beats.count);
    }
    *grid = (QmGrid){reader.beats.items, reader.beats.count};
    return QM_OK;
}

QmStatus qm_grid_read(const char *path, QmArena *arena, QmDiag *diag, QmGrid *grid)
{
    char *data;
    size_t size;
    const char *const name = qm_arena_strdup(arena, path);
    QmStatus status = name ? QM_OK : qm_fail_memory(diag);
    status =
        status ? status : qm_file_read(path, GRID_BYTES_MAX, arena, diag, &data, &size);
    return status ? status : qm_grid_parse(name, data, size, arena, diag, grid);
}

void qm_grid_print(const QmGrid *grid, QmText *text)
{
    for (size_t i = 0; i < grid->n_beats; i++) {
        char number[QM_NUMBER_TEXT];
        qm_text_add_n(text, number, qm_number_text(grid->beats[i].time, number));
        if (grid->beats[i].position) {
            qm_text_printf(text, "\t%d", grid->beats[i].position);
        }
        qm_text_add(text, "\n");
    }
}

QmStatus qm_grid_write(const char *path, const QmGrid *grid, QmArena *arena, QmDiag *diag)
{
    QmText text;
    qm_text_init(&text, arena);
    qm_grid_print(grid, &text);
    return text.failed ? qm_fail_memory(diag)
                       : qm_file_out_whole(path, text.data, text.length, arena, diag);
}
