/* Reading what is said about a rule, and styles: bundles of it with a name.
 *
 * A rule is found by its key. The rules of the stage "master" have maps of their own,
 * since their keys are words that strips have too (tone, glue, width). */
#include "formats/template_parts.h"

#include "base/number.h"
#include "model/address.h"

#include <string.h>

/* ---- words ---- */

bool qm_word_is_off(const char *word)
{
    return qm_same(word, "none") || qm_same(word, "off") || qm_same(word, "no");
}

bool qm_word_is_on(const char *word)
{
    return qm_same(word, "yes") || qm_same(word, "on");
}

/* ---- rules by key ---- */

static QmRuleSet set_of(const QmRule *rule)
{
    return rule->stage == QM_STAGE_MASTER ? QM_RULES_OF_MASTER : QM_RULES_OF_STRIPS;
}

QmStatus qm_rule_read(QmReader *reader, const QmYamlNode *node, QmRuleSet set,
                      const QmRule **rule)
{
    const QmPlace place = qm_reader_key_place(reader, node);
    const uint32_t count = qm_rule_count();
    const char **keys = QM_NEW_ARRAY(reader->arena, const char *, count);
    uint32_t n = 0;
    bool elsewhere = false;
    if (!keys) {
        return qm_fail_memory(reader->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        const QmRule *candidate = qm_rule_at(i);
        const bool fits = set_of(candidate) == set;
        const bool named = qm_same(candidate->key, node->key);
        if (fits && named) {
            *rule = candidate;
            return QM_OK;
        }
        elsewhere |= named;
        if (fits) {
            keys[n++] = candidate->key;
        }
    }
    if (elsewhere) {
        return qm_fail(reader->diag, QM_ERR_INPUT, place, reader->path,
                       set == QM_RULES_OF_MASTER ? "'%s' is a rule for strips, not for "
                                                   "the master"
                                                 : "'%s' is a rule for the master: it "
                                                   "stands in 'master'",
                       node->key);
    }
    return qm_fail_unknown(reader->diag, place, reader->path, "rule", node->key, keys, n);
}

/* ---- what is said about one ---- */

QmStatus qm_said_new(QmReader *reader, const QmRule *rule, QmSaid *said)
{
    *said = (QmSaid){
        .values = QM_NEW_ARRAY(reader->arena, double, rule->n_params),
        .is_said = QM_NEW_ARRAY(reader->arena, bool, rule->n_params),
    };
    return said->values && said->is_said ? QM_OK : qm_fail_memory(reader->diag);
}

/* One of the groups: what is not said has its default. */
static QmStatus read_group(QmReader *reader, const QmYamlNode *node, const QmRule *rule,
                           double *values)
{
    const QmPart part = {.rows = rule->group, .n_rows = rule->n_group, .values = values};
    for (uint32_t i = 0; i < rule->n_group; i++) {
        values[i] = rule->group[i].def;
    }
    const QmStatus status = qm_reader_kind(reader, node, QM_YAML_MAP, "a map");
    return status ? status : qm_schema_read(reader, node, rule->id, &part, 1);
}

static QmStatus read_groups(QmReader *reader, const QmYamlNode *node, const QmRule *rule,
                            QmSaid *said)
{
    const size_t mark = qm_reader_push(reader, rule->group_name);
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_LIST, "a list");
    if (status == QM_OK && node->n > rule->max_groups) {
        status = QM_READER_FAIL(reader, node, "expected %u %s at most, found %u",
                                rule->max_groups, rule->group_name, node->n);
    }
    if (status == QM_OK) {
        said->groups =
            QM_NEW_ARRAY(reader->arena, double, (size_t)node->n * rule->n_group);
        status = said->groups ? QM_OK : qm_fail_memory(reader->diag);
    }
    for (const QmYamlNode *item = node->first; status == QM_OK && item;
         item = item->next) {
        const size_t inner = qm_reader_push_item(reader, said->n_groups + 1);
        status = read_group(reader, item, rule,
                            said->groups + (size_t)said->n_groups * rule->n_group);
        qm_reader_pop(reader, inner);
        said->n_groups++;
    }
    said->has_groups = true;
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus read_why(QmReader *reader, const QmYamlNode *node, QmSaid *said)
{
    const size_t mark = qm_reader_push(reader, node->key);
    const QmStatus status = qm_reader_kind(reader, node, QM_YAML_SCALAR, "a text");
    said->why = node->text;
    qm_reader_pop(reader, mark);
    return status;
}

QmStatus qm_said_read(QmReader *reader, const QmYamlNode *map, const QmRule *rule,
                      const char *const *taken, QmSaid *said)
{
    const char *keys[8] = {"why"}; /* and the callers' */
    uint32_t n = 1;
    while (taken && *taken) {
        keys[n++] = *taken++;
    }
    if (rule->group_name) {
        keys[n++] = rule->group_name;
    }
    const QmPart part = {.rows = rule->params,
                         .n_rows = rule->n_params,
                         .values = said->values,
                         .taken = keys,
                         .n_taken = n};
    QmStatus status = qm_reader_kind(reader, map, QM_YAML_MAP, "a map");
    status = status ? status : qm_schema_read(reader, map, rule->id, &part, 1);
    for (uint32_t i = 0; status == QM_OK && i < rule->n_params; i++) {
        said->is_said[i] = qm_yaml_get(map, rule->params[i].name) != NULL;
    }
    const QmYamlNode *why = status ? NULL : qm_yaml_get(map, "why");
    const QmYamlNode *groups =
        status || !rule->group_name ? NULL : qm_yaml_get(map, rule->group_name);
    status = why ? read_why(reader, why, said) : status;
    return status == QM_OK && groups ? read_groups(reader, groups, rule, said) : status;
}

/* ---- styles ---- */

const QmStyle *qm_styles_find(const QmList *styles, const QmRule *rule, const char *name)
{
    const QmStyle *style = styles->items;
    for (size_t i = 0; i < styles->count; i++) {
        if (style[i].rule == rule && qm_same(style[i].name, name)) {
            return &style[i];
        }
    }
    return NULL;
}

QmStatus qm_styles_unknown(QmReader *reader, const QmYamlNode *node, const QmList *styles,
                           const QmRule *rule, const char *const *words)
{
    const QmStyle *style = styles->items;
    size_t room = styles->count, n = 0;
    for (const char *const *word = words; word && *word; word++) {
        room++;
    }
    const char **names = QM_NEW_ARRAY(reader->arena, const char *, room);
    if (!names) {
        return qm_fail_memory(reader->diag);
    }
    for (size_t i = 0; i < styles->count; i++) {
        if (style[i].rule == rule) {
            names[n++] = style[i].name;
        }
    }
    for (const char *const *word = words; word && *word; word++) {
        names[n++] = *word;
    }
    return qm_fail_unknown(reader->diag, qm_reader_place(reader, node), reader->path,
                           "style", node->text, names, n);
}

/* Words that mean something else behind a rule's key. */
static bool is_free(const char *name)
{
    double number;
    return name[0] != '\0' && !qm_word_is_off(name) && !qm_word_is_on(name) &&
           !qm_number_parse(name, &number);
}

static QmStatus read_style(QmReader *reader, const QmYamlNode *node, const QmRule *rule,
                           QmList *styles)
{
    QmSaid said;
    if (!is_free(node->key)) {
        return qm_fail(reader->diag, QM_ERR_INPUT, qm_reader_key_place(reader, node),
                       reader->path, "a style cannot be called '%s'", node->key);
    }
    QmStatus status = qm_said_new(reader, rule, &said);
    status = status ? status : qm_said_read(reader, node, rule, NULL, &said);
    if (status != QM_OK) {
        return status;
    }
    QmStyle *style = (QmStyle *)qm_styles_find(styles, rule, node->key);
    if (!style) {
        style = qm_list_add(styles, sizeof *style, reader->arena);
    }
    if (!style) {
        return qm_fail_memory(reader->diag);
    }
    *style = (QmStyle){rule, node->key, said};
    return QM_OK;
}

/* The styles of one rule. */
static QmStatus read_rule(QmReader *reader, const QmYamlNode *node, QmRuleSet set,
                          QmList *styles)
{
    const QmRule *rule = NULL;
    QmStatus status = qm_rule_read(reader, node, set, &rule);
    if (status != QM_OK) {
        return status;
    }
    const size_t mark = qm_reader_push(reader, node->key);
    status = qm_reader_kind(reader, node, QM_YAML_MAP, "a map of styles");
    for (const QmYamlNode *child = node->first; status == QM_OK && child;
         child = child->next) {
        const size_t inner = qm_reader_push(reader, child->key);
        status = read_style(reader, child, rule, styles);
        qm_reader_pop(reader, inner);
    }
    qm_reader_pop(reader, mark);
    return status;
}

QmStatus qm_styles_read(QmReader *reader, const QmYamlNode *node, QmList *styles)
{
    const size_t mark = qm_reader_push(reader, node->key);
    const QmYamlNode *master = NULL;
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_MAP, "a map of rules");
    for (const QmYamlNode *child = node->first; status == QM_OK && child;
         child = child->next) {
        if (qm_same(child->key, "master")) {
            master = child;
        } else {
            status = read_rule(reader, child, QM_RULES_OF_STRIPS, styles);
        }
    }
    if (status == QM_OK && master) {
        const size_t inner = qm_reader_push(reader, master->key);
        status = qm_reader_kind(reader, master, QM_YAML_MAP, "a map of rules");
        for (const QmYamlNode *child = master->first; status == QM_OK && child;
             child = child->next) {
            status = read_rule(reader, child, QM_RULES_OF_MASTER, styles);
        }
        qm_reader_pop(reader, inner);
    }
    qm_reader_pop(reader, mark);
    return status;
}
