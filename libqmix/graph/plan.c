/* Strips of a wave are gathered into gangs in session order: each joins the first gang of
 * its wave that has its shape and a free place, or opens a new one. Then every op learns
 * which ops it needs, which of its taps are read and how far back, and what will happen
 * to it when. */
#include "graph/plan.h"

#include "base/sort.h"
#include "model/address.h"
#include "model/modulators.h"

/* --- gangs --------------------------------------------------------------------- */

static uint32_t active_inserts(const QmStrip *strip)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < strip->n_inserts; i++)
        n += !strip->inserts[i].bypass;
    return n;
}

static const QmEdge *key_edge(const QmGraph *graph, uint16_t strip, uint16_t insert)
{
    const QmNode *node = &graph->nodes[strip];
    for (uint32_t e = 0; e < node->n_edges; e++) {
        const QmEdge *edge = &graph->edges[node->first_edge + e];
        if (edge->kind == QM_EDGE_KEY && edge->index == insert)
            return edge;
    }
    return NULL;
}

static uint32_t slot_latency(const QmPlan *plan, uint16_t s, uint32_t insert)
{
    const QmSession *session = plan->session;
    return plan->graph->nodes[s].in_latency +
           qm_strip_latency(session, &session->strips[s], insert);
}

/* Whether the lanes of a processor may be shared, one having `model`'s params, the other
 * `insert`'s. */
static bool same_structure(const QmInsert *model, const QmInsert *insert)
{
    const uint32_t n = qm_proc_n_params(insert->proc, insert->n_groups);
    for (uint32_t i = 0; i < n; i++)
        if (qm_proc_param(insert->proc, i)->flags & QM_PARAM_STRUCTURAL &&
            model->params[i] != insert->params[i])
            return false;
    return true;
}

static bool same_slot(const QmPlan *plan, const QmPlanSlot *slot, uint16_t s,
                      uint32_t index)
{
    const QmInsert *insert = &plan->session->strips[s].inserts[index];
    const QmInsert *model = slot->insert[0];
    if (insert->proc != model->proc || insert->n_groups != model->n_groups ||
        (insert->key != QM_NONE) != slot->keyed)
        return false;
    if (!insert->proc->process)
        return true;
    const bool timed = insert->proc->flags & QM_PROC_TIMED;
    return same_structure(model, insert) &&
           (!timed || slot->latency[0] == slot_latency(plan, s, index));
}

static bool same_shape(const QmPlan *plan, const QmPlanOp *op, uint16_t s)
{
    const QmStrip *strip = &plan->session->strips[s];
    if (active_inserts(strip) != op->n_slots)
        return false;
    uint32_t slot = 0;
    for (uint32_t i = 0; i < strip->n_inserts; i++) {
        if (strip->inserts[i].bypass)
            continue;
        if (!same_slot(plan, &op->slots[slot++], s, i))
            return false;
    }
    return true;
}

static void join(QmPlan *plan, QmPlanOp *op, uint16_t s)
{
    const QmStrip *strip = &plan->session->strips[s];
    const uint32_t member = op->n_members++;
    uint32_t slot = 0;
    for (uint16_t i = 0; i < strip->n_inserts; i++) {
        const QmInsert *insert = &strip->inserts[i];
        if (insert->bypass)
            continue;
        QmPlanSlot *place = &op->slots[slot++];
        place->insert[member] = insert;
        place->index[member] = i;
        place->latency[member] = slot_latency(plan, s, i);
        place->key[member] = place->keyed ? key_edge(plan->graph, s, i) : NULL;
    }
    op->strip[member] = s;
    plan->op_of[s] = (uint32_t)(op - plan->ops);
    plan->member_of[s] = member;
}

static QmStatus open_gang(QmPlan *plan, uint16_t s, QmArena *arena)
{
    const QmSession *session = plan->session;
    const QmStrip *strip = &session->strips[s];
    QmPlanOp *op = &plan->ops[plan->n_ops++];
    op->wave = plan->graph->nodes[s].wave;
    op->slots = QM_NEW_ARRAY(arena, QmPlanSlot, active_inserts(strip));
    if (!op->slots)
        return QM_ERR_MEMORY;
    for (uint32_t i = 0; i < strip->n_inserts; i++) {
        const QmInsert *insert = &strip->inserts[i];
        if (insert->bypass)
            continue;
        QmPlanSlot *slot = &op->slots[op->n_slots++];
        slot->proc = qm_proc_for_isa(insert->proc, plan->isa);
        slot->n_params = qm_proc_n_params(insert->proc, insert->n_groups);
        slot->n_coeffs = qm_proc_n_coeffs(insert->proc, insert->n_groups);
        slot->keyed = insert->key != QM_NONE;
    }
    join(plan, op, s);
    return QM_OK;
}

static QmStatus gather(QmPlan *plan, QmArena *arena)
{
    const uint32_t n = plan->session->n_strips;
    plan->ops = QM_NEW_ARRAY(arena, QmPlanOp, n);
    plan->op_of = QM_NEW_ARRAY(arena, uint32_t, n);
    plan->member_of = QM_NEW_ARRAY(arena, uint32_t, n);
    if (!plan->ops || !plan->op_of || !plan->member_of)
        return QM_ERR_MEMORY;
    for (uint32_t wave = 0; wave < plan->graph->n_waves; wave++) {
        const uint32_t first = plan->n_ops;
        for (uint16_t s = 0; s < n; s++) {
            if (plan->graph->nodes[s].wave != wave)
                continue;
            uint32_t o = first;
            while (o < plan->n_ops && (plan->ops[o].n_members == QM_GANG ||
                                       !same_shape(plan, &plan->ops[o], s)))
                o++;
            if (o < plan->n_ops)
                join(plan, &plan->ops[o], s);
            else if (open_gang(plan, s, arena) != QM_OK)
                return QM_ERR_MEMORY;
        }
    }
    return QM_OK;
}

/* --- who needs whom ----------------------------------------------------------------- */

static void keep(QmPlan *plan, uint16_t strip, QmTapPoint point, uint32_t delay)
{
    QmPlanOp *op = &plan->ops[plan->op_of[strip]];
    op->keeps[point] = true;
    if (op->history < delay)
        op->history = delay;
}

static void add_need(QmPlanOp *op, uint32_t other)
{
    for (uint32_t i = 0; i < op->n_needs; i++)
        if (op->needs[i] == other)
            return;
    op->needs[op->n_needs++] = other;
}

static QmStatus connect(QmPlan *plan, QmArena *arena)
{
    const QmGraph *graph = plan->graph;
    for (uint32_t o = 0; o < plan->n_ops; o++) {
        QmPlanOp *op = &plan->ops[o];
        uint32_t count = 0;
        for (uint32_t m = 0; m < op->n_members; m++)
            count += graph->nodes[op->strip[m]].n_edges;
        op->needs = QM_NEW_ARRAY(arena, uint32_t, count);
        if (!op->needs)
            return QM_ERR_MEMORY;
        for (uint32_t m = 0; m < op->n_members; m++) {
            const QmNode *node = &graph->nodes[op->strip[m]];
            for (uint32_t e = 0; e < node->n_edges; e++) {
                const QmEdge *edge = &graph->edges[node->first_edge + e];
                add_need(op, plan->op_of[edge->from]);
                const uint32_t back = edge->kind == QM_EDGE_HEARD ? QM_QUANTUM : 0;
                keep(plan, edge->from, edge->point, edge->delay + back);
            }
        }
    }
    return QM_OK;
}

/* --- pickups --------------------------------------------------------------------- */

static void pick_up(QmPlan *plan, QmPickup *pickup)
{
    if (pickup->strip == QM_NONE)
        return;
    pickup->delay =
        plan->latency - qm_point_latency(plan->graph, pickup->strip, pickup->point);
    keep(plan, pickup->strip, pickup->point, pickup->delay);
}

static QmStatus add_pickups(QmPlan *plan, const QmPlanRequest *request, QmArena *arena)
{
    const QmSession *session = plan->session;
    plan->latency = plan->graph->latency;
    for (uint32_t i = 0; i < request->n_stems; i++) {
        const uint32_t late = qm_point_latency(plan->graph, request->stems[i].strip,
                                               request->stems[i].point);
        plan->latency = plan->latency > late ? plan->latency : late;
    }
    for (uint16_t s = 0; request->meters && s < session->n_strips; s++)
        keep(plan, s, QM_POINT_POST, 0);
    plan->n_outputs = (qm_session_outputs(session) + 1) / 2;
    plan->outputs = QM_NEW_ARRAY(arena, QmPickup, plan->n_outputs);
    plan->n_stems = request->n_stems;
    plan->stems = qm_arena_grow(arena, request->stems, request->n_stems, request->n_stems,
                                sizeof(QmPickup));
    if (!plan->outputs || !plan->stems)
        return QM_ERR_MEMORY;
    for (uint32_t i = 0; i < plan->n_outputs; i++)
        plan->outputs[i] = (QmPickup){.strip = QM_NONE, .point = QM_POINT_POST};
    for (uint16_t s = 0; s < session->n_strips; s++)
        if (session->strips[s].output)
            plan->outputs[(session->strips[s].output - 1) / 2].strip = s;
    for (uint32_t i = 0; i < plan->n_outputs; i++)
        pick_up(plan, &plan->outputs[i]);
    for (uint32_t i = 0; i < plan->n_stems; i++)
        pick_up(plan, &plan->stems[i]);
    return QM_OK;
}

/* --- agendas --------------------------------------------------------------------- */

/* An item before it is sorted to its op. */
typedef struct Entry {
    QmAgendaItem item;
    uint32_t op;
    size_t order;
} Entry;

static int compare_entries(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    if (x->op != y->op)
        return x->op < y->op ? -1 : 1;
    if (x->item.frame != y->item.frame)
        return x->item.frame < y->item.frame ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static bool locate_insert(const QmPlan *plan, QmTarget target, Entry *entry)
{
    const QmPlanOp *op = &plan->ops[entry->op];
    for (uint32_t k = 0; k < op->n_slots; k++) {
        if (op->slots[k].index[entry->item.member] != target.slot - QM_SLOT_INSERT)
            continue;
        entry->item.kind = QM_AGENDA_SLOT;
        entry->item.index = k;
        entry->item.shift = op->slots[k].latency[entry->item.member];
        return true;
    }
    return false; /* bypassed */
}

static bool locate_send(const QmPlan *plan, QmTarget target, Entry *entry)
{
    const QmGraph *graph = plan->graph;
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        const QmEdge *edge = &graph->edges[e];
        if (edge->kind != QM_EDGE_SEND || edge->from != target.strip ||
            edge->index != target.slot - QM_SLOT_SEND)
            continue;
        entry->op = plan->op_of[edge->to];
        entry->item.member = (uint8_t)plan->member_of[edge->to];
        entry->item.kind = QM_AGENDA_FEED;
        entry->item.index = e - graph->nodes[edge->to].first_edge;
        entry->item.shift = graph->nodes[edge->to].in_latency;
        return true;
    }
    return false;
}

/* Where an event acts; false: nowhere (a bypassed insert). */
static bool locate(const QmPlan *plan, const QmEvent *event, Entry *entry)
{
    const QmNode *node = &plan->graph->nodes[event->strip];
    const QmStrip *strip = &plan->session->strips[event->strip];
    entry->op = plan->op_of[event->strip];
    entry->item = (QmAgendaItem){.event = event,
                                 .member = (uint8_t)plan->member_of[event->strip],
                                 .shift = (int64_t)node->in_latency -
                                          qm_input_latency(plan->session, strip)};
    if (event->rank != QM_RANK_PARAM) {
        entry->item.kind =
            event->rank == QM_RANK_TRIGGER ? QM_AGENDA_TRIGGER : QM_AGENDA_RELEASE;
        return true;
    }
    const QmTarget target = event->param.target;
    entry->item.param = target.param;
    entry->item.kind = QM_AGENDA_INPUT;
    if (target.slot >= QM_SLOT_SEND)
        return locate_send(plan, target, entry);
    if (target.slot >= QM_SLOT_INSERT)
        return locate_insert(plan, target, entry);
    if (target.slot == QM_SLOT_FADER) {
        entry->item.kind = QM_AGENDA_FADER;
        entry->item.shift = node->latency;
    }
    return true;
}

static int compare_places(const QmAgendaItem *x, const QmAgendaItem *y)
{
    const int64_t by[] = {x->kind - y->kind, x->member - y->member, x->param - y->param,
                          (int64_t)x->index - y->index};
    for (uint32_t i = 0; i < QM_COUNT(by); i++)
        if (by[i])
            return by[i] < 0 ? -1 : 1;
    return 0;
}

/* Which of the op's moved params an item is about, from 1; 0: none. */
static uint32_t moved_by(const QmPlanOp *op, const QmAgendaItem *item)
{
    for (uint32_t i = 0; i < op->n_moved; i++)
        if (compare_places(&op->moved[i].at, item) == 0)
            return i + 1;
    return 0;
}

static QmStatus hand_out(QmPlan *plan, const Entry *entries, size_t n, QmArena *arena)
{
    QmAgendaItem *items = QM_NEW_ARRAY(arena, QmAgendaItem, n);
    if (!items)
        return QM_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        QmPlanOp *op = &plan->ops[entries[i].op];
        items[i] = entries[i].item;
        items[i].moved = moved_by(op, &items[i]);
        if (op->n_agenda++ == 0)
            op->agenda = &items[i];
    }
    return QM_OK;
}

static QmStatus write_agendas(QmPlan *plan, QmArena *arena)
{
    const QmTimeline *timeline = plan->timeline;
    Entry *entries = QM_NEW_ARRAY(arena, Entry, timeline->n_events);
    if (!entries)
        return QM_ERR_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < timeline->n_events; i++) {
        if (timeline->events[i].strip == QM_NONE || /* a modulator's */
            !locate(plan, &timeline->events[i], &entries[n]))
            continue;
        entries[n].item.frame = timeline->events[i].frame + entries[n].item.shift;
        entries[n].order = i;
        n++;
    }
    const QmStatus status = qm_sort(entries, n, sizeof *entries, compare_entries, arena);
    return status == QM_OK ? hand_out(plan, entries, n, arena) : status;
}

/* --- moved params ------------------------------------------------------------------- */

/* A route before it is sorted to its param. */
typedef struct Arrow {
    QmPlanRoute route;
    QmPlanMoved moved;
    uint32_t op, order;
} Arrow;

static int compare_arrows(const void *a, const void *b)
{
    const Arrow *x = a, *y = b;
    if (x->op != y->op)
        return x->op < y->op ? -1 : 1;
    const int places = compare_places(&x->moved.at, &y->moved.at);
    return places ? places : (x->order > y->order) - (x->order < y->order);
}

/* How a route that listens hears: over an edge, or its own strip. */
static void plan_hearing(QmPlan *plan, uint16_t to, QmTarget target, QmPlanRoute *route)
{
    const QmModulator *modulator = &plan->session->modulators[route->modulator];
    const QmNode *node = &plan->graph->nodes[to];
    route->strip = QM_NONE;
    if (!(modulator->source->flags & QM_MOD_LISTENS))
        return;
    route->strip = modulator->strip;
    route->point = qm_modulator_point(modulator);
    route->delay = node->in_latency + (uint32_t)qm_target_behind(plan->session, target) -
                   qm_point_latency(plan->graph, route->strip, route->point);
    keep(plan, route->strip, route->point, route->delay + QM_QUANTUM);
}

/* False: it acts nowhere (a bypassed insert). */
static bool aim(QmPlan *plan, uint16_t modulator, uint16_t index, Arrow *arrow)
{
    const QmTarget target = plan->session->modulators[modulator].routes[index].target;
    const QmEvent event = {.rank = QM_RANK_PARAM,
                           .strip = target.strip,
                           .param = {.target = target}};
    Entry entry;
    if (!locate(plan, &event, &entry))
        return false;
    entry.item.event = NULL;
    *arrow = (Arrow){.route = {.modulator = modulator, .route = index},
                     .moved = {.at = entry.item,
                               .target = target,
                               .row = qm_address_param(plan->session, target)},
                     .op = entry.op};
    plan_hearing(plan, qm_target_acts_in(plan->session, target), target, &arrow->route);
    return true;
}

/* `arrows` are sorted by what they move; each run of equals is one param. */
static QmStatus hand_out_moved(QmPlan *plan, const Arrow *arrows, uint32_t n,
                               QmArena *arena)
{
    QmPlanMoved *moved = QM_NEW_ARRAY(arena, QmPlanMoved, n);
    QmPlanRoute *routes = QM_NEW_ARRAY(arena, QmPlanRoute, n);
    if (!moved || !routes)
        return QM_ERR_MEMORY;
    for (uint32_t i = 0, next; i < n; i = next, moved++) {
        QmPlanOp *op = &plan->ops[arrows[i].op];
        *moved = arrows[i].moved;
        moved->routes = routes + i;
        for (next = i; next < n && arrows[next].op == arrows[i].op &&
                       compare_places(&arrows[next].moved.at, &moved->at) == 0;
             next++)
            routes[next] = arrows[next].route;
        moved->n_routes = next - i;
        if (op->n_moved++ == 0)
            op->moved = moved;
    }
    return QM_OK;
}

static QmStatus plan_moved(QmPlan *plan, QmArena *arena)
{
    const QmSession *session = plan->session;
    uint32_t n = 0;
    for (uint32_t i = 0; i < session->n_modulators; i++)
        n += session->modulators[i].n_routes;
    Arrow *arrows = QM_NEW_ARRAY(arena, Arrow, n);
    if (!arrows)
        return QM_ERR_MEMORY;
    n = 0;
    for (uint16_t i = 0; i < session->n_modulators; i++)
        for (uint16_t k = 0; k < session->modulators[i].n_routes; k++)
            if (aim(plan, i, k, &arrows[n])) {
                arrows[n].order = n;
                n++;
            }
    const QmStatus status = qm_sort(arrows, n, sizeof *arrows, compare_arrows, arena);
    return status == QM_OK ? hand_out_moved(plan, arrows, n, arena) : status;
}

/* --- the whole --------------------------------------------------------------------- */

static int64_t length(const QmPlan *plan, const QmClock *clock)
{
    const QmSession *session = plan->session;
    const int64_t end = plan->timeline->end;
    if (session->tail.value < 0)
        return end + (int64_t)plan->graph->tail;
    return end + qm_clock_length(clock, end, session->tail);
}

QmStatus qm_plan_new(const QmGraph *graph, const QmTimeline *timeline,
                     const QmAsset *assets, const QmClock *clock,
                     const QmPlanRequest *request, QmArena *arena, QmDiag *diag,
                     QmPlan *plan)
{
    *plan = (QmPlan){.session = graph->session,
                     .graph = graph,
                     .timeline = timeline,
                     .assets = assets,
                     .clock = clock,
                     .isa = request->isa,
                     .meters = request->meters};
    if (gather(plan, arena) != QM_OK || connect(plan, arena) != QM_OK ||
        add_pickups(plan, request, arena) != QM_OK || plan_moved(plan, arena) != QM_OK ||
        write_agendas(plan, arena) != QM_OK)
        return qm_fail_memory(diag);
    QmModulation *modulation;
    const QmStatus status =
        qm_modulation_new(graph->session, clock, timeline, arena, diag, &modulation);
    if (status != QM_OK)
        return status;
    plan->modulation = modulation;
    plan->frames = length(plan, clock);
    return QM_OK;
}
