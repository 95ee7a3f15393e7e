/* Control: how params change, and how coeffs follow.
 *
 * A param event either sets a value at its frame, or starts a move that lasts until the
 * event's end. Moving params are looked at on every grid line: they are sent to where
 * automation will be at the next one, and since a ramp takes exactly a quantum they are
 * there in time. Params that modulators move are looked at on every grid line, too: they
 * are sent to what the modulators make of what session and automation say. */
#include "graph/op.h"

#include "base/qmath.h"
#include "graph/fader.h"
#include "model/address.h"

_Static_assert(QM_RAMP == QM_QUANTUM, "moves arrive on the next grid line");

/* --- coeffs from params ------------------------------------------------------------- */

static void update_slot(Slot *slot, uint32_t m, bool jump)
{
    float coeffs[QM_MAX_COEFFS];
    slot->plan->proc->update(&slot->spec[m], slot->params[m], coeffs);
    qm_ramp_to(&slot->ramp, m, coeffs, coeffs, jump);
}

static void update_fader(const QmPlan *plan, Op *op, uint32_t m)
{
    const double *p = op->fader_params[m];
    const bool off = p[QM_FADER_MUTE] > 0.5 ||
                     !plan->graph->nodes[op->plan->strip[m]].audible ||
                     p[QM_FADER_GAIN] <= qm_fader_params[QM_FADER_GAIN].min;
    const double gain = off ? 0.0 : qm_db_to_gain(p[QM_FADER_GAIN]);
    const QmFader *fader = &plan->session->strips[op->plan->strip[m]].fader;
    float coeffs[2][QM_FADER_COEFFS];
    qm_fader_coeffs(fader, gain, p[QM_FADER_PAN], p[QM_FADER_WIDTH], coeffs);
    qm_ramp_to(&op->fader, m, coeffs[0], coeffs[1], false);
}

static void update_dirty(const QmPlan *plan, Op *op)
{
    for (uint32_t m = 0; m < op->plan->n_members; m++) {
        if (!op->dirty[m])
            continue;
        for (uint32_t k = 0; k < op->plan->n_slots; k++)
            if (op->dirty[m] >> k & 1)
                update_slot(&op->slots[k], m, op->jumping[m] >> k & 1);
        if (op->dirty[m] >> QM_OP_FADER & 1)
            update_fader(plan, op, m);
        op->dirty[m] = op->jumping[m] = 0;
    }
}

static float send_gain(double level_db)
{
    const bool off = level_db <= qm_send_param.min;
    return off ? 0.0f : (float)qm_db_to_gain(level_db);
}

static void aim_feed(Feed *feed, float level, float share)
{
    feed->level = level;
    feed->share = share;
    feed->target = level * share;
    feed->step = (feed->target - feed->gain) * (1.0f / QM_RAMP);
    feed->left = QM_RAMP;
}

static void set(Op *op, const QmAgendaItem *item, double value)
{
    const uint32_t m = item->member;
    switch ((QmAgendaKind)item->kind) {
    case QM_AGENDA_FADER:
        op->fader_params[m][item->param] =
            qm_param_clamp(&qm_fader_params[item->param], value);
        op->dirty[m] |= 1ull << QM_OP_FADER;
        break;
    case QM_AGENDA_INPUT:
        op->input[m].params[item->param] =
            qm_param_clamp(&op->input[m].generator->params[item->param], value);
        break;
    case QM_AGENDA_SLOT: {
        Slot *slot = &op->slots[item->index];
        const QmParam *row = qm_proc_param(slot->plan->proc, item->param);
        slot->params[m][item->param] = qm_param_clamp(row, value);
        op->dirty[m] |= 1ull << item->index;
        if (row->flags & QM_PARAM_STEPPED)
            op->jumping[m] |= 1ull << item->index;
        break;
    }
    case QM_AGENDA_FEED: {
        Feed *feed = &op->input[m].feeds[item->index];
        aim_feed(feed, send_gain(value), feed->share);
        break;
    }
    case QM_AGENDA_TRIGGER:
    case QM_AGENDA_RELEASE:
        break;
    }
}

/* --- gain sharing ------------------------------------------------------------------- */

static void share_gains(Input *input)
{
    qm_gain_share_update(&input->share, input->voices, input->n_feeds, QM_QUANTUM);
    for (uint32_t f = 0; f < input->n_feeds; f++) {
        Feed *feed = &input->feeds[f];
        const float gain = (float)input->voices[f].gain;
        if (gain != feed->share)
            aim_feed(feed, feed->level, gain);
    }
}

/* --- modulation --------------------------------------------------------------------- */

/* What session and automation say: the whole of it, or what modulators begin with. */
static void say(Op *op, const QmAgendaItem *item, double value)
{
    if (!item->moved) {
        set(op, item, value);
        return;
    }
    Moved *moved = &op->moved[item->moved - 1];
    moved->base = qm_param_clamp(moved->plan->row, value);
    moved->due = true;
}

/* Sends a param to where it is to be at engine frame `arrival`. */
static void modulate(const QmPlan *plan, Op *op, Moved *moved, int64_t arrival)
{
    const QmPlanMoved *p = moved->plan;
    const int64_t song = arrival - p->at.shift;
    QmMove move = {.value = moved->base};
    for (uint32_t i = 0; i < p->n_routes; i++) {
        const QmPlanRoute *route = &p->routes[i];
        const QmModValue said = qm_modulation_value(plan->modulation, route->modulator,
                                                    song, moved->heard[i]);
        qm_modulation_add(plan->modulation, route->modulator, route->route, song, said,
                          &move);
    }
    const double value = qm_mod_move(p->row, move.value, move.amount);
    if (value != moved->now)
        set(op, &p->at, value);
    moved->now = value;
    moved->due = false;
}

static void modulate_all(const QmPlan *plan, Op *op, int64_t arrival)
{
    for (uint32_t i = 0; i < op->plan->n_moved; i++)
        modulate(plan, op, &op->moved[i], arrival);
}

static void modulate_due(const QmPlan *plan, Op *op, int64_t arrival)
{
    for (uint32_t i = 0; i < op->plan->n_moved; i++)
        if (op->moved[i].due)
            modulate(plan, op, &op->moved[i], arrival);
}

/* --- moves --------------------------------------------------------------------- */

static bool same_param(const QmAgendaItem *a, const QmAgendaItem *b)
{
    return a->kind == b->kind && a->member == b->member && a->param == b->param &&
           a->index == b->index;
}

static void stop_move(Op *op, const QmAgendaItem *item)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < op->n_moves; i++)
        if (!same_param(op->moves[i], item))
            op->moves[kept++] = op->moves[i];
    op->n_moves = kept;
}

static int64_t move_end(const QmAgendaItem *item)
{
    return item->frame + item->event->param.frames;
}

void qm_op_tick(const QmPlan *plan, Op *op, int64_t frame)
{
    const int64_t next = frame + QM_QUANTUM;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < op->n_moves; i++) {
        const QmAgendaItem *item = op->moves[i];
        say(op, item, qm_event_value(item->event, next - item->shift));
        if (next < move_end(item))
            op->moves[kept++] = item;
    }
    op->n_moves = kept;
    modulate_all(plan, op, next);
    update_dirty(plan, op);
    for (uint32_t m = 0; m < op->plan->n_members; m++)
        if (op->input[m].voices)
            share_gains(&op->input[m]);
}

/* --- events --------------------------------------------------------------------- */

static void param_event(Op *op, const QmAgendaItem *item)
{
    stop_move(op, item);
    const bool moving = item->event->param.frames > QM_QUANTUM;
    const int64_t arrived = item->frame + QM_RAMP - item->shift;
    say(op, item, moving ? qm_event_value(item->event, arrived) : item->event->param.to);
    if (moving)
        op->moves[op->n_moves++] = item;
}

static void trigger(const QmPlan *plan, Op *op, const QmAgendaItem *item, int64_t passed)
{
    Input *input = &op->input[item->member];
    QmTrigger play = item->event->trigger.play;
    if (item->event->trigger.sound != QM_NONE)
        play.asset = &plan->assets[item->event->trigger.sound];
    play.played = passed;
    input->generator->trigger(&input->spec, input->params, input->state, &play);
}

static void event(const QmPlan *plan, Op *op, const QmAgendaItem *item)
{
    const Input *input = &op->input[item->member];
    if (item->kind == QM_AGENDA_TRIGGER)
        trigger(plan, op, item, 0);
    else if (item->kind != QM_AGENDA_RELEASE)
        param_event(op, item);
    else if (input->generator->release)
        input->generator->release(input->state, item->event->trigger.play.note);
}

void qm_op_events(const QmPlan *plan, Op *op, int64_t frame)
{
    const QmPlanOp *p = op->plan;
    if (op->next == p->n_agenda || p->agenda[op->next].frame > frame)
        return;
    while (op->next < p->n_agenda && p->agenda[op->next].frame <= frame)
        event(plan, op, &p->agenda[op->next++]);
    modulate_due(plan, op, frame + QM_RAMP);
    update_dirty(plan, op);
}

int64_t qm_op_next_event(const Op *op, int64_t end)
{
    if (op->next == op->plan->n_agenda || op->plan->agenda[op->next].frame > end)
        return end;
    return op->plan->agenda[op->next].frame;
}

/* --- start --------------------------------------------------------------------- */

static void arrive(Op *op)
{
    for (uint32_t k = 0; k < op->plan->n_slots; k++)
        qm_ramp_finish(&op->slots[k].ramp);
    qm_ramp_finish(&op->fader);
    for (uint32_t m = 0; m < op->plan->n_members; m++)
        for (uint32_t f = 0; f < op->input[m].n_feeds; f++) {
            Feed *feed = &op->input[m].feeds[f];
            feed->gain = feed->target;
            feed->step = 0.0f;
            feed->left = 0;
        }
}

/* Everything is where it is to be at engine frame `frame`. */
static void settle(const QmPlan *plan, Op *op, int64_t frame)
{
    modulate_all(plan, op, frame);
    update_dirty(plan, op);
    arrive(op);
}

static void reset_moved(const QmPlan *plan, Op *op)
{
    for (uint32_t i = 0; i < op->plan->n_moved; i++) {
        Moved *moved = &op->moved[i];
        moved->base = moved->now = qm_address_get(plan->session, moved->plan->target);
        memset(moved->heard, 0, moved->plan->n_routes * sizeof *moved->heard);
    }
}

static void reset_feeds(const QmPlan *plan, Input *input)
{
    if (input->voices)
        qm_gain_share_reset(input->voices, input->n_feeds);
    for (uint32_t f = 0; f < input->n_feeds; f++) {
        const QmEdge *edge = input->feeds[f].edge;
        const QmStrip *from = &plan->session->strips[edge->from];
        const bool main = edge->kind == QM_EDGE_MAIN;
        aim_feed(&input->feeds[f],
                 main ? 1.0f : send_gain(from->sends[edge->index].level_db),
                 input->voices ? (float)input->voices[f].gain : 1.0f);
    }
}

void qm_op_reset_params(const QmPlan *plan, Op *op)
{
    const QmPlanOp *p = op->plan;
    op->next = 0;
    op->n_moves = 0;
    for (uint32_t m = 0; m < p->n_members; m++) {
        const QmStrip *strip = &plan->session->strips[p->strip[m]];
        for (uint32_t k = 0; k < p->n_slots; k++)
            memcpy(op->slots[k].params[m], p->slots[k].insert[m]->params,
                   p->slots[k].n_params * sizeof(double));
        const QmGenDesc *generator = op->input[m].generator;
        if (generator && generator->n_params)
            memcpy(op->input[m].params, strip->input.params,
                   generator->n_params * sizeof(double));
        op->fader_params[m][QM_FADER_GAIN] = strip->fader.gain_db;
        op->fader_params[m][QM_FADER_PAN] = strip->fader.pan;
        op->fader_params[m][QM_FADER_WIDTH] = strip->fader.width;
        op->fader_params[m][QM_FADER_MUTE] = strip->fader.mute;
        op->dirty[m] = ~0ull;
        op->jumping[m] = 0;
        reset_feeds(plan, &op->input[m]);
    }
    reset_moved(plan, op);
    settle(plan, op, 0);
}

/* Whether what was triggered by an item is released before `frame`. */
static bool released(const QmPlanOp *p, size_t index, int64_t frame)
{
    const QmAgendaItem *item = &p->agenda[index];
    for (size_t i = index + 1; i < p->n_agenda && p->agenda[i].frame < frame; i++) {
        const QmAgendaItem *later = &p->agenda[i];
        if (later->kind == QM_AGENDA_RELEASE && later->member == item->member &&
            later->event->trigger.play.note == item->event->trigger.play.note)
            return true;
    }
    return false;
}

/* Enters what still sounds at `frame`; what is fading after its release is left out. */
static void chase_trigger(const QmPlan *plan, Op *op, size_t index, int64_t frame)
{
    const QmAgendaItem *item = &op->plan->agenda[index];
    const Input *input = &op->input[item->member];
    const QmEvent *e = item->event;
    const int64_t sound =
        e->trigger.sound == QM_NONE ? 0 : plan->assets[e->trigger.sound].frames;
    const int64_t passed = frame - item->frame;
    const int64_t length = input->generator->length(&input->spec, input->params,
                                                    &e->trigger.play, sound, -1);
    if (passed < length && !released(op->plan, index, frame))
        trigger(plan, op, item, passed);
}

void qm_op_chase(const QmPlan *plan, Op *op, int64_t frame)
{
    const QmPlanOp *p = op->plan;
    for (; op->next < p->n_agenda && p->agenda[op->next].frame < frame; op->next++) {
        const QmAgendaItem *item = &p->agenda[op->next];
        if (item->kind == QM_AGENDA_TRIGGER) {
            chase_trigger(plan, op, op->next, frame);
        } else if (item->kind != QM_AGENDA_RELEASE) {
            stop_move(op, item);
            const bool moving =
                item->event->param.frames > QM_QUANTUM && frame < move_end(item);
            say(op, item, qm_event_value(item->event, frame - item->shift));
            if (moving)
                op->moves[op->n_moves++] = item;
        }
    }
    settle(plan, op, frame);
}
