/* What something that goes round must lose on its way, so that it decays as asked in
 * three bands.
 *
 * A loop whose pass lasts `pass` seconds falls by 60 dB in T seconds if a pass leaves
 * 10^(-3 pass / T) (Jot 1991). T is given for lows, middle and highs; the loss is a gain
 * and two first-order shelves. Their gains are solved for three frequencies, an octave
 * below the low crossover, the geometric middle of both, an octave above the high one, so
 * that neither the gentle slopes nor the leaking of one into the other's band bends the
 * decay there. */
#ifndef QM_DSP_DECAY_H
#define QM_DSP_DECAY_H

#include "base/qmath.h"

typedef struct QmDecay {
    double low_s, mid_s, high_s; /* T60; lows at most 2.5 mid_s, highs at most mid_s */
    double low_hz, high_hz;      /* crossovers */
} QmDecay;

enum { QM_AT_LOW, QM_AT_MID, QM_AT_HIGH, QM_DECAY_POINTS };

/* Where decay is exact, and how far that is from the crossovers, in the bilinear
 * transform's tangents: u = tan(pi f / rate) / tan(pi crossover / rate), for the low
 * shelf upside down. */
typedef struct QmDecayBands {
    double hz[QM_DECAY_POINTS];
    double low, high; /* tan(pi crossover / rate) */
    double u_low[QM_DECAY_POINTS], u_high[QM_DECAY_POINTS];
} QmDecayBands;

static inline QmDecayBands qm_decay_bands(const QmDecay *d, double rate_hz)
{
    const double most = 0.45 * rate_hz;
    const double low = d->low_hz < most / 4 ? d->low_hz : most / 4;
    const double high = d->high_hz < most / 2 ? d->high_hz : most / 2;
    QmDecayBands b = {.hz = {low / 2, qm_sqrt(low * high), high * 2},
                      .low = qm_tan(QM_PI * low / rate_hz),
                      .high = qm_tan(QM_PI * high / rate_hz)};
    for (int i = 0; i < QM_DECAY_POINTS; i++) {
        const double at = qm_tan(QM_PI * b.hz[i] / rate_hz);
        b.u_low[i] = b.low / at;
        b.u_high[i] = at / b.high;
    }
    return b;
}

/* The power that a first-order shelf lets through at u: its gain is 1 at u = 0, `gain` at
 * infinity, sqrt(gain) at u = 1. */
static inline double qm_shelf_power(double gain, double u)
{
    return gain * (1 + u * u * gain) / (gain + u * u);
}

/* The gain of the shelf that lets `power` through at u > 1. Between -80 dB, or a float
 * could not tell its pole from one, and 40 dB, or it would ring on by itself. */
static inline double qm_shelf_through(double power, double u)
{
    const double v = u * u, less = 1 - power;
    const double root = qm_sqrt(less * less + 4 * v * v * power);
    const double gain =
        less > 0 ? 2 * power * v / (less + root) : (root - less) / (2 * v);
    return gain < 1e-4 ? 1e-4 : gain > 1e2 ? 1e2 : gain;
}

typedef struct QmLoss {
    double mid, low, high; /* gain of a pass; of its shelves */
} QmLoss;

static inline double qm_decay_least(double a, double b) { return a < b ? a : b; }

/* The loss of a pass that lasts `pass` seconds, which may differ between the three
 * frequencies. Shelves that would have to be too steep are held back, so that nothing,
 * wherever in the spectrum, lasts more than twice as long as what was asked for its band:
 * the gain is at most mid * max(1, low). */
static inline QmLoss qm_decay_loss(const QmDecay *d, const QmDecayBands *b,
                                   const double pass[QM_DECAY_POINTS])
{
    const double fall = -6.907755278982137; /* ln 10^-3 */
    const double low = qm_exp(2 * fall * pass[QM_AT_LOW] / d->low_s);
    const double mid = qm_exp(2 * fall * pass[QM_AT_MID] / d->mid_s);
    const double high = qm_exp(2 * fall * pass[QM_AT_HIGH] / d->high_s);
    const double most_mid = qm_exp(fall * pass[QM_AT_MID] / d->mid_s);
    const double most_low = qm_exp(fall * pass[QM_AT_LOW] / (2 * d->low_s));
    double power = mid; /* of the gain without shelves */
    QmLoss a = {.low = 1, .high = 1};
    for (int i = 0; i < 4; i++) {
        const double at_high = power * qm_shelf_power(a.low, b->u_low[QM_AT_HIGH]);
        a.high =
            qm_decay_least(1, qm_shelf_through(high / at_high, b->u_high[QM_AT_HIGH]));
        const double at_low = power * qm_shelf_power(a.high, b->u_high[QM_AT_LOW]);
        a.low = qm_shelf_through(low / at_low, b->u_low[QM_AT_LOW]);
        const double shelves = qm_shelf_power(a.low, b->u_low[QM_AT_MID]) *
                               qm_shelf_power(a.high, b->u_high[QM_AT_MID]);
        power = qm_decay_least(most_mid, mid / shelves);
    }
    a.mid = qm_sqrt(power);
    a.low = qm_decay_least(most_low / a.mid, a.low);
    return a;
}

/* scale (n0 + n1 z) / (d0 + d1 z) as b0, c, a, `stride` apart: with response (b0 + b1 z)
 * / (1 + a z), z one frame late, and c = b1 - a b0, a frame is
 * y = b0 x + s, s' = c x - a s. */
static inline void qm_shelf(float *coeffs, uint32_t stride, double scale, double n0,
                            double n1, double d0, double d1)
{
    coeffs[0] = (float)(scale * n0 / d0);
    const double c = scale * (n1 - d1 / d0 * n0) / d0;
    coeffs[stride] = c > 1e-9 || c < -1e-9 ? (float)c : 0; /* or s would be denormal */
    coeffs[2 * stride] = (float)(d1 / d0);
}

/* The low shelf, which carries `scale` and the gain; three strides on, the high one. */
static inline void qm_decay_shelves(const QmDecayBands *b, const QmLoss *a, double scale,
                                    float *coeffs, uint32_t stride)
{
    const double l = qm_sqrt(a->low), h = qm_sqrt(a->high);
    /* (s + low l) / (s + low / l) */
    qm_shelf(coeffs, stride, scale * a->mid, 1 + b->low * l, b->low * l - 1,
             1 + b->low / l, b->low / l - 1);
    /* (1 + s h / high) / (1 + s / (h high)) */
    const double zero = h / b->high, pole = 1 / (h * b->high);
    qm_shelf(coeffs + 3 * stride, stride, 1, 1 + zero, 1 - zero, 1 + pole, 1 - pole);
}

#endif
