/* Tube: a triode stage that is driven into its curve.
 *
 *     tilt -> curve (dsp/saturator.h, 8x) -> tilt back;   out = dry + mix (wet - dry)
 *
 * `drive` is how far the curve reaches into the signal: at 100 % it bends at 1/8 of full
 * scale (-18 dBFS), at 0 it is straight. Small signals keep their level at any drive;
 * what is loud gets softer, as in a stage of unity gain that runs out of voltage: at a
 * peak a, by 1 / sqrt(1 + (8 a drive)^2).
 *
 * `asymmetry` moves the working point off the curve's middle, as a grid bias does: one
 * half wave bends sooner, which is even harmonics; the steady part of that is taken out.
 *
 * `tone` says what part of the spectrum bends: a tilt of 6 dB to either side around 1 kHz
 * in front of the curve, turned back behind it. 0: lows are driven, highs pass clean;
 * 100: the other way round; 50: all alike.
 *
 * Mild triodes: H2 dominates at low levels (dsp/saturator.h has the formulas), H3 rises
 * with the square of the level. Latency: that of the oversampling, 51 frames up to 48
 * kHz. Source of the model: the static curve around a bias, as in Yeh (2009), "Digital
 * implementation of musical distortion circuits", 2.4. */
#include "dsp/saturator.h"

#include "proc/proc.h"

enum { DRIVE, ASYMMETRY, TONE, MIX };

/* Defaults of drive, asymmetry and tone: the amounts 0.3, 0.3 and 0.5. */
static const QmParam params[] = {
    [DRIVE] = {.name = "drive",
               .help = "how far the signal is pushed into the curve, 0: not at all",
               .unit = QM_UNIT_PERCENT,
               .min = 0,
               .max = 100,
               .def = 30},
    [ASYMMETRY] = {.name = "asymmetry",
                   .help = "of the two half waves, makes even harmonics",
                   .unit = QM_UNIT_PERCENT,
                   .min = 0,
                   .max = 100,
                   .def = 30},
    [TONE] = {.name = "tone",
              .help = "what is driven, 0: the lows, 100: the highs",
              .unit = QM_UNIT_PERCENT,
              .min = 0,
              .max = 100,
              .def = 50},
    [MIX] = {.name = "mix",
             .help = "0: dry, 100: the tube alone",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 100,
             .def = 100},
};

/* dsp/saturator.h says why drive and bias stop there. */
#define MOST_DRIVE 8.0
#define MOST_BIAS  0.5
#define TILT_HZ    1000.0
#define TILT_DB    6.0

/* A tilt by k = 10^(dB/20) to either side of f is a zero at f / k and a pole at f k; its
 * louder end is kept at one, so that nothing is driven farther than `drive` says. */
static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double k = qm_db_to_gain(TILT_DB * (p[TONE] - 50) / 50);
    const double low = k < 1 ? 1 : 1 / (k * k);
    qm_saturator_update(MOST_DRIVE * 0.01 * p[DRIVE], MOST_BIAS * 0.01 * p[ASYMMETRY],
                        0.01 * p[MIX], spec->rate_hz, c);
    qm_shelf_pair(TILT_HZ / k, TILT_HZ * k, low, spec->rate_hz, c + QM_SATURATE_PRE);
}

static uint32_t latency(const QmProcSpec *spec)
{
    return qm_saturator_latency(spec->rate_hz);
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    (void)p;
    return qm_saturator_tail(spec->rate_hz);
}

static void process(const QmProcCall *call)
{
    qm_saturate(call->state, qm_saturator_factor(call->spec->rate_hz), call->coeffs,
                call->step, call->io, call->n, call->on_grid);
}

const QmProcDesc QM_ISA(qm_proc_tube) = {
    .name = "tube",
    .summary = "a triode driven into its curve: even and odd harmonics",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_RINGS,
    .n_coeffs = QM_SATURATE_COEFFS,
    .update = update,
    .state_size = sizeof(QmSaturator),
    .latency = latency,
    .tail = tail,
    .process = process,
};
