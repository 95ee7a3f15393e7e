/* Of every tenth of a second its level and highest sample are kept here; how much power
 * its spectra have, and have in transients, is kept by transience.h. All else is drawn
 * from these, from the onsets and the sections: 24 bytes a tenth.
 *
 *     level   10 log10 of the mean square of all channels, of 4 tenths, at every tenth
 *     crest   highest sample of any channel in these 4 tenths over that level
 *     range   as LRA is of loudness (EBU Tech 3342), of these levels: 95th less 10th
 *             percentile of those at -70 dBFS or more that are at most 20 dB below the
 *             mean power of all such
 *
 * What a compressor would find, the first that holds:
 *
 *     dense    crest below 9 dB, median, and a range below 5: little is left to do
 *     peaks    a transient ratio of 0.5, or a crest of 15 dB, median: attacks stand out
 *     levels   a range of 10 dB or more: levels move, slowly
 *     even     none of these
 *
 * A sine has a crest of 3 dB, dense rock 8 to 9, open mixes 12 to 15, drums 15 to 20. */
#include "analysis/dynamics.h"

#include "analysis/analysis.h"
#include "analysis/gating.h"
#include "analysis/level_sums.h"
#include "analysis/onset.h"
#include "analysis/section.h"
#include "analysis/tenths.h"
#include "analysis/transience.h"
#include "base/qmath.h"
#include "base/sort.h"

enum {
    WINDOW = 4,       /* tenths */
    RANGE_LEAST = 30, /* windows: fewer have no range */
    RANGES = 3,       /* of frequencies */
};
#define MOST        1e30
#define GATE        1e-7 /* -70 dBFS */
#define BELOW       1e-2 /* -20 dB */
#define DENSE_DB    9.0
#define STILL_DB    5.0
#define PEAKS_DB    15.0
#define PEAKS_SHARE 0.5
#define LEVELS_DB   10.0

static const struct {
    const char *name;
    double to_hz;
} ranges[RANGES] = {{"low", 250}, {"mid", 4000}, {"high", 1e9}};

static const char silence[] = "digital silence", below_gate[] = "below the gate",
                  too_short[] = "under 400 ms", range_short[] = "under 3.3 s",
                  no_onsets[] = "no onsets";

typedef struct Tenth {
    double power; /* mean square of all channels */
    float peak;
} Tenth;

typedef struct Partial {
    uint32_t n_tenths;
    Tenth tenths[];
} Partial;

typedef struct State {
    QmList tenths; /* of Tenth */
} State;

/* ---- scan ---- */

static size_t partial_size(const QmScanSpec *spec)
{
    return sizeof(Partial) + qm_tenths_most(spec) * sizeof(Tenth);
}

static void scan(const QmFeatureCall *call, const QmBlock *block, void *partial)
{
    const QmScanSpec *const spec = call->spec;
    const uint32_t tenth = qm_tenth(spec);
    const QmTenths t = qm_tenths(spec, block);
    Partial *const p = partial;
    p->n_tenths = t.count;
    for (uint32_t i = 0; i < t.count; i++) {
        Tenth *const to = &p->tenths[i];
        for (uint32_t c = 0; c < spec->channels; c++) {
            const float *const x = block->channel[c] + t.at + (int64_t)i * tenth;
            const QmLevelSums sums = qm_level_sums(spec->isa, x, tenth);
            to->power += sums.squares;
            to->peak = sums.peak > to->peak ? sums.peak : to->peak;
        }
        to->power /= (double)tenth * spec->channels;
        if (!(to->power < MOST)) /* infinities, what is no number */
            *to = (Tenth){0, 0};
    }
}

/* ---- merge ---- */

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    (void)block;
    const Partial *const p = partial;
    State *const s = state;
    return qm_list_append(&s->tenths, p->tenths, p->n_tenths, sizeof(Tenth), call->arena);
}

/* ---- finish: levels ---- */

static double db(double power) { return 10 * qm_log10(power); }

/* Of tenths [from, to): the power and peak of the WINDOW of them from i on. */
static Tenth window_at(const Tenth *tenths, size_t i)
{
    Tenth window = {0, 0};
    for (size_t k = i; k < i + WINDOW; k++) {
        window.power += tenths[k].power / WINDOW;
        window.peak = tenths[k].peak > window.peak ? tenths[k].peak : window.peak;
    }
    return window;
}

static double crest_of(Tenth t) { return 20 * qm_log10((double)t.peak) - db(t.power); }

/* What windows need to count: the relative gate, or the absolute one. 0: none does. */
static double gate_of(const Tenth *tenths, size_t count)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i + WINDOW <= count; i++) {
        const double power = window_at(tenths, i).power;
        sum += power >= GATE ? power : 0;
        n += power >= GATE;
    }
    const double gate = n ? BELOW * sum / (double)n : 0;
    return n && gate < GATE ? GATE : gate;
}

/* What counts, sorted: crests or levels, by `of`; its number. SIZE_MAX: out of memory. */
static size_t gated(const QmFeatureCall *call, const Tenth *tenths, size_t count,
                    double (*of)(Tenth), double **values)
{
    *values = QM_NEW_ARRAY(call->arena, double, count);
    if (!*values)
        return SIZE_MAX;
    const double gate = gate_of(tenths, count);
    size_t n = 0;
    for (size_t i = 0; gate > 0 && i + WINDOW <= count; i++) {
        const Tenth window = window_at(tenths, i);
        if (window.power >= gate)
            (*values)[n++] = of(window);
    }
    if (qm_sort(*values, n, sizeof **values, qm_by_double, call->arena) != QM_OK)
        return SIZE_MAX;
    return n;
}

static double level_of(Tenth t) { return db(t.power); }

static bool tell_range(const QmFeatureCall *call, const Tenth *tenths, size_t count,
                       QmMeasured *range)
{
    double *levels;
    const size_t n = gated(call, tenths, count, level_of, &levels);
    if (n == SIZE_MAX)
        return false;
    if (count < RANGE_LEAST + WINDOW - 1)
        *range = qm_unmeasured(range_short);
    else if (n < RANGE_LEAST)
        *range = qm_unmeasured(below_gate);
    else
        *range =
            qm_measured(qm_percentile(levels, n, 0.95) - qm_percentile(levels, n, 0.1));
    return true;
}

static bool tell_crest(const QmFeatureCall *call, const State *s, QmDynamics *r)
{
    double *crests;
    const size_t n = gated(call, s->tenths.items, s->tenths.count, crest_of, &crests);
    if (n == SIZE_MAX)
        return false;
    const char *const why = s->tenths.count < WINDOW ? too_short : below_gate;
    r->crest_median = n ? qm_measured(qm_percentile(crests, n, 0.5)) : qm_unmeasured(why);
    r->crest_p10 = n ? qm_measured(qm_percentile(crests, n, 0.1)) : qm_unmeasured(why);
    r->crest_p95 = n ? qm_measured(qm_percentile(crests, n, 0.95)) : qm_unmeasured(why);
    for (size_t i = 0; i + WINDOW <= s->tenths.count; i++) {
        const Tenth window = window_at(s->tenths.items, i);
        const double crest = window.power > 0 ? crest_of(window) : QM_GAP;
        if (!qm_list_append(&r->crest, &crest, 1, sizeof crest, call->arena))
            return false;
    }
    return true;
}

/* ---- finish: transients ---- */

static bool tell_ratios(const QmFeatureCall *call, const QmTransience *t, QmDynamics *r)
{
    uint32_t b = 0;
    for (uint32_t k = 0; k < RANGES; k++) {
        double part = 0, of_part = 0;
        for (; b < t->bands && t->middle_hz[b] < ranges[k].to_hz; b++) {
            part += t->total[b];
            of_part += t->transient[b];
        }
        const QmDynamicsBand band = {ranges[k].name, qm_transience_ratio(of_part, part)};
        if (!qm_list_append(&r->bands, &band, 1, sizeof band, call->arena))
            return false;
    }
    r->transient_ratio = t->ratio;
    return true;
}

static bool tell_attacks(const QmFeatureCall *call, const QmOnsets *onsets, QmDynamics *r)
{
    const QmOnset *const onset = onsets->onsets.items;
    double *const attacks = QM_NEW_ARRAY(call->arena, double, onsets->onsets.count);
    size_t n = 0;
    if (!attacks)
        return false;
    for (size_t i = 0; i < onsets->onsets.count; i++)
        if (!onset[i].attack.why)
            attacks[n++] = onset[i].attack.value;
    if (qm_sort(attacks, n, sizeof *attacks, qm_by_double, call->arena) != QM_OK)
        return false;
    const QmMeasured none = qm_unmeasured(no_onsets);
    r->attack_median = n ? qm_measured(qm_percentile(attacks, n, 0.5)) : none;
    r->attack_p10 = n ? qm_measured(qm_percentile(attacks, n, 0.1)) : none;
    r->attack_p90 = n ? qm_measured(qm_percentile(attacks, n, 0.9)) : none;
    r->onset_rate = onsets->rate;
    return true;
}

/* ---- finish: sections ---- */

/* Onsets are in order, and sections too: `next` goes through all once. */
static QmMeasured rate_of(const QmOnsets *onsets, double from, double to, size_t *next)
{
    const QmOnset *const onset = onsets->onsets.items;
    const size_t first = *next;
    while (*next < onsets->onsets.count && onset[*next].time.value < to)
        ++*next;
    return to - from >= 1 ? qm_measured((double)(*next - first) / (to - from))
                          : qm_unmeasured("under 1 s");
}

/* The whole tenths in a section. */
static bool tell_section(const QmFeatureCall *call, const State *s, const QmTransience *t,
                         size_t from, size_t to, QmDynamicsSection *r)
{
    const Tenth *const tenths = s->tenths.items;
    const QmTransienceTenth *const powers = t->tenths.items;
    double power = 0, total = 0, transient = 0;
    float peak = 0;
    for (size_t i = from; i < to; i++) {
        power += tenths[i].power;
        peak = tenths[i].peak > peak ? tenths[i].peak : peak;
        total += (double)powers[i].total;
        transient += (double)powers[i].transient;
    }
    const Tenth all = {power / (double)(to - from), peak};
    r->level = peak > 0 ? qm_measured(level_of(all)) : qm_unmeasured(silence);
    r->crest = peak > 0 ? qm_measured(crest_of(all)) : qm_unmeasured(silence);
    r->transient_ratio = qm_transience_ratio(transient, total);
    return tell_range(call, tenths + from, to - from, &r->range);
}

static bool tell_sections(const QmFeatureCall *call, const State *s,
                          const QmTransience *t, const QmSections *sections,
                          const QmOnsets *onsets, QmDynamics *r)
{
    const QmSection *const section = sections->sections.items;
    size_t next = 0;
    for (size_t i = 0; i < sections->sections.count; i++) {
        QmDynamicsSection *const to = qm_list_add(&r->sections, sizeof *to, call->arena);
        if (!to)
            return false;
        to->from = section[i].from;
        to->to = section[i].to;
        to->label = section[i].label;
        to->loudness = section[i].loudness;
        to->onset_rate = rate_of(onsets, to->from.value, to->to.value, &next);
        const size_t begin = (size_t)(to->from.value / r->hop_s + 1 - 1e-9);
        const size_t last = (size_t)(to->to.value / r->hop_s + 1e-9);
        const size_t end = last < s->tenths.count ? last : s->tenths.count;
        if (begin >= end)
            to->level = to->crest = to->range = to->transient_ratio =
                qm_unmeasured("under 100 ms");
        else if (!tell_section(call, s, t, begin, end, to))
            return false;
    }
    return true;
}

/* ---- finish ---- */

static const char *compression(const QmDynamics *r)
{
    if (r->crest_median.why || r->range.why)
        return NULL;
    if (r->crest_median.value < DENSE_DB && r->range.value < STILL_DB)
        return "dense";
    if (r->crest_median.value >= PEAKS_DB || r->transient_ratio.value >= PEAKS_SHARE)
        return "peaks";
    return r->range.value >= LEVELS_DB ? "levels" : "even";
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    State *const s = state;
    QmDynamics *const r = result;
    const QmOnsets *const onsets = qm_analysis_result(analysis, &qm_feature_onset);
    const QmSections *const sections = qm_analysis_result(analysis, &qm_feature_section);
    const QmTransience *const t = qm_analysis_result(analysis, &qm_feature_transience);
    r->hop_s = qm_tenth(call->spec) / call->spec->rate;
    if (!tell_crest(call, s, r) ||
        !tell_range(call, s->tenths.items, s->tenths.count, &r->range) ||
        !tell_ratios(call, t, r) || !tell_attacks(call, onsets, r) ||
        !tell_sections(call, s, t, sections, onsets, r))
        return false;
    r->compression = compression(r);
    return true;
}

/* ---- the table ---- */

#define COLUMN(struct, field, unit, decimals, view, help)                                \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, view, offsetof(struct, field), help   \
    }
#define TEXT(struct, field, view, help)                                                  \
    {                                                                                    \
#field, "", QM_MEASURE_TEXT, 0, view, offsetof(struct, field), help              \
    }
#define ROWS(field, help, columns, row)                                                  \
    {                                                                                    \
#field, "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL, offsetof(QmDynamics, field),     \
            help, columns, sizeof columns / sizeof columns[0], sizeof(row)               \
    }

static const QmMeasure band_columns[] = {
    TEXT(QmDynamicsBand, band, QM_VIEW_DETAIL, "low: to 250 Hz, mid: to 4 kHz, high"),
    COLUMN(QmDynamicsBand, transient_ratio, "", 2, QM_VIEW_DETAIL,
           "share of its power in what stands out of the 0.2 s around"),
};

static const QmMeasure section_columns[] = {
    COLUMN(QmDynamicsSection, from, "s", 3, QM_VIEW_DETAIL, "where it begins"),
    COLUMN(QmDynamicsSection, to, "s", 3, QM_VIEW_DETAIL, "where it ends"),
    TEXT(QmDynamicsSection, label, QM_VIEW_DETAIL, "equal for what sounds alike"),
    COLUMN(QmDynamicsSection, loudness, "LUFS", 1, QM_VIEW_DETAIL, "integrated"),
    COLUMN(QmDynamicsSection, level, "dBFS", 1, QM_VIEW_DETAIL, "RMS"),
    COLUMN(QmDynamicsSection, crest, "dB", 1, QM_VIEW_DETAIL, "highest sample over RMS"),
    COLUMN(QmDynamicsSection, range, "dB", 1, QM_VIEW_DETAIL,
           "spread of its 400 ms levels"),
    COLUMN(QmDynamicsSection, onset_rate, "1/s", 2, QM_VIEW_DETAIL, "onsets a second"),
    COLUMN(QmDynamicsSection, transient_ratio, "", 2, QM_VIEW_DETAIL,
           "share of the power in what stands out of the 0.2 s around"),
};

static const QmMeasure measures[] = {
    COLUMN(QmDynamics, transient_ratio, "", 2, QM_VIEW_SUMMARY,
           "share of the power in what stands out of the 0.2 s around, 0 to 1"),
    COLUMN(QmDynamics, onset_rate, "1/s", 2, QM_VIEW_SUMMARY, "onsets a second"),
    COLUMN(QmDynamics, attack_median, "ms", 1, QM_VIEW_SUMMARY,
           "rise of the onsets from 10 to 90 %"),
    COLUMN(QmDynamics, attack_p10, "ms", 1, QM_VIEW_DETAIL, "a tenth rise faster"),
    COLUMN(QmDynamics, attack_p90, "ms", 1, QM_VIEW_DETAIL, "a tenth rise slower"),
    COLUMN(QmDynamics, crest_median, "dB", 1, QM_VIEW_SUMMARY,
           "highest sample over RMS of 400 ms"),
    COLUMN(QmDynamics, crest_p10, "dB", 1, QM_VIEW_DETAIL, "a tenth has less"),
    COLUMN(QmDynamics, crest_p95, "dB", 1, QM_VIEW_DETAIL, "a twentieth has more"),
    COLUMN(QmDynamics, range, "dB", 1, QM_VIEW_SUMMARY,
           "spread of the levels of 400 ms, 10 to 95 %, gated as LRA is"),
    TEXT(QmDynamics, compression, QM_VIEW_SUMMARY,
         "what a compressor would find: dense, peaks, levels, even; a hint"),
    ROWS(bands, "transients by range of frequencies", band_columns, QmDynamicsBand),
    ROWS(sections, "each section", section_columns, QmDynamicsSection),
    {"crest", "dB", QM_MEASURE_LIST, 1, QM_VIEW_SERIES, offsetof(QmDynamics, crest),
     "of the 400 ms that end with each tenth of a second, from the fourth on"},
};

static const QmFeature *const needs[] = {&qm_feature_onset, &qm_feature_section,
                                         &qm_feature_transience, NULL};

const QmFeature qm_feature_dynamics = {
    .name = "dynamics",
    .summary = "transients, attacks, crest and levels over time, by section",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmDynamics),
    .needs = needs,
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .scan = scan,
    .merge = merge,
    .finish = finish,
};
