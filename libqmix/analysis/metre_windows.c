/* Windows of 2048 looks, half over each other, are weighed one by one; of the file, the
 * logarithms of their likelihoods are averaged, as many short looks at one piece are. */
#include "analysis/metre_windows.h"

#include "base/qmath.h"

#define SAME  0.04 /* tempi so close are one */
#define MEANT 3.0  /* log of how much rather */

/* log(exp(scores) / their sum), of the candidates from `low` to `high`. */
static void to_likelihoods(float *scores, uint32_t low, uint32_t high)
{
    double highest = (double)scores[low], sum = 0;
    for (uint32_t i = low; i <= high; i++)
        highest = (double)scores[i] > highest ? (double)scores[i] : highest;
    for (uint32_t i = low; i <= high; i++)
        sum += qm_exp((double)scores[i] - highest);
    for (uint32_t i = 0; i < QM_TEMPI; i++)
        scores[i] -= (float)(highest + qm_ln(sum));
}

/* The best agreement of a period from 60/260 to 60/40 s. */
static double clearest(double evidence[QM_TEMPI][QM_METRE_FEATURES])
{
    enum { R1 = 4 }; /* r(T) */
    double best = 0;
    for (int i = 0; i < QM_TEMPI; i++)
        best = evidence[i][R1] > best ? evidence[i][R1] : best;
    return best;
}

bool qm_metre_windows(QmMetreWindows *w, const QmPulse *pulse, double whole_s,
                      QmArena *arena)
{
    const size_t n = pulse->n;
    QmCorrelator correlator;
    double(*const evidence)[QM_METRE_FEATURES] =
        qm_arena_alloc(arena, QM_TEMPI, sizeof *evidence);
    w->n = n > QM_METRE_WINDOW
               ? 1 + (n - QM_METRE_WINDOW + QM_METRE_HOP - 1) / QM_METRE_HOP
               : 1;
    w->windows = QM_NEW_ARRAY(arena, QmMetreWindow, w->n);
    if (!evidence || !w->windows ||
        !qm_correlator_init(&correlator, QM_METRE_WINDOW, arena))
        return false;
    size_t any = 0;
    w->clear = 0;
    for (size_t i = 0; i < w->n; i++) {
        QmMetreWindow *const window = &w->windows[i];
        const size_t length = n < QM_METRE_WINDOW ? n : QM_METRE_WINDOW;
        const size_t at = i * QM_METRE_HOP + length <= n ? i * QM_METRE_HOP : n - length;
        window->any = qm_metre_evidence(&correlator, pulse->all + at, length,
                                        pulse->hop_s, i ? 0 : whole_s, evidence);
        if (!window->any)
            continue;
        qm_metre_weigh(evidence, window->scores);
        to_likelihoods(window->scores, 0, QM_TEMPI - 1);
        w->clear += clearest(evidence);
        any++;
    }
    w->clear /= (double)(any ? any : 1);
    return true;
}

/* mean[i]: the mean score of candidate i over the file. */
static void mean_scores(const QmMetreWindows *w, float mean[QM_TEMPI])
{
    size_t any = 0;
    double sum[QM_TEMPI] = {0};
    for (size_t i = 0; i < w->n; i++) {
        any += w->windows[i].any;
        for (uint32_t k = 0; k < QM_TEMPI && w->windows[i].any; k++)
            sum[k] += (double)w->windows[i].scores[k];
    }
    for (uint32_t k = 0; k < QM_TEMPI; k++)
        mean[k] = (float)(sum[k] / (double)(any ? any : 1));
}

/* Who asks for a range that the likeliest tempo is not in means another level of the same
 * pulse: its halves, doubles and thirds rather than whatever else is there. */
static void prefer_levels(QmMetreWindows *w, uint32_t low, uint32_t high)
{
    static const double LEVEL[] = {0.5, 2, 0.25, 4, 1.0 / 3, 3};
    float mean[QM_TEMPI];
    uint32_t best = 0;
    mean_scores(w, mean);
    for (uint32_t i = 1; i < QM_TEMPI; i++)
        best = mean[i] > mean[best] ? i : best;
    if (best >= low && best <= high)
        return;
    const double reach = QM_TEMPI_OCTAVE * qm_log2(1 + SAME);
    for (size_t l = 0; l < sizeof LEVEL / sizeof LEVEL[0]; l++) {
        const double at = best + QM_TEMPI_OCTAVE * qm_log2(LEVEL[l]);
        for (uint32_t i = low; i <= high; i++)
            for (size_t k = 0; k < w->n && i > at - reach && i < at + reach; k++)
                w->windows[k].scores[i] += (float)MEANT;
    }
}

void qm_metre_keep_to(QmMetreWindows *w, uint32_t low, uint32_t high)
{
    float mean[QM_TEMPI];
    prefer_levels(w, low, high);
    mean_scores(w, mean);
    to_likelihoods(mean, low, high);
    for (uint32_t k = 0; k < QM_TEMPI; k++)
        w->likely[k] = k < low || k > high ? 0 : qm_exp((double)mean[k]);
}

double qm_metre_likely(const QmMetreWindows *w, double bpm)
{
    const double reach = QM_TEMPI_OCTAVE * qm_log2(1 + SAME), at = qm_tempo_index(bpm);
    double sum = 0;
    for (uint32_t i = 0; i < QM_TEMPI; i++)
        if (i > at - reach && i < at + reach)
            sum += w->likely[i];
    return sum;
}
