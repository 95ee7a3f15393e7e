/* A feedback delay network of sixteen lines: the body of a reverb.
 *
 *     x_k[n] = what line k gives, read d_k frames back (the first eight lines: d_k and a little
 *              more, slowly moving)
 *     y_k    = absorb_k(x_k)         two first-order shelves: what line k loses in d_k frames
 *     out    = sums of +-y_k         even lines to the left, odd lines to the right
 *     line k <- (H y)_k / 4 + in     H: the Hadamard matrix of order 16, H H' = 16
 *
 * Without absorption the loop would be lossless. With it every path through the network loses
 * 60 dB in the same time, T(f), whatever lines it takes (Jot 1991):
 * |absorb_k(f)| = 10^(-3 d_k / (rate T(f))).
 *
 * Lengths are primes in geometric series, so that echoes of different lines seldom meet.
 *
 * The moving taps take the metal out of long tails: each goes up and down by a few frames, a
 * different rate each. Their place is a function of a count of frames: straight lines between
 * whole numbers that are 64 frames apart, read by a cubic.
 *
 * Time is cut into tiles of eight frames that are shorter than every delay: elementwise over
 * time where lines are read, mixed and written; over lines where the shelves wait for
 * their own last frame; a transposition in between. */
#ifndef QM_DSP_FDN_H
#define QM_DSP_FDN_H

#include "dsp/delay_line.h"
#include "dsp/transpose.h"

enum {
    QM_FDN_LINES = 16,
    QM_FDN_MOVING = 8,     /* the first so many lines move */
    QM_FDN_SHORTEST = 80,  /* frames; a tile is read long before it is written */
    QM_FDN_CELL = 64,      /* frames over which a moving tap goes straight */
    QM_FDN_WHOLE = 22,     /* bits behind the point in a place */
    QM_FDN_FARTHEST = 120, /* frames that a tap may move away */
};

/* The coeffs of the network: sixteen of each, then the depth of movement in frames. */
enum {
    QM_FDN_LOW = 0,                 /* b0 b1 a1 of the low shelf */
    QM_FDN_HIGH = 3 * QM_FDN_LINES, /* b0 b1 a1 of the high shelf */
    QM_FDN_DEPTH = 6 * QM_FDN_LINES,
    QM_FDN_COEFFS,
};

typedef struct QmFdn {
    QmVec state[2][2];         /* of the shelves, eight lines each */
    uint32_t at[QM_FDN_LINES]; /* first float of a line in the items */
    uint32_t delay[QM_FDN_LINES];
    QmRing ring[QM_FDN_LINES];
    uint32_t speed[QM_FDN_MOVING]; /* of the moving taps, 2^-32 turns a cell */
    int32_t from[QM_FDN_MOVING];   /* place at the beginning of the cell */
    int32_t slope[QM_FDN_MOVING];  /* a frame */
    int32_t next[QM_FDN_MOVING];   /* place at its end */
    double depth;                  /* frames to either side, on its way to the coeff */
    uint32_t cell, in_cell;        /* cells begun; frames of this one that are done */
} QmFdn;

/* Lays lines of these lengths out; returns the number of floats to keep for them. */
QM_INLINE size_t qm_fdn_init(QmFdn *f, const uint32_t delay[QM_FDN_LINES],
                             const double speed_hz[QM_FDN_MOVING], double rate_hz)
{
    *f = (QmFdn){.cell = 0};
    size_t used = 0;
    for (uint32_t k = 0; k < QM_FDN_LINES; k++) {
        f->delay[k] = delay[k];
        f->ring[k] = qm_ring(delay[k] + (k < QM_FDN_MOVING ? QM_FDN_FARTHEST + 4 : 0));
        f->at[k] = (uint32_t)used;
        used += qm_ring_items(&f->ring[k]);
    }
    for (uint32_t k = 0; k < QM_FDN_MOVING; k++)
        f->speed[k] = (uint32_t)(speed_hz[k] * QM_FDN_CELL / rate_hz * 0x1p32);
    return used;
}

/* Where the taps go in the next cell. A parabola stands for the sine. */
QM_INLINE void qm_fdn_move(QmFdn *f, float depth)
{
    double d = (depth < QM_FDN_FARTHEST / 2 ? depth : QM_FDN_FARTHEST / 2) - f->depth;
    d = d > 0.25 ? 0.25 : d < -0.25 ? -0.25 : d;
    f->depth += d;
    f->cell++;
    for (uint32_t k = 0; k < QM_FDN_MOVING; k++) {
        const uint32_t phase = f->cell * f->speed[k] + k * 0x9e3779b9u;
        const double x = (int32_t)phase * 0x1p-31;
        const double sine = 4 * x * (1 - (x < 0 ? -x : x));
        const int32_t place = (int32_t)((1 + sine) * f->depth * 0x1p16);
        f->from[k] = f->next[k];
        f->next[k] = place << 6;
        f->slope[k] = place - (f->from[k] >> 6);
    }
}

/* Eight frames of a moving line, from frame `i` of the block on. Hermite's cubic. */
QM_INLINE QmVec qm_fdn_tap(const QmFdn *f, const float *items, uint32_t k, uint32_t i)
{
    const int32_t first = f->from[k] + (int32_t)(f->in_cell + i) * f->slope[k];
    const QmVecI place = first + (QmVecI){0, 1, 2, 3, 4, 5, 6, 7} * f->slope[k];
    const QmVecI whole = place >> QM_FDN_WHOLE;
    const float *const line = items + f->at[k];
    const uint32_t far = f->delay[k] + 2 - i;
    QmVec a, b, c, d; /* 2 and 1 frames farther, here, 1 frame nearer */
    if (whole[0] == whole[7]) {
        const float *const p = line + qm_ring_back(&f->ring[k], far + (uint32_t)whole[0]);
        a = qm_vec_load(p);
        b = qm_vec_load(p + 1);
        c = qm_vec_load(p + 2);
        d = qm_vec_load(p + 3);
    } else {
        for (int j = 0; j < QM_LANES; j++) {
            const float *const p =
                line + qm_ring_back(&f->ring[k], far + (uint32_t)whole[j]) + j;
            a[j] = p[0];
            b[j] = p[1];
            c[j] = p[2];
            d[j] = p[3];
        }
    }
    const QmVec t = __builtin_convertvector(place & ((1 << QM_FDN_WHOLE) - 1), QmVec) *
                    qm_vec(1.0f / (1 << QM_FDN_WHOLE));
    const QmVec slope = b - d, bend = c - b;
    const QmVec cubic = a - d + qm_vec(3) * bend;
    const QmVec square = qm_vec(0) - slope - bend - bend - cubic;
    return c + qm_vec(0.5f) * t * (slope + t * (square + t * cubic));
}

/* What the lines lose: eight lines, `n` frames. `coeffs` at line 0 or 8. */
QM_INLINE void qm_fdn_absorb(QmVec *x, uint32_t n, QmVec *low, QmVec *high, float *coeffs,
                             const float *step)
{
    enum { L = QM_FDN_LINES };
    QmVec c[6];
    for (uint32_t k = 0; k < 6; k++)
        c[k] = qm_vec_load(coeffs + k * L);
    QmVec s = *low, t = *high;
    for (uint32_t i = 0; i < n; i++) {
        if (step)
            for (uint32_t k = 0; k < 6; k++)
                c[k] += qm_vec_load(step + k * L);
        const QmVec y = c[0] * x[i] + s;
        s = c[1] * x[i] - c[2] * y;
        const QmVec z = c[3] * y + t;
        t = c[4] * y - c[5] * z;
        x[i] = z;
    }
    *low = s;
    *high = t;
    if (step)
        for (uint32_t k = 0; k < 6; k++)
            qm_vec_store(coeffs + k * L, c[k]);
}

/* x <- H x, elementwise over time. */
QM_INLINE void qm_fdn_mix(QmVec x[QM_FDN_LINES])
{
    for (uint32_t h = 1; h < QM_FDN_LINES; h *= 2)
        for (uint32_t k = 0; k < QM_FDN_LINES; k++)
            if (!(k & h)) {
                const QmVec a = x[k], b = x[k + h];
                x[k] = a + b;
                x[k + h] = a - b;
            }
}

/* Signs, a bit a line: how a side enters its lines and how it leaves them. Neither is a row of
 * H, or the network would answer from a single line. */
enum { QM_FDN_ENTER = 0x3c96, QM_FDN_LEAVE = 0x5c36 };

/* Frames [i, i + count) of a block, count <= 8. */
QM_INLINE void qm_fdn_tile(QmFdn *f, float *items, float *coeffs, const float *step,
                           uint32_t i, uint32_t count, float *left, float *right)
{
    QmVec x[QM_FDN_LINES];
    for (uint32_t k = 0; k < QM_FDN_LINES; k++)
        x[k] = k < QM_FDN_MOVING ? qm_fdn_tap(f, items, k, i)
                                 : qm_vec_load(items + f->at[k] + i +
                                               qm_ring_back(&f->ring[k], f->delay[k]));
    for (uint32_t h = 0; h < 2; h++) {
        qm_transpose(x + 8 * h);
        qm_fdn_absorb(x + 8 * h, count, &f->state[0][h], &f->state[1][h], coeffs + 8 * h,
                      step ? step + 8 * h : NULL);
        qm_transpose(x + 8 * h);
    }
    const QmVec in[2] = {qm_vec_load(left + i), qm_vec_load(right + i)};
    QmVec out[2] = {0};
    for (uint32_t k = 0; k < QM_FDN_LINES; k++)
        out[k & 1] = QM_FDN_LEAVE >> k & 1 ? out[k & 1] - x[k] : out[k & 1] + x[k];
    qm_vec_store(left + i, out[0]);
    qm_vec_store(right + i, out[1]);
    qm_fdn_mix(x);
    for (uint32_t k = 0; k < QM_FDN_LINES; k++) {
        const QmVec y = QM_FDN_ENTER >> k & 1 ? x[k] - in[k & 1] : x[k] + in[k & 1];
        qm_vec_store(items + f->at[k] + f->ring[k].at + i, qm_vec_flush(y));
    }
}

/* Frames that can be done in one block: no more than `n`, not beyond the cell. */
QM_INLINE uint32_t qm_fdn_span(const QmFdn *f, uint32_t n)
{
    const uint32_t left = QM_FDN_CELL - f->in_cell;
    return left < n ? left : n;
}

/* n frames, within the span, of left and right through the network, in place; both have
 * room for whole vectors. */
QM_INLINE void qm_fdn_block(QmFdn *f, float *items, float *coeffs, const float *step,
                            uint32_t n, float *left, float *right)
{
    if (f->in_cell == 0)
        qm_fdn_move(f, coeffs[QM_FDN_DEPTH]);
    uint32_t i = 0;
    if (!step)
        for (; i + QM_LANES <= n; i += QM_LANES)
            qm_fdn_tile(f, items, coeffs, NULL, i, QM_LANES, left, right);
    for (; i < n; i += QM_LANES)
        qm_fdn_tile(f, items, coeffs, step, i, n - i < QM_LANES ? n - i : QM_LANES, left,
                    right);
    for (uint32_t k = 0; k < QM_FDN_LINES; k++)
        qm_ring_written(&f->ring[k], items + f->at[k], sizeof *items, n);
    f->in_cell = (f->in_cell + n) % QM_FDN_CELL;
}

#endif
