/* Beats that were tracked stand on looks, some are off, some are guesses; a tempo is
 * told by all of them. A steady one is a line through beat numbers and times, by least
 * squares, weighted by how much begins at each beat, then once more without those that
 * are off by more than three times the typical distance.
 *
 * Segments are found by a cone (O'Rourke 1981): from the first beat of a segment, the
 * periods are kept that pass every beat within SLACK_S; where none is left, a new
 * segment begins. So a tempo that changes slowly becomes a row of steps, and the map is
 * never further off than that. */
#include "analysis/tempo_map.h"

#include "base/qmath.h"

#define SLACK_S      0.025
#define LOOP_S       24.0 /* longer files are no loops */
#define LOOP_START_S 0.05 /* a loop begins with a beat (which may be a late one) */
#define LOOP_END_S   0.03 /* and ends where the next one would be */

/* A tempo is told by SPAN_MAX beats at a time: where each is 10 ms off, to 0.1 %. */
enum { NEIGHBOURS = 3, SPAN_MAX = 16 };

static QmBeatLine fit(const double *times, const double *weights, const double *skip,
                      size_t n, QmBeatLine before)
{
    double w = 0, wi = 0, wt = 0, wii = 0, wit = 0;
    const double middle = 0.5 * (double)(n - 1);
    for (size_t i = 0; i < n; i++) {
        const double x = (double)i - middle;
        const double off = times[i] - (before.first + before.period * (double)i);
        const double a = skip && (off > *skip || off < -*skip) ? 0 : weights[i] + 1e-3;
        w += a;
        wi += a * x;
        wt += a * times[i];
        wii += a * x * x;
        wit += a * x * times[i];
    }
    const double spread = w * wii - wi * wi;
    if (spread <= 0)
        return before;
    before.period = (w * wit - wi * wt) / spread;
    before.first = (wt - before.period * wi) / w - before.period * middle;
    return before;
}

/* Weighted mean of the distances to the line. */
static double distance(const double *times, const double *weights, size_t n,
                       QmBeatLine line)
{
    double sum = 0, w = 0;
    for (size_t i = 0; i < n; i++) {
        const double off = times[i] - (line.first + line.period * (double)i);
        sum += (weights[i] + 1e-3) * (off < 0 ? -off : off);
        w += weights[i] + 1e-3;
    }
    return w > 0 ? sum / w : 0;
}

QmBeatLine qm_beat_line(const double *times, const double *weights, size_t n)
{
    QmBeatLine line = {times[0], (times[n - 1] - times[0]) / (double)(n > 1 ? n - 1 : 1),
                       0};
    line = fit(times, weights, NULL, n, line);
    for (int round = 0; round < 3; round++) {
        const double skip = 3 * distance(times, weights, n, line) + 0.002;
        line = fit(times, weights, &skip, n, line);
    }
    line.off = distance(times, weights, n, line);
    return line;
}

QmBeatLine qm_beat_line_of_loop(QmBeatLine line, double whole_s, bool *loop)
{
    const int64_t beats = (int64_t)(whole_s / line.period + 0.5);
    const int64_t before = (int64_t)(line.first / line.period + 0.5);
    const double first = line.first - line.period * (double)before;
    const double rest = whole_s - line.period * (double)beats;
    *loop =
        whole_s < LOOP_S &&
        (beats == 2 || (beats > 2 && beats % 4 == 0) || (beats > 2 && beats % 3 == 0)) &&
        first < LOOP_START_S && first > -LOOP_START_S && rest < LOOP_END_S &&
        rest > -LOOP_END_S;
    return *loop ? (QmBeatLine){0, whole_s / (double)beats, line.off} : line;
}

void qm_beats_smooth(const double *times, const double *weights, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++) {
        const size_t from = i > NEIGHBOURS ? i - NEIGHBOURS : 0;
        const size_t to = i + NEIGHBOURS + 1 < n ? i + NEIGHBOURS + 1 : n;
        const QmBeatLine start = {times[i], 0, 0};
        const QmBeatLine line = fit(times + from, weights + from, NULL, to - from, start);
        out[i] = line.first + line.period * (double)(i - from);
    }
}

static bool add_segment(const double *times, size_t from, size_t to, QmList *segments,
                        QmArena *arena)
{
    QmTempoSegment *const segment = qm_list_add(segments, sizeof *segment, arena);
    if (!segment)
        return false;
    *segment = (QmTempoSegment){qm_measured(times[from]), qm_measured(times[to]),
                                qm_measured(60 * (double)(to - from) /
                                            (times[to] - times[from]))};
    return true;
}

bool qm_tempo_segments(const double *times, size_t n, QmList *segments, QmArena *arena)
{
    size_t from = 0;
    double shortest = 0, longest = 1e300;
    for (size_t i = 1; i < n; i++) {
        const double span = times[i] - times[from], beats = (double)(i - from);
        const double least = (span - SLACK_S) / beats, most = (span + SLACK_S) / beats;
        const bool passes = span / beats >= shortest && span / beats <= longest;
        if (!passes) {
            if (!add_segment(times, from, i - 1, segments, arena))
                return false;
            from = i - 1;
            shortest = times[i] - times[from] - SLACK_S;
            longest = times[i] - times[from] + SLACK_S;
            continue;
        }
        shortest = least > shortest ? least : shortest;
        longest = most < longest ? most : longest;
    }
    return add_segment(times, from, n - 1, segments, arena);
}

/* The k-th smallest of x[n], by Hoare's selection. */
static double select_kth(double *x, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        const double pivot = x[low + (high - low) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (x[i] < pivot)
                i++;
            while (x[j] > pivot)
                j--;
            if (i >= j)
                break;
            const double other = x[i];
            x[i++] = x[j];
            x[j--] = other;
        }
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
    return x[k];
}

double qm_tempo_median(const double *times, size_t n, double *work)
{
    const size_t span = n / 4 < 1 ? 1 : n / 4 < SPAN_MAX ? n / 4 : SPAN_MAX;
    for (size_t i = 0; i + span < n; i++)
        work[i] = times[i + span] - times[i];
    return 60 * (double)span / select_kth(work, n - span, (n - span - 1) / 2);
}
