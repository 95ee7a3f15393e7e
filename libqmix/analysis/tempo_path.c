/* Each second has a score for every candidate, in two parts:
 *
 *     - which octave, so to say: the mean score of the metre windows around, the near
 *       ones counting most; the best of the candidates within 12 % counts for all of
 *       them, so that it tells 60 from 120 BPM, not 120 from 121;
 *     - where exactly: r(T) + r(2T) + r(3T) / 2 + r(4T) / 2 of eight seconds around,
 *       less the best within 12 %.
 *
 * The path with the highest sum, less what it moves, is found by Viterbi's algorithm. A
 * tempo moves by up to 7 % a second, or jumps, which costs as much as eight seconds at a
 * tempo that cannot be. */
#include "analysis/tempo_path.h"

#include <string.h>

enum {
    LOCAL = 768,   /* looks of the autocorrelation: 8 s */
    FFT_OF = 1024, /* room for them */
    WIDE = 10,     /* candidates within 12 % */
    MOVE = 6,      /* candidates a step */
    AROUND = 3,    /* metre windows to both sides */
};
#define EXACT 8.0 /* what r counts */
#define PRICE 1.0 /* of moving by one candidate */
#define JUMP  30.0
#define DOUBT 4.0 /* the least likely tempo is so much behind, e^-4, and not more */

/* What metre windows count, by how many hops they are away. */
static const double FADE[AROUND + 1] = {1, 0.5, 0.25, 0.125};

typedef struct Path {
    uint32_t low, high;
    const QmPulse *pulse;
    const QmMetreWindows *metre;
    QmCorrelator correlator;
    double sum[QM_TEMPI];      /* of the best path to each candidate */
    uint8_t (*from)[QM_TEMPI]; /* [steps] */
} Path;

/* out[i]: the highest within WIDE candidates. */
static void spread(const double *x, double *out)
{
    for (int i = 0; i < QM_TEMPI; i++) {
        out[i] = x[i];
        for (int k = i - WIDE; k <= i + WIDE; k++)
            if (k >= 0 && k < QM_TEMPI && x[k] > out[i])
                out[i] = x[k];
    }
}

static void octave_scores(const Path *path, size_t look, double *scores)
{
    double mean[QM_TEMPI] = {0}, weights = 0;
    const size_t half = QM_METRE_WINDOW / 2, last = path->metre->n - 1;
    const size_t hops = look > half ? (look - half + QM_METRE_HOP / 2) / QM_METRE_HOP : 0;
    const size_t near = hops < last ? hops : last;
    const size_t from = near > AROUND ? near - AROUND : 0;
    for (size_t w = from; w <= last && w <= near + AROUND; w++) {
        const double weight = FADE[w > near ? w - near : near - w];
        weights += path->metre->windows[w].any ? weight : 0;
        for (int i = 0; i < QM_TEMPI && path->metre->windows[w].any; i++)
            mean[i] += weight * (double)path->metre->windows[w].scores[i];
    }
    double best = -1e300;
    for (uint32_t i = path->low; i <= path->high; i++) {
        mean[i] /= weights > 0 ? weights : 1;
        best = mean[i] > best ? mean[i] : best;
    }
    for (int i = 0; i < QM_TEMPI; i++)
        mean[i] = mean[i] > best - DOUBT ? mean[i] : best - DOUBT;
    spread(mean, scores);
}

static void exact_scores(const Path *path, size_t look, double *scores)
{
    const QmPulse *const pulse = path->pulse;
    const size_t n = pulse->n < LOCAL ? pulse->n : LOCAL;
    size_t from = look > LOCAL / 2 ? look - LOCAL / 2 : 0;
    from = from + n <= pulse->n ? from : pulse->n - n;
    float lag[FFT_OF];
    double r[QM_TEMPI] = {0}, best[QM_TEMPI];
    if (qm_correlate(&path->correlator, pulse->all + from, n, lag, FFT_OF)) {
        for (int i = 0; i < QM_TEMPI; i++) {
            const double period = 60 / qm_tempo_bpm(i) / pulse->hop_s;
            for (int k = 1; k <= 4; k++)
                r[i] += qm_correlation_at(lag, FFT_OF, k * period) * (k < 3 ? 1 : 0.5);
        }
    }
    spread(r, best);
    for (int i = 0; i < QM_TEMPI; i++)
        scores[i] = r[i] - best[i];
}

static void step(Path *path, size_t index)
{
    double octave[QM_TEMPI], exact[QM_TEMPI], next[QM_TEMPI];
    octave_scores(path, index * QM_PATH_STEP, octave);
    exact_scores(path, index * QM_PATH_STEP, exact);
    uint32_t leader = path->low;
    for (uint32_t i = path->low; i <= path->high; i++)
        leader = path->sum[i] > path->sum[leader] ? i : leader;
    for (uint32_t i = path->low; i <= path->high; i++) {
        const uint32_t first = i > path->low + MOVE ? i - MOVE : path->low;
        uint32_t from = leader;
        double best = path->sum[leader] - JUMP;
        for (uint32_t k = first; k <= path->high && k <= i + MOVE; k++) {
            const double sum = path->sum[k] - PRICE * (double)(k > i ? k - i : i - k);
            from = sum > best ? k : from;
            best = sum > best ? sum : best;
        }
        path->from[index][i] = (uint8_t)from;
        next[i] = best + octave[i] + EXACT * exact[i];
    }
    memcpy(path->sum, next, sizeof next);
}

const uint8_t *qm_tempo_path(const QmPulse *pulse, const QmMetreWindows *metre,
                             uint32_t low, uint32_t high, size_t *steps, QmArena *arena)
{
    const size_t n = pulse->n / QM_PATH_STEP + 1;
    Path *const path = QM_NEW(arena, Path);
    uint8_t *const way = QM_NEW_ARRAY(arena, uint8_t, n);
    if (!path || !way)
        return NULL;
    *path = (Path){low, high, pulse, metre};
    path->from = qm_arena_alloc(arena, n, sizeof *path->from);
    if (!path->from || !qm_correlator_init(&path->correlator, FFT_OF, arena))
        return NULL;
    for (size_t i = 0; i < n; i++)
        step(path, i);
    uint32_t at = low;
    for (uint32_t i = low; i <= high; i++)
        at = path->sum[i] > path->sum[at] ? i : at;
    for (size_t i = n; i-- > 0; at = path->from[i][at])
        way[i] = (uint8_t)at;
    *steps = n;
    return way;
}
