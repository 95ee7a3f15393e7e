/* Each tenth of a second of each channel is scanned by itself (analysis/peak_scan.h), so
 * there is a true peak for all of them: of the file, of a song's part, of the 3 s of PSR.
 *
 * What is before the file and behind it is silence, and the wave between its first sample
 * and that silence is measured too: the first and the last tenth are scanned 32 frames
 * further, as far as a sample reaches.
 *
 * Clipped runs may go on over any number of blocks. A block tells of a run that it began
 * with (`lead`), of those within, and of one that its end cuts off (`tail`). */
#include "analysis/peak.h"

#include "analysis/analysis.h"
#include "analysis/peak_scan.h"
#include "analysis/tenths.h"
#include "base/qmath.h"

#define FULL_SCALE (32767.0f / 32768.0f)
enum { CLIP_RUN = 3 };
static const char silence[] = "digital silence", empty[] = "no frames";
static const char no_number[] = "samples that are no numbers";

/* --- clipped runs ------------------------------------------------------------------- */

typedef struct ClipScan {
    QmClips clips; /* runs that began here and ended here */
    int64_t lead;  /* how long the run goes on here that began before */
    int64_t tail;  /* how long the one is so far that the end cuts off */
    bool joins;    /* there is a run from before */
    bool whole;    /* it goes on to the end, and behind */
} ClipScan;

static float magnitude(float x) { return x < 0 ? -x : x; }

/* Whether a sample at full scale goes on with what came before it. */
static bool goes_on(float before, float x)
{
    const float a = magnitude(before), b = magnitude(x);
    return a >= FULL_SCALE && b >= FULL_SCALE && (before < 0) == (x < 0) &&
           (before == x || (a >= 1 && b >= 1));
}

static void count_run(QmClips *clips, int64_t length)
{
    if (length < CLIP_RUN)
        return;
    clips->runs++;
    clips->samples += length;
    if (length > clips->longest)
        clips->longest = length;
}

static void add_clips(QmClips *sum, const QmClips *clips)
{
    sum->runs += clips->runs;
    sum->samples += clips->samples;
    if (clips->longest > sum->longest)
        sum->longest = clips->longest;
}

/* The run that is open ends. */
static void end_run(ClipScan *c)
{
    if (c->whole)
        c->lead = c->tail;
    else
        count_run(&c->clips, c->tail);
    c->whole = false;
    c->tail = 0;
}

/* The next n samples; `sample`: the loudest of them. */
static void scan_clips(ClipScan *c, const float *x, uint32_t n, float sample)
{
    if (sample < FULL_SCALE) {
        end_run(c);
        return;
    }
    const float *const before = x - 1;
    for (uint32_t i = 0; i < n; i++) {
        if (!goes_on(before[i], x[i]))
            end_run(c);
        c->tail += magnitude(x[i]) >= FULL_SCALE;
    }
}

/* `open`: how long the run is so far that the block before left open. */
static void merge_clips(QmClips *sum, int64_t *open, const ClipScan *c)
{
    if (c->joins && c->whole) {
        *open += c->tail;
        return;
    }
    count_run(sum, *open + c->lead);
    add_clips(sum, &c->clips);
    *open = c->tail;
}

/* --- a block ------------------------------------------------------------------------ */

typedef struct Place {
    float sample, peak;
    double sample_at, peak_at; /* frames from the beginning of the file */
} Place;

typedef struct Seen {
    Place place;
    ClipScan clips;
} Seen;

typedef struct State {
    Place *places;  /* [channels] */
    QmClips *clips; /* [channels] */
    int64_t *open;  /* [channels] */
    QmList tenths;
} State;

/* A partial: channels of Seen, then the tenths. */
static Seen *seen_in(const void *partial) { return (Seen *)partial; }
static QmTenthPeak *tenths_in(const QmScanSpec *spec, const void *partial)
{
    return (QmTenthPeak *)(seen_in(partial) + spec->channels);
}

static size_t partial_size(const QmScanSpec *spec)
{
    return spec->channels * sizeof(Seen) + qm_tenths_most(spec) * sizeof(QmTenthPeak);
}

static bool prepare(const QmFeatureCall *call, void *setup)
{
    (void)call;
    qm_peak_table_init(setup);
    return true;
}

static uint32_t find(const float *x, uint32_t n, float sample)
{
    uint32_t i = 0;
    while (i + 1 < n && magnitude(x[i]) != sample)
        i++;
    return i;
}

/* A stretch of n frames from frame `from` of the block on. */
static void scan_stretch(const QmFeatureCall *call, const QmBlock *block,
                         uint32_t channel, int64_t from, uint32_t n, Seen *seen,
                         QmTenthPeak *tenth)
{
    const float *const x = block->channel[channel] + from;
    const QmPeakSeen p =
        qm_peak_scan(call->spec->isa, call->setup, x, n, call->spec->options.fine_peak);
    Place *const place = &seen->place;
    if (p.sample > place->sample) {
        place->sample = p.sample;
        place->sample_at = (double)(block->at + from + find(x, n, p.sample));
    }
    if (p.peak > place->peak) {
        const bool sample = p.peak == p.sample;
        place->peak = p.peak;
        place->peak_at = sample ? place->sample_at : (double)(block->at + from) + p.at;
    }
    tenth->sample = p.sample > tenth->sample ? p.sample : tenth->sample;
    tenth->true_peak = p.peak > tenth->true_peak ? p.peak : tenth->true_peak;
    scan_clips(&seen->clips, x, n, p.sample);
}

static void scan(const QmFeatureCall *call, const QmBlock *block, void *partial)
{
    const QmScanSpec *const spec = call->spec;
    const uint32_t size = qm_tenth(spec);
    const QmTenths t = qm_tenths(spec, block);
    const uint32_t count = t.count + (t.rest > 0);
    for (uint32_t c = 0; c < spec->channels; c++) {
        Seen *const seen = seen_in(partial) + c;
        const float *const x = block->channel[c] + t.at;
        seen->clips.joins = seen->clips.whole = goes_on(x[-1], x[0]);
        for (uint32_t i = 0; i < count; i++) {
            const bool first = i == 0 && block->at == 0,
                       end = i + 1 == count && block->last;
            const uint32_t before = first ? QM_PEAK_SIDE : 0,
                           behind = end ? QM_PEAK_SIDE : 0;
            const uint32_t n = i < t.count ? size : t.rest;
            scan_stretch(call, block, c, t.at + (int64_t)i * size - before,
                         before + n + behind, seen, tenths_in(spec, partial) + i);
        }
    }
}

/* --- the file ----------------------------------------------------------------------- */

static bool begin(const QmFeatureCall *call, State *s)
{
    const uint32_t n = call->spec->channels;
    if (!s->places) {
        s->places = QM_NEW_ARRAY(call->arena, Place, n);
        s->clips = QM_NEW_ARRAY(call->arena, QmClips, n);
        s->open = QM_NEW_ARRAY(call->arena, int64_t, n);
    }
    return s->places && s->clips && s->open;
}

static void merge_place(Place *all, const Place *one)
{
    if (one->sample > all->sample) {
        all->sample = one->sample;
        all->sample_at = one->sample_at;
    }
    if (one->peak > all->peak) {
        all->peak = one->peak;
        all->peak_at = one->peak_at;
    }
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    State *const s = state;
    if (!begin(call, s))
        return false;
    for (uint32_t c = 0; c < call->spec->channels; c++) {
        const Seen *const seen = seen_in(partial) + c;
        merge_place(&s->places[c], &seen->place);
        merge_clips(&s->clips[c], &s->open[c], &seen->clips);
    }
    const QmTenths t = qm_tenths(call->spec, block);
    return qm_list_append(&s->tenths, tenths_in(call->spec, partial),
                          t.count + (t.rest > 0), sizeof(QmTenthPeak), call->arena);
}

static QmMeasured decibels(float peak)
{
    if (peak == 0)
        return qm_unmeasured(silence);
    return peak < 1e30f ? qm_measured(qm_gain_to_db((double)peak))
                        : qm_unmeasured(no_number);
}

static QmMeasured place(float peak, double frames, double rate)
{
    return peak == 0 ? qm_unmeasured(silence)
                     : qm_measured(frames < 0 ? 0 : frames / rate);
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    (void)analysis;
    State *const s = state;
    QmPeak *const peak = result;
    const double rate = call->spec->rate;
    if (!s->places) {
        peak->sample = peak->true_peak = qm_unmeasured(empty);
        peak->sample_at = peak->true_at = qm_unmeasured(empty);
        return true;
    }
    Place all = {0};
    for (uint32_t c = 0; c < call->spec->channels; c++) {
        const Place *const p = &s->places[c];
        count_run(&s->clips[c], s->open[c]);
        const QmChannelPeak row = {c + 1,
                                   decibels(p->sample),
                                   decibels(p->peak),
                                   place(p->sample, p->sample_at, rate),
                                   place(p->peak, p->peak_at, rate),
                                   s->clips[c]};
        if (!qm_list_append(&peak->channels, &row, 1, sizeof row, call->arena))
            return false;
        merge_place(&all, p);
        add_clips(&peak->clips, &s->clips[c]);
    }
    peak->sample = decibels(all.sample);
    peak->true_peak = decibels(all.peak);
    peak->sample_at = place(all.sample, all.sample_at, rate);
    peak->true_at = place(all.peak, all.peak_at, rate);
    peak->tenths = s->tenths;
    return true;
}

/* --- what it is called -------------------------------------------------------------- */

#define NUMBER QM_MEASURE_NUMBER
#define COUNT  QM_MEASURE_COUNT

static const QmMeasure columns[] = {
    {"channel", "", COUNT, 0, QM_VIEW_DETAIL, offsetof(QmChannelPeak, channel), "from 1"},
    {"sample", "dBFS", NUMBER, 2, QM_VIEW_DETAIL, offsetof(QmChannelPeak, sample),
     "its loudest sample"},
    {"true", "dBTP", NUMBER, 2, QM_VIEW_DETAIL, offsetof(QmChannelPeak, true_peak),
     "its highest point"},
    {"sample_at", "s", NUMBER, 4, QM_VIEW_DETAIL, offsetof(QmChannelPeak, sample_at),
     "where that sample is"},
    {"true_at", "s", NUMBER, 4, QM_VIEW_DETAIL, offsetof(QmChannelPeak, true_at),
     "where that point is"},
    {"clipped_runs", "", COUNT, 0, QM_VIEW_DETAIL, offsetof(QmChannelPeak, clips.runs),
     "its clipped runs"},
    {"clipped_longest", "", COUNT, 0, QM_VIEW_DETAIL,
     offsetof(QmChannelPeak, clips.longest), "samples of the longest"},
    {"clipped_samples", "", COUNT, 0, QM_VIEW_DETAIL,
     offsetof(QmChannelPeak, clips.samples), "samples of all of them"},
};

static const QmMeasure measures[] = {
    {"sample", "dBFS", NUMBER, 2, QM_VIEW_SUMMARY, offsetof(QmPeak, sample),
     "the loudest sample"},
    {"true", "dBTP", NUMBER, 2, QM_VIEW_SUMMARY, offsetof(QmPeak, true_peak),
     "the highest point on samples or between, ITU-R BS.1770-5"},
    {"sample_at", "s", NUMBER, 4, QM_VIEW_DETAIL, offsetof(QmPeak, sample_at),
     "where the loudest sample is"},
    {"true_at", "s", NUMBER, 4, QM_VIEW_DETAIL, offsetof(QmPeak, true_at),
     "where the highest point is"},
    {"clipped_runs", "", COUNT, 0, QM_VIEW_SUMMARY, offsetof(QmPeak, clips.runs),
     "three or more samples of a channel in a row at full scale"},
    {"clipped_longest", "", COUNT, 0, QM_VIEW_DETAIL, offsetof(QmPeak, clips.longest),
     "samples of the longest such run"},
    {"clipped_samples", "", COUNT, 0, QM_VIEW_DETAIL, offsetof(QmPeak, clips.samples),
     "samples of all such runs"},
    {"channels", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL, offsetof(QmPeak, channels),
     "the same, channel by channel", columns, sizeof columns / sizeof columns[0],
     sizeof(QmChannelPeak)},
};

const QmFeature qm_feature_peak = {
    .name = "peak",
    .summary = "sample peak, true peak, clipped runs",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmPeak),
    .setup_size = sizeof(QmPeakTable),
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .prepare = prepare,
    .scan = scan,
    .merge = merge,
    .finish = finish,
};
