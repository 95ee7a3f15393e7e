/* The plan: which strips share a gang, who needs whom, what happens where and when. */
/* tests: graph/plan graph/agenda graph/explain */
#include "tests/support/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void strips_of_one_shape_share_gangs(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 7, 0);
    for (uint32_t s = 0; s < 6; s++)
        rig_insert(&rig, s, "eq", 2);
    rig_insert(&rig, 6, "eq", 3); /* another shape */
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    assert_int_equal(rig.plan.n_ops,
                     4); /* 4 + 2 of one shape, 1 of the other, the master */
    assert_int_equal(rig.plan.ops[0].n_members, 4);
    assert_int_equal(rig.plan.ops[1].n_members, 2);
    assert_int_equal(rig.plan.ops[1].strip[1], 5);
    assert_int_equal(rig.plan.op_of[6], 2);
    assert_int_equal(rig.plan.member_of[5], 1);
    rig_end(&rig);
}

static void a_key_and_a_bypass_change_the_shape(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 4, 0);
    for (uint32_t s = 1; s < 4; s++)
        rig_insert(&rig, s, "compressor", 0);
    rig.inserts[1][0].key = 0;
    rig.inserts[2][0].key = 0;
    rig.inserts[3][0].bypass = true;
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    assert_int_equal(rig.plan.op_of[0], rig.plan.op_of[3]); /* both without inserts now */
    assert_int_equal(rig.plan.op_of[1], rig.plan.op_of[2]);
    assert_true(rig.plan.ops[rig.plan.op_of[1]].slots[0].keyed);
    assert_int_equal(rig.plan.ops[rig.plan.op_of[1]].needs[0], rig.plan.op_of[0]);
    rig_end(&rig);
}

static void only_taps_that_are_read_are_kept(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 2, 1);
    rig_send(&rig, 0, 2, -6)->tap = QM_TAP_PRE;
    rig_insert(&rig, 1, "gain", 0);
    const QmPickup in = {.strip = 3, .point = QM_POINT_IN};
    rig_build(&rig, QM_ISA_BEST, &in, 1);
    const QmPlanOp *a = &rig.plan.ops[rig.plan.op_of[0]];
    const QmPlanOp *b = &rig.plan.ops[rig.plan.op_of[1]];
    const QmPlanOp *master = &rig.plan.ops[rig.plan.op_of[3]];
    assert_true(a->keeps[QM_POINT_PRE] && a->keeps[QM_POINT_POST] &&
                !a->keeps[QM_POINT_IN]);
    assert_true(!b->keeps[QM_POINT_PRE] && b->keeps[QM_POINT_POST]);
    assert_true(master->keeps[QM_POINT_IN]);
    rig_end(&rig);
}

static void events_are_moved_by_the_latency_before_them(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 2, 0);
    rig_insert(&rig, 0, "limiter", 0);
    rig_insert(&rig, 0, "gain", 0);
    rig_send(&rig, 1, 2, -6);
    const QmTarget targets[] = {
        {.strip = 0, .slot = QM_SLOT_INSERT}, {.strip = 0, .slot = QM_SLOT_INSERT + 1},
        {.strip = 0, .slot = QM_SLOT_FADER},  {.strip = 1, .slot = QM_SLOT_SEND},
        {.strip = 2, .slot = QM_SLOT_FADER},
    };
    for (int i = 0; i < 5; i++)
        rig_event(&rig, 500, targets[i], 0, 0, 0);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    const int64_t late = rig.graph.nodes[0].latency;
    const QmPlanOp *source = &rig.plan.ops[rig.plan.op_of[0]];
    assert_int_equal(source->n_agenda, 3);
    assert_int_equal(source->agenda[0].frame, 500);
    assert_int_equal(source->agenda[0].index, 0);
    assert_int_equal(source->agenda[1].frame, 500 + late);
    assert_int_equal(source->agenda[1].index, 1);
    assert_int_equal(source->agenda[2].kind, QM_AGENDA_FADER);
    assert_int_equal(source->agenda[2].frame, 500 + late);
    const QmPlanOp *master = &rig.plan.ops[rig.plan.op_of[2]];
    assert_int_equal(master->n_agenda, 2); /* a send's level lives where it is summed */
    assert_int_equal(master->agenda[0].kind, QM_AGENDA_FEED);
    assert_int_equal(master->agenda[0].frame, 500 + late);
    rig_end(&rig);
}

/* a -> bus, b -> master, keyed by a; what nobody needs any more is not computed. */
static void frozen_strips_need_nothing_in_front(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 2, 1);
    rig.strips[0].to = 2;
    rig_insert(&rig, 0, "limiter", 0);
    rig_insert(&rig, 1, "compressor", 0)->key = 0;
    rig_insert(&rig, 3, "gain", 0);
    rig_event(&rig, 500, (QmTarget){.strip = 1, .slot = QM_SLOT_INSERT}, 0, -3, 0);
    rig_event(&rig, 500, (QmTarget){.strip = 1, .slot = QM_SLOT_FADER}, 0, -3, 0);
    enum { ENOUGH = 1 << 30 };
    QmFrozen frozen[] = {{1, QM_POINT_PRE, {.frames = ENOUGH}},
                         {3, QM_POINT_IN, {.frames = ENOUGH}}};
    rig.frozen = frozen;
    rig.n_frozen = 1;
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    const uint32_t latency = rig.graph.nodes[1].latency;
    const QmPlanOp *b = &rig.plan.ops[rig.plan.op_of[1]];
    assert_int_equal(b->n_slots, 0);
    assert_int_equal(b->n_agenda, 1); /* the fader's */
    assert_int_equal(b->agenda[0].frame, 500 + latency);
    assert_true(latency > 0); /* a's limiter holds b back, frozen or not */
    assert_ptr_equal(b->frozen[rig.plan.member_of[1]], &frozen[0]);
    assert_false(rig.plan.ops[rig.plan.op_of[0]].keeps[QM_POINT_PRE]);
    QmText text;
    qm_text_init(&text, &rig.arena);
    qm_plan_print(&rig.plan, &text);
    assert_non_null(strstr(text.data, ", frozen at pre"));
    rig.n_frozen = 2;
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    assert_int_equal(rig.plan.n_ops, 1);
    assert_int_equal(rig.plan.ops[0].n_slots, 1);
    assert_int_equal(rig.plan.op_of[0], QM_NO_OP);
    assert_int_equal(rig.plan.op_of[1], QM_NO_OP);
    assert_int_equal(rig.plan.op_of[2], QM_NO_OP);
    frozen[1].asset.frames = rig.plan.frames + rig.plan.latency; /* just enough */
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    assert_int_equal(rig.plan.n_ops, 1);
    frozen[1].asset.frames--;
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    assert_int_equal(rig.plan.n_ops, 3); /* b, still frozen, and the bus are a gang */
    assert_null(rig.plan.frozen[3]);
    rig_end(&rig);
}

static void a_tap_that_is_heard_in_front_cannot_be_frozen(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 2, 0);
    double params[QM_MAX_PARAMS];
    QmModulator hears = {.source = qm_mod_find("envelope"), .params = params};
    const int tap = qm_mod_find_param(hears.source, "tap");
    qm_mod_defaults(hears.source, 0, params);
    rig.session->modulators = &hears;
    rig.session->n_modulators = 1;
    params[tap] = QM_MOD_TAP_PRE;
    assert_true(qm_plan_can_freeze(rig.session, 0, QM_POINT_PRE));
    params[tap] = QM_MOD_TAP_IN;
    assert_false(qm_plan_can_freeze(rig.session, 0, QM_POINT_PRE));
    assert_true(qm_plan_can_freeze(rig.session, 0, QM_POINT_IN));
    assert_true(qm_plan_can_freeze(rig.session, 1, QM_POINT_PRE));
    rig.session->n_modulators = 0;
    rig_end(&rig);
}

static void with_stems_only_there_are_no_outputs(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 3, 0);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    const QmPickup stem = {.strip = 1, .point = QM_POINT_PRE};
    const QmPlanRequest request = {.stems = &stem, .n_stems = 1, .stems_only = true};
    QmPlan plan;
    assert_int_equal(qm_plan_new(&rig.graph, &rig.timeline, NULL, rig.clock, &request,
                                 &rig.arena, NULL, &plan),
                     QM_OK);
    assert_int_equal(plan.n_outputs, 0);
    assert_int_equal(plan.n_ops, 1);
    assert_int_equal(plan.ops[0].n_members, 1);
    assert_int_equal(plan.ops[0].strip[0], 1);
    rig_end(&rig);
}

static void the_plan_can_be_read(void **state)
{
    (void)state;
    Rig rig;
    QmText text;
    rig_start(&rig, 2, 1);
    rig_insert(&rig, 0, "limiter", 0);
    rig_send(&rig, 0, 2, -6);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    qm_text_init(&text, &rig.arena);
    qm_plan_print(&rig.plan, &text);
    assert_false(text.failed);
    assert_non_null(strstr(text.data, "plan: 4 strips in 4 gangs, 3 waves"));
    assert_non_null(strstr(text.data, "from a, post send -6 dB"));
    assert_non_null(strstr(text.data, "from b, post, delayed"));
    rig_end(&rig);
}

static void out_of_memory_is_told(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 3, 1);
    rig_insert(&rig, 0, "eq", 1);
    rig_send(&rig, 1, 3, -6);
    rig_event(&rig, 5, (QmTarget){.strip = 0}, 0, -3, 0);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    const QmPlanRequest request = {.isa = QM_ISA_BEST};
    QmPlan plan;
    const uint64_t before = rig.arena.calls;
    assert_int_equal(qm_plan_new(&rig.graph, &rig.timeline, NULL, rig.clock, &request,
                                 &rig.arena, NULL, &plan),
                     QM_OK);
    const uint64_t calls = rig.arena.calls - before;
    for (uint64_t at = 1; at <= calls; at++) {
        rig.arena.fail_at = rig.arena.calls + at;
        assert_int_equal(qm_plan_new(&rig.graph, &rig.timeline, NULL, rig.clock, &request,
                                     &rig.arena, NULL, &plan),
                         QM_ERR_MEMORY);
        rig.arena.fail_at = 0;
    }
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strips_of_one_shape_share_gangs),
        cmocka_unit_test(a_key_and_a_bypass_change_the_shape),
        cmocka_unit_test(only_taps_that_are_read_are_kept),
        cmocka_unit_test(events_are_moved_by_the_latency_before_them),
        cmocka_unit_test(frozen_strips_need_nothing_in_front),
        cmocka_unit_test(a_tap_that_is_heard_in_front_cannot_be_frozen),
        cmocka_unit_test(with_stems_only_there_are_no_outputs),
        cmocka_unit_test(the_plan_can_be_read),
        cmocka_unit_test(out_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
