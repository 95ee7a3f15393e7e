/* For each channel, over parts of 3 s from the beginning, what is left at the end
 * included:
 *
 *     rms[i] = sqrt(2 mean of x^2)       a full-scale sine has 1
 *     top    = sqrt(mean of rms[i]^2 over the loudest fifth of the parts, at least one)
 *     DR     = 20 log10(second highest of the parts' sample peaks / top)
 *
 * and of these the mean over channels that are not silent, rounded. Fewer than three
 * parts are too few.
 *
 * Source: the algorithm as published with the TT DR meter (Algorithmix, 2009). That its
 * second has 44160 frames at 44.1 kHz is not imitated. */
#include "analysis/dr14.h"

#include "analysis/analysis.h"
#include "analysis/level_sums.h"
#include "base/qmath.h"
#include "base/sort.h"

enum { SECONDS = 3, LEAST_PARTS = 3, FIFTH = 5 };

/* What a block saw of a part, or a part. */
typedef struct Part {
    double squares;
    int64_t frames;
    float peak;
} Part;

typedef struct State {
    QmList parts; /* of Part: channels of the first part, of the second ... */
} State;

static int64_t part_frames(const QmScanSpec *spec)
{
    const double frames = SECONDS * spec->rate + 0.5;
    return frames < 1 ? 1 : (int64_t)frames;
}

static size_t partial_size(const QmScanSpec *spec)
{
    const size_t most = (size_t)(spec->block / part_frames(spec)) + 2;
    return most * spec->channels * sizeof(Part);
}

/* The part that frame `at` of the file is in, and the frames from there to its end. */
static int64_t part_of(const QmScanSpec *spec, int64_t at, int64_t *left)
{
    const int64_t size = part_frames(spec), part = at / size;
    *left = (part + 1) * size - at;
    return part;
}

static void scan(const QmFeatureCall *call, const QmBlock *block, void *partial)
{
    const QmScanSpec *const spec = call->spec;
    Part *to = partial;
    for (uint32_t i = 0; i < block->n;) {
        int64_t left;
        part_of(spec, block->at + i, &left);
        const uint32_t n = left < block->n - i ? (uint32_t)left : block->n - i;
        for (uint32_t c = 0; c < spec->channels; c++) {
            const QmLevelSums s = qm_level_sums(spec->isa, block->channel[c] + i, n);
            *to++ = (Part){s.squares, n, s.peak};
        }
        i += n;
    }
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    State *const s = state;
    const QmScanSpec *const spec = call->spec;
    const Part *from = partial;
    for (int64_t at = block->at, end = at + block->n, left; at < end; at += left) {
        const size_t first = (size_t)part_of(spec, at, &left) * spec->channels;
        for (uint32_t c = 0; c < spec->channels; c++, from++) {
            if (first + c == s->parts.count &&
                !qm_list_add(&s->parts, sizeof(Part), call->arena))
                return false;
            Part *const to = (Part *)s->parts.items + first + c;
            to->squares += from->squares;
            to->frames += from->frames;
            to->peak = from->peak > to->peak ? from->peak : to->peak;
        }
    }
    return true;
}

static int downwards(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Of n parts that are `stride` apart; *db as it was where there is none. False: out of
 * memory. */
static bool dr_of(const Part *parts, size_t n, size_t stride, QmArena *scratch,
                  QmMeasured *db)
{
    double *const powers = QM_NEW_ARRAY(scratch, double, n);
    double first = 0, second = 0, top = 0;
    if (!powers)
        return false;
    for (size_t i = 0; i < n; i++) {
        const Part *const p = &parts[i * stride];
        const double peak = (double)p->peak, least = peak < first ? peak : first;
        powers[i] = 2 * p->squares / (double)p->frames;
        second = least > second ? least : second;
        first = peak > first ? peak : first;
    }
    if (qm_sort(powers, n, sizeof *powers, downwards, scratch) != QM_OK)
        return false;
    const size_t loudest = n >= FIFTH ? n / FIFTH : 1;
    for (size_t i = 0; i < loudest; i++)
        top += powers[i];
    if (second > 0 && top > 0)
        *db = qm_measured(10 * qm_log10(second * second / (top / (double)loudest)));
    return true;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    (void)analysis;
    const State *const s = state;
    QmDr14 *const dr = result;
    const size_t channels = call->spec->channels, n = s->parts.count / channels;
    const QmMeasured silent = qm_unmeasured("digital silence");
    dr->value = dr->precise = qm_unmeasured("under three parts of 3 s");
    if (n < LEAST_PARTS)
        return true;
    double sum = 0;
    size_t heard = 0;
    for (size_t c = 0; c < channels; c++) {
        QmMeasured one = silent;
        if (!dr_of((const Part *)s->parts.items + c, n, channels, call->arena, &one))
            return false;
        sum += one.value;
        heard += one.why == NULL;
    }
    dr->value = dr->precise = silent;
    if (heard > 0) {
        dr->precise = qm_measured(sum / (double)heard);
        /* Half up; floats have no peaks that are 1000 dB apart. */
        dr->value = qm_measured((double)(int64_t)(dr->precise.value + 1000.5) - 1000);
    }
    return true;
}

static const QmMeasure measures[] = {
    {"value", "dB", QM_MEASURE_NUMBER, 0, QM_VIEW_SUMMARY, offsetof(QmDr14, value),
     "DR14 as it is shown"},
    {"precise", "dB", QM_MEASURE_NUMBER, 2, QM_VIEW_DETAIL, offsetof(QmDr14, precise),
     "before it was rounded"},
};

const QmFeature qm_feature_dr14 = {
    .name = "dr14",
    .summary = "the second-loudest peak above the loudest fifth",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmDr14),
    .hidden = true,
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .scan = scan,
    .merge = merge,
    .finish = finish,
};
