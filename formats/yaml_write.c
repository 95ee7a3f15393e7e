/* A text stays bare when it is made of harmless characters, begins with a letter, digit,
 * '_', '.' or '/', does not end in a space, and is not a number, a truth value or nothing
 * to another reader. Anything else goes into double quotes; characters that YAML does not
 * print, or that it takes for line ends, are written as escapes. */
#include "formats/yaml_write.h"

#include "base/units.h"

#include <assert.h>
#include <string.h>

static struct QmYamlLevel *top(QmYamlWriter *writer)
{
    return writer->depth == 0 ? NULL : &writer->levels[writer->depth - 1];
}

static void new_line(QmYamlWriter *writer, uint32_t indent)
{
    if (writer->text->length != 0) {
        qm_text_add(writer->text, "\n");
    }
    for (uint32_t i = 0; i < indent; i++) {
        qm_text_add(writer->text, " ");
    }
}

/* What parts a value from the key or dash before it. */
static void space(QmYamlWriter *writer)
{
    const struct QmYamlLevel *level = top(writer);
    if (level && level->kind != QM_YAML_FLOW_LIST) {
        qm_text_add(writer->text, " ");
    }
}

static void begin(QmYamlWriter *writer, bool flow, int block_kind, int flow_kind)
{
    assert(writer->depth < QM_YAML_WRITE_DEPTH);
    const struct QmYamlLevel *above = top(writer);
    struct QmYamlLevel level = {.indent = above ? above->indent + 2 : 0};
    level.kind = flow ? flow_kind : block_kind;
    if (flow) {
        space(writer);
        qm_text_add(writer->text, flow_kind == QM_YAML_FLOW_MAP ? "{" : "[");
    }
    writer->levels[writer->depth++] = level;
}

void qm_yaml_begin_map(QmYamlWriter *writer, bool flow)
{
    begin(writer, flow, QM_YAML_BLOCK_MAP, QM_YAML_FLOW_MAP);
}

void qm_yaml_begin_list(QmYamlWriter *writer, bool flow)
{
    begin(writer, flow, QM_YAML_BLOCK_LIST, QM_YAML_FLOW_LIST);
}

void qm_yaml_end(QmYamlWriter *writer)
{
    static const char *const ends[] = {NULL, NULL, "}", "]"};
    static const char *const empty[] = {"{}", "[]"};
    const struct QmYamlLevel level = writer->levels[--writer->depth];
    if (ends[level.kind]) {
        qm_text_add(writer->text, ends[level.kind]);
    } else if (level.n == 0) {
        space(writer);
        qm_text_add(writer->text, empty[level.kind]);
    }
    if (writer->depth == 0) {
        qm_text_add(writer->text, "\n");
    }
}

void qm_yaml_gap(QmYamlWriter *writer)
{
    if (top(writer)->n != 0) {
        qm_text_add(writer->text, "\n");
    }
}

/* The first key of a map in a block list stands behind the dash. */
static bool behind_dash(const QmYamlWriter *writer)
{
    return writer->depth >= 2 && writer->levels[writer->depth - 1].n == 0 &&
           writer->levels[writer->depth - 2].kind == QM_YAML_BLOCK_LIST;
}

static void add_text(QmText *out, const char *text);

/* What stands before a key. */
static void begin_key(QmYamlWriter *writer)
{
    struct QmYamlLevel *level = top(writer);
    if (level->kind == QM_YAML_FLOW_MAP) {
        qm_text_add(writer->text, level->n == 0 ? "" : ", ");
    } else if (behind_dash(writer)) {
        qm_text_add(writer->text, " ");
    } else {
        new_line(writer, level->indent);
    }
    level->n++;
}

void qm_yaml_key(QmYamlWriter *writer, const char *key)
{
    begin_key(writer);
    add_text(writer->text, key);
    qm_text_add(writer->text, ":");
}

void qm_yaml_bare_key(QmYamlWriter *writer, const char *key)
{
    begin_key(writer);
    qm_text_add(writer->text, key);
    qm_text_add(writer->text, ":");
}

void qm_yaml_item(QmYamlWriter *writer)
{
    struct QmYamlLevel *level = top(writer);
    if (level->kind == QM_YAML_FLOW_LIST) {
        qm_text_add(writer->text, level->n == 0 ? "" : ", ");
    } else {
        new_line(writer, level->indent);
        qm_text_add(writer->text, "-");
    }
    level->n++;
}

void qm_yaml_bare(QmYamlWriter *writer, const char *text)
{
    space(writer);
    qm_text_add(writer->text, text);
}

/* ---- texts ---- */

static bool reads_otherwise(const char *text)
{
    static const char *const words[] = {
        "y",    "Y",    "yes",  "Yes",  "YES",   "n",     "N",     "no",   "No",
        "NO",   "true", "True", "TRUE", "false", "False", "FALSE", "on",   "On",
        "ON",   "off",  "Off",  "OFF",  "null",  "Null",  "NULL",  ".inf", ".Inf",
        ".INF", ".nan", ".NaN", ".NAN", "inf",   "nan",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (qm_same(text, words[i])) {
            return true;
        }
    }
    /* numbers in any base, 1:30, 1_000, dates: nothing but digits and what goes with
     * them */
    return text[strspn(text, "0123456789abcdefxoABCDEFXO_.:+-")] == '\0' &&
           ((text[0] >= '0' && text[0] <= '9') || text[0] == '.');
}

static bool is_bare(const char *text)
{
    static const char first[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./";
    static const char other[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+-() ";
    const size_t length = strlen(text);
    return length != 0 && strchr(first, text[0]) && strspn(text, other) == length &&
           text[length - 1] != ' ' && !qm_starts_with(text, "...") &&
           !reads_otherwise(text);
}

/* The character at `c` of a valid UTF-8 text, and its bytes. */
static size_t read_character(const unsigned char *c, uint32_t *code)
{
    const size_t n = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
    *code = n == 1 ? c[0] : c[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        *code = *code << 6 | (c[i] & 0x3fu);
    }
    return n;
}

static bool needs_escape(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
           code == 0x2029 || code == 0xfeff || code == 0xfffe || code == 0xffff;
}

static void add_quoted(QmText *out, const char *text)
{
    qm_text_add(out, "\"");
    while (*text != '\0') {
        uint32_t code;
        const size_t length = read_character((const unsigned char *)text, &code);
        if (code == '"' || code == '\\') {
            qm_text_printf(out, "\\%c", (int)code);
        } else if (code == '\n') {
            qm_text_add(out, "\\n");
        } else if (code == '\t') {
            qm_text_add(out, "\\t");
        } else if (needs_escape(code)) {
            qm_text_printf(out, "\\u%04x", code);
        } else {
            qm_text_add_n(out, text, length);
        }
        text += length;
    }
    qm_text_add(out, "\"");
}

static void add_text(QmText *out, const char *text)
{
    if (is_bare(text)) {
        qm_text_add(out, text);
    } else {
        add_quoted(out, text);
    }
}

void qm_yaml_text(QmYamlWriter *writer, const char *text)
{
    space(writer);
    add_text(writer->text, text);
}

void qm_yaml_quoted(QmYamlWriter *writer, const char *text)
{
    space(writer);
    add_quoted(writer->text, text);
}
