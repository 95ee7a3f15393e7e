/* What a stem has in each band of hearing, over time: all that masking needs to know of
 * it, so that the balance of a mix can be tried without looking at the audio again.
 *
 * 50 bytes every 21 ms: 139 kB a minute. */
#ifndef QM_ANALYSIS_BARK_H
#define QM_ANALYSIS_BARK_H

#include "analysis/bands.h"
#include "analysis/feature.h"

#include <string.h>

enum { QM_BARK_CHUNK = 256 };

/* One look: a Hann window of 2048 frames, every 1024 (at 44.1 and 48 kHz). Band b holds
 * what is from b to b + 1 Bark. */
typedef struct QmBarkFrame {
    uint16_t power[QM_BARKS]; /* mean square in a band, as qm_bark_packed has it */
    uint16_t tonality;        /* 0: noise .. 65535: tones (flatness of -60 dB) */
} QmBarkFrame;

typedef struct QmBark {
    double hop_s;  /* frame i is around i * hop_s */
    int64_t count; /* of frames */
    QmList chunks; /* of QmBarkFrame *, QM_BARK_CHUNK frames each */
} QmBark;

extern const QmFeature qm_feature_bark;

/* NULL: behind the end. */
static inline const QmBarkFrame *qm_bark_frame(const QmBark *bark, int64_t index)
{
    if (index < 0 || index >= bark->count)
        return NULL;
    QmBarkFrame *const *const chunks = bark->chunks.items;
    return chunks[index / QM_BARK_CHUNK] + index % QM_BARK_CHUNK;
}

/* A positive float in 16 bits: its exponent and eight bits behind the point, so within
 * 0.2 % (0.009 dB) of it; 0 stays 0. */
static inline uint16_t qm_bark_packed(float power)
{
    uint32_t bits;
    memcpy(&bits, &power, sizeof bits);
    return (uint16_t)((bits + 0x4000) >> 15);
}

static inline float qm_bark_unpacked(uint16_t packed)
{
    const uint32_t bits = (uint32_t)packed << 15;
    float power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

#endif
