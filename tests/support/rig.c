/* Structs are filled in directly: a rig has no text, no files, and no reader to go
 * wrong. */
#include "tests/support/rig.h"

#include "base/rand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

float rig_noise(uint32_t strip, int64_t frame, int channel)
{
    return (float)(qm_rand(strip + 1, (uint64_t)channel, (uint64_t)frame) - 0.5);
}

static void no_trigger(const QmProcSpec *spec, const double *params, void *state,
                       const QmTrigger *trigger)
{
    (void)spec, (void)params, (void)state, (void)trigger;
}

static void generate(const QmGenCall *call)
{
    for (uint32_t i = 0; i < call->n; i++)
        for (int channel = 0; channel < 2; channel++)
            call->out[2 * i + channel] =
                rig_noise(call->reader, call->frame + i, channel);
}

static int64_t forever(const QmProcSpec *spec, const double *params,
                       const QmTrigger *trigger, int64_t asset_frames, int64_t held)
{
    (void)spec, (void)params, (void)trigger, (void)asset_frames, (void)held;
    return QM_GEN_FOREVER;
}

static const QmGenDesc noise = {.name = "noise",
                                .summary = "noise keyed by strip and frame",
                                .flags = QM_GEN_FREE,
                                .trigger = no_trigger,
                                .generate = generate,
                                .length = forever};

void rig_start(Rig *rig, uint32_t n_sources, uint32_t n_buses)
{
    static const char *const names[RIG_STRIPS] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                                  "i", "j", "k", "l", "m", "n", "o", "p",
                                                  "q", "r", "s", "t", "u", "v", "w", "x"};
    memset(rig, 0, sizeof *rig);
    qm_arena_init(&rig->arena);
    rig->session = qm_session_new(&rig->arena);
    assert_non_null(rig->session);
    const uint32_t n = n_sources + n_buses;
    assert_true(n < RIG_STRIPS);
    for (uint32_t s = 0; s < n; s++) {
        rig->strips[s] = (QmStrip){.name = names[s],
                                   .kind = s < n_sources ? QM_STRIP_SOURCE : QM_STRIP_BUS,
                                   .input = {.sound = QM_NONE},
                                   .fader = {.width = 1},
                                   .to = (uint16_t)n};
        rig->strips[s].input.generator = s < n_sources ? &noise : NULL;
    }
    rig->strips[n] = rig->session->strips[0];
    rig->session->strips = rig->strips;
    rig->session->n_strips = n + 1;
    rig->timeline.events = rig->events;
    for (uint32_t s = 0; s <= n; s++) {
        rig->strips[s].inserts = rig->inserts[s];
        rig->strips[s].sends = rig->sends[s];
    }
}

QmInsert *rig_insert(Rig *rig, uint32_t strip, const char *proc, uint32_t n_groups)
{
    const uint32_t i = rig->strips[strip].n_inserts++;
    const QmProcDesc *desc = qm_proc_find(proc);
    assert_non_null(desc);
    assert_true(i < RIG_INSERTS);
    qm_proc_defaults(desc, n_groups, rig->params[strip][i]);
    rig->inserts[strip][i] = (QmInsert){.name = proc,
                                        .proc = desc,
                                        .n_groups = n_groups,
                                        .params = rig->params[strip][i],
                                        .key = QM_NONE};
    return &rig->inserts[strip][i];
}

void rig_set(QmInsert *insert, uint32_t group, const char *param, double value)
{
    const int index = qm_proc_find_param(insert->proc, group, param);
    assert_true(index >= 0);
    insert->params[index] = value;
}

QmSend *rig_send(Rig *rig, uint32_t strip, uint16_t bus, double level_db)
{
    const uint32_t i = rig->strips[strip].n_sends++;
    assert_true(i < RIG_SENDS);
    rig->sends[strip][i] = (QmSend){.bus = bus, .level_db = level_db};
    return &rig->sends[strip][i];
}

QmEvent *rig_event(Rig *rig, int64_t frame, QmTarget target, double from, double to,
                   int64_t frames)
{
    const size_t i = rig->timeline.n_events++;
    assert_true(i < RIG_EVENTS);
    rig->events[i] =
        (QmEvent){.frame = frame,
                  .rank = QM_RANK_PARAM,
                  .strip = target.strip,
                  .sequence = (uint32_t)i,
                  .param = {.target = target, .from = from, .to = to, .frames = frames}};
    return &rig->events[i];
}

void rig_graph(Rig *rig)
{
    QmDiag diag = {.status = QM_OK};
    assert_int_equal(qm_graph_new(rig->session, &rig->arena, &diag, &rig->graph), QM_OK);
}

void rig_build(Rig *rig, QmIsa isa, const QmPickup *stems, uint32_t n_stems)
{
    QmDiag diag = {.status = QM_OK};
    rig_graph(rig);
    assert_int_equal(qm_clock_new(rig->session, &rig->arena, &diag, &rig->clock), QM_OK);
    const QmPlanRequest request = {.isa = isa,
                                   .frozen = rig->frozen,
                                   .n_frozen = rig->n_frozen,
                                   .stems = stems,
                                   .n_stems = n_stems,
                                   .meters = rig->meters};
    assert_int_equal(qm_plan_new(&rig->graph, &rig->timeline, rig->assets, rig->clock,
                                 &request, &rig->arena, &diag, &rig->plan),
                     QM_OK);
    assert_int_equal(qm_exec_new(&rig->plan, QM_QUANTUM, &rig->arena, &diag, &rig->exec),
                     QM_OK);
}

void rig_run(Rig *rig, uint32_t n, float *pairs)
{
    while (n) {
        for (uint32_t op = 0; op < rig->plan.n_ops; op++)
            qm_exec_run(rig->exec, op, rig->computed, 1);
        float quantum[2 * QM_QUANTUM];
        qm_exec_pick_up(rig->exec, &rig->plan.outputs[0], rig->computed, QM_QUANTUM,
                        quantum, 2);
        rig->computed += QM_QUANTUM;
        for (uint32_t i = 0; i < QM_QUANTUM && n; i++) {
            if (rig->computed - QM_QUANTUM + i < rig->plan.latency)
                continue;
            *pairs++ = quantum[2 * i];
            *pairs++ = quantum[2 * i + 1];
            n--;
        }
    }
}

void rig_end(Rig *rig) { qm_arena_release(&rig->arena); }
