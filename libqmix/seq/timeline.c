/* Laying out what happens.
 *
 *   strips: clips, free tones ┐
 *   arrangement: patterns     ├─> events ─> sorted by (frame, rank, strip) ─> numbered
 *   lanes: automation         │
 *   strips: clicks            ┘   (last: they go on until all the others have ended)
 *
 * Everything is laid out in session order, so that the stable sort leaves events of one
 * frame, rank and strip as the session has them; their `sequence` is then their place in
 * the sorted list (D3). */
#include "seq/timeline.h"

#include "base/qmath.h"
#include "base/sort.h"
#include "model/position.h"
#include "seq/build.h"

/* --- building ----------------------------------------------------------------------- */

const char *qm_build_path(QmBuild *build, const char *head, const char *name,
                          const char *tail, uint32_t number)
{
    QmText text;
    qm_text_init(&text, build->arena);
    qm_text_printf(&text, "%s.%s", head, name);
    if (tail) {
        qm_text_printf(&text, ".%s", tail);
    }
    if (number) {
        qm_text_printf(&text, ".%u", number);
    }
    return text.failed ? NULL : text.data;
}

QmStatus qm_build_spend(QmBuild *build, QmPlace place, uint64_t n)
{
    if (n > QM_MAX_EVENTS - build->spent) {
        return qm_fail(build->diag, QM_ERR_INPUT, place, NULL,
                       "the song has too many events: more than %d", QM_MAX_EVENTS);
    }
    build->spent += (uint32_t)n;
    return QM_OK;
}

QmStatus qm_build_event(QmBuild *build, QmPlace place, const QmEvent *event, int64_t end)
{
    const QmStatus status = qm_build_spend(build, place, 1);
    if (status != QM_OK) {
        return status;
    }
    if (event->frame >= QM_MAX_FRAME || end >= QM_MAX_FRAME) {
        return qm_fail(build->diag, QM_ERR_INPUT, place, NULL,
                       "what starts here is too far from the start of the song");
    }
    if (build->events) {
        build->events[build->n_events] = *event;
    }
    build->n_events++;
    build->end = end > build->end ? end : build->end;
    return QM_OK;
}

QmStatus qm_build_trigger(QmBuild *build, QmPlace place, const QmEvent *event,
                          int64_t held)
{
    QmEvent e = *event;
    e.rank = QM_RANK_TRIGGER;
    e.trigger.play.note = ++build->notes;
    const QmInput *input = &build->session->strips[e.strip].input;
    const QmGenDesc *generator = input->generator;
    const QmProcSpec spec = {.rate_hz = build->session->rate, .params = input->params};
    const int64_t sound =
        e.trigger.sound == QM_NONE ? 0 : build->sound_frames[e.trigger.sound];
    const QmTrigger *play = &e.trigger.play;
    const int64_t free = generator->length(&spec, input->params, play, sound, -1);
    int64_t length = free;
    if (generator->release && held >= 0) {
        length = generator->length(&spec, input->params, play, sound, held);
    }
    e.trigger.held = held >= 0 ? held : free;
    const int64_t end = length == QM_GEN_FOREVER ? e.frame : e.frame + length;
    QmStatus status = qm_build_event(build, place, &e, end);
    if (status != QM_OK || length == free) {
        return status;
    }
    e.rank = QM_RANK_RELEASE;
    e.frame += held;
    return qm_build_event(build, place, &e, e.frame);
}

QmStatus qm_build_frame(QmBuild *build, QmPosition at, QmPlace place, int64_t *frame)
{
    const int64_t found = qm_clock_frame(build->clock, at);
    *frame = 0;
    if (found < 0 || found >= QM_MAX_FRAME) {
        return qm_fail(build->diag, QM_ERR_INPUT, place, NULL, "%s",
                       found < 0 ? "expected a place at or after the start of the song"
                                 : "expected a place nearer to the start of the song");
    }
    *frame = found;
    return QM_OK;
}

/* --- clips -------------------------------------------------------------------------- */

static int64_t at_least_0(int64_t x) { return x > 0 ? x : 0; }

static QmStatus place_clip(QmBuild *build, uint16_t strip, uint32_t index)
{
    const QmStrip *s = &build->session->strips[strip];
    const QmClip *clip = &s->input.clips[index];
    const QmPlace place = s->input.place;
    if (clip->sound >= build->session->n_sounds) {
        return qm_fail(build->diag, QM_ERR_INPUT, place,
                       qm_build_path(build, "sources", s->name, "clips", index + 1),
                       "expected a sound");
    }
    int64_t at;
    const QmStatus status = qm_build_frame(build, clip->at, place, &at);
    if (status != QM_OK) {
        return status;
    }
    const QmClock *clock = build->clock;
    const int64_t sound = build->sound_frames[clip->sound];
    const int64_t from = at_least_0(qm_clock_length(clock, at, clip->from));
    int64_t frames = at_least_0(sound - from);
    if (!qm_length_zero(clip->length)) {
        const int64_t length = at_least_0(qm_clock_length(clock, at, clip->length));
        frames = length < frames ? length : frames;
    }
    if (frames == 0) {
        qm_warn(build->events ? NULL : build->diag, place,
                qm_build_path(build, "sources", s->name, "clips", index + 1),
                "the clip is silent: it starts after its sound's end");
        return QM_OK;
    }
    const QmTrigger play = {
        .from = from,
        .frames = frames,
        .fade_in = at_least_0(qm_clock_length(clock, at, clip->fade_in)),
        .fade_out = at_least_0(qm_clock_length(clock, at, clip->fade_out)),
        .gain = qm_db_to_gain(clip->gain_db),
    };
    const QmEvent event = {.frame = at, .strip = strip, .trigger = {clip->sound, play}};
    return qm_build_trigger(build, place, &event, -1);
}

/* --- strips that sound by themselves ------------------------------------------------ */

static bool in_pattern(const QmSession *session, uint16_t strip)
{
    for (uint32_t i = 0; i < session->n_patterns; i++) {
        for (uint32_t k = 0; k < session->patterns[i].n_tracks; k++) {
            if (session->patterns[i].tracks[k].strip == strip) {
                return true;
            }
        }
    }
    return false;
}

static bool sounds_by_itself(const QmSession *session, uint16_t strip, uint32_t flag)
{
    const QmGenDesc *generator = session->strips[strip].input.generator;
    return generator && (generator->flags & flag) && !in_pattern(session, strip);
}

static QmStatus place_strips(QmBuild *build)
{
    const QmSession *session = build->session;
    QmStatus status = QM_OK;
    for (uint32_t i = 0; status == QM_OK && i < session->n_strips; i++) {
        const uint16_t strip = (uint16_t)i;
        const QmInput *input = &session->strips[i].input;
        for (uint32_t k = 0; status == QM_OK && input->generator && k < input->n_clips;
             k++) {
            status = place_clip(build, strip, k);
        }
        if (status == QM_OK && sounds_by_itself(session, strip, QM_GEN_FREE)) {
            const QmTrigger play = {.frames = -1, .gain = 1.0};
            const QmEvent event = {.strip = strip, .trigger = {QM_NONE, play}};
            status = qm_build_trigger(build, input->place, &event, -1);
        }
    }
    return status;
}

static QmStatus place_beats(QmBuild *build, uint16_t strip, int64_t end)
{
    const QmClock *clock = build->clock;
    const QmPlace place = build->session->strips[strip].input.place;
    int64_t tick = 0, frame = 0;
    while (frame < end) {
        const bool accent = qm_clock_next_bar(clock, tick) == tick;
        const QmTrigger play = {.frames = -1, .gain = 1.0, .accent = accent};
        const QmEvent event = {.frame = frame,
                               .strip = strip,
                               .trigger = {QM_NONE, play}};
        const QmStatus status = qm_build_trigger(build, place, &event, -1);
        if (status != QM_OK) {
            return status;
        }
        tick += qm_clock_beat_ticks(clock, tick);
        frame = qm_clock_frame_of_tick(clock, tick);
    }
    return QM_OK;
}

static QmStatus place_clicks(QmBuild *build)
{
    const int64_t end = build->end;
    QmStatus status = QM_OK;
    for (uint32_t i = 0; status == QM_OK && i < build->session->n_strips; i++) {
        if (sounds_by_itself(build->session, (uint16_t)i, QM_GEN_BEATS)) {
            status = place_beats(build, (uint16_t)i, end);
        }
    }
    return status;
}

/* --- all ---------------------------------------------------------------------------- */

static QmStatus lay_out(QmBuild *build)
{
    QmStatus status = place_strips(build);
    if (status == QM_OK) {
        status = qm_build_patterns(build);
    }
    if (status == QM_OK) {
        status = qm_build_automation(build);
    }
    return status == QM_OK ? place_clicks(build) : status;
}

static int compare(const void *a, const void *b)
{
    const QmEvent *x = a, *y = b;
    if (x->frame != y->frame) {
        return x->frame < y->frame ? -1 : 1;
    }
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return (x->strip > y->strip) - (x->strip < y->strip);
}

static QmStatus sort(QmEvent *events, uint32_t count, const QmArena *arena)
{
    QmArena scratch;
    qm_arena_init(&scratch);
    scratch.fail_at = arena->fail_at > arena->calls ? arena->fail_at - arena->calls : 0;
    const QmStatus status = qm_sort(events, count, sizeof *events, compare, &scratch);
    qm_arena_release(&scratch);
    for (uint32_t i = 0; i < count; i++) {
        events[i].sequence = i;
    }
    return status;
}

QmStatus qm_timeline_new(const QmSession *session, const QmClock *clock,
                         const int64_t *sound_frames, QmArena *arena, QmDiag *diag,
                         QmTimeline *timeline)
{
    const QmBuild empty = {.session = session,
                           .clock = clock,
                           .sound_frames = sound_frames,
                           .arena = arena,
                           .diag = diag};
    QmBuild build = empty;
    QmStatus status = lay_out(&build);
    if (status != QM_OK) {
        return status;
    }
    QmEvent *events = QM_NEW_ARRAY(arena, QmEvent, build.n_events);
    if (!events) {
        return qm_fail_memory(diag);
    }
    build = empty;
    build.events = events;
    status = lay_out(&build);
    if (status == QM_OK && sort(events, build.n_events, arena) != QM_OK) {
        status = qm_fail_memory(diag);
    }
    if (status == QM_OK) {
        *timeline = (QmTimeline){events, build.n_events, build.end};
    }
    return status;
}
