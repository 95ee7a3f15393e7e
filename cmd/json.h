/* JSON on standard output: one object a line. */
#ifndef QM_CMD_JSON_H
#define QM_CMD_JSON_H

#include "base/diag.h"

#include <jansson.h>
#include <stdbool.h>

/* A string value for any bytes: what is not UTF-8 becomes U+FFFD, since JSON is UTF-8. */
json_t *cli_json_text(const char *bytes);
/* Prints one object on a line and drops it; false: it could not be made or written. */
bool cli_json_print(json_t *object);

/* An object that is printed while it is made, for those that may be large. Zeroed, it is
 * ready; after the first failure nothing more is printed. */
typedef struct CliJson {
    QmStatus status;
    bool comma; /* goes before what comes next */
} CliJson;

/* '{' or '[', and their ends. */
void cli_json_open(CliJson *json, char bracket);
void cli_json_close(CliJson *json, char bracket);
/* Of an object; its value is what comes next. */
void cli_json_key(CliJson *json, const char *key);
/* Prints a value and drops it; NULL: it could not be made. */
void cli_json_put(CliJson *json, json_t *value);
void cli_json_set(CliJson *json, const char *key, json_t *value);
/* Ends the line. Errors: QM_ERR_MEMORY, QM_ERR_IO, also of all before. */
QmStatus cli_json_end(CliJson *json, QmDiag *diag);

#endif
