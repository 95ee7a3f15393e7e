/* Of all rows of beats the one with the highest
 *
 *     sum of O(t_i)  -  TIGHT * sum of ln((t_i - t_(i-1)) / T(t_i))^2
 *
 * where O is the pulse and T the period at that place: found by dynamic programming
 * (Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36,
 * 2007). Beats fall on looks; where O has its peak there, it says where between them. */
#include "analysis/beat_track.h"

#include "analysis/tempo_path.h"
#include "base/qmath.h"

#define TIGHT 500.0

/* A power of two, at least twice the period of 40 BPM: 3 s are 256 looks of 11.7 ms, and
 * up to 384 at rates between those of the hops. */
enum { LAG_MAX = 512 };

typedef struct Search {
    const QmPulse *pulse;
    size_t n;
    uint16_t *back;      /* [n]: looks to the beat before; 0: the first */
    double sum[LAG_MAX]; /* of the best row that ends at look t: at t % LAG_MAX */
    double ln_lag[LAG_MAX];
} Search;

/* The best beat before `t`, with a period of `period` looks. */
static void reach_back(Search *s, size_t t, double period)
{
    const double ln_period = qm_ln(period);
    const size_t from = (size_t)(period / 2) + 1;
    size_t to = (size_t)(period * 2);
    to = to < LAG_MAX ? to : LAG_MAX - 1; /* the ring holds no more */
    double best = 0;
    size_t back = 0;
    for (size_t lag = from; lag <= to && lag <= t; lag++) {
        const double off = s->ln_lag[lag] - ln_period;
        const double sum = s->sum[(t - lag) % LAG_MAX] - TIGHT * off * off;
        if (sum > best) {
            best = sum;
            back = lag;
        }
    }
    s->sum[t % LAG_MAX] = best + (double)s->pulse->all[t];
    s->back[t] = (uint16_t)back;
}

/* The place of the peak of a parabola through three looks, if it is one. */
static double between_looks(const float *x, size_t n, size_t t)
{
    if (t == 0 || t + 1 >= n || x[t] < x[t - 1] || x[t] < x[t + 1])
        return 0;
    const double bend = (double)x[t - 1] - 2 * (double)x[t] + (double)x[t + 1];
    return bend < 0 ? 0.5 * ((double)x[t - 1] - (double)x[t + 1]) / bend : 0;
}

static const QmTracked *trace(const Search *s, size_t last, size_t *n_beats,
                              QmArena *arena)
{
    size_t count = 1;
    for (size_t t = last; s->back[t]; t -= s->back[t])
        count++;
    QmTracked *const beats = QM_NEW_ARRAY(arena, QmTracked, count);
    if (!beats)
        return NULL;
    size_t t = last;
    for (size_t i = count; i-- > 0; t -= s->back[t]) {
        beats[i].look = (double)t + between_looks(s->pulse->all, s->n, t);
        beats[i].weight = (double)s->pulse->all[t];
    }
    *n_beats = count;
    return beats;
}

const QmTracked *qm_beat_track(const QmPulse *pulse, const uint8_t *path, size_t steps,
                               size_t *n_beats, QmArena *arena)
{
    Search *const s = QM_NEW(arena, Search);
    if (!s)
        return NULL;
    s->n = pulse->end;
    s->pulse = pulse;
    s->back = (void *)pulse->work;
    for (size_t lag = 1; lag < LAG_MAX; lag++)
        s->ln_lag[lag] = qm_ln((double)lag);
    size_t last = 0;
    double period = 0;
    for (size_t t = 0; t < s->n; t++) {
        const size_t step = t / QM_PATH_STEP < steps ? t / QM_PATH_STEP : steps - 1;
        period = 60 / qm_tempo_bpm(path[step]) / pulse->hop_s;
        reach_back(s, t, period);
    }
    /* The last beat is within the last period. */
    const size_t tail = (size_t)period;
    last = s->n ? s->n - 1 : 0;
    for (size_t t = s->n > tail ? s->n - tail : 0; t < s->n; t++)
        last = s->sum[t % LAG_MAX] > s->sum[last % LAG_MAX] ? t : last;
    return trace(s, last, n_beats, arena);
}
