/* One op over one quantum:
 *
 *   grid line: every moving param steps towards where it will be at the next one
 *   for each segment between events:
 *       the events of this frame
 *       input: generators, the ordered sum of the feeds,
 *              or what was kept of a frozen strip           -> rows (one lane a channel)
 *       slots: the chain, in place
 *       fader: rows -> post tap
 *
 * Engine time runs ahead of the song by the latencies; an op knows only engine frames,
 * and its agenda was shifted to them. A locate to song frame F starts the engine at frame
 * F with every state at rest. */
#include "graph/exec.h"

#include "graph/op.h"
#include "proc/list.h"

struct QmExec {
    const QmPlan *plan;
    const QmKernels *kernels;
    Op *ops;
};

static const QmKernels *kernels_for(QmIsa isa)
{
#if QM_HAVE_AVX2
    if (qm_isa_resolve(isa) == QM_ISA_AVX2)
        return &qm_kernels_avx2;
#endif
    (void)isa;
    return &qm_kernels_base;
}

/* --- making ----------------------------------------------------------------------- */

static bool make_slot(const QmPlan *plan, const QmPlanOp *op, const QmPlanSlot *planned,
                      Slot *slot, QmArena *arena)
{
    const QmProcDesc *proc = planned->proc;
    slot->plan = planned;
    for (uint32_t m = 0; m < op->n_members; m++) {
        slot->spec[m] =
            qm_insert_spec(plan->session, &plan->session->strips[op->strip[m]],
                           planned->insert[m]);
        slot->params[m] = QM_NEW_ARRAY(arena, double, planned->n_params);
        const size_t size = qm_proc_state_size(proc, &slot->spec[m]);
        if (!proc->process || m == 0) {
            slot->state[m] = qm_arena_alloc(arena, 1, size + 64);
            slot->state_size[m] = size;
        }
        if (!slot->params[m] || (!slot->state[m] && (!proc->process || m == 0)))
            return false;
    }
    return qm_ramp_init(&slot->ramp, planned->n_coeffs, proc->process != NULL, arena);
}

static bool make_feeds(const QmPlan *plan, uint16_t strip, Input *input, QmArena *arena)
{
    const QmNode *node = &plan->graph->nodes[strip];
    input->feeds = QM_NEW_ARRAY(arena, Feed, node->n_edges);
    input->sums = QM_NEW_ARRAY(arena, QmFeed, node->n_edges);
    if (!input->feeds || !input->sums)
        return false;
    for (uint32_t e = 0; e < node->n_edges; e++) {
        const QmEdge *edge = &plan->graph->edges[node->first_edge + e];
        if (qm_edge_feeds(edge))
            input->feeds[input->n_feeds++].edge = edge;
    }
    return true;
}

static bool make_voices(const QmPlan *plan, uint16_t strip, Input *input, QmArena *arena)
{
    const QmShare *share = &plan->session->strips[strip].share;
    if (!share->on)
        return true;
    qm_gain_share_set(&input->share, share->params[QM_SHARE_ATTACK],
                      share->params[QM_SHARE_RELEASE], share->params[QM_SHARE_FLOOR],
                      (double)plan->session->rate / QM_QUANTUM);
    input->voices = QM_NEW_ARRAY(arena, QmGainShareVoice, input->n_feeds);
    for (uint32_t f = 0; input->voices && f < input->n_feeds; f++) {
        const uint16_t from = input->feeds[f].edge->from;
        const double weight_db = plan->session->strips[from].weight_db;
        input->voices[f].weight = qm_db_to_gain(2 * weight_db);
    }
    return input->voices;
}

static bool make_input(const QmPlan *plan, uint16_t strip, Input *input, QmArena *arena)
{
    const QmFrozen *frozen = plan->frozen[strip];
    if (frozen) {
        input->frozen = &frozen->asset;
        return true;
    }
    const QmStrip *owner = &plan->session->strips[strip];
    const QmInput *source = &owner->input;
    input->late = (int64_t)plan->graph->nodes[strip].in_latency -
                  qm_input_latency(plan->session, owner);
    input->generator = source->generator;
    if (!source->generator)
        return make_feeds(plan, strip, input, arena) &&
               make_voices(plan, strip, input, arena);
    input->params = QM_NEW_ARRAY(arena, double, source->generator->n_params);
    input->spec = qm_input_spec(plan->session, owner);
    input->state_size = source->generator->state_size;
    input->state = qm_arena_alloc(arena, 1, input->state_size + 64);
    return input->params && input->state;
}

static uint32_t ring_size(uint32_t need)
{
    uint32_t size = QM_QUANTUM;
    while (size < need)
        size *= 2;
    return size;
}

static bool make_taps(Op *op, uint32_t window, QmArena *arena)
{
    op->ring = ring_size(window + op->plan->history + QM_QUANTUM);
    for (int point = 0; point < QM_POINT_COUNT; point++) {
        if (!op->plan->keeps[point])
            continue;
        op->tap[point] = QM_NEW_ARRAY(arena, QmVec, op->ring);
        if (!op->tap[point])
            return false;
    }
    return true;
}

static bool make_moved(const QmPlanOp *planned, Op *op, QmArena *arena)
{
    op->moved = QM_NEW_ARRAY(arena, Moved, planned->n_moved);
    for (uint32_t i = 0; op->moved && i < planned->n_moved; i++) {
        op->moved[i].plan = &planned->moved[i];
        op->moved[i].heard = QM_NEW_ARRAY(arena, double, planned->moved[i].n_routes);
        if (!op->moved[i].heard)
            return false;
    }
    return op->moved;
}

static bool make_op(const QmPlan *plan, const QmPlanOp *planned, uint32_t window, Op *op,
                    QmArena *arena)
{
    op->plan = planned;
    op->slots = QM_NEW_ARRAY(arena, Slot, planned->n_slots);
    size_t n_moves = 0;
    for (size_t i = 0; i < planned->n_agenda; i++)
        n_moves += planned->agenda[i].kind < QM_AGENDA_TRIGGER;
    op->moves = QM_NEW_ARRAY(arena, const QmAgendaItem *, n_moves);
    if (!op->slots || !op->moves)
        return false;
    for (uint32_t k = 0; k < planned->n_slots; k++)
        if (!make_slot(plan, planned, &planned->slots[k], &op->slots[k], arena))
            return false;
    for (uint32_t m = 0; m < planned->n_members; m++)
        if (!make_input(plan, planned->strip[m], &op->input[m], arena))
            return false;
    return qm_ramp_init(&op->fader, QM_FADER_COEFFS, true, arena) &&
           make_moved(planned, op, arena) && make_taps(op, window, arena);
}

QmStatus qm_exec_new(const QmPlan *plan, uint32_t window, QmArena *arena, QmDiag *diag,
                     QmExec **exec)
{
    QmExec *made = QM_NEW(arena, QmExec);
    if (!made)
        return qm_fail_memory(diag);
    made->plan = plan;
    made->kernels = kernels_for(plan->isa);
    made->ops = QM_NEW_ARRAY(arena, Op, plan->n_ops);
    if (!made->ops)
        return qm_fail_memory(diag);
    for (uint32_t o = 0; o < plan->n_ops; o++)
        if (!make_op(plan, &plan->ops[o], window, &made->ops[o], arena))
            return qm_fail_memory(diag);
    qm_exec_locate(made, 0);
    *exec = made;
    return QM_OK;
}

/* --- locating --------------------------------------------------------------------- */

static void reset_slot(const QmPlanOp *op, Slot *slot)
{
    for (uint32_t m = 0; m < op->n_members; m++) {
        if (!slot->state[m])
            continue;
        memset(slot->state[m], 0, slot->state_size[m]);
        if (slot->plan->proc->reset)
            slot->plan->proc->reset(&slot->spec[m], slot->state[m]);
    }
}

static void reset_op(Op *op)
{
    for (uint32_t k = 0; k < op->plan->n_slots; k++)
        reset_slot(op->plan, &op->slots[k]);
    for (uint32_t m = 0; m < op->plan->n_members; m++) {
        Input *input = &op->input[m];
        if (!input->generator)
            continue;
        memset(input->state, 0, input->state_size);
        if (input->generator->reset)
            input->generator->reset(&input->spec, input->state);
    }
    op->peak = qm_vec(0.0f);
    memset(op->power, 0, sizeof op->power);
    op->metered = 0;
    for (int point = 0; point < QM_POINT_COUNT; point++)
        if (op->tap[point])
            memset(op->tap[point], 0, op->ring * sizeof(QmVec));
}

void qm_exec_locate(QmExec *exec, int64_t song_frame)
{
    for (uint32_t o = 0; o < exec->plan->n_ops; o++) {
        Op *op = &exec->ops[o];
        reset_op(op);
        qm_op_reset_params(exec->plan, op);
        if (song_frame > 0)
            qm_op_chase(exec->plan, op, song_frame);
    }
}

/* --- input ------------------------------------------------------------------------ */

static const float *tap_of(const QmExec *exec, uint16_t strip, QmTapPoint point,
                           int64_t frame)
{
    const Op *op = &exec->ops[exec->plan->op_of[strip]];
    const QmVec *row = op->tap[point] + qm_op_row(op, frame);
    return (const float *)row + 2 * exec->plan->member_of[strip];
}

/* Rows from `frame` on before the ring wraps, at most n. */
static uint32_t contiguous(const QmExec *exec, uint16_t strip, int64_t frame, uint32_t n)
{
    const Op *op = &exec->ops[exec->plan->op_of[strip]];
    const uint32_t rows = op->ring - qm_op_row(op, frame);
    return rows < n ? rows : n;
}

/* A tap as planar pairs. */
static void read_tap(const QmExec *exec, uint16_t strip, QmTapPoint point, int64_t frame,
                     uint32_t n, float *left, float *right)
{
    for (uint32_t done = 0, span; done < n; done += span) {
        span = contiguous(exec, strip, frame + done, n - done);
        const float *pair = tap_of(exec, strip, point, frame + done);
        for (uint32_t i = 0; i < span; i++, pair += QM_LANES) {
            left[done + i] = pair[0];
            right[done + i] = pair[1];
        }
    }
}

/* The side-chain signals of a keyed slot. */
static void read_key(const QmExec *exec, const QmEdge *edge, int64_t frame, uint32_t n,
                     float *left, float *right)
{
    read_tap(exec, edge->from, edge->point, frame - edge->delay, n, left, right);
}

/* Modulators that listen hear what lies in front of the grid line at `frame`. */
static void hear(const QmExec *exec, Op *op, int64_t frame)
{
    const QmModulation *modulation = exec->plan->modulation;
    for (uint32_t i = 0; i < op->plan->n_moved; i++) {
        const QmPlanMoved *moved = op->moved[i].plan;
        double *heard = op->moved[i].heard;
        for (uint32_t r = 0; r < moved->n_routes; r++) {
            const QmPlanRoute *route = &moved->routes[r];
            float left[QM_QUANTUM], right[QM_QUANTUM];
            if (route->strip == QM_NONE)
                continue;
            read_tap(exec, route->strip, route->point, frame - QM_QUANTUM - route->delay,
                     QM_QUANTUM, left, right);
            heard[r] =
                qm_modulation_hear(modulation, route->modulator, frame - moved->at.shift,
                                   heard[r], left, right, QM_QUANTUM);
        }
    }
}

/* Fills `pairs`, or finds the pairs elsewhere; gives where they are. */
static const float *generate(Input *input, uint32_t reader, int64_t frame, uint32_t n,
                             float *pairs)
{
    const int64_t song = frame - input->late;
    if (song < 0) { /* a key's latency holds this source back: its song has not begun */
        const uint32_t silent = -song < n ? (uint32_t)-song : n;
        memset(pairs, 0, silent * 2 * sizeof(float));
        if (silent < n) {
            float *rest = pairs + 2 * silent;
            const float *found =
                generate(input, reader, frame + silent, n - silent, rest);
            if (found != rest)
                memcpy(rest, found, (n - silent) * 2 * sizeof(float));
        }
        return pairs;
    }
    const QmGenCall call = {.spec = &input->spec,
                            .params = input->params,
                            .state = input->state,
                            .reader = reader,
                            .frame = song,
                            .n = n,
                            .out = pairs};
    const float *found = input->generator->view ? input->generator->view(&call) : NULL;
    if (!found)
        input->generator->generate(&call);
    return found ? found : pairs;
}

/* Readies the feeds for a sum from `frame` on; frames, at most n, until any of them wraps
 * or arrives. */
static uint32_t aim_sums(const QmExec *exec, Input *input, int64_t frame, uint32_t n)
{
    for (uint32_t f = 0; f < input->n_feeds; f++) {
        const Feed *feed = &input->feeds[f];
        const QmEdge *edge = feed->edge;
        const int64_t at = frame - edge->delay;
        n = contiguous(exec, edge->from, at, n);
        if (feed->left && feed->left < n)
            n = feed->left;
        input->sums[f] = (QmFeed){.rows = tap_of(exec, edge->from, edge->point, at),
                                  .gain = feed->gain,
                                  .step = feed->step};
    }
    return n;
}

static void feed_passed(Feed *feed, float gain, uint32_t n)
{
    if (!feed->left)
        return;
    feed->gain = gain;
    feed->left -= n;
    if (!feed->left) {
        feed->gain = feed->target;
        feed->step = 0.0f;
    }
}

static void sum_feeds(const QmExec *exec, Input *input, int64_t frame, uint32_t n,
                      float *pairs)
{
    double sums[2 * QM_QUANTUM];
    memset(sums, 0, (size_t)n * 2 * sizeof *sums);
    for (uint32_t done = 0, span; done < n; done += span) {
        span = aim_sums(exec, input, frame + done, n - done);
        for (uint32_t f = 0; input->voices && f < input->n_feeds; f++)
            qm_gain_share_listen(&input->voices[f], input->sums[f].rows, QM_LANES, span);
        exec->kernels->sum(input->sums, input->n_feeds, span, sums + 2 * done);
        for (uint32_t f = 0; f < input->n_feeds; f++)
            feed_passed(&input->feeds[f], input->sums[f].gain, span);
    }
    exec->kernels->round(sums, n, pairs);
}

/* As `generate`, from what was kept. */
static const float *thaw(const Input *input, uint32_t reader, int64_t frame, uint32_t n,
                         float *pairs)
{
    const float *found = qm_asset_view(input->frozen, reader, frame, n);
    if (!found)
        qm_asset_read(input->frozen, reader, frame, n, pairs);
    return found ? found : pairs;
}

static void run_input(const QmExec *exec, Op *op, int64_t frame, uint32_t n, QmVec *rows)
{
    static const float silence[2 * QM_QUANTUM];
    _Alignas(64) float pairs[QM_GANG][2 * QM_QUANTUM];
    const float *in[QM_GANG] = {silence, silence, silence, silence};
    for (uint32_t m = 0; m < op->plan->n_members; m++) {
        Input *input = &op->input[m];
        in[m] = pairs[m];
        if (input->frozen)
            in[m] = thaw(input, op->plan->strip[m], frame, n, pairs[m]);
        else if (input->generator)
            in[m] = generate(input, op->plan->strip[m], frame, n, pairs[m]);
        else
            sum_feeds(exec, input, frame, n, pairs[m]);
    }
    exec->kernels->interleave(in, n, rows);
}

/* --- song position ---------------------------------------------------------------- */

/* Where engine frame `frame` stands in the song for a signal that is `late` frames late.
 * Beats run straight from grid line to grid line. */
static QmSongTime song_time(const QmPlan *plan, int64_t frame, int64_t late)
{
    const int64_t passed = frame % QM_QUANTUM, grid = frame - passed - late;
    QmSongTime time = {.frame = frame - late, .since_grid = (uint32_t)passed};
    double next_bpm;
    const uint64_t beat = qm_clock_beat(plan->clock, grid, &time.bpm);
    const uint64_t next = qm_clock_beat(plan->clock, grid + QM_QUANTUM, &next_bpm);
    time.beats_per_frame = (next - beat) / QM_QUANTUM;
    time.beat = beat + (uint64_t)passed * time.beats_per_frame;
    return time;
}

static QmSongTime slot_time(const QmExec *exec, const Slot *slot, uint32_t m,
                            int64_t frame)
{
    const bool timed = slot->plan->proc->flags & QM_PROC_TIMED;
    if (timed)
        return song_time(exec->plan, frame, slot->plan->latency[m]);
    return (QmSongTime){.since_grid = (uint32_t)(frame % QM_QUANTUM)};
}

/* --- chain ------------------------------------------------------------------------ */

static void key_rows(const QmExec *exec, const Op *op, const Slot *slot, int64_t frame,
                     uint32_t n, QmVec *rows)
{
    float left[QM_QUANTUM], right[QM_QUANTUM];
    memset(rows, 0, n * sizeof *rows);
    for (uint32_t m = 0; m < op->plan->n_members; m++) {
        read_key(exec, slot->plan->key[m], frame, n, left, right);
        exec->kernels->put_strip(rows, m, n, left, right);
    }
}

static void run_lanes(const QmExec *exec, const Op *op, Slot *slot, int64_t frame,
                      uint32_t n, bool on_grid, QmVec *rows)
{
    QmVec key[QM_QUANTUM];
    const QmSongTime time = slot_time(exec, slot, 0, frame);
    if (slot->plan->keyed)
        key_rows(exec, op, slot, frame, n, key);
    for (uint32_t done = 0, span; done < n; done += span) {
        span = qm_ramp_span(&slot->ramp, n - done);
        const QmProcCall call = {.spec = slot->spec,
                                 .time = qm_song_later(time, done),
                                 .coeffs = qm_ramp_coeffs(&slot->ramp),
                                 .step = qm_ramp_steps(&slot->ramp),
                                 .state = slot->state[0],
                                 .io = rows + done,
                                 .key = slot->plan->keyed ? key + done : NULL,
                                 .n = span,
                                 .on_grid = on_grid && done + span == n};
        slot->plan->proc->process(&call);
        qm_ramp_passed(&slot->ramp, span);
    }
}

static void run_strip(const QmExec *exec, Slot *slot, uint32_t m, int64_t frame,
                      uint32_t n, bool on_grid, QmVec *rows)
{
    _Alignas(64) float left[QM_QUANTUM], right[QM_QUANTUM];
    _Alignas(64) float key_left[QM_QUANTUM], key_right[QM_QUANTUM];
    const QmSongTime time = slot_time(exec, slot, m, frame);
    exec->kernels->get_strip(rows, m, n, left, right);
    if (slot->plan->keyed)
        read_key(exec, slot->plan->key[m], frame, n, key_left, key_right);
    for (uint32_t done = 0, span; done < n; done += span) {
        span = qm_ramp_member_span(&slot->ramp, m, n - done);
        const QmStripCall call = {.spec = &slot->spec[m],
                                  .time = qm_song_later(time, done),
                                  .coeffs = qm_ramp_member_coeffs(&slot->ramp, m),
                                  .step = qm_ramp_member_steps(&slot->ramp, m),
                                  .state = slot->state[m],
                                  .left = left + done,
                                  .right = right + done,
                                  .key_left = slot->plan->keyed ? key_left + done : NULL,
                                  .key_right =
                                      slot->plan->keyed ? key_right + done : NULL,
                                  .n = span,
                                  .on_grid = on_grid && done + span == n};
        slot->plan->proc->process_strip(&call);
        qm_ramp_member_passed(&slot->ramp, m, span);
    }
    exec->kernels->put_strip(rows, m, n, left, right);
}

static void run_chain(const QmExec *exec, Op *op, int64_t frame, uint32_t n, bool on_grid,
                      QmVec *rows)
{
    for (uint32_t k = 0; k < op->plan->n_slots; k++) {
        Slot *slot = &op->slots[k];
        if (slot->plan->proc->process) {
            run_lanes(exec, op, slot, frame, n, on_grid, rows);
            continue;
        }
        for (uint32_t m = 0; m < op->plan->n_members; m++)
            run_strip(exec, slot, m, frame, n, on_grid, rows);
    }
}

/* --- fader and taps --------------------------------------------------------------- */

static void store(Op *op, QmTapPoint point, int64_t frame, uint32_t n, const QmVec *rows)
{
    if (op->tap[point])
        memcpy(op->tap[point] + qm_op_row(op, frame), rows, n * sizeof *rows);
}

static void run_fader(const QmExec *exec, Op *op, int64_t frame, uint32_t n,
                      const QmVec *rows)
{
    if (!op->tap[QM_POINT_POST])
        return;
    QmVec *out = op->tap[QM_POINT_POST] + qm_op_row(op, frame);
    for (uint32_t done = 0, span; done < n; done += span) {
        span = qm_ramp_span(&op->fader, n - done);
        exec->kernels->fader(rows + done, span, qm_ramp_coeffs(&op->fader),
                             qm_ramp_steps(&op->fader), out + done);
        qm_ramp_passed(&op->fader, span);
    }
    if (exec->plan->meters) {
        exec->kernels->meter(out, n, &op->peak, op->power);
        op->metered += n;
    }
}

/* --- the whole -------------------------------------------------------------------- */

static void run_segment(const QmExec *exec, Op *op, int64_t frame, uint32_t n)
{
    QmVec rows[QM_QUANTUM];
    const bool on_grid = (frame + n) % QM_QUANTUM == 0;
    run_input(exec, op, frame, n, rows);
    store(op, QM_POINT_IN, frame, n, rows);
    run_chain(exec, op, frame, n, on_grid, rows);
    store(op, QM_POINT_PRE, frame, n, rows);
    run_fader(exec, op, frame, n, rows);
}

void qm_exec_run(QmExec *exec, uint32_t index, int64_t frame, uint32_t n_quanta)
{
    Op *op = &exec->ops[index];
    for (const int64_t end = frame + (int64_t)n_quanta * QM_QUANTUM; frame < end;) {
        const int64_t grid = frame + QM_QUANTUM;
        hear(exec, op, frame);
        qm_op_tick(exec->plan, op, frame);
        while (frame < grid) {
            qm_op_events(exec->plan, op, frame);
            const int64_t next = qm_op_next_event(op, grid);
            run_segment(exec, op, frame, (uint32_t)(next - frame));
            frame = next;
        }
    }
}

void qm_exec_pick_up(const QmExec *exec, const QmPickup *pickup, int64_t frame,
                     uint32_t n, float *out, uint32_t stride)
{
    if (pickup->strip == QM_NONE) {
        for (uint32_t i = 0; i < n; i++)
            out[i * stride] = out[i * stride + 1] = 0.0f;
        return;
    }
    for (uint32_t done = 0, span; done < n; done += span) {
        const int64_t at = frame + done - pickup->delay;
        span = contiguous(exec, pickup->strip, at, n - done);
        const float *pair = tap_of(exec, pickup->strip, pickup->point, at);
        for (uint32_t i = 0; i < span; i++, pair += QM_LANES) {
            out[(done + i) * stride] = pair[0];
            out[(done + i) * stride + 1] = pair[1];
        }
    }
}

static void read_slot(const Slot *slot, uint32_t m, double values[QM_MAX_READINGS])
{
    const QmProcDesc *proc = slot->plan->proc;
    const bool lanes = proc->process;
    proc->read(&slot->spec[m], slot->state[lanes ? 0 : m], lanes ? m : 0, values);
}

uint32_t qm_exec_readings(const QmExec *exec, QmSlotReadings *list)
{
    const QmPlan *plan = exec->plan;
    uint32_t n = 0;
    for (uint16_t s = 0; s < plan->session->n_strips; s++) {
        if (plan->op_of[s] == QM_NO_OP)
            continue;
        const Op *op = &exec->ops[plan->op_of[s]];
        const uint32_t m = plan->member_of[s];
        for (uint32_t k = 0; k < op->plan->n_slots; k++) {
            const Slot *slot = &op->slots[k];
            if (!slot->plan->proc->read)
                continue;
            if (list) {
                list[n] = (QmSlotReadings){.strip = s, .insert = slot->plan->index[m]};
                read_slot(slot, m, list[n].values);
            }
            n++;
        }
    }
    return n;
}

QmMeter qm_exec_meter(const QmExec *exec, uint16_t strip)
{
    const Op *op = &exec->ops[exec->plan->op_of[strip]];
    const uint32_t lane = 2 * exec->plan->member_of[strip];
    return (QmMeter){.peak = {op->peak[lane], op->peak[lane + 1]},
                     .power = {op->power[lane], op->power[lane + 1]},
                     .frames = op->metered};
}
