/* One line a failure:  file:line:column: key.path: message
 *
 * Parts that are unknown are left out with their colon. What does not fit is cut between
 * two characters and ends in "...". The message is inserted text as well (file names,
 * words of a session), so a control character anywhere in the line is shown as '?': a
 * hostile file cannot reach the terminal through its error. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A line of at most QM_DIAG_TEXT - 1 bytes under construction. */
typedef struct Line {
    char *text;
    size_t length;
    bool cut;
} Line;

__attribute__((format(printf, 2, 0))) static void add_list(Line *line, const char *format,
                                                           va_list list)
{
    const size_t room = QM_DIAG_TEXT - line->length;
    const int wanted = vsnprintf(line->text + line->length, room, format, list);
    if (wanted < 0) {
        line->text[line->length] = '\0';
    } else if ((size_t)wanted < room) {
        line->length += (size_t)wanted;
    } else {
        line->length = QM_DIAG_TEXT - 1;
        line->cut = true;
    }
}

__attribute__((format(printf, 2, 3))) static void add(Line *line, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add_list(line, format, list);
    va_end(list);
}

static void add_place(Line *line, QmPlace place, const char *path)
{
    if (place.file && place.line != 0) {
        add(line, "%s:%u:%u: ", place.file, place.line, place.column);
    } else if (place.file) {
        add(line, "%s: ", place.file);
    }
    if (path && path[0] != '\0') {
        add(line, "%.*s: ", QM_DIAG_PATH, path);
    }
}

/* Ends a line that was cut with "..."; no half of a UTF-8 character stays before it. */
static void mark_cut(Line *line)
{
    size_t end = QM_DIAG_TEXT - sizeof "...";
    while (end > 0 && ((unsigned char)line->text[end] & 0xc0) == 0x80) {
        end--;
    }
    memcpy(line->text + end, "...", sizeof "...");
}

/* Length of the control character at `c`: C0, DEL, or C1 in its two bytes of UTF-8. */
static int control_length(const char *c)
{
    const unsigned char first = (unsigned char)c[0], second = (unsigned char)c[1];
    if (first == 0xc2 && second >= 0x80 && second < 0xa0) {
        return 2;
    }
    return first < 0x20 || first == 0x7f ? 1 : 0;
}

static void mask_controls(char *text)
{
    for (char *c = text; *c != '\0'; c++) {
        memset(c, '?', (size_t)control_length(c));
    }
}

__attribute__((format(printf, 4, 0))) static void write_line(char text[QM_DIAG_TEXT],
                                                             QmPlace place,
                                                             const char *path,
                                                             const char *format,
                                                             va_list list)
{
    Line line = {.text = text};
    add_place(&line, place, path);
    add_list(&line, format, list);
    if (line.cut) {
        mark_cut(&line);
    }
    mask_controls(text);
}

QmStatus qm_fail(QmDiag *diag, QmStatus status, QmPlace place, const char *path,
                 const char *format, ...)
{
    if (diag && diag->status == QM_OK) {
        va_list list;
        va_start(list, format);
        write_line(diag->text, place, path, format, list);
        va_end(list);
        diag->status = status;
    }
    return status;
}

QmStatus qm_fail_plain(QmDiag *diag, QmStatus status, const char *format, ...)
{
    if (diag && diag->status == QM_OK) {
        va_list list;
        va_start(list, format);
        write_line(diag->text, (QmPlace){0}, NULL, format, list);
        va_end(list);
        diag->status = status;
    }
    return status;
}

QmStatus qm_fail_memory(QmDiag *diag)
{
    return qm_fail_plain(diag, QM_ERR_MEMORY, "out of memory");
}

void qm_warn(QmDiag *diag, QmPlace place, const char *path, const char *format, ...)
{
    if (!diag) {
        return;
    }
    if (diag->n_warnings < QM_DIAG_WARNINGS) {
        va_list list;
        va_start(list, format);
        write_line(diag->warnings[diag->n_warnings], place, path, format, list);
        va_end(list);
    }
    diag->n_warnings++;
}
