/* Foote's novelty ("Automatic audio segmentation using a measure of audio novelty", ICME
 * 2000), as the difference of means that his checkerboard kernel amounts to:
 *
 *     S(i, j) = exp(-d(i, j)^2),  d: distance of the timbres of seconds i and j
 *     N(t)    = (mean of S before t + mean behind) / 2 - mean of S across t
 *
 * over pairs i < j within `half` to both sides, weighted by g(i) g(j), g a Gaussian
 * around t. It is 1 where two steady sounds that have nothing in common meet, and about
 * 0 within anything that goes on, however busy: what is different then is so on both
 * sides. As it compares means, the kernel may stand over the ends of the piece. Only the
 * pairs near the diagonal are ever computed. */
#include "analysis/similarity.h"

#include "base/qmath.h"

#define BAND_DB  9.0 /* a difference in all bands that counts as 1 */
#define LARGE_DB 6.0
#define PITCH    0.5  /* what entirely other pitches count */
#define SILENCE  1e-6 /* of the loudest band: -60 dB */
#define TAPER    0.5  /* the Gaussian's deviation, of `half` */

void qm_timbre(const float *bands, uint32_t n_bands, const float *pitches, double loudest,
               QmTimbre *timbre)
{
    const double floor = loudest * SILENCE + 1e-20;
    const double scale = n_bands ? 1 / (BAND_DB * qm_sqrt(n_bands)) : 0;
    *timbre = (QmTimbre){.x = {0}};
    for (uint32_t b = 0; b < n_bands; b++)
        timbre->x[b] = (float)(scale * 10 * qm_log10((double)bands[b] + floor));
    double square = 0;
    for (uint32_t k = 0; k < QM_TIMBRE_PITCHES; k++)
        square += (double)pitches[k] * (double)pitches[k];
    const double length = qm_sqrt(square) + floor;
    for (uint32_t k = 0; k < QM_TIMBRE_PITCHES; k++)
        timbre->x[QM_TIMBRE_BANDS + k] = (float)(PITCH * (double)pitches[k] / length);
}

QmTimbre qm_timbre_mean(const QmTimbre *timbres, size_t count)
{
    double sum[QM_TIMBRE] = {0};
    for (size_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < QM_TIMBRE; k++)
            sum[k] += (double)timbres[i].x[k];
    QmTimbre mean = {.x = {0}};
    for (uint32_t k = 0; k < QM_TIMBRE && count; k++)
        mean.x[k] = (float)(sum[k] / (double)count);
    return mean;
}

double qm_timbre_distance(const QmTimbre *a, const QmTimbre *b)
{
    double square = 0;
    for (uint32_t k = 0; k < QM_TIMBRE; k++) {
        const double d = (double)a->x[k] - (double)b->x[k];
        square += d * d;
    }
    return qm_sqrt(square);
}

double qm_timbre_rise(const QmTimbre *before, const QmTimbre *behind)
{
    double rise = 0, square = 0;
    for (uint32_t b = 0; b < QM_TIMBRE_BANDS; b++) {
        const double d = (double)behind->x[b] - (double)before->x[b];
        rise += d < 0 ? -d * d : d * d;
        square += d * d;
    }
    const double size = qm_sqrt(square) * BAND_DB / LARGE_DB;
    return square > 0 ? rise / square * (size < 1 ? size : 1) : 0;
}

/* S(i, j) for j - i from 1 to width, row i. */
typedef struct Stripe {
    const float *s;
    const double *weights; /* of offsets -half..half - 1 from the middle */
    size_t count;
    uint32_t half, width;
} Stripe;

/* The weighted mean of S over pairs i < j, i in [from, to), j in [other, end). */
static double mean_pairs(const Stripe *p, int64_t t, int64_t from, int64_t to,
                         int64_t other, int64_t end)
{
    const double *const g = p->weights + p->half;
    double sum = 0, weight = 0;
    for (int64_t i = from; i < to; i++)
        for (int64_t j = i + 1 > other ? i + 1 : other; j < end; j++) {
            const double w = g[i - t] * g[j - t];
            sum += w * (double)p->s[i * p->width + (j - i - 1)];
            weight += w;
        }
    return weight > 0 ? sum / weight : 0;
}

static double novelty_at(const Stripe *p, int64_t t)
{
    const int64_t half = p->half, count = (int64_t)p->count;
    const int64_t from = t > half ? t - half : 0;
    const int64_t end = t + half < count ? t + half : count;
    if (t - from < 2 || end - t < 2)
        return 0;
    const double within =
        0.5 * (mean_pairs(p, t, from, t, from, t) + mean_pairs(p, t, t, end, t, end));
    const double novelty = within - mean_pairs(p, t, from, t, t, end);
    return novelty > 0 ? novelty : 0;
}

bool qm_similarity_novelty(const QmTimbre *timbres, size_t count, uint32_t half,
                           float *novelty, QmArena *scratch)
{
    const uint32_t width = 2 * half - 1;
    float *const s = QM_NEW_ARRAY(scratch, float, count *width);
    double *const weights = QM_NEW_ARRAY(scratch, double, 2 * (size_t)half);
    if (!s || !weights)
        return false;
    for (uint32_t i = 0; i < 2 * half; i++) {
        const double x = ((double)i + 0.5 - half) / (TAPER * half);
        weights[i] = qm_exp(-0.5 * x * x);
    }
    for (size_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < width && i + k + 1 < count; k++) {
            const double d = qm_timbre_distance(&timbres[i], &timbres[i + k + 1]);
            s[i * width + k] = (float)qm_exp(-d * d);
        }
    const Stripe stripe = {s, weights, count, half, width};
    for (size_t t = 0; t < count; t++)
        novelty[t] = (float)novelty_at(&stripe, (int64_t)t);
    return true;
}
