/* How an arena is used: take, grow, give everything back; and what it promises
 * meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

#include <string.h>

typedef struct Note {
    int key;
    double velocity;
} Note;

static void test_takes_zeroed_memory_and_gives_it_back(void **unused)
{
    (void)unused;
    QmArena arena;
    qm_arena_init(&arena);

    Note *note = QM_NEW(&arena, Note);
    Note *chord = QM_NEW_ARRAY(&arena, Note, 3);
    assert_non_null(note);
    assert_non_null(chord);
    assert_int_equal(note->key, 0);
    assert_int_equal(chord[2].key, 0);
    assert_int_equal(arena.calls, 2);
    assert_true(arena.total > 0);

    qm_arena_release(&arena);
    assert_int_equal(arena.total, 0);
    assert_non_null(QM_NEW(&arena, Note)); /* usable again */
    qm_arena_release(&arena);

    QmArena zeroed = {0};
    qm_arena_release(&zeroed);
}

static void test_grows_a_list_by_copying(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    int *list = NULL;
    size_t count = 0, capacity = 0;
    for (int i = 0; i < 1000; i++) {
        if (count == capacity) {
            list = qm_arena_grow(&arena, list, count, 2 * capacity + 4, sizeof *list);
            capacity = 2 * capacity + 4;
            assert_non_null(list);
        }
        list[count++] = i;
    }
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(list[i], i);
    }
    for (size_t i = count; i < capacity; i++) {
        assert_int_equal(list[i], 0);
    }
    qm_arena_release(&arena);
}

static void test_copies_strings(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    assert_string_equal(qm_arena_strdup(&arena, "kick"), "kick");
    assert_string_equal(qm_arena_strdup(&arena, ""), "");
    assert_string_equal(qm_arena_strndup(&arena, "kick.fader", 4), "kick");
    assert_string_equal(qm_arena_strndup(&arena, "hat", 10), "hat");
    assert_string_equal(qm_arena_strndup(&arena, NULL, 0), "");
    qm_arena_release(&arena);
}

static void test_memory_is_aligned_distinct_and_zero(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    uint8_t *taken[600];
    for (size_t i = 0; i < 600; i++) {
        const size_t size = i * i % 5003;
        taken[i] = qm_arena_alloc(&arena, 1, size);
        assert_non_null(taken[i]);
        assert_int_equal((uintptr_t)taken[i] % (size < 64 ? 16 : 64), 0);
        for (size_t k = 0; k < size; k++) {
            assert_int_equal(taken[i][k], 0);
        }
        memset(taken[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < 600; i++) {
        for (size_t k = 0; k < i * i % 5003; k++) {
            assert_int_equal(taken[i][k], (int)(i % 255) + 1);
        }
    }
    qm_arena_release(&arena);
}

static void test_zero_sizes_are_valid_and_unique(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    void *a = qm_arena_alloc(&arena, 0, 8);
    void *b = qm_arena_alloc(&arena, 8, 0);
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    qm_arena_release(&arena);
}

static void test_a_large_piece_leaves_the_rest_of_a_block_in_use(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    (void)qm_arena_alloc(&arena, 1, 16);
    (void)qm_arena_alloc(&arena, 1, 4 << 20);
    const size_t total = arena.total;
    (void)qm_arena_alloc(&arena, 1, 16);
    assert_int_equal(arena.total, total);
    qm_arena_release(&arena);
}

static void test_drops_what_is_large_and_keeps_what_is_small(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    int *small = qm_arena_alloc(&arena, 1, 16);
    const size_t total = arena.total;
    char *large = qm_arena_alloc(&arena, 1, 4 << 20);
    qm_arena_drop(&arena, large);
    assert_int_equal(arena.total, total);
    *small = 7;
    qm_arena_drop(&arena, small);
    qm_arena_drop(&arena, NULL);
    assert_int_equal(*small, 7);
    assert_int_equal(arena.total, total);
    qm_arena_release(&arena);
}

static void test_refuses_what_overflows(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    assert_null(qm_arena_alloc(&arena, SIZE_MAX / 2, 3));
    assert_null(qm_arena_alloc(&arena, SIZE_MAX, 1));
    assert_null(qm_arena_alloc(&arena, 1, SIZE_MAX - 64));
    assert_non_null(qm_arena_alloc(&arena, 1, 1));
    qm_arena_release(&arena);
}

static void test_fails_from_a_chosen_call_on(void **unused)
{
    (void)unused;
    QmArena arena = {.fail_at = 3};
    assert_non_null(qm_arena_alloc(&arena, 1, 8));
    assert_non_null(qm_arena_strdup(&arena, "two"));
    assert_null(qm_arena_alloc(&arena, 1, 8));
    assert_null(qm_arena_strdup(&arena, "four"));
    assert_null(qm_arena_grow(&arena, "abc", 3, 6, 1));
    assert_int_equal(arena.calls, 5);
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_takes_zeroed_memory_and_gives_it_back),
        cmocka_unit_test(test_grows_a_list_by_copying),
        cmocka_unit_test(test_copies_strings),
        cmocka_unit_test(test_memory_is_aligned_distinct_and_zero),
        cmocka_unit_test(test_zero_sizes_are_valid_and_unique),
        cmocka_unit_test(test_a_large_piece_leaves_the_rest_of_a_block_in_use),
        cmocka_unit_test(test_drops_what_is_large_and_keeps_what_is_small),
        cmocka_unit_test(test_refuses_what_overflows),
        cmocka_unit_test(test_fails_from_a_chosen_call_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
