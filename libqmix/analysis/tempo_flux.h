/* How much begins, in five registers, from look to look: what beats are found in. */
#ifndef QM_ANALYSIS_TEMPO_FLUX_H
#define QM_ANALYSIS_TEMPO_FLUX_H

#include "analysis/feature.h"

enum {
    QM_FLUX_BANDS = 40,
    QM_FLUX_GROUPS = 5, /* bass, low, middle, high, air */
};

/* Which bins are in which band, and which bands in which group, at one rate. */
typedef struct QmFluxBands {
    uint32_t edges[QM_FLUX_BANDS + 1]; /* band i: bins edges[i] to edges[i + 1] - 1 */
    uint8_t group[QM_FLUX_BANDS];
    uint32_t in_group[QM_FLUX_GROUPS]; /* bands that have any bins */
} QmFluxBands;

typedef struct QmTempoFlux {
    double forget;              /* of the peaks, from look to look */
    double peak[QM_FLUX_BANDS]; /* power of late */
    double loudest;             /* of all bands of late */
    float before[2][QM_FLUX_BANDS];
    uint32_t looks; /* so far, modulo 2 */
} QmTempoFlux;

/* One look: 255 times the root of the flux, 0..1, in each group. */
typedef struct QmFluxLook {
    uint8_t group[QM_FLUX_GROUPS];
} QmFluxLook;

/* For spectra of `n` frames. */
void qm_flux_bands_init(QmFluxBands *bands, double rate, uint32_t n);
void qm_flux_bands_power(const QmFluxBands *bands, const float *re, const float *im,
                         float power[QM_FLUX_BANDS]);

/* `first`: the looks of the first block; their peaks are what it starts from. */
void qm_flux_init(QmTempoFlux *flux, double hop_s, const float (*first)[QM_FLUX_BANDS],
                  uint32_t looks);
void qm_flux_look(QmTempoFlux *flux, const QmFluxBands *bands,
                  const float power[QM_FLUX_BANDS], QmFluxLook *look);

#endif
