/* Stereo width by frequency: the side signal at a level of its own in three bands.
 *
 *     m = (l + r) / 2, s = (l - r) / 2
 *     m' = low(m) + mid(m) + high(m)                      an all-pass
 *     s' = a low(s) + b mid(s) + c high(s)
 *     l' = m' + s',  r' = m' - s'
 *
 * with the bands of dsp/crossover.h. They are in phase with each other and with their
 * sum, so whatever the widths, the side keeps its phase beside the mid: a source stays in
 * its place and gets wider or narrower at some frequencies, it does not smear. The price
 * is that the whole is an all-pass even where all widths are 1. (Shelves on the side
 * alone would leave the mid alone, but turn the side beside it: what was hard left would
 * be heard on the right, too.) One width for all frequencies is the fader's, and costs no
 * phase.
 *
 * The mono sum is that of the input, through the all-pass. A low crossover that is moved
 * above the high one pushes that along. No latency; the tail is the crossovers' ringing.
 * Source: mid and side after A. Blumlein (1933); for the bands see dsp/crossover.h. */
#include "dsp/crossover.h"
#include "dsp/mid_side.h"

#include "base/qmath.h"
#include "proc/proc.h"

enum { LOW, MID, HIGH, LOW_FREQ, HIGH_FREQ };
enum { BANDS = 3 };

#define WIDTH_PARAM(which)                                                               \
    {                                                                                    \
        .name = which, .help = "width of the " which " band, 0: mono, 1: as it came",    \
        .min = 0, .max = 2, .def = 1                                                     \
    }

static const QmParam params[] = {
    [LOW] = WIDTH_PARAM("low"),
    [MID] = WIDTH_PARAM("mid"),
    [HIGH] = WIDTH_PARAM("high"),
    [LOW_FREQ] = {.name = "low-freq",
                  .help = "upper end of the low band",
                  .unit = QM_UNIT_HZ,
                  .min = 20,
                  .max = 2000,
                  .def = 200},
    [HIGH_FREQ] = {.name = "high-freq",
                   .help = "lower end of the high band",
                   .unit = QM_UNIT_HZ,
                   .min = 200,
                   .max = 20000,
                   .def = 2000},
};

enum { C_BANDS = BANDS - 1, N_COEFFS = C_BANDS + BANDS }; /* crossovers, widths */

enum { SECTIONS = 5 }; /* of three bands */

typedef struct State {
    QmSvf sections[SECTIONS];
} State;

static double high_freq(const double *p)
{
    return p[HIGH_FREQ] > p[LOW_FREQ] ? p[HIGH_FREQ] : p[LOW_FREQ];
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    c[0] = qm_cross_coeff(p[LOW_FREQ], spec->rate_hz);
    c[1] = qm_cross_coeff(high_freq(p), spec->rate_hz);
    for (uint32_t b = 0; b < BANDS; b++)
        c[C_BANDS + b] = (float)p[LOW + b];
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    return (uint64_t)(20 * (qm_cross_frames(p[LOW_FREQ], spec->rate_hz) +
                            qm_cross_frames(high_freq(p), spec->rate_hz)));
}

QM_INLINE void join(const QmProcCall *call, QmVec (*bands)[QM_QUANTUM], bool ramp)
{
    const QmVec one = qm_vec(1);
    QmVec *const c = call->coeffs + C_BANDS;
    for (uint32_t i = 0; i < call->n; i++) {
        QmVec sum = {0};
        for (uint32_t b = 0; b < BANDS; b++) {
            if (ramp)
                c[b] += call->step[C_BANDS + b];
            sum += bands[b][i] * qm_vec_pair(one, c[b]);
        }
        call->io[i] = qm_sum_difference(sum);
    }
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
    if (call->step)
        join(call, bands, true);
    else
        join(call, bands, false);
}

const QmProcDesc QM_ISA(qm_proc_width) = {
    .name = "width",
    .summary = "stereo width of lows, mids and highs; the mono sum stays",
    .params = params,
    .n_params = QM_COUNT(params),
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .tail = tail,
    .process = process,
};
