/* The outline of a file, in bounded memory.
 *
 * A block says of every 64 frames (times 2^scale) the lowest and highest sample and the
 * sum of the squares. They are gathered in at most 16384 columns: when one more would be
 * needed, neighbours become one,
 *
 *     low = min(a, b)    high = max(a, b)    squares = a + b
 *
 * and columns are twice as long from then on. So a long file has 8193 to 16384 of them,
 * and a column's frames begin at a multiple of its length, wherever blocks end. */
#include "analysis/wave.h"

#include "base/qmath.h"
#include "dsp/vec.h"

typedef struct Column {
    float low, high;
    double squares;
} Column;

typedef struct State {
    Column columns[2][QM_WAVE_COLUMNS];
    uint32_t count;   /* the last one may not be full */
    int64_t length;   /* of a column, frames */
    int64_t gathered; /* frames */
} State;

static int64_t shortest(const QmScanSpec *spec)
{
    return spec->block >> (QM_BLOCK_BITS - QM_WAVE_BITS);
}

static uint32_t lanes(const QmScanSpec *spec) { return spec->channels > 1 ? 2 : 1; }

/* Of one lane in a block's partial. */
enum { BLOCK_COLUMNS = 1 << (QM_BLOCK_BITS - QM_WAVE_BITS) };

static size_t partial_size(const QmScanSpec *spec)
{
    return lanes(spec) * BLOCK_COLUMNS * sizeof(Column);
}

static void widen(Column *column, float sample)
{
    column->low = sample < column->low ? sample : column->low;
    column->high = sample > column->high ? sample : column->high;
    column->squares += (double)sample * (double)sample;
}

/* Eight frames at a time; what is left one by one. */
static Column look(const float *samples, uint32_t n)
{
    Column column = {samples[0], samples[0], 0};
    QmVec low = qm_vec(samples[0]), high = low, squares = qm_vec(0);
    uint32_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES) {
        const QmVec x = qm_vec_load(samples + i);
        low = qm_vec_min(x, low);
        high = qm_vec_max(x, high);
        squares += x * x;
    }
    for (int lane = 0; lane < QM_LANES; lane++) {
        column.low = low[lane] < column.low ? low[lane] : column.low;
        column.high = high[lane] > column.high ? high[lane] : column.high;
        column.squares += (double)squares[lane];
    }
    for (; i < n; i++)
        widen(&column, samples[i]);
    return column;
}

static void scan(const QmFeatureCall *call, const QmBlock *block, void *partial)
{
    const uint32_t length = (uint32_t)shortest(call->spec);
    for (uint32_t lane = 0; lane < lanes(call->spec); lane++) {
        Column *columns = (Column *)partial + lane * BLOCK_COLUMNS;
        for (uint32_t at = 0; at < block->n; at += length) {
            const uint32_t left = block->n - at;
            *columns++ = look(block->channel[lane] + at, left < length ? left : length);
        }
    }
}

static Column both(Column a, Column b)
{
    return (Column){b.low < a.low ? b.low : a.low, b.high > a.high ? b.high : a.high,
                    a.squares + b.squares};
}

static void halve(State *state)
{
    for (uint32_t lane = 0; lane < 2; lane++) {
        Column *columns = state->columns[lane];
        for (uint32_t i = 0; i < QM_WAVE_COLUMNS / 2; i++)
            columns[i] = both(columns[2 * i], columns[2 * i + 1]);
    }
    state->count = QM_WAVE_COLUMNS / 2;
    state->length *= 2;
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *memory)
{
    State *state = memory;
    const int64_t piece = shortest(call->spec);
    const Column *seen = partial;
    state->length = state->length ? state->length : piece;
    for (int64_t at = 0; at < block->n; at += piece, seen++) {
        const bool fresh = (block->at + at) % state->length == 0;
        if (fresh && state->count == QM_WAVE_COLUMNS)
            halve(state);
        state->count += fresh;
        for (uint32_t lane = 0; lane < lanes(call->spec); lane++) {
            Column *column = &state->columns[lane][state->count - 1];
            const Column add = seen[lane * BLOCK_COLUMNS];
            *column = fresh ? add : both(*column, add);
        }
    }
    state->gathered = block->at + block->n;
    return true;
}

/* A list of `count` zeros; NULL: out of memory. */
static double *zeros(QmList *list, size_t count, QmArena *arena)
{
    *list = (QmList){QM_NEW_ARRAY(arena, double, count), count, count};
    return list->items;
}

static bool tell(const Column *columns, const State *state, QmWaveLane *lane,
                 QmArena *arena)
{
    double *low = zeros(&lane->low, state->count, arena);
    double *high = zeros(&lane->high, state->count, arena);
    double *rms = zeros(&lane->rms, state->count, arena);
    if (!low || !high || !rms)
        return false;
    for (uint32_t i = 0; i < state->count; i++) {
        const int64_t left = state->gathered - i * state->length;
        const int64_t frames = left < state->length ? left : state->length;
        low[i] = (double)columns[i].low;
        high[i] = (double)columns[i].high;
        rms[i] = qm_sqrt(columns[i].squares / (double)frames);
    }
    return true;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *memory,
                   void *result)
{
    const State *state = memory;
    QmWave *wave = result;
    bool told = true;
    (void)analysis;
    wave->column = state->length;
    wave->frames = state->gathered;
    wave->column_s = state->gathered
                         ? qm_measured((double)state->length / call->spec->rate)
                         : qm_unmeasured("no frames");
    for (uint32_t lane = 0; lane < lanes(call->spec); lane++)
        told = told && tell(state->columns[lane], state, &wave->lane[lane], call->arena);
    return told;
}

#define SERIES(json_name, field, text)                                                   \
    {                                                                                    \
        .name = json_name, .unit = "", .kind = QM_MEASURE_LIST, .decimals = 4,           \
        .view = QM_VIEW_SERIES, .offset = offsetof(QmWave, field), .help = text          \
    }

static const QmMeasure MEASURES[] = {
    {.name = "column_s",
     .unit = "s",
     .kind = QM_MEASURE_NUMBER,
     .decimals = 6,
     .view = QM_VIEW_SERIES,
     .offset = offsetof(QmWave, column_s),
     .help = "length of a column of the outline"},
    SERIES("low", lane[0].low, "lowest sample of each column"),
    SERIES("high", lane[0].high, "highest sample of each column"),
    SERIES("rms", lane[0].rms, "RMS of each column"),
    SERIES("low_right", lane[1].low, "lowest sample of each column, second channel"),
    SERIES("high_right", lane[1].high, "highest sample of each column, second channel"),
    SERIES("rms_right", lane[1].rms, "RMS of each column, second channel"),
};

const QmFeature qm_feature_wave = {
    .name = "wave",
    .summary = "the outline of the waveform, at most 16384 columns",
    .measures = MEASURES,
    .n_measures = sizeof MEASURES / sizeof MEASURES[0],
    .result_size = sizeof(QmWave),
    .hidden = true,
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .scan = scan,
    .merge = merge,
    .finish = finish,
};
