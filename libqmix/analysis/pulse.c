/* Of the flux x of each group stays what is above its mean of half a second to both
 * sides, divided by the root mean square of that: registers count alike, however busy
 * they are. Their sum is smoothed by a Gauss curve of 16 ms, as ears take onsets so
 * close together as one and players are not closer together than that, and scaled to a
 * mean square of 1. */
#include "analysis/pulse.h"

#include "base/qmath.h"

#define MEAN_S 0.5
#define SMALL  1e-3 /* a group that hardly ever begins anything adds little */
#define BEGINS 0.02 /* flux from which something begins */

/* RING: a power of two, more looks than MEAN_S has at any rate. */
enum { REACH = 5, RING = 128 };
/* exp(-i^2 / (2 * 1.5^2)), their sum over both sides being 1 */
static const double GAUSS[REACH + 1] = {0.2660, 0.2130, 0.1093, 0.0360, 0.0076, 0.0011};

bool qm_pulse_init(QmPulse *pulse, size_t n, double hop_s, QmArena *arena)
{
    *pulse = (QmPulse){.n = n, .hop_s = hop_s};
    pulse->all = QM_NEW_ARRAY(arena, float, n);
    pulse->work = QM_NEW_ARRAY(arena, float, n);
    return pulse->all && pulse->work;
}

/* In place of x, what is above its mean around; returns the mean square of that. The sum
 * moves along and is made anew every 1024 looks, so that rounding does not pile up; what
 * was overwritten and still belongs to it is in a ring. */
static double above_mean(float *x, size_t n, size_t reach)
{
    double sum = 0, squares = 0;
    float ring[RING] = {0};
    for (size_t i = 0; i < n; i++) {
        const size_t from = i > reach ? i - reach : 0;
        const size_t to = i + reach + 1 < n ? i + reach + 1 : n;
        ring[i % RING] = x[i];
        if (i % 1024 == 0) {
            sum = 0;
            for (size_t k = from; k < to; k++)
                sum += (double)(k < i ? ring[k % RING] : x[k]);
        } else {
            sum += i + reach < n ? (double)x[i + reach] : 0;
            sum -= i > reach ? (double)ring[(i - reach - 1) % RING] : 0;
        }
        const double above = (double)x[i] - sum / (double)(to - from);
        x[i] = above > 0 ? (float)above : 0;
        squares += (double)x[i] * (double)x[i];
    }
    return n ? squares / (double)n : 0;
}

void qm_pulse_group(QmPulse *pulse)
{
    float *const x = pulse->work;
    for (size_t i = pulse->n; i-- > pulse->end;)
        if ((double)x[i] > BEGINS)
            pulse->end = i + 1;
    const size_t reach = (size_t)(MEAN_S / pulse->hop_s);
    const double square = above_mean(x, pulse->n, reach < RING - 2 ? reach : RING - 2);
    const float scale = (float)(1 / (qm_sqrt(square) + SMALL));
    for (size_t i = 0; i < pulse->n; i++)
        x[i] *= scale;
}

void qm_pulse_add(QmPulse *pulse)
{
    for (size_t i = 0; i < pulse->n; i++)
        pulse->all[i] += pulse->work[i];
}

void qm_pulse_finish(QmPulse *pulse)
{
    float *const x = pulse->all, *const work = pulse->work;
    const size_t n = pulse->n;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = GAUSS[0] * (double)x[i];
        for (size_t k = 1; k <= REACH; k++)
            sum += GAUSS[k] *
                   ((i >= k ? (double)x[i - k] : 0) + (i + k < n ? (double)x[i + k] : 0));
        work[i] = (float)sum;
        squares += sum * sum;
    }
    const double root = qm_sqrt(squares / (double)(n ? n : 1));
    const float scale = root > 0 ? (float)(1 / root) : 0;
    for (size_t i = 0; i < n; i++)
        x[i] = scale * work[i];
}
