/* Tremolo: the level swings.
 *
 *     y = x (1 - depth (1 - lfo) / 2)
 *
 * so that the loudest moment is the input itself, bit for bit at depth 0. With `stereo`
 * the right side swings ahead of the left. No latency, no tail. */
#include "proc/swing.h"

enum { RATE, SYNC, SHAPE, PHASE, STEREO, DEPTH };

static const QmParam params[] = {
    [RATE] = QM_SWING_RATE(5),
    [SYNC] = QM_SWING_SYNC,
    [SHAPE] = QM_SWING_SHAPE,
    [PHASE] = QM_SWING_PHASE,
    [STEREO] = QM_SWING_STEREO(0),
    [DEPTH] = {.name = "depth",
               .help = "what is taken at the quietest moment",
               .unit = QM_UNIT_PERCENT,
               .max = 100,
               .def = 50},
};

enum { C_RATE, C_DEPTH, N_COEFFS };

typedef struct State {
    QmCycle cycles[QM_GANG];
} State;

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    c[C_RATE] = (float)(p[RATE] / spec->rate_hz);
    c[C_DEPTH] = (float)(p[DEPTH] / 200);
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    const double *const p = call->spec->params;
    const QmSwing swing = qm_swing(p[SYNC], p[SHAPE], p[PHASE], p[STEREO]);
    QmVec lfo[QM_QUANTUM];
    qm_swing_lanes(&swing, s->cycles, call, call->coeffs[C_RATE], lfo);
    QmVec depth = call->coeffs[C_DEPTH];
    for (uint32_t i = 0; i < call->n; i++) {
        if (call->step)
            depth += call->step[C_DEPTH];
        const QmVec taken = depth * (qm_vec(1) - lfo[i]);
        call->io[i] *= qm_vec(1) - taken;
    }
    call->coeffs[C_DEPTH] = depth;
}

const QmProcDesc QM_ISA(qm_proc_tremolo) = {
    .name = "tremolo",
    .summary = "the level swings",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_TIMED,
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .process = process,
};
