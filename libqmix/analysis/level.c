/* Levels of the samples as they stand.
 *
 *     rms   = 10 log10(sum of x^2 over all channels / (frames * channels))
 *     crest = 20 log10(max |x|) - rms
 *     dc    = sum of x / frames, of each channel
 *     bits  = 24 - z, where all samples are multiples of 2^z / 2^23 and z is the largest
 *             such (level_sums.h). 12-bit converters, or a 16-bit file in 24, show here;
 *             a fade or any gain computed in more bits hides them.
 *
 * Noise floor. The windows of 2048 frames (43 ms at 48 kHz) are sorted by their power
 * around their own mean, so that DC is no noise; those of digital silence are left out.
 * The floor is the mean power of what lies from the 5th to the 10th percentile. SoX's
 * `stats` gives the lowest of such windows ("RMS Tr"), which a single one can move; the
 * low percentiles of the power over time are the noise estimate of minimum statistics
 * (Martin, "Noise power spectral density estimation based on optimal smoothing and
 * minimum statistics", IEEE Trans. Speech Audio Proc. 9, 2001). Not weighted. Music that
 * never pauses has no quieter parts than its quietest music, and that is what it gives.
 *
 * Ends. `silence` ends at the first sample that is not 0 in any channel, `quiet` at the
 * first that reaches -60 dBFS. A file that never does is all silence from both ends. */
#include "analysis/level.h"

#include "analysis/analysis.h"
#include "analysis/level_sums.h"
#include "base/qmath.h"
#include "base/sort.h"

enum {
    WINDOW_BITS = 11,
    WINDOWS = 1 << (QM_BLOCK_BITS - WINDOW_BITS), /* in a block */
    FLOOR_WINDOWS = 20, /* a percentile of fewer means nothing: 0.85 s */
    CHANNELS = 32,
};

/* Where there is sound: 0: any, 1: loud. Frames of the file, both inclusive. */
typedef struct Span {
    bool found;
    int64_t first, last;
} Span;
enum { ANY, LOUD, N_SPANS };
static const float limits[N_SPANS] = {0x1p-149f, QM_LEVEL_QUIET};

typedef struct Partial {
    Span spans[N_SPANS];
    uint32_t n_floors;
    float floors[WINDOWS]; /* powers of whole windows with sound */
    QmLevelSums channels[];
} Partial;

typedef struct State {
    int64_t frames;
    Span spans[N_SPANS];
    QmList floors; /* of float */
    QmLevelSums channels[CHANNELS];
} State;

/* ---- scan ---- */

static size_t partial_size(const QmScanSpec *spec)
{
    return sizeof(Partial) + spec->channels * sizeof(QmLevelSums);
}

static void add_sums(QmLevelSums *to, const QmLevelSums *more)
{
    to->sum += more->sum;
    to->squares += more->squares;
    to->peak = more->peak > to->peak ? more->peak : to->peak;
    to->bits |= more->bits;
    to->beyond |= more->beyond;
}

/* The mean square around the mean; 0 if that is only what has been rounded. */
static double power_of(const QmLevelSums *sums, uint32_t n)
{
    const double mean = sums->sum / n, square = sums->squares / n;
    const double power = square - mean * mean;
    return power > 1e-14 * square ? power : 0;
}

/* The first, or the last, of frames [from, to) of the block in which any channel reaches
 * `limit`; there is one. */
static int64_t find(const QmFeatureCall *call, const QmBlock *block, uint32_t from,
                    uint32_t to, float limit, bool last)
{
    for (uint32_t k = from; k < to; k++) {
        const uint32_t i = last ? to - 1 - (k - from) : k;
        for (uint32_t c = 0; c < call->spec->channels; c++)
            if (__builtin_fabsf(block->channel[c][i]) >= limit)
                return block->at + i;
    }
    return block->at;
}

/* One window of all channels into the partial; the highest sample in it. */
static float take_window(const QmFeatureCall *call, const QmBlock *block, uint32_t from,
                         uint32_t n, Partial *p)
{
    const QmScanSpec *const spec = call->spec;
    double power = 0;
    float peak = 0;
    for (uint32_t c = 0; c < spec->channels; c++) {
        const QmLevelSums sums = qm_level_sums(spec->isa, block->channel[c] + from, n);
        add_sums(&p->channels[c], &sums);
        power += power_of(&sums, n) / spec->channels;
        peak = sums.peak > peak ? sums.peak : peak;
    }
    if (n == spec->block / WINDOWS && power > 0)
        p->floors[p->n_floors++] = (float)power;
    return peak;
}

static void scan(const QmFeatureCall *call, const QmBlock *block, void *partial)
{
    Partial *const p = partial;
    const uint32_t window = call->spec->block / WINDOWS;
    uint32_t last_at[N_SPANS] = {0}; /* windows */
    for (uint32_t at = 0; at < block->n; at += window) {
        const uint32_t n = block->n - at < window ? block->n - at : window;
        const float peak = take_window(call, block, at, n, p);
        for (uint32_t k = 0; k < N_SPANS; k++) {
            if (peak < limits[k])
                continue;
            if (!p->spans[k].found)
                p->spans[k].first = find(call, block, at, at + n, limits[k], false);
            p->spans[k].found = true;
            last_at[k] = at;
        }
    }
    for (uint32_t k = 0; k < N_SPANS; k++) {
        const uint32_t left = block->n - last_at[k];
        const uint32_t to = last_at[k] + (left < window ? left : window);
        if (p->spans[k].found)
            p->spans[k].last = find(call, block, last_at[k], to, limits[k], true);
    }
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    const Partial *const p = partial;
    State *const s = state;
    for (uint32_t c = 0; c < call->spec->channels; c++)
        add_sums(&s->channels[c], &p->channels[c]);
    for (uint32_t k = 0; k < N_SPANS; k++) {
        if (!p->spans[k].found)
            continue;
        if (!s->spans[k].found)
            s->spans[k].first = p->spans[k].first;
        s->spans[k].last = p->spans[k].last;
        s->spans[k].found = true;
    }
    s->frames += block->n;
    return qm_list_append(&s->floors, p->floors, p->n_floors, sizeof(float), call->arena);
}

/* ---- finish ---- */

static const char silent[] = "digital silence", empty[] = "no frames";

static QmMeasured rms_of(double squares, double count)
{
    return squares > 0 ? qm_measured(10 * qm_log10(squares / count))
                       : qm_unmeasured(count > 0 ? silent : empty);
}

static QmMeasured peak_of(float peak, double count)
{
    return peak > 0 ? qm_measured(20 * qm_log10((double)peak))
                    : qm_unmeasured(count > 0 ? silent : empty);
}

static QmMeasured crest_of(QmMeasured peak, QmMeasured rms)
{
    return rms.why ? rms : qm_measured(peak.value - rms.value);
}

static bool tell_channels(const QmFeatureCall *call, const State *s, QmLevel *level)
{
    for (uint32_t c = 0; c < call->spec->channels; c++) {
        const QmLevelSums *const sums = &s->channels[c];
        QmLevelChannel *const row =
            qm_list_add(&level->channels, sizeof *row, call->arena);
        if (!row)
            return false;
        const double frames = (double)s->frames;
        row->channel = c + 1;
        row->rms = rms_of(sums->squares, frames);
        row->peak = peak_of(sums->peak, frames);
        row->crest = crest_of(row->peak, row->rms);
        row->dc = s->frames ? qm_measured(sums->sum / frames) : qm_unmeasured(empty);
    }
    return true;
}

static void tell_whole(const QmFeatureCall *call, const State *s, QmLevel *level)
{
    QmLevelSums all = {0};
    double dc = 0;
    for (uint32_t c = 0; c < call->spec->channels; c++) {
        add_sums(&all, &s->channels[c]);
        const double mean = s->channels[c].sum / (double)(s->frames ? s->frames : 1);
        dc = __builtin_fabs(mean) > __builtin_fabs(dc) ? mean : dc;
    }
    const double count = (double)s->frames * call->spec->channels;
    level->rms = rms_of(all.squares, count);
    level->crest = crest_of(peak_of(all.peak, count), level->rms);
    level->dc = s->frames ? qm_measured(dc) : qm_unmeasured(empty);
    if (all.beyond)
        level->bits = qm_unmeasured("floating point");
    else if (!all.bits)
        level->bits = qm_unmeasured(s->frames ? silent : empty);
    else {
        const int finest = __builtin_ctz(all.bits);
        level->bits = qm_measured(finest < 23 ? 24 - finest : 1);
    }
}

static void tell_ends(const State *s, Span span, double rate, QmMeasured *start,
                      QmMeasured *end)
{
    const int64_t before = span.found ? span.first : s->frames;
    const int64_t behind = span.found ? s->frames - 1 - span.last : s->frames;
    *start = s->frames ? qm_measured((double)before / rate) : qm_unmeasured(empty);
    *end = s->frames ? qm_measured((double)behind / rate) : qm_unmeasured(empty);
}

static bool tell_floor(const QmFeatureCall *call, State *s, QmLevel *level)
{
    float *const powers = s->floors.items;
    const size_t n = s->floors.count;
    if (n < FLOOR_WINDOWS) {
        level->noise_floor = qm_unmeasured("under 1 s of sound");
        return true;
    }
    if (qm_sort(powers, n, sizeof *powers, qm_by_float, call->arena) != QM_OK)
        return false;
    const size_t from = n / 20, to = n / 10;
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += (double)powers[i];
    level->noise_floor = qm_measured(10 * qm_log10(sum / (double)(to - from)));
    return true;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    (void)analysis;
    State *const s = state;
    QmLevel *const level = result;
    tell_whole(call, s, level);
    tell_ends(s, s->spans[ANY], call->spec->rate, &level->silence_start,
              &level->silence_end);
    tell_ends(s, s->spans[LOUD], call->spec->rate, &level->quiet_start,
              &level->quiet_end);
    return tell_channels(call, s, level) && tell_floor(call, s, level);
}

/* ---- the table ---- */

#define NUMBER(struct, field, unit, decimals, view, help)                                \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, view, offsetof(struct, field), help   \
    }

static const QmMeasure columns[] = {
    {"channel", "", QM_MEASURE_COUNT, 0, QM_VIEW_DETAIL,
     offsetof(QmLevelChannel, channel), "from 1"},
    NUMBER(QmLevelChannel, rms, "dBFS", 2, QM_VIEW_DETAIL, "root mean square"),
    NUMBER(QmLevelChannel, peak, "dBFS", 2, QM_VIEW_DETAIL, "highest sample"),
    NUMBER(QmLevelChannel, crest, "dB", 2, QM_VIEW_DETAIL, "peak over RMS"),
    NUMBER(QmLevelChannel, dc, "", 6, QM_VIEW_DETAIL, "mean, 1 is full scale"),
};

static const QmMeasure measures[] = {
    NUMBER(QmLevel, rms, "dBFS", 2, QM_VIEW_SUMMARY,
           "root mean square of all channels; a full sine has -3.01"),
    NUMBER(QmLevel, crest, "dB", 2, QM_VIEW_SUMMARY, "highest sample over RMS"),
    NUMBER(QmLevel, dc, "", 6, QM_VIEW_SUMMARY,
           "mean of the channel that is furthest from 0; 1 is full scale"),
    NUMBER(QmLevel, noise_floor, "dBFS", 1, QM_VIEW_SUMMARY,
           "RMS of the quietest 5 to 10 % of the time, unweighted, without DC"),
    NUMBER(QmLevel, bits, "", 0, QM_VIEW_SUMMARY, "bits that the samples really use"),
    NUMBER(QmLevel, silence_start, "s", 3, QM_VIEW_SUMMARY,
           "digital silence at the beginning"),
    NUMBER(QmLevel, silence_end, "s", 3, QM_VIEW_SUMMARY, "digital silence at the end"),
    NUMBER(QmLevel, quiet_start, "s", 3, QM_VIEW_DETAIL,
           "until the first sample of -60 dBFS or more"),
    NUMBER(QmLevel, quiet_end, "s", 3, QM_VIEW_DETAIL,
           "behind the last sample of -60 dBFS or more"),
    {"channels", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL, offsetof(QmLevel, channels),
     "each channel by itself", columns, sizeof columns / sizeof columns[0],
     sizeof(QmLevelChannel)},
};

const QmFeature qm_feature_level = {
    .name = "level",
    .summary = "RMS, crest, DC, silence, bit depth, noise floor",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmLevel),
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .scan = scan,
    .merge = merge,
    .finish = finish,
};
