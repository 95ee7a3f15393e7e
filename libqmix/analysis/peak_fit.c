/* One over the bell is a parabola:
 *
 *     1 / (p - floor) = (1 + (2 (x - at) / width)^2) / height = a + b x + c x^2
 *
 * so it is a matter of least squares. A power that was averaged errs in proportion to
 * itself, 1 / (p - floor) by p / (p - floor)^2: the weights are the inverse squares.
 *
 * What a window does to the width: a Lorentzian of width l seen through a Gaussian of
 * width g looks s = 0.5346 l + sqrt(0.2166 l^2 + g^2) wide (Olivero and Longbothum,
 * "Empirical fits to the Voigt line width", JQSRT 17, 1977), and that is solved for l. */
#include "analysis/peak_fit.h"

#include "base/qmath.h"

bool qm_peak_fit(const double *x, const double *power, uint32_t n, double floor,
                 QmPeakFit *fit)
{
    /* Around the middle, in units of the span, so that nothing cancels. */
    const double middle = 0.5 * (x[0] + x[n - 1]), span = x[n - 1] - x[0];
    double s[5] = {0}, t[3] = {0};
    for (uint32_t i = 0; i < n; i++) {
        const double u = (x[i] - middle) / span, added = power[i] - floor;
        const double root = added * added / power[i], weight = root * root;
        const double moments[5] = {1, u, u * u, u * u * u, u * u * u * u};
        for (int k = 0; k < 5; k++)
            s[k] += weight * moments[k];
        for (int k = 0; k < 3; k++)
            t[k] += weight * moments[k] / added;
    }
    /* Cramer's rule for [s0 s1 s2; s1 s2 s3; s2 s3 s4] (a b c) = t. */
    const double m0 = s[2] * s[4] - s[3] * s[3], m1 = s[1] * s[4] - s[2] * s[3];
    const double m2 = s[1] * s[3] - s[2] * s[2], m4 = s[0] * s[4] - s[2] * s[2];
    const double m5 = s[0] * s[3] - s[1] * s[2], m8 = s[0] * s[2] - s[1] * s[1];
    const double determinant = s[0] * m0 - s[1] * m1 + s[2] * m2;
    const double a = (t[0] * m0 - t[1] * m1 + t[2] * m2) / determinant;
    const double b = (-t[0] * m1 + t[1] * m4 - t[2] * m5) / determinant;
    const double c = (t[0] * m2 - t[1] * m5 + t[2] * m8) / determinant;
    if (!(c > 0))
        return false;
    const double at = -b / (2 * c), least = a - b * b / (4 * c);
    if (!(least > 0 && at > -0.5 && at < 0.5))
        return false;
    *fit = (QmPeakFit){middle + at * span, 1 / least, 2 * qm_sqrt(least / c) * span};
    return true;
}

double qm_peak_true_width(double seen, double window)
{
    if (seen <= window)
        return 0;
    /* (s - 0.5346 l)^2 = 0.2166 l^2 + g^2 */
    const double a = 0.5346 * 0.5346 - 0.2166, b = -2 * 0.5346 * seen;
    const double c = seen * seen - window * window;
    return (-b - qm_sqrt(b * b - 4 * a * c)) / (2 * a);
}
