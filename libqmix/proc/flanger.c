/* Flanger: a comb whose teeth wander, from one short delay that swings.
 *
 *     t = delay + depth (1 + lfo) / 2
 *     line <- in x + feedback line[n - t]
 *     out = dry x + wet line[n - t]
 *
 * At mix 50 and no feedback the teeth are infinitely deep, at odd multiples of 1 / 2t;
 * with negative feedback between them. `in` = sqrt(1 - feedback^2) keeps a noise as loud
 * as it was (the mean power of a loop around a delay is 1 / (1 - feedback^2)). The delay
 * is not below eight frames, which the interpolation needs (dsp/moving_tap.h); a new one
 * is glided to in 50 ms (63 %). No latency. Tail: as many turns of the longest delay as
 * the feedback needs for 120 dB.
 *
 * Source: J. Dattorro, "Effect Design, Part 2", JAES 45 (1997). */
#include "dsp/moving_tap.h"
#include "proc/swing.h"

#include "base/qmath.h"
#include "dsp/delay_line.h"

enum { RATE, SYNC, SHAPE, PHASE, STEREO, DELAY, DEPTH, FEEDBACK, MIX };

enum { LONGEST_MS = 20, DEEPEST_MS = 20, LEAST = QM_MOVING_LEAST + 1 };
#define GLIDE_S 0.05

static const QmParam params[] = {
    [RATE] = QM_SWING_RATE(0.2),
    [SYNC] = QM_SWING_SYNC,
    [SHAPE] = QM_SWING_SHAPE,
    [PHASE] = QM_SWING_PHASE,
    [STEREO] = QM_SWING_STEREO(0),
    [DELAY] = {.name = "delay",
               .help = "the shortest, not below eight frames",
               .unit = QM_UNIT_MS,
               .min = 0.1,
               .max = LONGEST_MS,
               .def = 0.5},
    [DEPTH] = {.name = "depth",
               .help = "how much longer it gets",
               .unit = QM_UNIT_MS,
               .max = DEEPEST_MS,
               .def = 5},
    [FEEDBACK] = {.name = "feedback",
                  .help = "of the delay into itself",
                  .unit = QM_UNIT_PERCENT,
                  .min = -95,
                  .max = 95,
                  .def = 60},
    [MIX] = {.name = "mix",
             .help = "share of the delay, deepest teeth at 50",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 40},
};

enum { C_RATE, C_DELAY, C_DEPTH, C_IN, C_FEEDBACK, C_DRY, C_WET, N_COEFFS };

typedef struct State {
    QmCycle cycle;
    QmMovingTap tap;
    QmMovingLine line[2];
    double delay, depth; /* glided, in frames */
    uint32_t items[2];   /* floats from `lines` to each side's */
    float lines[];
} State;

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double feedback = p[FEEDBACK] / 100, mix = p[MIX] / 100;
    c[C_RATE] = (float)(p[RATE] / spec->rate_hz);
    c[C_DELAY] = (float)(p[DELAY] / 1000 * spec->rate_hz);
    c[C_DEPTH] = (float)(p[DEPTH] / 2000 * spec->rate_hz);
    c[C_IN] = (float)qm_sqrt(1 - feedback * feedback);
    c[C_FEEDBACK] = (float)feedback;
    c[C_DRY] = (float)(1 - mix);
    c[C_WET] = (float)mix;
}

static uint32_t longest(const QmProcSpec *spec)
{
    return (uint32_t)((LONGEST_MS + DEEPEST_MS) / 1000.0 * spec->rate_hz) +
           2 * QM_MOVING_TAPS;
}

static size_t size_state(const QmProcSpec *spec)
{
    const QmMovingLine line = qm_moving_line(longest(spec));
    return sizeof(State) + 4 * (size_t)line.size * sizeof(float);
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const double kept = p[FEEDBACK] < 0 ? -p[FEEDBACK] / 100 : p[FEEDBACK] / 100;
    const double turns = kept > 1e-6 ? 1 - 6 / qm_log10(kept) : 1;
    const double turn = (p[DELAY] + p[DEPTH]) / 1000 * spec->rate_hz + QM_MOVING_TAPS;
    return (uint64_t)(turns * turn) + 1;
}

static void reset(const QmProcSpec *spec, void *state)
{
    State *const s = state;
    s->line[0] = s->line[1] = qm_moving_line(longest(spec));
    s->items[1] = 2 * s->line[0].size;
    s->delay = spec->params[DELAY] / 1000 * spec->rate_hz;
    s->depth = spec->params[DEPTH] / 2000 * spec->rate_hz;
    qm_moving_tap_init(&s->tap);
}

static void swing_of(const QmStripCall *call, int side, float *lfo)
{
    State *const s = call->state;
    const double *const p = call->spec->params;
    const QmSwing swing = qm_swing(p[SYNC], p[SHAPE], p[PHASE], p[STEREO]);
    double points[QM_SWING_POINTS];
    qm_swing_points(&swing, &s->cycle, &call->time, (double)call->coeffs[C_RATE],
                    side ? swing.stereo : 0, call->spec->seed, points);
    qm_swing_line(points, call->time.since_grid, call->n, lfo);
}

/* What may enter the loop: no NaN, nothing absurd, nothing too small to be heard. */
QM_INLINE float sane(float x)
{
    const float a = x < 0 ? -x : x;
    return a > 1e-30f && a < 1e15f ? x : 0;
}

static void process_strip(const QmStripCall *call)
{
    State *const s = call->state;
    const double glide = qm_one_pole(GLIDE_S, call->spec->rate_hz);
    float *const c = call->coeffs, *const io[2] = {call->left, call->right};
    float lfo[2][QM_QUANTUM];
    swing_of(call, 0, lfo[0]);
    swing_of(call, 1, lfo[1]);
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t k = C_DELAY; call->step && k < N_COEFFS; k++)
            c[k] += call->step[k];
        s->delay += glide * ((double)c[C_DELAY] - s->delay);
        s->depth += glide * ((double)c[C_DEPTH] - s->depth);
        for (int side = 0; side < 2; side++) {
            QmMovingLine *const line = &s->line[side];
            float *const items = s->lines + s->items[side];
            const double swung = s->delay + s->depth * (1 + (double)lfo[side][i]);
            const double delay = swung > LEAST ? swung : LEAST;
            const float x = sane(io[side][i]);
            /* the newest is not written yet: one frame less */
            const float late = qm_moving_line_read(line, items, &s->tap, delay - 1);
            qm_moving_line_write(line, items, sane(c[C_IN] * x + c[C_FEEDBACK] * late));
            io[side][i] = c[C_DRY] * x + c[C_WET] * late;
        }
    }
}

const QmProcDesc QM_ISA(qm_proc_flanger) = {
    .name = "flanger",
    .summary = "a comb whose teeth wander",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_TIMED,
    .n_coeffs = N_COEFFS,
    .update = update,
    .size_state = size_state,
    .tail = tail,
    .reset = reset,
    .process_strip = process_strip,
};
