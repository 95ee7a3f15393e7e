/* Edges from the session's routes, waves by longest path, latencies and tails along them.
 *
 *   in_latency(s) = max of the generator's own, over feeds of latency(from), and over
 *                   keys and what modulators hear of latency(tap) - latency of the
 *                   inserts before what listens
 *   latency(s)    = in_latency(s) + sum of the inserts' latencies
 *
 * Solo rule: with any strip soloed, a strip is heard if it is soloed, feeds a soloed one,
 * is fed by one, or is solo-safe. */
#include "graph/graph.h"

#include "base/hash.h"
#include "base/rand.h"
#include "base/sort.h"
#include "model/modulators.h"

enum { MAX_LATENCY_S = 10, MAX_TAIL_S = 60 };

QmProcSpec qm_insert_spec(const QmSession *session, const QmStrip *strip,
                          const QmInsert *insert)
{
    const uint64_t names =
        qm_rand_key(qm_hash64_string(strip->name),
                    qm_hash64_string(insert->name ? insert->name : ""));
    return (QmProcSpec){.rate_hz = session->rate,
                        .n_groups = insert->n_groups,
                        .params = insert->params,
                        .seed = qm_rand_key(session->seed, names),
                        .instance = insert->instance};
}

QmProcSpec qm_input_spec(const QmSession *session, const QmStrip *strip)
{
    return (QmProcSpec){.rate_hz = session->rate,
                        .params = strip->input.params,
                        .instance = strip->input.instance};
}

uint32_t qm_input_latency(const QmSession *session, const QmStrip *strip)
{
    const QmGenDesc *generator = strip->input.generator;
    const QmProcSpec spec = qm_input_spec(session, strip);
    return generator && generator->latency ? generator->latency(&spec) : 0;
}

uint32_t qm_strip_latency(const QmSession *session, const QmStrip *strip, uint32_t count)
{
    uint32_t frames = 0;
    for (uint32_t i = 0; i < count; i++) {
        const QmInsert *insert = &strip->inserts[i];
        if (insert->bypass || !insert->proc->latency)
            continue;
        const QmProcSpec spec = qm_insert_spec(session, strip, insert);
        frames += insert->proc->latency(&spec);
    }
    return frames;
}

static uint64_t strip_tail(const QmSession *session, const QmStrip *strip)
{
    const QmGenDesc *generator = strip->input.generator;
    const QmProcSpec input = qm_input_spec(session, strip);
    uint64_t frames = generator && generator->tail ? generator->tail(&input) : 0;
    for (uint32_t i = 0; i < strip->n_inserts; i++) {
        const QmInsert *insert = &strip->inserts[i];
        if (insert->bypass || !insert->proc->tail)
            continue;
        const QmProcSpec spec = qm_insert_spec(session, strip, insert);
        frames += insert->proc->tail(&spec, insert->params);
    }
    return frames;
}

/* --- edges --------------------------------------------------------------------- */

static bool listens(const QmInsert *insert)
{
    return insert->key != QM_NONE && !insert->bypass;
}

QmTapPoint qm_modulator_point(const QmModulator *modulator)
{
    static const QmTapPoint points[] = {[QM_MOD_TAP_IN] = QM_POINT_IN,
                                        [QM_MOD_TAP_PRE] = QM_POINT_PRE,
                                        [QM_MOD_TAP_POST] = QM_POINT_POST};
    const int tap = qm_mod_find_param(modulator->source, "tap");
    return points[(uint32_t)modulator->params[tap]];
}

int32_t qm_target_behind(const QmSession *session, QmTarget target)
{
    const QmStrip *strip = &session->strips[target.strip];
    if (target.slot >= QM_SLOT_SEND)
        return 0;
    if (target.slot == QM_SLOT_INPUT)
        return -(int32_t)qm_input_latency(session, strip);
    const bool fader = target.slot == QM_SLOT_FADER;
    const uint32_t inserts =
        fader ? strip->n_inserts : (uint32_t)(target.slot - QM_SLOT_INSERT);
    return (int32_t)qm_strip_latency(session, strip, inserts);
}

static bool is_bypassed(const QmSession *session, QmTarget target)
{
    return target.slot >= QM_SLOT_INSERT && target.slot < QM_SLOT_SEND &&
           session->strips[target.strip].inserts[target.slot - QM_SLOT_INSERT].bypass;
}

/* From a strip that a modulator hears to the one where a route acts; a strip that hears
 * itself waits for nobody. */
static void add_heard(const QmSession *session, QmGraph *graph)
{
    for (uint16_t i = 0; i < session->n_modulators; i++) {
        const QmModulator *modulator = &session->modulators[i];
        for (uint16_t k = 0;
             modulator->source->flags & QM_MOD_LISTENS && k < modulator->n_routes; k++) {
            const QmTarget target = modulator->routes[k].target;
            const uint16_t to = qm_target_acts_in(session, target);
            if (to != modulator->strip && !is_bypassed(session, target))
                graph->edges[graph->n_edges++] =
                    (QmEdge){.from = modulator->strip,
                             .to = to,
                             .kind = QM_EDGE_HEARD,
                             .point = qm_modulator_point(modulator),
                             .index = i,
                             .route = k,
                             .behind = qm_target_behind(session, target)};
        }
    }
}

static uint32_t count_edges(const QmSession *session)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < session->n_modulators; i++)
        n += session->modulators[i].n_routes;
    for (uint32_t s = 0; s < session->n_strips; s++) {
        const QmStrip *strip = &session->strips[s];
        n += strip->n_sends + (strip->to != QM_NONE);
        for (uint32_t i = 0; i < strip->n_inserts; i++)
            n += listens(&strip->inserts[i]);
    }
    return n;
}

static void add_edges(const QmSession *session, uint16_t s, QmGraph *graph)
{
    const QmStrip *strip = &session->strips[s];
    if (strip->to != QM_NONE)
        graph->edges[graph->n_edges++] = (QmEdge){.from = s,
                                                  .to = strip->to,
                                                  .kind = QM_EDGE_MAIN,
                                                  .point = QM_POINT_POST};
    for (uint16_t i = 0; i < strip->n_sends; i++) {
        const QmSend *send = &strip->sends[i];
        graph->edges[graph->n_edges++] =
            (QmEdge){.from = s,
                     .to = send->bus,
                     .kind = QM_EDGE_SEND,
                     .point = send->tap == QM_TAP_PRE ? QM_POINT_PRE : QM_POINT_POST,
                     .index = i};
    }
    for (uint16_t i = 0; i < strip->n_inserts; i++)
        if (listens(&strip->inserts[i]))
            graph->edges[graph->n_edges++] =
                (QmEdge){.from = strip->inserts[i].key,
                         .to = s,
                         .kind = QM_EDGE_KEY,
                         .point = QM_POINT_PRE,
                         .index = i,
                         .behind = qm_strip_latency(session, strip, i)};
}

/* Grouped by receiver, sums first in session order of the sender (D4), then keys, then
 * what modulators hear. */
static int compare_edges(const void *a, const void *b)
{
    const QmEdge *x = a, *y = b;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    const int x_late = qm_edge_feeds(x) ? 0 : (int)x->kind;
    const int y_late = qm_edge_feeds(y) ? 0 : (int)y->kind;
    if (x_late != y_late)
        return x_late - y_late;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return 0;
}

static QmStatus collect_edges(QmArena *arena, QmGraph *graph)
{
    const QmSession *session = graph->session;
    const uint32_t count = count_edges(session);
    graph->edges = QM_NEW_ARRAY(arena, QmEdge, count);
    if (!graph->edges)
        return QM_ERR_MEMORY;
    for (uint32_t s = 0; s < session->n_strips; s++)
        add_edges(session, (uint16_t)s, graph);
    add_heard(session, graph);
    const QmStatus status =
        qm_sort(graph->edges, graph->n_edges, sizeof(QmEdge), compare_edges, arena);
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        QmNode *node = &graph->nodes[graph->edges[e].to];
        if (node->n_edges++ == 0)
            node->first_edge = e;
    }
    return status;
}

/* --- waves --------------------------------------------------------------------- */

/* Longest path by relaxation; validation has refused cycles, so n rounds are enough. */
static QmStatus level(QmGraph *graph, QmDiag *diag)
{
    const uint32_t n = graph->session->n_strips;
    bool moved = true;
    for (uint32_t round = 0; moved; round++) {
        if (round > n)
            return qm_fail_plain(diag, QM_ERR_INPUT, "the session's routes form a cycle");
        moved = false;
        for (uint32_t e = 0; e < graph->n_edges; e++) {
            const uint32_t wave = graph->nodes[graph->edges[e].from].wave + 1;
            QmNode *to = &graph->nodes[graph->edges[e].to];
            if (to->wave < wave) {
                to->wave = wave;
                moved = true;
            }
        }
    }
    for (uint32_t s = 0; s < n; s++)
        if (graph->nodes[s].wave >= graph->n_waves)
            graph->n_waves = graph->nodes[s].wave + 1;
    return QM_OK;
}

/* --- latency and tails -------------------------------------------------------------- */

uint32_t qm_point_latency(const QmGraph *graph, uint16_t strip, QmTapPoint point)
{
    const QmNode *node = &graph->nodes[strip];
    return point == QM_POINT_IN ? node->in_latency : node->latency;
}

static uint32_t latency_demanded(const QmGraph *graph, const QmEdge *edge)
{
    const int64_t demanded =
        (int64_t)qm_point_latency(graph, edge->from, edge->point) - edge->behind;
    return demanded > 0 ? (uint32_t)demanded : 0;
}

static void align(QmGraph *graph, uint32_t s)
{
    const QmSession *session = graph->session;
    const QmStrip *strip = &session->strips[s];
    QmNode *node = &graph->nodes[s];
    QmEdge *edges = &graph->edges[node->first_edge];
    node->in_latency = qm_input_latency(session, strip);
    for (uint32_t e = 0; e < node->n_edges; e++) {
        const uint32_t demanded = latency_demanded(graph, &edges[e]);
        if (node->in_latency < demanded)
            node->in_latency = demanded;
        if (qm_edge_feeds(&edges[e]) && node->tail < graph->nodes[edges[e].from].tail)
            node->tail = graph->nodes[edges[e].from].tail;
    }
    for (uint32_t e = 0; e < node->n_edges; e++)
        edges[e].delay = node->in_latency - latency_demanded(graph, &edges[e]);
    node->latency = node->in_latency + qm_strip_latency(session, strip, strip->n_inserts);
    node->tail += strip_tail(session, strip);
}

/* What is listened to and tapped earlier than its listener needs it is delayed up to the
 * listener. */
static void align_heard(QmGraph *graph, uint32_t s)
{
    const QmNode *node = &graph->nodes[s];
    for (uint32_t e = 0; e < node->n_edges; e++) {
        QmEdge *edge = &graph->edges[node->first_edge + e];
        if (!qm_edge_feeds(edge))
            edge->delay = node->in_latency + (uint32_t)edge->behind -
                          qm_point_latency(graph, edge->from, edge->point);
    }
}

static QmStatus align_all(QmGraph *graph, QmDiag *diag)
{
    const QmSession *session = graph->session;
    for (uint32_t wave = 0; wave < graph->n_waves; wave++)
        for (uint32_t s = 0; s < session->n_strips; s++)
            if (graph->nodes[s].wave == wave) {
                align(graph, s);
                align_heard(graph, s);
                if (graph->nodes[s].latency > MAX_LATENCY_S * session->rate)
                    return qm_fail(diag, QM_ERR_INPUT, session->strips[s].place,
                                   session->strips[s].name,
                                   "the latency adds up to more than %d s",
                                   MAX_LATENCY_S);
            }
    for (uint32_t s = 0; s < session->n_strips; s++) {
        if (session->strips[s].output && graph->latency < graph->nodes[s].latency)
            graph->latency = graph->nodes[s].latency;
        if (graph->tail < graph->nodes[s].tail)
            graph->tail = graph->nodes[s].tail;
    }
    if (graph->tail > (uint64_t)MAX_TAIL_S * session->rate)
        graph->tail = (uint64_t)MAX_TAIL_S * session->rate;
    return QM_OK;
}

/* --- solo --------------------------------------------------------------------- */

static void solo(QmGraph *graph)
{
    const QmSession *session = graph->session;
    bool any = false;
    for (uint32_t s = 0; s < session->n_strips; s++)
        any = any || session->strips[s].fader.solo;
    for (uint32_t s = 0; s < session->n_strips; s++) {
        const QmStrip *strip = &session->strips[s];
        graph->nodes[s].audible = !any || strip->fader.solo || strip->fader.solo_safe ||
                                  strip->kind == QM_STRIP_MASTER;
    }
    if (!any)
        return;
    /* Upstream of a soloed strip, then downstream of one, kept apart: what only meets a
     * soloed strip in a common bus is not heard. */
    bool up[QM_MAX_STRIPS] = {0}, down[QM_MAX_STRIPS] = {0};
    for (uint32_t s = 0; s < session->n_strips; s++)
        up[s] = down[s] = session->strips[s].fader.solo;
    for (uint32_t round = 0; round < graph->n_waves; round++)
        for (uint32_t e = 0; e < graph->n_edges; e++) {
            const QmEdge *edge = &graph->edges[e];
            if (!qm_edge_feeds(edge))
                continue;
            up[edge->from] = up[edge->from] || up[edge->to];
            down[edge->to] = down[edge->to] || down[edge->from];
        }
    for (uint32_t s = 0; s < session->n_strips; s++)
        graph->nodes[s].audible = graph->nodes[s].audible || up[s] || down[s];
}

QmStatus qm_graph_new(const QmSession *session, QmArena *arena, QmDiag *diag,
                      QmGraph *graph)
{
    *graph = (QmGraph){.session = session};
    graph->nodes = QM_NEW_ARRAY(arena, QmNode, session->n_strips);
    if (!graph->nodes || collect_edges(arena, graph) != QM_OK)
        return qm_fail_memory(diag);
    QmStatus status = level(graph, diag);
    if (status == QM_OK)
        status = align_all(graph, diag);
    if (status == QM_OK)
        solo(graph);
    return status;
}
