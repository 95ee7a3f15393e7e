/* Spectral flux for beats: forty bands of equal width in mel,
 *
 *     W(b, t) = P(b, t) / max(peak(b), loudest / 10^4)      peaks are forgotten in 10 s
 *     L(b, t) = ln(1 + 1000 W) / ln(1001)
 *     F(b, t) = max(0, L(b, t) - max(L(b - 1 .. b + 1, t - 2)))
 *
 * W follows the level of each band (Stowell and Plumbley, "Adaptive whitening for
 * improved real-time audio onset detection", ICMC 2007), so a bass line under loud
 * guitars counts; the highest neighbour of two looks ago keeps vibrato and glides from
 * counting (Böck and Widmer, "Maximum filter vibrato suppression for onset detection",
 * DAFx 2013). The bands' mean in each of five groups is kept, as one byte: in steps of
 * its root, fine where it is small. */
#include "analysis/tempo_flux.h"

#include "base/qmath.h"

#include <string.h>

#define LOWEST_HZ     30.0
#define HIGHEST_HZ    16000.0
#define FORGET_S      10.0
#define LEAST         1e-4 /* of the loudest band: -40 dB */
#define SILENCE       1e-12
#define COMPRESS      1000.0
#define LN_COMPRESS_1 6.90875477931522 /* ln(1 + COMPRESS) */

static const double GROUP_HZ[QM_FLUX_GROUPS] = {150, 500, 2000, 6000, 1e9};

/* O'Shaughnessy's mel: 1000 mel are 1000 Hz. */
static double mel_of(double hz) { return 2595 * qm_log10(1 + hz / 700); }
static double hz_of(double mel) { return 700 * (qm_pow(10, mel / 2595) - 1); }

void qm_flux_bands_init(QmFluxBands *bands, double rate, uint32_t n)
{
    const double low = mel_of(LOWEST_HZ), high = mel_of(HIGHEST_HZ);
    *bands = (QmFluxBands){0};
    uint32_t before = 0;
    for (uint32_t i = 0; i <= QM_FLUX_BANDS; i++) {
        const double hz = hz_of(low + (high - low) * i / QM_FLUX_BANDS);
        uint32_t bin = (uint32_t)(hz * n / rate + 0.5);
        bin = bin > before ? bin : before + 1;
        bands->edges[i] = bin < n / 2 ? bin : n / 2;
        before = bin;
    }
    for (uint32_t i = 0; i < QM_FLUX_BANDS; i++) {
        const double middle = hz_of(low + (high - low) * (i + 0.5) / QM_FLUX_BANDS);
        while (middle >= GROUP_HZ[bands->group[i]])
            bands->group[i]++;
        bands->in_group[bands->group[i]] += bands->edges[i + 1] > bands->edges[i];
        if (i + 1 < QM_FLUX_BANDS)
            bands->group[i + 1] = bands->group[i];
    }
}

void qm_flux_bands_power(const QmFluxBands *bands, const float *re, const float *im,
                         float power[QM_FLUX_BANDS])
{
    for (uint32_t b = 0; b < QM_FLUX_BANDS; b++) {
        float sum[4] = {0}; /* so that additions need not wait for each other */
        uint32_t k = bands->edges[b];
        const uint32_t end = bands->edges[b + 1];
        for (; k + 4 <= end; k += 4)
            for (uint32_t i = 0; i < 4; i++)
                sum[i] += re[k + i] * re[k + i] + im[k + i] * im[k + i];
        for (; k < end; k++)
            sum[0] += re[k] * re[k] + im[k] * im[k];
        power[b] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
}

void qm_flux_init(QmTempoFlux *flux, double hop_s, const float (*first)[QM_FLUX_BANDS],
                  uint32_t looks)
{
    *flux = (QmTempoFlux){.forget = qm_exp(-hop_s / FORGET_S)};
    for (uint32_t b = 0; b < QM_FLUX_BANDS; b++) {
        for (uint32_t i = 0; i < looks; i++)
            if ((double)first[i][b] > flux->peak[b])
                flux->peak[b] = (double)first[i][b];
        if (flux->peak[b] > flux->loudest)
            flux->loudest = flux->peak[b];
    }
}

/* L of every band. */
static void compress(QmTempoFlux *flux, const float *power, float *level)
{
    flux->loudest *= flux->forget;
    for (uint32_t b = 0; b < QM_FLUX_BANDS; b++)
        if ((double)power[b] > flux->loudest)
            flux->loudest = (double)power[b];
    const double least = LEAST * flux->loudest + SILENCE;
    for (uint32_t b = 0; b < QM_FLUX_BANDS; b++) {
        flux->peak[b] *= flux->forget;
        if ((double)power[b] > flux->peak[b])
            flux->peak[b] = (double)power[b];
        const double reference = flux->peak[b] > least ? flux->peak[b] : least;
        const double white = (double)power[b] / reference;
        level[b] = (float)(qm_ln(1 + COMPRESS * white) / LN_COMPRESS_1);
    }
}

static float highest_around(const float *level, uint32_t b)
{
    float highest = level[b];
    if (b && level[b - 1] > highest)
        highest = level[b - 1];
    if (b + 1 < QM_FLUX_BANDS && level[b + 1] > highest)
        highest = level[b + 1];
    return highest;
}

void qm_flux_look(QmTempoFlux *flux, const QmFluxBands *bands,
                  const float power[QM_FLUX_BANDS], QmFluxLook *look)
{
    float level[QM_FLUX_BANDS], *const before = flux->before[flux->looks];
    double sum[QM_FLUX_GROUPS] = {0};
    compress(flux, power, level);
    for (uint32_t b = 0; b < QM_FLUX_BANDS; b++) {
        const float rise = level[b] - highest_around(before, b);
        if (rise > 0)
            sum[bands->group[b]] += (double)rise;
    }
    for (uint32_t g = 0; g < QM_FLUX_GROUPS; g++) {
        const double mean = bands->in_group[g] ? sum[g] / bands->in_group[g] : 0;
        look->group[g] = (uint8_t)(255 * qm_sqrt(mean) + 0.5);
    }
    memcpy(before, level, sizeof level);
    flux->looks ^= 1;
}
