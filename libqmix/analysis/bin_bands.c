/* Within a band the bins are added in eight lanes, the lanes from the first to the last,
 * then what is left: one order for every build. */
#include "analysis/bin_bands.h"

#include "dsp/vec.h"

static double middle_of(uint32_t from, uint32_t to, double bin_hz)
{
    return bin_hz * ((double)from + (double)to - 1) / 2;
}

void qm_bin_bands_init(QmBinBands *bands, const QmScanSpec *spec, uint32_t n,
                       uint32_t step)
{
    const double bin_hz = spec->rate / n;
    *bands = (QmBinBands){.count = 0};
    for (uint32_t third = 0; third <= QM_THIRDS; third += step) {
        const double edge = qm_third_edge(third) / bin_hz + 0.5;
        const uint32_t bin = edge < 1 ? 1 : edge < n / 2 ? (uint32_t)edge : n / 2;
        if (third == 0)
            bands->edges[0] = bin;
        const uint32_t last = bands->edges[bands->count];
        if (bin > last) {
            bands->middle_hz[bands->count] = middle_of(last, bin, bin_hz);
            bands->edges[++bands->count] = bin;
        }
    }
}

static float power_of(const float *re, const float *im, uint32_t n)
{
    QmVec lanes = qm_vec(0);
    uint32_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES) {
        const QmVec a = qm_vec_load(re + i), b = qm_vec_load(im + i);
        lanes += a * a + b * b;
    }
    float sum = 0;
    if (i)
        for (uint32_t k = 0; k < QM_LANES; k++)
            sum += lanes[k];
    for (; i < n; i++)
        sum += re[i] * re[i] + im[i] * im[i];
    return sum;
}

void qm_bin_bands_power(const QmBinBands *bands, const float *re, const float *im,
                        float *power)
{
    for (uint32_t i = 0; i < bands->count; i++) {
        const uint32_t from = bands->edges[i];
        const float sum = power_of(re + from, im + from, bands->edges[i + 1] - from);
        power[i] = sum < QM_BIN_BANDS_MOST ? sum : 0;
    }
}
