/* Maps by hand, with the session's reader for places, paths and "expected ..., found":
 * keys of `points` are numbers, which a table of keys cannot say. */
#include "formats/curves_yaml.h"

#include "base/text.h"
#include "base/units.h"
#include "formats/file.h"
#include "formats/schema.h"
#include "formats/templates.h"
#include "model/address.h"

#define LOWEST_HZ  1
#define HIGHEST_HZ 1e6
#define LEVEL_MAX  200 /* dB either way */

enum { MIN_POINTS = 2, MAX_POINTS = 1000 };

/* What a map may hold, and must. */
static QmStatus check_keys(QmReader *reader, const QmYamlNode *map,
                           const char *const *keys, size_t n)
{
    for (const QmYamlNode *node = map->first; node; node = node->next) {
        bool known = false;
        for (size_t i = 0; i < n; i++) {
            known = known || qm_same(node->key, keys[i]);
        }
        if (!known) {
            return qm_fail_unknown(reader->diag, qm_reader_key_place(reader, node),
                                   reader->path, "key", node->key, keys, n);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!qm_yaml_get(map, keys[i])) {
            return QM_READER_FAIL(reader, map, "'%s' is missing", keys[i]);
        }
    }
    return QM_OK;
}

static QmStatus read_source(QmReader *reader, const QmYamlNode *node, const char **source)
{
    const size_t mark = qm_reader_push(reader, "source");
    QmStatus status = QM_OK;
    if (node->kind != QM_YAML_SCALAR || qm_yaml_is_empty(node)) {
        status = qm_reader_expected(reader, node, "a text");
    }
    *source = node->text;
    qm_reader_pop(reader, mark);
    return status;
}

/* One point; `last` is the one before, or NULL. */
static QmStatus read_point(QmReader *reader, const QmYamlNode *node,
                           const QmTargetPoint *last, QmTargetPoint *point)
{
    if (!qm_quantity_parse(node->key, QM_UNIT_HZ, &point->hz) || point->hz < LOWEST_HZ ||
        point->hz > HIGHEST_HZ) {
        return qm_fail(reader->diag, QM_ERR_INPUT, qm_reader_key_place(reader, node),
                       reader->path,
                       "expected a frequency from 1 to 1000000 Hz, found '%s'",
                       node->key);
    }
    if (last && point->hz <= last->hz) {
        return qm_fail(reader->diag, QM_ERR_INPUT, qm_reader_key_place(reader, node),
                       reader->path, "frequencies go up, '%s' does not", node->key);
    }
    const size_t mark = qm_reader_push(reader, node->key);
    QmStatus status = QM_OK;
    if (node->kind != QM_YAML_SCALAR ||
        !qm_quantity_parse(node->text, QM_UNIT_DB, &point->db) ||
        point->db < -LEVEL_MAX || point->db > LEVEL_MAX) {
        status = qm_reader_expected(reader, node, "a level from -200 to 200 dB");
    }
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus read_points(QmReader *reader, const QmYamlNode *node,
                            QmTargetCurve *curve)
{
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_MAP, "a map of levels");
    if (status != QM_OK) {
        return status;
    }
    if (node->n < MIN_POINTS || node->n > MAX_POINTS) {
        return QM_READER_FAIL(reader, node, "expected %d to %d points, found %u",
                              MIN_POINTS, MAX_POINTS, node->n);
    }
    QmTargetPoint *points = QM_NEW_ARRAY(reader->arena, QmTargetPoint, node->n);
    if (!points) {
        return qm_fail_memory(reader->diag);
    }
    uint32_t n = 0;
    for (const QmYamlNode *child = node->first; child && status == QM_OK;
         child = child->next, n++) {
        status = read_point(reader, child, n > 0 ? &points[n - 1] : NULL, &points[n]);
    }
    curve->points = points;
    curve->n = n;
    return status;
}

static QmStatus read_curve(QmReader *reader, const QmYamlNode *node, QmTargetCurve *curve)
{
    static const char *const keys[] = {"source", "points"};
    const size_t mark = qm_reader_push(reader, node->key);
    curve->name = node->key;
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_MAP, "a curve");
    status = status ? status : check_keys(reader, node, keys, QM_COUNT(keys));
    status = status ? status
                    : read_source(reader, qm_yaml_get(node, "source"), &curve->source);
    if (status == QM_OK) {
        const size_t inner = qm_reader_push(reader, "points");
        status = read_points(reader, qm_yaml_get(node, "points"), curve);
        qm_reader_pop(reader, inner);
    }
    qm_reader_pop(reader, mark);
    return status;
}

QmStatus qm_curves_parse(const char *text, size_t size, const char *file_name,
                         QmArena *arena, QmDiag *diag, QmTargetCurves *curves)
{
    static const char *const keys[] = {"curves"};
    QmReader reader = {.arena = arena, .diag = diag, .file = file_name};
    const QmYamlNode *root = NULL;
    QmStatus status = qm_yaml_parse(text, size, file_name, arena, diag, &root);
    status = status ? status : qm_reader_kind(&reader, root, QM_YAML_MAP, "a map");
    status = status ? status : check_keys(&reader, root, keys, QM_COUNT(keys));
    if (status != QM_OK) {
        return status;
    }
    const QmYamlNode *map = root->first;
    const size_t mark = qm_reader_push(&reader, map->key);
    status = qm_reader_kind(&reader, map, QM_YAML_MAP, "a map of curves");
    QmTargetCurve *list = status ? NULL : QM_NEW_ARRAY(arena, QmTargetCurve, map->n);
    if (!status && !list) {
        status = qm_fail_memory(diag);
    }
    uint32_t n = 0;
    for (const QmYamlNode *node = map->first; node && status == QM_OK;
         node = node->next, n++) {
        status = read_curve(&reader, node, &list[n]);
    }
    qm_reader_pop(&reader, mark);
    if (status == QM_OK) {
        *curves = (QmTargetCurves){list, n, file_name};
    }
    return status;
}

QmStatus qm_curves_find(const QmTargetCurves *curves, const char *name, QmArena *arena,
                        QmDiag *diag, const QmTargetCurve **curve)
{
    const char **names = QM_NEW_ARRAY(arena, const char *, curves->n);
    if (!names) {
        return qm_fail_memory(diag);
    }
    for (uint32_t i = 0; i < curves->n; i++) {
        names[i] = curves->curves[i].name;
        if (qm_same(names[i], name)) {
            *curve = &curves->curves[i];
            return QM_OK;
        }
    }
    return qm_fail_unknown(diag, (QmPlace){.file = curves->file}, NULL, "curve", name,
                           names, curves->n);
}

QmStatus qm_curves_load(QmArena *arena, QmDiag *diag, QmTargetCurves *curves)
{
    const char *path = NULL;
    char *text = NULL;
    size_t size = 0;
    QmStatus status = qm_template_path("curves.yaml", arena, diag, &path);
    status =
        status ? status : qm_file_read(path, QM_YAML_MAX_SIZE, arena, diag, &text, &size);
    return status ? status : qm_curves_parse(text, size, path, arena, diag, curves);
}
