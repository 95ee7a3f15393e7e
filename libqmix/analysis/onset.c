/* Onsets in two steps. Where the spectra change (novelty.h) says that there is one,
 * within some 10 ms; among the samples around, it begins with the steepest rise
 * (attack.h).
 *
 * Scanning only sums up bands and mixes the middle; what depends on what was before (how
 * loud the music is, which peak is the highest of its neighbours) comes when blocks are
 * merged, in order. A decision about a look waits for 25 more of them (0.27 s), so the
 * last 0.68 s of samples are kept.
 *
 * Two onsets less than 20 ms apart are one, the earlier: ears take what is within some 30
 * ms as one (Böck, Krebs, Schedl, ISMIR 2012), flams and drags go from there on. */
#include "analysis/onset.h"

#include "analysis/analysis.h"
#include "analysis/attack.h"
#include "analysis/bin_bands.h"
#include "analysis/novelty.h"
#include "base/qmath.h"
#include "base/sort.h"

#include <string.h>

enum {
    LOOKS = 1 << (QM_BLOCK_BITS - QM_FAST_HOP_BITS), /* in a block */
    KEEP_BITS = 15,                                  /* frames kept, at scale 0 */
    HOPS_BEFORE = 2, /* the attack is at most so many before the look with the peak ... */
    HOPS_BEHIND = 2, /* ... or behind it: the window is four hops long */
};
#define MOST       1e15f /* no sample is larger */
#define TOGETHER_S 0.020
#define ATTACK_S   0.100
#define BEFORE_S   0.040 /* a slow attack began at most so long before it is steepest */
#define CUT_S      0.005 /* half a period of 100 Hz: a slice begins at most so early */
#define SLICE_S    0.050

typedef struct Partial {
    float power[LOOKS][QM_NOVELTY_BANDS];
    float middle[];
} Partial;

typedef struct Found {
    int64_t frame, cut;
    float strength, peak;
    int32_t rise; /* frames; below 0: hidden */
} Found;

typedef struct State {
    int64_t frames;
    QmNovelty novelty;
    float *samples; /* the last ones merged, room for more behind */
    int64_t first;  /* frame of samples[0] */
    uint32_t held;
    bool waits; /* for what comes next: */
    Found last;
    QmList found; /* of Found */
} State;

/* ---- scan ---- */

static bool prepare(const QmFeatureCall *call, void *setup)
{
    const uint32_t n = call->spec->block >> (QM_BLOCK_BITS - QM_FAST_BITS);
    qm_bin_bands_init(setup, call->spec, n, 1);
    return true;
}

static size_t partial_size(const QmScanSpec *spec)
{
    return sizeof(Partial) + spec->block * sizeof(float);
}

static void scan(const QmFeatureCall *call, const QmBlock *block, void *partial)
{
    Partial *const p = partial;
    const float *const left = block->channel[0];
    const float *const right = block->channel[call->spec->channels > 1];
    for (uint32_t i = 0; i < block->n; i++) {
        const float x = 0.5f * (left[i] + right[i]);
        p->middle[i] = __builtin_fabsf(x) < MOST ? x : 0; /* also what is no number */
    }
}

static void fast(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial)
{
    Partial *const p = partial;
    const int64_t look = spectrum->index - block->at / spectrum->hop;
    qm_bin_bands_power(call->setup, spectrum->re[0], spectrum->im[0], p->power[look]);
}

/* ---- merge ---- */

static uint32_t hop_of(const QmScanSpec *spec) { return spec->block / LOOKS; }

static uint32_t kept(const QmScanSpec *spec)
{
    return spec->block >> (QM_BLOCK_BITS - KEEP_BITS);
}

static bool begin(const QmFeatureCall *call, State *s)
{
    const QmScanSpec *const spec = call->spec;
    const QmBinBands *const bands = call->setup;
    qm_novelty_init(&s->novelty, bands->count, hop_of(spec) / spec->rate);
    s->held = kept(spec);
    s->first = -(int64_t)s->held;
    s->samples = QM_NEW_ARRAY(call->arena, float, spec->block + 2 * (size_t)s->held);
    return s->samples != NULL;
}

static void take_samples(const QmFeatureCall *call, State *s, const float *middle,
                         uint32_t n)
{
    const uint32_t keep = kept(call->spec), over = s->held - keep;
    memmove(s->samples, s->samples + over, keep * sizeof *middle);
    memcpy(s->samples + keep, middle, n * sizeof *middle);
    s->first += over;
    s->held = keep + n;
}

/* The last onset, whose attack ends before `end`. */
static bool settle(const QmFeatureCall *call, State *s, int64_t end)
{
    const double rate = call->spec->rate;
    Found *const f = &s->last;
    const int64_t at = f->frame - s->first, longest = 1 + (int64_t)(ATTACK_S * rate);
    const int64_t length = end - f->frame < longest ? end - f->frame : longest;
    const QmAttackRise rise =
        qm_attack_rise(s->samples, at, at + length, (uint32_t)(BEFORE_S * rate));
    f->peak = rise.peak;
    f->rise = rise.hidden ? -1 : (int32_t)rise.rise;
    f->cut = s->first + qm_attack_cut(s->samples, at, 1 + (uint32_t)(CUT_S * rate));
    f->cut = f->cut < 0 ? 0 : f->cut;
    s->waits = false;
    return qm_list_append(&s->found, f, 1, sizeof *f, call->arena);
}

/* There is an onset around the frame `around`. */
static bool found(const QmFeatureCall *call, State *s, int64_t around, double strength)
{
    const uint32_t hop = hop_of(call->spec);
    const uint32_t cell = hop * QM_ATTACK_CELL >> QM_FAST_HOP_BITS;
    const int64_t at = around - s->first;
    const int64_t attack = qm_attack_begin(s->samples, at - HOPS_BEFORE * (int64_t)hop,
                                           at + HOPS_BEHIND * (int64_t)hop, cell);
    if (attack == QM_ATTACK_NONE)
        return true;
    const int64_t frame = s->first + attack < 0 ? 0 : s->first + attack;
    if (s->waits && frame < s->last.frame + (int64_t)(TOGETHER_S * call->spec->rate))
        return true;
    if (s->waits && !settle(call, s, frame))
        return false;
    s->last = (Found){.frame = frame, .strength = (float)strength};
    s->waits = true;
    return true;
}

static bool look(const QmFeatureCall *call, State *s, const float *power)
{
    const int64_t hop = hop_of(call->spec);
    double strength;
    if (qm_novelty_look(&s->novelty, power, &strength)) {
        const int64_t around = (s->novelty.looks - 1 - QM_NOVELTY_WIDE) * hop;
        if (!found(call, s, around, strength))
            return false;
    }
    /* What is found from here on lies behind this frame. */
    const int64_t decided = (s->novelty.looks - QM_NOVELTY_WIDE - HOPS_BEFORE) * hop;
    const int64_t over = s->last.frame + (int64_t)(ATTACK_S * call->spec->rate);
    return !s->waits || decided <= over || settle(call, s, decided);
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    const Partial *const p = partial;
    State *const s = state;
    if (!s->samples && !begin(call, s))
        return false;
    take_samples(call, s, p->middle, block->n);
    s->frames += block->n;
    const uint32_t hop = hop_of(call->spec), looks = (block->n + hop - 1) / hop;
    for (uint32_t i = 0; i < looks; i++)
        if (!look(call, s, p->power[i]))
            return false;
    return true;
}

/* ---- finish ---- */

/* Silence behind the end, until all is decided. */
static bool drain(const QmFeatureCall *call, State *s)
{
    static const float silence[QM_NOVELTY_BANDS];
    if (!s->samples)
        return true;
    memset(s->samples + s->held, 0, kept(call->spec) * sizeof(float));
    for (uint32_t i = 0; i < QM_NOVELTY_WIDE; i++)
        if (!look(call, s, silence))
            return false;
    return !s->waits || settle(call, s, s->frames + 1);
}

static QmMeasured dbfs(float peak)
{
    return peak > 0 ? qm_measured(20 * qm_log10((double)peak))
                    : qm_unmeasured("digital silence");
}

/* Room for all of a long list at once: lists that grow leave their smaller copies. */
static bool make_room(QmList *list, size_t count, size_t size, QmArena *arena)
{
    list->items = qm_arena_alloc(arena, count, size);
    list->room = list->items ? count : 0;
    return list->items != NULL;
}

static bool tell_onsets(const QmFeatureCall *call, const State *s, QmOnsets *r)
{
    const double rate = call->spec->rate;
    const Found *const found = s->found.items;
    if (!make_room(&r->onsets, s->found.count, sizeof(QmOnset), call->arena))
        return false;
    for (size_t i = 0; i < s->found.count; i++) {
        const Found *const f = &found[i];
        const QmOnset onset = {
            .time = qm_measured((double)f->frame / rate),
            .frame = f->frame,
            .strength = qm_measured((double)f->strength),
            .level = dbfs(f->peak),
            .attack = f->rise < 0 ? qm_unmeasured("hidden by what sounds")
                                  : qm_measured(1000 * f->rise / rate),
        };
        if (!qm_list_append(&r->onsets, &onset, 1, sizeof onset, call->arena))
            return false;
    }
    return true;
}

static bool tell_slices(const QmFeatureCall *call, const State *s, QmOnsets *r)
{
    const double rate = call->spec->rate;
    const Found *const found = s->found.items;
    QmSlice *last = NULL;
    if (!make_room(&r->slices, s->found.count, sizeof(QmSlice), call->arena))
        return false;
    for (size_t i = 0; i < s->found.count; i++) {
        const int64_t at = found[i].cut;
        if (last && (double)(at - last->frame) < SLICE_S * rate)
            continue;
        if (last)
            last->length = qm_measured((double)(at - last->frame) / rate);
        last = qm_list_add(&r->slices, sizeof *last, call->arena);
        if (!last)
            return false;
        last->frame = at;
        last->time = qm_measured((double)at / rate);
    }
    if (last)
        last->length = qm_measured((double)(s->frames - last->frame) / rate);
    return true;
}

static bool tell_strength(const QmFeatureCall *call, const State *s, QmOnsets *r)
{
    const size_t n = s->found.count;
    const Found *const found = s->found.items;
    r->strength = qm_unmeasured("no onsets");
    if (!n)
        return true;
    float *const strengths = QM_NEW_ARRAY(call->arena, float, n);
    if (!strengths)
        return false;
    for (size_t i = 0; i < n; i++)
        strengths[i] = found[i].strength;
    if (qm_sort(strengths, n, sizeof *strengths, qm_by_float, call->arena) != QM_OK)
        return false;
    r->strength = qm_measured((double)strengths[n / 2]);
    return true;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    (void)analysis;
    State *const s = state;
    QmOnsets *const r = result;
    if (!drain(call, s))
        return false;
    const double seconds = (double)s->frames / call->spec->rate;
    r->count = (int64_t)s->found.count;
    r->rate = seconds >= 1 ? qm_measured((double)r->count / seconds)
                           : qm_unmeasured("under 1 s");
    return tell_onsets(call, s, r) && tell_slices(call, s, r) &&
           tell_strength(call, s, r);
}

/* ---- the table ---- */

#define COLUMN(struct, field, unit, decimals, help)                                      \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, QM_VIEW_DETAIL,                       \
            offsetof(struct, field), help                                                \
    }
#define FRAME(struct, help)                                                              \
    {                                                                                    \
        "frame", "", QM_MEASURE_COUNT, 0, QM_VIEW_DETAIL, offsetof(struct, frame), help  \
    }

static const QmMeasure onset_columns[] = {
    COLUMN(QmOnset, time, "s", 4, "when it begins"),
    FRAME(QmOnset, "the same in frames"),
    COLUMN(QmOnset, strength, "dB", 2, "how far the bands rise"),
    COLUMN(QmOnset, level, "dBFS", 1, "highest sample of its first 100 ms"),
    COLUMN(QmOnset, attack, "ms", 2, "10 to 90 % of the way to that sample"),
};

static const QmMeasure slice_columns[] = {
    COLUMN(QmSlice, time, "s", 4, "where to cut"),
    FRAME(QmSlice, "the same in frames: a zero crossing before the attack"),
    COLUMN(QmSlice, length, "s", 4, "to the next slice, or the end"),
};

static const QmMeasure measures[] = {
    {"count", "", QM_MEASURE_COUNT, 0, QM_VIEW_SUMMARY, offsetof(QmOnsets, count),
     "how many onsets"},
    {"rate", "1/s", QM_MEASURE_NUMBER, 2, QM_VIEW_SUMMARY, offsetof(QmOnsets, rate),
     "onsets a second, over the whole file"},
    {"strength", "dB", QM_MEASURE_NUMBER, 2, QM_VIEW_DETAIL, offsetof(QmOnsets, strength),
     "median of how far the bands rise"},
    {"onsets", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL, offsetof(QmOnsets, onsets),
     "each onset", onset_columns, sizeof onset_columns / sizeof onset_columns[0],
     sizeof(QmOnset)},
    {"slices", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL, offsetof(QmOnsets, slices),
     "where a sampler would cut", slice_columns,
     sizeof slice_columns / sizeof slice_columns[0], sizeof(QmSlice)},
};

const QmFeature qm_feature_onset = {
    .name = "onset",
    .summary = "when sounds begin, and where to slice",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmOnsets),
    .setup_size = sizeof(QmBinBands),
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .prepare = prepare,
    .scan = scan,
    .fast = fast,
    .merge = merge,
    .finish = finish,
};
