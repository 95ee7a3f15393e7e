/* Where an attack begins. Energies of x, and of its differences (which hear the hat above
 * the bass), in cells of 0.7 ms. For each cell i
 *
 *     r(i) = log2((A + f) / (B + f)),   A: mean of cells i..i+3,  B: of i-12..i-1
 *
 * for both, where f is a thousandth of the largest A: how much louder the next 2.7 ms are
 * than the last 8. The attack is around the cell where the two r add up to the most, and
 * there with the first frame that stands out: by a fifth of the way from the highest
 * magnitude before to the highest behind, in that of the two signals that rises more.
 *
 * What is cut off changes all bands, too. Where both energies fall to less than a quarter
 * for the next 7 ms, and nothing else rises clearly, nothing begins. */
#include "analysis/attack.h"

#include "base/qmath.h"

enum {
    CELLS = QM_ATTACK_CELLS + 2 * QM_ATTACK_BEFORE,
    LAST = 12,
    NEXT = 4,
};
#define FLOOR     1e-3
#define LEAST     1e-20 /* of a mean square: -200 dB */
#define STANDS    0.2f
#define ENDS      0.25
#define CLEAR     1.0   /* octaves of power, both r together: 3 dB */
#define HIDDEN_BY 1.12f /* 1 dB: less is no rise to measure */

/* [0]: x, [1]: its differences. */
typedef struct Energies {
    double cell[2][CELLS];
} Energies;

static void take_cells(const float *x, uint32_t n, uint32_t cell, Energies *e)
{
    for (uint32_t i = 0; i < n; i++) {
        double plain = 0, steps = 0;
        for (uint32_t k = i * cell; k < (i + 1) * cell; k++) {
            const double here = (double)x[k], step = here - (double)x[(int64_t)k - 1];
            plain += here * here;
            steps += step * step;
        }
        e->cell[0][i] = plain;
        e->cell[1][i] = steps;
    }
}

static double mean(const double *cells, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += cells[i];
    return sum / n;
}

static double floor_of(const double *cells, uint32_t from, uint32_t to)
{
    double most = 0;
    for (uint32_t i = from; i < to; i++) {
        const double next = mean(cells + i, NEXT);
        most = next > most ? next : most;
    }
    return most * FLOOR + LEAST;
}

static double rise_at(const double *cells, uint32_t i, double floor)
{
    return qm_log2((mean(cells + i, NEXT) + floor) /
                   (mean(cells + i - LAST, LAST) + floor));
}

/* Whether what sounds is cut off at cell i, by up to two of which the click may last. */
static bool ends_at(const Energies *e, uint32_t i)
{
    for (uint32_t k = 0; k < 2; k++) {
        const double *const cells = e->cell[k] + i;
        if (mean(cells + 2, LAST - 2) >= ENDS * mean(cells - LAST, LAST))
            return false;
    }
    return true;
}

static bool ends_within(const Energies *e, uint32_t from, uint32_t to)
{
    while (from < to && !ends_at(e, from))
        from++;
    return from < to;
}

static float magnitude(const float *x, int64_t i, bool steps)
{
    return __builtin_fabsf(steps ? x[i] - x[i - 1] : x[i]);
}

static float highest(const float *x, int64_t from, int64_t to, bool steps)
{
    float most = 0;
    for (int64_t i = from; i < to; i++) {
        const float m = magnitude(x, i, steps);
        most = m > most ? m : most;
    }
    return most;
}

/* The first frame in [from, to) that is `share` of the way from `low` to `high`, or
 * `to`. */
static int64_t first_at(const float *x, int64_t from, int64_t to, float low, float high,
                        float share, bool steps)
{
    const float limit = low + share * (high - low);
    while (from < to && magnitude(x, from, steps) < limit)
        from++;
    return from;
}

int64_t qm_attack_begin(const float *x, int64_t from, int64_t to, uint32_t cell)
{
    Energies e;
    const uint32_t n = (uint32_t)((to - from) / cell);
    const uint32_t end = QM_ATTACK_BEFORE + n;
    take_cells(x + from - (int64_t)QM_ATTACK_BEFORE * cell, end + LAST, cell, &e);
    const double floors[] = {floor_of(e.cell[0], QM_ATTACK_BEFORE, end),
                             floor_of(e.cell[1], QM_ATTACK_BEFORE, end)};
    uint32_t best = QM_ATTACK_BEFORE;
    double most = 0;
    bool steps = false;
    for (uint32_t i = QM_ATTACK_BEFORE; i < end; i++) {
        const double plain = rise_at(e.cell[0], i, floors[0]);
        const double sharp = rise_at(e.cell[1], i, floors[1]);
        if (plain + sharp <= most)
            continue;
        most = plain + sharp;
        steps = sharp > plain;
        best = i;
    }
    if (ends_at(&e, best) || (most < CLEAR && ends_within(&e, QM_ATTACK_BEFORE, end)))
        return QM_ATTACK_NONE;
    const int64_t at = from + ((int64_t)best - QM_ATTACK_BEFORE) * cell;
    const float before = highest(x, at - 4 * (int64_t)cell, at - cell, steps);
    const float behind = highest(x, at - cell, at + NEXT * (int64_t)cell, steps);
    if (behind <= before)
        return at;
    return first_at(x, at - cell, at + NEXT * (int64_t)cell, before, behind, STANDS,
                    steps);
}

/* Where x is at its lowest before `begin`: the last of the windows of 3/40 of `before`
 * whose highest magnitude is the least. A slow attack began there. */
static int64_t quietest(const float *x, int64_t begin, uint32_t before, float *low)
{
    const int64_t step = before / 40 + 1, width = 3 * step;
    int64_t best = begin;
    for (int64_t k = 38; k-- > 0;) {
        const int64_t from = begin - width - k * step;
        const float most = highest(x, from, from + width, false);
        if (best == begin || most <= *low) {
            *low = most;
            best = from;
        }
    }
    return best;
}

QmAttackRise qm_attack_rise(const float *x, int64_t begin, int64_t end, uint32_t before)
{
    const float was = highest(x, begin - before / 4, begin, false);
    const float high = highest(x, begin, end, false);
    if (high <= was * HIDDEN_BY)
        return (QmAttackRise){true, high, 0};
    float low = 0;
    const int64_t from = quietest(x, begin, before, &low);
    const int64_t tenth = first_at(x, from, end, low, high, 0.1f, false);
    return (QmAttackRise){false, high,
                          first_at(x, tenth, end, low, high, 0.9f, false) - tenth};
}

int64_t qm_attack_cut(const float *x, int64_t begin, uint32_t back)
{
    int64_t smallest = begin;
    for (int64_t i = begin; i > begin - back; i--) {
        const bool crosses = (x[i] < 0) != (x[i - 1] < 0);
        if (crosses || x[i] == 0)
            return __builtin_fabsf(x[i]) <= __builtin_fabsf(x[i - 1]) ? i : i - 1;
        if (__builtin_fabsf(x[i]) < __builtin_fabsf(x[smallest]))
            smallest = i;
    }
    return smallest;
}
