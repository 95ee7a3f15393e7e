/* A template is a chain of documents: the file of styles, bases, the template itself.
 * Here the chain is gathered, and the heads are read; template_styles.c and
 * template_settings.c read what it says about rules.
 *
 * A file is known by its real path, so that a template cannot build upon itself by
 * whatever names. */
#include "formats/template_yaml.h"

#include "base/sort.h"
#include "base/text.h"
#include "formats/file.h"
#include "formats/roles_yaml.h"
#include "formats/template_parts.h"
#include "formats/templates.h"
#include "model/address.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* In the folder of templates. */
#define FOLDER "mix"
#define SUFFIX ".yaml"

/* ---- heads ---- */

typedef struct Head {
    const char *name, *about, *base, *curve;
} Head;

static const QmField head_fields[] = {
    {"template", &qm_field_text, offsetof(Head, name), .required = true},
    {"about", &qm_field_text, offsetof(Head, about), .required = true},
    {"base", &qm_field_text, offsetof(Head, base)},
    {"curve", &qm_field_text, offsetof(Head, curve)},
};
static const QmSchema head_schema = {"template", head_fields, QM_COUNT(head_fields),
                                     sizeof(Head), 0};
/* Read elsewhere. */
static const char *const other_keys[] = {"sources",  "target", "styles", "all",
                                         "families", "roles",  "master"};

static QmStatus read_sources(QmReader *reader, const QmYamlNode *node, QmList *sources)
{
    const size_t mark = qm_reader_push(reader, node->key);
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_LIST, "a list of texts");
    uint32_t n = 0;
    for (const QmYamlNode *item = node->first; status == QM_OK && item;
         item = item->next) {
        const size_t inner = qm_reader_push_item(reader, ++n);
        status = qm_reader_kind(reader, item, QM_YAML_SCALAR, "a text");
        qm_reader_pop(reader, inner);
        if (status == QM_OK &&
            !qm_list_append(sources, &item->text, 1, sizeof item->text, reader->arena)) {
            status = qm_fail_memory(reader->diag);
        }
    }
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus read_curve(QmReader *reader, const QmYamlNode *node,
                           const QmTargetCurves *curves, const QmTargetCurve **curve)
{
    const char **names = QM_NEW_ARRAY(reader->arena, const char *, curves->n);
    if (!names) {
        return qm_fail_memory(reader->diag);
    }
    for (uint32_t i = 0; i < curves->n; i++) {
        names[i] = curves->curves[i].name;
        if (qm_same(names[i], node->text)) {
            *curve = &curves->curves[i];
            return QM_OK;
        }
    }
    return qm_fail_unknown(reader->diag, qm_reader_place(reader, node), node->key,
                           "curve", node->text, names, curves->n);
}

/* What a document says about itself goes before what its bases said. */
static QmStatus read_head(QmReader *reader, const QmTemplateMakings *makings,
                          const QmYamlNode *root, QmTemplate *template)
{
    Head head = {0};
    const QmPart part = {.schema = &head_schema,
                         .base = &head,
                         .taken = other_keys,
                         .n_taken = QM_COUNT(other_keys)};
    const QmYamlNode *target = qm_yaml_get(root, "target");
    const QmYamlNode *curve = qm_yaml_get(root, "curve");
    QmStatus status = qm_schema_read(reader, root, head_schema.name, &part, 1);
    if (status == QM_OK && target) {
        status = qm_targets_read(reader, target, makings->targets, &template->target);
    }
    if (status == QM_OK && curve) {
        status = read_curve(reader, curve, makings->curves, &template->curve);
    }
    template->name = head.name;
    template->about = head.about;
    return status;
}

/* A file that has nothing but styles. */
static bool is_of_styles(const QmYamlNode *root)
{
    return root->kind == QM_YAML_MAP && root->n == 1 &&
           qm_same(root->first->key, "styles");
}

static QmStatus read_document(QmReader *reader, const QmTemplateMakings *makings,
                              uint32_t index, QmTemplate *template, QmList *styles)
{
    const QmTemplateDocument *document = &makings->documents[index];
    const QmYamlNode *root = document->root;
    const QmYamlNode *map = qm_yaml_get(root, "styles");
    const bool is_last = index + 1 == makings->n;
    QmStatus status = qm_reader_kind(reader, root, QM_YAML_MAP, "a map");
    if (status == QM_OK && (is_last || !is_of_styles(root))) {
        status = read_head(reader, makings, root, template);
    }
    return status == QM_OK && map ? qm_styles_read(reader, map, styles) : status;
}

/* The template's own first, then those of its bases. */
static QmStatus read_all_sources(QmReader *reader, const QmTemplateMakings *makings,
                                 const char *const **sources)
{
    static const char *const end = NULL;
    QmList list = {0};
    QmStatus status = QM_OK;
    for (uint32_t i = makings->n; status == QM_OK && i-- > 0;) {
        const QmYamlNode *node = qm_yaml_get(makings->documents[i].root, "sources");
        reader->file = makings->documents[i].file;
        status = node ? read_sources(reader, node, &list) : QM_OK;
    }
    if (status == QM_OK && !qm_list_append(&list, &end, 1, sizeof end, reader->arena)) {
        status = qm_fail_memory(reader->diag);
    }
    *sources = list.items;
    return status;
}

QmStatus qm_template_make(const QmTemplateMakings *makings, QmArena *arena, QmDiag *diag,
                          const QmTemplate **template)
{
    QmReader reader = {.arena = arena, .diag = diag};
    QmList styles = {0};
    QmTemplate *made = QM_NEW(arena, QmTemplate);
    QmStatus status = made ? QM_OK : qm_fail_memory(diag);
    for (uint32_t i = 0; status == QM_OK && i < makings->n; i++) {
        reader.file = makings->documents[i].file;
        status = read_document(&reader, makings, i, made, &styles);
    }
    status = status ? status : read_all_sources(&reader, makings, &made->sources);
    status = status ? status
                    : qm_settings_read(makings, &styles, arena, diag, &made->settings);
    if (status != QM_OK) {
        return status;
    }
    const QmTemplateDocument *last = &makings->documents[makings->n - 1];
    if (!made->target.name) {
        reader.file = last->file;
        return QM_READER_FAIL(&reader, last->root, "'target' is missing");
    }
    made->file = last->file;
    made->aliases = makings->aliases;
    made->n_aliases = makings->n_aliases;
    *template = made;
    return QM_OK;
}

/* ---- files ---- */

typedef struct Chain {
    QmArena *arena;
    QmDiag *diag;
    QmList documents;  /* of QmTemplateDocument, the template first */
    QmList real_paths; /* of const char *, as long */
} Chain;

static bool is_path(const char *name) { return strchr(name, '.') || strchr(name, '/'); }

static QmStatus fail_unknown_template(const char *name, QmPlace place, const char *path,
                                      QmArena *arena, QmDiag *diag)
{
    const char *const *names = NULL;
    size_t n = 0;
    const QmStatus status = qm_template_names(arena, diag, &names);
    while (status == QM_OK && names[n]) {
        n++;
    }
    return status ? status
                  : qm_fail_unknown(diag, place, path, "template", name, names, n);
}

/* The file of a template in the folder. */
static QmStatus find_in_folder(const Chain *chain, const char *name, QmPlace place,
                               const char *key, const char **path)
{
    QmText text;
    QmDiag silent = {.status = QM_OK};
    qm_text_init(&text, chain->arena);
    qm_text_printf(&text, FOLDER "/%s" SUFFIX, name);
    if (text.failed) {
        return qm_fail_memory(chain->diag);
    }
    const QmStatus status = qm_template_path(text.data, chain->arena, &silent, path);
    if (status == QM_ERR_INPUT) {
        return fail_unknown_template(name, place, key, chain->arena, chain->diag);
    }
    return status ? qm_fail_memory(chain->diag) : QM_OK;
}

/* A file named by another is found from that one's folder. */
static QmStatus find_file(const Chain *chain, const char *name, const char *from,
                          const char **path)
{
    QmText text;
    qm_text_init(&text, chain->arena);
    if (from && name[0] != '/') {
        qm_text_add_n(&text, from, (size_t)(qm_path_last(from) - from));
    }
    qm_text_add(&text, name);
    *path = text.data;
    return text.failed ? qm_fail_memory(chain->diag) : QM_OK;
}

/* Fails where the chain has this file already. */
static QmStatus check_circle(Chain *chain, const char *path, QmPlace place,
                             const char *key)
{
    char real[PATH_MAX];
    const char *const *seen = chain->real_paths.items;
    const char *copy = realpath(path, real) ? real : path;
    for (size_t i = 0; i < chain->real_paths.count; i++) {
        if (qm_same(seen[i], copy)) {
            return qm_fail(chain->diag, QM_ERR_INPUT, place, key,
                           "'%s' builds upon itself", path);
        }
    }
    copy = qm_arena_strdup(chain->arena, copy);
    return copy && qm_list_append(&chain->real_paths, &copy, 1, sizeof copy, chain->arena)
               ? QM_OK
               : qm_fail_memory(chain->diag);
}

static QmStatus parse_file(QmArena *arena, QmDiag *diag, const char *path,
                           QmTemplateDocument *document)
{
    char *data = NULL;
    size_t size = 0;
    const QmStatus status =
        qm_file_read(path, QM_YAML_MAX_SIZE, arena, diag, &data, &size);
    document->file = path;
    return status ? status
                  : qm_yaml_parse(data, size, path, arena, diag, &document->root);
}

/* Adds the template `name`, and then what it builds upon; `place` says where it was
 * named. */
static QmStatus gather(Chain *chain, const char *name)
{
    QmPlace place = {0};
    const char *key = NULL, *from = NULL;
    QmStatus status = QM_OK;
    while (status == QM_OK && name) {
        const char *path = NULL;
        QmTemplateDocument document = {0};
        status = is_path(name) ? find_file(chain, name, from, &path)
                               : find_in_folder(chain, name, place, key, &path);
        status = status ? status : check_circle(chain, path, place, key);
        status = status ? status : parse_file(chain->arena, chain->diag, path, &document);
        if (status == QM_OK && !qm_list_append(&chain->documents, &document, 1,
                                               sizeof document, chain->arena)) {
            status = qm_fail_memory(chain->diag);
        }
        /* Whatever else stands there is refused when the head is read. */
        const QmYamlNode *base = status ? NULL : qm_yaml_get(document.root, "base");
        const bool named =
            base && base->kind == QM_YAML_SCALAR && !qm_yaml_is_empty(base);
        name = named ? base->text : NULL;
        if (named) {
            place = (QmPlace){document.file, base->line, base->column};
            key = base->key;
            from = document.file;
        }
    }
    return status;
}

/* The chain turned round, the common styles before it. */
static QmStatus order(const Chain *chain, QmTemplateMakings *makings)
{
    const QmTemplateDocument *found = chain->documents.items;
    const uint32_t n = (uint32_t)chain->documents.count;
    QmTemplateDocument *documents = QM_NEW_ARRAY(chain->arena, QmTemplateDocument, n + 1);
    const char *path = NULL;
    QmStatus status = documents ? QM_OK : qm_fail_memory(chain->diag);
    status = status ? status
                    : qm_template_path("styles.yaml", chain->arena, chain->diag, &path);
    status = status ? status : parse_file(chain->arena, chain->diag, path, &documents[0]);
    for (uint32_t i = 0; status == QM_OK && i < n; i++) {
        documents[1 + i] = found[n - 1 - i];
    }
    makings->documents = documents;
    makings->n = n + 1;
    return status;
}

QmStatus qm_template_load(const char *name, QmArena *arena, QmDiag *diag,
                          const QmTemplate **template)
{
    Chain chain = {.arena = arena, .diag = diag};
    QmTargets targets = {0};
    QmTargetCurves curves = {0};
    QmTemplateMakings makings = {.targets = &targets, .curves = &curves};
    QmStatus status = gather(&chain, name);
    status = status ? status : order(&chain, &makings);
    status = status ? status : qm_targets_load(arena, diag, &targets);
    status = status ? status : qm_curves_load(arena, diag, &curves);
    status = status ? status
                    : qm_roles_load(arena, diag, &makings.aliases, &makings.n_aliases);
    return status ? status : qm_template_make(&makings, arena, diag, template);
}

/* ---- the folder ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static QmStatus list_folder(DIR *folder, QmArena *arena, QmDiag *diag, QmList *names)
{
    const size_t suffix = strlen(SUFFIX);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        const size_t length = strlen(entry->d_name);
        if (length <= suffix || !qm_same(entry->d_name + length - suffix, SUFFIX) ||
            entry->d_name[0] == '.') {
            continue;
        }
        const char *name = qm_arena_strndup(arena, entry->d_name, length - suffix);
        if (!name || !qm_list_append(names, &name, 1, sizeof name, arena)) {
            return qm_fail_memory(diag);
        }
    }
    return QM_OK;
}

QmStatus qm_template_names(QmArena *arena, QmDiag *diag, const char *const **names)
{
    static const char *const end = NULL;
    const char *path = NULL;
    QmList list = {0};
    QmStatus status = qm_template_path(FOLDER, arena, diag, &path);
    if (status != QM_OK) {
        return status;
    }
    DIR *folder = opendir(path);
    if (!folder) {
        return qm_fail_plain(diag, QM_ERR_INPUT, "cannot read '%s': %s", path,
                             strerror(errno));
    }
    status = list_folder(folder, arena, diag, &list);
    closedir(folder);
    status = status
                 ? status
                 : qm_sort(list.items, list.count, sizeof(const char *), by_name, arena);
    if (status == QM_OK && !qm_list_append(&list, &end, 1, sizeof end, arena)) {
        status = qm_fail_memory(diag);
    }
    *names = list.items;
    return status;
}
