/* Sorting keeps the order of equals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "base/sort.h"

#include <string.h>

typedef struct Event {
    int64_t frame;
    int sequence; /* where it stood before */
} Event;

static int by_frame(const void *a, const void *b)
{
    const Event *x = a, *y = b;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

static void test_sorts_a_few(void **unused)
{
    (void)unused;
    QmArena scratch = {0};
    Event events[] = {{64, 0}, {0, 1}, {64, 2}, {-5, 3}, {0, 4}};
    assert_int_equal(qm_sort(events, 5, sizeof events[0], by_frame, &scratch), QM_OK);
    const int order[] = {3, 1, 4, 0, 2};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(events[i].sequence, order[i]);
    }
    qm_arena_release(&scratch);
}

static void check_sorted(const Event *events, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        assert_true(events[i - 1].frame <= events[i].frame);
        if (events[i - 1].frame == events[i].frame) {
            assert_true(events[i - 1].sequence < events[i].sequence);
        }
    }
}

static void test_is_stable_for_every_count(void **unused)
{
    (void)unused;
    QmArena scratch = {0};
    enum { MOST = 300 };
    for (size_t count = 0; count <= MOST; count++) {
        Event events[MOST];
        for (size_t i = 0; i < count; i++) {
            events[i] = (Event){(int64_t)(qm_rand_bits(count, i) % 20), (int)i};
        }
        assert_int_equal(qm_sort(events, count, sizeof events[0], by_frame, &scratch),
                         QM_OK);
        check_sorted(events, count);
    }
    qm_arena_release(&scratch);
}

static void test_sorted_and_reversed_input(void **unused)
{
    (void)unused;
    QmArena scratch = {0};
    enum { COUNT = 1000 };
    Event rising[COUNT], falling[COUNT];
    for (int i = 0; i < COUNT; i++) {
        rising[i] = (Event){i, i};
        falling[i] = (Event){COUNT - i, i};
    }
    assert_int_equal(qm_sort(rising, COUNT, sizeof rising[0], by_frame, &scratch), QM_OK);
    assert_int_equal(qm_sort(falling, COUNT, sizeof falling[0], by_frame, &scratch),
                     QM_OK);
    check_sorted(rising, COUNT);
    check_sorted(falling, COUNT);
    qm_arena_release(&scratch);
}

static int by_byte(const void *a, const void *b)
{
    return *(const uint8_t *)a - *(const uint8_t *)b;
}

static void test_sorts_items_of_any_size(void **unused)
{
    (void)unused;
    QmArena scratch = {0};
    char letters[] = "quantized";
    assert_int_equal(qm_sort(letters, strlen(letters), 1, by_byte, &scratch), QM_OK);
    assert_string_equal(letters, "adeinqtuz");
    char triples[] = "c--a--b--";
    assert_int_equal(qm_sort(triples, 3, 3, by_byte, &scratch), QM_OK);
    assert_string_equal(triples, "a--b--c--");
    qm_arena_release(&scratch);
}

static void test_numbers_rise(void **unused)
{
    (void)unused;
    QmArena scratch = {0};
    double doubles[] = {2, -1, 1e300, 0.5};
    float floats[] = {2, -1, 1e30f, 0.5f};
    assert_int_equal(qm_sort(doubles, 4, sizeof *doubles, qm_by_double, &scratch), QM_OK);
    assert_int_equal(qm_sort(floats, 4, sizeof *floats, qm_by_float, &scratch), QM_OK);
    for (int i = 1; i < 4; i++)
        assert_true(doubles[i - 1] < doubles[i] && floats[i - 1] < floats[i]);
    qm_arena_release(&scratch);
}

static void test_without_memory_items_stay_as_they_were(void **unused)
{
    (void)unused;
    QmArena scratch = {.fail_at = 1};
    Event events[] = {{2, 0}, {1, 1}};
    assert_int_equal(qm_sort(events, 2, sizeof events[0], by_frame, &scratch),
                     QM_ERR_MEMORY);
    assert_int_equal(events[0].frame, 2);
    assert_int_equal(qm_sort(events, 1, sizeof events[0], by_frame, &scratch), QM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorts_a_few),
        cmocka_unit_test(test_is_stable_for_every_count),
        cmocka_unit_test(test_sorted_and_reversed_input),
        cmocka_unit_test(test_sorts_items_of_any_size),
        cmocka_unit_test(test_numbers_rise),
        cmocka_unit_test(test_without_memory_items_stay_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
