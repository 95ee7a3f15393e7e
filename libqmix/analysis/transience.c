/* The power of the fast spectra in octaves goes through transients.h, in order, when
 * blocks are merged; what comes out is summed up over all and tenth by tenth. */
#include "analysis/transience.h"

#include "analysis/analysis.h"
#include "analysis/bin_bands.h"
#include "analysis/tenths.h"

enum {
    LOOKS = 1 << (QM_BLOCK_BITS - QM_FAST_HOP_BITS), /* in a block */
    OCTAVE = 3,                                      /* thirds */
};

typedef struct Partial {
    float power[LOOKS][QM_TRANSIENT_BANDS];
} Partial;

typedef struct State {
    int64_t frames;
    bool begun;
    QmTransients transients;
    double total[QM_TRANSIENT_BANDS], transient[QM_TRANSIENT_BANDS];
    double tenth_total, tenth_transient; /* of the tenth that looks are in */
    QmList tenths;                       /* of QmTransienceTenth */
} State;

QmMeasured qm_transience_ratio(double transient, double total)
{
    return total > 0 ? qm_measured(transient / total) : qm_unmeasured("digital silence");
}

/* ---- scan ---- */

static bool prepare(const QmFeatureCall *call, void *setup)
{
    const uint32_t n = call->spec->block >> (QM_BLOCK_BITS - QM_FAST_BITS);
    qm_bin_bands_init(setup, call->spec, n, OCTAVE);
    return true;
}

static size_t partial_size(const QmScanSpec *spec)
{
    (void)spec;
    return sizeof(Partial);
}

static void fast(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial)
{
    Partial *const p = partial;
    const int64_t look = spectrum->index - block->at / spectrum->hop;
    qm_bin_bands_power(call->setup, spectrum->re[0], spectrum->im[0], p->power[look]);
}

/* ---- merge ---- */

/* All looks that are around frames of the tenths that are full. */
static bool close_tenths(const QmFeatureCall *call, State *s, int64_t frame)
{
    const int64_t now = frame / qm_tenth(call->spec);
    while ((int64_t)s->tenths.count < now) {
        const QmTransienceTenth tenth = {(float)s->tenth_total,
                                         (float)s->tenth_transient};
        if (!qm_list_append(&s->tenths, &tenth, 1, sizeof tenth, call->arena))
            return false;
        s->tenth_total = s->tenth_transient = 0;
    }
    return true;
}

static bool look(const QmFeatureCall *call, State *s, const float *power)
{
    const int64_t hop = call->spec->block / LOOKS;
    float total[QM_TRANSIENT_BANDS], transient[QM_TRANSIENT_BANDS];
    qm_transients_look(&s->transients, power, total, transient);
    const int64_t index = s->transients.looks - 1 - QM_TRANSIENT_WIDE;
    if (index < 0)
        return true;
    if (!close_tenths(call, s, index * hop))
        return false;
    for (uint32_t b = 0; b < s->transients.bands; b++) {
        s->total[b] += (double)total[b];
        s->transient[b] += (double)transient[b];
        s->tenth_total += (double)total[b];
        s->tenth_transient += (double)transient[b];
    }
    return true;
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    const Partial *const p = partial;
    State *const s = state;
    const QmBinBands *const bands = call->setup;
    if (!s->begun)
        qm_transients_init(&s->transients, bands->count);
    s->begun = true;
    s->frames += block->n;
    const uint32_t hop = call->spec->block / LOOKS, looks = (block->n + hop - 1) / hop;
    for (uint32_t i = 0; i < looks; i++)
        if (!look(call, s, p->power[i]))
            return false;
    return true;
}

/* ---- finish ---- */

static bool drain(const QmFeatureCall *call, State *s)
{
    static const float nothing[QM_TRANSIENT_BANDS];
    for (uint32_t i = 0; s->begun && i < QM_TRANSIENT_WIDE; i++)
        if (!look(call, s, nothing))
            return false;
    return close_tenths(call, s, s->frames);
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    (void)analysis;
    State *const s = state;
    QmTransience *const r = result;
    const QmBinBands *const bands = call->setup;
    if (!drain(call, s))
        return false;
    double total = 0, transient = 0;
    r->bands = bands->count;
    r->tenths = s->tenths;
    for (uint32_t b = 0; b < bands->count; b++) {
        r->middle_hz[b] = bands->middle_hz[b];
        total += r->total[b] = s->total[b];
        transient += r->transient[b] = s->transient[b];
    }
    r->ratio = qm_transience_ratio(transient, total);
    return true;
}

const QmFeature qm_feature_transience = {
    .name = "transience",
    .summary = "what is hit and what is held, over time",
    .result_size = sizeof(QmTransience),
    .hidden = true,
    .quiet = true,
    .setup_size = sizeof(QmBinBands),
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .prepare = prepare,
    .fast = fast,
    .merge = merge,
    .finish = finish,
};
