/* Crossovers: a signal taken apart into bands whose sum is the signal, but for its phase.
 *
 * Linkwitz and Riley, of fourth order: a low-pass L of two equal Butterworth sections,
 * -6.02 dB at the frequency, and the high-pass that is left of the all-pass A,
 *
 *     L = 1 / (s^2 + k s + 1)^2    A = (s^2 - k s + 1) / (s^2 + k s + 1),  k = sqrt 2
 *     H = A - L = s^4 / (s^2 + k s + 1)^2
 *
 * L, H and A have the same phase at every frequency, so bands can be weighted at will
 * without cancelling each other. Several crossovers: each takes its low band from what
 * the one before left above, and each lower band passes the all-pass of every later
 * crossover:
 *
 *     b1 = L1 A2 A3    b2 = H1 L2 A3    b3 = H1 H2 L3    b4 = H1 H2 H3    sum = A1 A2 A3
 *
 * That holds in whatever order the frequencies stand, even for equal ones. (Linkwitz and
 * Riley, JAES 24 (1976); D'Appolito, JAES 35 (1987) for the compensation.)
 *
 * Flatness. The sum is A by subtraction. What remains is that A be an all-pass as it is
 * computed, with coefficients that are floats: rounding those of dsp/svf.h one by one
 * leaves it 10^-6 dB from flat. So a section here has two, g = tan(pi f / rate) and the
 * share b = g (g + k) / (1 + g (g + k)), rounded on their own; together they are some
 * trapezoidal filter with a k that is not quite sqrt 2,
 *
 *     k = b / ((1 - b) g) - g,    A = 1 - 2 k (band output)
 *
 * and that k is kept as a float and what is left of it. A is then an all-pass exactly,
 * whatever was rounded; from flat by less than 10^-9 dB in tests/unit/test_crossover.c.
 *
 * Motion. The one coeff of a crossover is g; the rest follows from it for each frame of a
 * ramp. Every frame is a trapezoidal filter of its own, a contraction of the states'
 * plain length (dsp/svf.h), so a sweep cannot blow up, and stays an all-pass.
 *
 * Noise: states are base + rest, as in dsp/svf.h.
 *
 * Speed. A section waits for its own last frame, so a crossover's two sections and the
 * all-passes of the lower bands go side by side within the frame. */
#ifndef QM_DSP_CROSSOVER_H
#define QM_DSP_CROSSOVER_H

#include "dsp/svf.h"

#include <stdbool.h>

enum {
    QM_MAX_BANDS = 5,
    QM_BANDS_BLOCK = 64, /* most frames of a call */
};

/* The coeff of a crossover at `freq_hz`. */
QM_INLINE float qm_cross_coeff(double freq_hz, double rate_hz)
{
    return (float)qm_tan(QM_PI * qm_svf_freq(freq_hz, rate_hz) / rate_hz);
}

/* An upper bound of the slowest time constant of a crossover, in frames: of both its
 * sections. */
QM_INLINE double qm_cross_frames(double freq_hz, double rate_hz)
{
    const double g = (double)qm_cross_coeff(freq_hz, rate_hz), k = 1.41421356237309505;
    return 2 * (g + 1 / g) * (1 / k + k / 2);
}

/* What follows from g. Lanes without a strip have none: anything finite will do. */
typedef struct QmCross {
    QmVec g, twice_g;
    QmVec share;     /* b */
    QmVec k, k_rest; /* their sum is k */
} QmCross;

typedef double QmVecWide __attribute__((vector_size(64)));

QM_INLINE QmCross qm_cross(QmVec g)
{
    g = qm_vec_max(g, qm_vec(1e-9f));
    const QmVecWide wide = __builtin_convertvector(g, QmVecWide);
    const QmVecWide loop = wide * (wide + 1.41421356237309505);
    const QmVec share = __builtin_convertvector(loop / (1.0 + loop), QmVec);
    const QmVecWide b = __builtin_convertvector(share, QmVecWide);
    const QmVecWide k = b / ((1.0 - b) * wide) - wide;
    const QmVec near = __builtin_convertvector(k, QmVec);
    const QmVecWide rest = k - __builtin_convertvector(near, QmVecWide);
    return (QmCross){g, g + g, share, near, __builtin_convertvector(rest, QmVec)};
}

/* One frame of a section: gives twice its low-pass, and twice its band-pass in *band. */
QM_INLINE QmVec qm_cross_tick(QmSvf *s, const QmCross *c, QmVec x, QmVec *band)
{
    const QmVec ic1 = s->base1 + s->rest1, ic2 = s->base2 + s->rest2;
    const QmVec push = c->twice_g * (x - ic2);
    const QmVec both = (ic1 + ic1) + push;
    const QmVec taken = c->share * both;
    *band = both - taken;
    const QmVec rise = c->g * *band;
    s->rest1 += push - taken;
    s->rest2 += rise;
    return (ic2 + ic2) + rise;
}

/* x through the all-pass of a section whose band output is known. */
QM_INLINE QmVec qm_cross_turn(const QmCross *c, QmVec x, QmVec band)
{
    return x - (c->k * band + c->k_rest * band);
}

/* One frame of a crossover: the low band is given, the high one left in *x. */
QM_INLINE QmVec qm_cross_split(QmSvf s[2], const QmCross *c, QmVec *x)
{
    QmVec band, unused;
    const QmVec half_way = qm_cross_tick(&s[0], c, *x, &band);
    const QmVec low = qm_cross_tick(&s[1], c, half_way, &unused) * qm_vec(0.25f);
    *x = qm_cross_turn(c, *x, band) - low;
    return low;
}

/* Sections of `bands` bands: crossover j has two, and one for each of j lower bands. */
QM_INLINE uint32_t qm_bands_sections(uint32_t bands)
{
    return bands < 2 ? 0 : 2 * (bands - 1) + (bands - 1) * (bands - 2) / 2;
}

/* Frames of one call. */
typedef struct QmBandsCall {
    QmSvf *sections;
    QmVec *g;          /* coeffs of the crossovers, advanced */
    const QmVec *step; /* of each; NULL: none moves */
    uint32_t since;    /* frames since the last grid line */
    uint32_t n;
    bool on_grid; /* the call ends on a grid line */
} QmBandsCall;

/* Crossover `lower`, a constant of the call: takes its band from `rest`, turns those
 * below it. */
QM_INLINE void qm_bands_cross(const QmBandsCall *call, const uint32_t lower, bool ramp,
                              QmVec (*bands)[QM_BANDS_BLOCK], QmVec *rest)
{
    enum { MOST = QM_MAX_BANDS };
    QmSvf *const sections = call->sections + qm_bands_sections(lower + 1);
    QmSvf s[MOST];
    for (uint32_t k = 0; k < 2 + lower; k++)
        s[k] = sections[k];
    QmVec g = call->g[lower];
    QmCross c = qm_cross(g);
    uint32_t settle_at = QM_SVF_SETTLE - call->since % QM_SVF_SETTLE;
    for (uint32_t i = 0; i < call->n; settle_at += QM_SVF_SETTLE) {
        const uint32_t end = settle_at < call->n ? settle_at : call->n;
        for (; i < end; i++) {
            if (ramp)
                c = qm_cross(g += call->step[lower]);
            bands[lower][i] = qm_cross_split(s, &c, &rest[i]);
            for (uint32_t k = 0; k < lower; k++) {
                QmVec band;
                qm_cross_tick(&s[2 + k], &c, bands[k][i], &band);
                bands[k][i] = qm_cross_turn(&c, bands[k][i], band);
            }
        }
        if (i == settle_at)
            for (uint32_t k = 0; k < 2 + lower; k++)
                qm_svf_settle(&s[k]);
    }
    call->g[lower] = g;
    for (uint32_t k = 0; k < 2 + lower; k++) {
        if (call->on_grid)
            qm_svf_flush(&s[k]);
        sections[k] = s[k];
    }
}

QM_INLINE void qm_bands_cross_any(const QmBandsCall *call, uint32_t lower, bool ramp,
                                  QmVec (*bands)[QM_BANDS_BLOCK], QmVec *rest)
{
    switch (lower) {
    case 0:
        qm_bands_cross(call, 0, ramp, bands, rest);
        break;
    case 1:
        qm_bands_cross(call, 1, ramp, bands, rest);
        break;
    case 2:
        qm_bands_cross(call, 2, ramp, bands, rest);
        break;
    default:
        qm_bands_cross(call, 3, ramp, bands, rest);
        break;
    }
}

/* Takes n frames apart: bands[n_bands - 1] holds them, and all bands when it returns. */
QM_INLINE void qm_bands_split(const QmBandsCall *call, uint32_t n_bands,
                              QmVec (*bands)[QM_BANDS_BLOCK])
{
    for (uint32_t k = 0; k + 1 < n_bands; k++) {
        QmVec *const rest = bands[n_bands - 1];
        if (call->step && qm_vec_any(call->step[k]))
            qm_bands_cross_any(call, k, true, bands, rest);
        else
            qm_bands_cross_any(call, k, false, bands, rest);
    }
}

#endif
