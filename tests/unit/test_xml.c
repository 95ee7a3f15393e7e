/* links: formats
 * Names that somebody chose, as text in a page. */
#include "formats/xml.h"

#include "base/rand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BAD "\xef\xbf\xbd"

static void check(const char *bytes, const char *expected)
{
    QmArena arena;
    QmText text;
    qm_arena_init(&arena);
    qm_text_init(&text, &arena);
    qm_text_add(&text, "");
    qm_xml_add(&text, bytes);
    assert_string_equal(text.data, expected);
    qm_arena_release(&arena);
}

static void markup(void **state)
{
    (void)state;
    check(NULL, "");
    check("", "");
    check("kick 01.wav", "kick 01.wav");
    check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
    check("a\" onload='x' &amp;", "a&quot; onload=&#39;x&#39; &amp;amp;");
    check("]]>", "]]&gt;");
    check("a\tb\nc", "a b c");
}

static void characters(void **state)
{
    (void)state;
    check("Gr\xc3\xbc\xc3\x9f", "Gr\xc3\xbc\xc3\x9f");   /* two bytes */
    check("\xe2\x99\xab", "\xe2\x99\xab");               /* three */
    check("\xf0\x9f\x8e\xb5", "\xf0\x9f\x8e\xb5");       /* four */
    check("\x01\x1b[31m\r\x7f", BAD BAD "[31m" BAD BAD); /* control */
    check("\xc2\x9b", BAD);                              /* control, C1 */
    check("\xff\xfe", BAD BAD);                          /* never UTF-8 */
    check("\x80", BAD);                                  /* no beginning */
    check("\xc3", BAD);                                  /* no end */
    check("\xc3<", BAD "&lt;");                          /* no end, markup */
    check("\xe2\x99", BAD BAD);
    check("\xc0\xbc", BAD BAD);                     /* < in two bytes */
    check("\xe0\x80\xbc", BAD BAD BAD);             /* in three */
    check("\xed\xa0\x80", BAD);                     /* a surrogate */
    check("\xef\xbf\xbf", BAD);                     /* no character */
    check("\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd");  /* the last */
    check("\xf4\x90\x80\x80", BAD);                 /* behind it */
    check("exe.\xe2\x80\xaegpj", "exe." BAD "gpj"); /* turned around */
}

/* Whatever bytes: no markup, and nothing that is not UTF-8 or is a control. */
static void any_bytes(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    const uint64_t key = qm_rand_key(4, 4);
    for (uint64_t round = 0; round < 20000; round++) {
        char bytes[9] = {0};
        const uint64_t bits = qm_rand_bits(key, round);
        memcpy(bytes, &bits, 8);
        QmText text, again;
        qm_text_init(&text, &arena);
        qm_text_init(&again, &arena);
        qm_text_add(&text, "");
        qm_text_add(&again, "");
        qm_xml_add(&text, bytes);
        assert_null(strpbrk(text.data, "<>\"'\n\t\r\x01\x1b\x7f"));
        for (const char *p = text.data; *p; p++) {
            assert_true(*p != '&' || strchr("lgaq#", p[1]));
        }
        /* All of it is text now: escaped again, only the ampersands change. */
        qm_xml_add(&again, text.data);
        size_t ampersands = 0;
        for (const char *p = text.data; *p; p++) {
            ampersands += *p == '&';
        }
        assert_int_equal(again.length, text.length + 4 * ampersands);
        qm_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup),
        cmocka_unit_test(characters),
        cmocka_unit_test(any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
