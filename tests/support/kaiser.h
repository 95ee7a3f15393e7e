/* Half-band filters as the text books make them, to hold tables of taps against. */
#ifndef QM_TESTS_KAISER_H
#define QM_TESTS_KAISER_H

#include "dsp/sinc.h"

#include <math.h>
#include <stdbool.h>

/* Whether taps[k] are one side of the odd taps of a half-band filter, a sinc under a
 * Kaiser window, whose sum over both sides is 1, rounded to float. */
static inline bool is_kaiser_half_band(const float *taps, int k, double beta)
{
    double g[32], sum = 0;
    for (int i = 0; i < k; i++) {
        const double d = 2 * i + 1, t = d / (2 * k);
        g[i] = sin(M_PI * d / 2) / (M_PI * d / 2) * qm_bessel_i0(beta * sqrt(1 - t * t)) /
               qm_bessel_i0(beta);
        sum += 2 * g[i];
    }
    for (int i = 0; i < k; i++)
        if (!(fabs((double)taps[i] - g[i] / sum) <= 0x1p-24 * fabs(g[i] / sum)))
            return false;
    return true;
}

#endif
