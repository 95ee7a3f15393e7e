/* Digital: the converters of early samplers, few bits and a low rate.
 *
 *     at every tick of `rate`:   h = step * round(x / step [+ noise]),  step = 2^(1-bits)
 *     out = (1 - mix) x + mix h
 *
 * The quantiser has a level at 0, so silence stays silence (and one bit would leave three
 * levels and nothing below half scale: two is the least); bits may be any number between
 * whole ones, so that they can be swept. Nothing is clipped: the range is that of
 * the floats around it.
 *
 * Sample and hold: ticks fall on the frames where floor(frame * rate / engine rate) goes
 * up, counted in integers from the song's beginning (proc/cycle.h). There is no filter
 * before or after it: what lies above half of `rate` folds back, and the steps of the
 * held signal sound up to the engine's own half rate; at rates that do not divide the
 * engine's the ticks are up to a frame late, which is noise of its own. All of that is
 * the effect; there is nothing in it to be oversampled. A change of rate goes on from
 * where the ticks are.
 *
 * Dither (dsp/dither.h) is triangular, drawn for the frame of the tick, and sleeps in
 * silence. Latency: none. Tail: until the next tick after silence; with dither half a
 * second more. */
#include "dsp/dither.h"

#include "base/qmath.h"
#include "proc/cycle.h"

enum { BITS, RATE, DITHER, MIX };

/* Defaults: what `digital, amount 0.3` stands for, 12 - 6 amount bits and 44100 - 20000
 * amount Hz, in whole bits. */
static const QmParam params[] = {
    [BITS] = {.name = "bits",
              .help = "of the converter, fractions allowed",
              .min = 2,
              .max = 16,
              .def = 10},
    [RATE] = {.name = "rate",
              .help = "at which a sample is taken and held, up to the engine's",
              .unit = QM_UNIT_HZ,
              .min = 100,
              .max = 192000,
              .def = 38100,
              .flags = QM_PARAM_STEPPED},
    [DITHER] = {.name = "dither",
                .help = "triangular noise before rounding",
                .kind = QM_PARAM_SWITCH,
                .max = 1},
    [MIX] = {.name = "mix",
             .help = "0: dry, 100: the converter alone",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 100,
             .def = 100},
};

enum { C_STEP, C_RATE, C_NOISE, C_MIX, N_COEFFS };

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double ratio = p[RATE] / spec->rate_hz;
    c[C_STEP] = (float)qm_exp2(1 - p[BITS]);
    c[C_RATE] = (float)(ratio < 1 ? ratio : 1);
    c[C_NOISE] = p[DITHER] > 0.5 ? 1 : 0;
    c[C_MIX] = (float)(0.01 * p[MIX]);
}

typedef struct State {
    QmVec held;
    QmVecI awake; /* frames until the noise sleeps */
    QmCycle ticks[QM_GANG];
} State;

static uint32_t awake_frames(const QmProcSpec *spec)
{
    return (uint32_t)(QM_DITHER_AWAKE_S * spec->rate_hz);
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const uint64_t tick = (uint64_t)(spec->rate_hz / p[RATE]) + 1;
    return tick + (p[DITHER] > 0.5 ? awake_frames(spec) : 0);
}

/* The ticks of four strips: 64-bit phases in 2^-40 cycles, each over a pair of lanes. */
typedef uint64_t Phases __attribute__((vector_size(32)));
typedef struct Ticks {
    Phases at, step;
} Ticks;

static Ticks start(const QmProcCall *call, State *s)
{
    Ticks t;
    for (uint32_t strip = 0; strip < QM_GANG; strip++) {
        const double per_frame = (double)call->coeffs[C_RATE][2 * strip];
        const QmPhase phase = qm_cycle_free(&s->ticks[strip], &call->time, per_frame);
        t.at[strip] = phase.at;
        t.step[strip] = phase.step;
    }
    return t;
}

/* Whether a cycle has begun within the last frame: the part of the phase below one is
 * less than a step. The sign of the difference is that of its upper half. */
QM_INLINE QmVecI tick(Ticks *t)
{
    const Phases part = t->at & (QM_CYCLE_ONE - 1);
    const QmVecI sign = (QmVecI)(part - t->step) >> 31;
    t->at += t->step;
    return (QmVecI)qm_vec_rights((QmVec)sign);
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs, noise[QM_QUANTUM];
    QmVec held = s->held;
    const int32_t hold = (int32_t)awake_frames(call->spec);
    uint64_t seeds[QM_GANG];
    for (uint32_t strip = 0; strip < QM_GANG; strip++)
        seeds[strip] = call->spec[strip].seed;
    qm_dither_rows(seeds, call->time.frame, call->n, noise);
    Ticks ticks = start(call, s);
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t k = 0; call->step && k < N_COEFFS; k++)
            c[k] += call->step[k];
        const QmVec x = call->io[i];
        const QmVecI awake = qm_dither_awake(&s->awake, x, hold);
        const QmVec drawn = (QmVec)((QmVecI)(noise[i] * c[C_NOISE]) & awake);
        const QmVec level = c[C_STEP] * qm_vec_round(x / c[C_STEP] + drawn);
        held = qm_vec_select(tick(&ticks), level, held);
        call->io[i] = (qm_vec(1) - c[C_MIX]) * x + c[C_MIX] * held;
    }
    s->held = call->on_grid ? qm_vec_flush(held) : held;
}

const QmProcDesc QM_ISA(qm_proc_digital) = {
    .name = "digital",
    .summary = "bit crush and rate reduction, early samplers",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_TIMED,
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .tail = tail,
    .process = process,
};
