/* In five steps:
 *
 *     1. how much begins at each look, in five registers      tempo_flux.h, pulse.h
 *     2. how likely each tempo is the beat                    metre.h, metre_windows.h
 *     3. which one it is from second to second                tempo_path.h
 *     4. where the beats are                                  beat_track.h
 *     5. what grid they make, and where its bars begin        tempo_map.h, downbeat.h
 *
 * Step 1 happens while blocks are merged, in order, as it follows the level; 8 bytes a
 * look are kept of it, 0.75 kB a second. The others wait for the end.
 *
 * A grid that somebody wrote down takes the place of 1 to 4 and of the bars. */
#include "analysis/tempo.h"

#include "analysis/analysis.h"
#include "analysis/downbeat.h"
#include "analysis/tempo_flux.h"
#include "analysis/tempo_path.h"
#include "base/qmath.h"

#include <string.h>

enum {
    LOOKS = 1 << (QM_BLOCK_BITS - QM_FAST_HOP_BITS), /* in a block */
    CELLS = LOOKS / QM_HARMONY_LOOKS,
};

/* What is found lies behind what begins: set so that the median over the corpus of
 * tests/eval/tempo.sh is 0. Hard drums then come out some 5 ms early. */
#define DELAY_S     -0.006
#define STEADY_S    0.012 /* beats of one tempo are typically so close to a line */
/* Noise has less than 0.1, most music more than 0.25; between them, where this was set by
 * hand, lie two recordings of speech (0.18, 0.20), hums, and some music without drums. */
#define PULSE_LEAST 0.2
#define GRAINS      1e6   /* a second: beats' times are short to write and to edit */
#define LEAST_S     0.4   /* of pulse */
#define LIKELY      0.005 /* alternatives less likely are none */
#define START_S     0.03  /* beats may be before the start by so much: they are at it */

typedef struct Partial {
    float power[LOOKS][QM_FLUX_BANDS];
    float pitch[CELLS][QM_PITCHES];
} Partial;

typedef struct Chunk {
    struct Chunk *next;
    uint32_t looks;
    QmHarmonyCell cell[CELLS];
    QmFluxLook look[];
} Chunk;

typedef struct Setup {
    QmFluxBands bands;
    QmHarmonyBins bins;
} Setup;

typedef struct State {
    int64_t frames;
    size_t looks;
    QmTempoFlux flux;
    Chunk *first, *last;
} State;

/* What finish works on. */
typedef struct Work {
    const QmFeatureCall *call;
    QmArena *arena;
    const Chunk *first;
    double whole_s;
    QmPulse pulse;
    QmHarmony harmony;
    uint32_t low, high; /* candidates */
    QmMetreWindows metre;
    double *times, *weights; /* [n_beats]: as tracked */
    size_t n_beats;
} Work;

/* ---- scan, merge ---- */

static bool prepare(const QmFeatureCall *call, void *setup)
{
    const uint32_t n = call->spec->block >> (QM_BLOCK_BITS - QM_FAST_BITS);
    Setup *const s = setup;
    qm_flux_bands_init(&s->bands, call->spec->rate, n);
    qm_harmony_bins_init(&s->bins, call->spec->rate, n);
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
    const Setup *const s = call->setup;
    const float *const re = spectrum->re[0], *const im = spectrum->im[0];
    qm_flux_bands_power(&s->bands, re, im, p->power[look]);
    qm_harmony_add(&s->bins, re, im, p->pitch[look / QM_HARMONY_LOOKS]);
}

static double hop_s(const QmScanSpec *spec) { return spec->block / LOOKS / spec->rate; }

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    const Partial *const p = partial;
    const Setup *const setup = call->setup;
    State *const s = state;
    const uint32_t hop = call->spec->block / LOOKS, looks = (block->n + hop - 1) / hop;
    Chunk *const chunk =
        qm_arena_alloc(call->arena, 1, sizeof *chunk + looks * sizeof chunk->look[0]);
    if (!chunk)
        return false;
    if (!s->looks)
        qm_flux_init(&s->flux, hop_s(call->spec), p->power, looks);
    chunk->looks = looks;
    for (uint32_t i = 0; i < looks; i++)
        qm_flux_look(&s->flux, &setup->bands, p->power[i], &chunk->look[i]);
    for (uint32_t i = 0; i < CELLS; i++)
        chunk->cell[i] = qm_harmony_cell(p->pitch[i]);
    *(s->last ? &s->last->next : &s->first) = chunk;
    s->last = chunk;
    s->looks += looks;
    s->frames += block->n;
    return true;
}

/* ---- what the pulse says ---- */

/* What a group adds to the pulse, into pulse.work. */
static void take_group(Work *w, uint32_t group)
{
    size_t i = 0;
    for (const Chunk *c = w->first; c; c = c->next)
        for (uint32_t k = 0; k < c->looks; k++) {
            const float root = (float)c->look[k].group[group] / 255.0f;
            w->pulse.work[i++] = root * root;
        }
    qm_pulse_group(&w->pulse);
}

static bool take_pulse(Work *w, size_t looks)
{
    if (!qm_pulse_init(&w->pulse, looks, hop_s(w->call->spec), w->arena))
        return false;
    for (uint32_t g = 0; g < QM_FLUX_GROUPS; g++) {
        take_group(w, g);
        qm_pulse_add(&w->pulse);
    }
    qm_pulse_finish(&w->pulse);
    return true;
}

static bool take_harmony(Work *w)
{
    size_t n = 0;
    for (const Chunk *c = w->first; c; c = c->next)
        n++;
    const QmHarmonyCell **const pieces = QM_NEW_ARRAY(w->arena, const QmHarmonyCell *, n);
    if (!pieces)
        return false;
    n = 0;
    for (const Chunk *c = w->first; c; c = c->next)
        pieces[n++] = c->cell;
    const size_t cells = (w->pulse.n + QM_HARMONY_LOOKS - 1) / QM_HARMONY_LOOKS;
    w->harmony = (QmHarmony){pieces, CELLS, cells, QM_HARMONY_LOOKS * w->pulse.hop_s};
    return true;
}

static void choose_range(Work *w)
{
    const QmAnalysisOptions *const options = &w->call->spec->options;
    const double low = options->tempo_low > 0 ? qm_tempo_index(options->tempo_low) : 0;
    const double high =
        options->tempo_high > 0 ? qm_tempo_index(options->tempo_high) : QM_TEMPI - 1;
    const double last = QM_TEMPI - 1;
    w->low = (uint32_t)(low < 0 ? 0 : low > last ? last : low);
    w->high = (uint32_t)(high < (double)w->low ? w->low : high > last ? last : high);
}

static bool track(Work *w)
{
    size_t steps;
    const uint8_t *const path =
        qm_tempo_path(&w->pulse, &w->metre, w->low, w->high, &steps, w->arena);
    const QmTracked *const beats =
        path ? qm_beat_track(&w->pulse, path, steps, &w->n_beats, w->arena) : NULL;
    if (!beats)
        return false;
    w->times = QM_NEW_ARRAY(w->arena, double, w->n_beats);
    w->weights = QM_NEW_ARRAY(w->arena, double, w->n_beats);
    for (size_t i = 0; i < w->n_beats && w->times && w->weights; i++) {
        w->times[i] = beats[i].look * w->pulse.hop_s + DELAY_S;
        w->weights[i] = beats[i].weight;
    }
    return w->times && w->weights;
}

/* ---- the result ---- */

static bool add_number(QmList *list, double value, QmArena *arena)
{
    return qm_list_append(list, &value, 1, sizeof value, arena);
}

/* Grid, beats, downbeats, of times and positions. */
static bool take_beats(QmTempoFound *t, const double *times, const uint8_t *positions,
                       size_t n, QmArena *arena)
{
    QmBeat *const beats = QM_NEW_ARRAY(arena, QmBeat, n);
    if (!beats)
        return false;
    t->grid = (QmGrid){beats, n};
    for (size_t i = 0; i < n; i++) {
        beats[i] = (QmBeat){times[i], positions[i]};
        if (!add_number(&t->beats, times[i], arena) ||
            (positions[i] == 1 && !add_number(&t->downbeats, times[i], arena)))
            return false;
    }
    return true;
}

/* Halves, doubles, thirds of the tempo that were likely too. */
static bool find_alternatives(QmTempoFound *t, const Work *w)
{
    static const double LEVEL[] = {0.5, 2, 2.0 / 3, 1.5, 3, 1.0 / 3, 0.75, 4.0 / 3};
    enum { LEVELS = sizeof LEVEL / sizeof LEVEL[0] };
    double strength[LEVELS];
    for (int i = 0; i < LEVELS; i++)
        strength[i] = qm_metre_likely(&w->metre, t->bpm.value * LEVEL[i]);
    for (int n = 0; n < LEVELS; n++) {
        int best = 0;
        for (int i = 1; i < LEVELS; i++)
            best = strength[i] > strength[best] ? i : best;
        if (strength[best] < LIKELY)
            break;
        if (!add_number(&t->alternatives, t->bpm.value * LEVEL[best], w->arena) ||
            !add_number(&t->strengths, strength[best], w->arena))
            return false;
        strength[best] = 0;
    }
    return true;
}

/* The tracked beats as a grid over all that sounds; NULL: out of memory. */
static double *make_grid(QmTempoFound *t, const Work *w, size_t *n)
{
    QmBeatLine line = qm_beat_line(w->times, w->weights, w->n_beats);
    double end = ((double)w->pulse.end + 1) * w->pulse.hop_s;
    t->steady = line.off < STEADY_S;
    if (!t->steady) {
        double *const times = QM_NEW_ARRAY(w->arena, double, w->n_beats);
        if (times)
            qm_beats_smooth(w->times, w->weights, w->n_beats, times);
        *n = w->n_beats;
        return times;
    }
    line = qm_beat_line_of_loop(line, w->whole_s, &t->loop);
    if (t->loop)
        end = w->whole_s - 0.5 * line.period;
    double at = line.first;
    while (at - line.period > -START_S)
        at -= line.period;
    double *const times =
        QM_NEW_ARRAY(w->arena, double, (size_t)((end - at) / line.period) + 2);
    if (!times)
        return NULL;
    *n = 0;
    for (double beat = at; beat < end; beat = at + line.period * (double)*n)
        times[(*n)++] = beat > 0 ? beat : 0;
    return times;
}

static bool detect(QmTempoFound *t, Work *w)
{
    size_t n = 0;
    double *const times = make_grid(t, w, &n);
    uint8_t *const positions = times ? QM_NEW_ARRAY(w->arena, uint8_t, n) : NULL;
    double *const work = times ? QM_NEW_ARRAY(w->arena, double, n) : NULL;
    if (!positions || !work)
        return false;
    for (size_t i = 0; i < n; i++)
        times[i] = (double)(int64_t)(times[i] * GRAINS + 0.5) / GRAINS;
    take_group(w, 0); /* the bass */
    const int bar =
        qm_downbeats(&w->pulse, &w->harmony, times, n, t->loop, positions, w->arena);
    if (!bar || !qm_tempo_segments(times, n, &t->segments, w->arena))
        return false;
    t->beats_in_bar = qm_measured(bar);
    t->bpm = qm_measured(qm_tempo_median(times, n, work));
    t->confidence = qm_measured(qm_metre_likely(&w->metre, t->bpm.value));
    return take_beats(t, times, positions, n, w->arena) && find_alternatives(t, w);
}

static void none(QmTempoFound *t, const char *why)
{
    t->bpm = t->confidence = t->beats_in_bar = qm_unmeasured(why);
}

/* Everything from the grid that was given. */
static bool take_grid(QmTempoFound *t, const QmGrid *grid, QmArena *arena)
{
    const size_t n = grid->n_beats;
    if (n < 2) {
        none(t, "a grid of fewer than two beats");
        return true;
    }
    double *const times = QM_NEW_ARRAY(arena, double, n);
    double *const work = QM_NEW_ARRAY(arena, double, n);
    uint8_t *const positions = QM_NEW_ARRAY(arena, uint8_t, n);
    if (!times || !work || !positions)
        return false;
    int bar = 0;
    for (size_t i = 0; i < n; i++) {
        times[i] = grid->beats[i].time;
        positions[i] = (uint8_t)grid->beats[i].position;
        bar = positions[i] > bar ? positions[i] : bar;
    }
    if (!qm_tempo_segments(times, n, &t->segments, arena) ||
        !take_beats(t, times, positions, n, arena))
        return false;
    t->steady = t->segments.count == 1;
    const QmTempoSegment *const first = t->segments.items;
    t->bpm = t->steady ? first->bpm : qm_measured(qm_tempo_median(times, n, work));
    t->confidence = qm_measured(1);
    t->beats_in_bar = bar ? qm_measured(bar) : qm_unmeasured("the grid does not count");
    return true;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    (void)analysis;
    const State *const s = state;
    QmTempoFound *const t = result;
    t->source = call->spec->options.grid ? "grid" : "detected";
    if (call->spec->options.grid)
        return take_grid(t, call->spec->options.grid, call->arena);
    Work *const w = QM_NEW(call->arena, Work);
    if (!w)
        return false;
    w->call = call;
    w->arena = call->arena;
    w->first = s->first;
    w->whole_s = (double)s->frames / call->spec->rate;
    choose_range(w);
    if (!take_pulse(w, s->looks) || !take_harmony(w))
        return false;
    if (w->pulse.end * w->pulse.hop_s < LEAST_S) {
        none(t, w->pulse.end ? "all begins at once" : "nothing begins");
        return true;
    }
    if (!qm_metre_windows(&w->metre, &w->pulse, w->whole_s, w->arena))
        return false;
    if (w->metre.clear < PULSE_LEAST) {
        none(t, "no pulse");
        return true;
    }
    qm_metre_keep_to(&w->metre, w->low, w->high);
    if (!track(w))
        return false;
    if (w->n_beats < 3) {
        none(t, "fewer than three beats");
        return true;
    }
    return detect(t, w);
}

/* ---- the table ---- */

#define FIELD(name)  offsetof(QmTempoFound, name)
#define COLUMN(name) offsetof(QmTempoSegment, name)

static const QmMeasure segment_columns[] = {
    {"from", "s", QM_MEASURE_NUMBER, 3, QM_VIEW_DETAIL, COLUMN(from), "its first beat"},
    {"to", "s", QM_MEASURE_NUMBER, 3, QM_VIEW_DETAIL, COLUMN(to), "its last beat"},
    {"bpm", "BPM", QM_MEASURE_NUMBER, 2, QM_VIEW_DETAIL, COLUMN(bpm), "its tempo"},
};

static const QmMeasure measures[] = {
    {"bpm", "BPM", QM_MEASURE_NUMBER, 2, QM_VIEW_SUMMARY, FIELD(bpm),
     "tempo of most beats"},
    {"confidence", "", QM_MEASURE_NUMBER, 2, QM_VIEW_SUMMARY, FIELD(confidence),
     "how likely this is the level that people tap, 0 to 1"},
    {"alternatives", "BPM", QM_MEASURE_LIST, 2, QM_VIEW_SUMMARY, FIELD(alternatives),
     "the same pulse at other levels, likeliest first"},
    {"alternative_strengths", "", QM_MEASURE_LIST, 3, QM_VIEW_DETAIL, FIELD(strengths),
     "how likely each of them is, 0 to 1"},
    {"beats_in_bar", "", QM_MEASURE_NUMBER, 0, QM_VIEW_SUMMARY, FIELD(beats_in_bar),
     "a guess, unless a grid says so"},
    {"steady", "", QM_MEASURE_FLAG, 0, QM_VIEW_SUMMARY, FIELD(steady),
     "one tempo from start to end"},
    {"loop", "", QM_MEASURE_FLAG, 0, QM_VIEW_SUMMARY, FIELD(loop),
     "whole beats from the start of the file to its end"},
    {"source", "", QM_MEASURE_TEXT, 0, QM_VIEW_SUMMARY, FIELD(source),
     "detected, or from a grid"},
    {"beats", "s", QM_MEASURE_LIST, 4, QM_VIEW_DETAIL, FIELD(beats), "where beats are"},
    {"downbeats", "s", QM_MEASURE_LIST, 4, QM_VIEW_DETAIL, FIELD(downbeats),
     "where bars begin"},
    {"segments", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL, FIELD(segments),
     "the tempo map: spans of one tempo", segment_columns,
     sizeof segment_columns / sizeof segment_columns[0], sizeof(QmTempoSegment)},
};

const QmFeature qm_feature_tempo = {
    .name = "tempo",
    .summary = "tempo with alternatives, beats, bars, tempo map",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmTempoFound),
    .setup_size = sizeof(Setup),
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .prepare = prepare,
    .fast = fast,
    .merge = merge,
    .finish = finish,
};
