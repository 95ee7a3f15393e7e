/* Each window is summed up from its own tenths, in their order: nothing is carried along
 * that roundings could gather in.
 *
 * Gates keep what is at them. The rank of a percentile p of n sorted values is (n - 1) p,
 * rounded, as in the reference implementation of Tech 3342. */
#include "analysis/gating.h"

#include "base/qmath.h"
#include "base/sort.h"

#define GATE_LUFS   (-70.0) /* BS.1770-5: silence and noise */
#define BELOW_MEAN  0.1     /* -10 LU */
#define BELOW_RANGE 0.01    /* -20 LU, Tech 3342 */
#define OFFSET_LU   0.691   /* by which a 997 Hz sine reads its level in dBFS - 3.01 */

double qm_lufs(double energy) { return 10 * qm_log10(energy) - OFFSET_LU; }

static double absolute_gate(void) { return qm_pow(10, (GATE_LUFS + OFFSET_LU) / 10); }

double qm_mean_energy(const double *energies, size_t tenths)
{
    double sum = 0;
    for (size_t i = 0; i < tenths; i++)
        sum += energies[i];
    return sum / (double)tenths;
}

typedef struct Mean {
    double sum, loudest;
    size_t count, all; /* those at or above the gate, and whether or not */
} Mean;

/* Over all blocks at or above the gate. */
static Mean gated(const QmTenthRun *runs, size_t n, double gate)
{
    Mean m = {0};
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; i + QM_MOMENTARY <= runs[r].count; i++) {
            const double energy = qm_mean_energy(runs[r].energies + i, QM_MOMENTARY);
            m.all++;
            m.loudest = energy > m.loudest ? energy : m.loudest;
            if (energy >= gate) {
                m.sum += energy;
                m.count++;
            }
        }
    return m;
}

QmMeasured qm_gated_loudness(const QmTenthRun *runs, size_t n)
{
    const double gate = absolute_gate();
    const Mean first = gated(runs, n, gate);
    if (first.all == 0)
        return qm_unmeasured("under 400 ms");
    if (first.count == 0)
        return qm_unmeasured(first.loudest > 0 ? "below -70 LUFS" : "digital silence");
    const double relative = BELOW_MEAN * (first.sum / (double)first.count);
    const Mean second = gated(runs, n, relative > gate ? relative : gate);
    return qm_measured(qm_lufs(second.sum / (double)second.count));
}

/* All short-term energies of all runs that are above 0; the number of windows in *all. */
static bool short_terms(const QmTenthRun *runs, size_t n, QmArena *arena, QmList *list,
                        size_t *all)
{
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; i + QM_SHORT_TERM <= runs[r].count; i++) {
            const double energy = qm_mean_energy(runs[r].energies + i, QM_SHORT_TERM);
            ++*all;
            if (energy > 0 && !qm_list_append(list, &energy, 1, sizeof energy, arena))
                return false;
        }
    return true;
}

/* The first of sorted values that is at or above the gate. */
static size_t first_above(const double *sorted, size_t count, double gate)
{
    size_t i = 0;
    while (i < count && sorted[i] < gate)
        i++;
    return i;
}

double qm_percentile(const double *sorted, size_t count, double share)
{
    return sorted[(size_t)((double)(count - 1) * share + 0.5)];
}

bool qm_loudness_range(const QmTenthRun *runs, size_t n, QmArena *scratch,
                       QmMeasured *range, double *gate)
{
    QmList list = {0};
    size_t all = 0;
    if (!short_terms(runs, n, scratch, &list, &all) ||
        qm_sort(list.items, list.count, sizeof(double), qm_by_double, scratch) != QM_OK)
        return false;
    const double *values = list.items;
    const size_t quiet = first_above(values, list.count, absolute_gate());
    if (quiet == list.count) {
        *range = qm_unmeasured(all == 0     ? "under 3 s"
                               : list.count ? "below -70 LUFS"
                                            : "digital silence");
        return true;
    }
    const double whole = qm_mean_energy(values + quiet, list.count - quiet);
    const size_t low =
        quiet + first_above(values + quiet, list.count - quiet, BELOW_RANGE * whole);
    const size_t left = list.count - low;
    *range = qm_measured(qm_lufs(qm_percentile(values + low, left, 0.95)) -
                         qm_lufs(qm_percentile(values + low, left, 0.10)));
    if (gate)
        *gate = values[low];
    return true;
}
