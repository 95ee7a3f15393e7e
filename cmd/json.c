/* Names come from the file system and may be any bytes; jansson takes UTF-8 only. */
#include "cmd/json.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

json_t *cli_json_text(const char *bytes)
{
    static const char replacement[] = "\xef\xbf\xbd";
    json_t *whole = json_string(bytes);
    if (whole)
        return whole;
    char text[4096];
    size_t n = 0;
    while (*bytes && n + 4 < sizeof text) {
        size_t length = 4;
        json_t *piece = NULL;
        while (length > 0 && !(strnlen(bytes, length) == length &&
                               (piece = json_stringn(bytes, length))))
            length--;
        memcpy(text + n, piece ? bytes : replacement, piece ? length : 3);
        n += piece ? length : 3;
        bytes += piece ? length : 1;
        json_decref(piece);
    }
    return json_stringn(text, n);
}

bool cli_json_print(json_t *object)
{
    const bool ok =
        object && json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15)) == 0;
    if (ok)
        fputc('\n', stdout);
    json_decref(object);
    return ok && fflush(stdout) == 0;
}
