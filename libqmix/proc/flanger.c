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
#include "proc/swept.h"

enum { RATE, SYNC, SHAPE, PHASE, STEREO, DELAY, DEPTH, FEEDBACK, MIX };

enum { LONGEST_MS = 20, DEEPEST_MS = 20, LEAST = QM_MOVING_LEAST + 1 };

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

enum { C_IN = QM_SWEPT_COEFFS, C_FEEDBACK, C_DRY, C_WET, N_COEFFS };

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double feedback = p[FEEDBACK] / 100, mix = p[MIX] / 100;
    c[QM_SWEPT_RATE] = (float)(p[RATE] / spec->rate_hz);
    c[QM_SWEPT_DELAY] = (float)(p[DELAY] / 1000 * spec->rate_hz);
    c[QM_SWEPT_DEPTH] = (float)(p[DEPTH] / 2000 * spec->rate_hz);
    c[C_IN] = (float)qm_sqrt(1 - feedback * feedback);
    c[C_FEEDBACK] = (float)feedback;
    c[C_DRY] = (float)(1 - mix);
    c[C_WET] = (float)mix;
}

static uint32_t longest(const QmProcSpec *spec)
{
    return qm_swept_frames(LONGEST_MS + DEEPEST_MS, spec->rate_hz);
}

static size_t size_state(const QmProcSpec *spec) { return qm_swept_size(longest(spec)); }

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const double kept = p[FEEDBACK] < 0 ? -p[FEEDBACK] / 100 : p[FEEDBACK] / 100;
    const double turns = kept > 1e-6 ? 1 - 6 / qm_log10(kept) : 1;
    const double turn = (p[DELAY] + p[DEPTH]) / 1000 * spec->rate_hz + QM_MOVING_TAPS;
    return (uint64_t)(turns * turn) + 1;
}

static void reset(const QmProcSpec *spec, void *state)
{
    const double delay = spec->params[DELAY] / 1000 * spec->rate_hz;
    const double depth = spec->params[DEPTH] / 2000 * spec->rate_hz;
    qm_swept_reset(state, longest(spec), delay, depth);
}

/* What may enter the loop: no NaN, nothing absurd, nothing too small to be heard. */
QM_INLINE float sane(float x)
{
    const float a = x < 0 ? -x : x;
    return a > 1e-30f && a < 1e15f ? x : 0;
}

static void process_strip(const QmStripCall *call)
{
    QmSwept *const s = call->state;
    const double pace = qm_swept_pace(call->spec->rate_hz);
    const double *const p = call->spec->params;
    const QmSwing swing = qm_swing(p[SYNC], p[SHAPE], p[PHASE], p[STEREO]);
    float *const c = call->coeffs, *const io[2] = {call->left, call->right};
    float lfo[2][QM_QUANTUM];
    qm_swept_swing(call, &swing, 0, call->spec->seed, lfo[0]);
    qm_swept_swing(call, &swing, swing.stereo, call->spec->seed, lfo[1]);
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t k = QM_SWEPT_DELAY; call->step && k < N_COEFFS; k++)
            c[k] += call->step[k];
        qm_swept_glide(s, pace, c);
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
