/* YAML as a tree of located nodes; what is not needed to write a session is refused.
 *
 * Kept: scalars with their text as written, sequences, mappings in file order. Refused,
 * each with its place: anchors and aliases (a few bytes could stand for gigabytes), tags,
 * several documents, keys that are no text, keys said twice, text that is not UTF-8 or
 * holds control characters, files beyond the limits below. */
#ifndef QM_FORMATS_YAML_TREE_H
#define QM_FORMATS_YAML_TREE_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    QM_YAML_MAX_SIZE = 64 << 20, /* bytes */
    QM_YAML_MAX_NODES = 4 << 20,
    QM_YAML_MAX_DEPTH = 64,
};

typedef enum QmYamlKind { QM_YAML_SCALAR, QM_YAML_LIST, QM_YAML_MAP } QmYamlKind;

typedef struct QmYamlNode QmYamlNode;
struct QmYamlNode {
    QmYamlKind kind;
    bool quoted;           /* SCALAR: written in quotes or as a block */
    uint32_t n;            /* LIST, MAP: how many children */
    uint32_t line, column; /* 1-based */
    const char *text;      /* SCALAR: NUL-ended */
    const char *key;       /* in a MAP: this child's key */
    uint32_t key_line, key_column;
    const QmYamlNode *first; /* LIST, MAP: the children in file order */
    const QmYamlNode *next;
};

/* Parses `size` bytes. Everything lives in `arena`; `file_name` is borrowed for messages.
 * An empty text gives an empty map. Errors: QM_ERR_INPUT, QM_ERR_MEMORY. */
QmStatus qm_yaml_parse(const char *text, size_t size, const char *file_name,
                       QmArena *arena, QmDiag *diag, const QmYamlNode **root);

/* The value of `key` in a map, or NULL. */
const QmYamlNode *qm_yaml_get(const QmYamlNode *map, const char *key);
/* Nothing was written: `key:` without a value, or `~`, or `null`. */
bool qm_yaml_is_empty(const QmYamlNode *node);

#endif
