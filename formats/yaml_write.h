/* Writes YAML in one canonical manner: block maps and lists of two spaces, flow ones on a
 * line, texts quoted only when they need it. What is written reads back as the same
 * texts, here and in any other reader of YAML 1.1 or 1.2.
 *
 * Nesting is the caller's: begin, key or item before each value, end. Check text->failed
 * once at the end. */
#ifndef QM_FORMATS_YAML_WRITE_H
#define QM_FORMATS_YAML_WRITE_H

#include "base/text.h"

#include <stdint.h>

enum { QM_YAML_WRITE_DEPTH = 16 };

typedef struct QmYamlWriter {
    QmText *text;
    uint32_t depth;
    struct QmYamlLevel {
        enum {
            QM_YAML_BLOCK_MAP,
            QM_YAML_BLOCK_LIST,
            QM_YAML_FLOW_MAP,
            QM_YAML_FLOW_LIST
        } kind;
        uint32_t indent, n;
    } levels[QM_YAML_WRITE_DEPTH];
} QmYamlWriter;

void qm_yaml_begin_map(QmYamlWriter *writer, bool flow);
void qm_yaml_begin_list(QmYamlWriter *writer, bool flow);
void qm_yaml_end(QmYamlWriter *writer);
void qm_yaml_key(QmYamlWriter *writer, const char *key);
/* A key that is a number, written as it is. */
void qm_yaml_bare_key(QmYamlWriter *writer, const char *key);
void qm_yaml_item(QmYamlWriter *writer);
/* An empty line before the next key of a block map. */
void qm_yaml_gap(QmYamlWriter *writer);
/* A text, quoted when a bare one would read as something else. */
void qm_yaml_text(QmYamlWriter *writer, const char *text);
/* A text that is always quoted. */
void qm_yaml_quoted(QmYamlWriter *writer, const char *text);
/* A number, position, name of a choice: written as it is. */
void qm_yaml_bare(QmYamlWriter *writer, const char *text);

#endif
