/* Generalised cross-correlation with phase transform (Knapp and Carter, "The generalized
 * correlation method for estimation of time delay", IEEE ASSP 24, 1976), summed over
 * blocks.
 *
 * Of each block under a Hann window, bins from 20 Hz to 12 kHz are whitened, but for what
 * is 40 dB below their mean power and more:
 *
 *     x = X / sqrt(|X|^2 + 10^-4 mean |X|^2)
 *
 * and for each pair, where both are loud (above -70 dB, and within 30 dB of the loudest
 * block so far), are added up
 *
 *     G(f) += conj(a) b        D += sum over f of |a| |b|
 *
 * A source that both hear, second by d later, gives G(f) = s exp(-2 pi j f d) in all bins
 * where it dominates, s = 1 or -1. So in
 *
 *     g(t) = 1/D sum over f of G(f) exp(2 pi j f t)
 *
 * (only positive frequencies: |g| is the envelope) |g| has a peak at d, at most 1, whose
 * phase is the polarity. What plays in time and in key but is not the same has other
 * phases in every bin, and |g| is noise. A peak counts if it is PEAK_TO_NOISE times the
 * root mean square of |g| at other lags, and PEAK_TO_NEXT times the next highest, 2 ms
 * away or more. (Of 800 pairs of unrelated stems, drum samples that are always struck
 * together among them, one has 15 and 4, none else is above 12; of drums bleeding into
 * others at -20 dB three in four have more than 18 and 2.5.)
 *
 * Between samples |g| is computed at the lag itself, halving steps around the peak. */
#include "analysis/relate.h"

#include "base/qmath.h"
#include "base/text.h"
#include "dsp/fft.h"
#include "dsp/vec.h"

#include <assert.h>

enum {
    BLOCK_BITS = 13,  /* at 44.1 and 48 kHz; so that 50 ms are well within a block */
    LEAST_BLOCKS = 3, /* in which both are loud */
    PEAK_TO_NOISE = 18,
};

#define LOWEST_HZ    20.0
#define HIGHEST_HZ   12000.0
#define SEARCH_S     0.05
#define BESIDE_S     0.002 /* of the peak, still part of it */
#define PEAK_TO_NEXT 2.5
#define GATE         1e-7 /* -70 dB */
#define LOUD         1e-3 /* -30 dB of the loudest */
#define FLOOR        1e-4f
#define COPY         0.9  /* shared from here on */
#define CLEAR        60.0 /* degrees around 0 and 180 */

typedef struct Stem {
    QmRelateInput input;
    float *re, *im, *magnitude; /* [bins]: whitened */
    double loudest;             /* block so far, mean square */
    bool loud;                  /* this one */
} Stem;

typedef struct Pair {
    float *re, *im; /* [bins]: G */
    double sum;     /* D */
    int64_t blocks;
    bool differ, differ_inverted;
} Pair;

struct QmRelate {
    uint32_t n, block, first_bin, bins; /* bins: a multiple of the lanes */
    double rate;
    QmIsa isa;
    QmFft *fft;
    float *window;
    Stem *stems;
    Pair *pairs; /* [n (n - 1) / 2], row by row */
};

/* --- the table ---------------------------------------------------------------------- */

#define NUMBER(name, unit, decimals, help)                                               \
    {                                                                                    \
#name, unit, QM_MEASURE_NUMBER, decimals, QM_VIEW_SUMMARY,                       \
            offsetof(QmRelatedPair, name), help                                          \
    }
#define TEXT(name, help)                                                                 \
    {                                                                                    \
#name, "", QM_MEASURE_TEXT, 0, QM_VIEW_SUMMARY, offsetof(QmRelatedPair, name),   \
            help                                                                         \
    }

static const QmMeasure columns[] = {
    TEXT(first, "a stem"),
    TEXT(second, "another"),
    TEXT(relation, "duplicate, copy or shared source"),
    NUMBER(delay, "samples", 1, "how much later the second is"),
    NUMBER(delay_ms, "ms", 3, "how much later the second is"),
    TEXT(polarity, "same, inverted or unclear"),
    NUMBER(phase, "degrees", 0, "between them, the delay taken out"),
    NUMBER(shared, "%", 0, "how much of the spectrum agrees"),
    NUMBER(confidence, "", 2, "0 to 1"),
};

const QmMeasure qm_relations_measures[] = {
    {"compared", "", QM_MEASURE_NUMBER, 0, QM_VIEW_DETAIL,
     offsetof(QmRelations, compared), "pairs of stems that were compared"},
    {"pairs", "", QM_MEASURE_ROWS, 0, QM_VIEW_SUMMARY, offsetof(QmRelations, pairs),
     "stems that hear the same source", columns, sizeof columns / sizeof columns[0],
     sizeof(QmRelatedPair)},
};
const uint32_t qm_relations_measure_count =
    sizeof qm_relations_measures / sizeof qm_relations_measures[0];

/* --- lifecycle ---------------------------------------------------------------------- */

static Pair *pair_at(const QmRelate *a, uint32_t i, uint32_t j)
{
    return &a->pairs[i * (2 * a->n - i - 1) / 2 + j - i - 1];
}

/* Block and bins for the rate; a block is a power of two that is 121 to 241 ms. */
static void set_sizes(QmRelate *a)
{
    int bits = BLOCK_BITS;
    while (a->rate > 67882 * qm_exp2(bits - BLOCK_BITS) && 1 << bits < QM_FFT_MAX)
        bits++;
    while (a->rate < 33941 * qm_exp2(bits - BLOCK_BITS) && 1 << bits > QM_FFT_MIN)
        bits--;
    a->block = 1u << bits;
    const double bin_hz = a->rate / a->block;
    const double last = HIGHEST_HZ / bin_hz, half = a->block / 2.0 - QM_LANES;
    const double first = LOWEST_HZ / bin_hz + 1;
    a->first_bin = (uint32_t)(first < half ? first : half);
    const uint32_t end = (uint32_t)(last < half ? last : half);
    a->bins = end > a->first_bin ? end - a->first_bin : 0;
    a->bins = (a->bins + QM_LANES - 1) / QM_LANES * QM_LANES;
}

/* One piece of memory for several rows of bins. */
static bool rows_of_bins(float ***rows, uint32_t count, uint32_t bins, QmArena *arena)
{
    float *const all = QM_NEW_ARRAY(arena, float, (size_t)count *bins + 16);
    for (uint32_t i = 0; all && i < count; i++)
        *rows[i] = all + (size_t)i * bins;
    return all;
}

QmRelate *qm_relate_new(uint32_t n, double rate, QmIsa isa, QmArena *arena)
{
    assert(n <= QM_RELATE_MAX_STEMS);
    const uint32_t n_pairs = n ? n * (n - 1) / 2 : 0;
    QmRelate *const a = QM_NEW(arena, QmRelate);
    if (!a)
        return NULL;
    a->n = n;
    a->rate = rate;
    a->isa = qm_isa_resolve(isa);
    set_sizes(a);
    a->fft = qm_fft_new(a->block, arena);
    a->window = QM_NEW_ARRAY(arena, float, a->block);
    a->stems = QM_NEW_ARRAY(arena, Stem, n);
    a->pairs = QM_NEW_ARRAY(arena, Pair, n_pairs);
    bool ok = a->fft && a->window && a->stems && a->pairs;
    for (uint32_t i = 0; ok && i < n; i++) {
        Stem *const s = &a->stems[i];
        ok = rows_of_bins((float **[]){&s->re, &s->im, &s->magnitude}, 3, a->bins, arena);
    }
    for (uint32_t i = 0; ok && i < n_pairs; i++) {
        Pair *const p = &a->pairs[i];
        ok = rows_of_bins((float **[]){&p->re, &p->im}, 2, a->bins, arena);
    }
    for (uint32_t i = 0; ok && i < a->block; i++)
        a->window[i] = (float)(0.5 - 0.5 * qm_cos_turns((double)i / a->block));
    return ok ? a : NULL;
}

uint32_t qm_relate_block(const QmRelate *relate) { return relate->block; }

size_t qm_relate_work(const QmRelate *relate)
{
    return sizeof(float) * (2 * (size_t)relate->block + qm_fft_work(relate->fft));
}

/* --- a block ------------------------------------------------------------------------ */

/* The middle under the window; the power of what it shows. */
static double load(const QmRelate *a, const QmRelateInput *in, float *out)
{
    double power = 0;
    for (uint32_t i = 0; i < a->block; i++) {
        const float *const x = in->samples + (size_t)i * in->channels;
        const float middle = in->channels > 1 ? 0.5f * (x[0] + x[1]) : x[0];
        out[i] = middle * a->window[i];
        power += (double)middle * middle;
    }
    return power / a->block;
}

static void judge(Stem *stem, double power)
{
    stem->loudest = power > stem->loudest ? power : stem->loudest;
    stem->loud = power >= GATE && power >= LOUD * stem->loudest && power < 1e30;
}

/* Bins to magnitude 1, but for those that are far below the mean. */
static void whiten(const QmRelate *a, Stem *stem)
{
    double sum = 0;
    for (uint32_t k = 0; k < a->bins; k++)
        sum += stem->re[k] * stem->re[k] + stem->im[k] * stem->im[k];
    const QmVec least = qm_vec((float)(sum / a->bins) * FLOOR + 1e-30f);
    for (uint32_t k = 0; k < a->bins; k += QM_LANES) {
        const QmVec re = qm_vec_load(stem->re + k), im = qm_vec_load(stem->im + k);
        const QmVec power = re * re + im * im;
        const QmVec scale = qm_vec(1) / qm_vec_sqrt(power + least);
        qm_vec_store(stem->re + k, re * scale);
        qm_vec_store(stem->im + k, im * scale);
        qm_vec_store(stem->magnitude + k, qm_vec_sqrt(power) * scale);
    }
}

/* Two real stems through one transform (dsp/fft.h says how they come apart); both are
 * twice as large, as whitening does not mind. */
static void split(const QmRelate *a, const float *re, const float *im, Stem *first,
                  Stem *second)
{
    for (uint32_t i = 0; i < a->bins; i++) {
        const uint32_t k = a->first_bin + i, m = (a->block - k) % a->block;
        first->re[i] = re[k] + re[m];
        first->im[i] = im[k] - im[m];
        if (second) {
            second->re[i] = im[k] + im[m];
            second->im[i] = re[m] - re[k];
        }
    }
}

void qm_relate_take(QmRelate *relate, uint32_t k, const QmRelateInput *first,
                    const QmRelateInput *second, void *work)
{
    float *const re = work, *const im = re + relate->block,
                 *const own = im + relate->block;
    Stem *const a = &relate->stems[2 * k], *const b = second ? a + 1 : NULL;
    a->input = *first;
    judge(a, load(relate, first, re));
    if (b) {
        b->input = *second;
        judge(b, load(relate, second, im));
    } else {
        memset(im, 0, relate->block * sizeof *im);
    }
    if (!a->loud && !(b && b->loud))
        return;
    /* What is not loud might still be too much for both to be told apart. */
    if (!a->loud)
        memset(re, 0, relate->block * sizeof *re);
    if (b && !b->loud)
        memset(im, 0, relate->block * sizeof *im);
    qm_fft(relate->fft, relate->isa, re, im, own);
    split(relate, re, im, a, b);
    whiten(relate, a);
    if (b)
        whiten(relate, b);
}

static void accumulate(const QmRelate *relate, const Stem *a, const Stem *b, Pair *pair)
{
    QmVec sum = {0};
    for (uint32_t k = 0; k < relate->bins; k += QM_LANES) {
        const QmVec ar = qm_vec_load(a->re + k), ai = qm_vec_load(a->im + k);
        const QmVec br = qm_vec_load(b->re + k), bi = qm_vec_load(b->im + k);
        const QmVec re = qm_vec_load(pair->re + k) + (ar * br + ai * bi);
        const QmVec im = qm_vec_load(pair->im + k) + (ar * bi - ai * br);
        qm_vec_store(pair->re + k, re);
        qm_vec_store(pair->im + k, im);
        sum += qm_vec_load(a->magnitude + k) * qm_vec_load(b->magnitude + k);
    }
    for (uint32_t i = 0; i < QM_LANES; i++)
        pair->sum += sum[i];
    pair->blocks++;
}

/* Whether b's samples are `sign` times those of a. */
static bool same_samples(const QmRelateInput *a, const QmRelateInput *b, float sign)
{
    if (a->channels != b->channels || a->frames != b->frames)
        return false;
    const size_t n = (size_t)a->frames * a->channels;
    size_t i = 0;
    while (i < n && a->samples[i] == sign * b->samples[i])
        i++;
    return i == n;
}

void qm_relate_pairs(QmRelate *relate, uint32_t row)
{
    const Stem *const a = &relate->stems[row];
    for (uint32_t j = row + 1; j < relate->n; j++) {
        const Stem *const b = &relate->stems[j];
        Pair *const pair = pair_at(relate, row, j);
        pair->differ = pair->differ || !same_samples(&a->input, &b->input, 1);
        pair->differ_inverted =
            pair->differ_inverted || !same_samples(&a->input, &b->input, -1);
        if (a->loud && b->loud)
            accumulate(relate, a, b, pair);
    }
}

/* --- what it comes to --------------------------------------------------------------- */

typedef struct Peak {
    double lag, height, phase; /* samples, 0..1, turns */
    double to_noise, to_next;
} Peak;

/* g at a lag between samples. */
static void at_lag(const QmRelate *a, const Pair *pair, double lag, double *re,
                   double *im)
{
    *re = *im = 0;
    for (uint32_t i = 0; i < a->bins; i++) {
        const double turns = (a->first_bin + i) * lag / a->block;
        const double c = qm_cos_turns(turns), s = qm_sin_turns(turns);
        *re += (double)pair->re[i] * c - (double)pair->im[i] * s;
        *im += (double)pair->re[i] * s + (double)pair->im[i] * c;
    }
}

static double power_at(const QmRelate *a, const Pair *pair, double lag)
{
    double re, im;
    at_lag(a, pair, lag, &re, &im);
    return re * re + im * im;
}

static void refine(const QmRelate *a, const Pair *pair, Peak *peak)
{
    double best = power_at(a, pair, peak->lag);
    for (double step = 0.5; step > 1.0 / 128; step /= 2) {
        const double before = power_at(a, pair, peak->lag - step);
        const double after = power_at(a, pair, peak->lag + step);
        if (before > best && before >= after) {
            peak->lag -= step;
            best = before;
        } else if (after > best) {
            peak->lag += step;
            best = after;
        }
    }
    double re, im;
    at_lag(a, pair, peak->lag, &re, &im);
    peak->phase = qm_atan2(im, re) / (2 * QM_PI);
    peak->height = qm_sqrt(best) / pair->sum;
}

/* |g|^2 at all lags into re, for the inverse transform is the forward one with re and im
 * exchanged. */
static void correlate(const QmRelate *a, const Pair *pair, float *re, float *im,
                      float *own)
{
    memset(re, 0, a->block * sizeof *re);
    memset(im, 0, a->block * sizeof *im);
    memcpy(re + a->first_bin, pair->im, a->bins * sizeof *re);
    memcpy(im + a->first_bin, pair->re, a->bins * sizeof *im);
    qm_fft(a->fft, a->isa, re, im, own);
    for (uint32_t i = 0; i < a->block; i++)
        re[i] = re[i] * re[i] + im[i] * im[i];
}

static Peak find_peak(const QmRelate *a, const Pair *pair, void *work)
{
    float *const power = work;
    correlate(a, pair, power, power + a->block, power + 2 * a->block);
    const int32_t reach = (int32_t)(SEARCH_S * a->rate), mask = (int32_t)a->block - 1;
    const int32_t beside = (int32_t)(BESIDE_S * a->rate);
    int32_t at = 0;
    for (int32_t lag = -reach; lag <= reach; lag++)
        at = power[lag & mask] > power[at & mask] ? lag : at;
    double sum = 0, next = 0;
    int32_t count = 0;
    for (int32_t lag = -reach; lag <= reach; lag++) {
        if (lag >= at - beside && lag <= at + beside)
            continue;
        const double p = power[lag & mask];
        sum += p;
        next = p > next ? p : next;
        count++;
    }
    const double top = power[at & mask];
    Peak peak = {.lag = at};
    if (count > 0 && next > 0) {
        peak.to_noise = qm_sqrt(top / (sum / count));
        peak.to_next = qm_sqrt(top / next);
    }
    return peak;
}

static bool tell(const QmRelate *a, const Peak *peak, QmRelatedPair row, QmArena *arena,
                 QmRelations *result)
{
    const double degrees = 360 * peak->phase, apart = degrees < 0 ? -degrees : degrees;
    const bool duplicate = qm_same(row.relation, "duplicate");
    if (!duplicate) {
        row.relation = peak->height >= COPY ? "copy" : "shared source";
        row.polarity = apart <= CLEAR         ? "same"
                       : apart >= 180 - CLEAR ? "inverted"
                                              : "unclear";
    }
    row.delay = qm_measured(peak->lag);
    row.delay_ms = qm_measured(1000 * peak->lag / a->rate);
    row.phase = qm_measured(degrees);
    row.shared = qm_measured(100 * (peak->height < 1 ? peak->height : 1));
    row.confidence = qm_measured(duplicate ? 1 : 1 - 1 / peak->to_next);
    return qm_list_append(&result->pairs, &row, 1, sizeof row, arena);
}

static bool finish_pair(const QmRelate *a, uint32_t i, uint32_t j, QmRelatedPair row,
                        void *work, QmArena *arena, QmRelations *result)
{
    const Pair *const pair = pair_at(a, i, j);
    if (pair->blocks > 0 && !(pair->differ && pair->differ_inverted)) {
        row.relation = "duplicate";
        row.polarity = pair->differ ? "inverted" : "same";
        const Peak peak = {.height = 1, .phase = pair->differ ? 0.5 : 0};
        return tell(a, &peak, row, arena, result);
    }
    if (pair->blocks < LEAST_BLOCKS || !(pair->sum > 0))
        return true;
    Peak peak = find_peak(a, pair, work);
    if (peak.to_noise < PEAK_TO_NOISE || peak.to_next < PEAK_TO_NEXT)
        return true;
    refine(a, pair, &peak);
    return tell(a, &peak, row, arena, result);
}

bool qm_relate_finish(QmRelate *relate, const char *const *names, void *work,
                      QmArena *arena, QmRelations *result)
{
    const uint32_t n = relate->n;
    result->compared =
        n > 1 ? qm_measured(n * (n - 1) / 2) : qm_unmeasured("a single stem");
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++) {
            const QmRelatedPair row = {.first = names[i],
                                       .second = names[j],
                                       .first_at = i,
                                       .second_at = j};
            if (!finish_pair(relate, i, j, row, work, arena, result))
                return false;
        }
    return true;
}
