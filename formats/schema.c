/* The walkers. A map's parts are searched in order for each of its keys; what a part
 * finds, its field's type reads. Types are at the end: read, print, default, and whether
 * a value is it. */
#include "formats/schema.h"

#include "model/address.h"
#include "model/position.h"

#include <string.h>

/* ---- paths and messages ---- */

static size_t push(QmReader *reader, const char *part)
{
    const size_t mark = reader->path_length;
    const char *const pieces[] = {mark == 0 ? "" : ".", part};
    for (size_t i = 0; i < QM_COUNT(pieces); i++) {
        const size_t room = sizeof reader->path - 1 - reader->path_length;
        const size_t length = strlen(pieces[i]);
        const size_t n = length < room ? length : room;
        memcpy(reader->path + reader->path_length, pieces[i], n);
        reader->path_length += n;
    }
    reader->path[reader->path_length] = '\0';
    return mark;
}

size_t qm_reader_push(QmReader *reader, const char *key) { return push(reader, key); }

size_t qm_reader_push_item(QmReader *reader, uint32_t number)
{
    char text[QM_NUMBER_TEXT];
    qm_number_text(number, text);
    return push(reader, text);
}

void qm_reader_pop(QmReader *reader, size_t mark)
{
    reader->path_length = mark;
    reader->path[mark] = '\0';
}

QmPlace qm_reader_place(const QmReader *reader, const QmYamlNode *node)
{
    return (QmPlace){reader->file, node->line, node->column};
}

QmPlace qm_reader_key_place(const QmReader *reader, const QmYamlNode *node)
{
    return node->key ? (QmPlace){reader->file, node->key_line, node->key_column}
                     : qm_reader_place(reader, node);
}

QmStatus qm_reader_expected(QmReader *reader, const QmYamlNode *node,
                            const char *expected)
{
    if (node->kind != QM_YAML_SCALAR) {
        return QM_READER_FAIL(reader, node, "expected %s, found a %s", expected,
                              node->kind == QM_YAML_LIST ? "list" : "map");
    }
    if (qm_yaml_is_empty(node)) {
        return QM_READER_FAIL(reader, node, "expected %s, found nothing", expected);
    }
    return QM_READER_FAIL(reader, node, "expected %s, found '%s'", expected, node->text);
}

QmStatus qm_reader_kind(QmReader *reader, const QmYamlNode *node, QmYamlKind kind,
                        const char *expected)
{
    const bool fits = node->kind == kind && !qm_yaml_is_empty(node);
    return fits ? QM_OK : qm_reader_expected(reader, node, expected);
}

QmStatus qm_reader_row(QmReader *reader, const QmYamlNode *node, const QmParam *row,
                       double *value)
{
    if (node->kind != QM_YAML_SCALAR || qm_yaml_is_empty(node)) {
        char expected[QM_EXPECTED_TEXT];
        qm_param_expected(row, expected);
        return qm_reader_expected(reader, node, expected);
    }
    return qm_param_parse(row, node->text, qm_reader_place(reader, node), reader->path,
                          reader->diag, value);
}

/* ---- reading a map ---- */

static void *value_of(const QmField *field, const void *base)
{
    return (char *)base + field->offset;
}

void qm_schema_defaults(const QmSchema *schema, void *base)
{
    for (uint32_t i = 0; i < schema->n_fields; i++) {
        const QmField *field = &schema->fields[i];
        field->type->set_default(field, value_of(field, base));
    }
}

static const QmField *find_field(const QmPart *part, const char *key)
{
    for (uint32_t i = 0; part->schema && i < part->schema->n_fields; i++) {
        if (qm_same(part->schema->fields[i].key, key)) {
            return &part->schema->fields[i];
        }
    }
    return NULL;
}

static const QmParam *find_row(const QmPart *part, const char *key)
{
    for (uint32_t i = 0; i < part->n_rows; i++) {
        if (qm_same(part->rows[i].name, key)) {
            return &part->rows[i];
        }
    }
    return NULL;
}

static bool is_taken(const QmPart *part, const char *key)
{
    for (uint32_t i = 0; i < part->n_taken; i++) {
        if (qm_same(part->taken[i], key)) {
            return true;
        }
    }
    return false;
}

static uint32_t part_keys(const QmPart *part, const char **keys)
{
    uint32_t n = 0;
    for (uint32_t i = 0; part->schema && i < part->schema->n_fields; i++) {
        keys[n++] = part->schema->fields[i].key;
    }
    for (uint32_t i = 0; i < part->n_rows; i++) {
        keys[n++] = part->rows[i].name;
    }
    for (uint32_t i = 0; i < part->n_taken; i++) {
        keys[n++] = part->taken[i];
    }
    return n;
}

QmStatus qm_reader_built(QmReader *reader, const QmYamlNode *node, const char *name)
{
    for (const QmUnbuilt *u = reader->unbuilt; u && u->key; u++) {
        if (qm_same(u->map, name) && qm_same(u->key, node->key)) {
            return qm_fail(reader->diag, QM_ERR_INPUT, qm_reader_key_place(reader, node),
                           reader->path, "'%s' is not built yet", node->key);
        }
    }
    return QM_OK;
}

static QmStatus unknown_key(QmReader *reader, const QmYamlNode *node, const char *name,
                            const QmPart *parts, uint32_t n_parts)
{
    const QmPlace place = qm_reader_key_place(reader, node);
    size_t room = 0;
    if (qm_reader_built(reader, node, name) != QM_OK) {
        return QM_ERR_INPUT;
    }
    for (uint32_t i = 0; i < n_parts; i++) {
        room += (parts[i].schema ? parts[i].schema->n_fields : 0) + parts[i].n_rows +
                parts[i].n_taken;
    }
    const char **keys = QM_NEW_ARRAY(reader->arena, const char *, room);
    if (!keys) {
        return qm_fail_memory(reader->diag);
    }
    size_t n = 0;
    for (uint32_t i = 0; i < n_parts; i++) {
        n += part_keys(&parts[i], keys + n);
    }
    return qm_fail_unknown(reader->diag, place, reader->path, "key", node->key, keys, n);
}

static QmStatus read_key(QmReader *reader, const QmYamlNode *node, const char *name,
                         const QmPart *parts, uint32_t n_parts)
{
    for (uint32_t i = 0; i < n_parts; i++) {
        const QmPart *part = &parts[i];
        const QmField *field = find_field(part, node->key);
        const QmParam *row = field ? NULL : find_row(part, node->key);
        if (!field && !row) {
            if (is_taken(part, node->key)) {
                return QM_OK;
            }
            continue;
        }
        const size_t mark = push(reader, node->key);
        const QmStatus status =
            field ? field->type->read(reader, node, field, part->base,
                                      value_of(field, part->base))
                  : qm_reader_row(reader, node, row, &part->values[row - part->rows]);
        qm_reader_pop(reader, mark);
        return status;
    }
    return unknown_key(reader, node, name, parts, n_parts);
}

static QmStatus check_required(QmReader *reader, const QmYamlNode *map,
                               const QmPart *part)
{
    for (uint32_t i = 0; part->schema && i < part->schema->n_fields; i++) {
        const QmField *field = &part->schema->fields[i];
        if (field->required && !qm_yaml_get(map, field->key)) {
            return QM_READER_FAIL(reader, map, "'%s' is missing", field->key);
        }
    }
    return QM_OK;
}

QmStatus qm_schema_read(QmReader *reader, const QmYamlNode *map, const char *name,
                        const QmPart *parts, uint32_t n_parts)
{
    QmStatus status =
        qm_yaml_is_empty(map) ? QM_OK : qm_reader_kind(reader, map, QM_YAML_MAP, "a map");
    for (const QmYamlNode *node = map->first; status == QM_OK && node;
         node = node->next) {
        status = read_key(reader, node, name, parts, n_parts);
    }
    for (uint32_t i = 0; status == QM_OK && i < n_parts; i++) {
        status = check_required(reader, map, &parts[i]);
    }
    return status;
}

/* ---- printing a map ---- */

static bool is_said(const QmField *field, const void *base)
{
    return field->required ||
           !field->type->is_default(field, base, value_of(field, base));
}

void qm_printer_scratch(QmPrinter *printer)
{
    printer->yaml.text->failed |= printer->scratch.failed;
    if (!printer->scratch.failed) {
        qm_yaml_bare(&printer->yaml, printer->scratch.data);
    }
}

void qm_printer_row(QmPrinter *printer, const QmParam *row, double value)
{
    printer->scratch.length = 0;
    qm_param_print(row, value, &printer->scratch);
    qm_printer_scratch(printer);
}

void qm_schema_print(QmPrinter *printer, const QmPart *parts, uint32_t n_parts)
{
    for (uint32_t p = 0; p < n_parts; p++) {
        const QmPart *part = &parts[p];
        for (uint32_t i = 0; part->schema && i < part->schema->n_fields; i++) {
            const QmField *field = &part->schema->fields[i];
            if (is_said(field, part->base)) {
                qm_yaml_key(&printer->yaml, field->key);
                field->type->print(printer, field, part->base,
                                   value_of(field, part->base));
            }
        }
        for (uint32_t i = 0; i < part->n_rows; i++) {
            if (part->values[i] != part->rows[i].def) {
                qm_yaml_key(&printer->yaml, part->rows[i].name);
                qm_printer_row(printer, &part->rows[i], part->values[i]);
            }
        }
    }
}

bool qm_schema_is_default(const QmPart *parts, uint32_t n_parts)
{
    for (uint32_t p = 0; p < n_parts; p++) {
        const QmPart *part = &parts[p];
        for (uint32_t i = 0; part->schema && i < part->schema->n_fields; i++) {
            if (is_said(&part->schema->fields[i], part->base)) {
                return false;
            }
        }
        for (uint32_t i = 0; i < part->n_rows; i++) {
            if (part->values[i] != part->rows[i].def) {
                return false;
            }
        }
    }
    return true;
}
