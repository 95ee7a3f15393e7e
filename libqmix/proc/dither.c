/* Dither: the chain's last step to whole numbers of so many bits.
 *
 *     y = round(2^(bits-1) x + noise) / 2^(bits-1)
 *
 * The noise is triangular, two bits wide, keyed by the seed, the channel and the song
 * frame (dsp/dither.h): the error is white, 1/4 LSB^2 (-96.33 dBFS at 16 bits), and
 * neither its mean nor its power depends on the signal. With `shape` the errors are
 * handed on through Lipshitz's five taps, at 44.1 and 48 kHz; elsewhere it does nothing.
 * The file that is written is dithered by itself (qrender --dither): this is for what
 * lies in between, and for bits that no file has.
 *
 * Half a second after the last sample that was not 0 the noise sleeps, so that silence
 * stays silence; that is the tail. No latency. Nothing is clipped. */
#include "dsp/dither.h"

#include "base/qmath.h"
#include "proc/proc.h"

enum { BITS, SHAPE };

static const QmParam params[] = {
    [BITS] = {.name = "bits",
              .help = "of what comes out",
              .kind = QM_PARAM_INTEGER,
              .min = 8,
              .max = 24,
              .def = 16},
    [SHAPE] = {.name = "shape",
               .help = "noise where the ear is dull, at 44.1 and 48 kHz only",
               .kind = QM_PARAM_SWITCH,
               .max = 1},
};

enum { C_SCALE, C_TAPS, N_COEFFS = C_TAPS + QM_SHAPE_TAPS };

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const bool shaped = p[SHAPE] > 0.5 && qm_shape_defined(spec->rate_hz);
    c[C_SCALE] = (float)qm_exp2(p[BITS] - 1);
    for (uint32_t k = 0; k < QM_SHAPE_TAPS; k++)
        c[C_TAPS + k] = shaped ? qm_shape_taps[k] : 0;
}

typedef struct State {
    QmShape shape;
    QmVecI awake; /* frames until it sleeps */
} State;

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    (void)p;
    return (uint64_t)(QM_DITHER_AWAKE_S * spec->rate_hz);
}

static void process(const QmProcCall *call)
{
    State *const state = call->state;
    State s = *state;
    QmVec *const c = call->coeffs, noise[QM_QUANTUM];
    const int32_t hold = (int32_t)tail(call->spec, NULL);
    uint64_t seeds[QM_GANG];
    for (uint32_t strip = 0; strip < QM_GANG; strip++)
        seeds[strip] = call->spec[strip].seed;
    qm_dither_rows(seeds, call->time.frame, call->n, noise);
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t k = 0; call->step && k < N_COEFFS; k++)
            c[k] += call->step[k];
        const QmVec x = qm_vec_flush(call->io[i]);
        const QmVecI awake = qm_dither_awake(&s.awake, x, hold);
        const QmVec scale = qm_vec_max(c[C_SCALE], qm_vec(1)); /* 0 where no strip is */
        const QmVec y = qm_shape_tick(&s.shape, c + C_TAPS, x * scale, noise[i]);
        for (uint32_t k = 0; k < QM_SHAPE_TAPS; k++)
            s.shape.error[k] = (QmVec)((QmVecI)s.shape.error[k] & awake);
        call->io[i] = (QmVec)((QmVecI)(y / scale) & awake);
    }
    for (uint32_t k = 0; call->on_grid && k < QM_SHAPE_TAPS; k++)
        s.shape.error[k] = qm_vec_flush(s.shape.error[k]);
    *state = s;
}

const QmProcDesc QM_ISA(qm_proc_dither) = {
    .name = "dither",
    .summary = "whole numbers of so many bits, with noise instead of distortion",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_TIMED,
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .tail = tail,
    .process = process,
};
