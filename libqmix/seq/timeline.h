/* Everything that happens, on its frame: clips, pattern steps, clicks, automation.
 *
 * The timeline is computed once from the session, sorted by (frame, rank, strip,
 * sequence) (D3), and read-only afterwards. A parameter that moves is one event a
 * segment: the engine evaluates it on the control grid (D2). Frames are song frames: the
 * engine shifts them by the latency in front of where they act. */
#ifndef QM_SEQ_TIMELINE_H
#define QM_SEQ_TIMELINE_H

#include "base/text.h"
#include "model/session.h"
#include "seq/clock.h"

/* In this order at one frame: what ends, what is set, what starts. */
typedef enum QmRank { QM_RANK_RELEASE, QM_RANK_PARAM, QM_RANK_TRIGGER } QmRank;

typedef struct QmEvent {
    int64_t frame;
    uint8_t rank;
    uint16_t strip; /* QM_NONE: a modulator's param */
    uint32_t
        sequence; /* position among the events of one (frame, rank, strip), and overall */
    union {
        struct { /* PARAM: `target` goes from `from` to `to` within `frames` */
            QmTarget target;
            QmCurve curve;
            int64_t frames; /* 0: at once */
            double from, to;
        } param;
        struct {            /* TRIGGER, RELEASE */
            uint16_t sound; /* QM_NONE: none */
            QmTrigger play; /* asset is filled in by the plan, from `sound` */
            int64_t held;   /* frames from a note to its end: of its step, or else of its
                               sound; QM_GEN_FOREVER */
        } trigger;
    };
} QmEvent;

typedef struct QmTimeline {
    const QmEvent *events; /* sorted */
    size_t n_events;
    int64_t end; /* the first frame after which nothing starts and nothing is held:
                              the last event's, or the end of the last trigger's frames */
} QmTimeline;

/* `sound_frames[n_sounds]`: the prepared length of each sound in session frames. Errors:
 * QM_ERR_INPUT, QM_ERR_MEMORY. */
QmStatus qm_timeline_new(const QmSession *session, const QmClock *clock,
                         const int64_t *sound_frames, QmArena *arena, QmDiag *diag,
                         QmTimeline *timeline);

/* The value of a moving parameter at `frame` (clamped to its ends). */
double qm_event_value(const QmEvent *event, int64_t frame);

/* What it is the sum of, in its unit times frames, from the event's frame to `frame`,
 * which is not before it. */
double qm_event_integral(const QmEvent *event, int64_t frame);
/* The point x, 0..1, of a curve between two values. */
double qm_curve_value(QmCurve curve, double from, double to, double x);

/* One line an event, for --explain. */
void qm_timeline_print(const QmSession *session, const QmClock *clock,
                       const QmTimeline *timeline, QmText *text);

#endif
