/* The rows of masking: what was added up over time, as means, percent and names. */
#include "analysis/masking_sums.h"
#include "base/qmath.h"
#include "base/sort.h"

#define LEAST_SEVERITY 0.01 /* bands below are not worth a row */
#define SILENT         "never active"
#define ALONE          "a single stem"

/* --- the table ---------------------------------------------------------------------- */

#define NUMBER(type, name, unit, decimals, help)                                         \
    {                                                                                    \
#name, unit, QM_MEASURE_NUMBER, decimals, QM_VIEW_SUMMARY, offsetof(type, name), \
            help                                                                         \
    }
#define COUNT(type, name, help)                                                          \
    {                                                                                    \
#name, "", QM_MEASURE_COUNT, 0, QM_VIEW_SUMMARY, offsetof(type, name), help      \
    }
#define TEXT(type, name, help)                                                           \
    {                                                                                    \
#name, "", QM_MEASURE_TEXT, 0, QM_VIEW_SUMMARY, offsetof(type, name), help       \
    }
#define ROWS(name, view, row, columns, help)                                             \
    {                                                                                    \
#name, "", QM_MEASURE_ROWS, 0, view, offsetof(QmMasking, name), help, columns,   \
            sizeof columns / sizeof columns[0], sizeof(row)                              \
    }

static const QmMeasure stem_columns[] = {
    TEXT(QmMaskedStem, name, "the stem"),
    NUMBER(QmMaskedStem, loudness, "LUFS", 1, "integrated loudness"),
    NUMBER(QmMaskedStem, to_loudest, "LU", 1, "loudness, to the loudest stem's"),
    NUMBER(QmMaskedStem, to_sum, "LU", 1, "loudness, to all stems' power added up"),
    NUMBER(QmMaskedStem, active, "%", 0, "of the time in which it plays"),
    NUMBER(QmMaskedStem, masked, "%", 0, "of its loudness that is hidden"),
    COUNT(QmMaskedStem, worst_band, "Bark band where most of it is hidden, from 1"),
    NUMBER(QmMaskedStem, masking, "", 2, "M: mean sum over bands of clip(MSR / 20 dB)"),
    NUMBER(QmMaskedStem, heard_masking, "", 2, "M of what can be heard of it alone"),
};

static const QmMeasure pair_columns[] = {
    TEXT(QmMaskingPair, masker, "the stem that hides"),
    TEXT(QmMaskingPair, masked, "the stem that is hidden"),
    NUMBER(QmMaskingPair, severity, "%", 1, "of the loudness of `masked` that is hidden"),
    COUNT(QmMaskingPair, worst_band, "Bark band where most of it is hidden, from 1"),
    NUMBER(QmMaskingPair, worst_low, "Hz", 0, "where that band begins"),
    NUMBER(QmMaskingPair, worst_high, "Hz", 0, "where that band ends"),
    NUMBER(QmMaskingPair, worst, "%", 1,
           "severity there: 100 is hidden by 20 dB, always"),
    NUMBER(QmMaskingPair, overlap, "", 2, "shared part of their spectra: 0 none, 1 all"),
    NUMBER(QmMaskingPair, together, "%", 0, "of the masked stem's time"),
};

static const QmMeasure band_columns[] = {
    TEXT(QmMaskingBand, masker, "the stem that hides"),
    TEXT(QmMaskingBand, masked, "the stem that is hidden"),
    COUNT(QmMaskingBand, band, "Bark band, from 1"),
    NUMBER(QmMaskingBand, low, "Hz", 0, "where it begins"),
    NUMBER(QmMaskingBand, high, "Hz", 0, "where it ends"),
    NUMBER(QmMaskingBand, severity, "%", 1, "100 is hidden by 20 dB, always"),
};

static const QmMeasure range_columns[] = {
    TEXT(QmMaskingRange, masker, "the stem that hides"),
    TEXT(QmMaskingRange, masked, "the stem that is hidden"),
    COUNT(QmMaskingRange, band, "Bark band, from 1"),
    NUMBER(QmMaskingRange, low, "Hz", 0, "where it begins"),
    NUMBER(QmMaskingRange, high, "Hz", 0, "where it ends"),
    NUMBER(QmMaskingRange, from, "s", 2, "first severe look"),
    NUMBER(QmMaskingRange, to, "s", 2, "end of the last one"),
    NUMBER(QmMaskingRange, severity, "%", 0, "mean over the severe looks"),
    NUMBER(QmMaskingRange, often, "%", 0, "how many of the looks are severe"),
};

const QmMeasure qm_masking_measures[] = {
    NUMBER(QmMasking, total, "", 1, "M_total: sum of squares of the stems' masking"),
    NUMBER(QmMasking, heard_total, "", 1, "the same of what can be heard of them alone"),
    ROWS(stems, QM_VIEW_SUMMARY, QmMaskedStem, stem_columns, "each stem in the mix"),
    ROWS(pairs, QM_VIEW_SUMMARY, QmMaskingPair, pair_columns, "who hides whom"),
    ROWS(bands, QM_VIEW_DETAIL, QmMaskingBand, band_columns, "by band, from 1 % on"),
    ROWS(ranges, QM_VIEW_DETAIL, QmMaskingRange, range_columns,
         "when a band is hidden by 12 dB or more, the worst first"),
};
const uint32_t qm_masking_measure_count =
    sizeof qm_masking_measures / sizeof qm_masking_measures[0];

/* --- stems -------------------------------------------------------------------------- */

/* The index of the greatest of them, from 1; 0: all are 0. */
static int64_t worst_of(const double *bands)
{
    uint32_t worst = 0;
    for (uint32_t b = 1; b < QM_BARKS; b++)
        worst = bands[b] > bands[worst] ? b : worst;
    return bands[worst] > 0 ? worst + 1 : 0;
}

static double sum_of(const double *bands)
{
    double sum = 0;
    for (uint32_t b = 0; b < QM_BARKS; b++)
        sum += bands[b];
    return sum;
}

static QmMeasured percent(double part, double whole, const char *why)
{
    return whole > 0 ? qm_measured(100 * part / whole) : qm_unmeasured(why);
}

static QmMaskedStem stem_row(const QmMaskingSums *sums, uint32_t n)
{
    const QmMaskingStem *const stem = &sums->stems[n];
    const QmStemSums *const s = &sums->stem[n];
    QmMaskedStem row = {.name = stem->name, .loudness = stem->loudness};
    if (!(stem->gain > 0))
        row.loudness = qm_unmeasured("muted");
    else if (!row.loudness.why)
        row.loudness.value += qm_gain_to_db(stem->gain);
    const double looks = (double)s->active;
    row.active = percent(looks, (double)sums->looks, "empty");
    row.masking = row.heard_masking = row.masked = qm_unmeasured(SILENT);
    if (s->active == 0)
        return row;
    row.masking = qm_measured(sum_of(s->masking.total) / looks);
    row.heard_masking = qm_measured(sum_of(s->severity.total) / looks);
    row.masked = percent(sum_of(s->hidden.total), (double)s->audible, "below hearing");
    row.worst_band = worst_of(s->hidden.total);
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        row.severity[b] = s->severity.total[b] / looks;
        row.presence[b] = s->heard.total[b] / looks;
    }
    return row;
}

static void balance(QmMaskedStem *rows, uint32_t n)
{
    double loudest = 0, sum = 0;
    bool any = false;
    for (uint32_t i = 0; i < n; i++) {
        const QmMeasured l = rows[i].loudness;
        if (l.why)
            continue;
        loudest = !any || l.value > loudest ? l.value : loudest;
        sum += qm_pow(10, l.value / 10);
        any = true;
    }
    for (uint32_t i = 0; i < n; i++) {
        const QmMeasured l = rows[i].loudness;
        rows[i].to_loudest = rows[i].to_sum = l;
        if (l.why)
            continue;
        rows[i].to_loudest.value = l.value - loudest;
        rows[i].to_sum.value = l.value - 10 * qm_log10(sum);
    }
}

static bool stem_rows(const QmMaskingSums *sums, QmMasking *m, QmArena *arena)
{
    double total = 0, heard = 0;
    for (uint32_t i = 0; i < sums->n; i++) {
        const QmMaskedStem row = stem_row(sums, i);
        total += row.masking.value * row.masking.value;
        heard += row.heard_masking.value * row.heard_masking.value;
        if (!qm_list_append(&m->stems, &row, 1, sizeof row, arena))
            return false;
    }
    balance(m->stems.items, sums->n);
    m->total = sums->n > 1 ? qm_measured(total) : qm_unmeasured(ALONE);
    m->heard_total = sums->n > 1 ? qm_measured(heard) : qm_unmeasured(ALONE);
    return true;
}

/* --- pairs -------------------------------------------------------------------------- */

static void overlap(const QmMaskingSums *sums, uint32_t i, uint32_t j, QmMaskingPair *row)
{
    const QmPairSums *const p =
        i < j ? &sums->pair[i * sums->n + j] : &sums->pair[j * sums->n + i];
    row->overlap = p->together > 0 ? qm_measured(sum_of(p->overlap.total) / p->together)
                                   : qm_unmeasured("never together");
}

static QmMaskingPair pair_row(const QmMaskingSums *sums, uint32_t i, uint32_t j)
{
    const QmPairSums *const p = &sums->pair[i * sums->n + j];
    const QmStemSums *const masked = &sums->stem[j];
    QmMaskingPair row = {.masker = sums->stems[i].name, .masked = sums->stems[j].name};
    const double looks = (double)masked->active;
    for (uint32_t b = 0; b < QM_BARKS && looks > 0; b++)
        row.band[b] = p->severity.total[b] / looks;
    row.severity = percent(sum_of(p->hidden.total), (double)masked->audible,
                           looks > 0 ? "below hearing" : SILENT);
    row.together = percent((double)p->together, looks, SILENT);
    overlap(sums, i, j, &row);
    row.worst_band = worst_of(p->hidden.total);
    if (row.worst_band > 0) {
        row.worst_low = qm_measured(qm_bark_hz((double)row.worst_band - 1));
        row.worst_high = qm_measured(qm_bark_hz((double)row.worst_band));
        row.worst = qm_measured(100 * row.band[row.worst_band - 1]);
    } else {
        row.worst_low = row.worst_high = row.worst =
            qm_unmeasured(looks > 0 ? "nothing is hidden" : SILENT);
    }
    return row;
}

static bool band_rows(const QmMaskingPair *pair, QmMasking *m, QmArena *arena)
{
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        if (pair->band[b] < LEAST_SEVERITY)
            continue;
        const QmMaskingBand row = {
            pair->masker,
            pair->masked,
            b + 1,
            qm_measured(qm_bark_hz(b)),
            qm_measured(qm_bark_hz(b + 1)),
            qm_measured(100 * pair->band[b]),
        };
        if (!qm_list_append(&m->bands, &row, 1, sizeof row, arena))
            return false;
    }
    return true;
}

static bool range_rows(const QmMaskingSums *sums, uint32_t i, uint32_t j, QmMasking *m,
                       QmArena *arena)
{
    const QmPairSums *const p = &sums->pair[i * sums->n + j];
    for (uint32_t k = 0; k < p->n_worst; k++) {
        const QmRun *const run = &p->worst[k].run;
        const uint32_t b = p->worst[k].band;
        const double looks = run->last + 1 - run->from;
        const QmMaskingRange row = {
            .masker = sums->stems[i].name,
            .masked = sums->stems[j].name,
            .band = b + 1,
            .low = qm_measured(qm_bark_hz(b)),
            .high = qm_measured(qm_bark_hz(b + 1)),
            .from = qm_measured(run->from * sums->hop_s),
            .to = qm_measured((run->last + 1) * sums->hop_s),
            .severity = qm_measured(100.0 * run->sum / run->count),
            .often = qm_measured(100.0 * run->count / looks),
            .masker_at = i,
            .masked_at = j,
            .weight = run->sum * sums->hop_s,
        };
        if (!qm_list_append(&m->ranges, &row, 1, sizeof row, arena))
            return false;
    }
    return true;
}

static int worse(const void *a, const void *b)
{
    const QmMaskingRange *const x = a, *const y = b;
    return (x->weight < y->weight) - (x->weight > y->weight);
}

static bool pair_rows(const QmMaskingSums *sums, QmMasking *m, QmArena *arena)
{
    for (uint32_t i = 0; i < sums->n; i++)
        for (uint32_t j = 0; j < sums->n; j++) {
            if (i == j)
                continue;
            const QmMaskingPair row = pair_row(sums, i, j);
            if (!qm_list_append(&m->pairs, &row, 1, sizeof row, arena) ||
                !band_rows(&row, m, arena) || !range_rows(sums, i, j, m, arena))
                return false;
        }
    if (qm_sort(m->ranges.items, m->ranges.count, sizeof(QmMaskingRange), worse, arena) !=
        QM_OK)
        return false;
    if (m->ranges.count > QM_MASKING_ALL_RANGES)
        m->ranges.count = QM_MASKING_ALL_RANGES;
    return true;
}

bool qm_masking_rows(const QmMaskingSums *sums, QmMasking *masking, QmArena *arena)
{
    return stem_rows(sums, masking, arena) &&
           (!sums->pair || pair_rows(sums, masking, arena));
}
