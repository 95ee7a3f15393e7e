/* Phaser: notches that wander, from all-passes whose corner swings.
 *
 *     u = in x + feedback y[n-1]
 *     y = `stages` first-order all-passes of corner freq * 2^(depth/2 lfo) over u
 *     out = dry x + wet y
 *
 * Dry and wet cancel where the chain turns the phase by an odd half turn: half as many
 * notches as there are stages. Feedback sharpens what is between them; `in` = sqrt(1 -
 * feedback^2) keeps a noise as loud as it was, since a loop around an all-pass has the
 * mean power 1 / (1 - feedback^2).
 *
 * An all-pass is the trapezoidal one (Zavalishin, "The Art of VA Filter Design"), which
 * may be swept at any rate: with G = g / (1 + g) and g = tan(pi f / rate)
 *
 *     v = (x - s) G,   low = v + s,   s = low + v,   y = 2 low - x
 *
 * G is sin / (sin + cos) of pi f / rate in every frame (dsp/cutoff.h); f is held below
 * 0.45 of the rate. No latency. Tail: as many turns of the loop as the feedback needs for
 * 120 dB, and 14 time constants of the chain at its lowest corner. */
#include "base/qmath.h"
#include "dsp/cutoff.h"
#include "proc/swing.h"

enum { RATE, SYNC, SHAPE, PHASE, STEREO, STAGES, FREQ, DEPTH, FEEDBACK, MIX };

enum { MOST_STAGES = 12, MOST_OCTAVES = 6 };

static const QmParam params[] = {
    [RATE] = QM_SWING_RATE(0.3),
    [SYNC] = QM_SWING_SYNC,
    [SHAPE] = QM_SWING_SHAPE,
    [PHASE] = QM_SWING_PHASE,
    [STEREO] = QM_SWING_STEREO(0),
    [STAGES] = {.name = "stages",
                .help = "all-passes, two for a notch",
                .kind = QM_PARAM_INTEGER,
                .min = 2,
                .max = MOST_STAGES,
                .def = 6,
                .flags = QM_PARAM_STRUCTURAL},
    [FREQ] = {.name = "freq",
              .help = "corner around which it swings",
              .unit = QM_UNIT_HZ,
              .min = 50,
              .max = 8000,
              .def = 700},
    [DEPTH] = {.name = "depth",
               .help = "octaves from the lowest to the highest corner",
               .max = MOST_OCTAVES,
               .def = 3},
    [FEEDBACK] = {.name = "feedback",
                  .help = "of the chain into itself",
                  .unit = QM_UNIT_PERCENT,
                  .min = -95,
                  .max = 95,
                  .def = 50},
    [MIX] = {.name = "mix",
             .help = "share of the chain, deepest notches at 50",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 50},
};

enum { C_RATE, C_FREQ, C_DEPTH, C_IN, C_FEEDBACK, C_DRY, C_WET, N_COEFFS };

typedef struct State {
    QmCycle cycles[QM_GANG];
    QmVec low[MOST_STAGES];
    QmVec last; /* y */
} State;

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double feedback = p[FEEDBACK] / 100, mix = p[MIX] / 100;
    c[C_RATE] = (float)(p[RATE] / spec->rate_hz);
    c[C_FREQ] = (float)qm_log2(p[FREQ] / spec->rate_hz);
    c[C_DEPTH] = (float)(p[DEPTH] / 2);
    c[C_IN] = (float)qm_sqrt(1 - feedback * feedback);
    c[C_FEEDBACK] = (float)feedback;
    c[C_DRY] = (float)(1 - mix);
    c[C_WET] = (float)mix;
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const double lowest = p[FREQ] * qm_exp2(-0.5 * p[DEPTH]);
    const double pass = spec->params[STAGES] * spec->rate_hz / (QM_PI * lowest);
    const double kept = p[FEEDBACK] < 0 ? -p[FEEDBACK] / 100 : p[FEEDBACK] / 100;
    const double turns = kept > 0.01 ? -6 / qm_log10(kept) : 3;
    return (uint64_t)(pass * (14 + turns)) + 1;
}

/* G of every frame in place of its swing; one behind the last is room for a pair. */
QM_INLINE void corners(const QmProcCall *call, QmVec *g)
{
    const QmVec most = qm_vec(-1.15200309f); /* log2(0.45) */
    QmVec freq = call->coeffs[C_FREQ], depth = call->coeffs[C_DEPTH];
    for (uint32_t i = 0; i < call->n; i++) {
        if (call->step) {
            freq += call->step[C_FREQ];
            depth += call->step[C_DEPTH];
        }
        g[i] = qm_vec_min(freq + depth * g[i], most);
    }
    g[call->n] = most;
    for (uint32_t i = 0; i < call->n; i += 2) {
        QmVec cosine[2];
        qm_cutoffs(g + i, cosine);
        g[i] = g[i] / (g[i] + cosine[0]);
        g[i + 1] = g[i + 1] / (g[i + 1] + cosine[1]);
    }
    call->coeffs[C_FREQ] = freq;
    call->coeffs[C_DEPTH] = depth;
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    const double *const p = call->spec->params;
    const QmSwing swing = qm_swing(p[SYNC], p[SHAPE], p[PHASE], p[STEREO]);
    const uint32_t stages = (uint32_t)p[STAGES];
    QmVec *const c = call->coeffs, g[QM_QUANTUM + 1];
    qm_swing_lanes(&swing, s->cycles, call, c[C_RATE], g);
    corners(call, g);
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t k = C_IN; call->step && k < N_COEFFS; k++)
            c[k] += call->step[k];
        const QmVec x = call->io[i];
        QmVec y = c[C_IN] * x + c[C_FEEDBACK] * s->last;
        for (uint32_t k = 0; k < stages; k++) {
            const QmVec v = (y - s->low[k]) * g[i], low = v + s->low[k];
            s->low[k] = low + v;
            y = low + low - y;
        }
        s->last = y;
        call->io[i] = c[C_DRY] * x + c[C_WET] * y;
    }
    if (!call->on_grid)
        return;
    s->last = qm_vec_flush(s->last);
    for (uint32_t k = 0; k < stages; k++)
        s->low[k] = qm_vec_flush(s->low[k]);
}

const QmProcDesc QM_ISA(qm_proc_phaser) = {
    .name = "phaser",
    .summary = "notches that wander",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_TIMED,
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .tail = tail,
    .process = process,
};
