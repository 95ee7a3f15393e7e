/* The state variable filter: a second-order section of any shape that may move.
 *
 * The trapezoidal filter of Zavalishin and Simper, g = tan(pi f / rate), k = 1 / Q:
 *
 *     a1 = 1 / (1 + g (g + k)),  a2 = g a1,  a3 = g a2
 *     v3 = x - ic2
 *     v1 = a1 ic1 + a2 v3,        v2 = ic2 + a2 ic1 + a3 v3
 *     ic1' = 2 v1 - ic1,          ic2' = 2 v2 - ic2,       y = m0 x + m1 v1 + m2 v2
 *
 * computed in increments, so that at low frequencies small numbers stay small, with the
 * output folded over input and states:
 *
 *     ic1' = ic1 + (P ic1 + Q v3)     P = 2 (a1 - 1) = -2 g (g + k) a1,  Q = 2 a2
 *     ic2' = ic2 + (Q ic1 + R v3)     R = 2 a3
 *     y = D0 x + C1 ic1 + D2 ic2      D0 = m0 + m1 a2 + m2 a3
 *                                     C1 = m1 a1 + m2 a2
 *                                     D2 = m2 (1 - a3) - m1 a2
 *
 * Moving coeffs. The states' matrix is the Cayley transform of g [-k -1; 1 0], whose
 * symmetric part is not positive: a contraction of the plain length of (ic1, ic2),
 * whatever g and k > 0. A straight line between two such matrices is one of contractions
 * as well, so a ramp between any two settings, however fast, cannot blow up.
 *
 * Noise. What a float loses when an increment is added to a state lasts as long as the
 * filter rings: -121 dBFS for 20 Hz at 96 kHz. So a state is a sum, base + rest: only the
 * small rest moves, and every QM_SVF_SETTLE frames the sum is taken into the base, the
 * exact error of that staying in the rest. A low band moves little in between, so its
 * rest has fine steps; a high one moves far, but forgets soon. (Error feedback at every
 * sample gains up to 3 dB in high bands and is a fifth slower.) Who runs a section
 * settles at fixed places in absolute time, so that the split of calls does not matter.
 * tests/unit/test_eq.c measures the noise.
 *
 * Memory. A section that started late has the state of one that did not, bit for bit,
 * within 2 s at 20 Hz and Q 4, sooner above (rule R12). */
#ifndef QM_DSP_SVF_H
#define QM_DSP_SVF_H

#include "base/qmath.h"
#include "dsp/vec.h"

typedef enum QmSvfKind {
    QM_SVF_BELL,
    QM_SVF_LOW_SHELF,
    QM_SVF_HIGH_SHELF,
    QM_SVF_LOW_PASS,
    QM_SVF_HIGH_PASS,
    QM_SVF_NOTCH,
    QM_SVF_ALL_PASS,
    QM_SVF_TILT,      /* highs up by the gain, lows down by it */
    QM_SVF_BAND_PASS, /* 0 dB at its frequency */
} QmSvfKind;

/* The coeffs of a section, in this order wherever they are kept. */
enum { QM_SVF_P, QM_SVF_Q, QM_SVF_R, QM_SVF_D0, QM_SVF_C1, QM_SVF_D2, QM_SVF_COEFFS };

#define QM_BUTTERWORTH 0.70710678118654752440 /* Q of the flattest passes and shelves */

enum { QM_SVF_SETTLE = 8 }; /* frames between settlings; divides the grid */

/* The states of eight sections, one a lane. Zero is rest. */
typedef struct QmSvf {
    QmVec base1, rest1, base2, rest2;
} QmSvf;

/* Coeffs from g, k and the mix of input, band and low outputs. */
QM_INLINE void qm_svf_fold(double g, double k, double m0, double m1, double m2, float *c)
{
    const double a1 = 1 / (1 + g * (g + k)), a2 = g * a1, a3 = g * a2;
    c[QM_SVF_P] = (float)(-2 * g * (g + k) * a1);
    c[QM_SVF_Q] = (float)(2 * a2);
    c[QM_SVF_R] = (float)(2 * a3);
    c[QM_SVF_D0] = (float)(m0 + m1 * a2 + m2 * a3);
    c[QM_SVF_C1] = (float)(m1 * a1 + m2 * a2);
    c[QM_SVF_D2] = (float)(m2 * (1 - a3) - m1 * a2);
}

/* The frequency that is used for `freq_hz`: below 0.49 of the rate. */
QM_INLINE double qm_svf_freq(double freq_hz, double rate_hz)
{
    return freq_hz < 0.49 * rate_hz ? freq_hz : 0.49 * rate_hz;
}

/* Coeffs with the response of the cookbook's biquad (the bilinear transform, frequency
 * exact at freq_hz; dsp/matched.h has others). Gain means something to bells, shelves and
 * tilts only. */
QM_INLINE void qm_svf_design(QmSvfKind kind, double freq_hz, double gain_db, double q,
                             double rate_hz, float c[QM_SVF_COEFFS])
{
    const double g = qm_tan(QM_PI * qm_svf_freq(freq_hz, rate_hz) / rate_hz);
    const double a = qm_db_to_gain(gain_db / 2), k = 1 / q;
    switch (kind) {
    case QM_SVF_BELL:
        qm_svf_fold(g, k / a, 1, k / a * (a * a - 1), 0, c);
        break;
    case QM_SVF_LOW_SHELF:
        qm_svf_fold(g / qm_sqrt(a), k, 1, k * (a - 1), a * a - 1, c);
        break;
    case QM_SVF_HIGH_SHELF:
        qm_svf_fold(g * qm_sqrt(a), k, a * a, k * (1 - a) * a, 1 - a * a, c);
        break;
    case QM_SVF_LOW_PASS:
        qm_svf_fold(g, k, 0, 0, 1, c);
        break;
    case QM_SVF_HIGH_PASS:
        qm_svf_fold(g, k, 1, -k, -1, c);
        break;
    case QM_SVF_NOTCH:
        qm_svf_fold(g, k, 1, -k, 0, c);
        break;
    case QM_SVF_TILT: /* a high shelf of twice the gain, a^2 lower */
        qm_svf_fold(g * a, k, a * a, k * (1 - a * a), 1 / (a * a) - a * a, c);
        break;
    case QM_SVF_BAND_PASS:
        qm_svf_fold(g, k, 0, k, 0, c);
        break;
    case QM_SVF_ALL_PASS:
    default:
        qm_svf_fold(g, k, 1, -2 * k, 0, c);
        break;
    }
}

/* Makes the section give its input while it goes on filtering: switching is a ramp. */
QM_INLINE void qm_svf_unheard(float c[QM_SVF_COEFFS])
{
    c[QM_SVF_D0] = 1;
    c[QM_SVF_C1] = c[QM_SVF_D2] = 0;
}

/* An upper bound of the slowest pole's time constant, in frames. Of the poles that k
 * makes, times g, the trapezoidal rule makes (1 - p) / (1 + p): slow where p is small,
 * and where it is large. */
QM_INLINE double qm_svf_frames(const float c[QM_SVF_COEFFS])
{
    const double g = (double)c[QM_SVF_R] / (double)c[QM_SVF_Q];
    const double k = -(double)c[QM_SVF_P] / (double)c[QM_SVF_Q] - g;
    return (g + 1 / g) * (1 / k + k / 2);
}

/* One frame. */
QM_INLINE QmVec qm_svf_tick(QmSvf *s, const QmVec *c, QmVec x)
{
    const QmVec ic1 = s->base1 + s->rest1, ic2 = s->base2 + s->rest2;
    const QmVec v3 = x - ic2;
    s->rest1 += c[QM_SVF_P] * ic1 + c[QM_SVF_Q] * v3;
    s->rest2 += c[QM_SVF_Q] * ic1 + c[QM_SVF_R] * v3;
    return (c[QM_SVF_D0] * x + c[QM_SVF_C1] * ic1) + c[QM_SVF_D2] * ic2;
}

QM_INLINE void qm_svf_settle(QmSvf *s)
{
    qm_vec_settle(&s->base1, &s->rest1);
    qm_vec_settle(&s->base2, &s->rest2);
}

/* Whatever is too small to be heard, or not finite, becomes zero. Once at each grid
 * line. */
QM_INLINE void qm_svf_flush(QmSvf *s)
{
    s->base1 = qm_vec_flush(s->base1);
    s->rest1 = qm_vec_flush(s->rest1);
    s->base2 = qm_vec_flush(s->base2);
    s->rest2 = qm_vec_flush(s->rest2);
}

#endif
