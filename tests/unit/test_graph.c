/* The graph: edges in session order, waves, latency to the sample, tails, the solo
 * rule. */
#include "tests/support/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void feeds_of_a_bus_are_in_session_order(void **state)
{
    (void)state;
    Rig f;
    rig_start(&f, 3, 1); /* a b c, bus d, master e */
    rig_send(&f, 2, 3, -6);
    rig_send(&f, 0, 3, -6);
    rig_graph(&f);
    const QmNode *bus = &f.graph.nodes[3];
    assert_int_equal(bus->n_edges, 2);
    assert_int_equal(f.graph.edges[bus->first_edge].from, 0);
    assert_int_equal(f.graph.edges[bus->first_edge + 1].from, 2);
    const QmNode *master = &f.graph.nodes[4];
    for (uint32_t e = 0; e < 4; e++)
        assert_int_equal(f.graph.edges[master->first_edge + e].from, e);
    rig_end(&f);
}

static void a_strip_comes_after_all_that_feed_it(void **state)
{
    (void)state;
    Rig f;
    rig_start(&f, 2, 2); /* a b, buses c d, master e */
    f.strips[2].to = 3;
    f.strips[0].to = 2;
    rig_insert(&f, 1, "compressor", 0)->key = 0; /* b listens to a */
    rig_graph(&f);
    assert_int_equal(f.graph.nodes[0].wave, 0);
    assert_int_equal(f.graph.nodes[1].wave, 1);
    assert_int_equal(f.graph.nodes[2].wave, 1);
    assert_int_equal(f.graph.nodes[3].wave, 2);
    assert_int_equal(f.graph.nodes[4].wave, 3);
    assert_int_equal(f.graph.n_waves, 4);
    rig_end(&f);
}

static void latencies_are_made_up_for(void **state)
{
    (void)state;
    Rig f;
    rig_start(&f, 2, 0);
    rig_insert(&f, 0, "limiter", 0);
    rig_graph(&f);
    const QmProcSpec spec =
        qm_insert_spec(f.session, &f.session->strips[0], &f.inserts[0][0]);
    const uint32_t late = f.inserts[0][0].proc->latency(&spec);
    assert_true(late > 0);
    const QmNode *master = &f.graph.nodes[2];
    assert_int_equal(master->in_latency, late);
    assert_int_equal(f.graph.edges[master->first_edge].delay, 0);
    assert_int_equal(f.graph.edges[master->first_edge + 1].delay, late);
    assert_int_equal(f.graph.latency, late);
    rig_end(&f);
}

static void a_late_key_holds_its_listener_back(void **state)
{
    (void)state;
    Rig f;
    rig_start(&f, 2, 0);
    rig_insert(&f, 0, "limiter", 0);
    rig_insert(&f, 1, "compressor", 0)->key = 0;
    rig_graph(&f);
    assert_int_equal(f.graph.nodes[1].in_latency, f.graph.nodes[0].latency);
    const QmEdge *key = &f.graph.edges[f.graph.nodes[1].first_edge];
    assert_int_equal(key->kind, QM_EDGE_KEY);
    assert_int_equal(key->point, QM_POINT_PRE);
    assert_int_equal(key->delay, 0);
    rig_end(&f);
}

static void an_early_key_waits_for_its_listener(void **state)
{
    (void)state;
    Rig f;
    rig_start(&f, 3, 1); /* a b c, bus d fed by b (late), keyed by c */
    rig_insert(&f, 1, "limiter", 0);
    f.strips[1].to = 3;
    rig_insert(&f, 3, "compressor", 0)->key = 2;
    rig_graph(&f);
    const QmNode *bus = &f.graph.nodes[3];
    const QmEdge *key = &f.graph.edges[bus->first_edge + bus->n_edges - 1];
    assert_int_equal(key->kind, QM_EDGE_KEY);
    assert_int_equal(key->delay, f.graph.nodes[1].latency);
    rig_end(&f);
}

static void bypassed_inserts_are_not_there(void **state)
{
    (void)state;
    Rig f;
    rig_start(&f, 2, 0);
    rig_insert(&f, 0, "limiter", 0);
    rig_insert(&f, 1, "compressor", 0)->key = 0;
    f.inserts[0][0].bypass = f.inserts[1][0].bypass = true;
    rig_graph(&f);
    assert_int_equal(f.graph.latency, 0);
    assert_int_equal(f.graph.nodes[1].wave, 0);
    rig_end(&f);
}

static void tails_add_up_along_the_way(void **state)
{
    (void)state;
    Rig f;
    rig_start(&f, 1, 1);
    rig_insert(&f, 1, "reverb", 0);
    rig_send(&f, 0, 1, -6);
    rig_graph(&f);
    assert_true(f.graph.tail > f.session->rate / 2);
    assert_int_equal(f.graph.tail, f.graph.nodes[2].tail);
    rig_end(&f);
}

static void solo_is_heard_with_what_it_feeds_and_is_fed_by(void **state)
{
    (void)state;
    Rig f;
    rig_start(&f, 3, 2); /* a -> d, b -> d, c -> master; send c -> e; master f */
    f.strips[0].to = f.strips[1].to = 3;
    rig_send(&f, 2, 4, -6);
    f.strips[0].fader.solo = true;
    rig_graph(&f);
    const bool expected[] = {true, false, false, true, false, true};
    for (uint32_t s = 0; s < 6; s++)
        assert_int_equal(f.graph.nodes[s].audible, expected[s]);
    rig_end(&f);

    rig_start(&f, 3, 2);
    f.strips[0].to = f.strips[1].to = 3;
    f.strips[3].fader.solo = true; /* the bus: both that feed it are heard */
    f.strips[4].fader.solo_safe = true;
    rig_graph(&f);
    const bool bus[] = {true, true, false, true, true, true};
    for (uint32_t s = 0; s < 6; s++)
        assert_int_equal(f.graph.nodes[s].audible, bus[s]);
    rig_end(&f);
}

static void out_of_memory_is_told(void **state)
{
    (void)state;
    Rig f;
    rig_start(&f, 3, 1);
    rig_send(&f, 0, 3, -6);
    const uint64_t before = f.arena.calls;
    rig_graph(&f);
    const uint64_t calls = f.arena.calls - before;
    for (uint64_t at = 1; at <= calls; at++) {
        f.arena.fail_at = f.arena.calls + at;
        assert_int_equal(qm_graph_new(f.session, &f.arena, NULL, &f.graph),
                         QM_ERR_MEMORY);
        f.arena.fail_at = 0;
    }
    assert_true(calls >= 3);
    rig_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeds_of_a_bus_are_in_session_order),
        cmocka_unit_test(a_strip_comes_after_all_that_feed_it),
        cmocka_unit_test(latencies_are_made_up_for),
        cmocka_unit_test(a_late_key_holds_its_listener_back),
        cmocka_unit_test(an_early_key_waits_for_its_listener),
        cmocka_unit_test(bypassed_inserts_are_not_there),
        cmocka_unit_test(tails_add_up_along_the_way),
        cmocka_unit_test(solo_is_heard_with_what_it_feeds_and_is_fed_by),
        cmocka_unit_test(out_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
