/* The plan for people: one block a wave, one line a gang, its strips below it. */
#include "base/units.h"
#include "graph/plan.h"
#include "model/address.h"

static const char *const points[] = {"in", "pre", "post"};

static void print_chain(const QmPlanOp *op, QmText *text)
{
    for (uint32_t k = 0; k < op->n_slots; k++) {
        const QmPlanSlot *slot = &op->slots[k];
        qm_text_printf(text, "%s%s", k ? " > " : "", slot->proc->name);
        if (slot->insert[0]->n_groups)
            qm_text_printf(text, " x%u", slot->insert[0]->n_groups);
        if (slot->keyed)
            qm_text_add(text, " (keyed)");
    }
    if (op->n_slots == 0)
        qm_text_add(text, "no inserts");
}

static void print_feed(const QmPlan *plan, const QmEdge *edge, QmText *text)
{
    const QmStrip *from = &plan->session->strips[edge->from];
    if (edge->kind == QM_EDGE_HEARD) {
        qm_text_printf(text, "        heard %s, %s, by %s", from->name,
                       points[edge->point], plan->session->modulators[edge->index].name);
    } else if (edge->kind == QM_EDGE_KEY) {
        qm_text_printf(text, "        key  %s for %s", from->name,
                       plan->session->strips[edge->to].inserts[edge->index].name);
    } else {
        qm_text_printf(text, "        from %s, %s", from->name, points[edge->point]);
        if (edge->kind == QM_EDGE_SEND) {
            char level[QM_NUMBER_TEXT + 16];
            qm_quantity_text(from->sends[edge->index].level_db, QM_UNIT_DB, level);
            qm_text_printf(text, " send %s", level);
        }
    }
    if (edge->delay)
        qm_text_printf(text, ", delayed %u", edge->delay);
    qm_text_add(text, "\n");
}

static void print_strip(const QmPlan *plan, uint16_t s, QmText *text)
{
    const QmStrip *strip = &plan->session->strips[s];
    const QmNode *node = &plan->graph->nodes[s];
    qm_text_printf(text, "      %s", strip->name);
    if (strip->input.generator)
        qm_text_printf(text, " (%s)", strip->input.generator->name);
    if (node->latency)
        qm_text_printf(text, ", latency %u -> %u frames", node->in_latency,
                       node->latency);
    if (strip->share.on)
        qm_text_add(text, ", shares gain");
    if (!node->audible)
        qm_text_add(text, ", silenced by solo");
    const QmFrozen *frozen = plan->frozen[s];
    if (frozen)
        qm_text_printf(text, ", frozen at %s", points[frozen->point]);
    if (strip->output)
        qm_text_printf(text, ", output %u-%u", strip->output, strip->output + 1);
    qm_text_add(text, "\n");
    for (uint32_t e = 0; !frozen && e < node->n_edges; e++)
        print_feed(plan, &plan->graph->edges[node->first_edge + e], text);
}

static void add_number(QmText *text, double value, const QmParam *row)
{
    char number[QM_NUMBER_TEXT + 16];
    qm_quantity_text(value, row->unit, number);
    qm_text_add(text, number);
}

static void print_route(const QmPlan *plan, const QmRoute *route, QmText *text)
{
    static const char *const curves[] = {"linear", "exp"};
    const QmParam *row = qm_address_param(plan->session, route->target);
    qm_text_add(text, "    moves ");
    qm_address_print(plan->session, route->target, text);
    if (route->sets) {
        qm_text_add(text, " from ");
        add_number(text, route->params[QM_ROUTE_FROM], row);
        qm_text_add(text, " to ");
        add_number(text, route->params[QM_ROUTE_TO], row);
        qm_text_printf(text, " (%s)\n", curves[route->curve]);
        return;
    }
    qm_text_add(text, " by ");
    add_number(text, route->params[QM_ROUTE_AMOUNT], &route->rows[QM_ROUTE_AMOUNT]);
    qm_text_add(text, " of ");
    add_number(text, row->min, row);
    qm_text_add(text, " to ");
    add_number(text, row->max, row);
    qm_text_add(text, qm_mod_is_log(row) ? " (log)\n" : "\n");
}

static void print_modulators(const QmPlan *plan, QmText *text)
{
    const QmSession *session = plan->session;
    if (session->n_modulators)
        qm_text_add(text, "modulators:\n");
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        const QmModulator *modulator = &session->modulators[i];
        qm_text_printf(text, "  %s: %s", modulator->name, modulator->source->name);
        if (modulator->strip != QM_NONE)
            qm_text_printf(text, " of %s", session->strips[modulator->strip].name);
        qm_text_add(text, "\n");
        for (uint32_t k = 0; k < modulator->n_routes; k++)
            print_route(plan, &modulator->routes[k], text);
    }
}

void qm_plan_print(const QmPlan *plan, QmText *text)
{
    qm_text_printf(
        text, "plan: %u strips in %u gangs, %u waves, latency %u frames, %lld frames\n",
        plan->session->n_strips, plan->n_ops, plan->graph->n_waves, plan->latency,
        (long long)plan->frames);
    for (uint32_t o = 0; o < plan->n_ops; o++) {
        const QmPlanOp *op = &plan->ops[o];
        if (o == 0 || op->wave != plan->ops[o - 1].wave)
            qm_text_printf(text, "  wave %u\n", op->wave);
        qm_text_printf(text, "    gang %u: ", o);
        print_chain(op, text);
        qm_text_add(text, "\n");
        for (uint32_t m = 0; m < op->n_members; m++)
            print_strip(plan, op->strip[m], text);
    }
    print_modulators(plan, text);
}
