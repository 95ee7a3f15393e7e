/* The timeline as a table, for --explain:
 *
 *   position     frame  strip         what
 *   1.1.1            0  kick          play kick, gain 0.7
 *   9.1.1      731429  lead          lead.filter.cutoff 200 -> 8000 in 91429 (exp) */
#include "base/qmath.h"
#include "model/address.h"
#include "model/position.h"
#include "seq/timeline.h"

enum { FRAME_COLUMN = 13, STRIP_COLUMN = 26, WHAT_COLUMN = 46 };

static void add_number(QmText *text, double value)
{
    char number[QM_NUMBER_TEXT];
    qm_number_text(value, number);
    qm_text_add(text, number);
}

static void add_frames(QmText *text, const char *word, int64_t frames)
{
    qm_text_printf(text, ", %s %lld", word, (long long)frames);
}

static void print_trigger(const QmSession *session, const QmEvent *event, QmText *text)
{
    const QmTrigger *play = &event->trigger.play;
    const bool named = event->trigger.sound != QM_NONE;
    qm_text_printf(text, "play%s%s #%u", named ? " " : "",
                   named ? session->sounds[event->trigger.sound].name : "", play->note);
    char gain[QM_NUMBER_TEXT];
    qm_fixed_text(qm_gain_to_db(play->gain), 1, gain);
    qm_text_printf(text, ", %s dB", gain);
    if (play->pitch != 0.0) {
        qm_text_add(text, ", pitch ");
        add_number(text, play->pitch);
    }
    if (play->from) {
        add_frames(text, "from", play->from);
    }
    if (play->frames >= 0) {
        add_frames(text, "frames", play->frames);
    }
    if (play->fade_in) {
        add_frames(text, "fade in", play->fade_in);
    }
    if (play->fade_out) {
        add_frames(text, "fade out", play->fade_out);
    }
    qm_text_add(text, play->accent ? ", accent" : "");
}

static void print_param(const QmSession *session, const QmEvent *event, QmText *text)
{
    static const char *const curves[] = {"linear", "exp", "hold"};
    qm_address_print(session, event->param.target, text);
    qm_text_add(text, " ");
    const QmParam *row = qm_address_param(session, event->param.target);
    if (event->param.frames > 0) {
        qm_param_print(row, event->param.from, text);
        qm_text_add(text, " -> ");
    }
    qm_param_print(row, event->param.to, text);
    if (event->param.frames > 0) {
        qm_text_printf(text, " in %lld (%s)", (long long)event->param.frames,
                       curves[event->param.curve]);
    }
}

static void print_event(const QmSession *session, const QmClock *clock,
                        const QmEvent *event, QmText *text)
{
    const int64_t tick = qm_clock_tick_of_frame(clock, event->frame);
    const QmPosition at = qm_clock_position(clock, tick);
    qm_text_printf(text, "%d.%d.%d", at.bar, at.beat, at.sixteenth);
    qm_text_pad(text, FRAME_COLUMN);
    qm_text_printf(text, "%10lld", (long long)event->frame);
    qm_text_pad(text, STRIP_COLUMN);
    qm_text_add(text, event->strip == QM_NONE
                          ? session->modulators[event->param.target.strip].name
                          : session->strips[event->strip].name);
    qm_text_add(text, " ");
    qm_text_pad(text, WHAT_COLUMN);
    if (event->rank == QM_RANK_PARAM) {
        print_param(session, event, text);
    } else if (event->rank == QM_RANK_TRIGGER) {
        print_trigger(session, event, text);
    } else {
        qm_text_printf(text, "release #%u", event->trigger.play.note);
    }
    qm_text_add(text, "\n");
}

void qm_timeline_print(const QmSession *session, const QmClock *clock,
                       const QmTimeline *timeline, QmText *text)
{
    qm_text_printf(text, "timeline: %zu events, end at frame %lld\n", timeline->n_events,
                   (long long)timeline->end);
    for (size_t i = 0; i < timeline->n_events; i++) {
        print_event(session, clock, &timeline->events[i], text);
    }
}
