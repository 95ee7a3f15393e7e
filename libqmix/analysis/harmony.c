/* Amplitudes of bins from 100 to 2000 Hz are added up by pitch class: the nearest note
 * of a piano tuned to 440 Hz. Bins are wider than the lowest notes are apart, so these
 * blur into neighbours; whether the sum changes is told well enough (that a chord is C
 * major is not: see key.h). The pitches of a span of beats are compared by the cosine of
 * the angle between them, as vectors of twelve. */
#include "analysis/harmony.h"

#include "base/qmath.h"

#define LOWEST_HZ  100.0
#define HIGHEST_HZ 2000.0
#define TUNING_HZ  440.0

void qm_harmony_bins_init(QmHarmonyBins *bins, double rate, uint32_t n)
{
    const double hz = rate / n;
    const uint32_t half = n / 2;
    *bins = (QmHarmonyBins){.from = (uint32_t)(LOWEST_HZ / hz) + 1};
    bins->to = (uint32_t)(HIGHEST_HZ / hz);
    bins->to = bins->to < half ? bins->to : half;
    if (bins->to > bins->from + QM_HARMONY_BINS)
        bins->to = bins->from + QM_HARMONY_BINS;
    for (uint32_t k = bins->from; k < bins->to; k++) {
        const double note = QM_PITCHES * qm_log2(k * hz / TUNING_HZ); /* above -36 */
        bins->pitch[k - bins->from] = (uint8_t)((int)(note + 36.5) % QM_PITCHES);
    }
}

void qm_harmony_add(const QmHarmonyBins *bins, const float *re, const float *im,
                    float sum[QM_PITCHES])
{
    for (uint32_t k = bins->from; k < bins->to; k++)
        sum[bins->pitch[k - bins->from]] +=
            (float)qm_sqrt((double)(re[k] * re[k] + im[k] * im[k]));
}

QmHarmonyCell qm_harmony_cell(const float sum[QM_PITCHES])
{
    QmHarmonyCell cell = {{0}};
    float highest = 1e-9f; /* -180 dB: silence */
    for (int p = 0; p < QM_PITCHES; p++)
        highest = sum[p] > highest ? sum[p] : highest;
    for (int p = 0; p < QM_PITCHES; p++)
        cell.pitch[p] = (uint8_t)(255 * sum[p] / highest + 0.5f);
    return cell;
}

/* Mean of the cells from `from` to `to` seconds, at least one, as a vector of length 1
 * (or 0). */
static void pitches_of(const QmHarmony *h, double from, double to, float *out)
{
    size_t i = (size_t)(from / h->cell_s);
    i = i < h->n ? i : h->n - 1;
    size_t end = (size_t)(to / h->cell_s);
    end = end > h->n ? h->n : end > i ? end : i + 1;
    double sum[QM_PITCHES] = {0}, squares = 0;
    for (; i < end; i++)
        for (int p = 0; p < QM_PITCHES; p++)
            sum[p] += h->pieces[i / h->piece][i % h->piece].pitch[p];
    for (int p = 0; p < QM_PITCHES; p++)
        squares += sum[p] * sum[p];
    const double scale = squares > 0 ? 1 / qm_sqrt(squares) : 0;
    for (int p = 0; p < QM_PITCHES; p++)
        out[p] = (float)(scale * sum[p]);
}

static float distance(const float *a, const float *b, const float *c, const float *d)
{
    double both = 0, left = 0, right = 0;
    for (int p = 0; p < QM_PITCHES; p++) {
        const double x = (double)a[p] + (double)b[p], y = (double)c[p] + (double)d[p];
        both += x * y;
        left += x * x;
        right += y * y;
    }
    const double product = qm_sqrt(left * right);
    return product > 0 ? (float)(1 - both / product) : 0;
}

bool qm_harmony_changes(const QmHarmony *harmony, const double *times, size_t n,
                        float *change, QmArena *arena)
{
    float(*const beat)[QM_PITCHES] = qm_arena_alloc(arena, n, sizeof *beat);
    if (!beat)
        return false;
    for (size_t i = 0; i < n; i++) {
        const double end = i + 1 < n ? times[i + 1] : harmony->n * harmony->cell_s;
        pitches_of(harmony, times[i], end, beat[i]);
        change[i] = 0;
    }
    for (size_t i = 2; i + 1 < n; i++)
        change[i] = distance(beat[i - 2], beat[i - 1], beat[i], beat[i + 1]);
    return true;
}
