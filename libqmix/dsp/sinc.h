/* Sampling between samples: windowed-sinc interpolation at a varying speed.
 *
 *   y(p) = sum over j of x[i - T/2 + 1 + j] * h((j - T/2 + 1 - f) / s),    p = i + f
 *
 * h is a sinc of cutoff CUTOFF under a Kaiser window that reaches SIDE zero crossings to
 * either side. Played faster than recorded, a sound would fold over at half the rate: so
 * h is stretched by s = 1, 2^(1/2), 2 ... 4, whichever is nearest to the speed, over T =
 * 32 to 128 taps. Each stretch has its bank: a row of taps for every one of P phases
 * between two samples, P falling as h gets smoother; between rows the taps are
 * interpolated in a straight line, and each row sums up to one. Above four times the
 * speed the fold-over is not held off any more.
 *
 * Filling the banks takes some 25000 multiplications, once a reset: a finely drawn h
 * (RESOLUTION points a crossing) is computed, and the rows are read off it. */
#ifndef QM_DSP_SINC_H
#define QM_DSP_SINC_H

#include "base/qmath.h"
#include "dsp/transpose.h"

enum {
    QM_SINC_BANKS = 5,
    QM_SINC_SIDE = 16,       /* zero crossings to a side */
    QM_SINC_RESOLUTION = 64, /* points of h a crossing */
    QM_SINC_MOST_TAPS = 128,
    QM_SINC_FLOATS = 32 * 129 + 48 * 129 + 64 * 65 + 96 * 65 + 128 * 33,
};

typedef struct QmSincBank {
    uint32_t taps, phase_bits, at; /* at: of its first row in `rows` */
    double stretch;
} QmSincBank;

static const QmSincBank qm_sinc_banks[QM_SINC_BANKS] = {
    {32, 7, 0, 1.0},
    {48, 7, 32 * 129, 1.4142135623730951},
    {64, 6, (32 + 48) * 129, 2.0},
    {96, 6, (32 + 48) * 129 + 64 * 65, 2.8284271247461903},
    {128, 5, (32 + 48) * 129 + (64 + 96) * 65, 4.0},
};

typedef struct QmSinc {
    float rows[QM_SINC_FLOATS] __attribute__((aligned(64)));
} QmSinc;

/* The bank for a speed (source frames a frame): the nearest stretch. */
static inline const QmSincBank *qm_sinc_bank(double speed)
{
    static const double upto[QM_SINC_BANKS - 1] = {1.1892071150027210, 1.6817928305074290,
                                                   2.3784142300054420,
                                                   3.3635856610148585};
    uint32_t i = 0;
    while (i < QM_SINC_BANKS - 1 && speed > upto[i]) {
        i++;
    }
    return &qm_sinc_banks[i];
}

/* The modified Bessel function I0, by its series. */
static inline double qm_bessel_i0(double x)
{
    const double y = 0.25 * x * x;
    double term = 1.0, sum = 1.0;
    for (int k = 1; k < 32; k++) {
        term *= y / ((double)k * k);
        sum += term;
    }
    return sum;
}

/* h at `crossings` from its middle. */
static inline double qm_sinc_point(double crossings)
{
    const double cutoff = 0.94, beta = 8.0;
    const double edge = crossings / QM_SINC_SIDE;
    if (edge >= 1.0) {
        return 0.0;
    }
    const double window = qm_bessel_i0(beta * qm_sqrt(1.0 - edge * edge));
    const double x = cutoff * crossings;
    return window * (x == 0.0 ? 1.0 : qm_sin_turns(0.5 * x) / (QM_PI * x));
}

static inline void qm_sinc_row(const double *h, const QmSincBank *bank, double f,
                               float *row)
{
    double taps[QM_SINC_MOST_TAPS], sum = 0.0;
    for (uint32_t j = 0; j < bank->taps; j++) {
        const double from = (double)j - (double)(bank->taps / 2 - 1) - f;
        const double at =
            (from < 0.0 ? -from : from) / bank->stretch * QM_SINC_RESOLUTION;
        const uint32_t k = (uint32_t)at;
        const uint32_t most = QM_SINC_SIDE * QM_SINC_RESOLUTION;
        const double part = at - (double)k;
        taps[j] = k < most ? h[k] + (h[k + 1] - h[k]) * part : 0.0;
        sum += taps[j];
    }
    for (uint32_t j = 0; j < bank->taps; j++) {
        row[j] = (float)(taps[j] / sum);
    }
}

static inline void qm_sinc_init(QmSinc *sinc)
{
    double h[QM_SINC_SIDE * QM_SINC_RESOLUTION + 1];
    for (uint32_t i = 0; i <= QM_SINC_SIDE * QM_SINC_RESOLUTION; i++) {
        h[i] = qm_sinc_point((double)i / QM_SINC_RESOLUTION);
    }
    for (uint32_t b = 0; b < QM_SINC_BANKS; b++) {
        const QmSincBank *bank = &qm_sinc_banks[b];
        const uint32_t phases = 1u << bank->phase_bits;
        for (uint32_t p = 0; p <= phases; p++) {
            qm_sinc_row(h, bank, (double)p / phases,
                        sinc->rows + bank->at + p * bank->taps);
        }
    }
}

QM_INLINE float qm_sinc_sum(QmVec x)
{
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

/* Eight of them, lane k that of v[k]. */
QM_INLINE QmVec qm_sinc_sums(QmVec v[QM_LANES])
{
    qm_transpose(v);
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* One frame: left and right are the `taps` samples around the place, `fraction` its 2^-32
 * parts. Sums go eight lanes wide and then crosswise, in one fixed order (R3). This is
 * the first half: sums[0] of the left, sums[1] of the right. */
QM_INLINE void qm_sinc_wide(const QmSinc *sinc, const QmSincBank *bank, uint32_t fraction,
                            const float *left, const float *right, QmVec sums[2])
{
    const uint32_t rest = 32 - bank->phase_bits;
    const float *row = sinc->rows + bank->at + (fraction >> rest) * bank->taps;
    const float part = (float)(fraction << bank->phase_bits >> 8) * 0x1p-24f;
    QmVec l = qm_vec(0.0f), r = l;
    for (uint32_t j = 0; j < bank->taps; j += QM_LANES) {
        const QmVec a = qm_vec_load(row + j), b = qm_vec_load(row + bank->taps + j);
        const QmVec c = a + (b - a) * qm_vec(part);
        l += c * qm_vec_load(left + j);
        r += c * qm_vec_load(right + j);
    }
    sums[0] = l;
    sums[1] = r;
}

QM_INLINE void qm_sinc_frame(const QmSinc *sinc, const QmSincBank *bank,
                             uint32_t fraction, const float *left, const float *right,
                             float *out)
{
    QmVec sums[2];
    qm_sinc_wide(sinc, bank, fraction, left, right, sums);
    out[0] = qm_sinc_sum(sums[0]);
    out[1] = qm_sinc_sum(sums[1]);
}

#endif
