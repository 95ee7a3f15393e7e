/* Frozen strips change no bit: random sessions (every processor, keys, sends before and
 * behind the fader, shares, latencies, solo and mute, automation of everything, all
 * modulators) are played once with all taps kept, and then again with random sets of
 * strips played from what was kept: all taps that are still computed are equal, to the
 * bit. */
/* tests: graph/plan graph/agenda graph/exec */
#include "tests/support/random_song.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SESSIONS = 60, SETS = 6, FRAMES = 120 * QM_QUANTUM };

/* --- taps --------------------------------------------------------------------- */

enum { TAPS = QM_POINT_COUNT * RIG_STRIPS };

/* Every tap that the plan keeps, engine frame by engine frame. */
static void play(Rig *rig, float *const taps[TAPS])
{
    for (int64_t frame = 0; frame < FRAMES; frame += QM_QUANTUM) {
        for (uint32_t op = 0; op < rig->plan.n_ops; op++)
            qm_exec_run(rig->exec, op, frame, 1);
        for (uint16_t s = 0; s < rig->session->n_strips; s++)
            for (QmTapPoint p = QM_POINT_IN; p < QM_POINT_COUNT; p++) {
                const uint32_t op = rig->plan.op_of[s];
                const QmPickup tap = {.strip = s, .point = p};
                if (op != QM_NO_OP && rig->plan.ops[op].keeps[p])
                    qm_exec_pick_up(rig->exec, &tap, frame, QM_QUANTUM,
                                    taps[s * QM_POINT_COUNT + p] + 2 * frame, 2);
            }
    }
}

/* Freezes some: sources and buses behind their inserts, buses and the master also in
 * front of them. */
static uint32_t freeze_some(RandomSong *song, float *const taps[TAPS], double share,
                            QmFrozen *list)
{
    const Rig *rig = &song->rig;
    uint32_t n = 0;
    for (uint16_t s = 0; s < rig->session->n_strips; s++) {
        const bool source = rig->strips[s].input.generator != NULL;
        const QmTapPoint point =
            source || song_chance(song, 0.5) ? QM_POINT_PRE : QM_POINT_IN;
        if (song_chance(song, share) && qm_plan_can_freeze(rig->session, s, point))
            list[n++] = (QmFrozen){s,
                                   point,
                                   {.frames = FRAMES,
                                    .resident = taps[s * QM_POINT_COUNT + point]}};
    }
    return n;
}

/* Gives how many taps were compared that are not silent. */
static uint32_t expect_equal(const Rig *rig, float *const taps[TAPS],
                             float *const again[TAPS])
{
    static const float silence[FRAMES * 2];
    uint32_t n = 0;
    for (uint16_t s = 0; s < rig->session->n_strips; s++) {
        const uint32_t op = rig->plan.op_of[s];
        const QmFrozen *frozen = rig->plan.frozen[s];
        for (uint32_t p = frozen ? frozen->point : 0; p < QM_POINT_COUNT; p++) {
            const uint32_t t = s * QM_POINT_COUNT + p;
            if (op == QM_NO_OP || !rig->plan.ops[op].keeps[p])
                continue;
            if (memcmp(taps[t], again[t], FRAMES * 2 * sizeof(float)) != 0)
                fail_msg("seed %llu: strip %u differs at tap %u",
                         (unsigned long long)rig->session->seed, s, p);
            n += memcmp(taps[t], silence, sizeof silence) != 0;
        }
    }
    return n;
}

static void no_set_of_frozen_strips_changes_a_bit(void **state)
{
    (void)state;
    static RandomSong song;
    Rig *const rig = &song.rig;
    uint32_t n_frozen = 0, n_dropped = 0, n_compared = 0;
    for (uint64_t seed = 1; seed <= SESSIONS; seed++) {
        random_song(&song, seed, FRAMES);
        rig->timeline.end = 0; /* so that what is kept is long enough */
        rig->session->tail = (QmLength){.kind = QM_LEN_SAMPLES};
        QmPickup all[2 * RIG_STRIPS];
        float *taps[TAPS], *again[TAPS];
        const uint32_t n = rig->session->n_strips;
        for (uint32_t i = 0; i < 2 * n; i++)
            all[i] = (QmPickup){.strip = (uint16_t)(i / 2),
                                .point = i % 2 ? QM_POINT_IN : QM_POINT_PRE};
        for (uint32_t t = 0; t < QM_POINT_COUNT * n; t++) {
            taps[t] = QM_NEW_ARRAY(&rig->arena, float, FRAMES * 2);
            again[t] = QM_NEW_ARRAY(&rig->arena, float, FRAMES * 2);
            assert_true(taps[t] && again[t]);
        }
        rig->meters = true; /* so that all post taps are kept, too */
        rig_build(rig, QM_ISA_BEST, all, 2 * n);
        play(rig, taps);
        rig->meters = false;
        for (uint32_t set = 0; set < SETS; set++) {
            QmFrozen list[RIG_STRIPS];
            rig->frozen = list;
            rig->n_frozen =
                freeze_some(&song, taps, set == 0 ? 1.0 : song_draw(&song), list);
            rig_build(rig, set % 2 ? QM_ISA_BASE : QM_ISA_BEST, NULL, 0);
            play(rig, again);
            n_compared += expect_equal(rig, taps, again);
            n_frozen += rig->n_frozen;
            for (uint32_t s = 0; s < n; s++)
                n_dropped += rig->plan.op_of[s] == QM_NO_OP;
        }
        random_song_end(&song);
    }
    assert_true(n_frozen > 3 * SESSIONS && n_dropped > SESSIONS);
    assert_true(n_compared > SETS * SESSIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_set_of_frozen_strips_changes_a_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
