/* Frozen strips change no bit: random sessions (every processor, keys, sends before and
 * behind the fader, shares, latencies, solo and mute, automation of everything, all
 * modulators) are played once with all taps kept, and then again with random sets of
 * strips played from what was kept: all taps that are still computed are equal, to the
 * bit. */
/* tests: graph/plan graph/agenda graph/exec */
#include "base/rand.h"
#include "model/address.h"
#include "model/modulators.h"
#include "tests/support/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SESSIONS = 60, SETS = 6, FRAMES = 120 * QM_QUANTUM, MODULATORS = 5, ROUTES = 4 };

/* Draws, one after the other. */
static uint64_t seed, drawn;
static double draw(void) { return qm_rand(seed, 0, drawn++); }
static uint32_t below(uint32_t n) { return (uint32_t)(draw() * n) % n; }
static bool chance(double p) { return draw() < p; }

static double any_value(const QmParam *row)
{
    const double x = chance(0.1) ? below(2) : draw();
    if (row->kind == QM_PARAM_CHOICE) {
        uint32_t n = 0;
        while (row->choices[n])
            n++;
        return below(n);
    }
    const double value = row->min > 0 && row->max > 10 * row->min
                             ? qm_mod_move(row, row->min, x)
                             : row->min + (row->max - row->min) * x;
    return qm_param_clamp(row, value);
}

/* --- sessions ----------------------------------------------------------------------- */

typedef struct Room {
    QmModulator modulators[MODULATORS];
    QmRoute routes[MODULATORS][ROUTES];
    double params[MODULATORS][QM_MAX_PARAMS];
} Room;

static void add_insert(Rig *rig, uint32_t s)
{
    const QmProcDesc *proc = qm_proc_at(below(qm_proc_count()));
    const uint32_t n_groups = proc->group_name ? 1 + below(2) : 0;
    QmInsert *insert = rig_insert(rig, s, proc->name, n_groups);
    for (uint32_t i = 0; i < qm_proc_n_params(proc, n_groups); i++)
        if (chance(0.3))
            insert->params[i] = any_value(qm_proc_param(proc, i));
    insert->bypass = chance(0.1);
    if (proc->flags & QM_PROC_KEYED && s && chance(0.6))
        insert->key = (uint16_t)below(s);
}

static void add_fader(Rig *rig, uint32_t s, double solo)
{
    QmFader *fader = &rig->strips[s].fader;
    fader->gain_db = -12 * draw();
    fader->pan = 2 * draw() - 1;
    fader->width = 2 * draw();
    fader->mute = chance(0.05);
    fader->solo = chance(solo);
}

static void add_ways(Rig *rig, uint32_t s, uint32_t n_sources)
{
    const uint32_t last = rig->session->n_strips - 1;
    const uint32_t first_bus = s < n_sources ? n_sources : s + 1;
    if (first_bus < last && chance(0.5))
        rig->strips[s].to = (uint16_t)(first_bus + below(last - first_bus));
    if (first_bus < last && chance(0.5))
        rig_send(rig, s, (uint16_t)(first_bus + below(last - first_bus)), -12 * draw())
            ->tap = (QmTap)below(2);
    if (s >= n_sources && chance(0.3)) {
        rig->strips[s].share.on = true;
        for (uint32_t i = 0; i < QM_SHARE_PARAMS; i++)
            rig->strips[s].share.params[i] = qm_share_params[i].def;
    }
}

static bool any_target(const Rig *rig, bool modulated, QmTarget *target)
{
    const uint16_t s = (uint16_t)below(rig->session->n_strips);
    const QmStrip *strip = &rig->strips[s];
    *target = (QmTarget){.strip = s, .param = (uint16_t)below(3)}; /* of the fader */
    if (strip->n_sends && chance(0.3))
        *target = (QmTarget){.strip = s, .slot = QM_SLOT_SEND};
    if (strip->n_inserts && chance(0.6)) {
        const uint32_t i = below(strip->n_inserts);
        const QmInsert *insert = &strip->inserts[i];
        const uint32_t n = qm_proc_n_params(insert->proc, insert->n_groups);
        if (!n)
            return false;
        *target = (QmTarget){s, (uint16_t)(QM_SLOT_INSERT + i), (uint16_t)below(n)};
    }
    const QmParam *row = qm_address_param(rig->session, *target);
    return !(row->flags & QM_PARAM_STRUCTURAL) &&
           (!modulated || row->kind == QM_PARAM_NUMBER);
}

static void add_automation(Rig *rig)
{
    int64_t frame = 0;
    for (uint32_t i = below(40); i > 0; i--) {
        QmTarget target;
        if (!any_target(rig, false, &target))
            continue;
        const QmParam *row = qm_address_param(rig->session, target);
        const bool moves = row->kind == QM_PARAM_NUMBER && chance(0.5);
        frame += below(FRAMES / 20);
        rig_event(rig, frame, target, any_value(row), any_value(row),
                  moves ? below(FRAMES / 2) : 0);
    }
}

/* Those that would hear themselves, or somebody behind them, are left out. */
static bool is_heard_in_time(const Rig *rig, const QmModulator *modulator,
                             QmTarget target)
{
    if (!(modulator->source->flags & QM_MOD_LISTENS))
        return true;
    const uint16_t to = qm_target_acts_in(rig->session, target);
    return to > modulator->strip;
}

static void add_modulators(Rig *rig, Room *room)
{
    QmSession *session = rig->session;
    memset(room, 0, sizeof *room);
    session->modulators = room->modulators;
    session->n_modulators = below(MODULATORS + 1);
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        QmModulator *m = &room->modulators[i];
        *m = (QmModulator){.name = "m",
                           .source = qm_mod_at(below(qm_mod_count())),
                           .params = room->params[i],
                           .strip = (uint16_t)below(session->n_strips - 1),
                           .routes = room->routes[i]};
        m->n_groups = m->source->group_name ? 3 : 0;
        qm_mod_defaults(m->source, m->n_groups, m->params);
        for (uint32_t k = 0; k < m->source->n_params + m->n_groups; k++)
            if (chance(0.4))
                m->params[k] = any_value(qm_mod_param(m->source, k));
        for (uint32_t k = 0; k < ROUTES; k++) {
            QmTarget target;
            if (!any_target(rig, true, &target) || !is_heard_in_time(rig, m, target))
                continue;
            QmRoute *route = &m->routes[m->n_routes++];
            qm_route_init(route, target, qm_address_param(session, target));
            route->params[QM_ROUTE_AMOUNT] = draw() - 0.5;
        }
    }
}

static void make_session(Rig *rig, Room *room)
{
    const uint32_t n_sources = 1 + below(8), n_buses = below(4);
    const double solo = chance(0.2) ? 0.3 : 0;
    rig_start(rig, n_sources, n_buses);
    rig->session->seed = seed;
    for (uint32_t s = 0; s < rig->session->n_strips; s++) {
        for (uint32_t i = below(RIG_INSERTS); i > 0; i--)
            add_insert(rig, s);
        add_fader(rig, s, solo);
        if (s + 1 < rig->session->n_strips)
            add_ways(rig, s, n_sources);
    }
    add_automation(rig);
    add_modulators(rig, room);
}

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
static uint32_t freeze_some(const Rig *rig, float *const taps[TAPS], double share,
                            QmFrozen *list)
{
    uint32_t n = 0;
    for (uint16_t s = 0; s < rig->session->n_strips; s++) {
        const bool source = rig->strips[s].input.generator != NULL;
        const QmTapPoint point = source || chance(0.5) ? QM_POINT_PRE : QM_POINT_IN;
        if (chance(share) && qm_plan_can_freeze(rig->session, s, point))
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
                         (unsigned long long)seed, s, p);
            n += memcmp(taps[t], silence, sizeof silence) != 0;
        }
    }
    return n;
}

static void no_set_of_frozen_strips_changes_a_bit(void **state)
{
    (void)state;
    static Rig rig;
    static Room room;
    uint32_t n_frozen = 0, n_dropped = 0, n_compared = 0;
    for (seed = 1; seed <= SESSIONS; seed++) {
        drawn = 0;
        make_session(&rig, &room);
        QmPickup all[2 * RIG_STRIPS];
        float *taps[TAPS], *again[TAPS];
        const uint32_t n = rig.session->n_strips;
        for (uint32_t i = 0; i < 2 * n; i++)
            all[i] = (QmPickup){.strip = (uint16_t)(i / 2),
                                .point = i % 2 ? QM_POINT_IN : QM_POINT_PRE};
        for (uint32_t t = 0; t < QM_POINT_COUNT * n; t++) {
            taps[t] = QM_NEW_ARRAY(&rig.arena, float, FRAMES * 2);
            again[t] = QM_NEW_ARRAY(&rig.arena, float, FRAMES * 2);
            assert_true(taps[t] && again[t]);
        }
        rig.meters = true; /* so that all post taps are kept, too */
        rig_build(&rig, QM_ISA_BEST, all, 2 * n);
        play(&rig, taps);
        rig.meters = false;
        for (uint32_t set = 0; set < SETS; set++) {
            QmFrozen list[RIG_STRIPS];
            rig.frozen = list;
            rig.n_frozen = freeze_some(&rig, taps, set == 0 ? 1.0 : draw(), list);
            rig_build(&rig, set % 2 ? QM_ISA_BASE : QM_ISA_BEST, NULL, 0);
            play(&rig, again);
            n_compared += expect_equal(&rig, taps, again);
            n_frozen += rig.n_frozen;
            for (uint32_t s = 0; s < n; s++)
                n_dropped += rig.plan.op_of[s] == QM_NO_OP;
        }
        rig_end(&rig);
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
