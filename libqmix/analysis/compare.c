/* What is left: d = a - s b, over the pairs that fit (s: the polarity), and for the gain
 * as well e = a - g b, with the g of the alignment. From the sums of
 *
 *     a^2   b^2   d^2   e^2   e b
 *
 * come, whatever g is worth,
 *
 *     null          10 log10(sum d^2 / sum a^2)
 *     null matched  10 log10((sum e^2 - (sum e b)^2 / sum b^2) / sum a^2)
 *     gain          20 log10(h), h = (sum e b + g sum b^2) / sum a^2: B is about h A
 *
 * the second being the least that any gain could leave. As g is nearly the best one,
 * nothing cancels: a copy at half the level nulls as deep as its samples do.
 *
 * The worst 400 ms are those in which most is left, every tenth of a second; measured
 * against all of A, like the null, so that a fade-out does not count as the worst place
 * because there is nothing to compare with. */
#include "analysis/compare.h"

#include "base/qmath.h"

#include <string.h>

enum { WINDOW = 4 /* tenths */ };

/* Of the power of A: what is less has been left by the arithmetic (-200 dB). */
#define NOTHING 1e-20

typedef struct Sums {
    double aa, bb, dd, ee, eb;
} Sums;

struct QmNullChannel {
    Sums sums, tenth;     /* up to the tenth being filled; of that */
    double rests[WINDOW]; /* sums of d^2 in the last tenths */
    double worst;         /* sum of d^2 in 400 ms */
    int64_t worst_tenth;  /* in which they begin */
};

/* --- the measures ------------------------------------------------------------------- */

#define ROW_NUMBER(field, unit, decimals, help)                                          \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, QM_VIEW_DETAIL,                       \
            offsetof(QmDifferenceChannel, field), help                                   \
    }
#define ROW_COUNT(field, help)                                                           \
    {                                                                                    \
#field, "", QM_MEASURE_COUNT, 0, QM_VIEW_DETAIL,                                 \
            offsetof(QmDifferenceChannel, field), help                                   \
    }

static const QmMeasure channel_columns[] = {
    ROW_COUNT(channel, "from 1"),
    ROW_COUNT(differing, "frames in which it differs, the files as they are"),
    ROW_NUMBER(largest, "dBFS", 2, "its largest difference, the files as they are"),
    ROW_NUMBER(gain, "dB", 2, "by which it is louder in B"),
    ROW_NUMBER(null, "dB", 2, "power of A - B over power of A, after alignment"),
    ROW_NUMBER(null_matched, "dB", 2, "the same with the gain undone as well"),
    ROW_NUMBER(worst, "dB", 2, "the loudest 400 ms of A - B"),
    ROW_NUMBER(worst_at, "s", 1, "where they begin"),
};

#define NUMBER(field, unit, decimals, help)                                              \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, QM_VIEW_SUMMARY,                      \
            offsetof(QmDifference, field), help                                          \
    }
#define FLAG(field, help)                                                                \
    {                                                                                    \
#field, "", QM_MEASURE_FLAG, 0, QM_VIEW_SUMMARY, offsetof(QmDifference, field),  \
            help                                                                         \
    }

const QmMeasure qm_difference_measures[QM_DIFFERENCE_MEASURES] = {
    FLAG(identical, "rate, channels, length and every sample are the same"),
    NUMBER(longer, "frames", 0, "by which B is longer"),
    NUMBER(differing, "frames", 0, "that differ, with those that one file lacks"),
    NUMBER(first, "", 0, "the first frame that differs, from 0"),
    NUMBER(largest, "dBFS", 2, "the largest difference of two samples"),
    NUMBER(largest_frame, "", 0, "where it is"),
    NUMBER(largest_channel, "", 0, "where it is, from 1"),
    NUMBER(delay, "frames", 0, "by which B is later"),
    FLAG(inverted, "B has the other polarity"),
    NUMBER(gain, "dB", 2, "by which B is louder"),
    NUMBER(null, "dB", 2, "power of A - B over power of A, after alignment"),
    NUMBER(null_matched, "dB", 2, "the same with the gain undone as well"),
    NUMBER(worst, "dB", 2, "the loudest 400 ms of A - B over the power of all of A"),
    NUMBER(worst_at, "s", 1, "where they begin, in A"),
    NUMBER(residual, "dBFS", 2, "RMS of A - B, after alignment"),
    {"channels", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL, offsetof(QmDifference, channels),
     "each channel", channel_columns, sizeof channel_columns / sizeof channel_columns[0],
     sizeof(QmDifferenceChannel)},
};

const QmLimit qm_difference_limits[QM_DIFFERENCE_MEASURES] = {
    QM_LIMIT_EQUAL, QM_LIMIT_EITHER, QM_LIMIT_MOST, QM_LIMIT_NONE,
    QM_LIMIT_MOST,  QM_LIMIT_NONE,   QM_LIMIT_NONE, QM_LIMIT_EITHER,
    QM_LIMIT_EQUAL, QM_LIMIT_EITHER, QM_LIMIT_MOST, QM_LIMIT_MOST,
    QM_LIMIT_MOST,  QM_LIMIT_NONE,   QM_LIMIT_MOST, QM_LIMIT_NONE,
};

/* --- the files as they are ---------------------------------------------------------- */

bool qm_exact_init(QmExact *exact, uint32_t channels, QmArena *arena)
{
    *exact = (QmExact){.channels = channels, .first = -1};
    exact->largest = QM_NEW_ARRAY(arena, double, channels);
    exact->channel_differing = QM_NEW_ARRAY(arena, int64_t, channels);
    return exact->largest && exact->channel_differing;
}

static double magnitude(double x) { return x < 0 ? -x : x; }

static void exact_frame(QmExact *exact, const float *a, const float *b, int64_t frame)
{
    for (uint32_t c = 0; c < exact->channels; c++) {
        const double x = a ? (double)a[c] : 0, y = b ? (double)b[c] : 0;
        const double difference = magnitude(x - y);
        exact->channel_differing[c] += !a || !b || difference > 0;
        if (difference <= exact->largest[c])
            continue;
        exact->largest[c] = difference;
        if (difference > exact->largest[exact->largest_channel] ||
            c == exact->largest_channel) {
            exact->largest_channel = c;
            exact->largest_frame = frame;
        }
    }
}

static bool same_frame(const float *a, const float *b, uint32_t channels)
{
    uint32_t c = 0;
    while (c < channels && a[c] == b[c])
        c++;
    return c == channels;
}

void qm_exact_add(QmExact *exact, const float *a, const float *b, uint32_t n)
{
    const uint32_t channels = exact->channels;
    const int64_t at =
        exact->frames[0] > exact->frames[1] ? exact->frames[0] : exact->frames[1];
    exact->frames[0] += a ? n : 0;
    exact->frames[1] += b ? n : 0;
    if (a && b && memcmp(a, b, (size_t)n * channels * sizeof *a) == 0)
        return;
    for (uint32_t i = 0; i < n; i++) {
        const float *const x = a ? a + (size_t)i * channels : NULL;
        const float *const y = b ? b + (size_t)i * channels : NULL;
        if (x && y && same_frame(x, y, channels))
            continue;
        if (exact->differing++ == 0)
            exact->first = at + i;
        exact_frame(exact, x, y, at + i);
    }
}

/* --- what is left ------------------------------------------------------------------- */

bool qm_null_init(QmNull *null, const QmExact *exact, const QmAlignment *alignment,
                  double rate, QmArena *arena)
{
    const int64_t delay = alignment->delay;
    *null = (QmNull){.channels = exact->channels,
                     .sign = alignment->gain < 0 ? -1 : 1,
                     .gain = alignment->gain,
                     .skip = {delay < 0 ? -delay : 0, delay > 0 ? delay : 0},
                     .rate = rate};
    null->tenth = rate < 10 ? 1 : (uint32_t)(rate / 10);
    const int64_t a = exact->frames[0] - null->skip[0];
    const int64_t b = exact->frames[1] - null->skip[1];
    const int64_t shorter = a < b ? a : b, longer = a < b ? b : a;
    const bool pushed_out = longer - shorter <= null->skip[0] + null->skip[1];
    null->span = !pushed_out ? longer : shorter > 0 ? shorter : 0;
    null->channel = QM_NEW_ARRAY(arena, QmNullChannel, exact->channels + 1);
    return null->channel != NULL;
}

/* n frames of a channel, within a tenth. */
static void take_away(const QmNull *null, uint32_t c, const float *a, const float *b,
                      uint32_t n)
{
    const uint32_t step = null->channels;
    const double sign = null->sign, gain = null->gain;
    Sums sums = null->channel[c].tenth;
    for (uint32_t i = 0; i < n; i++) {
        const double x = a ? (double)a[i * step + c] : 0;
        const double y = b ? (double)b[i * step + c] : 0;
        const double d = x - sign * y, e = x - gain * y;
        sums.aa += x * x;
        sums.bb += y * y;
        sums.dd += d * d;
        sums.ee += e * e;
        sums.eb += e * y;
    }
    null->channel[c].tenth = sums;
}

static void add_sums(Sums *sums, const Sums *more)
{
    sums->aa += more->aa;
    sums->bb += more->bb;
    sums->dd += more->dd;
    sums->ee += more->ee;
    sums->eb += more->eb;
}

/* Tenth number `tenth` is full: is the 400 ms that it ends the worst? */
static void end_tenth(QmNullChannel *channel, int64_t tenth)
{
    double rest = 0;
    channel->rests[tenth % WINDOW] = channel->tenth.dd;
    add_sums(&channel->sums, &channel->tenth);
    channel->tenth = (Sums){0};
    for (int i = 0; i < WINDOW; i++)
        rest += channel->rests[i];
    if (tenth + 1 >= WINDOW && rest > channel->worst) {
        channel->worst = rest;
        channel->worst_tenth = tenth + 1 - WINDOW;
    }
}

static void end_tenths(QmNull *null, int64_t tenth)
{
    QmNullChannel *const all = &null->channel[null->channels];
    for (uint32_t c = 0; c < null->channels; c++) {
        add_sums(&all->tenth, &null->channel[c].tenth);
        end_tenth(&null->channel[c], tenth);
    }
    end_tenth(all, tenth);
}

void qm_null_add(QmNull *null, const float *a, const float *b, uint32_t n)
{
    for (uint32_t done = 0; done < n;) {
        const uint32_t left = null->tenth - (uint32_t)(null->frames % null->tenth);
        const uint32_t now = n - done < left ? n - done : left;
        const size_t at = (size_t)done * null->channels;
        for (uint32_t c = 0; c < null->channels; c++)
            take_away(null, c, a ? a + at : NULL, b ? b + at : NULL, now);
        null->frames += now;
        done += now;
        if (now == left)
            end_tenths(null, null->frames / null->tenth - 1);
    }
}

/* --- the result --------------------------------------------------------------------- */

void qm_difference_of_kinds(const char *why, QmDifference *difference)
{
    const QmMeasured none = qm_unmeasured(why);
    *difference = (QmDifference){
        .longer = none,
        .differing = none,
        .first = none,
        .largest = none,
        .largest_frame = none,
        .largest_channel = none,
        .delay = none,
        .gain = none,
        .null = none,
        .null_matched = none,
        .worst = none,
        .worst_at = none,
        .residual = none,
    };
}

static QmMeasured decibel(double power)
{
    return power > 0 ? qm_measured(10 * qm_log10(power))
                     : qm_unmeasured(QM_NO_DIFFERENCE);
}

/* Of a power that was left, over that of A. */
static QmMeasured depth(double left, double whole)
{
    if (left <= NOTHING * whole)
        return qm_unmeasured(QM_NO_DIFFERENCE);
    return whole > 0 ? decibel(left / whole) : qm_unmeasured("A is silent");
}

static double matched(const Sums *sums)
{
    const double left = sums->ee - (sums->bb > 0 ? sums->eb * sums->eb / sums->bb : 0);
    return left > 0 ? left : 0;
}

static QmMeasured louder(const QmNull *null, const Sums *sums)
{
    const double ab = sums->eb + null->gain * sums->bb;
    if (!(sums->aa > 0 && sums->bb > 0))
        return qm_unmeasured("silence");
    if (!(ab * null->sign > 0))
        return qm_unmeasured("nothing in common");
    return qm_measured(20 * qm_log10(ab * null->sign / sums->aa));
}

/* `worst` of a channel whose squares add up to aa. */
static QmMeasured loudest(const QmNull *null, double worst, double aa)
{
    const double window = (double)WINDOW * null->tenth;
    if ((double)null->frames < window)
        return qm_unmeasured("under 400 ms");
    return depth(worst * (double)null->frames / window, aa);
}

static QmMeasured place(const QmNull *null, int64_t tenth, QmMeasured worst)
{
    if (worst.why)
        return worst;
    return qm_measured((double)(null->skip[0] + tenth * null->tenth) / null->rate);
}

/* All that a channel was fed. */
static Sums sums_of(const QmNull *null, uint32_t c)
{
    Sums sums = null->channel[c].sums;
    add_sums(&sums, &null->channel[c].tenth);
    return sums;
}

static bool channel_rows(const QmExact *exact, const QmNull *null, QmArena *arena,
                         QmList *rows)
{
    for (uint32_t c = 0; c < exact->channels; c++) {
        QmDifferenceChannel *const row = qm_list_add(rows, sizeof *row, arena);
        if (!row)
            return false;
        const QmMeasured none = qm_unmeasured(QM_NO_DIFFERENCE);
        *row = (QmDifferenceChannel){.channel = c + 1,
                                     .differing = exact->channel_differing[c],
                                     .largest = none,
                                     .null = none,
                                     .null_matched = none,
                                     .gain = qm_measured(0),
                                     .worst = none,
                                     .worst_at = none};
        if (!null)
            continue;
        const QmNullChannel *const channel = &null->channel[c];
        const Sums sums = sums_of(null, c);
        row->largest = decibel(exact->largest[c] * exact->largest[c]);
        row->null = depth(sums.dd, sums.aa);
        row->null_matched = depth(matched(&sums), sums.aa);
        row->gain = louder(null, &sums);
        row->worst = loudest(null, channel->worst, sums.aa);
        row->worst_at = place(null, channel->worst_tenth, row->worst);
    }
    return true;
}

static void add_exact(const QmExact *exact, QmDifference *difference)
{
    const double largest = exact->largest[exact->largest_channel];
    difference->longer = qm_measured((double)(exact->frames[1] - exact->frames[0]));
    difference->differing = qm_measured((double)exact->differing);
    if (exact->differing)
        difference->first = qm_measured((double)exact->first);
    if (!(largest > 0))
        return;
    difference->largest = decibel(largest * largest);
    difference->largest_frame = qm_measured((double)exact->largest_frame);
    difference->largest_channel = qm_measured(exact->largest_channel + 1);
}

bool qm_difference_none(const QmExact *exact, QmArena *arena, QmDifference *difference)
{
    qm_difference_of_kinds(QM_NO_DIFFERENCE, difference);
    add_exact(exact, difference);
    difference->identical = true;
    difference->delay = difference->gain = qm_measured(0);
    return channel_rows(exact, NULL, arena, &difference->channels);
}

bool qm_difference(const QmExact *exact, const QmAlignment *alignment, const QmNull *null,
                   QmArena *arena, QmDifference *difference)
{
    const QmNullChannel *const channel = &null->channel[null->channels];
    Sums all = {0};
    for (uint32_t c = 0; c < null->channels; c++) {
        const Sums one = sums_of(null, c);
        add_sums(&all, &one);
    }
    qm_difference_of_kinds(QM_NO_DIFFERENCE, difference);
    add_exact(exact, difference);
    difference->delay = alignment->found ? qm_measured((double)alignment->delay)
                                         : qm_unmeasured("nothing in common");
    difference->inverted = null->sign < 0;
    difference->gain = louder(null, &all);
    difference->null = depth(all.dd, all.aa);
    difference->null_matched = depth(matched(&all), all.aa);
    difference->worst = loudest(null, channel->worst, all.aa);
    difference->worst_at = place(null, channel->worst_tenth, difference->worst);
    const double samples = (double)null->frames * null->channels;
    if (all.dd > NOTHING * all.aa)
        difference->residual = decibel(all.dd / samples);
    return channel_rows(exact, null, arena, &difference->channels);
}
