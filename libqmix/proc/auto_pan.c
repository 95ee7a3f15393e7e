/* Auto-pan: the sound wanders between the sides at constant power.
 *
 *     place = depth lfo, -1 left .. 1 right, held within
 *     left  *= cos(a) - sin(a),  right *= cos(a) + sin(a),   a = pi/4 place
 *
 * the squares of both gains add up to two, and 0 dB is the middle. The channels are
 * weighed, not moved: what is on one side only fades there and does not cross. No
 * latency, no tail.
 *
 * Sine and cosine are their series to the ninth and eighth power: on [0, pi/4] exact to
 * the last bit but one of a float. */
#include "proc/swing.h"

#include "base/qmath.h"

enum { RATE, SYNC, SHAPE, PHASE, DEPTH };

static const QmParam params[] = {
    [RATE] = QM_SWING_RATE(0.5),
    [SYNC] = QM_SWING_SYNC,
    [SHAPE] = QM_SWING_SHAPE,
    [PHASE] = QM_SWING_PHASE,
    [DEPTH] = {.name = "depth",
               .help = "how far to the sides it goes",
               .unit = QM_UNIT_PERCENT,
               .max = 100,
               .def = 70},
};

enum { C_RATE, C_DEPTH, N_COEFFS };

typedef struct State {
    QmCycle cycles[QM_GANG];
} State;

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    c[C_RATE] = (float)(p[RATE] / spec->rate_hz);
    c[C_DEPTH] = (float)(p[DEPTH] / 100);
}

/* cos(pi/4 x) + side sin(pi/4 x) */
QM_INLINE QmVec weigh(QmVec x, QmVec side)
{
    const QmVec a = x * qm_vec((float)(QM_PI / 4)), z = a * a;
    QmVec cosine = z * qm_vec(1.0f / 40320) - qm_vec(1.0f / 720);
    cosine = cosine * z + qm_vec(1.0f / 24);
    cosine = cosine * z - qm_vec(0.5f);
    QmVec sine = z * qm_vec(1.0f / 362880) - qm_vec(1.0f / 5040);
    sine = sine * z + qm_vec(1.0f / 120);
    sine = sine * z - qm_vec(1.0f / 6);
    return qm_vec(1) + (cosine * z + side * (a + a * (sine * z)));
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    const double *const p = call->spec->params;
    const QmSwing swing = qm_swing(p[SYNC], p[SHAPE], p[PHASE], 0);
    const QmVec side = {-1, 1, -1, 1, -1, 1, -1, 1}, one = qm_vec(1);
    QmVec lfo[QM_QUANTUM];
    qm_swing_lanes(&swing, s->cycles, call, call->coeffs[C_RATE], lfo);
    QmVec depth = call->coeffs[C_DEPTH];
    for (uint32_t i = 0; i < call->n; i++) {
        if (call->step)
            depth += call->step[C_DEPTH];
        const QmVec place = qm_vec_max(qm_vec_min(depth * lfo[i], one), -one);
        call->io[i] *= weigh(place, side);
    }
    call->coeffs[C_DEPTH] = depth;
}

const QmProcDesc QM_ISA(qm_proc_auto_pan) = {
    .name = "auto-pan",
    .summary = "the sound wanders between the sides",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_TIMED,
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .process = process,
};
