/* Agendas: what the timeline does to each op, and what modulators move in it. An event
 * acts where its signal is as late as the place that it changes, so it is moved by the
 * latency in front of that place. What is not run (a frozen strip's inserts) has no
 * agenda. */
#include "graph/planning.h"

#include "base/sort.h"
#include "model/address.h"
#include "model/modulators.h"

/* --- events --------------------------------------------------------------------- */

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

/* Whether what an event acts on is run at all. */
static bool is_run(const QmPlan *plan, const QmEvent *event)
{
    const bool param = event->rank == QM_RANK_PARAM;
    const QmTarget target = event->param.target;
    const uint16_t strip =
        param ? qm_target_acts_in(plan->session, target) : event->strip;
    const QmFrozen *frozen = plan->frozen[strip];
    return plan->op_of[strip] != QM_NO_OP &&
           (!frozen || (param && qm_frozen_has(frozen, target)));
}

/* Where an event acts; false: nowhere (a bypassed insert, a frozen one). */
static bool locate(const QmPlan *plan, const QmEvent *event, Entry *entry)
{
    const QmNode *node = &plan->graph->nodes[event->strip];
    const QmStrip *strip = &plan->session->strips[event->strip];
    if (!is_run(plan, event))
        return false;
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

QmStatus qm_plan_agendas(QmPlan *plan, QmArena *arena)
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
    qm_plan_keep(plan, route->strip, route->point, route->delay + QM_QUANTUM);
}

/* False: it acts nowhere. */
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

QmStatus qm_plan_moved(QmPlan *plan, QmArena *arena)
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
