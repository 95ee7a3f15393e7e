/* Routes are edges from the strip that must be computed first:
 *
 *   strip -> its `to`      strip -> the bus of each send      key -> the strip it keys
 *   strip that a modulator hears -> the strips where what it moves acts
 *
 * Kahn's algorithm takes away strips that wait for nobody; what cannot be taken away
 * waits for a cycle. Every strip left has a predecessor that is left, so walking
 * backwards must repeat, and what repeats is a cycle. It is told from its first strip in
 * session order. */
#include "model/routes.h"

#include "base/text.h"
#include "model/modulators.h"

enum { MAX_NAMED = 12 /* strips of a cycle that are named */ };

typedef struct Edge {
    uint16_t from, to;
} Edge;

typedef struct Edges {
    Edge *edge;
    uint32_t n;
    uint32_t n_routes; /* the first of them; the others are what modulators hear */
} Edges;

static const char *path_of(const QmSession *session, const QmStrip *strip,
                           const char *member, uint32_t index)
{
    QmText text;
    qm_text_init(&text, session->arena);
    if (strip->kind != QM_STRIP_MASTER) {
        qm_text_add(&text, strip->kind == QM_STRIP_SOURCE ? "sources." : "buses.");
    }
    qm_text_printf(&text, "%s%s%s", strip->name, member ? "." : "", member ? member : "");
    if (index != 0) {
        qm_text_printf(&text, ".%u", index);
    }
    return text.failed ? NULL : text.data;
}

static QmStatus check_sends(const QmSession *session, QmDiag *diag, const QmStrip *strip)
{
    if (strip->n_sends > QM_MAX_SENDS) {
        return qm_fail(diag, QM_ERR_INPUT, strip->place,
                       path_of(session, strip, "sends", 0),
                       "a strip has at most %d sends", QM_MAX_SENDS);
    }
    for (uint32_t i = 0; i < strip->n_sends; i++) {
        const QmSend *send = &strip->sends[i];
        const QmStrip *bus = &session->strips[send->bus];
        if (bus->kind != QM_STRIP_BUS) {
            return qm_fail(diag, QM_ERR_INPUT, send->place,
                           path_of(session, strip, "sends", i + 1),
                           "'%s' is no bus: sends go to buses", bus->name);
        }
        for (uint32_t k = 0; k < i; k++) {
            if (strip->sends[k].bus == send->bus) {
                return qm_fail(diag, QM_ERR_INPUT, send->place,
                               path_of(session, strip, "sends", i + 1),
                               "'%s' has another send to '%s'", strip->name, bus->name);
            }
        }
    }
    return QM_OK;
}

static QmStatus check_destination(const QmSession *session, QmDiag *diag,
                                  const QmStrip *strip)
{
    const char *path = path_of(session, strip, "to", 0);
    if (strip->kind == QM_STRIP_MASTER) {
        return strip->to == QM_NONE && strip->n_sends == 0
                   ? QM_OK
                   : qm_fail(diag, QM_ERR_INPUT, strip->place, path,
                             "the master goes to the output only");
    }
    if (strip->to != QM_NONE && session->strips[strip->to].kind == QM_STRIP_SOURCE) {
        return qm_fail(diag, QM_ERR_INPUT, strip->place, path,
                       "'%s' is a source: only buses and the master can be fed",
                       session->strips[strip->to].name);
    }
    if (strip->to != QM_NONE && strip->output != 0) {
        return qm_fail(diag, QM_ERR_INPUT, strip->place, path,
                       "a bus goes to a strip or to an output, not to both");
    }
    return QM_OK;
}

/* Gives a strip its pair; `owner` says who has which channel so far. */
static QmStatus take_output(const QmSession *session, QmDiag *diag, uint32_t index,
                            uint16_t *owner)
{
    const QmStrip *strip = &session->strips[index];
    if (strip->output == 0) {
        return QM_OK;
    }
    if (strip->output >= QM_MAX_OUTPUTS || strip->kind == QM_STRIP_SOURCE) {
        return qm_fail(diag, QM_ERR_INPUT, strip->place,
                       path_of(session, strip, "output", 0),
                       "a bus may have a pair of the outputs 1 to %d", QM_MAX_OUTPUTS);
    }
    for (uint32_t channel = strip->output; channel < strip->output + 2; channel++) {
        if (owner[channel] != QM_NONE) {
            return qm_fail(diag, QM_ERR_INPUT, strip->place,
                           path_of(session, strip, "output", 0),
                           "output %u belongs to '%s'", channel,
                           session->strips[owner[channel]].name);
        }
        owner[channel] = (uint16_t)index;
    }
    return QM_OK;
}

/* The master's pair comes first, then those of the buses in their order. */
static QmStatus check_outputs(const QmSession *session, QmDiag *diag)
{
    uint16_t owner[QM_MAX_OUTPUTS + 1];
    for (uint32_t i = 0; i < QM_COUNT(owner); i++) {
        owner[i] = QM_NONE;
    }
    QmStatus status = take_output(session, diag, session->n_strips - 1, owner);
    for (uint32_t i = 0; status == QM_OK && i + 1 < session->n_strips; i++) {
        status = take_output(session, diag, i, owner);
    }
    return status;
}

static void add_heard(const QmSession *session, Edges *edges)
{
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        const QmModulator *modulator = &session->modulators[i];
        if (!(modulator->source->flags & QM_MOD_LISTENS)) {
            continue;
        }
        for (uint32_t k = 0; k < modulator->n_routes; k++) {
            const uint16_t to = qm_target_acts_in(session, modulator->routes[k].target);
            if (to != modulator->strip) {
                edges->edge[edges->n++] = (Edge){modulator->strip, to};
            }
        }
    }
}

static QmStatus collect_edges(const QmSession *session, QmDiag *diag, Edges *edges)
{
    size_t room = 0;
    for (uint32_t i = 0; i < session->n_strips; i++) {
        room += 1 + session->strips[i].n_sends + session->strips[i].n_inserts;
    }
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        room += session->modulators[i].n_routes;
    }
    edges->edge = QM_NEW_ARRAY(session->arena, Edge, room);
    if (!edges->edge) {
        return qm_fail_memory(diag);
    }
    for (uint32_t i = 0; i < session->n_strips; i++) {
        const QmStrip *strip = &session->strips[i];
        if (strip->to != QM_NONE) {
            edges->edge[edges->n++] = (Edge){(uint16_t)i, strip->to};
        }
        for (uint32_t k = 0; k < strip->n_sends; k++) {
            edges->edge[edges->n++] = (Edge){(uint16_t)i, strip->sends[k].bus};
        }
        for (uint32_t k = 0; k < strip->n_inserts; k++) {
            if (strip->inserts[k].key != QM_NONE) {
                edges->edge[edges->n++] = (Edge){strip->inserts[k].key, (uint16_t)i};
            }
        }
    }
    edges->n_routes = edges->n;
    add_heard(session, edges);
    return QM_OK;
}

/* Sets waits[i] to how many strips of a cycle, or behind one, strip i waits for. */
static QmStatus take_away(const QmSession *session, QmDiag *diag, const Edges *edges,
                          uint32_t *waits)
{
    const uint32_t n = session->n_strips;
    uint32_t *first = QM_NEW_ARRAY(session->arena, uint32_t, n + 2);
    uint16_t *next = QM_NEW_ARRAY(session->arena, uint16_t, edges->n);
    uint16_t *queue = QM_NEW_ARRAY(session->arena, uint16_t, n);
    uint32_t head = 0, tail = 0;
    if (!first || !next || !queue) {
        return qm_fail_memory(diag);
    }
    for (uint32_t e = 0; e < edges->n; e++) {
        first[edges->edge[e].from + 2]++;
        waits[edges->edge[e].to]++;
    }
    for (uint32_t i = 2; i < n + 2; i++) {
        first[i] += first[i - 1];
    }
    for (uint32_t e = 0; e < edges->n; e++) {
        next[first[edges->edge[e].from + 1]++] = edges->edge[e].to;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (waits[i] == 0) {
            queue[tail++] = (uint16_t)i;
        }
    }
    while (head < tail) {
        const uint32_t strip = queue[head++];
        for (uint32_t k = first[strip]; k < first[strip + 1]; k++) {
            if (--waits[next[k]] == 0) {
                queue[tail++] = next[k];
            }
        }
    }
    return QM_OK;
}

/* Tells the cycle that runs backwards through `before` from `at`. */
static QmStatus tell_cycle(const QmSession *session, QmDiag *diag, const uint16_t *before,
                           uint16_t at, const char *what)
{
    uint16_t first = at;
    uint32_t length = 1;
    for (uint16_t i = before[at]; i != at; i = before[i], length++) {
        first = i < first ? i : first;
    }
    uint16_t *cycle = QM_NEW_ARRAY(session->arena, uint16_t, length);
    if (!cycle) {
        return qm_fail_memory(diag);
    }
    uint16_t strip = first;
    for (uint32_t i = length; i-- > 0; strip = before[strip]) {
        cycle[(i + 1) % length] = strip;
    }
    QmText text;
    qm_text_init(&text, session->arena);
    for (uint32_t i = 0; i < length && i < MAX_NAMED; i++) {
        qm_text_printf(&text, "'%s' -> ", session->strips[cycle[i]].name);
    }
    qm_text_printf(&text, "%s'%s'", length > MAX_NAMED ? "... -> " : "",
                   session->strips[first].name);
    if (text.failed) {
        return qm_fail_memory(diag);
    }
    const QmStrip *start = &session->strips[first];
    return qm_fail(diag, QM_ERR_INPUT, start->place, path_of(session, start, NULL, 0),
                   "%s in a circle: %s", what, text.data);
}

/* `what` runs in a circle if there is one. */
static QmStatus check_cycles(const QmSession *session, QmDiag *diag, const Edges *edges,
                             const char *what)
{
    const uint32_t n = session->n_strips;
    uint32_t *waits = QM_NEW_ARRAY(session->arena, uint32_t, n);
    uint16_t *before = QM_NEW_ARRAY(session->arena, uint16_t, n);
    bool *seen = QM_NEW_ARRAY(session->arena, bool, n);
    if (!waits || !before || !seen) {
        return qm_fail_memory(diag);
    }
    const QmStatus status = take_away(session, diag, edges, waits);
    if (status != QM_OK) {
        return status;
    }
    uint16_t at = QM_NONE;
    for (uint32_t e = edges->n; e-- > 0;) {
        const Edge edge = edges->edge[e];
        if (waits[edge.from] != 0 && waits[edge.to] != 0) {
            before[edge.to] = edge.from;
            at = edge.to;
        }
    }
    if (at == QM_NONE) {
        return QM_OK;
    }
    for (; !seen[at]; at = before[at]) {
        seen[at] = true;
    }
    return tell_cycle(session, diag, before, at, what);
}

static QmStatus warn_unfed(const QmSession *session, QmDiag *diag)
{
    bool *fed = QM_NEW_ARRAY(session->arena, bool, session->n_strips);
    if (!fed) {
        return qm_fail_memory(diag);
    }
    for (uint32_t i = 0; i < session->n_strips; i++) {
        const QmStrip *strip = &session->strips[i];
        for (uint32_t k = 0; k < strip->n_sends; k++) {
            fed[strip->sends[k].bus] = true;
        }
        if (strip->to != QM_NONE) {
            fed[strip->to] = true;
        }
    }
    for (uint32_t i = 0; i < session->n_strips; i++) {
        const QmStrip *strip = &session->strips[i];
        if (strip->kind == QM_STRIP_BUS && !fed[i]) {
            qm_warn(diag, strip->place, path_of(session, strip, NULL, 0),
                    "nothing feeds '%s'", strip->name);
        }
    }
    return QM_OK;
}

QmStatus qm_routes_check(const QmSession *session, QmDiag *diag)
{
    Edges edges = {0};
    for (uint32_t i = 0; i < session->n_strips; i++) {
        QmStatus status = check_destination(session, diag, &session->strips[i]);
        if (status == QM_OK) {
            status = check_sends(session, diag, &session->strips[i]);
        }
        if (status != QM_OK) {
            return status;
        }
    }
    QmStatus status = check_outputs(session, diag);
    if (status == QM_OK) {
        status = collect_edges(session, diag, &edges);
    }
    if (status == QM_OK) {
        const Edges routes = {edges.edge, edges.n_routes, edges.n_routes};
        status = check_cycles(session, diag, &routes, "the routing runs");
    }
    if (status == QM_OK && edges.n != edges.n_routes) {
        status = check_cycles(session, diag, &edges,
                              "the routing and what modulators hear run");
    }
    return status == QM_OK ? warn_unfed(session, diag) : status;
}
