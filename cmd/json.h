/* JSON on standard output: one object a line. */
#ifndef QM_CMD_JSON_H
#define QM_CMD_JSON_H

#include <jansson.h>
#include <stdbool.h>

/* A string value for any bytes: what is not UTF-8 becomes U+FFFD, since JSON is UTF-8. */
json_t *cli_json_text(const char *bytes);
/* Prints one object on a line and drops it; false: it could not be made or written. */
bool cli_json_print(json_t *object);

#endif
