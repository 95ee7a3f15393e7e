/* The cookbook's shapes (RBJ) as ratios of parabolas in v = (f / f0)^2, A = 10^(dB/40):
 *
 *   bell        ((1 - v)^2 + v (A / Q)^2) / ((1 - v)^2 + v / (A Q)^2)
 *   low shelf   A^2 ((A - v)^2 + A v / Q^2) / ((1 - A v)^2 + A v / Q^2)
 *   high shelf  a low shelf of the opposite gain, by A^4; tilt: of twice that, by A^4
 *   passes      v^2 or 1 over (1 - v)^2 + v / Q^2;  notch: (1 - v)^2 over the same
 *
 * The mean over a band is that of QM_EQ_POINTS places, evenly over Bark or octaves. */
#include "mix/eq_curve.h"

#include "base/qmath.h"

enum { MAX_BANDS = 16 };

const char *const qm_eq_shape_names[QM_EQ_SHAPES + 1] = {
    [QM_EQ_BELL] = "bell",
    [QM_EQ_LOW_SHELF] = "low-shelf",
    [QM_EQ_HIGH_SHELF] = "high-shelf",
    [QM_EQ_LOW_PASS] = "low-pass",
    [QM_EQ_HIGH_PASS] = "high-pass",
    [QM_EQ_NOTCH] = "notch",
    [QM_EQ_ALL_PASS] = "all-pass",
    [QM_EQ_TILT] = "tilt",
};

static double bell(double v, double a, double q)
{
    const double along = (1 - v) * (1 - v), across = v / (q * q);
    return (along + across * a * a) / (along + across / (a * a));
}

static double low_shelf(double v, double a, double q)
{
    const double across = a * v / (q * q), top = a - v, bottom = 1 - a * v;
    return a * a * (top * top + across) / (bottom * bottom + across);
}

double qm_eq_power(const QmEqBand *band, double hz)
{
    const double r = hz / band->freq, v = r * r, q = band->q;
    const double a = qm_pow(10, band->gain / 40), a4 = a * a * a * a;
    const double along = (1 - v) * (1 - v), across = v / (q * q);
    switch (band->shape) {
    case QM_EQ_BELL:
        return bell(v, a, q);
    case QM_EQ_LOW_SHELF:
        return low_shelf(v, a, q);
    case QM_EQ_HIGH_SHELF:
        return a4 * low_shelf(v, 1 / a, q);
    case QM_EQ_TILT:
        return a4 * low_shelf(v, 1 / (a * a), q);
    case QM_EQ_LOW_PASS:
        return 1 / (along + across);
    case QM_EQ_HIGH_PASS:
        return v * v / (along + across);
    case QM_EQ_NOTCH:
        return along / (along + across);
    default:
        return 1;
    }
}

static double all_of(const QmEqBand *bands, uint32_t n, double hz)
{
    double power = 1;
    for (uint32_t i = 0; i < n; i++)
        power *= qm_eq_power(&bands[i], hz);
    return power;
}

void qm_eq_points(QmEqPoints *points)
{
    for (uint32_t b = 0; b < QM_BARKS; b++)
        for (uint32_t i = 0; i < QM_EQ_POINTS; i++)
            points->hz[b][i] = qm_bark_hz(b + (i + 0.5) / QM_EQ_POINTS);
}

void qm_eq_barks(const QmEqPoints *points, const QmEqBand *bands, uint32_t n,
                 double db[QM_BARKS])
{
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        double sum = 0;
        for (uint32_t i = 0; i < QM_EQ_POINTS; i++)
            sum += all_of(bands, n, points->hz[b][i]);
        db[b] = 10 * qm_log10(sum / QM_EQ_POINTS);
    }
}

void qm_eq_thirds(const QmEqBand *bands, uint32_t n, double db[QM_THIRDS])
{
    for (uint32_t b = 0; b < QM_THIRDS; b++) {
        double sum = 0;
        for (uint32_t i = 0; i < QM_EQ_POINTS; i++)
            sum += all_of(bands, n,
                          qm_third_edge(b) * qm_pow(10, 0.1 * (i + 0.5) / QM_EQ_POINTS));
        db[b] = 10 * qm_log10(sum / QM_EQ_POINTS);
    }
}

/* --- loudness ----------------------------------------------------------------------- */

/* The square of the response of b0 + b1 z^-1 + b2 z^-2 where cos w is c. */
static double square(double b0, double b1, double b2, double c)
{
    return b0 * b0 + b1 * b1 + b2 * b2 + 2 * b1 * (b0 + b2) * c +
           2 * b0 * b2 * (2 * c * c - 1);
}

/* The filters as BS.1770 prints them, for 48 kHz. */
double qm_k_power(double hz)
{
    const double c = qm_cos_turns((hz < 24000 ? hz : 24000) / 48000);
    return square(1.53512485958697, -2.69169618940638, 1.19839281085285, c) /
           square(1, -1.69065929318241, 0.73248077421585, c) * square(1, -2, 1, c) /
           square(1, -1.99004745483398, 0.99007225036621, c);
}

double qm_eq_loudness(const double thirds[QM_THIRDS], const double db[QM_THIRDS])
{
    double before = 0, after = 0;
    for (uint32_t b = 0; b < QM_THIRDS; b++) {
        if (thirds[b] <= QM_GAP)
            continue;
        const double power = qm_pow(10, thirds[b] / 10) * qm_k_power(qm_third_middle(b));
        before += power;
        after += power * qm_pow(10, db[b] / 10);
    }
    return before > 0 ? 10 * qm_log10(after / before) : 0;
}

/* --- deciding ----------------------------------------------------------------------- */

bool qm_eq_decide(QmMix *mix, const QmRule *rule, const QmReason *reason,
                  const char *strip, const QmEqBand *band)
{
    const uint32_t at = qm_next_band(mix, strip, "eq");
    if (at > MAX_BANDS ||
        !qm_decide_word(mix, rule, reason, qm_eq_shape_names[band->shape],
                        "%s.eq.%u.type", strip, at))
        return false;
    qm_decide(mix, rule, reason, band->freq, "%s.eq.%u.freq", strip, at);
    if (band->shape != QM_EQ_HIGH_PASS && band->shape != QM_EQ_LOW_PASS)
        qm_decide(mix, rule, reason, band->gain, "%s.eq.%u.gain", strip, at);
    return qm_decide(mix, rule, reason, band->q, "%s.eq.%u.q", strip, at);
}
