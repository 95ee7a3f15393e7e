/* Strips of a wave are gathered into gangs in session order: each joins the first gang of
 * its wave that has its shape and a free place, or opens a new one. Then every op learns
 * which ops it needs, which of its taps are read and how far back, and what will happen
 * to it when. */
#include "graph/planning.h"

/* --- what is frozen, and what is needed --------------------------------------------- */

bool qm_plan_can_freeze(const QmSession *session, uint16_t strip, QmTapPoint point)
{
    for (uint32_t i = 0; point == QM_POINT_PRE && i < session->n_modulators; i++) {
        const QmModulator *modulator = &session->modulators[i];
        if (modulator->source->flags & QM_MOD_LISTENS && modulator->strip == strip &&
            qm_modulator_point(modulator) == QM_POINT_IN)
            return false;
    }
    return true;
}

bool qm_frozen_has(const QmFrozen *frozen, QmTarget target)
{
    const bool insert = target.slot >= QM_SLOT_INSERT && target.slot < QM_SLOT_SEND;
    return target.slot == QM_SLOT_FADER || (insert && frozen->point == QM_POINT_IN);
}

/* Whether an edge's receiver reads it: a frozen one reads nothing for what it does not
 * run. */
static bool is_read(const QmPlan *plan, const QmEdge *edge)
{
    const QmFrozen *frozen = plan->frozen[edge->to];
    if (!frozen || edge->kind == QM_EDGE_KEY)
        return !frozen || frozen->point == QM_POINT_IN;
    return edge->kind == QM_EDGE_HEARD &&
           qm_frozen_has(
               frozen, plan->session->modulators[edge->index].routes[edge->route].target);
}

/* The largest latency: what a render runs ahead at most. */
static uint32_t latest(const QmGraph *graph)
{
    uint32_t frames = 0;
    for (uint32_t s = 0; s < graph->session->n_strips; s++)
        if (frames < graph->nodes[s].latency)
            frames = graph->nodes[s].latency;
    return frames;
}

static QmStatus find_needed(QmPlan *plan, const QmPlanRequest *request, bool *needed,
                            QmArena *arena)
{
    const QmGraph *graph = plan->graph;
    const uint32_t n = plan->session->n_strips;
    const bool all = request->meters || !(request->n_frozen || request->stems_only);
    plan->frozen = QM_NEW_ARRAY(arena, const QmFrozen *, n);
    if (!plan->frozen)
        return QM_ERR_MEMORY;
    for (uint32_t i = 0; i < request->n_frozen; i++)
        if (request->frozen[i].asset.frames >= plan->frames + latest(graph))
            plan->frozen[request->frozen[i].strip] = &request->frozen[i];
    for (uint32_t s = 0; s < n; s++)
        needed[s] = all || (plan->session->strips[s].output && !request->stems_only);
    for (uint32_t i = 0; i < request->n_stems; i++)
        needed[request->stems[i].strip] = true;
    for (uint32_t wave = graph->n_waves; wave-- > 0 && !all;)
        for (uint32_t s = 0; s < n; s++) {
            const QmNode *node = &graph->nodes[s];
            for (uint32_t e = 0; needed[s] && node->wave == wave && e < node->n_edges;
                 e++)
                if (is_read(plan, &graph->edges[node->first_edge + e]))
                    needed[graph->edges[node->first_edge + e].from] = true;
        }
    return QM_OK;
}

/* --- gangs --------------------------------------------------------------------- */

/* The inserts of a strip: none of one that is frozen behind them. */
static uint32_t n_inserts(const QmPlan *plan, uint16_t s)
{
    const QmFrozen *frozen = plan->frozen[s];
    return frozen && frozen->point == QM_POINT_PRE ? 0
                                                   : plan->session->strips[s].n_inserts;
}

static uint32_t active_inserts(const QmPlan *plan, uint16_t s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_inserts(plan, s); i++)
        n += !plan->session->strips[s].inserts[i].bypass;
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
    if (active_inserts(plan, s) != op->n_slots)
        return false;
    uint32_t slot = 0;
    for (uint32_t i = 0; i < n_inserts(plan, s); i++) {
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
    for (uint16_t i = 0; i < n_inserts(plan, s); i++) {
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
    op->frozen[member] = plan->frozen[s];
    plan->op_of[s] = (uint32_t)(op - plan->ops);
    plan->member_of[s] = member;
}

static QmStatus open_gang(QmPlan *plan, uint16_t s, QmArena *arena)
{
    const QmSession *session = plan->session;
    const QmStrip *strip = &session->strips[s];
    QmPlanOp *op = &plan->ops[plan->n_ops++];
    op->wave = plan->graph->nodes[s].wave;
    op->slots = QM_NEW_ARRAY(arena, QmPlanSlot, active_inserts(plan, s));
    if (!op->slots)
        return QM_ERR_MEMORY;
    for (uint32_t i = 0; i < n_inserts(plan, s); i++) {
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

static QmStatus gather(QmPlan *plan, const bool *needed, QmArena *arena)
{
    const uint32_t n = plan->session->n_strips;
    plan->ops = QM_NEW_ARRAY(arena, QmPlanOp, n);
    plan->op_of = QM_NEW_ARRAY(arena, uint32_t, n);
    plan->member_of = QM_NEW_ARRAY(arena, uint32_t, n);
    if (!plan->ops || !plan->op_of || !plan->member_of)
        return QM_ERR_MEMORY;
    for (uint16_t s = 0; s < n; s++)
        plan->op_of[s] = QM_NO_OP;
    for (uint32_t wave = 0; wave < plan->graph->n_waves; wave++) {
        const uint32_t first = plan->n_ops;
        for (uint16_t s = 0; s < n; s++) {
            if (plan->graph->nodes[s].wave != wave || !needed[s])
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

void qm_plan_keep(QmPlan *plan, uint16_t strip, QmTapPoint point, uint32_t delay)
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
                if (!is_read(plan, edge))
                    continue;
                add_need(op, plan->op_of[edge->from]);
                const uint32_t back = edge->kind == QM_EDGE_HEARD ? QM_QUANTUM : 0;
                qm_plan_keep(plan, edge->from, edge->point, edge->delay + back);
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
    qm_plan_keep(plan, pickup->strip, pickup->point, pickup->delay);
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
        qm_plan_keep(plan, s, QM_POINT_POST, 0);
    plan->n_outputs = request->stems_only ? 0 : (qm_session_outputs(session) + 1) / 2;
    plan->outputs = QM_NEW_ARRAY(arena, QmPickup, plan->n_outputs);
    plan->n_stems = request->n_stems;
    plan->stems = qm_arena_grow(arena, request->stems, request->n_stems, request->n_stems,
                                sizeof(QmPickup));
    if (!plan->outputs || !plan->stems)
        return QM_ERR_MEMORY;
    for (uint32_t i = 0; i < plan->n_outputs; i++)
        plan->outputs[i] = (QmPickup){.strip = QM_NONE, .point = QM_POINT_POST};
    for (uint16_t s = 0; plan->n_outputs && s < session->n_strips; s++)
        if (session->strips[s].output)
            plan->outputs[(session->strips[s].output - 1) / 2].strip = s;
    for (uint32_t i = 0; i < plan->n_outputs; i++)
        pick_up(plan, &plan->outputs[i]);
    for (uint32_t i = 0; i < plan->n_stems; i++)
        pick_up(plan, &plan->stems[i]);
    return QM_OK;
}

/* --- the whole --------------------------------------------------------------------- */

int64_t qm_plan_length(const QmGraph *graph, const QmTimeline *timeline,
                       const QmClock *clock)
{
    const QmSession *session = graph->session;
    const int64_t end = timeline->end;
    if (session->tail.value < 0)
        return end + (int64_t)graph->tail;
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
                     .frames = qm_plan_length(graph, timeline, clock),
                     .meters = request->meters};
    bool needed[QM_MAX_STRIPS];
    if (find_needed(plan, request, needed, arena) != QM_OK ||
        gather(plan, needed, arena) != QM_OK || connect(plan, arena) != QM_OK ||
        add_pickups(plan, request, arena) != QM_OK ||
        qm_plan_moved(plan, arena) != QM_OK || qm_plan_agendas(plan, arena) != QM_OK)
        return qm_fail_memory(diag);
    QmModulation *modulation;
    const QmStatus status =
        qm_modulation_new(graph->session, clock, timeline, arena, diag, &modulation);
    if (status != QM_OK)
        return status;
    plan->modulation = modulation;
    return QM_OK;
}
