/* The executor: what goes in comes out, on its frame, whoever shares a gang with it. */
/* tests: graph/exec graph/control */
#include "tests/support/rig.h"

#include "base/qmath.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { N = 4096 };
static float out[2 * N], other[2 * N];

/* An eq of two bands and a compressor, different for every strip. */
static void dress(Rig *rig, uint32_t strip)
{
    QmInsert *eq = rig_insert(rig, strip, "eq", 2);
    rig_set(eq, 1, "freq", 100 + 50 * strip);
    rig_set(eq, 1, "gain", 6.0 - strip);
    rig_set(eq, 2, "freq", 3000 + 100 * strip);
    rig_set(eq, 2, "gain", -4.0);
    QmInsert *compressor = rig_insert(rig, strip, "compressor", 0);
    rig_set(compressor, 0, "threshold", -20.0 - strip);
}

static void unity_passes_the_input_bit_by_bit(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 1, 0);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    rig_run(&rig, N, out);
    for (uint32_t i = 0; i < 2 * N; i++)
        assert_true(out[i] == rig_noise(0, i / 2, i % 2));
    rig_end(&rig);
}

static void a_bus_is_the_ordered_sum_of_its_feeds(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 6, 0);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    rig_run(&rig, N, out);
    for (uint32_t i = 0; i < 2 * N; i++) {
        double sum = 0;
        for (uint32_t s = 0; s < 6; s++)
            sum += (double)rig_noise(s, i / 2, i % 2);
        assert_true(out[i] == (float)sum);
    }
    rig_end(&rig);
}

/* Gangs: strip s alone in a session, and among others, has the same bits. */
static void company_changes_no_bit(void **state)
{
    (void)state;
    static float alone[2 * N];
    for (uint32_t s = 0; s < 6; s++) {
        Rig rig;
        rig_start(&rig, 6, 0);
        for (uint32_t k = 0; k < 6; k++)
            dress(&rig, k);
        const QmPickup stem = {.strip = (uint16_t)s, .point = QM_POINT_POST};
        rig_build(&rig, QM_ISA_BEST, &stem, 1);
        for (uint32_t q = 0; q < N / QM_QUANTUM; q++) {
            for (uint32_t op = 0; op < rig.plan.n_ops; op++)
                qm_exec_run(rig.exec, op, q * QM_QUANTUM, 1);
            qm_exec_pick_up(rig.exec, &rig.plan.stems[0], q * QM_QUANTUM, QM_QUANTUM,
                            out + 2 * q * QM_QUANTUM, 2);
        }
        rig_end(&rig);

        rig_start(&rig, 6, 0);
        for (uint32_t k = 0; k < 6; k++) {
            if (k == s)
                dress(&rig, k);
            rig.strips[k].fader.mute = k != s;
        }
        rig_build(&rig, QM_ISA_BASE, NULL, 0);
        rig_run(&rig, N, alone);
        rig_end(&rig);
        assert_memory_equal(out, alone, sizeof alone);
    }
}

static void balance_and_width_do_what_they_say(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 1, 0);
    rig.strips[0].fader.pan = 0.25;
    rig.strips[0].fader.width = 0;
    rig.strips[0].fader.gain_db = -6;
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    rig_run(&rig, 64, out);
    const double gain = qm_db_to_gain(-6);
    for (int64_t i = 0; i < 64; i++) {
        const double mid =
            0.5 * ((double)rig_noise(0, i, 0) + (double)rig_noise(0, i, 1));
        assert_true(fabs((double)out[2 * i] - 0.75 * gain * mid) < 1e-7);
        assert_true(fabs((double)out[2 * i + 1] - gain * mid) < 1e-7);
    }
    rig_end(&rig);
}

static void an_event_acts_on_its_frame(void **state)
{
    (void)state;
    const QmTarget gain = {.strip = 0, .slot = QM_SLOT_FADER, .param = QM_FADER_GAIN};
    for (int64_t at = 100; at < 300; at += 37) {
        Rig rig;
        rig_start(&rig, 1, 0);
        rig_event(&rig, at, gain, 0, -20, 0);
        rig_build(&rig, QM_ISA_BEST, NULL, 0);
        rig_run(&rig, 512, out);
        for (int64_t i = 0; i < at; i++)
            assert_true(out[2 * i] == rig_noise(0, i, 0));
        assert_true(out[2 * at] != rig_noise(0, at, 0));
        for (int64_t i = at + QM_RAMP; i < 512; i++)
            assert_true(out[2 * i] == rig_noise(0, i, 0) * (float)qm_db_to_gain(-20));
        rig_end(&rig);
    }
}

/* Automation behind a latent insert still meets the song frame it was written for. */
static void latency_does_not_move_events(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 2, 0);
    rig_set(rig_insert(&rig, 0, "limiter", 0), 0, "ceiling", 0);
    rig.strips[0].fader.mute = true;
    rig_event(&rig, 1000, (QmTarget){.strip = 2, .param = QM_FADER_GAIN}, 0, -120, 0);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    assert_true(rig.plan.latency > 0);
    rig_run(&rig, 2048, out);
    for (int64_t i = 0; i < 1000; i++)
        assert_true(out[2 * i] == rig_noise(1, i, 0));
    for (int64_t i = 1000 + QM_RAMP; i < 2048; i++)
        assert_true(out[2 * i] == 0);
    rig_end(&rig);
}

/* A dry strip and the same through a limiter that has nothing to do cancel out. */
static void latency_is_made_up_for_to_the_sample(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 2, 2);
    rig_insert(&rig, 2, "gain", 0);
    rig_set(rig_insert(&rig, 3, "limiter", 0), 0, "ceiling", 0);
    rig.strips[0].to = 2;
    rig_send(&rig, 0, 3, 0);
    rig.strips[1].fader.mute = true;
    const QmPickup stems[2] = {{.strip = 2, .point = QM_POINT_POST},
                               {.strip = 3, .point = QM_POINT_POST}};
    rig_build(&rig, QM_ISA_BEST, stems, 2);
    for (uint32_t q = 0; q < N / QM_QUANTUM; q++) {
        for (uint32_t op = 0; op < rig.plan.n_ops; op++)
            qm_exec_run(rig.exec, op, q * QM_QUANTUM, 1);
        for (int k = 0; k < 2; k++)
            qm_exec_pick_up(rig.exec, &rig.plan.stems[k], q * QM_QUANTUM, QM_QUANTUM,
                            (k ? other : out) + 2 * q * QM_QUANTUM, 2);
    }
    for (int64_t i = 0; i < N; i++)
        assert_true(fabs((double)out[2 * i] - (double)other[2 * i]) < 1e-6);
    assert_true(out[2 * N - 2] != 0);
    rig_end(&rig);
}

static void automation_is_smooth_and_arrives(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 1, 0);
    const QmTarget pan = {.strip = 0, .slot = QM_SLOT_FADER, .param = QM_FADER_PAN};
    rig_event(&rig, 100, pan, 0, 1, 1000);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    rig_run(&rig, 2048, out);
    double last = 1;
    for (int64_t i = 0; i < 2048; i++) {
        const double gain = (double)out[2 * i] / (double)rig_noise(0, i, 0);
        assert_true(fabs(gain - last) <
                    0.0025); /* 1/1000 a frame, twice that to catch up */
        assert_true(gain <= last + 1e-6);
        if (i >= 100 && i < 1000)
            assert_true(fabs(gain - (1 - (double)(i + 1 - 100) / 1000)) < 1e-4);
        last = gain;
    }
    assert_true(out[2 * 1200] == 0);
    rig_end(&rig);
}

static void sends_can_be_moved(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 1, 1);
    rig_send(&rig, 0, 1, -120);
    rig.strips[0].to = QM_NONE;
    rig_event(&rig, 200, (QmTarget){.strip = 0, .slot = QM_SLOT_SEND}, 0, 0, 0);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    rig_run(&rig, 512, out);
    for (int64_t i = 0; i < 200; i++)
        assert_true(out[2 * i] == 0);
    for (int64_t i = 200 + QM_RAMP; i < 512; i++)
        assert_true(out[2 * i] == rig_noise(0, i, 0));
    rig_end(&rig);
}

static void a_key_from_another_strip_ducks(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 2, 0);
    QmInsert *duck = rig_insert(&rig, 0, "compressor", 0);
    rig_set(duck, 0, "threshold", -40);
    rig_set(duck, 0, "ratio", 10);
    duck->key = 1;
    rig.strips[1].fader.mute = true; /* the key is taken before the fader */
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    rig_run(&rig, N, out);
    double power = 0, dry = 0;
    for (int64_t i = N / 2; i < N; i++) {
        power += (double)out[2 * i] * (double)out[2 * i];
        dry += (double)rig_noise(0, i, 0) * (double)rig_noise(0, i, 0);
    }
    assert_true(power < dry * 0.02);
    rig_end(&rig);
}

static void locating_resets_and_chases(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 1, 0);
    const QmTarget gain = {.strip = 0, .slot = QM_SLOT_FADER, .param = QM_FADER_GAIN};
    rig_event(&rig, 100, gain, 0, -12, 0);
    rig_event(&rig, 1000, gain, -12, 0, 2000);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    rig_run(&rig, N, out);
    qm_exec_locate(rig.exec, 1024);
    rig.computed = 1024;
    rig_run(&rig, N - 1024, other);
    for (int64_t i = 1024; i < N; i++) {
        if (i < 1024 + QM_RAMP) /* at once where it should be, instead of on its way */
            assert_true(fabs((double)(out[2 * i] - other[2 * (i - 1024)])) < 2e-3);
        else
            assert_true(out[2 * i] == other[2 * (i - 1024)]);
    }
    rig_end(&rig);
}

/* One gang, rooms of different size: each member's memory is its own. */
static void members_have_states_of_their_own_size(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 4, 0);
    for (uint32_t s = 0; s < 4; s++)
        rig_set(rig_insert(&rig, s, "delay", 0), 0, "max-time", 4000 - 1300 * s);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    assert_int_equal(rig.plan.n_ops, 2);
    rig_run(&rig, N, out);
    qm_exec_locate(rig.exec, 0);
    rig.computed = 0;
    rig_run(&rig, N, other);
    assert_memory_equal(out, other, sizeof out);
    rig_end(&rig);
}

static void out_of_memory_is_told(void **state)
{
    (void)state;
    Rig rig;
    rig_start(&rig, 2, 1);
    dress(&rig, 0);
    rig_send(&rig, 1, 2, -6);
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    const uint64_t before = rig.arena.calls;
    QmExec *exec;
    assert_int_equal(qm_exec_new(&rig.plan, QM_QUANTUM, &rig.arena, NULL, &exec), QM_OK);
    const uint64_t calls = rig.arena.calls - before;
    for (uint64_t at = 1; at <= calls; at++) {
        rig.arena.fail_at = rig.arena.calls + at;
        assert_int_equal(qm_exec_new(&rig.plan, QM_QUANTUM, &rig.arena, NULL, &exec),
                         QM_ERR_MEMORY);
        rig.arena.fail_at = 0;
    }
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unity_passes_the_input_bit_by_bit),
        cmocka_unit_test(a_bus_is_the_ordered_sum_of_its_feeds),
        cmocka_unit_test(company_changes_no_bit),
        cmocka_unit_test(balance_and_width_do_what_they_say),
        cmocka_unit_test(an_event_acts_on_its_frame),
        cmocka_unit_test(latency_does_not_move_events),
        cmocka_unit_test(latency_is_made_up_for_to_the_sample),
        cmocka_unit_test(automation_is_smooth_and_arrives),
        cmocka_unit_test(sends_can_be_moved),
        cmocka_unit_test(a_key_from_another_strip_ducks),
        cmocka_unit_test(locating_resets_and_chases),
        cmocka_unit_test(members_have_states_of_their_own_size),
        cmocka_unit_test(out_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
