/* Clipper: cuts off what is above the ceiling, with a corner or a bend, without aliases.
 *
 *     x -> up 2x, 4x or 8x -> y = c(drive x) -> (1 - mix) x + mix y -> down
 *
 *     c(u) = u                                               |u| <= (1 - s) ceiling
 *            sign(u) ceiling (1 - s + s tanh((|u| / ceiling - 1 + s) / s))
 *
 * with softness s (dsp/soft_clip.h): at 100 % a tanh, at 50 % straight up to 6 dB below
 * the ceiling, at 0 % a corner (s = 0.1 % in fact). Only odd harmonics, as the curve is
 * odd.
 *
 * The ceiling. At the high rate nothing is above it. Without what lies above half the
 * rate the wave is another: the lowest partial of a square wave alone is 4 / pi of its
 * height. So a sample that comes out may be above the ceiling: by 0.2 dB for a low tone
 * that is clipped to a square with the default softness, by 2.1 dB for one whose third
 * harmonic is above half the rate, by 4 dB for white noise 12 dB too loud. Cutting these
 * tops off at the low rate would fold back all that the oversampling keeps out; where a
 * ceiling must be kept, the limiter comes next.
 *
 * Aliases. What folds back to below 20 kHz are harmonics from factor * rate - 20 kHz on.
 * The strongest for a tone of 5 kHz at 0 dBFS and 48 kHz, driven by 6 dB, in dBFS:
 *
 *     softness   100 %    50 %    25 %     0 %
 *     2x          -102     -62     -50     -46
 *     4x          -149     -89     -74     -56
 *     8x          -149    -115    -102     -68
 *
 * Latency: that of the oversampling, 40, 48 or 51 frames (dsp/oversample.h), and as much
 * of a tail. */
#include "base/qmath.h"
#include "dsp/oversample.h"
#include "dsp/soft_clip.h"
#include "proc/proc.h"

enum { DRIVE, CEILING, SOFTNESS, MIX, OVERSAMPLING };

#define LEAST_SOFTNESS 0.001

static const char *const factor_names[] = {"2x", "4x", "8x", NULL};

static const QmParam params[] = {
    [DRIVE] = {.name = "drive",
               .help = "gain into the clipper",
               .unit = QM_UNIT_DB,
               .min = 0,
               .max = 36,
               .def = 0},
    [CEILING] = {.name = "ceiling",
                 .help = "level that is not exceeded",
                 .unit = QM_UNIT_DB,
                 .min = -36,
                 .max = 0,
                 .def = -1},
    [SOFTNESS] = {.name = "softness",
                  .help = "share of the way up to the ceiling that is bent, 0: a corner",
                  .unit = QM_UNIT_PERCENT,
                  .min = 0,
                  .max = 100,
                  .def = 50},
    [MIX] = {.name = "mix",
             .help = "share of the clipped signal",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 100,
             .def = 100},
    [OVERSAMPLING] = {.name = "oversampling",
                      .help = "rate at which it clips",
                      .kind = QM_PARAM_CHOICE,
                      .max = 2,
                      .def = 2,
                      .choices = factor_names,
                      .flags = QM_PARAM_STRUCTURAL},
};

enum { C_DRIVE, C_LINE, C_BEND, C_DRY, C_WET, N_COEFFS };

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    (void)spec;
    const double ceiling = qm_db_to_gain(p[CEILING]), mix = p[MIX] / 100;
    const double asked = p[SOFTNESS] / 100;
    const double softness = asked > LEAST_SOFTNESS ? asked : LEAST_SOFTNESS;
    c[C_DRIVE] = (float)qm_db_to_gain(p[DRIVE]);
    c[C_LINE] = (float)(ceiling * (1 - softness));
    c[C_BEND] = (float)(ceiling * softness);
    c[C_DRY] = (float)(1 - mix);
    c[C_WET] = (float)mix;
}

static uint32_t factor_of(const QmProcSpec *spec)
{
    return 2u << (uint32_t)spec->params[OVERSAMPLING];
}

static uint32_t latency(const QmProcSpec *spec)
{
    return qm_oversample_latency(factor_of(spec));
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    (void)p;
    return latency(spec);
}

QM_INLINE void clip(const QmProcCall *call, uint32_t factor, bool ramp, QmVec *fast)
{
    QmVec c[N_COEFFS], per_bend;
    memcpy(c, call->coeffs, sizeof c);
    per_bend = qm_vec(1) / c[C_BEND];
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp) {
            qm_coeffs_advance(c, call->step, 0, N_COEFFS);
            per_bend = qm_vec(1) / c[C_BEND];
        }
        for (uint32_t k = 0; k < factor; k += 2) {
            QmVec *const x = fast + i * factor + k;
            QmVec y[2] = {x[0] * c[C_DRIVE], x[1] * c[C_DRIVE]};
            qm_soft_clip(y, c[C_LINE], c[C_BEND], per_bend);
            x[0] = c[C_DRY] * x[0] + c[C_WET] * y[0];
            x[1] = c[C_DRY] * x[1] + c[C_WET] * y[1];
        }
    }
    if (ramp)
        memcpy(call->coeffs, c, sizeof c);
}

static void process(const QmProcCall *call)
{
    const uint32_t factor = factor_of(call->spec);
    QmVec fast[QM_OVERSAMPLE_MAX * QM_QUANTUM];
    qm_oversample_up(call->state, factor, call->io, call->n, fast);
    if (call->step)
        clip(call, factor, true, fast);
    else
        clip(call, factor, false, fast);
    qm_oversample_down(call->state, factor, fast, call->n, call->io);
}

const QmProcDesc QM_ISA(qm_proc_clipper) = {
    .name = "clipper",
    .summary = "clipper: hard to soft, oversampled",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_RINGS,
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(QmOversampler),
    .latency = latency,
    .tail = tail,
    .process = process,
};
