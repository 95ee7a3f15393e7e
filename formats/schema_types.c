/* The types of fields that any schema can use. */
#include "formats/schema.h"

#include "model/address.h"
#include "model/position.h"

#include <string.h>

/* ---- texts ---- */

static QmStatus read_text(QmReader *reader, const QmYamlNode *node, const QmField *field,
                          void *base, void *value)
{
    (void)field, (void)base;
    const QmStatus status = qm_reader_kind(reader, node, QM_YAML_SCALAR, "a text");
    if (status == QM_OK) {
        *(const char **)value = node->text;
    }
    return status;
}

static void print_text(QmPrinter *printer, const QmField *field, const void *base,
                       const void *value)
{
    (void)field, (void)base;
    qm_yaml_text(&printer->yaml, *(const char *const *)value);
}

static void default_text(const QmField *field, void *value)
{
    (void)field;
    *(const char **)value = NULL;
}

static bool is_default_text(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)base;
    const char *text = *(const char *const *)value;
    return !text || text[0] == '\0';
}

const QmFieldType qm_field_text = {read_text, print_text, default_text, is_default_text};

/* ---- values of rows, in whatever C type holds them ---- */

typedef double (*Load)(const void *value);
typedef void (*Store)(void *value, double number);

static double load_number(const void *value) { return *(const double *)value; }
static void store_number(void *value, double number) { *(double *)value = number; }
static double load_whole(const void *value) { return *(const uint32_t *)value; }
static void store_whole(void *value, double number)
{
    *(uint32_t *)value = (uint32_t)number;
}
static double load_switch(const void *value) { return *(const bool *)value; }
static void store_switch(void *value, double number) { *(bool *)value = number != 0; }
static double load_choice(const void *value) { return *(const int *)value; }
static void store_choice(void *value, double number) { *(int *)value = (int)number; }

static QmStatus read_row(QmReader *reader, const QmYamlNode *node, const QmField *field,
                         void *value, Store store)
{
    double number;
    const QmStatus status = qm_reader_row(reader, node, field->row, &number);
    if (status == QM_OK) {
        store(value, number);
    }
    return status;
}

/* The four types differ in how they load and store a double only. */
#define ROW_TYPE(kind)                                                                   \
    static QmStatus read_##kind(QmReader *reader, const QmYamlNode *node,                \
                                const QmField *field, void *base, void *value)           \
    {                                                                                    \
        (void)base;                                                                      \
        return read_row(reader, node, field, value, store_##kind);                       \
    }                                                                                    \
    static void print_##kind(QmPrinter *printer, const QmField *field, const void *base, \
                             const void *value)                                          \
    {                                                                                    \
        (void)base;                                                                      \
        qm_printer_row(printer, field->row, load_##kind(value));                         \
    }                                                                                    \
    static void default_##kind(const QmField *field, void *value)                        \
    {                                                                                    \
        store_##kind(value, field->row->def);                                            \
    }                                                                                    \
    static bool is_default_##kind(const QmField *field, const void *base,                \
                                  const void *value)                                     \
    {                                                                                    \
        (void)base;                                                                      \
        return load_##kind(value) == field->row->def;                                    \
    }                                                                                    \
    const QmFieldType qm_field_##kind = {read_##kind, print_##kind, default_##kind,      \
                                         is_default_##kind};

ROW_TYPE(number)
ROW_TYPE(whole)
ROW_TYPE(switch)
ROW_TYPE(choice)

/* ---- positions and lengths ---- */

static QmStatus read_position(QmReader *reader, const QmYamlNode *node,
                              const QmField *field, void *base, void *value)
{
    (void)field, (void)base;
    if (node->kind == QM_YAML_SCALAR && qm_position_parse(node->text, value)) {
        return QM_OK;
    }
    return qm_reader_expected(reader, node, "a position such as 5, 5.3.2 or 2.5 s");
}

static void print_position(QmPrinter *printer, const QmField *field, const void *base,
                           const void *value)
{
    (void)field, (void)base;
    printer->scratch.length = 0;
    qm_position_print(*(const QmPosition *)value, &printer->scratch);
    qm_printer_scratch(printer);
}

static void default_position(const QmField *field, void *value)
{
    if (!field->def || !qm_position_parse(field->def, value)) {
        *(QmPosition *)value = (QmPosition){QM_POS_BARS, 1, 1, 1, 0};
    }
}

static bool is_default_position(const QmField *field, const void *base, const void *value)
{
    (void)base;
    QmPosition def;
    const QmPosition *position = value;
    default_position(field, &def);
    return def.kind == position->kind && def.bar == position->bar &&
           def.beat == position->beat && def.sixteenth == position->sixteenth &&
           def.value == position->value;
}

const QmFieldType qm_field_position = {read_position, print_position, default_position,
                                       is_default_position};

static QmStatus read_length(QmReader *reader, const QmYamlNode *node,
                            const QmField *field, void *base, void *value)
{
    (void)base;
    QmLength length;
    if (node->kind != QM_YAML_SCALAR || !qm_length_parse(node->text, &length)) {
        return qm_reader_expected(reader, node,
                                  "a length such as 4 bars, 1/16 or 250 ms");
    }
    if (!field->negative && qm_length_negative(length)) {
        return qm_reader_expected(reader, node, "a length that is not negative");
    }
    *(QmLength *)value = length;
    return QM_OK;
}

static void print_length(QmPrinter *printer, const QmField *field, const void *base,
                         const void *value)
{
    (void)field, (void)base;
    printer->scratch.length = 0;
    qm_length_print(*(const QmLength *)value, &printer->scratch);
    qm_printer_scratch(printer);
}

static void default_length(const QmField *field, void *value)
{
    if (!field->def || !qm_length_parse(field->def, value)) {
        *(QmLength *)value = (QmLength){.kind = QM_LEN_SAMPLES};
    }
}

static bool is_default_length(const QmField *field, const void *base, const void *value)
{
    (void)base;
    QmLength def;
    const QmLength *length = value;
    default_length(field, &def);
    return def.kind == length->kind && def.value == length->value &&
           def.numerator == length->numerator && def.denominator == length->denominator;
}

const QmFieldType qm_field_length = {read_length, print_length, default_length,
                                     is_default_length};

/* ---- lists of structs ---- */

static uint32_t *count_of(const QmField *field, const void *base)
{
    return (uint32_t *)((char *)base + field->count_offset);
}

static QmStatus read_list(QmReader *reader, const QmYamlNode *node, const QmField *field,
                          void *base, void *value)
{
    const QmSchema *schema = field->items;
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_LIST, "a list");
    if (status == QM_OK && node->n > field->max_items) {
        status = QM_READER_FAIL(reader, node, "expected at most %u entries, found %u",
                                field->max_items, node->n);
    }
    char *items =
        status == QM_OK ? qm_arena_alloc(reader->arena, node->n, schema->size) : NULL;
    if (status == QM_OK && !items) {
        return qm_fail_memory(reader->diag);
    }
    uint32_t i = 0;
    for (const QmYamlNode *item = node->first; status == QM_OK && item;
         item = item->next) {
        const QmPart part = {.schema = schema, .base = items + i * schema->size};
        const size_t mark = qm_reader_push_item(reader, ++i);
        qm_schema_defaults(schema, part.base);
        if (schema->place_offset != 0) {
            *(QmPlace *)((char *)part.base + schema->place_offset) =
                qm_reader_place(reader, item);
        }
        status = qm_schema_read(reader, item, schema->name, &part, 1);
        qm_reader_pop(reader, mark);
    }
    if (status == QM_OK) {
        memcpy(value, &items, sizeof items);
        *count_of(field, base) = node->n;
    }
    return status;
}

static void print_list(QmPrinter *printer, const QmField *field, const void *base,
                       const void *value)
{
    char *items;
    memcpy(&items, value, sizeof items);
    qm_yaml_begin_list(&printer->yaml, false);
    for (uint32_t i = 0; i < *count_of(field, base); i++) {
        const QmPart part = {.schema = field->items,
                             .base = items + i * field->items->size};
        qm_yaml_item(&printer->yaml);
        qm_yaml_begin_map(&printer->yaml, true);
        qm_schema_print(printer, &part, 1);
        qm_yaml_end(&printer->yaml);
    }
    qm_yaml_end(&printer->yaml);
}

static void default_list(const QmField *field, void *value)
{
    (void)field;
    memset(value, 0, sizeof(void *));
}

static bool is_default_list(const QmField *field, const void *base, const void *value)
{
    (void)value;
    return *count_of(field, base) == 0;
}

const QmFieldType qm_field_list = {read_list, print_list, default_list, is_default_list};
