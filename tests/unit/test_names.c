/* links: formats */
/* Names in order, found by hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "formats/names.h"

static void test_finds_the_first_of_a_name(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    QmNames names = {0};
    assert_int_equal(qm_names_find(&names, "kick"), QM_NAMES_NONE);
    assert_int_equal(qm_names_add(&names, &arena, "kick"), QM_OK);
    assert_int_equal(qm_names_add(&names, &arena, "snare"), QM_OK);
    assert_int_equal(qm_names_add(&names, &arena, "kick"), QM_OK);
    assert_int_equal(names.n, 3);
    assert_int_equal(qm_names_find(&names, "kick"), 0);
    assert_int_equal(qm_names_find(&names, "snare"), 1);
    assert_int_equal(qm_names_find(&names, "hat"), QM_NAMES_NONE);
    qm_arena_release(&arena);
}

static void test_grows(void **unused)
{
    (void)unused;
    enum { MANY = 5000 };
    QmArena arena = {0};
    QmNames names = {0};
    for (uint32_t i = 0; i < MANY; i++) {
        QmText text;
        qm_text_init(&text, &arena);
        qm_text_printf(&text, "t%u", i);
        assert_int_equal(qm_names_add(&names, &arena, text.data), QM_OK);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(qm_names_find(&names, names.name[i]), i);
    }
    assert_int_equal(qm_names_find(&names, "t5000"), QM_NAMES_NONE);
    arena.fail_at = arena.calls + 1;
    while (names.n < names.room) {
        assert_int_equal(qm_names_add(&names, &arena, "x"), QM_OK);
    }
    assert_int_equal(qm_names_add(&names, &arena, "y"), QM_ERR_MEMORY);
    assert_int_equal(qm_names_find(&names, "t4999"), 4999); /* still whole */
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_first_of_a_name),
        cmocka_unit_test(test_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
