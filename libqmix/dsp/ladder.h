/* The transistor ladder: four one-poles in a row, the end of which is taken back to the
 * input, through a curve that bounds it.
 *
 *     u = sigmoid(x - k y4),   y1..y4 = one-poles of u,   sigmoid(v) = v / sqrt(1 + v^2)
 *
 * One-poles are trapezoidal, with G = g / (1 + g): y = G u + (1 - G) s, s' = 2 y - s. The
 * loop has no delay: y4 = G^4 u + S, where S is what the states give, so that the linear
 * loop is solved by one division; the curve bends what comes out of that (the "cheap"
 * way, V. Zavalishin, "The Art of VA Filter Design", 6). Its small signals are exactly
 * linear: 1 / ((1 + s)^4 + k), the Moog filter's; at k = 4 it rings for ever, above it
 * starts by itself as soon as anything comes in, and as |u| < 1 it stays bounded. */
#ifndef QM_DSP_LADDER_H
#define QM_DSP_LADDER_H

#include "dsp/vec.h"

enum { QM_LADDER_TAPS = 5 }; /* u, y1..y4 */

typedef struct QmLadder {
    QmVec s[4];
} QmLadder;

/* What a cutoff and a feedback come to. */
typedef struct QmLadderCoeffs {
    QmVec power[5];        /* of G */
    QmVec feedback, solve; /* k, 1 / (1 + k G^4) */
} QmLadderCoeffs;

QM_INLINE QmLadderCoeffs qm_ladder_coeffs(QmVec sine, QmVec cosine, QmVec feedback)
{
    const QmVec one = qm_vec(1), g = sine / (sine + cosine), gg = g * g;
    const QmVec solve = one / (one + feedback * (gg * gg));
    return (QmLadderCoeffs){{one, g, gg, gg * g, gg * gg}, feedback, solve};
}

/* One frame; leaves the taps. y[k] = G^k u + rest[k], s' = 2 y - s: what does not need u
 * is done while the curve is computed. */
QM_INLINE void qm_ladder_tick(QmLadder *l, const QmLadderCoeffs *c, QmVec x,
                              QmVec taps[QM_LADDER_TAPS])
{
    const QmVec *const p = c->power, one = qm_vec(1), leak = one - p[1];
    QmVec rest[5] = {{0}}, own[5] = {{0}};
    for (uint32_t k = 1; k < 5; k++)
        own[k] = leak * l->s[k - 1];
    const QmVec end = (p[3] * own[1] + p[2] * own[2]) + (p[1] * own[3] + own[4]);
    const QmVec u = (x - c->feedback * end) * c->solve;
    for (uint32_t k = 1; k < 4; k++)
        rest[k] = p[1] * rest[k - 1] + own[k];
    rest[4] = end;
    taps[0] = u / qm_vec_sqrt(one + u * u);
    for (uint32_t k = 1; k < 5; k++) {
        taps[k] = p[k] * taps[0] + rest[k];
        l->s[k - 1] = (taps[k] - l->s[k - 1]) + taps[k];
    }
}

/* On the grid. Low cutoffs multiply states by G three times over: what is below 10^-18
 * is taken for nothing, before that makes denormals. */
QM_INLINE void qm_ladder_flush(QmLadder *l)
{
    for (uint32_t k = 0; k < 4; k++)
        l->s[k] = qm_vec_flush(l->s[k] * qm_vec(0x1p-40f)) * qm_vec(0x1p40f);
}

#endif
