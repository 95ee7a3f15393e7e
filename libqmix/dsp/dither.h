/* Triangular (TPDF) dither as a function of where a sample is (D6, R11): the same frame
 * of the same channel gets the same noise in a full render, in a range of it, and for any
 * call sizes.
 *
 *   noise = u1 - u2    in units of the last bit: within (-1, 1), mean 0, variance 1/6
 *
 * u1 and u2 are the upper and lower 24 of the 64 bits drawn for (seed, channel, frame),
 * so the difference is exact in a float. Total error with rounding: 1/4 LSB^2, -96.33
 * dBFS at 16 bits.
 *
 * Noise shaping hands the error of the last five frames back to the input,
 *
 *     v = x - sum of c[k] e[n - 1 - k]      y = round(v + noise)      e = y - v
 *
 * so that y - x is e, which is white and 1/4 LSB^2, through 1 - sum of c[k] z^(-1 - k):
 * 15 to 27 dB less up to 5 kHz and 6 dB less at 12 kHz, where the ear is keen, up to 19
 * dB more above 14 kHz, 12.2 dB more in all (44.1 kHz). The taps are an equal-loudness
 * curve upside down, made for 44.1 kHz; at 48 kHz the curve is a tenth too high and still
 * serves, elsewhere it does not.
 *
 * Sources: Lipshitz, Wannamaker, Vanderkooy, "Quantization and dither" (JAES 1992) for
 * the dither; the same with Wright, "Minimally audible noise shaping" (JAES 1991) for
 * the taps. */
#ifndef QM_DSP_DITHER_H
#define QM_DSP_DITHER_H

#include "base/hash.h"
#include "base/rand.h"
#include "dsp/vec.h"

#include <stdbool.h>
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

enum { QM_SHAPE_TAPS = 5 };
static const float qm_shape_taps[QM_SHAPE_TAPS] = {2.033f, -2.165f, 1.959f, -1.590f,
                                                   0.6149f};

/* Whether the taps mean something at this rate. */
static inline bool qm_shape_defined(double rate_hz)
{
    return rate_hz == 44100 || rate_hz == 48000;
}

/* The errors of eight channels, newest first. Zero is rest. */
typedef struct QmShape {
    QmVec error[QM_SHAPE_TAPS];
} QmShape;

/* x and noise in units of the last bit; gives whole numbers, however large. */
QM_INLINE QmVec qm_shape_tick(QmShape *s, const QmVec taps[QM_SHAPE_TAPS], QmVec x,
                              QmVec noise)
{
    QmVec *const e = s->error;
    const QmVec older = (taps[4] * e[4] + taps[3] * e[3]) + taps[2] * e[2];
    const QmVec v = ((x - older) - taps[1] * e[1]) - taps[0] * e[0];
    const QmVec y = qm_vec_round(v + noise);
    e[4] = e[3];
    e[3] = e[2];
    e[2] = e[1];
    e[1] = e[0];
    e[0] = y - v;
    return y;
}

/* Dither sleeps where nothing is played: silence is to stay silence. `left` counts the
 * frames since a strip's last sample that was not 0, from `hold` down; the mask is all
 * ones while it runs. */
QM_INLINE QmVecI qm_dither_awake(QmVecI *left, QmVec x, int32_t hold)
{
    const QmVec size = qm_vec_abs(x);
    const QmVecI sounds = qm_vec_less(qm_vec(0), size + qm_vec_swap(size));
    const QmVecI less = *left + (-*left >> 31);
    *left = (sounds & qm_veci(hold)) | (~sounds & less);
    return -*left >> 31;
}

/* How long it stays awake: a pause within music is no silence. */
#define QM_DITHER_AWAKE_S 0.5

/* Noise of n frames of eight lanes, left and right of four strips. */
static inline void qm_dither_rows(const uint64_t seeds[QM_LANES / 2], int64_t frame,
                                  uint32_t n, QmVec *rows)
{
    uint64_t keys[QM_LANES];
    for (uint32_t lane = 0; lane < QM_LANES; lane++)
        keys[lane] = qm_dither_key(seeds[lane / 2], lane % 2);
    qm_dither(keys, QM_LANES, frame, n, (float *)rows);
}

#endif
