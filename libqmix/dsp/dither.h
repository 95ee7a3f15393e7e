/* Triangular (TPDF) dither as a function of where a sample is (D6, R11): the same frame
 * of the same channel gets the same noise in a full render, in a range of it, and for any
 * call sizes.
 *
 *   noise = u1 - u2    in units of the last bit: within (-1, 1), mean 0, variance 1/6
 *
 * u1 and u2 are the upper and lower 24 of the 64 bits drawn for (seed, channel, frame),
 * so the difference is exact in a float. Total error with rounding: 1/4 LSB^2, -96.33
 * dBFS at 16 bits. */
#ifndef QM_DSP_DITHER_H
#define QM_DSP_DITHER_H

#include "base/hash.h"
#include "base/rand.h"

#include <stddef.h>
#include <stdint.h>

/* The key of one channel's noise (0-based). */
static inline uint64_t qm_dither_key(uint64_t seed, uint32_t channel)
{
    return qm_rand_key(seed, qm_hash64_string("dither") + channel);
}

/* Fills noise[n][channels] for absolute frames [frame, frame + n); keys[channels]. */
static inline void qm_dither(const uint64_t *keys, uint32_t channels, int64_t frame,
                             size_t n, float *noise)
{
    for (size_t i = 0; i < n; i++) {
        for (uint32_t c = 0; c < channels; c++) {
            const uint64_t bits = qm_rand_bits(keys[c], (uint64_t)frame + i);
            const int32_t u1 = (int32_t)(bits >> 40), u2 = (int32_t)(bits & 0xffffff);
            *noise++ = (float)(u1 - u2) * 0x1p-24f;
        }
    }
}

#endif
