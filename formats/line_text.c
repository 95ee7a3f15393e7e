/* Byte by byte: bytes of UTF-8 beyond ASCII are neither blank nor controls and stay as
 * they are. */
#include "formats/line_text.h"

#include <string.h>

/* Controls that have a letter, and it. */
static const char known[] = "\n\t\r\\", letters[] = "ntr\\";

bool qm_line_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

uint32_t qm_line_find(const char *piece, size_t length, const char *const *words)
{
    uint32_t i = 0;
    while (words[i] &&
           (strlen(words[i]) != length || memcmp(words[i], piece, length) != 0)) {
        i++;
    }
    return i;
}

int qm_hex_digit(char digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
           : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                          : -1;
}

static bool is_plain(const char *said, const char *at, QmLineSpaces spaces,
                     const char *const *taken)
{
    const unsigned char byte = (unsigned char)*at;
    const bool second = at != said && at[-1] == ' ';
    if (byte == ' ') {
        return at != said && at[1] != '\0' &&
               (spaces == QM_LINE_REST || (spaces == QM_LINE_WORDS && !second));
    }
    if (second && taken && taken[qm_line_find(at, strcspn(at, " "), taken)]) {
        return false;
    }
    return byte > ' ' && byte != 0x7f && byte != '\\';
}

void qm_line_put(QmText *text, const char *said, QmLineSpaces spaces,
                 const char *const *taken)
{
    for (const char *at = said; *at != '\0'; at++) {
        const char *letter = strchr(known, *at);
        if (is_plain(said, at, spaces, taken)) {
            qm_text_add_n(text, at, 1);
        } else if (letter) {
            qm_text_printf(text, "\\%c", letters[letter - known]);
        } else {
            qm_text_printf(text, "\\x%02x", (unsigned)(unsigned char)*at);
        }
    }
}

/* The byte that a backslash at `*at` begins; `*at` moves behind it. NUL: none. */
static char escaped(const char **at, const char *end)
{
    const char *from = *at + 1;
    if (end - from >= 3 && from[0] == 'x' && qm_hex_digit(from[1]) >= 0 &&
        qm_hex_digit(from[2]) >= 0) {
        *at = from + 3;
        return (char)(16 * qm_hex_digit(from[1]) + qm_hex_digit(from[2]));
    }
    const char *letter = from < end ? strchr(letters, *from) : NULL;
    *at = from + 1;
    return letter ? known[letter - letters] : '\0';
}

const char *qm_line_take(const char *piece, size_t length, QmLineSpaces spaces,
                         char *said)
{
    const char *end = piece + length;
    for (const char *at = piece; at < end;) {
        const char *from = at;
        const bool gap = spaces == QM_LINE_WORDS && qm_line_blank(*at);
        char byte = gap ? ' ' : *at;
        if (byte == '\\') {
            byte = escaped(&at, end);
        } else {
            at++;
        }
        if (byte == '\0') {
            return from;
        }
        while (gap && at < end && qm_line_blank(*at)) {
            at++;
        }
        *said++ = byte;
    }
    *said = '\0';
    return NULL;
}
