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

/* 15 digits give back any decimal number that has no more. */
static bool dump(const json_t *value)
{
    return json_dumpf(value, stdout,
                      JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) == 0;
}

bool cli_json_print(json_t *object)
{
    const bool ok = object && dump(object);
    if (ok)
        fputc('\n', stdout);
    json_decref(object);
    return ok && fflush(stdout) == 0;
}

/* --- piece by piece ----------------------------------------------------------------- */

static void print(CliJson *json, char c)
{
    if (json->status == QM_OK && fputc(c, stdout) == EOF)
        json->status = QM_ERR_IO;
}

static void separate(CliJson *json)
{
    if (json->comma)
        print(json, ',');
    json->comma = true;
}

void cli_json_open(CliJson *json, char bracket)
{
    separate(json);
    print(json, bracket);
    json->comma = false;
}

void cli_json_close(CliJson *json, char bracket)
{
    print(json, bracket);
    json->comma = true;
}

void cli_json_put(CliJson *json, json_t *value)
{
    separate(json);
    if (!value && json->status == QM_OK)
        json->status = QM_ERR_MEMORY;
    if (json->status == QM_OK && !dump(value))
        json->status = QM_ERR_IO;
    json_decref(value);
}

void cli_json_key(CliJson *json, const char *key)
{
    cli_json_put(json, json_string(key));
    print(json, ':');
    json->comma = false;
}

void cli_json_set(CliJson *json, const char *key, json_t *value)
{
    cli_json_key(json, key);
    cli_json_put(json, value);
}

QmStatus cli_json_end(CliJson *json, QmDiag *diag)
{
    print(json, '\n');
    if (json->status == QM_ERR_MEMORY)
        return qm_fail_memory(diag);
    return json->status == QM_OK && fflush(stdout) == 0
               ? QM_OK
               : qm_fail_plain(diag, QM_ERR_IO, "cannot write to standard output");
}
