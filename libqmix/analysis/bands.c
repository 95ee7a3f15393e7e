/* Edges come from powers of ten, so that one band ends where the next begins, to the last
 * bit: what is summed over all bands is the whole. */
#include "analysis/bands.h"

#include "base/qmath.h"

double qm_third_middle(uint32_t band) { return qm_pow(10, 3 + ((double)band - 17) / 10); }

double qm_third_edge(uint32_t band)
{
    return qm_pow(10, 3 + (2 * (double)band - 35) / 20);
}

double qm_third_nominal(uint32_t band)
{
    static const double digits[] = {1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8};
    static const double decades[] = {10, 100, 1000, 10000};
    return digits[(band + 3) % 10] * decades[(band + 3) / 10];
}

double qm_bark(double hz)
{
    const double high = hz / 7500;
    return 13 * qm_atan(0.00076 * hz) + 3.5 * qm_atan(high * high);
}

/* The rate grows with the frequency: halved until a millionth of a hertz is left. */
double qm_bark_hz(double bark)
{
    double low = 0, high = 32768;
    while (high - low > 1e-6) {
        const double middle = 0.5 * (low + high);
        if (qm_bark(middle) < bark)
            low = middle;
        else
            high = middle;
    }
    return bark > 0 ? high : 0;
}

double qm_band_power(const double *power, uint32_t bins, double bin_hz, double from,
                     double to)
{
    /* In bins, with bin k from k to k + 1; half of the first and last is folded. */
    const double first = 0.5, last = bins - 0.5;
    const double a = from / bin_hz + 0.5, b = to / bin_hz + 0.5;
    const double low = a > first ? a : first, high = b < last ? b : last;
    double sum = 0;
    for (uint32_t k = low < high ? (uint32_t)low : bins; k < bins && k < high; k++) {
        const double begin = low > k ? low : k;
        const double end = high < k + 1.0 ? high : k + 1.0;
        const double folded = k == 0 || k == bins - 1 ? 2 : 1;
        sum += power[k] * (end - begin) * folded;
    }
    return sum;
}
