/* Exciter: adds the second, third and fourth harmonic of what lies above `freq`, each at
 * a level of its own, and nothing else.
 *
 *     band     b = high-pass(x), 12 dB an octave
 *     pointer  z = b + i Hilbert(b) (dsp/hilbert.h), a tone's level a = |z|
 *     wet      sum over n of level_n Re z w^(n-1),   w = g z / sqrt(1 + g^2 |z|^2)
 *     out      x + mix wet
 *
 * A power of the pointer turns n times as fast: a tone of level a gets its n-th harmonic
 * at
 *
 *     level_n a r^(n-1),     r = g a / sqrt(1 + (g a)^2),     g = 10 drive
 *
 * and no other, no steady part, no change of itself. Below the bend, 1 / g, harmonics
 * fall n times as fast as the tone, as those of any smooth curve do (and so do sums and
 * differences of several tones); above it they follow it at the levels asked for. At
 * drive 0 there are none.
 *
 * A curve made of Chebyshev polynomials gives the same harmonics for a tone at full scale
 * only; at any other level they are mixed, and shift the tone itself.
 *
 * The powers are computed at four times the rate (two above 100 kHz), where the fourth
 * harmonic of anything below half the rate has room. Latency: that of the oversampling,
 * 48 frames, by which the dry signal is delayed. Source: the analytic signal for
 * harmonics one by one, as in Disch and Zolzer (DAFx 1999) for modulation. */
#include "dsp/dry_line.h"
#include "dsp/hilbert.h"
#include "dsp/oversample.h"
#include "dsp/svf.h"

#include "proc/proc.h"

enum { FREQ, DRIVE, SECOND, THIRD, FOURTH, MIX };

enum { OFF_DB = -60 };

#define LEVEL(which)                                                                     \
    {                                                                                    \
        .name = which,                                                                   \
        .help = "level of this harmonic beside a tone that is fully driven, "            \
                "-60: none",                                                             \
        .unit = QM_UNIT_DB, .min = OFF_DB, .max = 0, .def = 0                            \
    }

/* Defaults of drive and mix: 0.2 and 0.15, harmonics 2, 3 and 4 alike. */
static const QmParam params[] = {
    [FREQ] = {.name = "freq",
              .help = "what lies above is excited",
              .unit = QM_UNIT_HZ,
              .min = 500,
              .max = 10000,
              .def = 3000},
    [DRIVE] = {.name = "drive",
               .help = "how soon harmonics reach their levels, 0: never",
               .unit = QM_UNIT_PERCENT,
               .min = 0,
               .max = 100,
               .def = 20},
    [SECOND] = LEVEL("second"),
    [THIRD] = LEVEL("third"),
    [FOURTH] = LEVEL("fourth"),
    [MIX] = {.name = "mix",
             .help = "how much of the harmonics is added",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 100,
             .def = 15},
};

#define MOST_DRIVE 10.0

enum {
    C_BAND,
    C_DRIVE = C_BAND + QM_SVF_COEFFS, /* g^2 */
    C_SECOND,                         /* levels with mix, times 1, g, g^2 of g^(n-1) */
    C_THIRD,
    C_FOURTH,
    N_COEFFS,
};

static double level(double db) { return db > OFF_DB ? qm_db_to_gain(db) : 0; }

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double g = MOST_DRIVE * 0.01 * p[DRIVE], mix = 0.01 * p[MIX];
    qm_svf_design(QM_SVF_HIGH_PASS, p[FREQ], 0, 0.70710678, spec->rate_hz, c + C_BAND);
    c[C_DRIVE] = (float)(g * g);
    c[C_SECOND] = (float)(mix * level(p[SECOND]) * g);
    c[C_THIRD] = (float)(mix * level(p[THIRD]) * g * g);
    c[C_FOURTH] = (float)(mix * level(p[FOURTH]) * g * g * g);
}

typedef struct State {
    QmSvf band;
    QmHilbert hilbert;
    QmOversampler re, im; /* the way down is re's */
    QmDryLine dry;
} State;

static uint32_t factor(const QmProcSpec *spec) { return spec->rate_hz < 100e3 ? 4 : 2; }

static uint32_t latency(const QmProcSpec *spec)
{
    return qm_oversample_latency(factor(spec));
}

/* The filters', and the slowest all-pass of the Hilbert transformer: its pole is at a^2
 * of a frame. */
static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    float c[QM_SVF_COEFFS];
    qm_svf_design(QM_SVF_HIGH_PASS, p[FREQ], 0, 0.70710678, spec->rate_hz, c);
    const double slowest = 2 / (1 - (double)qm_hilbert_a[QM_HILBERT_SECTIONS - 1]);
    return 4 * latency(spec) + (uint64_t)(14 * (qm_svf_frames(c) + slowest));
}

/* What goes up: the band as a pointer. Below -180 dB it is 0, for the sake of its fourth
 * power, which would be denormal. */
static void point(State *s, const QmProcCall *call, QmVec *re, QmVec *im)
{
    QmVec *const c = call->coeffs;
    QmSvf band = s->band;
    const QmVec most = qm_vec(1e4f); /* what is louder, or not a number, stays out */
    for (uint32_t i = 0; i < call->n; i++) {
        if (call->step)
            qm_coeffs_advance(c, call->step, 0, QM_SVF_COEFFS);
        const QmVec x = qm_vec_min(qm_vec_max(call->io[i], -most), most);
        qm_hilbert_tick(&s->hilbert, qm_svf_tick(&band, c, x), &re[i], &im[i]);
        const QmVecI heard =
            qm_vec_less(qm_vec(1e-9f), qm_vec_abs(re[i]) + qm_vec_abs(im[i]));
        re[i] = (QmVec)((QmVecI)re[i] & heard);
        im[i] = (QmVec)((QmVecI)im[i] & heard);
        if ((call->time.since_grid + i + 1) % QM_SVF_SETTLE == 0)
            qm_svf_settle(&band);
    }
    if (call->on_grid) {
        qm_svf_flush(&band);
        qm_hilbert_flush(&s->hilbert);
    }
    s->band = band;
}

/* `count` pointers, re and im, become the sum of their powers in re. */
QM_INLINE void excite(QmVec *re, const QmVec *im, uint32_t count, const QmVec *c)
{
    for (uint32_t i = 0; i < count; i++) {
        const QmVec x = re[i], y = im[i], xx = x * x, yy = y * y, xy = x * y;
        const QmVec h = qm_vec(1) / qm_vec_sqrt(qm_vec(1) + c[C_DRIVE] * (xx + yy));
        const QmVec x2 = xx - yy, y2 = xy + xy;
        const QmVec x3 = x2 * x - y2 * y, x4 = x2 * x2 - y2 * y2;
        re[i] = h * (c[C_SECOND] * x2 + h * (c[C_THIRD] * x3 + h * (c[C_FOURTH] * x4)));
    }
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    const uint32_t times = factor(call->spec), n = call->n;
    QmVec re[QM_QUANTUM], im[QM_QUANTUM];
    QmVec fast_re[4 * QM_QUANTUM], fast_im[4 * QM_QUANTUM];
    point(s, call, re, im);
    qm_oversample_up(&s->re, times, re, n, fast_re);
    qm_oversample_up(&s->im, times, im, n, fast_im);
    for (uint32_t i = 0, span; i < n; i += span) {
        if (call->step)
            qm_coeffs_advance(call->coeffs, call->step, C_DRIVE, N_COEFFS);
        span = call->step ? 1 : n;
        excite(fast_re + i * times, fast_im + i * times, span * times, call->coeffs);
    }
    qm_oversample_down(&s->re, times, fast_re, n, re);
    qm_dry_line(&s->dry, qm_oversample_latency(times), call->io, n);
    for (uint32_t i = 0; i < n; i++)
        call->io[i] += re[i];
}

const QmProcDesc QM_ISA(qm_proc_exciter) = {
    .name = "exciter",
    .summary = "adds second, third and fourth harmonics above a frequency",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_RINGS,
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .latency = latency,
    .tail = tail,
    .process = process,
};
