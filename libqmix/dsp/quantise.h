/* Floats to the integers of a file and back: the inner loops of reading and writing sound
 * files.
 *
 * A table per instruction set, equal in every bit; qm_pcm_best() gives what this CPU
 * runs. Samples in bytes are little-endian, as WAV has them. All functions work on plain
 * runs of samples, with no regard to channels. */
#ifndef QM_DSP_QUANTISE_H
#define QM_DSP_QUANTISE_H

#include <stddef.h>
#include <stdint.h>

/* What was noticed on the way, added up over calls. */
typedef struct QmPcmStats {
    float peak;          /* largest |x| */
    uint64_t clipped;    /* samples whose integer lay beyond full scale */
    uint64_t not_finite; /* NaN and infinities, taken as 0 */
} QmPcmStats;

enum { QM_PCM_MAX_CALL = 1 << 24 }; /* samples in one call */

typedef struct QmPcm {
    /* out[i] = x[i] * 2^(bits-1) + noise[i], rounded half to even and clamped to full
     * scale. `bits` is 2..24; `noise` is in units of the last bit (dither.h), NULL:
     * none. */
    void (*quantise)(const float *x, const float *noise, size_t n, uint32_t bits,
                     int32_t *out, QmPcmStats *stats);
    /* x[i] = 0 where it is not finite or |x[i]| < floor. */
    void (*clean)(float *x, size_t n, float floor, QmPcmStats *stats);
    /* The low 16 or 24 bits of each integer as 2 or 3 bytes. pack24 may write one byte
     * more than 3n. */
    void (*pack16)(const int32_t *in, size_t n, uint8_t *out);
    void (*pack24)(const int32_t *in, size_t n, uint8_t *out);
    /* Back to floats in [-1, 1), exactly. unpack24 reads the byte in front of `in`,
     * whatever it holds. */
    void (*unpack16)(const uint8_t *in, size_t n, float *out);
    void (*unpack24)(const uint8_t *in, size_t n, float *out);
} QmPcm;

const QmPcm *qm_pcm_best(void);

extern const QmPcm qm_pcm_base;
extern const QmPcm qm_pcm_avx2; /* x86-64 only */

#endif
