/* A flat map: what a value may be depends on what its name means. */
#include "formats/tolerance_yaml.h"

#include "base/number.h"
#include "base/text.h"
#include "formats/file.h"
#include "formats/yaml_tree.h"

#include <string.h>

typedef struct Reader {
    QmArena *arena;
    QmDiag *diag;
    QmStatus failure; /* what a mistake is */
    QmList *tolerances;
} Reader;

/* A name and a value with their places. */
typedef struct Entry {
    const char *name, *value;
    QmPlace name_place, value_place;
} Entry;

static QmStatus unknown(const Reader *reader, const Entry *entry)
{
    const char *const near = qm_tolerance_near(entry->name, reader->arena);
    return qm_fail(reader->diag, reader->failure, entry->name_place, NULL,
                   "there is no '%s'%s%s%s", entry->name, near ? ", did you mean '" : "",
                   near ? near : "",
                   near ? "'?" : "; qanalyze --list-features names the measures");
}

static QmStatus refuse(const Reader *reader, const Entry *entry, const char *expected)
{
    return qm_fail(reader->diag, reader->failure, entry->value_place, entry->name,
                   "expected %s, found '%s'", expected, entry->value);
}

/* A number with that unit behind it: "1 %", "0.1LU". */
static bool read_with(const char *text, const char *unit, double *value)
{
    const char *rest = qm_number_scan(text, 0, value);
    while (rest && *rest == ' ')
        rest++;
    return qm_same(rest, unit);
}

/* A number, its unit said or not. */
static bool read_number(const Entry *entry, const QmNamed *named, double *value)
{
    const QmMeasure *const measure = named->measure;
    return qm_number_parse(entry->value, value) ||
           (measure && (read_with(entry->value, measure->unit, value) ||
                        read_with(entry->value, qm_tolerance_unit(measure), value)));
}

static QmStatus read_difference(const Reader *reader, const Entry *entry,
                                const QmNamed *named, QmTolerance *tolerance)
{
    const bool word = named->kind == QM_NAMED_WORD;
    if (qm_same(entry->value, "same")) {
        tolerance->allow = QM_ALLOW_BY;
        return QM_OK;
    }
    const bool percent = !word && read_with(entry->value, "%", &tolerance->value);
    if (percent && tolerance->value >= 0) {
        tolerance->allow = QM_ALLOW_SHARE;
        return QM_OK;
    }
    if (!word && !percent && read_number(entry, named, &tolerance->value) &&
        tolerance->value >= 0) {
        tolerance->allow = QM_ALLOW_BY;
        return QM_OK;
    }
    return refuse(reader, entry,
                  word ? "'same' or 'any'"
                       : "a number from 0, a percentage, 'same' or 'any'");
}

static QmStatus read_limit(const Reader *reader, const Entry *entry, const QmNamed *named,
                           QmTolerance *tolerance)
{
    const QmLimit limit = qm_difference_limits[named->limit];
    if (limit == QM_LIMIT_EQUAL) {
        tolerance->allow = QM_ALLOW_FLAG;
        tolerance->flag = qm_same(entry->value, "yes");
        /* Nobody wants two files to be different. */
        const bool may_be_no = !qm_same(entry->name, "identical");
        if (tolerance->flag || (may_be_no && qm_same(entry->value, "no")))
            return QM_OK;
        return refuse(reader, entry,
                      may_be_no ? "'yes', 'no' or 'any'" : "'yes' or 'any'");
    }
    tolerance->allow = QM_ALLOW_BY;
    const bool number = read_number(entry, named, &tolerance->value);
    if (limit == QM_LIMIT_EITHER)
        return number && tolerance->value >= 0
                   ? QM_OK
                   : refuse(reader, entry, "a number from 0 or 'any'");
    return number ? QM_OK : refuse(reader, entry, "a number or 'any'");
}

static QmStatus read_entry(const Reader *reader, const Entry *entry)
{
    const QmNamed named = qm_tolerance_named(entry->name);
    if (named.kind == QM_NAMED_NOTHING)
        return unknown(reader, entry);
    QmTolerance tolerance = {.name = entry->name, .allow = QM_ALLOW_ANY};
    QmStatus status = QM_OK;
    if (qm_same(entry->value, "any"))
        status = QM_OK;
    else if (named.kind == QM_NAMED_LIMIT)
        status = read_limit(reader, entry, &named, &tolerance);
    else
        status = read_difference(reader, entry, &named, &tolerance);
    if (status != QM_OK)
        return status;
    return qm_list_append(reader->tolerances, &tolerance, 1, sizeof tolerance,
                          reader->arena)
               ? QM_OK
               : qm_fail_memory(reader->diag);
}

QmStatus qm_tolerances_parse(const char *name, const char *data, size_t size,
                             QmArena *arena, QmDiag *diag, QmList *tolerances)
{
    const Reader reader = {arena, diag, QM_ERR_INPUT, tolerances};
    const QmYamlNode *root = NULL;
    QmStatus status = qm_yaml_parse(data, size, name, arena, diag, &root);
    if (status != QM_OK)
        return status;
    if (root->kind != QM_YAML_MAP)
        return qm_fail(diag, QM_ERR_INPUT, (QmPlace){name, root->line, root->column},
                       NULL, "expected a map of measures and what they may differ by");
    for (const QmYamlNode *node = root->first; node && status == QM_OK;
         node = node->next) {
        const Entry entry = {
            .name = node->key,
            .value = node->text,
            .name_place = {name, node->key_line, node->key_column},
            .value_place = {name, node->line, node->column},
        };
        status = node->kind == QM_YAML_SCALAR
                     ? read_entry(&reader, &entry)
                     : qm_fail(diag, QM_ERR_INPUT, entry.value_place, entry.name,
                               "expected one value, found several (write "
                               "loudness.integrated: 0.1)");
    }
    return status;
}

QmStatus qm_tolerances_read(const char *path, QmArena *arena, QmDiag *diag,
                            QmList *tolerances)
{
    char *data;
    size_t size;
    const char *const name = qm_arena_strdup(arena, path);
    QmStatus status = name ? QM_OK : qm_fail_memory(diag);
    if (status == QM_OK)
        status = qm_file_read(path, QM_TOLERANCE_BYTES_MAX, arena, diag, &data, &size);
    return status == QM_OK
               ? qm_tolerances_parse(name, data, size, arena, diag, tolerances)
               : status;
}

QmStatus qm_tolerance_argument(const char *argument, QmArena *arena, QmDiag *diag,
                               QmList *tolerances)
{
    const Reader reader = {arena, diag, QM_ERR_USAGE, tolerances};
    const char *const equals = strchr(argument, '=');
    if (!equals)
        return qm_fail_plain(diag, QM_ERR_USAGE, "expected MEASURE=VALUE, found '%s'",
                             argument);
    const Entry entry = {
        .name = qm_arena_strndup(arena, argument, (size_t)(equals - argument)),
        .value = equals + 1,
        .name_place = {"--tolerance", 0, 0},
        .value_place = {"--tolerance", 0, 0},
    };
    return entry.name ? read_entry(&reader, &entry) : qm_fail_memory(diag);
}
