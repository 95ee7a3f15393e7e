/* What chorus and flanger share: a delay for each side that swings around (proc/swing.h)
 * and is read between its samples (dsp/moving_tap.h). A new delay or depth is glided to
 * in 50 ms (63 %), as a tape would, whatever the automation does.
 *
 * Rate, delay and depth are the first of a processor's coeffs. */
#ifndef QM_PROC_SWEPT_H
#define QM_PROC_SWEPT_H

#include "base/qmath.h"
#include "dsp/moving_tap.h"
#include "proc/swing.h"

enum {
    QM_SWEPT_RATE,  /* cycles a frame, of a free swing */
    QM_SWEPT_DELAY, /* frames */
    QM_SWEPT_DEPTH, /* frames */
    QM_SWEPT_COEFFS,
};

#define QM_SWEPT_GLIDE_S 0.05

/* State of one strip. */
typedef struct QmSwept {
    QmCycle cycle;
    QmMovingTap tap;
    QmMovingLine line[2];
    double delay, depth; /* glided, in frames */
    uint32_t items[2];   /* floats from `lines` to each side's */
    float lines[];
} QmSwept;

/* Frames of a line for delays of up to `most_ms`. */
static inline uint32_t qm_swept_frames(uint32_t most_ms, double rate_hz)
{
    return (uint32_t)(most_ms / 1000.0 * rate_hz) + 2 * QM_MOVING_TAPS;
}

static inline size_t qm_swept_size(uint32_t frames)
{
    const QmMovingLine line = qm_moving_line(frames);
    return sizeof(QmSwept) + 4 * (size_t)line.size * sizeof(float);
}

/* Zeroed memory at rest; `delay` and `depth`, in frames, are where it starts. */
static inline void qm_swept_reset(QmSwept *s, uint32_t frames, double delay, double depth)
{
    s->line[0] = s->line[1] = qm_moving_line(frames);
    s->items[1] = 2 * s->line[0].size;
    s->delay = delay;
    s->depth = depth;
    qm_moving_tap_init(&s->tap);
}

/* What a glide does of its way in a frame. */
static inline double qm_swept_pace(double rate_hz)
{
    return qm_one_pole(QM_SWEPT_GLIDE_S, rate_hz);
}

/* One frame on towards the coeffs. */
QM_INLINE void qm_swept_glide(QmSwept *s, double pace, const float *c)
{
    s->delay += pace * ((double)c[QM_SWEPT_DELAY] - s->delay);
    s->depth += pace * ((double)c[QM_SWEPT_DEPTH] - s->depth);
}

/* The swing of a call's frames, `ahead` of the song by 2^-40 cycles. */
static inline void qm_swept_swing(const QmStripCall *call, const QmSwing *swing,
                                  uint64_t ahead, uint64_t seed, float *lfo)
{
    QmSwept *const s = call->state;
    double points[QM_SWING_POINTS];
    qm_swing_points(swing, &s->cycle, &call->time, (double)call->coeffs[QM_SWEPT_RATE],
                    ahead, seed, points);
    qm_swing_line(points, call->time.since_grid, call->n, lfo);
}

#endif
