/* links: render */
/* The ring: first in, first out, full and empty are told, and nothing is lost between
 * threads. */
#include "render/ring.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct Item {
    uint64_t number, check;
    char padding[20];
} Item;

static Item item(uint64_t number)
{
    Item made = {.number = number, .check = ~number * 3};
    memset(made.padding, (int)(number & 0xff), sizeof made.padding);
    return made;
}

static void assert_is(const Item *found, uint64_t number)
{
    const Item expected = item(number);
    assert_int_equal(found->number, number);
    assert_int_equal(found->check, expected.check);
    assert_memory_equal(found->padding, expected.padding, sizeof expected.padding);
}

static QmRing *make(QmArena *arena, uint32_t capacity)
{
    QmRing *ring = NULL;
    assert_int_equal(qm_ring_new(capacity, sizeof(Item), arena, NULL, &ring), QM_OK);
    return ring;
}

static void keeps_order_and_knows_its_size(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    QmRing *ring = make(&arena, 4);
    Item out;
    assert_false(qm_ring_pop(ring, &out));
    for (uint64_t round = 0; round < 10; round++) {
        for (uint64_t i = 0; i < 4; i++)
            assert_true(qm_ring_push(ring, &(Item[]){item(round * 4 + i)}[0]));
        assert_false(qm_ring_push(ring, &out));
        for (uint64_t i = 0; i < 4; i++) {
            assert_true(qm_ring_pop(ring, &out));
            assert_is(&out, round * 4 + i);
        }
        assert_false(qm_ring_pop(ring, &out));
    }
    qm_arena_release(&arena);
}

enum { MANY = 300000 };

static void *push_many(void *ring)
{
    for (uint64_t i = 0; i < MANY; i++) {
        const Item next = item(i);
        while (!qm_ring_push(ring, &next))
            sched_yield();
    }
    return NULL;
}

static void loses_nothing_between_threads(void **unused)
{
    (void)unused;
    QmArena arena = {0};
    QmRing *ring = make(&arena, 8);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, push_many, ring), 0);
    for (uint64_t i = 0; i < MANY; i++) {
        Item out;
        while (!qm_ring_pop(ring, &out))
            sched_yield();
        assert_is(&out, i);
    }
    pthread_join(writer, NULL);
    qm_arena_release(&arena);
}

static void says_when_there_is_no_memory(void **unused)
{
    (void)unused;
    for (uint64_t n = 1; n <= 2; n++) {
        QmArena arena = {.fail_at = n};
        QmRing *ring = NULL;
        assert_int_equal(qm_ring_new(4, sizeof(Item), &arena, NULL, &ring),
                         QM_ERR_MEMORY);
        assert_null(ring);
        qm_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order_and_knows_its_size),
        cmocka_unit_test(loses_nothing_between_threads),
        cmocka_unit_test(says_when_there_is_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
