/* Tables that say what a map may hold, one walker that reads a map into a struct by them,
 * and one that prints it back: only what differs from the defaults, in the table's order.
 *
 * A map can be described by several parts: fields of a struct, rows of a processor's
 * table whose values are an array of doubles, and keys that the caller reads itself.
 * Unknown keys are errors with a near miss; keys of the language that are not built yet
 * are errors of their own. */
#ifndef QM_FORMATS_SCHEMA_H
#define QM_FORMATS_SCHEMA_H

#include "formats/yaml_tree.h"
#include "formats/yaml_write.h"
#include "model/session.h"

/* A key that the language has and this version does not build. */
typedef struct QmUnbuilt {
    const char *map, *key; /* a schema's name, a key of it */
} QmUnbuilt;

typedef struct QmReader {
    QmArena *arena;
    QmDiag *diag;
    const char *file;
    const QmUnbuilt *unbuilt; /* ended by {NULL, NULL}; may be NULL */
    void *context;            /* for the types of fields */
    size_t path_length;
    char path[QM_DIAG_PATH];
} QmReader;

typedef struct QmPrinter {
    QmYamlWriter yaml;
    QmText scratch;      /* for one value */
    const void *context; /* for the types of fields */
} QmPrinter;

typedef struct QmField QmField;
typedef struct QmSchema QmSchema;

/* What a field is. `value` points at it in its struct, which begins at `base`. */
typedef struct QmFieldType {
    QmStatus (*read)(QmReader *reader, const QmYamlNode *node, const QmField *field,
                     void *base, void *value);
    void (*print)(QmPrinter *printer, const QmField *field, const void *base,
                  const void *value);
    void (*set_default)(const QmField *field, void *value);
    bool (*is_default)(const QmField *field, const void *base, const void *value);
} QmFieldType;

struct QmField {
    const char *key;
    const QmFieldType *type;
    size_t offset;
    const QmParam *row;      /* number, whole, yes/no, choice: range, unit, default */
    const char *def;         /* position, length: the default as written */
    bool required, negative; /* must be said; a length may be below 0 */
    const QmSchema *items;   /* list: of what, */
    size_t count_offset;     /* where its uint32_t count is, */
    uint32_t max_items;      /* and how many there may be */
};

struct QmSchema {
    const char *name;
    const QmField *fields;
    uint32_t n_fields;
    size_t size;         /* of the struct */
    size_t place_offset; /* list items: where the struct keeps its QmPlace; 0: nowhere */
};

typedef struct QmPart {
    const QmSchema *schema; /* with base */
    void *base;
    const QmParam *rows; /* with n_rows, values */
    uint32_t n_rows;
    double *values;
    const char *const *taken; /* keys that the caller reads, n_taken of them */
    uint32_t n_taken;
} QmPart;

/* Sets every field of a struct to its default. */
void qm_schema_defaults(const QmSchema *schema, void *base);
/* Reads a map. `name` is its schema's for the table of unbuilt keys. What is not said is
 * left as it is: set defaults before. */
QmStatus qm_schema_read(QmReader *reader, const QmYamlNode *map, const char *name,
                        const QmPart *parts, uint32_t n_parts);
/* Prints keys and values into the map that was begun. */
void qm_schema_print(QmPrinter *printer, const QmPart *parts, uint32_t n_parts);
/* Whether qm_schema_print would print nothing. */
bool qm_schema_is_default(const QmPart *parts, uint32_t n_parts);

/* Writes what a type printed into the scratch text (emptied by itself before) as it
 * is. */
void qm_printer_scratch(QmPrinter *printer);
/* Writes a value of a row. */
void qm_printer_row(QmPrinter *printer, const QmParam *row, double value);

extern const QmFieldType qm_field_text;     /* const char *; default NULL */
extern const QmFieldType qm_field_number;   /* double */
extern const QmFieldType qm_field_whole;    /* uint32_t */
extern const QmFieldType qm_field_switch;   /* bool */
extern const QmFieldType qm_field_choice;   /* an enum (int) */
extern const QmFieldType qm_field_position; /* QmPosition */
extern const QmFieldType qm_field_length;   /* QmLength */
extern const QmFieldType qm_field_list; /* pointer to structs of `items`, and a count */

/* Key paths: push before what stands below a key or an item (from 1), then pop. */
size_t qm_reader_push(QmReader *reader, const char *key);
size_t qm_reader_push_item(QmReader *reader, uint32_t number);
void qm_reader_pop(QmReader *reader, size_t mark);

QmPlace qm_reader_place(const QmReader *reader, const QmYamlNode *node);
QmPlace qm_reader_key_place(const QmReader *reader, const QmYamlNode *node);
/* Fails with "expected EXPECTED, found ...". */
QmStatus qm_reader_expected(QmReader *reader, const QmYamlNode *node,
                            const char *expected);
/* Fails unless the node is of `kind`. */
QmStatus qm_reader_kind(QmReader *reader, const QmYamlNode *node, QmYamlKind kind,
                        const char *expected);
/* Fails if the node's key is one of the map `name` that is not built yet. */
QmStatus qm_reader_built(QmReader *reader, const QmYamlNode *node, const char *name);
/* Fails with a message of one's own at a node. */
#define QM_READER_FAIL(reader, node, ...)                                                \
    qm_fail((reader)->diag, QM_ERR_INPUT, qm_reader_place((reader), (node)),             \
            (reader)->path, __VA_ARGS__)

/* Reads one value of a row, `value` in its unit. */
QmStatus qm_reader_row(QmReader *reader, const QmYamlNode *node, const QmParam *row,
                       double *value);

#endif
