/* Power per critical band, and how tonal the spectrum is.
 *
 * A bin of the short-time spectrum belongs to band floor(z), z the critical-band rate of
 * its frequency (bands.h); what is below 20 Hz (a constant offset) and from 24 Bark on,
 * 15.5 kHz, nobody hears by this model, so it is left out.
 *
 * Tonality is Johnston's ("Transform coding of audio signals using perceptual noise
 * criteria", IEEE JSAC 6, 1988): the geometric over the arithmetic mean of the power in
 * all these bins, in dB, over -60 dB, at most 1. Every bin gets FLOOR on top, below the
 * noise of 24 bits, so that digital black between two tones does not count as tonal
 * beyond measure.
 *
 * The geometric mean takes one logarithm a frame: exponents are added up as integers,
 * mantissas multiplied; a product of 64 of them is below 2^64. */
#include "analysis/bark.h"

#include "base/qmath.h"
#include "dsp/vec.h"

enum {
    BINS = 2048, /* at most this many are looked at (at 44.1 kHz: 720) */
    EVERY = 2,   /* second one of the fast spectra */
    MULTIPLIED = 64,
};

#define LOWEST_HZ 20.0 /* where hearing begins */
#define FLOOR     1e-15f
#define NOISE_DB  60.0 /* flatness that is all tones */
#define LOUDEST   1e30 /* no sound; floats in files can be, and their squares overflow */

typedef struct Setup {
    uint32_t first[QM_BARKS + 1]; /* bin of each band; of what is behind the last */
} Setup;

typedef struct Partial {
    QmBarkFrame frames[QM_BARK_CHUNK];
} Partial;

static uint32_t hop_of(const QmScanSpec *spec)
{
    return (uint32_t)EVERY << (QM_FAST_HOP_BITS + spec->scale);
}

static size_t partial_size(const QmScanSpec *spec)
{
    (void)spec;
    return sizeof(Partial);
}

static bool prepare(const QmFeatureCall *call, void *setup)
{
    Setup *const s = setup;
    const uint32_t window = 1u << (QM_FAST_BITS + call->spec->scale);
    const double bin_hz = call->spec->rate / window;
    uint32_t bins = window / 2 + 1;
    bins = bins < BINS ? bins : BINS;
    uint32_t k = 0;
    while (k < bins && k * bin_hz < LOWEST_HZ)
        k++;
    for (uint32_t b = 0; b <= QM_BARKS; b++) {
        while (k < bins && qm_bark(k * bin_hz) < b)
            k++;
        s->first[b] = k;
    }
    return true;
}

/* power[k] of bins [from, to) */
static void take_power(const QmSpectrum *spectrum, uint32_t from, uint32_t to,
                       float *power)
{
    const float *const re = spectrum->re[0], *const im = spectrum->im[0];
    for (uint32_t k = from; k < to; k++)
        power[k] = re[k] * re[k] + im[k] * im[k];
}

/* The sum of log2(power + FLOOR). */
static double sum_log2(const float *power, uint32_t count)
{
    double sum = 0;
    while (count > 0) {
        const uint32_t n = count < MULTIPLIED * QM_LANES ? count : MULTIPLIED * QM_LANES;
        QmVec product = qm_vec(1);
        QmVecI exponents = {0};
        uint32_t k = 0;
        for (; k + QM_LANES <= n; k += QM_LANES) {
            const QmVecI bits = (QmVecI)(qm_vec_load(power + k) + qm_vec(FLOOR));
            exponents += (bits >> 23) - qm_veci(127);
            product *= (QmVec)((bits & qm_veci(0x7fffff)) | qm_veci(0x3f800000));
        }
        for (uint32_t i = 0; i < QM_LANES; i++)
            sum += exponents[i] + qm_log2(product[i]);
        for (; k < n; k++)
            sum += qm_log2((double)power[k] + FLOOR);
        power += n;
        count -= n;
    }
    return sum;
}

/* 0..1, of bins whose power adds up to `total`. */
static double tonality(const float *power, uint32_t count, double total)
{
    if (count == 0 || total == 0 || total >= LOUDEST)
        return 0;
    const double flatness =
        sum_log2(power, count) / count - qm_log2(total / count + FLOOR);
    const double db = flatness * 3.010299956639812; /* 10 log10(2) */
    return db > 0 ? 0 : db < -NOISE_DB ? 1 : db / -NOISE_DB;
}

static void fast(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial)
{
    if (spectrum->index % EVERY != 0)
        return;
    const Setup *const s = call->setup;
    const int64_t at = spectrum->index * spectrum->hop - block->at;
    QmBarkFrame *const frame = &((Partial *)partial)->frames[at / hop_of(call->spec)];
    float power[BINS];
    const uint32_t begin = s->first[0], end = s->first[QM_BARKS];
    take_power(spectrum, begin, end, power);
    double total = 0;
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        double sum = 0;
        for (uint32_t k = s->first[b]; k < s->first[b + 1]; k++)
            sum += power[k];
        frame->power[b] = qm_bark_packed((float)(sum < LOUDEST ? sum : LOUDEST));
        total += sum;
    }
    const double tones = tonality(power + begin, end - begin, total);
    frame->tonality = (uint16_t)(tones * 65535 + 0.5);
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    QmBark *const bark = state;
    const uint32_t hop = hop_of(call->spec), n = (block->n + hop - 1) / hop;
    const Partial *const p = partial;
    QmBarkFrame *const frames = QM_NEW_ARRAY(call->arena, QmBarkFrame, n);
    if (!frames || !qm_list_append(&bark->chunks, &frames, 1, sizeof frames, call->arena))
        return false;
    memcpy(frames, p->frames, n * sizeof *frames);
    bark->count += n;
    return true;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    (void)analysis;
    QmBark *const bark = result;
    *bark = *(const QmBark *)state;
    bark->hop_s = hop_of(call->spec) / call->spec->rate;
    return true;
}

const QmFeature qm_feature_bark = {
    .name = "bark",
    .summary = "power in critical bands over time, for masking between stems",
    .result_size = sizeof(QmBark),
    .hidden = true,
    .quiet = true,
    .setup_size = sizeof(Setup),
    .state_size = sizeof(QmBark),
    .partial_size = partial_size,
    .prepare = prepare,
    .fast = fast,
    .merge = merge,
    .finish = finish,
};
