/* Settings, rule by rule and role by role. Each begins with the defaults of its rule's
 * table; then the maps of the documents are laid over it:
 *
 *   all (and master), then families, then roles; in each the bases first
 *
 * A value remembers whether it is a default, a style's, or was said by itself. A style
 * that is named puts back to defaults what another style has put there, then puts its
 * own; what stands beside it in the same map comes after it. */
#include "formats/template_parts.h"

#include "base/number.h"
#include "model/address.h"

#include <string.h>

typedef enum Source { FROM_DEFAULT, FROM_STYLE, FROM_HERE } Source;

/* A QmSettings that is still being written, and where its values are from. */
typedef struct Cell {
    bool on;
    const char *style, *why;
    double *values; /* room for all groups */
    uint8_t *from;  /* [n_params] Source */
    uint32_t n_groups;
    uint8_t groups_from;
} Cell;

/* What stands behind a rule's key. */
typedef struct Entry {
    bool off;
    const QmStyle *style; /* NULL: none was named */
    QmSaid said;
} Entry;

/* Whom a map is for. */
typedef enum Scope { FOR_ALL, FOR_MASTER, FOR_FAMILY, FOR_ROLE } Scope;

typedef struct Maker {
    QmReader reader;
    const QmList *styles;
    Cell *cells; /* [rules][QM_ROLE_COUNT + 1] */
} Maker;

enum { COLUMNS = QM_ROLE_COUNT + 1 };

/* ---- cells ---- */

static QmStatus new_cell(Maker *maker, const QmRule *rule, Cell *cell)
{
    const size_t room = rule->n_params + (size_t)rule->max_groups * rule->n_group;
    *cell = (Cell){
        .on = rule->on,
        .style = "",
        .why = "",
        .values = QM_NEW_ARRAY(maker->reader.arena, double, room),
        .from = QM_NEW_ARRAY(maker->reader.arena, uint8_t, rule->n_params),
    };
    if (!cell->values || !cell->from) {
        return qm_fail_memory(maker->reader.diag);
    }
    for (uint32_t i = 0; i < rule->n_params; i++) {
        cell->values[i] = rule->params[i].def;
    }
    return QM_OK;
}

static QmStatus new_cells(Maker *maker)
{
    const uint32_t n = qm_rule_count();
    maker->cells = QM_NEW_ARRAY(maker->reader.arena, Cell, (size_t)n * COLUMNS);
    if (!maker->cells) {
        return qm_fail_memory(maker->reader.diag);
    }
    for (uint32_t i = 0; i < n * COLUMNS; i++) {
        if (new_cell(maker, qm_rule_at(i / COLUMNS), &maker->cells[i]) != QM_OK) {
            return QM_ERR_MEMORY;
        }
    }
    return QM_OK;
}

static void take_style_back(const QmRule *rule, Cell *cell)
{
    for (uint32_t i = 0; i < rule->n_params; i++) {
        if (cell->from[i] == FROM_STYLE) {
            cell->values[i] = rule->params[i].def;
            cell->from[i] = FROM_DEFAULT;
        }
    }
    if (cell->groups_from == FROM_STYLE) {
        cell->n_groups = 0;
        cell->groups_from = FROM_DEFAULT;
    }
}

static void put(const QmRule *rule, Cell *cell, const QmSaid *said, Source from)
{
    for (uint32_t i = 0; i < rule->n_params; i++) {
        if (said->is_said[i]) {
            cell->values[i] = said->values[i];
            cell->from[i] = (uint8_t)from;
        }
    }
    if (said->has_groups) {
        memcpy(cell->values + rule->n_params, said->groups,
               (size_t)said->n_groups * rule->n_group * sizeof *said->groups);
        cell->n_groups = said->n_groups;
        cell->groups_from = (uint8_t)from;
    }
}

/* `why`: of the map that the entry stands in, or NULL. */
static void lay_over(const QmRule *rule, Cell *cell, const Entry *entry, const char *why)
{
    const char *const style_why = entry->style ? entry->style->said.why : NULL;
    const char *const reasons[] = {entry->said.why, why, style_why, ""};
    uint32_t best = 0;
    while (!reasons[best]) {
        best++;
    }
    cell->on = !entry->off;
    cell->why = reasons[best];
    if (entry->style) {
        take_style_back(rule, cell);
        put(rule, cell, &entry->style->said, FROM_STYLE);
        cell->style = entry->style->name;
    }
    put(rule, cell, &entry->said, FROM_HERE);
}

/* ---- entries ---- */

static QmStatus find_style(Maker *maker, const QmYamlNode *node, const QmRule *rule,
                           const QmStyle **style)
{
    QmReader *reader = &maker->reader;
    const size_t mark = qm_reader_push(reader, node->key);
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_SCALAR, "a style");
    if (status == QM_OK) {
        *style = qm_styles_find(maker->styles, rule, node->text);
    }
    if (status == QM_OK && !*style) {
        status = qm_styles_unknown(reader, node, maker->styles, rule, NULL);
    }
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus read_map(Maker *maker, const QmYamlNode *node, const QmRule *rule,
                         Entry *entry)
{
    static const char *const taken[] = {"style", NULL};
    const QmYamlNode *style = qm_yaml_get(node, "style");
    const QmStatus status = style ? find_style(maker, style, rule, &entry->style) : QM_OK;
    return status ? status
                  : qm_said_read(&maker->reader, node, rule, taken, &entry->said);
}

static bool has_styles(const QmList *styles, const QmRule *rule)
{
    const QmStyle *style = styles->items;
    bool found = false;
    for (size_t i = 0; i < styles->count; i++) {
        found |= style[i].rule == rule;
    }
    return found;
}

/* Whether a word may be a value of a row, so that what is wrong with it is the row's to
 * say. */
static bool is_for_row(const QmParam *row, const char *word)
{
    double number;
    bool found = row->kind != QM_PARAM_CHOICE && qm_number_scan(word, 0, &number);
    for (uint32_t i = 0; row->kind == QM_PARAM_CHOICE && row->choices[i]; i++) {
        found |= qm_same(row->choices[i], word);
    }
    return found;
}

static QmStatus read_word(Maker *maker, const QmYamlNode *node, const QmRule *rule,
                          Entry *entry)
{
    QmReader *reader = &maker->reader;
    const QmParam *first = rule->n_params > 0 ? rule->params : NULL;
    if (qm_word_is_off(node->text)) {
        entry->off = true;
        return QM_OK;
    }
    if (qm_word_is_on(node->text)) {
        return QM_OK;
    }
    entry->style = qm_styles_find(maker->styles, rule, node->text);
    if (entry->style) {
        return QM_OK;
    }
    if (!first && !has_styles(maker->styles, rule)) {
        return qm_reader_expected(reader, node, "yes or none");
    }
    if (!first || (has_styles(maker->styles, rule) && !is_for_row(first, node->text))) {
        return qm_styles_unknown(reader, node, maker->styles, rule,
                                 first && first->kind == QM_PARAM_CHOICE ? first->choices
                                                                         : NULL);
    }
    entry->said.is_said[0] = true;
    return qm_reader_row(reader, node, first, &entry->said.values[0]);
}

static QmStatus read_entry(Maker *maker, const QmYamlNode *node, const QmRule *rule,
                           Entry *entry)
{
    QmReader *reader = &maker->reader;
    const size_t mark = qm_reader_push(reader, node->key);
    *entry = (Entry){0};
    QmStatus status = qm_said_new(reader, rule, &entry->said);
    if (status == QM_OK && node->kind == QM_YAML_MAP) {
        status = read_map(maker, node, rule, entry);
    } else if (status == QM_OK) {
        status = qm_reader_kind(reader, node, QM_YAML_SCALAR,
                                "a style, a value, a map of settings, yes or none");
        status = status ? status : read_word(maker, node, rule, entry);
    }
    qm_reader_pop(reader, mark);
    return status;
}

/* ---- maps ---- */

static bool is_meant(Scope scope, int who, uint32_t column)
{
    return scope == FOR_ALL || scope == FOR_MASTER ||
           (scope == FOR_ROLE && column == (uint32_t)who) ||
           (scope == FOR_FAMILY && column < QM_ROLE_COUNT &&
            qm_roles[column].family == (QmFamily)who);
}

static QmStatus read_why(QmReader *reader, const QmYamlNode *map, const char **why)
{
    const QmYamlNode *node = qm_yaml_get(map, "why");
    if (!node) {
        return QM_OK;
    }
    const size_t mark = qm_reader_push(reader, node->key);
    const QmStatus status = qm_reader_kind(reader, node, QM_YAML_SCALAR, "a text");
    qm_reader_pop(reader, mark);
    *why = node->text;
    return status;
}

/* A map of rules; `who`: the family or role. */
static QmStatus read_rules(Maker *maker, const QmYamlNode *map, Scope scope, int who)
{
    QmReader *reader = &maker->reader;
    const QmRuleSet set = scope == FOR_MASTER ? QM_RULES_OF_MASTER : QM_RULES_OF_STRIPS;
    const size_t mark = qm_reader_push(reader, map->key);
    const char *why = NULL;
    QmStatus status = qm_reader_kind(reader, map, QM_YAML_MAP, "a map of rules");
    status = status ? status : read_why(reader, map, &why);
    for (const QmYamlNode *node = map->first; status == QM_OK && node;
         node = node->next) {
        const QmRule *rule = NULL;
        Entry entry;
        if (qm_same(node->key, "why")) {
            continue;
        }
        status = qm_rule_read(reader, node, set, &rule);
        status = status ? status : read_entry(maker, node, rule, &entry);
        for (uint32_t c = 0; status == QM_OK && c < COLUMNS; c++) {
            if (is_meant(scope, who, c)) {
                lay_over(rule, &maker->cells[qm_rule_index(rule) * COLUMNS + c], &entry,
                         why);
            }
        }
    }
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus find_who(QmReader *reader, const QmYamlNode *node, Scope scope, int *who)
{
    const char *const *names = scope == FOR_ROLE ? qm_role_names : qm_family_names;
    size_t n = 0;
    for (; names[n]; n++) {
        if (qm_same(names[n], node->key)) {
            *who = (int)n;
            return QM_OK;
        }
    }
    return qm_fail_unknown(reader->diag, qm_reader_key_place(reader, node), reader->path,
                           scope == FOR_ROLE ? "role" : "family", node->key, names, n);
}

/* Families or roles: a map of such maps. */
static QmStatus read_whos(Maker *maker, const QmYamlNode *map, Scope scope)
{
    QmReader *reader = &maker->reader;
    const size_t mark = qm_reader_push(reader, map->key);
    QmStatus status =
        qm_reader_kind(reader, map, QM_YAML_MAP,
                       scope == FOR_ROLE ? "a map of roles" : "a map of families");
    for (const QmYamlNode *node = map->first; status == QM_OK && node;
         node = node->next) {
        int who = 0;
        status = find_who(reader, node, scope, &who);
        status = status ? status : read_rules(maker, node, scope, who);
    }
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus read_scope(Maker *maker, const QmTemplateDocument *document,
                           const char *key, Scope scope)
{
    const QmYamlNode *map = qm_yaml_get(document->root, key);
    maker->reader.file = document->file;
    if (!map) {
        return QM_OK;
    }
    return scope == FOR_ALL || scope == FOR_MASTER ? read_rules(maker, map, scope, 0)
                                                   : read_whos(maker, map, scope);
}

QmStatus qm_settings_read(const QmTemplateMakings *makings, const QmList *styles,
                          QmArena *arena, QmDiag *diag, const QmSettings **settings)
{
    static const struct {
        const char *key;
        Scope scope;
    } order[] = {{"all", FOR_ALL},
                 {"master", FOR_MASTER},
                 {"families", FOR_FAMILY},
                 {"roles", FOR_ROLE}};
    Maker maker = {.reader = {.arena = arena, .diag = diag}, .styles = styles};
    const uint32_t n = qm_rule_count() * COLUMNS;
    QmSettings *all = QM_NEW_ARRAY(arena, QmSettings, n);
    QmStatus status = all ? new_cells(&maker) : qm_fail_memory(diag);
    for (uint32_t s = 0; s < QM_COUNT(order); s++) {
        for (uint32_t d = 0; status == QM_OK && d < makings->n; d++) {
            status =
                read_scope(&maker, &makings->documents[d], order[s].key, order[s].scope);
        }
    }
    for (uint32_t i = 0; status == QM_OK && i < n; i++) {
        const Cell *cell = &maker.cells[i];
        all[i] =
            (QmSettings){cell->on, cell->style, cell->values, cell->n_groups, cell->why};
    }
    *settings = status ? NULL : all;
    return status;
}
