/* The piece is kept as the power in 15 bands (2/3 octave) and 12 pitch classes every
 * third of a second, from the slow spectra of left and right together: 330 bytes a
 * second.
 *
 *     boundaries   peaks of the novelty of seconds (similarity.h) over 12 s to both
 *                  sides, 8 s apart at least, and of 0.1 at least; each then moved,
 *                  within 1.4 s, to where 1.4 s before and 1.4 s behind differ most,
 *                  and from there to the nearest downbeat within 0.35 s, else beat,
 *                  else strongest onset
 *     labels       in order; a section gets the label of the one most like it before, of
 *                  all with that label together, if their mean timbres are less than 0.3
 *                  apart (2.7 dB in all bands), else a new one
 *
 * Fitted to pieces put together from stems that come and go; such a one, of tones, is in
 * tests/unit/test_section.c. */
#include "analysis/section.h"

#include "analysis/analysis.h"
#include "analysis/bin_bands.h"
#include "analysis/loudness.h"
#include "analysis/onset.h"
#include "analysis/similarity.h"
#include "analysis/tempo.h"
#include "base/qmath.h"

#include <string.h>

enum {
    LOOKS = 1 << (QM_BLOCK_BITS - QM_SLOW_HOP_BITS), /* in a block */
    CELL = 2,                                        /* looks in a cell: 0.34 s */
    CELLS = LOOKS / CELL,
    SECOND = 3, /* cells in what is called a second here: 1.02 s */
    HALF = 12,  /* seconds */
    APART = 8,
    EDGE = 4, /* cells that are compared where a boundary is moved */
    PITCHES = QM_TIMBRE_PITCHES,
    LABELS = 26,
};
#define CHANGE     0.1
#define ALIKE      0.3
#define SNAP_S     0.35 /* a cell */
#define LOW_HZ     250.0
#define HIGH_HZ    4000.0
#define PITCH_FROM 65.0   /* Hz: C2, above which a semitone is wider than a bin ... */
#define PITCH_TO   2100.0 /* ... to C7, above which there are mostly harmonics */

static const char labels[LABELS][2] = {"A", "B", "C", "D", "E", "F", "G", "H", "I",
                                       "J", "K", "L", "M", "N", "O", "P", "Q", "R",
                                       "S", "T", "U", "V", "W", "X", "Y", "Z"};

typedef struct Setup {
    QmBinBands bands;
    uint32_t from, to; /* bins that have a pitch */
    uint8_t *pitch;    /* [to]: their classes */
} Setup;

/* Power, the mean of the looks in it. */
typedef struct Cell {
    float bands[QM_TIMBRE_BANDS], pitches[PITCHES];
} Cell;

typedef struct Partial {
    Cell cells[CELLS]; /* sums */
} Partial;

typedef struct State {
    int64_t frames;
    QmList cells; /* of Cell */
} State;

/* ---- scan and merge ---- */

static bool prepare(const QmFeatureCall *call, void *setup)
{
    Setup *const s = setup;
    const uint32_t n = call->spec->block >> (QM_BLOCK_BITS - QM_SLOW_BITS);
    const double bin_hz = call->spec->rate / n;
    qm_bin_bands_init(&s->bands, call->spec, n, 2);
    const double from = PITCH_FROM / bin_hz, to = PITCH_TO / bin_hz;
    s->to = to < n / 2 ? (uint32_t)to : n / 2;
    s->from = from < s->to ? 1 + (uint32_t)from : s->to;
    s->pitch = qm_arena_alloc(call->arena, s->to, 1);
    if (!s->pitch)
        return false;
    for (uint32_t k = s->from; k < s->to; k++) {
        const double semitones = 12 * qm_log2(k * bin_hz / 440) + 1200.5;
        s->pitch[k] = (uint8_t)((uint32_t)semitones % PITCHES);
    }
    return true;
}

static size_t partial_size(const QmScanSpec *spec)
{
    (void)spec;
    return sizeof(Partial);
}

static void slow(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial)
{
    const Setup *const s = call->setup;
    const int64_t look = spectrum->index - block->at / spectrum->hop;
    Cell *const cell = &((Partial *)partial)->cells[look / CELL];
    for (uint32_t c = 0; c < 2 && spectrum->re[c]; c++) {
        const float *const re = spectrum->re[c], *const im = spectrum->im[c];
        float power[QM_THIRDS];
        qm_bin_bands_power(&s->bands, re, im, power);
        for (uint32_t b = 0; b < s->bands.count; b++)
            cell->bands[b] += power[b];
        for (uint32_t k = s->from; k < s->to; k++) {
            const float at_k = re[k] * re[k] + im[k] * im[k];
            cell->pitches[s->pitch[k]] += at_k < QM_BIN_BANDS_MOST ? at_k : 0;
        }
    }
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    const Partial *const p = partial;
    State *const s = state;
    const uint32_t hop = call->spec->block / LOOKS;
    const uint32_t looks = (block->n + hop - 1) / hop;
    for (uint32_t i = 0; i < looks; i += CELL) {
        Cell cell = p->cells[i / CELL];
        const float share = looks - i < CELL ? 1.0f / (float)(looks - i) : 1.0f / CELL;
        for (uint32_t b = 0; b < QM_TIMBRE_BANDS; b++)
            cell.bands[b] *= share;
        for (uint32_t k = 0; k < PITCHES; k++)
            cell.pitches[k] *= share;
        if (!qm_list_append(&s->cells, &cell, 1, sizeof cell, call->arena))
            return false;
    }
    s->frames += block->n;
    return true;
}

/* ---- finish ---- */

typedef struct Piece {
    const QmFeatureCall *call;
    const QmBinBands *bands;
    const Cell *cells;
    size_t n_cells;
    double loudest; /* power of the loudest band of any cell */
    double cell_s, seconds;
    QmTimbre *timbres; /* of each whole or begun second */
    size_t n_timbres;
    float *novelty;
    const QmTempoFound *tempo;
    const QmOnsets *onsets;
    const QmLoudness *loudness;
} Piece;

static Cell mean_of(const Cell *cells, size_t count)
{
    double bands[QM_TIMBRE_BANDS] = {0}, pitches[PITCHES] = {0};
    for (size_t i = 0; i < count; i++) {
        for (uint32_t b = 0; b < QM_TIMBRE_BANDS; b++)
            bands[b] += (double)cells[i].bands[b];
        for (uint32_t k = 0; k < PITCHES; k++)
            pitches[k] += (double)cells[i].pitches[k];
    }
    Cell mean;
    for (uint32_t b = 0; b < QM_TIMBRE_BANDS; b++)
        mean.bands[b] = (float)(bands[b] / (double)count);
    for (uint32_t k = 0; k < PITCHES; k++)
        mean.pitches[k] = (float)(pitches[k] / (double)count);
    return mean;
}

static QmTimbre timbre_of(const Piece *p, size_t from, size_t count)
{
    const Cell mean = mean_of(p->cells + from, count);
    QmTimbre timbre;
    qm_timbre(mean.bands, p->bands->count, mean.pitches, p->loudest, &timbre);
    return timbre;
}

static bool take_timbres(Piece *p)
{
    QmArena *const arena = p->call->arena;
    for (size_t i = 0; i < p->n_cells; i++)
        for (uint32_t b = 0; b < QM_TIMBRE_BANDS; b++)
            if ((double)p->cells[i].bands[b] > p->loudest)
                p->loudest = (double)p->cells[i].bands[b];
    p->n_timbres = (p->n_cells + SECOND - 1) / SECOND;
    p->timbres = QM_NEW_ARRAY(arena, QmTimbre, p->n_timbres);
    p->novelty = QM_NEW_ARRAY(arena, float, p->n_timbres);
    if (!p->timbres || !p->novelty)
        return false;
    for (size_t i = 0; i < p->n_timbres; i++) {
        const size_t left = p->n_cells - i * SECOND;
        p->timbres[i] = timbre_of(p, i * SECOND, left < SECOND ? left : SECOND);
    }
    return qm_similarity_novelty(p->timbres, p->n_timbres, HALF, p->novelty, arena);
}

/* Whether a section begins with second t. */
static bool is_boundary(const Piece *p, size_t t)
{
    const float here = p->novelty[t];
    if ((double)here < CHANGE || t < APART || t + APART > p->n_timbres)
        return false;
    for (size_t i = 1; i < APART; i++) {
        const bool above = t + i < p->n_timbres && p->novelty[t + i] > here;
        if (p->novelty[t - i] >= here || above)
            return false;
    }
    return true;
}

/* When it changes most around the beginning of second t.
 *
 * Looks are around their times, so a cell begins a quarter of it early. A cell in which
 * the loud side has a part sounds like the loud side: from quiet to loud the change is
 * somewhere in the first cell behind, from loud to quiet in the last one before. */
static double sharpest(const Piece *p, size_t t)
{
    size_t best = t * SECOND;
    double most = 0;
    for (size_t i = t * SECOND - EDGE; i <= t * SECOND + EDGE; i++) {
        if (i < EDGE || i + EDGE > p->n_cells)
            continue;
        const QmTimbre before = timbre_of(p, i - EDGE, EDGE);
        const QmTimbre behind = timbre_of(p, i, EDGE);
        const double d = qm_timbre_distance(&before, &behind);
        if (d > most) {
            most = d;
            best = i;
        }
    }
    const QmTimbre before = timbre_of(p, best - EDGE, EDGE);
    const QmTimbre behind = timbre_of(p, best, EDGE);
    const double louder = qm_timbre_rise(&before, &behind);
    return ((double)best - 0.25 + 0.5 * louder) * p->cell_s;
}

/* Of times in order the one nearest to `time`, if it is close by. */
static bool nearest(const QmList *times, double time, double *found)
{
    const double *const at = times->items;
    size_t low = 0, high = times->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (at[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    double best = SNAP_S;
    bool is = false;
    for (size_t i = low ? low - 1 : 0; i < times->count && i <= low; i++) {
        const double away = __builtin_fabs(at[i] - time);
        if (away > best)
            continue;
        best = away;
        *found = at[i];
        is = true;
    }
    return is;
}

/* The strongest onset close by, or the time itself. */
static double at_onset(const Piece *p, double time)
{
    const QmOnset *const onsets = p->onsets->onsets.items;
    size_t low = 0, high = p->onsets->onsets.count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (onsets[middle].time.value < time - SNAP_S)
            low = middle + 1;
        else
            high = middle;
    }
    double best = time, most = 0;
    for (; low < p->onsets->onsets.count; low++) {
        if (onsets[low].time.value > time + SNAP_S)
            break;
        if (onsets[low].strength.value > most) {
            most = onsets[low].strength.value;
            best = onsets[low].time.value;
        }
    }
    return best;
}

/* Music changes with the bar. */
static double snapped(const Piece *p, double time)
{
    double beat;
    if (nearest(&p->tempo->downbeats, time, &beat) ||
        nearest(&p->tempo->beats, time, &beat))
        return beat;
    return at_onset(p, time);
}

static bool add_section(const Piece *p, QmList *sections, double from, double novelty)
{
    QmSection *const s = qm_list_add(sections, sizeof *s, p->call->arena);
    if (!s)
        return false;
    s->from = qm_measured(from);
    s->novelty = novelty > 0 ? qm_measured(novelty) : qm_unmeasured("the first section");
    return true;
}

static bool find_boundaries(const Piece *p, QmList *sections)
{
    if (!p->n_cells)
        return true;
    if (!add_section(p, sections, 0, 0))
        return false;
    for (size_t t = 0; t < p->n_timbres; t++) {
        if (!is_boundary(p, t))
            continue;
        const double time = sharpest(p, t);
        if (!add_section(p, sections, snapped(p, time), (double)p->novelty[t]))
            return false;
    }
    return true;
}

static QmMeasured share(double power, double all)
{
    return power > 0 ? qm_measured(10 * qm_log10(power / all))
                     : qm_unmeasured("digital silence");
}

static void tell_balance(const Piece *p, const Cell *mean, QmSection *s)
{
    double low = 0, mid = 0, high = 0;
    for (uint32_t b = 0; b < p->bands->count; b++) {
        const double hz = p->bands->middle_hz[b], power = (double)mean->bands[b];
        low += hz < LOW_HZ ? power : 0;
        mid += hz >= LOW_HZ && hz < HIGH_HZ ? power : 0;
        high += hz >= HIGH_HZ ? power : 0;
    }
    s->low = share(low, low + mid + high);
    s->mid = share(mid, low + mid + high);
    s->high = share(high, low + mid + high);
}

/* The mean of the whole seconds in cells [begin, end): their levels are averaged in dB,
 * so that a loud hit on the border does not matter. */
static QmTimbre timbre_within(const Piece *p, size_t begin, size_t end)
{
    const size_t from = (begin + SECOND - 1) / SECOND, to = end / SECOND;
    return from < to ? qm_timbre_mean(p->timbres + from, to - from)
                     : timbre_of(p, begin, end - begin);
}

/* What a label stands for: the mean timbre of the sections that have it. */
typedef struct Kind {
    QmTimbre mean;
    size_t count;
} Kind;

static uint32_t kind_of(Kind *kinds, uint32_t *n_kinds, const QmTimbre *timbre)
{
    uint32_t best = 0;
    double least = 0;
    for (uint32_t k = 0; k < *n_kinds; k++) {
        const double d = qm_timbre_distance(timbre, &kinds[k].mean);
        if (k == 0 || d < least) {
            least = d;
            best = k;
        }
    }
    if (*n_kinds == 0 || (least > ALIKE && *n_kinds < LABELS))
        best = (*n_kinds)++;
    Kind *const kind = &kinds[best];
    for (uint32_t i = 0; i < QM_TIMBRE; i++)
        kind->mean.x[i] += (timbre->x[i] - kind->mean.x[i]) / (float)(kind->count + 1);
    kind->count++;
    return best;
}

static bool describe(const Piece *p, QmSections *r)
{
    QmSection *const sections = r->sections.items;
    const size_t n = r->sections.count;
    char *const form = n ? qm_arena_alloc(p->call->arena, n + 1, 1) : NULL;
    if (n && !form)
        return false;
    Kind kinds[LABELS] = {0};
    uint32_t n_kinds = 0;
    for (size_t i = 0; i < n; i++) {
        QmSection *const s = &sections[i];
        s->to = i + 1 < n ? sections[i + 1].from : qm_measured(p->seconds);
        const size_t begin = (size_t)(s->from.value / p->cell_s);
        const size_t over = (size_t)(s->to.value / p->cell_s);
        const size_t end = over <= begin ? begin + 1 : over;
        const size_t last = end < p->n_cells ? end : p->n_cells;
        const Cell mean = mean_of(p->cells + begin, last - begin);
        const QmTimbre timbre = timbre_within(p, begin, last);
        const uint32_t kind = kind_of(kinds, &n_kinds, &timbre);
        s->label = labels[kind];
        form[i] = labels[kind][0];
        s->loudness = qm_loudness_part(p->loudness, s->from.value, s->to.value);
        tell_balance(p, &mean, s);
    }
    r->form = form;
    r->count = (int64_t)n;
    return true;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    const State *const s = state;
    const Setup *const setup = call->setup;
    QmSections *const r = result;
    const uint32_t hop = call->spec->block / LOOKS;
    Piece piece = {
        .call = call,
        .bands = &setup->bands,
        .cells = s->cells.items,
        .n_cells = s->cells.count,
        .cell_s = CELL * hop / call->spec->rate,
        .seconds = (double)s->frames / call->spec->rate,
        .tempo = qm_analysis_result(analysis, &qm_feature_tempo),
        .onsets = qm_analysis_result(analysis, &qm_feature_onset),
        .loudness = qm_analysis_result(analysis, &qm_feature_loudness),
    };
    return take_timbres(&piece) && find_boundaries(&piece, &r->sections) &&
           describe(&piece, r);
}

/* ---- the table ---- */

#define COLUMN(field, unit, decimals, help)                                              \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, QM_VIEW_DETAIL,                       \
            offsetof(QmSection, field), help                                             \
    }

static const QmMeasure columns[] = {
    COLUMN(from, "s", 3, "where it begins"),
    COLUMN(to, "s", 3, "where it ends"),
    {"label", "", QM_MEASURE_TEXT, 0, QM_VIEW_DETAIL, offsetof(QmSection, label),
     "equal for sections that sound alike"},
    COLUMN(loudness, "LUFS", 1, "integrated, of this section alone"),
    COLUMN(low, "dB", 1, "power below 250 Hz, of all"),
    COLUMN(mid, "dB", 1, "power from 250 Hz to 4 kHz, of all"),
    COLUMN(high, "dB", 1, "power above 4 kHz, of all"),
    COLUMN(novelty, "", 2, "how much of a change its beginning is, 0 to 1"),
};

static const QmMeasure measures[] = {
    {"count", "", QM_MEASURE_COUNT, 0, QM_VIEW_SUMMARY, offsetof(QmSections, count),
     "how many sections"},
    {"form", "", QM_MEASURE_TEXT, 0, QM_VIEW_SUMMARY, offsetof(QmSections, form),
     "their labels in order, a hint"},
    {"sections", "", QM_MEASURE_ROWS, 0, QM_VIEW_SUMMARY, offsetof(QmSections, sections),
     "each section", columns, sizeof columns / sizeof columns[0], sizeof(QmSection)},
};

static const QmFeature *const needs[] = {&qm_feature_loudness, &qm_feature_onset,
                                         &qm_feature_tempo, NULL};

const QmFeature qm_feature_section = {
    .name = "section",
    .summary = "where the piece changes, which parts are alike",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmSections),
    .needs = needs,
    .setup_size = sizeof(Setup),
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .prepare = prepare,
    .slow = slow,
    .merge = merge,
    .finish = finish,
};
