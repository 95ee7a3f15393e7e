/* Three hashes a strip, one for what acts in front of each tap and behind the one before:
 *
 *   strips     params, seeds, latencies        ┐
 *   timeline   triggers, automation            ├─> in | pre | post, in this order
 *   waves      feeds, keys, what is heard      ┘
 *
 * and in the end each takes in the digest of the tap before it. Everything is added as
 * tagged records of 64-bit numbers, so that no two records can be taken for each other.
 *
 * Order. What is added in session or edge order is also computed in that order (sums, the
 * routes of one param). Strips, feeds, inserts and modulators are told apart by their
 * place among those that take part, not by their number in the session, so that adding
 * one elsewhere changes nothing. Notes are numbered anew within their strip for the same
 * reason. */
#include "graph/digest.h"

#include "model/address.h"
#include "model/modulators.h"

#include <string.h>

enum { FORMAT = 1 }; /* of the digest */

/* What a record is about. */
typedef enum Tag {
    HEAD = 1,
    LATENCY,
    GENERATOR,
    SHARE,
    INSERT,
    CLOCK,
    TEMPO,
    METER,
    FADER,
    TRIGGER,
    RELEASE,
    PARAM,
    MODULATOR,
    ROUTE,
    HEARD,
    NOTE,
    FEED,
    KEY,
    BEFORE,
} Tag;

typedef struct Maker {
    const QmDigestInput *input;
    const QmGraph *graph;
    const QmSession *session;
    QmTapDigest *taps;    /* [n_strips][QM_POINT_COUNT] */
    QmSha256 *parts;      /* as taps: what they are made from */
    QmSha256 *notes;      /* [n_strips]: when its notes begin and end */
    QmSha256 *modulators; /* [n_modulators] */
    QmSha256 clock;
    uint32_t *note_of; /* [notes of the timeline + 1]: its place in its strip */
    uint32_t *n_notes; /* [n_strips] */
} Maker;

/* --- records ---------------------------------------------------------------------- */

static void add_words(QmSha256 *sha, Tag tag, const uint64_t *words, uint32_t n)
{
    const uint64_t head = (uint64_t)tag << 32 | n;
    qm_sha256_add(sha, &head, sizeof head);
    qm_sha256_add(sha, words, n * sizeof *words);
}

#define ADD(sha, tag, ...)                                                               \
    add_words(sha, tag, (const uint64_t[]){__VA_ARGS__},                                 \
              sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static uint64_t real(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static uint64_t whole(int64_t x) { return (uint64_t)x; }

static void add_reals(QmSha256 *sha, Tag tag, const double *values, uint32_t n)
{
    ADD(sha, tag, n);
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t bits = real(values[i]);
        qm_sha256_add(sha, &bits, sizeof bits);
    }
}

static void add_text(QmSha256 *sha, Tag tag, const char *text)
{
    const size_t length = text ? strlen(text) : 0;
    ADD(sha, tag, length);
    if (length)
        qm_sha256_add(sha, text, length);
}

static void add_digest(QmSha256 *sha, Tag tag, const uint8_t digest[QM_SHA256_BYTES])
{
    ADD(sha, tag, QM_SHA256_BYTES);
    qm_sha256_add(sha, digest, QM_SHA256_BYTES);
}

/* The hash so far; it may go on. */
static void add_hash(QmSha256 *sha, Tag tag, const QmSha256 *other)
{
    QmSha256 copy = *other;
    uint8_t digest[QM_SHA256_BYTES];
    qm_sha256_end(&copy, digest);
    add_digest(sha, tag, digest);
}

static QmSha256 *part_of(const Maker *maker, uint16_t strip, QmTapPoint point)
{
    return &maker->parts[strip * QM_POINT_COUNT + point];
}

static QmTapDigest *tap_of(const Maker *maker, uint16_t strip, QmTapPoint point)
{
    return &maker->taps[strip * QM_POINT_COUNT + point];
}

/* --- what a session says of a strip ------------------------------------------------- */

static void add_position(QmSha256 *sha, Tag tag, QmPosition at)
{
    ADD(sha, tag, at.kind, whole(at.bar), whole(at.beat), whole(at.sixteenth),
        real(at.value));
}

static void make_clock(Maker *maker)
{
    const QmSession *session = maker->session;
    qm_sha256_init(&maker->clock);
    for (uint32_t i = 0; i < session->n_tempo; i++) {
        const QmTempo *tempo = &session->tempo[i];
        add_position(&maker->clock, TEMPO, tempo->at);
        ADD(&maker->clock, TEMPO, real(tempo->bpm), tempo->ramp);
    }
    for (uint32_t i = 0; i < session->n_meter; i++) {
        const QmTimeSignature *meter = &session->meter[i];
        add_position(&maker->clock, METER, meter->at);
        ADD(&maker->clock, METER, whole(meter->beats), whole(meter->unit));
    }
}

static void add_input(Maker *maker, uint16_t s)
{
    const QmStrip *strip = &maker->session->strips[s];
    const QmGenDesc *generator = strip->input.generator;
    QmSha256 *sha = part_of(maker, s, QM_POINT_IN);
    ADD(sha, LATENCY, maker->graph->nodes[s].in_latency,
        qm_input_latency(maker->session, strip));
    add_text(sha, GENERATOR, generator ? generator->name : NULL);
    if (generator)
        add_reals(sha, GENERATOR, strip->input.params, generator->n_params);
    if (strip->share.on)
        add_reals(sha, SHARE, strip->share.params, QM_SHARE_PARAMS);
    tap_of(maker, s, QM_POINT_IN)->foreign = strip->input.plugin != NULL;
}

static void add_inserts(Maker *maker, uint16_t s)
{
    const QmStrip *strip = &maker->session->strips[s];
    QmSha256 *sha = part_of(maker, s, QM_POINT_PRE);
    bool timed = false;
    for (uint32_t i = 0; i < strip->n_inserts; i++) {
        const QmInsert *insert = &strip->inserts[i];
        if (insert->bypass)
            continue;
        const uint32_t n = qm_proc_n_params(insert->proc, insert->n_groups);
        add_text(sha, INSERT, insert->proc->name);
        ADD(sha, INSERT, insert->n_groups, insert->key != QM_NONE,
            qm_insert_spec(maker->session, strip, insert).seed);
        add_reals(sha, INSERT, insert->params, n);
        timed = timed || insert->proc->flags & QM_PROC_TIMED;
        if (insert->plugin)
            tap_of(maker, s, QM_POINT_PRE)->foreign = true;
    }
    ADD(sha, LATENCY, maker->graph->nodes[s].latency);
    if (timed)
        add_hash(sha, CLOCK, &maker->clock);
}

static void add_fader(Maker *maker, uint16_t s)
{
    const QmFader *fader = &maker->session->strips[s].fader;
    ADD(part_of(maker, s, QM_POINT_POST), FADER, real(fader->gain_db), real(fader->pan),
        real(fader->width), fader->pan_law, fader->pan_mode, fader->mute,
        maker->graph->nodes[s].audible);
}

static void add_modulator(Maker *maker, uint32_t index)
{
    const QmModulator *modulator = &maker->session->modulators[index];
    QmSha256 *sha = &maker->modulators[index];
    qm_sha256_init(sha);
    add_text(sha, MODULATOR, modulator->name); /* of what it draws */
    add_text(sha, MODULATOR, modulator->source->name);
    ADD(sha, MODULATOR, maker->session->seed, modulator->n_groups);
    add_reals(sha, MODULATOR, modulator->params,
              modulator->source->n_params + modulator->n_groups);
    add_hash(sha, CLOCK, &maker->clock);
}

/* --- what happens ------------------------------------------------------------------- */

/* Where a target is in its part of a strip. */
typedef struct Spot {
    uint16_t strip;
    QmTapPoint point;
    uint32_t index; /* of the active inserts; of the feeds */
    bool acts;      /* false: nowhere */
} Spot;

static Spot spot_of_insert(const Maker *maker, QmTarget target)
{
    const QmStrip *strip = &maker->session->strips[target.strip];
    const uint32_t insert = (uint32_t)(target.slot - QM_SLOT_INSERT);
    Spot spot = {target.strip, QM_POINT_PRE, 0, !strip->inserts[insert].bypass};
    for (uint32_t i = 0; i < insert; i++)
        spot.index += !strip->inserts[i].bypass;
    return spot;
}

static Spot spot_of_send(const Maker *maker, QmTarget target)
{
    const uint16_t to = qm_target_acts_in(maker->session, target);
    const QmNode *node = &maker->graph->nodes[to];
    Spot spot = {to, QM_POINT_IN, 0, true};
    for (uint32_t e = 0; e < node->n_edges; e++) {
        const QmEdge *edge = &maker->graph->edges[node->first_edge + e];
        if (edge->kind == QM_EDGE_SEND && edge->from == target.strip &&
            edge->index == target.slot - QM_SLOT_SEND)
            spot.index = e;
    }
    return spot;
}

static Spot spot_of(const Maker *maker, QmTarget target)
{
    if (target.slot >= QM_SLOT_SEND)
        return spot_of_send(maker, target);
    if (target.slot >= QM_SLOT_INSERT)
        return spot_of_insert(maker, target);
    return (Spot){target.strip,
                  target.slot == QM_SLOT_FADER ? QM_POINT_POST : QM_POINT_IN, 0, true};
}

static void add_move(QmSha256 *sha, const QmEvent *event, uint64_t where, uint64_t index)
{
    ADD(sha, PARAM, where, index, event->param.target.param, whole(event->frame),
        event->param.curve, whole(event->param.frames), real(event->param.from),
        real(event->param.to));
}

/* A modulator's own number, or one of a route, which matters where it leads. */
static void add_modulator_move(Maker *maker, const QmEvent *event)
{
    const QmTarget target = event->param.target;
    const QmModulator *modulator = &maker->session->modulators[target.strip];
    if (target.slot < QM_SLOT_ROUTE) {
        add_move(&maker->modulators[target.strip], event, MODULATOR, 0);
        return;
    }
    const uint32_t route = (uint32_t)(target.slot - QM_SLOT_ROUTE);
    const Spot spot = spot_of(maker, modulator->routes[route].target);
    QmSha256 *sha = part_of(maker, spot.strip, spot.point);
    if (!spot.acts)
        return;
    add_text(sha, ROUTE, modulator->name);
    add_move(sha, event, ROUTE, route);
}

static void add_strip_move(Maker *maker, const QmEvent *event)
{
    const QmTarget target = event->param.target;
    const Spot spot = spot_of(maker, target);
    if (spot.acts)
        add_move(part_of(maker, spot.strip, spot.point), event, PARAM, spot.index);
}

static void add_trigger(Maker *maker, const QmEvent *event)
{
    const QmTrigger *play = &event->trigger.play;
    const uint16_t sound = event->trigger.sound;
    QmSha256 *sha = part_of(maker, event->strip, QM_POINT_IN);
    maker->note_of[play->note] = maker->n_notes[event->strip]++;
    ADD(sha, TRIGGER, whole(event->frame), whole(play->from), whole(play->frames),
        whole(play->fade_in), whole(play->fade_out), real(play->gain), real(play->pitch),
        play->accent);
    ADD(&maker->notes[event->strip], NOTE, whole(event->frame),
        whole(event->trigger.held));
    if (sound == QM_NONE)
        return;
    const QmSound *what = &maker->session->sounds[sound];
    add_text(sha, TRIGGER, maker->input->hashes[sound]);
    ADD(sha, TRIGGER, what->first_channel, what->second_channel,
        whole(maker->input->assets[sound].frames));
}

static void add_events(Maker *maker)
{
    const QmTimeline *timeline = maker->input->timeline;
    for (size_t i = 0; i < timeline->n_events; i++) {
        const QmEvent *event = &timeline->events[i];
        if (event->rank == QM_RANK_TRIGGER)
            add_trigger(maker, event);
        else if (event->rank == QM_RANK_RELEASE)
            ADD(part_of(maker, event->strip, QM_POINT_IN), RELEASE, whole(event->frame),
                maker->note_of[event->trigger.play.note]);
        else if (event->strip == QM_NONE)
            add_modulator_move(maker, event);
        else
            add_strip_move(maker, event);
    }
}

/* --- what comes from other strips --------------------------------------------------- */

static void add_tap(const Maker *maker, uint16_t s, QmTapPoint point, Tag tag,
                    uint16_t from, QmTapPoint from_point)
{
    const QmTapDigest *tap = tap_of(maker, from, from_point);
    add_digest(part_of(maker, s, point), tag, tap->bytes);
    if (tap->foreign)
        tap_of(maker, s, point)->foreign = true;
}

static void add_feeds(const Maker *maker, uint16_t s)
{
    const QmNode *node = &maker->graph->nodes[s];
    QmSha256 *sha = part_of(maker, s, QM_POINT_IN);
    for (uint32_t e = 0; e < node->n_edges; e++) {
        const QmEdge *edge = &maker->graph->edges[node->first_edge + e];
        const QmStrip *from = &maker->session->strips[edge->from];
        if (!qm_edge_feeds(edge))
            continue;
        ADD(sha, FEED, edge->kind, edge->delay);
        if (edge->kind == QM_EDGE_SEND)
            ADD(sha, FEED, real(from->sends[edge->index].level_db));
        if (maker->session->strips[s].share.on)
            ADD(sha, SHARE, real(from->weight_db));
        add_tap(maker, s, QM_POINT_IN, FEED, edge->from, edge->point);
    }
}

static void add_keys(const Maker *maker, uint16_t s)
{
    const QmNode *node = &maker->graph->nodes[s];
    for (uint32_t e = 0; e < node->n_edges; e++) {
        const QmEdge *edge = &maker->graph->edges[node->first_edge + e];
        if (edge->kind != QM_EDGE_KEY)
            continue;
        const Spot spot =
            spot_of_insert(maker,
                           (QmTarget){.strip = s,
                                      .slot = (uint16_t)(QM_SLOT_INSERT + edge->index)});
        ADD(part_of(maker, s, QM_POINT_PRE), KEY, spot.index, edge->delay);
        add_tap(maker, s, QM_POINT_PRE, KEY, edge->from, edge->point);
    }
}

static void add_route(const Maker *maker, Spot spot, const QmModulator *modulator,
                      const QmRoute *route)
{
    QmSha256 *sha = part_of(maker, spot.strip, spot.point);
    add_hash(sha, ROUTE, &maker->modulators[modulator - maker->session->modulators]);
    ADD(sha, ROUTE, (uint64_t)(route - modulator->routes), route->target.slot, spot.index,
        route->target.param, route->sets, route->curve);
    add_reals(sha, ROUTE, route->params, QM_ROUTE_PARAMS);
    if (modulator->source->flags & QM_MOD_GATED)
        add_hash(sha, NOTE, &maker->notes[modulator->strip]);
    if (!(modulator->source->flags & QM_MOD_LISTENS))
        return;
    const QmTapPoint point = qm_modulator_point(modulator);
    ADD(sha, HEARD,
        maker->graph->nodes[spot.strip].in_latency +
            (uint64_t)qm_target_behind(maker->session, route->target) -
            qm_point_latency(maker->graph, modulator->strip, point));
    add_tap(maker, spot.strip, spot.point, HEARD, modulator->strip, point);
}

/* The routes that lead to one part of a strip, in session order. */
static void add_routes(const Maker *maker, uint16_t s, QmTapPoint point)
{
    for (uint32_t i = 0; i < maker->session->n_modulators; i++) {
        const QmModulator *modulator = &maker->session->modulators[i];
        for (uint32_t k = 0; k < modulator->n_routes; k++) {
            const Spot spot = spot_of(maker, modulator->routes[k].target);
            if (spot.acts && spot.strip == s && spot.point == point)
                add_route(maker, spot, modulator, &modulator->routes[k]);
        }
    }
}

static void finish_strip(const Maker *maker, uint16_t s)
{
    add_feeds(maker, s);
    add_keys(maker, s);
    for (QmTapPoint p = QM_POINT_IN; p < QM_POINT_COUNT; p++) {
        add_routes(maker, s, p);
        if (p > QM_POINT_IN)
            add_tap(maker, s, p, BEFORE, s, p - 1);
        qm_sha256_end(part_of(maker, s, p), tap_of(maker, s, p)->bytes);
    }
}

/* --- the whole -------------------------------------------------------------------- */

static bool make_room(Maker *maker, QmArena *scratch)
{
    const QmTimeline *timeline = maker->input->timeline;
    const uint32_t n = maker->session->n_strips;
    uint32_t last = 0; /* note */
    for (size_t i = 0; i < timeline->n_events; i++)
        if (timeline->events[i].rank != QM_RANK_PARAM &&
            timeline->events[i].trigger.play.note > last)
            last = timeline->events[i].trigger.play.note;
    maker->parts = QM_NEW_ARRAY(scratch, QmSha256, n * QM_POINT_COUNT);
    maker->notes = QM_NEW_ARRAY(scratch, QmSha256, n);
    maker->n_notes = QM_NEW_ARRAY(scratch, uint32_t, n);
    maker->note_of = QM_NEW_ARRAY(scratch, uint32_t, (size_t)last + 1);
    maker->modulators = QM_NEW_ARRAY(scratch, QmSha256, maker->session->n_modulators);
    return maker->parts && maker->notes && maker->n_notes && maker->note_of &&
           maker->modulators;
}

static void begin_strip(Maker *maker, uint16_t s)
{
    qm_sha256_init(&maker->notes[s]);
    for (QmTapPoint p = QM_POINT_IN; p < QM_POINT_COUNT; p++) {
        QmSha256 *sha = part_of(maker, s, p);
        qm_sha256_init(sha);
        ADD(sha, HEAD, FORMAT, maker->session->rate, p);
        add_text(sha, HEAD, maker->input->version);
    }
    add_input(maker, s);
    add_inserts(maker, s);
    add_fader(maker, s);
}

static void make_all(Maker *maker)
{
    const uint32_t n = maker->session->n_strips;
    make_clock(maker);
    for (uint32_t i = 0; i < maker->session->n_modulators; i++)
        add_modulator(maker, i);
    for (uint16_t s = 0; s < n; s++)
        begin_strip(maker, s);
    add_events(maker);
    for (uint32_t wave = 0; wave < maker->graph->n_waves; wave++)
        for (uint16_t s = 0; s < n; s++)
            if (maker->graph->nodes[s].wave == wave)
                finish_strip(maker, s);
}

QmStatus qm_digest_taps(const QmDigestInput *input, QmArena *arena, QmDiag *diag,
                        QmTapDigest **taps)
{
    Maker maker = {.input = input,
                   .graph = input->graph,
                   .session = input->graph->session};
    maker.taps = QM_NEW_ARRAY(arena, QmTapDigest,
                              (size_t)maker.session->n_strips * QM_POINT_COUNT);
    QmArena scratch;
    qm_arena_init(&scratch);
    scratch.fail_at = arena->fail_at > arena->calls ? arena->fail_at - arena->calls : 0;
    const bool ok = maker.taps && make_room(&maker, &scratch);
    if (ok)
        make_all(&maker);
    qm_arena_release(&scratch);
    if (!ok)
        return qm_fail_memory(diag);
    *taps = maker.taps;
    return QM_OK;
}
