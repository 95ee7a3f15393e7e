/* links: formats */
/* Canonical YAML, and texts that could be taken for something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/yaml_tree.h"
#include "formats/yaml_write.h"

#include <string.h>

static QmArena arena;

static int release(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static void test_layout(void **unused)
{
    (void)unused;
    QmText text;
    qm_text_init(&text, &arena);
    QmYamlWriter writer = {.text = &text};
    qm_yaml_begin_map(&writer, false);
    qm_yaml_key(&writer, "a");
    qm_yaml_bare(&writer, "1");
    qm_yaml_gap(&writer);
    qm_yaml_key(&writer, "b");
    qm_yaml_begin_map(&writer, false);
    qm_yaml_key(&writer, "flow");
    qm_yaml_begin_map(&writer, true);
    qm_yaml_key(&writer, "x");
    qm_yaml_text(&writer, "no");
    qm_yaml_bare_key(&writer, "7");
    qm_yaml_begin_list(&writer, true);
    qm_yaml_item(&writer);
    qm_yaml_bare(&writer, "1");
    qm_yaml_item(&writer);
    qm_yaml_begin_map(&writer, true);
    qm_yaml_end(&writer);
    qm_yaml_end(&writer);
    qm_yaml_end(&writer);
    qm_yaml_key(&writer, "list");
    qm_yaml_begin_list(&writer, false);
    qm_yaml_item(&writer);
    qm_yaml_text(&writer, "limiter");
    qm_yaml_item(&writer);
    qm_yaml_begin_map(&writer, false);
    qm_yaml_key(&writer, "eq");
    qm_yaml_begin_map(&writer, true);
    qm_yaml_end(&writer);
    qm_yaml_end(&writer);
    qm_yaml_end(&writer);
    qm_yaml_key(&writer, "none");
    qm_yaml_begin_list(&writer, false);
    qm_yaml_end(&writer);
    qm_yaml_end(&writer);
    qm_yaml_end(&writer);
    assert_string_equal(text.data, "a: 1\n"
                                   "\n"
                                   "b:\n"
                                   "  flow: {x: \"no\", 7: [1, {}]}\n"
                                   "  list:\n"
                                   "    - limiter\n"
                                   "    - eq: {}\n"
                                   "  none: []\n");
}

/* Texts as they are written; NULL: bare. */
static const struct {
    const char *text, *written;
} texts[] = {
    {"kick", NULL},
    {"Night Drive (2)", NULL},
    {"stems/a-b_c.wav", NULL},
    {"808s", NULL},
    {"", "\"\""},
    {"yes", "\"yes\""},
    {"Off", "\"Off\""},
    {"null", "\"null\""},
    {"~", "\"~\""},
    {"12", "\"12\""},
    {"-1.5", "\"-1.5\""},
    {"1e3", "\"1e3\""},
    {"0x1F", "\"0x1F\""},
    {"1:30", "\"1:30\""},
    {"1_000", "\"1_000\""},
    {"2026-11-20", "\"2026-11-20\""},
    {".5", "\".5\""},
    {".nan", "\".nan\""},
    {"...", "\"...\""},
    {"---", "\"---\""},
    {"- a", "\"- a\""},
    {"a ", "\"a \""},
    {" a", "\" a\""},
    {"a: b", "\"a: b\""},
    {"a #b", "\"a #b\""},
    {"[a]", "\"[a]\""},
    {"a, b", "\"a, b\""},
    {"*a", "\"*a\""},
    {"&a", "\"&a\""},
    {"!a", "\"!a\""},
    {"%a", "\"%a\""},
    {"@a", "\"@a\""},
    {"\"q\" \\", "\"\\\"q\\\" \\\\\""},
    {"it's", "\"it's\""},
    {"a\nb\tc\r", "\"a\\nb\\tc\\u000d\""},
    {"\x1b[31m", "\"\\u001b[31m\""},
    {"\xc3\xbc", "\"\xc3\xbc\""},
    {"\xc2\x85", "\"\\u0085\""},
    {"\xe2\x80\xa8", "\"\\u2028\""},
    {"\xef\xbb\xbf", "\"\\ufeff\""},
    {"\xef\xbf\xbe", "\"\\ufffe\""},
    {"\xf0\x9f\xa5\x81", "\"\xf0\x9f\xa5\x81\""},
};

static void test_texts_are_quoted_when_they_need_it(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        QmText text;
        qm_text_init(&text, &arena);
        QmYamlWriter writer = {.text = &text};
        qm_yaml_text(&writer, texts[i].text);
        assert_string_equal(text.data,
                            texts[i].written ? texts[i].written : texts[i].text);
    }
}

/* As a value in a block, as a key, as a value in a flow: it reads back as the same
 * text. */
static void test_texts_read_back(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        QmText text;
        QmDiag diag = {0};
        const QmYamlNode *root;
        qm_text_init(&text, &arena);
        QmYamlWriter writer = {.text = &text};
        qm_yaml_begin_map(&writer, false);
        qm_yaml_key(&writer, texts[i].text);
        qm_yaml_text(&writer, texts[i].text);
        qm_yaml_key(&writer, "flow of all");
        qm_yaml_begin_map(&writer, true);
        qm_yaml_key(&writer, texts[i].text);
        qm_yaml_text(&writer, texts[i].text);
        qm_yaml_end(&writer);
        qm_yaml_end(&writer);
        assert_int_equal(qm_yaml_parse(text.data, text.length, "x", &arena, &diag, &root),
                         QM_OK);
        assert_string_equal(root->first->key, texts[i].text);
        assert_string_equal(root->first->text, texts[i].text);
        const QmYamlNode *inner = root->first->next->first;
        assert_string_equal(inner->key, texts[i].text);
        assert_string_equal(inner->text, texts[i].text);
        assert_false(qm_yaml_is_empty(inner));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_texts_are_quoted_when_they_need_it),
        cmocka_unit_test(test_texts_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
