/* The inner loops of moving audio between strips, gangs and buses. Built once per
 * instruction set, equal in every bit; the plan picks a table.
 *
 * A row is one frame of a gang: QM_LANES floats, left and right of strip s in lanes 2s,
 * 2s+1. */
#ifndef QM_GRAPH_KERNELS_H
#define QM_GRAPH_KERNELS_H

#include "proc/proc.h"

/* One feed of a bus: where a strip's pair begins in its rows, and its gain. */
typedef struct QmFeed {
    const float *rows; /* first row, already offset to the strip's pair of lanes */
    float gain, step; /* gain before the first frame, advanced; what it gains per frame */
} QmFeed;

/* Fader coefficients by lane: out = self * x + cross * swap(x). */
enum { QM_FADER_SELF, QM_FADER_CROSS, QM_FADER_COEFFS };

typedef struct QmKernels {
    /* rows[i] lanes (2s, 2s+1) = pairs[s][i] for QM_GANG strips. */
    void (*interleave)(const float *const pairs[QM_GANG], uint32_t n, QmVec *rows);
    /* One pair of lanes of n rows, to and from planar floats. */
    void (*get_strip)(const QmVec *rows, uint32_t strip, uint32_t n, float *left,
                      float *right);
    void (*put_strip)(QmVec *rows, uint32_t strip, uint32_t n, const float *left,
                      const float *right);
    /* sum[i][2] += the feeds' pairs, one after the other in order, in double (D4). Gain 1
     * without step adds the pair itself. */
    void (*sum)(QmFeed *feeds, uint32_t n_feeds, uint32_t n, double *sum);
    /* Pairs of doubles to pairs of floats. */
    void (*round)(const double *sum, uint32_t n, float *pairs);
    /* out[i] = the fader over in[i]; coeffs advance by step (NULL: stand still). */
    void (*fader)(const QmVec *in, uint32_t n, QmVec *coeffs, const QmVec *step,
                  QmVec *out);
    /* Reads n rows: the largest |x| and the sum of x^2 of every lane so far. */
    void (*meter)(const QmVec *rows, uint32_t n, QmVec *peak, double power[QM_LANES]);
} QmKernels;

extern const QmKernels qm_kernels_base;
extern const QmKernels qm_kernels_avx2; /* x86-64 only */

#endif
