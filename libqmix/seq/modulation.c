/* The timeline's events of one number of a modulator are a lane; the number at a frame is
 * what the last of them before it says. A swing that is not synced to the tempo has made
 *
 *   cycles(f) = integral of rate from 0 to f        in closed form, event by event
 *
 * with the sum up to each event kept in the lane. The notes of a strip are gates; the
 * value with which each begins follows from the one before, so it is computed once. */
#include "seq/modulation.h"

#include "base/hash.h"
#include "base/rand.h"
#include "base/sort.h"

typedef struct Lane {
    uint16_t slot, param;
    const QmEvent *const *events; /* in time order */
    uint32_t n_events;
    double *sums; /* [n_events] of value * frames before each; only of a rate */
} Lane;

typedef struct Gates {
    const QmEvent **notes; /* triggers of a strip, in time order */
    uint32_t n_notes;
} Gates;

typedef struct Source {
    const QmModulator *modulator;
    uint64_t key;
    int rate; /* the param that swings; -1: none */
    Lane *lanes;
    uint32_t n_lanes;
    Gates gates;
    double *starts; /* [gates.n_notes] the value when each begins */
} Source;

struct QmModulation {
    const QmSession *session;
    const QmClock *clock;
    Source *sources; /* [n_modulators] */
};

/* --- numbers ------------------------------------------------------------------------ */

static const Lane *find_lane(const Source *source, uint32_t slot, uint32_t param)
{
    for (uint32_t i = 0; i < source->n_lanes; i++) {
        if (source->lanes[i].slot == slot && source->lanes[i].param == param) {
            return &source->lanes[i];
        }
    }
    return NULL;
}

/* How many of the events begin at or before `frame`. */
static uint32_t begun(const QmEvent *const *events, uint32_t n, int64_t frame)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (events[middle]->frame <= frame) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static double lane_value(const Lane *lane, int64_t frame, double otherwise)
{
    const uint32_t n = begun(lane->events, lane->n_events, frame);
    return n ? qm_event_value(lane->events[n - 1], frame) : otherwise;
}

/* The numbers of a source at `frame`; `room` is for those that move. */
static const double *numbers(const Source *source, int64_t frame, double *room)
{
    const QmModulator *modulator = source->modulator;
    const uint32_t n = modulator->source->n_params + modulator->n_groups;
    if (source->n_lanes == 0) {
        return modulator->params;
    }
    for (uint32_t i = 0; i < n; i++) {
        room[i] = modulator->params[i];
    }
    for (uint32_t i = 0; i < source->n_lanes; i++) {
        const Lane *lane = &source->lanes[i];
        if (lane->slot == QM_SLOT_SOURCE) {
            const QmParam *row = qm_mod_param(modulator->source, lane->param);
            room[lane->param] =
                qm_param_clamp(row, lane_value(lane, frame, room[lane->param]));
        }
    }
    return room;
}

static double cycles(const QmModulation *modulation, const Source *source, int64_t frame)
{
    const double rate_hz = modulation->session->rate;
    if (source->rate < 0) {
        return 0.0;
    }
    const double rate = source->modulator->params[source->rate];
    const Lane *lane = find_lane(source, QM_SLOT_SOURCE, (uint32_t)source->rate);
    const uint32_t n = lane ? begun(lane->events, lane->n_events, frame) : 0;
    if (n == 0) {
        return (double)frame * rate / rate_hz;
    }
    return (lane->sums[n - 1] + qm_event_integral(lane->events[n - 1], frame)) / rate_hz;
}

/* --- values ------------------------------------------------------------------------- */

/* What a gated source says at `frame`, in or behind note `i`; i < 0: before the first. */
static QmModValue gated(const Source *source, double rate_hz, int64_t i, int64_t frame)
{
    const QmModulator *modulator = source->modulator;
    if (i < 0) {
        const QmModCall none = {.params = modulator->params,
                                .rate_hz = rate_hz,
                                .held = -1};
        return modulator->source->value(&none);
    }
    double room[QM_MAX_PARAMS];
    const QmEvent *note = source->gates.notes[i];
    const QmModCall call = {.params = numbers(source, note->frame, room),
                            .rate_hz = rate_hz,
                            .held = (double)(frame - note->frame),
                            .gate = (double)note->trigger.held,
                            .start = source->starts[i]};
    return modulator->source->value(&call);
}

QmModValue qm_modulation_value(const QmModulation *modulation, uint32_t modulator,
                               int64_t frame, double heard)
{
    const Source *source = &modulation->sources[modulator];
    const QmModDesc *desc = source->modulator->source;
    const double rate_hz = modulation->session->rate;
    if (desc->flags & QM_MOD_GATED) {
        const Gates *gates = &source->gates;
        const uint32_t n = begun(gates->notes, gates->n_notes, frame);
        return gated(source, rate_hz, (int64_t)n - 1, frame);
    }
    double room[QM_MAX_PARAMS], bpm;
    const uint64_t beat = qm_clock_beat(modulation->clock, frame, &bpm);
    const QmModCall call = {.params = numbers(source, frame, room),
                            .n_groups = source->modulator->n_groups,
                            .rate_hz = rate_hz,
                            .beats = (double)(int64_t)beat * 0x1p-32,
                            .beat_frames = 60.0 * rate_hz / bpm,
                            .cycles = cycles(modulation, source, frame),
                            .key = source->key,
                            .start = heard};
    return desc->value(&call);
}

double qm_modulation_hear(const QmModulation *modulation, uint32_t modulator,
                          int64_t frame, double heard, const float *left,
                          const float *right, uint32_t n)
{
    double room[QM_MAX_PARAMS];
    const Source *source = &modulation->sources[modulator];
    return source->modulator->source->follow(numbers(source, frame, room),
                                             modulation->session->rate, heard, left,
                                             right, n);
}

/* --- routes ------------------------------------------------------------------------- */

static double route_number(const Source *source, uint32_t route, uint32_t param,
                           int64_t frame)
{
    const QmRoute *r = &source->modulator->routes[route];
    const Lane *lane = find_lane(source, QM_SLOT_ROUTE + route, param);
    return lane ? lane_value(lane, frame, r->params[param]) : r->params[param];
}

void qm_modulation_add(const QmModulation *modulation, uint32_t modulator, uint32_t route,
                       int64_t frame, QmModValue said, QmMove *move)
{
    const Source *source = &modulation->sources[modulator];
    const QmRoute *r = &source->modulator->routes[route];
    if (!r->sets) {
        move->amount += route_number(source, route, QM_ROUTE_AMOUNT, frame) * said.swing;
        return;
    }
    const bool level = r->rows[QM_ROUTE_FROM].unit == QM_UNIT_DB;
    const double from = route_number(source, route, QM_ROUTE_FROM, frame);
    const double to = route_number(source, route, QM_ROUTE_TO, frame);
    move->value =
        qm_curve_value(level ? QM_CURVE_LINEAR : r->curve, from, to, said.share);
}

/* --- making ------------------------------------------------------------------------- */

static int compare_events(const void *a, const void *b)
{
    const QmEvent *x = *(const QmEvent *const *)a, *y = *(const QmEvent *const *)b;
    const QmTarget p = x->param.target, q = y->param.target;
    if (p.strip != q.strip) {
        return p.strip < q.strip ? -1 : 1;
    }
    if (p.slot != q.slot) {
        return p.slot < q.slot ? -1 : 1;
    }
    if (p.param != q.param) {
        return p.param < q.param ? -1 : 1;
    }
    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static bool same_number(const QmEvent *a, const QmEvent *b)
{
    const QmTarget p = a->param.target, q = b->param.target;
    return p.strip == q.strip && p.slot == q.slot && p.param == q.param;
}

/* The sums in front of the events of a rate. */
static bool sum_lane(Lane *lane, double otherwise, QmArena *arena)
{
    lane->sums = QM_NEW_ARRAY(arena, double, lane->n_events);
    if (!lane->sums) {
        return false;
    }
    lane->sums[0] = otherwise * (double)lane->events[0]->frame;
    for (uint32_t i = 1; i < lane->n_events; i++) {
        lane->sums[i] = lane->sums[i - 1] +
                        qm_event_integral(lane->events[i - 1], lane->events[i]->frame);
    }
    return true;
}

/* `events` are sorted by what they move; each run of equals becomes a lane. */
static bool cut_lanes(QmModulation *modulation, const QmEvent *const *events, size_t n,
                      QmArena *arena)
{
    Lane *lanes = QM_NEW_ARRAY(arena, Lane, n);
    if (!lanes) {
        return false;
    }
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && same_number(events[i], events[next]);) {
            next++;
        }
        const QmTarget target = events[i]->param.target;
        Source *source = &modulation->sources[target.strip];
        if (source->n_lanes++ == 0) {
            source->lanes = lanes;
        }
        *lanes = (Lane){.slot = target.slot,
                        .param = target.param,
                        .events = events + i,
                        .n_events = (uint32_t)(next - i)};
        const bool rate =
            target.slot == QM_SLOT_SOURCE && (int)target.param == source->rate;
        if (rate && !sum_lane(lanes, source->modulator->params[source->rate], arena)) {
            return false;
        }
        lanes++;
    }
    return true;
}

static bool collect_lanes(QmModulation *modulation, const QmTimeline *timeline,
                          QmArena *arena)
{
    size_t n = 0;
    for (size_t i = 0; i < timeline->n_events; i++) {
        n += timeline->events[i].strip == QM_NONE;
    }
    const QmEvent **events = QM_NEW_ARRAY(arena, const QmEvent *, n);
    if (!events) {
        return false;
    }
    size_t at = 0;
    for (size_t i = 0; i < timeline->n_events; i++) {
        if (timeline->events[i].strip == QM_NONE) {
            events[at++] = &timeline->events[i];
        }
    }
    return qm_sort(events, n, sizeof *events, compare_events, arena) == QM_OK &&
           cut_lanes(modulation, events, n, arena);
}

static bool is_note(const QmEvent *event, uint16_t strip)
{
    return event->rank == QM_RANK_TRIGGER && event->strip == strip;
}

static bool collect_notes(const QmTimeline *timeline, uint16_t strip, Gates *gates,
                          QmArena *arena)
{
    for (size_t i = 0; i < timeline->n_events; i++) {
        gates->n_notes += is_note(&timeline->events[i], strip);
    }
    gates->notes = QM_NEW_ARRAY(arena, const QmEvent *, gates->n_notes);
    uint32_t at = 0;
    for (size_t i = 0; gates->notes && i < timeline->n_events; i++) {
        if (is_note(&timeline->events[i], strip)) {
            gates->notes[at++] = &timeline->events[i];
        }
    }
    return gates->notes;
}

/* Modulators of one strip share its notes. */
static bool make_gates(QmModulation *modulation, const QmTimeline *timeline,
                       uint32_t index, QmArena *arena)
{
    Source *source = &modulation->sources[index];
    const uint16_t strip = source->modulator->strip;
    if (!(source->modulator->source->flags & QM_MOD_GATED)) {
        return true;
    }
    for (uint32_t i = 0; i < index && !source->gates.notes; i++) {
        const Source *other = &modulation->sources[i];
        if (other->gates.notes && other->modulator->strip == strip) {
            source->gates = other->gates;
        }
    }
    if (!source->gates.notes && !collect_notes(timeline, strip, &source->gates, arena)) {
        return false;
    }
    const double rate_hz = modulation->session->rate;
    source->starts = QM_NEW_ARRAY(arena, double, source->gates.n_notes);
    for (uint32_t i = 0; source->starts && i < source->gates.n_notes; i++) {
        const int64_t frame = source->gates.notes[i]->frame;
        source->starts[i] = gated(source, rate_hz, (int64_t)i - 1, frame).share;
    }
    return source->starts;
}

QmStatus qm_modulation_new(const QmSession *session, const QmClock *clock,
                           const QmTimeline *timeline, QmArena *arena, QmDiag *diag,
                           QmModulation **modulation)
{
    QmModulation *made = QM_NEW(arena, QmModulation);
    const uint32_t n = session->n_modulators;
    Source *sources = QM_NEW_ARRAY(arena, Source, n);
    if (!made || !sources) {
        return qm_fail_memory(diag);
    }
    *made = (QmModulation){session, clock, sources};
    for (uint32_t i = 0; i < n; i++) {
        const QmModulator *modulator = &session->modulators[i];
        const uint64_t names = qm_rand_key(qm_hash64_string(modulator->name),
                                           qm_hash64_string(modulator->source->name));
        sources[i] = (Source){.modulator = modulator,
                              .key = qm_rand_key(session->seed, names),
                              .rate = qm_mod_find_param(modulator->source, "rate")};
    }
    bool ok = n == 0 || collect_lanes(made, timeline, arena);
    for (uint32_t i = 0; ok && i < n; i++) {
        ok = make_gates(made, timeline, i, arena);
    }
    if (!ok) {
        return qm_fail_memory(diag);
    }
    *modulation = made;
    return QM_OK;
}
