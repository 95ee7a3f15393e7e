/* Sections whose response follows the analogue one to the top of the band, where the
 * bilinear transform (qm_svf_design) squeezes everything into Nyquist: bells, shelves,
 * tilt, low- and high-pass, notch. The state variable filter of dsp/svf.h has any poles
 * and zeros, so only the design differs.
 *
 * With u = tan^2(pi f / rate) the square of a section's gain is a ratio of parabolas,
 *
 *     |H|^2 = (n0 + n1 u + n2 u^2) / (d0 + d1 u + u^2),
 *
 * linear in five unknowns: gains at chosen frequencies are matched by linear equations,
 * and g, k and the mix come out as roots:
 *
 *     g^4 = d0,  g^2 k^2 = d1 + 2 g^2,  N(s) = sqrt(n2) s^2 + b s + sqrt(n0),
 *     b^2 = n1 + 2 sqrt(n0 n2),         s = (z - 1) / (z + 1)
 *
 * What is matched, and how far the response is from the analogue one then, in dB, at any
 * frequency up to 0.45 of the rate (tests/unit/test_eq.c measures it):
 *
 *   bell       gain 1 at 0; gain, and a level top, at f; the lower edge of the band (half
 *              the dB); and far up, at max(0.4 rate, (f + rate / 2) / 2). A cut is the
 *              inverse of the boost. Any f, Q 0.3 to 4: 0.12 for 3 dB, 0.41 for 12 dB.
 *   shelves    a boost of the lows: poles of the analogue filter, moved as impulse
 *              invariance moves them; gain at 0, at f (at most 0.3 rate) and 0.42 rate. A
 *              cut is its inverse; high shelf and tilt are low shelves at another level.
 *              12 dB, any f, Q up to 1: 0.2. Resonant ones stray more (2.7 at Q 4); above
 *              that, far up and loud, they are held to what a section can be.
 *   low-pass   the same kind of poles; gain at 0, f (at most 0.3 rate), 0.42 rate: 0.39.
 *   high-pass  the same kind of poles, two zeros at 0, gain at f (at most 0.4 rate): 0.23
 *              at Q 0.7, f up to a third of the rate.
 *   notch      gain 1 at 0, none at f; lower edge (-3 dB); far up as the bell: 0.7, f up
 *              to a third of the rate.
 *
 * Sources: gains matched in squares and impulse-invariant poles: M. Vicanek, "Matched
 * Second Order Digital Filters" (2016). Bells by a prescribed gain near the top: S.
 * Orfanidis, "Digital Parametric Equalizer Design with Prescribed Nyquist-Frequency
 * Gain" (1997); matching below Nyquist instead of on it halves the error. */
#ifndef QM_DSP_MATCHED_H
#define QM_DSP_MATCHED_H

#include "dsp/svf.h"

#include <stdbool.h>

typedef struct QmSquares {
    double n0, n1, n2, d0, d1;
} QmSquares;

static inline double qm_matched_u(double freq_hz, double rate_hz)
{
    const double t = qm_tan(QM_PI * freq_hz / rate_hz);
    return t * t;
}

static inline double qm_matched_below(double freq_hz, double bound_hz)
{
    return freq_hz < bound_hz ? freq_hz : bound_hz;
}

/* Where the upper end of a band at freq_hz is matched. */
static inline double qm_matched_far(double freq_hz, double rate_hz)
{
    const double half_way = 0.5 * (freq_hz + 0.5 * rate_hz);
    return half_way > 0.4 * rate_hz ? half_way : 0.4 * rate_hz;
}

/* The lower edge of a band, 1 / q wide: the frequency ratio r with 1 / r - r = 1 / q. */
static inline double qm_matched_edge(double q)
{
    return qm_sqrt(1 + 1 / (4 * q * q)) - 1 / (2 * q);
}

/* d0 and d1 for the poles of s^2 + k s + 1 at w radians a sample, by impulse invariance:
 * exp(w p) in z is tanh(w p / 2) in the plane of tan. */
static inline void qm_matched_poles(double w, double k, QmSquares *s)
{
    const double damping = k / 2, half = w / 2;
    double product, sum;
    if (damping < 1) {
        const double e = qm_exp(damping * half), sinh = 0.5 * (e - 1 / e),
                     cosh = 0.5 * (e + 1 / e);
        const double turn = half * qm_sqrt(1 - damping * damping);
        const double si = qm_sin(turn), co = qm_cos(turn), d = sinh * sinh + co * co;
        product = (sinh * sinh + si * si) / d;
        sum = 2 * sinh * cosh / d;
    } else {
        const double far = damping + qm_sqrt(damping * damping - 1);
        const double a = qm_tanh(half / far), b = qm_tanh(half * far);
        product = a * b;
        sum = a + b;
    }
    s->d0 = product * product;
    s->d1 = sum * sum - 2 * product;
}

/* n1 and n2 for the squared gains h1 at u1, h2 at u2, when all else is known. */
static inline void qm_matched_zeros(double u1, double h1, double u2, double h2,
                                    QmSquares *s)
{
    const double r1 = (h1 * (u1 * u1 + s->d1 * u1 + s->d0) - s->n0) / u1;
    const double r2 = (h2 * (u2 * u2 + s->d1 * u2 + s->d0) - s->n0) / u2;
    s->n2 = (r1 - r2) / (u1 - u2);
    s->n1 = r1 - s->n2 * u1;
}

/* A bell of gain A^2 has |H|^2 = 1 + (A^2 - 1/A^2) y; y of frequency ratio r. */
static inline double qm_matched_rise(double r, double a, double q)
{
    const double across = r / q, along = 1 - r * r;
    return across * across / (along * along + across * across / (a * a));
}

/* In y all of it stays exact where the gain is near 1. x is the y of n2. */
static inline QmSquares qm_matched_bell(double f, double a, double q, double rate)
{
    const double far = qm_matched_far(f, rate), edge = qm_matched_edge(q), aa = a * a;
    const double u = qm_matched_u(f, rate), u1 = qm_matched_u(f * edge, rate),
                 u2 = qm_matched_u(far, rate);
    const double y1 = qm_matched_rise(edge, a, q), y2 = qm_matched_rise(far / f, a, q);
    const double p1 = y1 * (u1 * u1 + u * u) - 2 * u * u1 * aa,
                 p2 = y2 * (u2 * u2 + u * u) - 2 * u * u2 * aa;
    const double q1 = u1 * u1 + y1 * u * u / aa - 2 * u * u1,
                 q2 = u2 * u2 + y2 * u * u / aa - 2 * u * u2;
    const double r1 = u1 * (aa - y1), r2 = u2 * (aa - y2);
    const double x = (p1 * r2 - p2 * r1) / (q1 * r2 - q2 * r1);
    QmSquares s = {.n2 = 1 + (aa - 1 / aa) * x};
    s.d0 = u * u * (1 - x / aa);
    s.d1 = (p1 - x * q1) / r1;
    s.n0 = s.d0;
    s.n1 = aa * aa * (2 * u + s.d1) - 2 * s.n2 * u;
    return s;
}

/* The square of a low shelf's gain: A^2 at the corner, A^4 below. */
static inline double qm_matched_shelf_gain(double r, double a, double q)
{
    const double v = r * r, across = a * v / (q * q);
    return a * a * ((a - v) * (a - v) + across) / ((1 - a * v) * (1 - a * v) + across);
}

/* A low shelf of gain A^2. */
static inline QmSquares qm_matched_shelf(double f, double a, double q, double rate)
{
    const double boost = a < 1 ? 1 / a : a, power = boost * boost;
    const double near = qm_matched_below(f, 0.3 * rate), far = 0.42 * rate;
    QmSquares s;
    qm_matched_poles(2 * QM_PI * f / rate / qm_sqrt(boost), 1 / q, &s);
    s.n0 = power * power * s.d0;
    qm_matched_zeros(qm_matched_u(near, rate), qm_matched_shelf_gain(near / f, boost, q),
                     qm_matched_u(far, rate), qm_matched_shelf_gain(far / f, boost, q),
                     &s);
    if (s.n2 < 0.1) /* resonances that no section has: hold it short of them */
        s.n2 = 0.1;
    const double both = qm_sqrt(s.n0 * s.n2);
    if (s.n1 < -1.999 * both)
        s.n1 = -1.999 * both;
    if (a < 1)
        s = (QmSquares){s.d0 / s.n2, s.d1 / s.n2, 1 / s.n2, s.n0 / s.n2, s.n1 / s.n2};
    return s;
}

static inline QmSquares qm_matched_pass(QmSvfKind kind, double f, double q, double rate)
{
    const bool low = kind == QM_SVF_LOW_PASS;
    const double near = qm_matched_below(f, (low ? 0.3 : 0.4) * rate), far = 0.42 * rate;
    const double u1 = qm_matched_u(near, rate), u2 = qm_matched_u(far, rate);
    const double v1 = near / f * (near / f), v2 = far / f * (far / f);
    const double h1 = 1 / ((1 - v1) * (1 - v1) + v1 / (q * q)),
                 h2 = 1 / ((1 - v2) * (1 - v2) + v2 / (q * q));
    QmSquares s = {0};
    qm_matched_poles(2 * QM_PI * f / rate, 1 / q, &s);
    if (low) {
        s.n0 = s.d0;
        qm_matched_zeros(u1, h1, u2, h2, &s);
    } else
        s.n2 = v1 * v1 * h1 * (u1 * u1 + s.d1 * u1 + s.d0) / (u1 * u1);
    return s;
}

/* n2 (u - u0)^2 over what has d0 = n2 u0^2; the edge is at half the power. */
static inline QmSquares qm_matched_notch(double f, double q, double rate)
{
    const double far = qm_matched_far(f, rate), edge = qm_matched_edge(q);
    const double u = qm_matched_u(f, rate), u1 = qm_matched_u(f * edge, rate),
                 u2 = qm_matched_u(far, rate), r = far / f;
    const double loss = r / (q * (1 - r * r)), h2 = 1 / (1 + loss * loss);
    const double a1 = ((u1 - u) * (u1 - u) * 2 - u * u) / u1,
                 a2 = ((u2 - u) * (u2 - u) / h2 - u * u) / u2;
    const double n2 = (u1 - u2) / (a1 - a2);
    return (QmSquares){n2 * u * u, -2 * n2 * u, n2, n2 * u * u, n2 * a1 - u1};
}

/* Coeffs of a section `scale` times as loud. */
static inline void qm_matched_fold(const QmSquares *s, double scale, float *c)
{
    const double gg = qm_sqrt(s->d0), g = qm_sqrt(gg), k = qm_sqrt(s->d1 + 2 * gg) / g;
    const double high = qm_sqrt(s->n2), low = qm_sqrt(s->n0), bb = s->n1 + 2 * high * low;
    const double band = bb > 0 ? qm_sqrt(bb) : 0;
    qm_svf_fold(g, k, scale * high, scale * (band / g - high * k),
                scale * (low / gg - high), c);
}

/* Like qm_svf_design; an all-pass, whose gain is right in any case, and a band-pass are
 * the bilinear ones. A gain of 0 dB gives the input, bit for bit. */
static inline void qm_matched_design(QmSvfKind kind, double freq_hz, double gain_db,
                                     double q, double rate_hz, float c[QM_SVF_COEFFS])
{
    const double f = qm_svf_freq(freq_hz, rate_hz), a = qm_db_to_gain(gain_db / 2);
    double scale = 1;
    QmSquares s;
    switch (kind) {
    case QM_SVF_BELL:
        s = qm_matched_bell(f, a, q, rate_hz);
        break;
    case QM_SVF_LOW_SHELF:
        s = qm_matched_shelf(f, a, q, rate_hz);
        break;
    case QM_SVF_HIGH_SHELF:
        s = qm_matched_shelf(f, 1 / a, q, rate_hz);
        scale = a * a;
        break;
    case QM_SVF_TILT:
        s = qm_matched_shelf(f, 1 / (a * a), q, rate_hz);
        scale = a * a;
        break;
    case QM_SVF_LOW_PASS:
    case QM_SVF_HIGH_PASS:
        s = qm_matched_pass(kind, f, q, rate_hz);
        break;
    case QM_SVF_NOTCH:
        s = qm_matched_notch(f, q, rate_hz);
        break;
    default:
        qm_svf_design(kind, freq_hz, gain_db, q, rate_hz, c);
        return;
    }
    qm_matched_fold(&s, scale, c);
    const bool gains = kind == QM_SVF_BELL || kind == QM_SVF_LOW_SHELF ||
                       kind == QM_SVF_HIGH_SHELF || kind == QM_SVF_TILT;
    if (gains && gain_db == 0) {
        c[QM_SVF_D0] = 1;
        c[QM_SVF_C1] = c[QM_SVF_D2] = 0;
    }
}

#endif
