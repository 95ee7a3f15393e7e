/* Rows of a map by its keys, each read by a table. The date of a row is put before its
 * source, so that whoever prints the source says how old it is. */
#include "formats/targets_yaml.h"

#include "base/text.h"
#include "base/units.h"
#include "formats/file.h"
#include "formats/templates.h"
#include "model/address.h"

#include <string.h>

/* The gate of loudness, and full scale. */
#define LUFS_MIN    (-70)
#define LUFS_MAX    0
#define CEILING_MIN (-20)
#define CEILING_MAX 0

typedef struct Row {
    double lufs, ceiling;
    const char *date, *source;
} Row;

static const QmParam lufs_row = {
    "lufs", "integrated loudness", QM_PARAM_NUMBER, QM_UNIT_LUFS, LUFS_MIN, LUFS_MAX,
    -14};
static const QmParam ceiling_row = {"ceiling",  "true peak, dBTP", QM_PARAM_NUMBER,
                                    QM_UNIT_DB, CEILING_MIN,       CEILING_MAX,
                                    -1};

static const QmField fields[] = {
    {"lufs", &qm_field_number, offsetof(Row, lufs), .row = &lufs_row, .required = true},
    {"ceiling", &qm_field_number, offsetof(Row, ceiling), .row = &ceiling_row,
     .required = true},
    {"date", &qm_field_text, offsetof(Row, date), .required = true},
    {"source", &qm_field_text, offsetof(Row, source), .required = true},
};
static const QmSchema schema = {"target", fields, QM_COUNT(fields), sizeof(Row), 0};
/* Of a target that a template has for itself. */
static const QmSchema own_schema = {"target", fields, 2, sizeof(Row), 0};

static bool is_date(const char *text)
{
    static const char form[] = "0000-00";
    size_t i = 0;
    for (; form[i] && text[i]; i++) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '0' ? !digit : text[i] != form[i]) {
            return false;
        }
    }
    return !form[i] && !text[i];
}

static QmStatus read_row(QmReader *reader, const QmYamlNode *node,
                         QmTemplateTarget *target)
{
    Row row = {0};
    const QmPart part = {.schema = &schema, .base = &row};
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_MAP, "a target");
    status = status ? status : qm_schema_read(reader, node, schema.name, &part, 1);
    if (status != QM_OK) {
        return status;
    }
    if (!is_date(row.date)) {
        const size_t mark = qm_reader_push(reader, "date");
        status = qm_reader_expected(reader, qm_yaml_get(node, "date"),
                                    "a month such as 2024-05");
        qm_reader_pop(reader, mark);
        return status;
    }
    QmText source;
    qm_text_init(&source, reader->arena);
    qm_text_printf(&source, "%s, %s", row.source, row.date);
    *target = (QmTemplateTarget){node->key, source.data, row.lufs, row.ceiling};
    return source.failed ? qm_fail_memory(reader->diag) : QM_OK;
}

QmStatus qm_targets_parse(const char *text, size_t size, const char *file_name,
                          QmArena *arena, QmDiag *diag, QmTargets *targets)
{
    static const char *const keys[] = {"targets"};
    QmReader reader = {.arena = arena, .diag = diag, .file = file_name};
    const QmPart part = {.taken = keys, .n_taken = 1};
    const QmYamlNode *root = NULL;
    QmStatus status = qm_yaml_parse(text, size, file_name, arena, diag, &root);
    status = status ? status : qm_schema_read(&reader, root, "targets", &part, 1);
    if (status != QM_OK) {
        return status;
    }
    const QmYamlNode *map = qm_yaml_get(root, keys[0]);
    if (!map) {
        return QM_READER_FAIL(&reader, root, "'%s' is missing", keys[0]);
    }
    const size_t mark = qm_reader_push(&reader, keys[0]);
    status = qm_reader_kind(&reader, map, QM_YAML_MAP, "a map of targets");
    QmTemplateTarget *rows = QM_NEW_ARRAY(arena, QmTemplateTarget, map->n);
    uint32_t n = 0;
    if (!rows) {
        return qm_fail_memory(diag);
    }
    for (const QmYamlNode *node = map->first; status == QM_OK && node;
         node = node->next) {
        const size_t inner = qm_reader_push(&reader, node->key);
        status = read_row(&reader, node, &rows[n++]);
        qm_reader_pop(&reader, inner);
    }
    qm_reader_pop(&reader, mark);
    if (status == QM_OK) {
        *targets = (QmTargets){rows, n};
    }
    return status;
}

QmStatus qm_targets_load(QmArena *arena, QmDiag *diag, QmTargets *targets)
{
    const char *path = NULL;
    char *text = NULL;
    size_t size = 0;
    QmStatus status = qm_template_path("targets.yaml", arena, diag, &path);
    status =
        status ? status : qm_file_read(path, QM_YAML_MAX_SIZE, arena, diag, &text, &size);
    return status ? status : qm_targets_parse(text, size, path, arena, diag, targets);
}

QmStatus qm_targets_find(const QmTargets *targets, const char *name, QmPlace place,
                         const char *path, QmArena *arena, QmDiag *diag,
                         QmTemplateTarget *target)
{
    const char **names = QM_NEW_ARRAY(arena, const char *, targets->n);
    if (!names) {
        return qm_fail_memory(diag);
    }
    for (uint32_t i = 0; i < targets->n; i++) {
        names[i] = targets->targets[i].name;
        if (qm_same(names[i], name)) {
            *target = targets->targets[i];
            return QM_OK;
        }
    }
    return qm_fail_unknown(diag, place, path, "target", name, names, targets->n);
}

QmStatus qm_targets_read(QmReader *reader, const QmYamlNode *node,
                         const QmTargets *targets, QmTemplateTarget *target)
{
    const size_t mark = qm_reader_push(reader, "target");
    Row row = {0};
    const QmPart part = {.schema = &own_schema, .base = &row};
    QmStatus status;
    if (node->kind == QM_YAML_MAP) {
        status = qm_schema_read(reader, node, schema.name, &part, 1);
        *target = (QmTemplateTarget){"own", reader->file, row.lufs, row.ceiling};
    } else {
        status = qm_reader_kind(reader, node, QM_YAML_SCALAR, "a target");
        status = status
                     ? status
                     : qm_targets_find(targets, node->text, qm_reader_place(reader, node),
                                       reader->path, reader->arena, reader->diag, target);
    }
    qm_reader_pop(reader, mark);
    return status;
}

QmStatus qm_target_find(const char *text, double ceiling, QmArena *arena, QmDiag *diag,
                        QmTemplateTarget *target)
{
    QmTargets targets = {0};
    double lufs;
    if (qm_quantity_parse(text, QM_UNIT_LUFS, &lufs)) {
        if (lufs < LUFS_MIN || lufs > LUFS_MAX) {
            return qm_fail_plain(diag, QM_ERR_INPUT,
                                 "expected a loudness from %d to %d LUFS, found '%s'",
                                 LUFS_MIN, LUFS_MAX, text);
        }
        *target = (QmTemplateTarget){"", "as asked for", lufs, ceiling};
        return QM_OK;
    }
    const QmStatus status = qm_targets_load(arena, diag, &targets);
    return status
               ? status
               : qm_targets_find(&targets, text, (QmPlace){0}, NULL, arena, diag, target);
}
