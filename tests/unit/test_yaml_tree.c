/* links: formats */
/* A text as located nodes, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/yaml_tree.h"

#include <stdlib.h>
#include <string.h>

typedef struct Parsed {
    QmArena arena;
    QmDiag diag;
    QmStatus status;
    const QmYamlNode *root;
} Parsed;

static Parsed parse_bytes(const char *text, size_t size)
{
    Parsed parsed = {0};
    parsed.status =
        qm_yaml_parse(text, size, "song.yaml", &parsed.arena, &parsed.diag, &parsed.root);
    return parsed;
}

static Parsed parse(const char *text) { return parse_bytes(text, strlen(text)); }

/* The text is refused with exactly this message. */
static void refused_bytes(const char *text, size_t size, const char *message)
{
    Parsed parsed = parse_bytes(text, size);
    assert_int_equal(parsed.status, QM_ERR_INPUT);
    assert_string_equal(parsed.diag.text, message);
    qm_arena_release(&parsed.arena);
}

static void refused(const char *text, const char *message)
{
    refused_bytes(text, strlen(text), message);
}

static void test_keeps_order_places_and_texts(void **unused)
{
    (void)unused;
    Parsed parsed = parse("b: 1.50\n"
                          "a:\n"
                          "  - \"x y\"\n"
                          "  - [yes, {k: v}]\n");
    assert_int_equal(parsed.status, QM_OK);
    const QmYamlNode *root = parsed.root;
    assert_int_equal(root->kind, QM_YAML_MAP);
    assert_int_equal(root->n, 2);
    const QmYamlNode *b = root->first, *a = b->next;
    assert_string_equal(b->key, "b");
    assert_string_equal(b->text, "1.50"); /* as written, no number */
    assert_false(b->quoted);
    assert_int_equal(b->line, 1);
    assert_int_equal(b->column, 4);
    assert_string_equal(a->key, "a");
    assert_int_equal(a->key_line, 2);
    assert_int_equal(a->key_column, 1);
    assert_int_equal(a->kind, QM_YAML_LIST);
    assert_null(a->next);
    assert_string_equal(a->first->text, "x y");
    assert_true(a->first->quoted);
    assert_int_equal(a->first->line, 3);
    assert_int_equal(a->first->column, 5);
    const QmYamlNode *inner = a->first->next;
    assert_int_equal(inner->n, 2);
    assert_string_equal(inner->first->text, "yes");
    assert_string_equal(qm_yaml_get(inner->first->next, "k")->text, "v");
    assert_null(qm_yaml_get(inner->first->next, "w"));
    qm_arena_release(&parsed.arena);
}

static void test_nothing_is_an_empty_map(void **unused)
{
    (void)unused;
    const char *const texts[] = {"", "\n# only a comment\n", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Parsed parsed = parse(texts[i]);
        assert_int_equal(parsed.status, QM_OK);
        assert_int_equal(parsed.root->kind, QM_YAML_MAP);
        assert_int_equal(parsed.root->n, 0);
        qm_arena_release(&parsed.arena);
    }
    Parsed parsed = parse("a:\nb: ~\nc: null\nd: ''\n");
    const QmYamlNode *node = parsed.root->first;
    assert_true(qm_yaml_is_empty(node));
    assert_true(qm_yaml_is_empty(node->next));
    assert_true(qm_yaml_is_empty(node->next->next));
    assert_false(qm_yaml_is_empty(node->next->next->next)); /* quoted */
    qm_arena_release(&parsed.arena);
}

static void test_refuses_what_sessions_do_not_need(void **unused)
{
    (void)unused;
    refused("a: &x 1\n", "song.yaml:1:4: anchors and aliases are not used here");
    refused("a: [1]\nb: *x\n", "song.yaml:2:4: anchors and aliases are not used here");
    refused("a: !!str 1\n", "song.yaml:1:4: tags are not used here");
    refused("- !!map {}\n", "song.yaml:1:3: tags are not used here");
    refused("a: 1\n---\nb: 2\n", "song.yaml:2:1: a file holds one document");
    refused("[a]: 1\n", "song.yaml:1:1: a key must be a text");
    refused("{a: 1}: 1\n", "song.yaml:1:1: a key must be a text");
    refused("a: 1\nb: 2\na: 3\n",
            "song.yaml:3:1: the key 'a' is said twice, first in line 1");
    refused("a: \"x\\0y\"\n", "song.yaml:1:4: a text cannot hold a zero byte");
}

static void test_refuses_broken_yaml(void **unused)
{
    (void)unused;
    refused("a: [1, 2\nb: 3\n",
            "song.yaml:2:2: not valid YAML: did not find expected ',' or ']'");
    refused("a: \"x\n", "song.yaml:2:1: not valid YAML: found unexpected end of stream");
    refused("a:\n\t- 1\n",
            "song.yaml:2:1: not valid YAML: found character that cannot start any token");
}

static void test_refuses_what_is_no_text(void **unused)
{
    (void)unused;
    static const char why[] = "the text is not UTF-8 without control characters: byte 0x";
    static const struct {
        const char *text;
        size_t size;
        const char *place, *byte;
    } cases[] = {
        {"a: \xff", 4, "song.yaml:1:4", "ff"},
        {"a: 1\nb: \x80", 9, "song.yaml:2:4", "80"},
        {"\xc0\xaf", 2, "song.yaml:1:1", "c0"},
        {"\xe0\x80\x80", 3, "song.yaml:1:1", "e0"},
        {"\xed\xa0\x80", 3, "song.yaml:1:1", "ed"},
        {"\xf4\x90\x80\x80", 4, "song.yaml:1:1", "f4"},
        {"\xf5\x80\x80\x80", 4, "song.yaml:1:1", "f5"},
        {"\xc3", 1, "song.yaml:1:1", "c3"},
        {"ab\0c", 4, "song.yaml:1:3", "00"},
        {"a\x1b[1m", 5, "song.yaml:1:2", "1b"},
        {"\x7f", 1, "song.yaml:1:1", "7f"},
        {"\xc2\x85", 2, "song.yaml:1:1", "c2"},
        {"\xef\xbf\xbf", 3, "song.yaml:1:1", "ef"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[128] = "";
        strcat(message, cases[i].place);
        strcat(message, ": ");
        strcat(message, why);
        strcat(message, cases[i].byte);
        refused_bytes(cases[i].text, cases[i].size, message);
    }
    Parsed parsed = parse("a: \xc3\xbc \xe2\x82\xac \xf0\x9f\xa5\x81\n");
    assert_string_equal(parsed.root->first->text,
                        "\xc3\xbc \xe2\x82\xac \xf0\x9f\xa5\x81");
    qm_arena_release(&parsed.arena);
}

static void test_minds_its_limits(void **unused)
{
    (void)unused;
    enum { DEPTH = QM_YAML_MAX_DEPTH };
    char nested[2 * DEPTH + 3];
    memset(nested, '[', DEPTH);
    memset(nested + DEPTH, ']', DEPTH);
    Parsed parsed = parse_bytes(nested, 2 * DEPTH);
    assert_int_equal(parsed.status, QM_OK);
    qm_arena_release(&parsed.arena);
    memset(nested, '[', DEPTH + 1);
    refused_bytes(nested, DEPTH + 1,
                  "song.yaml:1:65: lists and maps are nested too deeply");
    refused_bytes("", (size_t)QM_YAML_MAX_SIZE + 1,
                  "song.yaml: the file is larger than 67108864 bytes");
}

/* A map of many keys costs no square: this takes seconds if it does. */
static void test_many_keys(void **unused)
{
    (void)unused;
    enum { KEYS = 100000, LINE = 10 };
    char *text = malloc(KEYS * LINE + 1);
    assert_non_null(text);
    for (uint32_t i = 0; i < KEYS; i++) {
        char *line = text + i * LINE;
        memcpy(line, "k00000: 1\n", LINE);
        for (uint32_t digit = 5, rest = i; digit > 0; digit--, rest /= 10) {
            line[digit] = (char)('0' + rest % 10);
        }
    }
    Parsed parsed = parse_bytes(text, KEYS * LINE);
    assert_int_equal(parsed.status, QM_OK);
    assert_int_equal(parsed.root->n, KEYS);
    qm_arena_release(&parsed.arena);
    memcpy(text + (KEYS - 1) * LINE, text, LINE);
    refused_bytes(text, KEYS * LINE,
                  "song.yaml:100000:1: the key 'k00000' is said twice, first in line 1");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_order_places_and_texts),
        cmocka_unit_test(test_nothing_is_an_empty_map),
        cmocka_unit_test(test_refuses_what_sessions_do_not_need),
        cmocka_unit_test(test_refuses_broken_yaml),
        cmocka_unit_test(test_refuses_what_is_no_text),
        cmocka_unit_test(test_minds_its_limits),
        cmocka_unit_test(test_many_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
