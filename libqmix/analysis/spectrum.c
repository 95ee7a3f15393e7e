/* The long-term spectrum: the mean of the slow spectra (16384 frames under a Hann window
 * every 8192), of the first two channels. Windows that reach beyond the file see an edge
 * where it was cut, which rings at all frequencies: from 32 whole ones on (6 s) only
 * those are taken. A shorter sound may be nothing but its attack: all of them are, and
 * the sum is divided by how much of their energy lies within,
 *
 *     P[k] = sum over windows of |X[k]|^2 / (windows - 1 + r)
 *
 * where the first has half its energy within, and the last one half and as much of its
 * right half as there are frames, together r (energy_within).
 *
 * Bands. Bins are 2.7 (44.1) or 2.9 Hz (48 kHz) apart, a line is 4 of them wide. From
 * 63 Hz on a line is within its band to 0.05 dB; below it shows in the bands beside, too:
 * 1.3 dB of a line at 20 Hz. A band whose middle is above half the rate is not told; one
 * that reaches beyond (20 kHz at 44.1) is told as far as there is anything.
 *
 * Tilt. The straight line of least squares through the levels of the 24 bands from 50 Hz
 * to 10 kHz over octaves. Weights fall from 1 for the loudest band to 0 at 40 dB below
 * it, in a line over dB: what a bass does not have above 2 kHz does not tilt it. There
 * must be as much weight as that of four bands, or it is the slope of a line's foot.
 *
 * Words. Mud 200-500 Hz, harshness 2-5 kHz, sibilance 5-10 kHz: what the founding text of
 * this project cuts and calls so, and what engineers' tables agree on within a third of
 * an octave. Low, mid, high are split at 200 Hz and 2 kHz as its three-band crossover is.
 *
 * Target. The level of a curve in each band, moved so that the mean difference over 63 Hz
 * to 12.5 kHz is 0; the distance is the root of the mean square of what remains there.
 *
 * Over time. In each fast spectrum (2048 frames every 512) the centroid, weighted by
 * magnitude as SuperCollider's SpecCentroid and librosa have it, and the flatness from
 * 250 Hz to 16 kHz (ISO/IEC 15938-4, audio spectrum flatness, its default range as one
 * band). In means and spreads a spectrum counts as its amplitude, so silence counts
 * nothing and no threshold depends on the level. Noise of a single window has a flatness
 * of -2.5 dB (the mean logarithm of an exponential distribution), a line -60. */
#include "analysis/spectrum.h"

#include "analysis/analysis.h"
#include "analysis/spectrum_sums.h"
#include "base/qmath.h"

enum { MIN_TARGET_BANDS = 8, MANY = 32 /* whole windows */ };

/* Hz */
static const double lowest = 20, highest = 20000;
static const double flat_lowest = 250, flat_highest = 16000;

/* Sums over fast spectra, weighted by amplitude. */
typedef struct Moments {
    double weight, centroid, centroid_2, flatness, flatness_2;
} Moments;

typedef struct Setup {
    double bin_hz, fast_hz; /* between bins of slow and fast spectra */
    uint32_t bins;
    QmShapeRange range; /* of fast ones */
} Setup;

typedef struct Partial {
    Moments moments;
    uint32_t whole; /* windows within the file */
    double power[]; /* [bins] of these, then [bins] of those at the ends */
} Partial;

typedef struct State {
    Moments moments;
    int64_t whole;
    double *power; /* as in a partial */
} State;

/* ---- gathering ---- */

static double below(double a, double b) { return a < b ? a : b; }

static bool prepare(const QmFeatureCall *call, void *memory)
{
    Setup *const setup = memory;
    const QmScanSpec *const spec = call->spec;
    const double half = 0.5 * spec->rate;
    const uint32_t fast = 1u << (QM_FAST_BITS + spec->scale);
    const uint32_t slow = 1u << (QM_SLOW_BITS + spec->scale);
    setup->bin_hz = spec->rate / slow;
    setup->fast_hz = spec->rate / fast;
    setup->bins = slow / 2 + 1;
    setup->range = (QmShapeRange){
        .from = 1 + (uint32_t)(lowest / setup->fast_hz),
        .to = 1 + (uint32_t)(below(half, highest) / setup->fast_hz),
        .flat_from = 1 + (uint32_t)(flat_lowest / setup->fast_hz),
        .flat_to = 1 + (uint32_t)(below(half, flat_highest) / setup->fast_hz),
    };
    return true;
}

static size_t partial_size(const QmScanSpec *spec)
{
    return sizeof(Partial) +
           2 * ((1u << (QM_SLOW_BITS - 1 + spec->scale)) + 1) * sizeof(double);
}

static void slow(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial)
{
    const Setup *const setup = call->setup;
    Partial *const p = partial;
    const int64_t middle = spectrum->index * spectrum->hop, half = setup->bins - 1;
    const bool whole =
        middle >= half && !(block->last && middle + half > block->at + block->n);
    qm_spectrum_add(call->spec->isa, spectrum, p->power + (whole ? 0 : setup->bins));
    p->whole += whole;
}

static void fast(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial)
{
    (void)block;
    const Setup *const setup = call->setup;
    Moments *const m = &((Partial *)partial)->moments;
    const QmShape shape = qm_spectrum_shape(call->spec->isa, spectrum, setup->range);
    const double weight = qm_sqrt(shape.power);
    const double centroid = shape.centroid * setup->fast_hz;
    m->weight += weight;
    m->centroid += weight * centroid;
    m->centroid_2 += weight * centroid * centroid;
    m->flatness += weight * shape.flatness;
    m->flatness_2 += weight * shape.flatness * shape.flatness;
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    (void)block;
    const Setup *const setup = call->setup;
    const Partial *const p = partial;
    State *const s = state;
    if (!s->power)
        s->power = QM_NEW_ARRAY(call->arena, double, 2 * (size_t)setup->bins);
    if (!s->power)
        return false;
    for (uint32_t k = 0; k < 2 * setup->bins; k++)
        s->power[k] += p->power[k];
    s->whole += p->whole;
    s->moments.weight += p->moments.weight;
    s->moments.centroid += p->moments.centroid;
    s->moments.centroid_2 += p->moments.centroid_2;
    s->moments.flatness += p->moments.flatness;
    s->moments.flatness_2 += p->moments.flatness_2;
    return true;
}

/* How many whole windows the file holds, by energy: with t = x / n the integral of
 * cos^4(pi t) from the middle to x is 3 t / 8 + sin(2 pi t) / (4 pi) + sin(4 pi t) / (32
 * pi), and 3 / 16 up to the window's end. */
static double energy_within(int64_t frames, uint32_t n)
{
    const uint32_t hop = n / 2;
    const int64_t windows = (frames + hop - 1) / hop;
    const double t = (double)(frames - (windows - 1) * hop) / n;
    const double right =
        3 * t / 8 + qm_sin_turns(t) / (4 * QM_PI) + qm_sin_turns(2 * t) / (32 * QM_PI);
    return (double)(windows - 1) + right / (3.0 / 8);
}

/* ---- finish: bands ---- */

static QmMeasured level_of(double power)
{
    return power > 0 ? qm_measured(10 * qm_log10(power))
                     : qm_unmeasured("digital silence");
}

static double band(const QmSpectrumResult *r, double from, double to)
{
    return qm_long_term_band(&r->long_term, from, to);
}

static bool tell_bands(const QmFeatureCall *call, QmSpectrumResult *r)
{
    const QmMeasured beyond = qm_unmeasured("above half the rate");
    const double half = 0.5 * call->spec->rate;
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        QmThird *const row = qm_list_add(&r->thirds, sizeof *row, call->arena);
        if (!row)
            return false;
        row->freq = qm_measured(qm_third_nominal(i));
        row->level = qm_third_middle(i) >= half
                         ? beyond
                         : level_of(band(r, qm_third_edge(i), qm_third_edge(i + 1)));
        row->target = row->deviation = qm_unmeasured("no target curve");
    }
    for (uint32_t i = 0; i < QM_BARKS; i++) {
        QmBarkBand *const row = qm_list_add(&r->barks, sizeof *row, call->arena);
        if (!row)
            return false;
        const double from = qm_bark_hz(i), to = qm_bark_hz(i + 1);
        row->band = i + 1;
        row->low = qm_measured(from);
        row->high = qm_measured(to);
        row->level = 0.5 * (from + to) >= half ? beyond : level_of(band(r, from, to));
    }
    return true;
}

/* ---- finish: the target ---- */

static bool counts(const QmThird *third)
{
    const double hz = third->freq.value;
    return hz >= 63 && hz <= 12500 && !third->level.why && !third->target.why;
}

/* The mean deviation of bands from `from` to `to`; all of them must have one. */
static QmMeasured mean_deviation(const QmSpectrumResult *r, double from, double to)
{
    const QmThird *const thirds = r->thirds.items;
    double sum = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        if (thirds[i].freq.value < from || thirds[i].freq.value > to)
            continue;
        if (thirds[i].deviation.why)
            return thirds[i].deviation;
        sum += thirds[i].deviation.value;
        n++;
    }
    return qm_measured(sum / n);
}

static void compare(const QmTargetCurve *curve, QmSpectrumResult *r)
{
    QmThird *const thirds = r->thirds.items;
    double offset = 0, squares = 0;
    uint32_t n = 0;
    r->target = curve->name;
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        QmThird *const row = &thirds[i];
        double db = 0;
        row->target = qm_curve_at(curve, row->freq.value, &db)
                          ? qm_measured(db)
                          : qm_unmeasured("beyond the target curve");
        if (counts(row)) {
            offset += row->level.value - db;
            n++;
        }
    }
    if (n < MIN_TARGET_BANDS) {
        const QmMeasured few = qm_unmeasured("too few bands in common with the target");
        for (uint32_t i = 0; i < QM_THIRDS; i++)
            thirds[i].target = thirds[i].deviation = few;
        r->target_distance = few;
        return;
    }
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        QmThird *const row = &thirds[i];
        row->deviation = row->level.why ? row->level : row->target;
        if (!row->target.why)
            row->target.value += offset / n;
        if (!row->deviation.why)
            row->deviation.value = row->level.value - row->target.value;
        if (counts(row))
            squares += row->deviation.value * row->deviation.value;
    }
    r->target_distance = qm_measured(qm_sqrt(squares / n));
}

/* ---- finish: single numbers ---- */

static bool leans(const QmThird *third)
{
    const double hz = third->freq.value;
    return hz >= 50 && hz <= 10000 && !third->level.why;
}

static QmMeasured tilt(const QmSpectrumResult *r)
{
    const QmThird *const thirds = r->thirds.items;
    double loudest = -1e9, w = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        if (!thirds[i].level.why && thirds[i].level.value > loudest)
            loudest = thirds[i].level.value;
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        const double db = thirds[i].level.value, weight = 1 - (loudest - db) / 40;
        if (!leans(&thirds[i]) || weight <= 0)
            continue;
        const double octave = qm_log2(qm_third_middle(i) / 1000);
        w += weight;
        x += weight * octave;
        y += weight * db;
        xx += weight * octave * octave;
        xy += weight * octave * db;
    }
    if (w < 4)
        return qm_unmeasured("too narrow");
    return qm_measured((w * xy - x * y) / (w * xx - x * x));
}

static void tell_words(QmSpectrumResult *r, double half, double all)
{
    const struct {
        double from, to;
        QmMeasured *level, *deviation;
    } words[] = {
        {200, 500, &r->mud, &r->mud_deviation},
        {2000, 5000, &r->harshness, &r->harshness_deviation},
        {5000, 10000, &r->sibilance, &r->sibilance_deviation},
    };
    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const double power = band(r, words[i].from, words[i].to);
        *words[i].level = words[i].to > half ? qm_unmeasured("above half the rate")
                                             : level_of(power / all);
        *words[i].deviation = mean_deviation(r, words[i].from, words[i].to);
    }
}

static void tell_numbers(QmSpectrumResult *r, double rate)
{
    const QmLongTerm *const s = &r->long_term;
    const double half = 0.5 * rate, top = below(half, highest);
    const double all = band(r, lowest, top);
    const double flat = qm_long_term_flatness(s, flat_lowest, below(half, flat_highest));
    const double edge = qm_long_term_edge(s);
    r->centroid = qm_measured(qm_long_term_centroid(s, lowest, top));
    r->rolloff_85 = qm_measured(qm_long_term_rolloff(s, lowest, top, 0.85));
    r->rolloff_95 = qm_measured(qm_long_term_rolloff(s, lowest, top, 0.95));
    r->flatness = qm_measured(flat);
    r->flatness_db = qm_measured(10 * qm_log10(flat));
    r->bandwidth = edge > 0 ? qm_measured(edge) : qm_unmeasured("no steep edge");
    r->tilt = tilt(r);
    r->low = qm_measured(100 * band(r, lowest, 200) / all);
    r->mid = qm_measured(100 * band(r, 200, 2000) / all);
    r->high = qm_measured(100 * band(r, 2000, top) / all);
    tell_words(r, half, all);
}

static void tell_time(const Moments *m, QmSpectrumResult *r)
{
    const double centroid_mean = m->centroid / m->weight;
    const double flatness_mean = m->flatness / m->weight;
    const double c2 = m->centroid_2 / m->weight - centroid_mean * centroid_mean;
    const double f2 = m->flatness_2 / m->weight - flatness_mean * flatness_mean;
    r->centroid_mean = qm_measured(centroid_mean);
    r->flatness_mean = qm_measured(flatness_mean);
    /* What is left below 0 is rounding. */
    r->centroid_spread = qm_measured(c2 > 0 ? qm_sqrt(c2) : 0);
    r->flatness_spread = qm_measured(f2 > 0 ? qm_sqrt(f2) : 0);
}

/* ---- the table ---- */

#define NUMBER(struct, field, unit, decimals, view, help)                                \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, view, offsetof(struct, field), help   \
    }
#define SUM(field, unit, decimals, help)                                                 \
    NUMBER(QmSpectrumResult, field, unit, decimals, QM_VIEW_SUMMARY, help)
#define DETAIL(field, unit, decimals, help)                                              \
    NUMBER(QmSpectrumResult, field, unit, decimals, QM_VIEW_DETAIL, help)
#define THIRD(field, unit, decimals, help)                                               \
    NUMBER(QmThird, field, unit, decimals, QM_VIEW_DETAIL, help)
#define BARK(field, unit, decimals, help)                                                \
    NUMBER(QmBarkBand, field, unit, decimals, QM_VIEW_DETAIL, help)
#define COUNT(array) (sizeof array / sizeof array[0])

static const QmMeasure third_columns[] = {
    THIRD(freq, "Hz", 1, "nominal middle"),
    THIRD(level, "dBFS", 1, "of the band's mean square"),
    THIRD(target, "dBFS", 1, "the target curve, at the same mean level"),
    THIRD(deviation, "dB", 1, "level over target"),
};

static const QmMeasure bark_columns[] = {
    {"band", "Bark", QM_MEASURE_COUNT, 0, QM_VIEW_DETAIL, offsetof(QmBarkBand, band),
     "where it ends"},
    BARK(low, "Hz", 0, "lower edge"),
    BARK(high, "Hz", 0, "upper edge"),
    BARK(level, "dBFS", 1, "of the band's mean square"),
};

static const QmMeasure measures[] = {
    SUM(centroid, "Hz", 0, "where the power lies on average"),
    SUM(rolloff_85, "Hz", 0, "85 % of the power is below"),
    SUM(rolloff_95, "Hz", 0, "95 % of the power is below"),
    SUM(bandwidth, "Hz", 0, "where it breaks off, as behind a codec or resampler"),
    SUM(tilt, "dB/oct", 2, "slope of 1/3-octave levels, 50 Hz-10 kHz; pink noise has 0"),
    SUM(flatness, "", 4, "1: noise, 0: tones; 250 Hz-16 kHz"),
    DETAIL(flatness_db, "dB", 1, "the same in dB"),
    SUM(low, "%", 1, "of the power, 20-200 Hz"),
    SUM(mid, "%", 1, "of the power, 200-2000 Hz"),
    SUM(high, "%", 1, "of the power, 2-20 kHz"),
    SUM(mud, "dB", 1, "200-500 Hz within the whole"),
    SUM(harshness, "dB", 1, "2-5 kHz within the whole"),
    SUM(sibilance, "dB", 1, "5-10 kHz within the whole"),
    DETAIL(mud_deviation, "dB", 1, "200-500 Hz over the target"),
    DETAIL(harshness_deviation, "dB", 1, "2-5 kHz over the target"),
    DETAIL(sibilance_deviation, "dB", 1, "5-10 kHz over the target"),
    DETAIL(centroid_mean, "Hz", 0, "over time, weighted by magnitude"),
    DETAIL(centroid_spread, "Hz", 0, "standard deviation over time"),
    DETAIL(flatness_mean, "dB", 1, "over time"),
    DETAIL(flatness_spread, "dB", 1, "standard deviation over time"),
    {"target", "", QM_MEASURE_TEXT, 0, QM_VIEW_DETAIL, offsetof(QmSpectrumResult, target),
     "the curve it is compared with"},
    SUM(target_distance, "dB", 1, "RMS of deviations from the target, 63 Hz-12.5 kHz"),
    {"third_octaves", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL,
     offsetof(QmSpectrumResult, thirds), "1/3-octave bands", third_columns,
     COUNT(third_columns), sizeof(QmThird)},
    {"bark_bands", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL,
     offsetof(QmSpectrumResult, barks), "critical bands", bark_columns,
     COUNT(bark_columns), sizeof(QmBarkBand)},
};

static void tell_nothing(QmSpectrumResult *r, const char *why)
{
    for (uint32_t i = 0; i < COUNT(measures); i++)
        if (measures[i].kind == QM_MEASURE_NUMBER)
            *(QmMeasured *)(void *)((char *)r + measures[i].offset) = qm_unmeasured(why);
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    const Setup *const setup = call->setup;
    State *const s = state;
    QmSpectrumResult *const r = result;
    if (!s->power)
        s->power = QM_NEW_ARRAY(call->arena, double, setup->bins);
    if (!s->power)
        return false;
    const bool all = s->whole < MANY;
    const double windows =
        all ? energy_within(analysis->frames, 2 * (setup->bins - 1)) : (double)s->whole;
    for (uint32_t k = 0; k < setup->bins && analysis->frames > 0; k++)
        s->power[k] = (s->power[k] + (all ? s->power[setup->bins + k] : 0)) / windows;
    r->long_term = (QmLongTerm){s->power, setup->bins, setup->bin_hz};
    if (!tell_bands(call, r))
        return false;
    if (!(band(r, lowest, 0.5 * call->spec->rate) > 0) || !(s->moments.weight > 0)) {
        const QmShapeRange *const range = &setup->range;
        const bool too_low = range->flat_from >= range->flat_to;
        tell_nothing(r, analysis->frames == 0 ? "no frames"
                        : too_low             ? "rate too low"
                                              : "digital silence");
        return true;
    }
    r->target_distance = qm_unmeasured("no target curve");
    if (call->spec->options.curve)
        compare(call->spec->options.curve, r);
    tell_numbers(r, call->spec->rate);
    tell_time(&s->moments, r);
    return true;
}

const QmFeature qm_feature_spectrum = {
    .name = "spectrum",
    .summary = "band levels, centroid, rolloff, flatness, tilt, distance to a target",
    .measures = measures,
    .n_measures = COUNT(measures),
    .result_size = sizeof(QmSpectrumResult),
    .setup_size = sizeof(Setup),
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .prepare = prepare,
    .fast = fast,
    .slow = slow,
    .merge = merge,
    .finish = finish,
};
