/* Eight vectors turned over: what was element i of vector k becomes element k of vector
 * i. Time along the vectors becomes lanes along time and back; nothing is computed. */
#ifndef QM_DSP_TRANSPOSE_H
#define QM_DSP_TRANSPOSE_H

#include "dsp/vec.h"

#if defined(__AVX2__)

QM_INLINE void qm_transpose(QmVec v[QM_LANES])
{
    QmVec a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = __builtin_shufflevector(v[i], v[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        a[i + 1] = __builtin_shufflevector(v[i], v[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int k = 0; k < 2; k++) {
            const QmVec x = a[i + k], y = a[i + k + 2];
            b[i + 2 * k] = __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13);
            b[i + 2 * k + 1] = __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; i++) {
        v[i] = __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        v[i + 4] = __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

#else

typedef float QmQuad __attribute__((vector_size(16)));

QM_INLINE void qm_transpose_quad(const QmQuad in[4], QmQuad out[4])
{
    const QmQuad a = __builtin_shufflevector(in[0], in[1], 0, 4, 1, 5);
    const QmQuad b = __builtin_shufflevector(in[0], in[1], 2, 6, 3, 7);
    const QmQuad c = __builtin_shufflevector(in[2], in[3], 0, 4, 1, 5);
    const QmQuad d = __builtin_shufflevector(in[2], in[3], 2, 6, 3, 7);
    out[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    out[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    out[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    out[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

QM_INLINE void qm_transpose(QmVec v[QM_LANES])
{
    QmQuad h[8][2], in[4], out[4];
    memcpy(h, v, sizeof h);
    QmQuad turned[8][2];
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++) {
            for (int j = 0; j < 4; j++)
                in[j] = h[4 * i + j][k];
            qm_transpose_quad(in, out);
            for (int j = 0; j < 4; j++)
                turned[4 * k + j][i] = out[j];
        }
    memcpy(v, turned, sizeof turned);
}

#endif
#endif
