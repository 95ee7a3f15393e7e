/* Lists of words by role. A word that stood for two roles would be decided by the order
 * of the file, so it is refused; where a word may mean several, each gets it as a weak
 * one. */
#include "formats/roles_yaml.h"

#include "analysis/measure.h"
#include "base/text.h"
#include "formats/file.h"
#include "formats/schema.h"
#include "formats/templates.h"
#include "model/address.h"

/* What a word of each list weighs. */
static const struct {
    const char *key;
    double weight;
} lists[] = {{"words", 1}, {"weak", 0.5}};

typedef struct Reading {
    QmReader reader;
    QmList aliases; /* of QmRoleAlias */
} Reading;

/* Lower case, one space between words and none around them. Bytes beyond ASCII are
 * letters. */
static bool is_plain(const char *text)
{
    char last = ' ';
    for (; *text; last = *text++) {
        if ((*text >= 'A' && *text <= 'Z') || (*text == ' ' && last == ' ')) {
            return false;
        }
    }
    return last != ' ';
}

/* Whom this word stands for already, in a way that leaves no room; NULL: nobody. */
static const QmRoleAlias *find_clash(const Reading *reading, const QmRoleAlias *alias)
{
    const QmRoleAlias *others = reading->aliases.items;
    for (size_t i = 0; i < reading->aliases.count; i++) {
        const bool both_weak = others[i].weight < 1 && alias->weight < 1;
        if (qm_same(others[i].word, alias->word) &&
            (others[i].role == alias->role || !both_weak)) {
            return &others[i];
        }
    }
    return NULL;
}

static QmStatus read_word(Reading *reading, const QmYamlNode *node, QmRole role,
                          double weight)
{
    QmReader *reader = &reading->reader;
    const QmRoleAlias alias = {node->text, role, weight};
    if (node->kind != QM_YAML_SCALAR || qm_yaml_is_empty(node) || !is_plain(node->text)) {
        return qm_reader_expected(reader, node,
                                  "words in lower case with one space between");
    }
    const QmRoleAlias *clash = find_clash(reading, &alias);
    if (clash) {
        return QM_READER_FAIL(reader, node, "'%s' stands for '%s' already", node->text,
                              qm_role_names[clash->role]);
    }
    return qm_list_append(&reading->aliases, &alias, 1, sizeof alias, reader->arena)
               ? QM_OK
               : qm_fail_memory(reader->diag);
}

static QmStatus read_words(Reading *reading, const QmYamlNode *node, QmRole role,
                           double weight)
{
    QmReader *reader = &reading->reader;
    const size_t mark = qm_reader_push(reader, node->key);
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_LIST, "a list of words");
    uint32_t n = 0;
    for (const QmYamlNode *item = node->first; status == QM_OK && item;
         item = item->next) {
        const size_t inner = qm_reader_push_item(reader, ++n);
        status = read_word(reading, item, role, weight);
        qm_reader_pop(reader, inner);
    }
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus read_role(Reading *reading, const QmYamlNode *node)
{
    static const char *const keys[] = {"words", "weak"};
    QmReader *reader = &reading->reader;
    const QmPart part = {.taken = keys, .n_taken = QM_COUNT(keys)};
    const QmRole role = qm_role_find(node->key);
    if (role == QM_ROLE_COUNT) {
        return qm_fail_unknown(reader->diag, qm_reader_key_place(reader, node),
                               reader->path, "role", node->key, qm_role_names,
                               QM_ROLE_COUNT);
    }
    const size_t mark = qm_reader_push(reader, node->key);
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_MAP, "a map");
    status = status ? status : qm_schema_read(reader, node, "role", &part, 1);
    for (uint32_t i = 0; status == QM_OK && i < QM_COUNT(lists); i++) {
        const QmYamlNode *list = qm_yaml_get(node, lists[i].key);
        status = list ? read_words(reading, list, role, lists[i].weight) : QM_OK;
    }
    qm_reader_pop(reader, mark);
    return status;
}

QmStatus qm_roles_parse(const char *text, size_t size, const char *file_name,
                        QmArena *arena, QmDiag *diag, const QmRoleAlias **aliases,
                        uint32_t *n)
{
    static const char *const keys[] = {"roles"};
    Reading reading = {.reader = {.arena = arena, .diag = diag, .file = file_name}};
    QmReader *reader = &reading.reader;
    const QmPart part = {.taken = keys, .n_taken = 1};
    const QmYamlNode *root = NULL;
    QmStatus status = qm_yaml_parse(text, size, file_name, arena, diag, &root);
    status = status ? status : qm_schema_read(reader, root, "roles", &part, 1);
    if (status != QM_OK) {
        return status;
    }
    const QmYamlNode *map = qm_yaml_get(root, keys[0]);
    if (!map) {
        return QM_READER_FAIL(reader, root, "'%s' is missing", keys[0]);
    }
    const size_t mark = qm_reader_push(reader, keys[0]);
    status = qm_reader_kind(reader, map, QM_YAML_MAP, "a map of roles");
    for (const QmYamlNode *node = map->first; status == QM_OK && node;
         node = node->next) {
        status = read_role(&reading, node);
    }
    qm_reader_pop(reader, mark);
    if (status == QM_OK) {
        *aliases = reading.aliases.items;
        *n = (uint32_t)reading.aliases.count;
    }
    return status;
}

QmStatus qm_roles_load(QmArena *arena, QmDiag *diag, const QmRoleAlias **aliases,
                       uint32_t *n)
{
    const char *path = NULL;
    char *text = NULL;
    size_t size = 0;
    QmStatus status = qm_template_path("roles.yaml", arena, diag, &path);
    status =
        status ? status : qm_file_read(path, QM_YAML_MAX_SIZE, arena, diag, &text, &size);
    return status ? status : qm_roles_parse(text, size, path, arena, diag, aliases, n);
}
