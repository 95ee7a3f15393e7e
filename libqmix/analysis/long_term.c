/* The edge. What a codec or a rate converter has taken away leaves a floor up to half the
 * rate: the mean power of the highest 500 Hz. Going down in steps of 100 Hz, there is
 * something where it is first exceeded by 15 dB. It has an edge if the kilohertz below is
 * 25 dB above the floor on average: instruments by themselves fall by less than 10 dB a
 * kilohertz up there. The edge is where half of these decibels are reached. Half the rate
 * less 500 Hz is the highest that can be found. */
#include "analysis/long_term.h"

#include "analysis/bands.h"
#include "base/qmath.h"

#include <stdbool.h>

double qm_long_term_band(const QmLongTerm *s, double from, double to)
{
    return qm_band_power(s->power, s->bins, s->bin_hz, from, to);
}

static bool within(const QmLongTerm *s, uint32_t bin, double from, double to)
{
    return bin * s->bin_hz >= from && bin * s->bin_hz <= to;
}

double qm_long_term_centroid(const QmLongTerm *s, double from, double to)
{
    double sum = 0, moment = 0;
    for (uint32_t k = 0; k < s->bins; k++) {
        if (!within(s, k, from, to))
            continue;
        sum += s->power[k];
        moment += s->power[k] * k * s->bin_hz;
    }
    return sum > 0 ? moment / sum : 0;
}

double qm_long_term_rolloff(const QmLongTerm *s, double from, double to, double part)
{
    const double wanted = part * qm_long_term_band(s, from, to);
    double low = from, high = to;
    while (high - low > 1e-3) {
        const double middle = 0.5 * (low + high);
        if (qm_long_term_band(s, from, middle) < wanted)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double qm_long_term_flatness(const QmLongTerm *s, double from, double to)
{
    double sum = 0, logs = 0;
    uint32_t n = 0;
    for (uint32_t k = 0; k < s->bins; k++) {
        if (within(s, k, from, to)) {
            sum += s->power[k];
            n++;
        }
    }
    if (!(sum > 0))
        return 1e-12;
    for (uint32_t k = 0; k < s->bins; k++)
        if (within(s, k, from, to))
            logs += qm_ln(s->power[k] * n / sum + 1e-12);
    return qm_exp(logs / n);
}

enum { STEP = 100, TOP = 500, BELOW = 1000 }; /* Hz */

/* Going down from `hz`: the upper end of the first step whose power exceeds `density`, or
 * where the search ends. */
static double descend(const QmLongTerm *s, double hz, double density)
{
    while (hz > 2 * BELOW && qm_long_term_band(s, hz - STEP, hz) <= density * STEP)
        hz -= STEP;
    return hz;
}

double qm_long_term_edge(const QmLongTerm *s)
{
    const double half = s->bin_hz * (s->bins - 1);
    const double floor = qm_long_term_band(s, half - TOP, half) / TOP;
    const double over = qm_pow(10, 15.0 / 10), steep = qm_pow(10, 25.0 / 10);
    const double end = descend(s, half - TOP, over * floor);
    const double inside = qm_long_term_band(s, end - STEP - BELOW, end - STEP) / BELOW;
    if (end <= 2 * BELOW || inside <= steep * floor)
        return 0;
    return descend(s, end, qm_sqrt(inside * floor));
}
