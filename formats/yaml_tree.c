/* The parser's events become nodes without recursion: a stack of open lists and maps,
 * each with the place where its next child goes. A map remembers a key until its value
 * comes.
 *
 * Keys said twice are found when a map closes, by sorting it, so that a map of a million
 * keys costs no square. UTF-8 and control characters are checked before the parser sees
 * the text, because its own message for them has no line. */
#include "formats/yaml_tree.h"

#include "base/sort.h"
#include "base/text.h"

#include <string.h>
#include <yaml.h>

/* An open list or map. */
typedef struct Level {
    QmYamlNode *node;
    const QmYamlNode **end; /* where the next child is linked */
    const char *key;        /* MAP: a key that waits for its value, or NULL */
    uint32_t key_line, key_column;
} Level;

typedef struct Builder {
    Level levels[QM_YAML_MAX_DEPTH];
    uint32_t depth, n_nodes, n_documents;
    const QmYamlNode *root;
    const char *file;
    QmArena *arena;
    QmDiag *diag;
} Builder;

static QmPlace place_of(const char *file, yaml_mark_t mark)
{
    return (QmPlace){file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

static QmStatus refuse(const Builder *builder, yaml_mark_t mark, const char *why)
{
    return qm_fail(builder->diag, QM_ERR_INPUT, place_of(builder->file, mark), NULL, "%s",
                   why);
}

/* ---- the text itself ---- */

/* Reads the UTF-8 character at `c` of which `left` bytes remain; its length, or 0 if it
 * is none (overlong forms, surrogates and what lies beyond U+10FFFF are none). */
static size_t read_utf8(const unsigned char *c, size_t left, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t n = c[0] < 0x80   ? 1
                     : c[0] < 0xc0 ? 0
                     : c[0] < 0xe0 ? 2
                     : c[0] < 0xf0 ? 3
                                   : 4;
    if (n == 0 || n > left || c[0] > 0xf4) {
        return 0;
    }
    *code = n == 1 ? c[0] : c[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((c[i] & 0xc0) != 0x80) {
            return 0;
        }
        *code = *code << 6 | (c[i] & 0x3fu);
    }
    const bool surrogate = *code >= 0xd800 && *code < 0xe000;
    return *code < least[n] || surrogate || *code > 0x10ffff ? 0 : n;
}

static bool is_control(uint32_t code)
{
    return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') ||
           (code >= 0x7f && code < 0xa0) || code == 0xfffe || code == 0xffff;
}

static QmStatus check_text(const char *text, size_t size, const char *file, QmDiag *diag)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = (const unsigned char *)text;
    QmPlace place = {file, 1, 1};
    for (size_t at = 0; at < size; place.column++) {
        uint32_t code = 0;
        const size_t length = read_utf8(bytes + at, size - at, &code);
        if (length == 0 || is_control(code)) {
            return qm_fail(
                diag, QM_ERR_INPUT, place, NULL,
                "the text is not UTF-8 without control characters: byte 0x%c%c",
                digits[bytes[at] >> 4], digits[bytes[at] & 15]);
        }
        at += length;
        if (code == '\n' || (code == '\r' && (at == size || text[at] != '\n'))) {
            place.line++;
            place.column = 0;
        }
    }
    return QM_OK;
}

/* ---- nodes ---- */

static QmStatus new_node(Builder *builder, yaml_mark_t mark, QmYamlKind kind,
                         QmYamlNode **out)
{
    if (++builder->n_nodes > QM_YAML_MAX_NODES) {
        return refuse(builder, mark, "the file has too many values");
    }
    QmYamlNode *node = QM_NEW(builder->arena, QmYamlNode);
    if (!node) {
        return qm_fail_memory(builder->diag);
    }
    node->kind = kind;
    node->line = (uint32_t)mark.line + 1;
    node->column = (uint32_t)mark.column + 1;
    if (builder->depth == 0) {
        builder->root = node;
    } else {
        Level *level = &builder->levels[builder->depth - 1];
        node->key = level->key;
        node->key_line = level->key_line;
        node->key_column = level->key_column;
        level->key = NULL;
        level->node->n++;
        *level->end = node;
        level->end = &node->next;
    }
    *out = node;
    return QM_OK;
}

static bool wants_key(const Builder *builder)
{
    if (builder->depth == 0) {
        return false;
    }
    const Level *level = &builder->levels[builder->depth - 1];
    return level->node->kind == QM_YAML_MAP && !level->key;
}

static QmStatus add_scalar(Builder *builder, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    const size_t length = event->data.scalar.length;
    if (memchr(value, '\0', length)) {
        return refuse(builder, event->start_mark, "a text cannot hold a zero byte");
    }
    const char *text = qm_arena_strndup(builder->arena, value, length);
    if (!text) {
        return qm_fail_memory(builder->diag);
    }
    if (wants_key(builder)) {
        Level *level = &builder->levels[builder->depth - 1];
        level->key = text;
        level->key_line = (uint32_t)event->start_mark.line + 1;
        level->key_column = (uint32_t)event->start_mark.column + 1;
        return QM_OK;
    }
    QmYamlNode *node;
    const QmStatus status = new_node(builder, event->start_mark, QM_YAML_SCALAR, &node);
    if (status == QM_OK) {
        node->text = text;
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    }
    return status;
}

static QmStatus open_level(Builder *builder, const yaml_event_t *event, QmYamlKind kind)
{
    if (wants_key(builder)) {
        return refuse(builder, event->start_mark, "a key must be a text");
    }
    if (builder->depth == QM_YAML_MAX_DEPTH) {
        return refuse(builder, event->start_mark, "lists and maps are nested too deeply");
    }
    QmYamlNode *node;
    const QmStatus status = new_node(builder, event->start_mark, kind, &node);
    if (status == QM_OK) {
        builder->levels[builder->depth++] = (Level){.node = node, .end = &node->first};
    }
    return status;
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(const QmYamlNode *const *)a)->key,
                  (*(const QmYamlNode *const *)b)->key);
}

static QmStatus check_keys(Builder *builder, const QmYamlNode *map)
{
    const QmYamlNode **children =
        QM_NEW_ARRAY(builder->arena, const QmYamlNode *, map->n);
    if (!children) {
        return qm_fail_memory(builder->diag);
    }
    uint32_t n = 0;
    for (const QmYamlNode *child = map->first; child; child = child->next) {
        children[n++] = child;
    }
    if (qm_sort(children, n, sizeof *children, by_key, builder->arena) != QM_OK) {
        return qm_fail_memory(builder->diag);
    }
    for (uint32_t i = 1; i < n; i++) {
        if (by_key(&children[i - 1], &children[i]) == 0) {
            const QmPlace place = {builder->file, children[i]->key_line,
                                   children[i]->key_column};
            return qm_fail(builder->diag, QM_ERR_INPUT, place, NULL,
                           "the key '%s' is said twice, first in line %u",
                           children[i]->key, children[i - 1]->key_line);
        }
    }
    return QM_OK;
}

static QmStatus close_level(Builder *builder)
{
    const QmYamlNode *node = builder->levels[--builder->depth].node;
    return node->kind == QM_YAML_MAP && node->n > 1 ? check_keys(builder, node) : QM_OK;
}

/* ---- events ---- */

static QmStatus refuse_extras(const Builder *builder, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor || event->type == YAML_ALIAS_EVENT) {
        return refuse(builder, event->start_mark,
                      "anchors and aliases are not used here");
    }
    return tag ? refuse(builder, event->start_mark, "tags are not used here") : QM_OK;
}

static QmStatus take_event(Builder *builder, const yaml_event_t *event)
{
    const QmStatus status = refuse_extras(builder, event);
    if (status != QM_OK) {
        return status;
    }
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return builder->n_documents++ == 0
                   ? QM_OK
                   : refuse(builder, event->start_mark, "a file holds one document");
    case YAML_SCALAR_EVENT:
        return add_scalar(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_level(builder, event, QM_YAML_LIST);
    case YAML_MAPPING_START_EVENT:
        return open_level(builder, event, QM_YAML_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_level(builder);
    default:
        return QM_OK;
    }
}

static QmStatus parser_failed(const Builder *builder, const yaml_parser_t *parser)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        return qm_fail_memory(builder->diag);
    }
    const QmPlace place = place_of(builder->file, parser->problem_mark);
    return qm_fail(builder->diag, QM_ERR_INPUT, place, NULL, "not valid YAML: %s",
                   parser->problem ? parser->problem : "not readable");
}

static QmStatus run_parser(Builder *builder, yaml_parser_t *parser)
{
    QmStatus status = QM_OK;
    bool ended = false;
    while (status == QM_OK && !ended) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            return parser_failed(builder, parser);
        }
        ended = event.type == YAML_STREAM_END_EVENT;
        status = take_event(builder, &event);
        yaml_event_delete(&event);
    }
    return status;
}

QmStatus qm_yaml_parse(const char *text, size_t size, const char *file_name,
                       QmArena *arena, QmDiag *diag, const QmYamlNode **root)
{
    Builder builder = {.file = file_name, .arena = arena, .diag = diag};
    yaml_parser_t parser;
    if (size > QM_YAML_MAX_SIZE) {
        const QmPlace place = {.file = file_name};
        return qm_fail(diag, QM_ERR_INPUT, place, NULL,
                       "the file is larger than %d bytes", QM_YAML_MAX_SIZE);
    }
    QmStatus status = check_text(text, size, file_name, diag);
    if (status != QM_OK) {
        return status;
    }
    if (!yaml_parser_initialize(&parser)) {
        return qm_fail_memory(diag);
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    status = run_parser(&builder, &parser);
    yaml_parser_delete(&parser);
    if (status == QM_OK && !builder.root) {
        QmYamlNode *empty;
        status = new_node(&builder, (yaml_mark_t){0}, QM_YAML_MAP, &empty);
    }
    if (status == QM_OK) {
        *root = builder.root;
    }
    return status;
}

const QmYamlNode *qm_yaml_get(const QmYamlNode *map, const char *key)
{
    for (const QmYamlNode *child = map->first; child; child = child->next) {
        if (qm_same(child->key, key)) {
            return child;
        }
    }
    return NULL;
}

bool qm_yaml_is_empty(const QmYamlNode *node)
{
    return node->kind == QM_YAML_SCALAR && !node->quoted &&
           (node->text[0] == '\0' || qm_same(node->text, "~") ||
            qm_same(node->text, "null"));
}
