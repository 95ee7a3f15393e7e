/* The K-weighted signal's energy every 10 ms (analysis/k_weight.h), summed over channels,
 * is all that is kept of the audio; everything is a mean of it:
 *
 *     momentary    40 of them, short-term 300, at every one of them
 *     tenths       10, kept for the whole file: gates, range, series, parts, albums
 *
 * Weights of channels, by the positions that files of so many channels have: 1 for the
 * front and what is behind, 1.41 for what is at 60 to 120 degrees, 0 for low-frequency
 * effects (BS.1770-5, table 4). libebur128 has the same up to six, and leaves out all
 * others. Files of more than eight have no known layout: all of them count.
 *
 * A block owns the tenths that end in it. Their channels are filtered in eight stretches
 * of tenths, which overlap where there are not eight times as many; each starts 125 ms
 * early (k_weight.c), so energies depend on the grid of blocks alone.
 *
 * PSR: Shepherd, Grimm, Tapper, Kahsnitz, Kerr, "Measuring micro-dynamics: a first step:
 * standardizing PSR", AES 143 (2017): the true peak of the last 3 s less their loudness.
 * Of a file, the least: where it is densest. Silence and fades, which the gates of LRA
 * leave out, do not count. */
#include "analysis/loudness.h"

#include "analysis/analysis.h"
#include "analysis/dr14.h"
#include "analysis/k_weight.h"
#include "analysis/tenths.h"
#include "base/qmath.h"

#include <assert.h>

enum {
    MOMENTARY_BINS = QM_MOMENTARY * QM_K_BINS,
    SHORT_BINS = QM_SHORT_TERM * QM_K_BINS,
    LAYOUTS = 8,
    STRETCH = 10, /* most tenths of a stretch: eight of them are a block */
};
/* The shelf has to be below half the rate, a tenth and its warm-up in view. */
#define RATE_LEAST 4000
#define RATE_MOST  1000000

static const char silence[] = "digital silence", no_peak[] = "true peak not measured";

/* Of so many channels, in the order of WAVE files. */
static const double weights[LAYOUTS + 1][LAYOUTS] = {
    {0},
    {1},                            /* mono */
    {1, 1},                         /* left, right */
    {1, 1, 1},                      /* and centre */
    {1, 1, 1.41, 1.41},             /* and surrounds */
    {1, 1, 1, 1.41, 1.41},          /* and centre, surrounds */
    {1, 1, 1, 0, 1.41, 1.41},       /* and centre, effects, surrounds */
    {1, 1, 1, 0, 1, 1.41, 1.41},    /* and centre, effects, back, sides */
    {1, 1, 1, 0, 1, 1, 1.41, 1.41}, /* and centre, effects, backs, sides */
};

static double weight(const QmScanSpec *spec, uint32_t channel)
{
    if (spec->channels == 1 && spec->options.dual_mono)
        return 2;
    return spec->channels > LAYOUTS ? 1 : weights[spec->channels][channel];
}

static bool measurable(const QmScanSpec *spec)
{
    return spec->rate >= RATE_LEAST && spec->rate <= RATE_MOST;
}

/* --- a block ------------------------------------------------------------------------ */

/* The energies of its bins. */
static size_t partial_size(const QmScanSpec *spec)
{
    return measurable(spec) ? qm_tenths_most(spec) * QM_K_BINS * sizeof(double) : 0;
}

static bool prepare(const QmFeatureCall *call, void *setup)
{
    if (measurable(call->spec))
        qm_k_weight_init(setup, call->spec->rate, qm_tenth(call->spec));
    return true;
}

/* Adds what one channel has in `tenths` tenths from x on. */
static void add_channel(const QmFeatureCall *call, const float *x, uint32_t tenths,
                        double gain, double *energies)
{
    const QmKWeight *const k = call->setup;
    const uint32_t each = (tenths + QM_K_LANES - 1) / QM_K_LANES;
    const float *at[QM_K_LANES];
    uint32_t first[QM_K_LANES];
    double seen[STRETCH * QM_K_BINS * QM_K_LANES];
    assert(each <= STRETCH);
    for (uint32_t lane = 0; lane < QM_K_LANES; lane++) {
        first[lane] = lane * each < tenths - each ? lane * each : tenths - each;
        at[lane] = x + (size_t)first[lane] * k->tenth;
    }
    qm_k_energies(call->spec->isa, k, at, each, seen);
    for (uint32_t t = 0; t < tenths; t++) {
        const uint32_t lane = t / each;
        const double *const from =
            seen + (t - first[lane]) * QM_K_BINS * QM_K_LANES + lane;
        for (uint32_t b = 0; b < QM_K_BINS; b++)
            energies[t * QM_K_BINS + b] += gain * from[b * QM_K_LANES];
    }
}

static void scan(const QmFeatureCall *call, const QmBlock *block, void *partial)
{
    const QmScanSpec *const spec = call->spec;
    const QmTenths t = qm_tenths(spec, block);
    const uint32_t tenths = t.count + (t.rest > 0);
    if (!measurable(spec) || tenths == 0)
        return;
    for (uint32_t c = 0; c < spec->channels; c++)
        if (weight(spec, c) > 0)
            add_channel(call, block->channel[c] + t.at, tenths, weight(spec, c), partial);
}

/* --- the file ----------------------------------------------------------------------- */

/* Windows of one length. */
typedef struct Windows {
    double loudest; /* energy, summed over the window */
    int64_t at;     /* its first bin */
    double most;    /* of those that end in the tenth at hand */
    QmList series;  /* of double: that, tenth by tenth */
} Windows;

typedef struct State {
    int64_t bins;
    double latest[QM_K_BINS]; /* bin b is in [b % 10] */
    double tens[SHORT_BINS];  /* sums of the ten that end with bin b, in [b % 300] */
    Windows momentary, short_term;
    QmList energies;
} State;

/* The sum of the last `tenths` tens, ten bins apart, as soon as there are as many. */
static void look(const State *s, int64_t tenths, Windows *w)
{
    const int64_t at = s->bins - tenths * QM_K_BINS;
    if (at < 0)
        return;
    double sum = 0;
    for (int64_t i = at + QM_K_BINS - 1; i < s->bins; i += QM_K_BINS)
        sum += s->tens[i % SHORT_BINS];
    w->most = sum > w->most ? sum : w->most;
    if (sum > w->loudest) {
        w->loudest = sum;
        w->at = at;
    }
}

static bool end_tenth(const QmFeatureCall *call, Windows *w)
{
    const double most = w->most;
    w->most = 0;
    return qm_list_append(&w->series, &most, 1, sizeof most, call->arena);
}

static bool add_bin(const QmFeatureCall *call, State *s, double energy)
{
    s->latest[s->bins % QM_K_BINS] = energy;
    s->bins++;
    double ten = 0;
    for (int64_t i = 0; i < QM_K_BINS; i++)
        ten += s->latest[(s->bins + i) % QM_K_BINS];
    s->tens[(s->bins - 1) % SHORT_BINS] = ten;
    look(s, QM_MOMENTARY, &s->momentary);
    look(s, QM_SHORT_TERM, &s->short_term);
    if (s->bins % QM_K_BINS != 0)
        return true;
    ten /= qm_tenth(call->spec);
    return end_tenth(call, &s->momentary) && end_tenth(call, &s->short_term) &&
           qm_list_append(&s->energies, &ten, 1, sizeof ten, call->arena);
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    const QmTenths t = qm_tenths(call->spec, block);
    const QmKWeight *const k = call->setup;
    const double *const energies = partial;
    if (!measurable(call->spec))
        return true;
    uint32_t bins = t.count * QM_K_BINS;
    for (uint32_t b = 1; b <= QM_K_BINS && t.rest > 0; b++)
        bins += k->ends[b] <= t.rest;
    for (uint32_t b = 0; b < bins; b++)
        if (!add_bin(call, state, energies[b]))
            return false;
    return true;
}

/* --- what is made of it ------------------------------------------------------------- */

/* Of windows of so many tenths; their series becomes LUFS. */
static QmList tell_windows(const QmFeatureCall *call, int64_t bins, Windows *w,
                           int64_t tenths, const char *too_short, QmMeasured *loudest,
                           QmMeasured *at)
{
    const double frames = qm_tenth(call->spec), all = frames * (double)tenths;
    *loudest = *at = qm_unmeasured(bins < tenths * QM_K_BINS ? too_short : silence);
    if (w->loudest > 0) {
        *loudest = qm_measured(qm_lufs(w->loudest / all));
        *at = qm_measured((double)w->at * frames / QM_K_BINS / call->spec->rate);
    }
    double *const series = w->series.items;
    for (size_t i = 0; i < w->series.count; i++)
        series[i] = series[i] > 0 ? qm_lufs(series[i] / all) : QM_GAP;
    return w->series;
}

static double highest(const QmTenthPeak *tenths, size_t n)
{
    float most = 0;
    for (size_t i = 0; i < n; i++)
        most = tenths[i].true_peak > most ? tenths[i].true_peak : most;
    return (double)most;
}

/* Of the windows whose energy is at or above the gate. */
static void find_psr(QmLoudness *l, const QmPeak *peak, double gate)
{
    const double *const e = l->energies.items;
    const QmTenthPeak *const p = peak->tenths.items;
    double least = 0;
    size_t where = 0;
    for (size_t i = 0; i + QM_SHORT_TERM <= l->energies.count; i++) {
        const double energy = qm_mean_energy(e + i, QM_SHORT_TERM);
        const double most = highest(p + i, QM_SHORT_TERM);
        const double ratio = energy >= gate && energy > 0 ? most * most / energy : 0;
        if (ratio > 0 && (least == 0 || ratio < least)) {
            least = ratio;
            where = i;
        }
    }
    if (least > 0) {
        l->psr = qm_measured(-qm_lufs(1 / least));
        l->psr_at = qm_measured((double)where * l->hop_s);
    }
}

static QmMeasured less(QmMeasured peak, QmMeasured loudness)
{
    if (peak.why || loudness.why)
        return qm_unmeasured(loudness.why ? loudness.why : peak.why);
    return qm_measured(peak.value - loudness.value);
}

static void without_rate(const QmScanSpec *spec, QmLoudness *l)
{
    const QmMeasured none =
        qm_unmeasured(spec->rate < RATE_LEAST ? "rate below 4 kHz" : "rate above 1 MHz");
    l->integrated = l->range = l->momentary_max = l->short_term_max = none;
    l->momentary_max_at = l->short_term_max_at = l->plr = l->psr = l->psr_at = none;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    State *const s = state;
    QmLoudness *const l = result;
    const QmPeak *const peak = qm_analysis_result(analysis, &qm_feature_peak);
    const QmDr14 *const dr14 = qm_analysis_result(analysis, &qm_feature_dr14);
    l->dr14 = dr14->value;
    l->hop_s = qm_tenth(call->spec) / call->spec->rate;
    l->energies = s->energies;
    if (!measurable(call->spec)) {
        without_rate(call->spec, l);
        return true;
    }
    const QmTenthRun run = {l->energies.items, l->energies.count};
    double gate = 0;
    l->integrated = qm_gated_loudness(&run, 1);
    l->momentary = tell_windows(call, s->bins, &s->momentary, QM_MOMENTARY,
                                "under 400 ms", &l->momentary_max, &l->momentary_max_at);
    l->short_term = tell_windows(call, s->bins, &s->short_term, QM_SHORT_TERM,
                                 "under 3 s", &l->short_term_max, &l->short_term_max_at);
    if (!qm_loudness_range(&run, 1, call->arena, &l->range, &gate))
        return false;
    l->plr = peak ? less(peak->true_peak, l->integrated) : qm_unmeasured(no_peak);
    l->psr = l->psr_at = qm_unmeasured(!peak          ? no_peak
                                       : l->range.why ? l->range.why
                                                      : silence);
    if (peak && !l->range.why)
        find_psr(l, peak, gate);
    return true;
}

/* --- parts and albums --------------------------------------------------------------- */

QmMeasured qm_loudness_part(const QmLoudness *loudness, double from_s, double to_s)
{
    const double hop = loudness->hop_s, most = (double)loudness->energies.count;
    /* A time that is a tenth's but for its last bits is that tenth's. */
    double from = from_s / hop - 1e-6, to = to_s / hop + 1e-6;
    from = from > 0 ? from : 0;
    to = to < most ? to : most;
    size_t first = (size_t)from;
    first += (double)first < from;
    const size_t end = to > 0 ? (size_t)to : 0;
    const QmTenthRun run = {(const double *)loudness->energies.items + first,
                            end > first ? end - first : 0};
    return qm_gated_loudness(&run, 1);
}

/* The greater of the two, or that which there is. */
static QmMeasured most(QmMeasured a, QmMeasured b)
{
    if (a.why || b.why)
        return a.why ? b : a;
    return a.value > b.value ? a : b;
}

bool qm_loudness_album(const QmAlbumTrack *tracks, size_t n, QmArena *scratch,
                       QmAlbum *album)
{
    QmTenthRun *const runs = QM_NEW_ARRAY(scratch, QmTenthRun, n);
    if (!runs)
        return false;
    const QmMeasured none = qm_unmeasured(no_peak);
    *album = (QmAlbum){.momentary_max = tracks[0].loudness->momentary_max,
                       .short_term_max = tracks[0].loudness->short_term_max,
                       .sample_peak = none,
                       .true_peak = none};
    for (size_t i = 0; i < n; i++) {
        const QmLoudness *const l = tracks[i].loudness;
        const QmPeak *const p = tracks[i].peak;
        runs[i] = (QmTenthRun){l->energies.items, l->energies.count};
        album->momentary_max = most(album->momentary_max, l->momentary_max);
        album->short_term_max = most(album->short_term_max, l->short_term_max);
        album->sample_peak = most(album->sample_peak, p ? p->sample : none);
        album->true_peak = most(album->true_peak, p ? p->true_peak : none);
    }
    album->integrated = qm_gated_loudness(runs, n);
    album->plr = less(album->true_peak, album->integrated);
    return qm_loudness_range(runs, n, scratch, &album->range, NULL);
}

/* --- what it is called -------------------------------------------------------------- */

#define NUMBER(type, field, unit, decimals, view, help)                                  \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, view, offsetof(type, field), help     \
    }

static const QmMeasure measures[] = {
    NUMBER(QmLoudness, integrated, "LUFS", 2, QM_VIEW_SUMMARY,
           "ITU-R BS.1770-5, gated at -70 LUFS and -10 LU"),
    NUMBER(QmLoudness, range, "LU", 2, QM_VIEW_SUMMARY,
           "LRA, EBU Tech 3342, 3 s every 100 ms"),
    NUMBER(QmLoudness, momentary_max, "LUFS", 2, QM_VIEW_SUMMARY,
           "loudest 400 ms, looked for every 10 ms"),
    NUMBER(QmLoudness, momentary_max_at, "s", 2, QM_VIEW_DETAIL, "where they begin"),
    NUMBER(QmLoudness, short_term_max, "LUFS", 2, QM_VIEW_SUMMARY,
           "loudest 3 s, looked for every 10 ms"),
    NUMBER(QmLoudness, short_term_max_at, "s", 2, QM_VIEW_DETAIL, "where they begin"),
    NUMBER(QmLoudness, plr, "dB", 2, QM_VIEW_SUMMARY,
           "true peak less integrated loudness"),
    NUMBER(QmLoudness, psr, "dB", 2, QM_VIEW_SUMMARY,
           "least true peak less loudness of any 3 s, those in LRA's gates"),
    NUMBER(QmLoudness, psr_at, "s", 1, QM_VIEW_DETAIL, "where those 3 s begin"),
    NUMBER(QmLoudness, dr14, "dB", 0, QM_VIEW_SUMMARY,
           "second-loudest peak above the loudest fifth of 3 s parts"),
    {"momentary", "LUFS", QM_MEASURE_LIST, 2, QM_VIEW_SERIES,
     offsetof(QmLoudness, momentary), "loudest 400 ms that end in each 100 ms"},
    {"short_term", "LUFS", QM_MEASURE_LIST, 2, QM_VIEW_SERIES,
     offsetof(QmLoudness, short_term), "loudest 3 s that end in each 100 ms"},
};

const QmMeasure qm_album_measures[] = {
    NUMBER(QmAlbum, integrated, "LUFS", 2, QM_VIEW_SUMMARY,
           "of all files as one programme"),
    NUMBER(QmAlbum, range, "LU", 2, QM_VIEW_SUMMARY, "LRA of all files together"),
    NUMBER(QmAlbum, momentary_max, "LUFS", 2, QM_VIEW_SUMMARY, "loudest 400 ms of any"),
    NUMBER(QmAlbum, short_term_max, "LUFS", 2, QM_VIEW_SUMMARY, "loudest 3 s of any"),
    NUMBER(QmAlbum, sample_peak, "dBFS", 2, QM_VIEW_SUMMARY, "loudest sample of any"),
    NUMBER(QmAlbum, true_peak, "dBTP", 2, QM_VIEW_SUMMARY, "highest point of any"),
    NUMBER(QmAlbum, plr, "dB", 2, QM_VIEW_SUMMARY, "true peak less integrated loudness"),
};
const uint32_t qm_album_n_measures =
    sizeof qm_album_measures / sizeof qm_album_measures[0];

static const QmFeature *const needs[] = {&qm_feature_dr14, NULL};

const QmFeature qm_feature_loudness = {
    .name = "loudness",
    .summary = "integrated, momentary, short-term, range, PLR, PSR, DR14",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmLoudness),
    .needs = needs,
    .setup_size = sizeof(QmKWeight),
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .prepare = prepare,
    .scan = scan,
    .merge = merge,
    .finish = finish,
};
