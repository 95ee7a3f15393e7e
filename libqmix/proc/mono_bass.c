/* Mono bass: below a frequency both channels carry the same.
 *
 *     m = (l + r) / 2, s = (l - r) / 2
 *     m' = low(m) + high(m)                an all-pass
 *     s' = (1 - amount) low(s) + high(s)
 *     l' = m' + s',  r' = m' - s'
 *
 * with one crossover of dsp/crossover.h. Its high-pass has the phase of its all-pass at
 * every frequency, so what is left of the side keeps its place beside the mid; taking the
 * bass from the side with any other filter turns the side against the mid around the
 * corner, and throws what was on one side to the other. The mono sum is that of the
 * input, through the all-pass.
 *
 * `freq` is where the side is 20 dB down: the crossover lies sqrt 3 above it, for a slope
 * of fourth order leaves w^4 / (1 + w^4) = 1/10 at w^4 = 1/9. An octave below it is 43 dB
 * down, 6 dB at the crossover.
 *
 * No latency; the tail is the crossover's ringing. Sources: dsp/crossover.h. */
#include "dsp/crossover.h"
#include "dsp/mid_side.h"

#include "base/qmath.h"
#include "proc/proc.h"

enum { FREQ, AMOUNT };
enum { BANDS = 2 };

#define CROSSOVER_OVER_FREQ 1.73205080756887729 /* sqrt 3 */

static const QmParam params[] = {
    [FREQ] = {.name = "freq",
              .help = "below it the side is at least 20 dB down",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 1000,
              .def = 120},
    [AMOUNT] = {.name = "amount",
                .help = "share of the side's bass that is taken",
                .unit = QM_UNIT_PERCENT,
                .min = 0,
                .max = 100,
                .def = 100},
};

enum { C_CROSSOVER, C_LEFT_OVER, N_COEFFS };

typedef struct State {
    QmSvf sections[2];
} State;

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    c[C_CROSSOVER] = qm_cross_coeff(CROSSOVER_OVER_FREQ * p[FREQ], spec->rate_hz);
    c[C_LEFT_OVER] = (float)(1 - p[AMOUNT] / 100);
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const double crossover = CROSSOVER_OVER_FREQ * p[FREQ];
    return (uint64_t)(20 * qm_cross_frames(crossover, spec->rate_hz));
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    QmVec bands[BANDS][QM_QUANTUM];
    const QmBandsCall split = {s->sections,           call->coeffs, call->step,
                               call->time.since_grid, call->n,      call->on_grid};
    for (uint32_t i = 0; i < call->n; i++)
        bands[BANDS - 1][i] = qm_mid_side(call->io[i]);
    qm_bands_split(&split, BANDS, bands);
    QmVec *const left_over = call->coeffs + C_LEFT_OVER;
    for (uint32_t i = 0; i < call->n; i++) {
        if (call->step)
            *left_over += call->step[C_LEFT_OVER];
        const QmVec low = bands[0][i] * qm_vec_pair(qm_vec(1), *left_over);
        call->io[i] = qm_sum_difference(low + bands[1][i]);
    }
}

const QmProcDesc QM_ISA(qm_proc_mono_bass) = {
    .name = "mono-bass",
    .summary = "lows in mono, their phase kept with the rest",
    .params = params,
    .n_params = QM_COUNT(params),
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .tail = tail,
    .process = process,
};
