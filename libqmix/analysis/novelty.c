/* Spectral flux, on a scale on which a hat over a kick drum counts.
 *
 *     L(b, t) = log2(K + P(b, t))        K = reference - 50 dB, -90 dBFS at least
 *     D(b, t) = max(0, L(b, t) - L(b, t - 1))
 *     E(b, t) = max(0, L(b, t) - max of L(b - 1..b + 1, t - 1))
 *     N(t)    = (mean over bands of sqrt D)^2 + 0.35 * mean over bands of E
 *
 * P is the power in a third of an octave. Rises of logarithms do not depend on gain; K
 * keeps what nobody hears beside the music of the last seconds from counting (the
 * reference is the loudest band, forgotten in 10 s): Böck, Krebs, Schedl, "Evaluating the
 * online capabilities of onset detection methods" (ISMIR 2012), whose compression it
 * replaces by one that follows the level, as the whitening of Stowell and Plumbley does
 * ("Adaptive whitening for improved real-time audio onset detection", ICMC 2007). The
 * root counts how many bands rise rather than how far: an attack is wide, a beating
 * partial or a slow swell is not. E is for the soft beginning of a lone tone, which is
 * narrow, but high; vibrato only moves power to a band beside (Böck and Widmer, "Maximum
 * filter vibrato suppression for onset detection", DAFx 2013).
 *
 * An onset is a look that has
 *
 *     the highest N of the five around it,
 *     N >= d + mean of N from six looks before to four behind,
 *     N >= d + 3 * median of N over 25 looks to both sides.
 *
 * The first two are Böck's; the last asks whether the rise is one at all for sounds that
 * never rest: the flux of steady noise has peaks, but they are at most some three times
 * its median. d = 0.07, about 0.2 dB. All constants were fitted on drums
 * (tests/eval/onsets.sh) with noise, vibrato and swells as the other side
 * (tests/unit/test_onset.c). */
#include "analysis/novelty.h"

#include "base/qmath.h"

#include <string.h>

#define KNEE       1e-5 /* below the reference: -50 dB */
#define SILENCE    1e-9 /* mean square */
#define FORGET_S   10.0
#define LEAST      0.07 /* octaves of power, 3.01 dB each */
#define MEDIANS    3.0
#define NARROW     0.35
#define DB_OF_LOG2 3.0102999566398120

enum { AROUND = 2, MEAN_BEFORE = 6, MEAN_BEHIND = 4, WINDOW = 2 * QM_NOVELTY_WIDE + 1 };

void qm_novelty_init(QmNovelty *novelty, uint32_t bands, double hop_s)
{
    *novelty = (QmNovelty){.bands = bands, .reference = SILENCE / KNEE};
    novelty->forget = qm_exp(-hop_s / FORGET_S);
}

/* The most that a band and those beside it had before. */
static float neighbours(const QmNovelty *n, uint32_t b)
{
    float most = n->before[b];
    if (b > 0 && n->before[b - 1] > most)
        most = n->before[b - 1];
    if (b + 1 < n->bands && n->before[b + 1] > most)
        most = n->before[b + 1];
    return most;
}

static double novelty_of(QmNovelty *n, const float *power)
{
    n->reference *= n->forget;
    for (uint32_t b = 0; b < n->bands; b++)
        if ((double)power[b] > n->reference)
            n->reference = (double)power[b];
    if (n->reference < SILENCE / KNEE)
        n->reference = SILENCE / KNEE;
    const double knee = n->reference * KNEE;
    double wide = 0, narrow = 0;
    for (uint32_t b = 0; b < n->bands; b++) {
        const double now = knee + (double)power[b];
        const float before = n->before[b], around = neighbours(n, b);
        if (power[b] > before)
            wide += qm_sqrt(qm_log2(now / (knee + (double)before)));
        if (power[b] > around)
            narrow += qm_log2(now / (knee + (double)around));
    }
    memcpy(n->before, power, n->bands * sizeof *power);
    if (!n->bands)
        return 0;
    wide /= n->bands;
    return wide * wide + NARROW * narrow / n->bands;
}

/* N of look t; silence before the first. */
static float at(const QmNovelty *n, int64_t t)
{
    return t < 0 ? 0 : n->ring[t % QM_NOVELTY_RING];
}

static bool is_highest(const QmNovelty *n, int64_t t)
{
    const float here = at(n, t);
    for (int64_t i = 1; i <= AROUND; i++)
        if (at(n, t - i) >= here || at(n, t + i) > here)
            return false;
    return true;
}

static double mean_around(const QmNovelty *n, int64_t t)
{
    double sum = 0;
    for (int64_t i = t - MEAN_BEFORE; i <= t + MEAN_BEHIND; i++)
        sum += (double)at(n, i);
    return sum / (MEAN_BEFORE + 1 + MEAN_BEHIND);
}

static double median_around(const QmNovelty *n, int64_t t)
{
    float sorted[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
        const float x = at(n, t - QM_NOVELTY_WIDE + i);
        int k = i;
        for (; k > 0 && sorted[k - 1] > x; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = x;
    }
    return (double)sorted[QM_NOVELTY_WIDE];
}

bool qm_novelty_look(QmNovelty *novelty, const float *power, double *strength_db)
{
    novelty->ring[novelty->looks % QM_NOVELTY_RING] = (float)novelty_of(novelty, power);
    novelty->looks++;
    const int64_t t = novelty->looks - 1 - QM_NOVELTY_WIDE;
    const double here = (double)at(novelty, t);
    if (here < LEAST || !is_highest(novelty, t) ||
        here < LEAST + mean_around(novelty, t) ||
        here < LEAST + MEDIANS * median_around(novelty, t))
        return false;
    *strength_db = here * DB_OF_LOG2;
    return true;
}
