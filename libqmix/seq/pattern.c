/* Patterns of the arrangement as triggers and releases.
 *
 * Step s of a placement begins at tick  start + round(s * step)  of the grid; its onset
 * is
 *
 *   grid + swing (odd steps: 2p/100 - 1 steps late) + nudge, rounded once to a frame,
 *
 * and never before the onset that came before it on its track. Swing goes by the
 * placement's grid, so that tracks of odd length keep together. A track loops over its
 * own steps from the placement's start, whatever the pattern's length (polymeter); a
 * placement without a length plays the pattern's steps once. Held notes end where the
 * next step is due. */
#include "model/position.h"
#include "seq/build.h"

enum { WHOLE = 4 * QM_TICKS };

/* A pattern on its place. */
typedef struct Placed {
    const QmPattern *pattern;
    int64_t frame; /* where it starts, and the tick at or before it */
    int64_t tick;
    int64_t shift; /* frames from the tick to the start: 0 on musical positions */
    int64_t steps; /* how many steps of the grid it plays */
    double swing;  /* delay of odd steps, in steps */
} Placed;

static int64_t step_ticks(const QmPattern *pattern, int64_t step)
{
    const int64_t per = WHOLE * (int64_t)pattern->step.numerator;
    const int64_t parts = pattern->step.denominator;
    return (2 * step * per + parts) / (2 * parts);
}

/* How many steps begin within `ticks`; `most` + 1 if that are more than `most`. */
static int64_t steps_within(const QmPattern *pattern, int64_t ticks, int64_t most)
{
    int64_t low = 0, high = most + 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (step_ticks(pattern, middle) < ticks) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int64_t placed_ticks(QmBuild *build, const Placed *placed, QmLength length)
{
    if (!qm_length_is_time(length)) {
        return qm_clock_ticks(build->clock, placed->tick, length);
    }
    const int64_t frames = qm_clock_length(build->clock, placed->frame, length);
    const int64_t last = placed->frame + frames - 1;
    return frames > 0 ? qm_clock_tick_of_frame(build->clock, last) + 1 - placed->tick : 0;
}

static double offset_of(const QmClock *clock, int64_t tick, QmLength length)
{
    if (qm_length_is_time(length)) {
        return qm_clock_time(clock, length);
    }
    return qm_clock_span(clock, tick, tick + qm_clock_ticks(clock, tick, length));
}

/* Where step `step` is due, with swing and `nudge` (NULL: none). */
static int64_t onset(const QmClock *clock, const Placed *placed, int64_t step,
                     const QmLength *nudge)
{
    const int64_t tick = placed->tick + step_ticks(placed->pattern, step);
    double offset = (double)placed->shift;
    if (step % 2 != 0 && placed->swing != 0.0) {
        const int64_t next = placed->tick + step_ticks(placed->pattern, step + 1);
        offset += placed->swing * qm_clock_span(clock, tick, next);
    }
    if (nudge) {
        offset += offset_of(clock, tick, *nudge);
    }
    return qm_clock_frame_near(clock, tick, offset);
}

static QmStatus play_track(QmBuild *build, const Placed *placed, const QmTrack *track)
{
    const QmInput *input = &build->session->strips[track->strip].input;
    int64_t before = 0;
    for (int64_t s = 0; s < placed->steps; s++) {
        const uint32_t k = (uint32_t)(s % track->n_steps);
        const QmStep *step = &track->steps[k];
        if (!(step->velocity > 0.0f)) {
            continue;
        }
        const QmLength *nudge = track->nudge ? &track->nudge[k] : NULL;
        const int64_t due = onset(build->clock, placed, s, nudge);
        const int64_t at = due > before ? due : before;
        const int64_t next = onset(build->clock, placed, s + 1, NULL);
        const QmTrigger play = {.frames = -1,
                                .gain = step->velocity,
                                .pitch = step->semitones};
        const QmEvent event = {.frame = at,
                               .strip = track->strip,
                               .trigger = {input->sound, play}};
        const QmStatus status =
            qm_build_trigger(build, track->place, &event, next > at ? next - at : 1);
        if (status != QM_OK) {
            return status;
        }
        before = at;
    }
    return QM_OK;
}

static QmStatus check_track(QmBuild *build, const QmPattern *pattern,
                            const QmTrack *track)
{
    const QmStrip *strip = &build->session->strips[track->strip];
    const QmGenDesc *generator = strip->input.generator;
    const char *fault = NULL;
    if (!generator || (generator->flags & QM_GEN_CLIPS)) {
        fault = "is not played by patterns";
    } else if ((generator->flags & QM_GEN_SOUND) &&
               strip->input.sound >= build->session->n_sounds) {
        fault = "has no sound";
    } else if (track->n_steps == 0) {
        fault = "has no steps";
    }
    if (!fault) {
        return QM_OK;
    }
    return qm_fail(build->diag, QM_ERR_INPUT, track->place,
                   qm_build_path(build, "patterns", pattern->name, "tracks", 0),
                   "'%s' %s", strip->name, fault);
}

static QmStatus check_step(QmBuild *build, const QmPattern *pattern)
{
    const QmLength step = pattern->step;
    if (step.kind == QM_LEN_NOTE && step.numerator > 0 && step.denominator > 0) {
        return QM_OK;
    }
    return qm_fail(build->diag, QM_ERR_INPUT, pattern->place,
                   qm_build_path(build, "patterns", pattern->name, "step", 0),
                   "expected a note length like 1/16");
}

static QmStatus play(QmBuild *build, const QmPlacement *placement)
{
    const QmPattern *pattern = &build->session->patterns[placement->pattern];
    Placed placed = {.pattern = pattern, .swing = 2.0 * pattern->swing / 100.0 - 1.0};
    QmStatus status =
        qm_build_frame(build, placement->at, placement->place, &placed.frame);
    if (status == QM_OK) {
        status = check_step(build, pattern);
    }
    if (status != QM_OK) {
        return status;
    }
    placed.tick = qm_clock_tick(build->clock, placement->at);
    placed.shift = placed.frame - qm_clock_frame_of_tick(build->clock, placed.tick);
    placed.steps = pattern->n_steps;
    if (!qm_length_zero(placement->length)) {
        placed.steps =
            steps_within(pattern, placed_ticks(build, &placed, placement->length),
                         QM_MAX_EVENTS);
    }
    for (uint32_t i = 0; status == QM_OK && i < pattern->n_tracks; i++) {
        const QmTrack *track = &pattern->tracks[i];
        status = check_track(build, pattern, track);
        if (status == QM_OK) {
            status = qm_build_spend(build, placement->place, (uint64_t)placed.steps);
        }
        if (status == QM_OK) {
            status = play_track(build, &placed, track);
        }
    }
    return status;
}

QmStatus qm_build_patterns(QmBuild *build)
{
    QmStatus status = QM_OK;
    for (uint32_t i = 0; status == QM_OK && i < build->session->n_placements; i++) {
        status = play(build, &build->session->placements[i]);
    }
    return status;
}
