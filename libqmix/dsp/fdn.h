/* A feedback delay network of sixteen lines: the body of a reverb.
 *
 *     x_k[n] = what line k gives, d_k frames late (the first four lines: d_k and a little
 *              more, slowly moving)
 *     y_k    = absorb_k(x_k): two first-order shelves, what is lost in d_k frames
 *     out    = sums of +-y_k: even lines to the left, odd lines to the right
 *     line k <- (H y)_k / 4 + in     H: the Hadamard matrix of order 16, H H' = 16
 *
 * Without absorption the loop would be lossless. With it every path through the network
 * loses 60 dB in the same time, T(f), whatever lines it takes (Jot 1991): |absorb_k(f)|
 * = 10^(-3 d_k / (rate T(f))).
 *
 * Lengths ought to be different primes, so that echoes of different lines seldom meet.
 *
 * The moving taps take the metal out of long tails: each goes up and down by a few
 * frames, at a rate of its own. Their place is a function of a count of frames: straight
 * lines between whole numbers that are 64 frames (a cell) apart, read by a cubic.
 *
 * Every delay is longer than a block of 64 frames. So a block is computed elementwise
 * over time where lines are read, mixed and written, and over lines where the shelves
 * wait for their own last frame, with transpositions in between: no sum and no order
 * depends on where a block begins. Denormals: a cell after one whose output stayed below
 * 1e-25 clears what falls below 1e-30. */
#ifndef QM_DSP_FDN_H
#define QM_DSP_FDN_H

#include "dsp/delay_line.h"
#include "dsp/transpose.h"

#include <stdbool.h>

enum {
    QM_FDN_LINES = 16,
    QM_FDN_MOVING = 4,     /* the first so many lines move */
    QM_FDN_SHORTEST = 80,  /* frames; longer than a block */
    QM_FDN_CELL = 64,      /* frames over which a moving tap goes straight */
    QM_FDN_WHOLE = 22,     /* bits behind the point in a place */
    QM_FDN_FARTHEST = 120, /* frames that a tap may move away */
};

/* The coeffs of the network: sixteen of each, then the depth of movement in frames. A
 * shelf with response (b0 + b1 z) / (1 + a z), z one frame late, keeps c = b1 - a b0:
 * y = b0 x + s, s' = c x - a s. */
enum {
    QM_FDN_LOW = 0,                 /* b0 c a of the low shelf */
    QM_FDN_HIGH = 3 * QM_FDN_LINES, /* b0 c a of the high shelf */
    QM_FDN_DEPTH = 6 * QM_FDN_LINES,
    QM_FDN_COEFFS,
};

/* All lines in one frame, in vectors of the machine's width. */
#if defined(__AVX2__)
typedef QmVec QmFdnRow;
#else
typedef QmQuad QmFdnRow;
#endif
typedef QmFdnRow QmFdnRowU __attribute__((aligned(4))); /* unaligned access */
enum { QM_FDN_ROWS = QM_FDN_LINES * sizeof(float) / sizeof(QmFdnRow) };

typedef struct QmFdn {
    float low[QM_FDN_LINES], high[QM_FDN_LINES]; /* states of the shelves */
    uint32_t at[QM_FDN_LINES];                   /* first float of a line in the items */
    uint32_t delay[QM_FDN_LINES];
    QmRing ring[QM_FDN_LINES];
    uint32_t speed[QM_FDN_MOVING]; /* of the moving taps, 2^-32 turns a cell */
    int32_t from[QM_FDN_MOVING];   /* place at the beginning of the cell */
    int32_t slope[QM_FDN_MOVING];  /* a frame */
    int32_t next[QM_FDN_MOVING];   /* place at its end */
    double depth;                  /* frames to either side, on its way to the coeff */
    uint32_t cell, in_cell;        /* cells begun; frames of this one that are done */
    float peak;                    /* of this cell's output */
    bool quiet;                    /* the cell before was */
} QmFdn;

/* Lays lines of these lengths out; returns the number of floats to keep for them. */
QM_INLINE size_t qm_fdn_init(QmFdn *f, const uint32_t delay[QM_FDN_LINES],
                             const double speed_hz[QM_FDN_MOVING], double rate_hz)
{
    memset(f, 0, sizeof *f);
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
        f->next[k] = place * 64;
        f->slope[k] = place - f->from[k] / 64;
    }
    f->quiet = f->peak < 1e-25f;
    f->peak = 0;
}

/* Where moving line k is `i` frames on in this block; its whole part is how many frames
 * it is away from rest. */
QM_INLINE int32_t qm_fdn_place(const QmFdn *f, uint32_t k, uint32_t i)
{
    return f->from[k] + (int32_t)(f->in_cell + i) * f->slope[k];
}

/* `count` times all lines. */
QM_INLINE void qm_fdn_copy(const float *from, uint32_t count, QmFdnRow *to)
{
    for (uint32_t k = 0; k < count * QM_FDN_ROWS; k++)
        to[k] = ((const QmFdnRowU *)from)[k];
}

/* Hermite's cubic through four neighbours, `t` of the way from c to b. */
QM_INLINE QmVec qm_fdn_between(QmVec a, QmVec b, QmVec c, QmVec d, QmVecI place)
{
    const QmVec t = __builtin_convertvector(place & ((1 << QM_FDN_WHOLE) - 1), QmVec) *
                    qm_vec(1.0f / (1 << QM_FDN_WHOLE));
    const QmVec slope = b - d, bend = c - b;
    const QmVec cubic = a - d + qm_vec(3) * bend;
    const QmVec square = slope + bend + bend + cubic;
    return c + qm_vec(0.5f) * t * (slope + t * (t * cubic - square));
}

/* n frames of moving line k. from[0..3] is what frame 0 reads `away` frames from rest: 2
 * and 1 frames farther, there, and 1 frame nearer. The tap does not come farther away in
 * this block, and at most 1 frame nearer. */
QM_INLINE void qm_fdn_tap(const QmFdn *f, uint32_t k, const float *from, int32_t away,
                          uint32_t n, float *out)
{
    const int32_t slope = f->slope[k];
    const QmVecI run = slope * (QmVecI){0, 1, 2, 3, 4, 5, 6, 7};
    int32_t first = qm_fdn_place(f, k, 0);
    for (uint32_t i = 0; i < n; i += QM_LANES, first += QM_LANES * slope) {
        const QmVecI place = first + run;
        const int32_t whole = first >> QM_FDN_WHOLE;
        QmVec a, b, c, d;
        if (whole == (first + (QM_LANES - 1) * slope) >> QM_FDN_WHOLE) {
            const float *const p = from + i + (away - whole);
            a = qm_vec_load(p);
            b = qm_vec_load(p + 1);
            c = qm_vec_load(p + 2);
            d = qm_vec_load(p + 3);
        } else {
            for (uint32_t j = 0; j < QM_LANES; j++) {
                const float *const p = from + i + j + (away - (place[j] >> QM_FDN_WHOLE));
                a[j] = p[0];
                b[j] = p[1];
                c[j] = p[2];
                d[j] = p[3];
            }
        }
        qm_vec_store(out + i, qm_fdn_between(a, b, c, d, place));
    }
}

/* What the lines lose: n frames. As wide as registers are: neighbours of a frame work
 * while one waits for its own last frame. */
QM_INLINE void qm_fdn_absorb(QmFdn *f, QmFdnRow (*x)[QM_FDN_ROWS], uint32_t n,
                             float *coeffs, const float *step)
{
    QmFdnRow c[6][QM_FDN_ROWS], up[6][QM_FDN_ROWS], s[QM_FDN_ROWS], t[QM_FDN_ROWS];
    qm_fdn_copy(coeffs, 6, &c[0][0]);
    if (step)
        qm_fdn_copy(step, 6, &up[0][0]);
    qm_fdn_copy(f->low, 1, s);
    qm_fdn_copy(f->high, 1, t);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t r = 0; r < QM_FDN_ROWS; r++) {
            if (step)
                for (uint32_t k = 0; k < 6; k++)
                    c[k][r] += up[k][r];
            const QmFdnRow y = c[0][r] * x[i][r] + s[r];
            s[r] = c[1][r] * x[i][r] - c[2][r] * s[r];
            x[i][r] = c[3][r] * y + t[r];
            t[r] = c[4][r] * y - c[5][r] * t[r];
        }
    memcpy(f->low, s, sizeof s);
    memcpy(f->high, t, sizeof t);
    if (step)
        memcpy(coeffs, c, sizeof c);
}

/* The Hadamard matrix of order 4 over vectors `stride` apart. */
QM_INLINE void qm_fdn_mix4(QmVec *x, uint32_t stride)
{
    const QmVec a = x[0] + x[stride], b = x[0] - x[stride];
    const QmVec c = x[2 * stride] + x[3 * stride], d = x[2 * stride] - x[3 * stride];
    x[0] = a + c;
    x[stride] = b + d;
    x[2 * stride] = a - c;
    x[3 * stride] = b - d;
}

/* x <- H x, elementwise over time: the matrix of order 16 is the product of that of
 * order 4 with itself. */
QM_INLINE void qm_fdn_mix(QmVec x[QM_FDN_LINES])
{
    qm_fdn_mix4(x, 1);
    qm_fdn_mix4(x + 4, 1);
    qm_fdn_mix4(x + 8, 1);
    qm_fdn_mix4(x + 12, 1);
    qm_fdn_mix4(x, 4);
    qm_fdn_mix4(x + 1, 4);
    qm_fdn_mix4(x + 2, 4);
    qm_fdn_mix4(x + 3, 4);
}

/* Signs, a bit a line: how a side enters its lines and how it leaves them. Neither is a
 * row of H, or the network would answer from a single line. */
enum { QM_FDN_ENTER = 0x99c6, QM_FDN_LEAVE = 0x88b7 };

/* Eight frames from i on of all lines, over lines. */
QM_INLINE void qm_fdn_gather(const float *const from[QM_FDN_LINES], uint32_t i,
                             QmFdnRow (*frames)[QM_FDN_ROWS])
{
    for (uint32_t h = 0; h < QM_FDN_LINES; h += QM_LANES) {
        QmVec x[QM_LANES];
        for (uint32_t k = 0; k < QM_LANES; k++)
            x[k] = qm_vec_load(from[h + k] + i);
        qm_transpose(x);
        for (uint32_t j = 0; j < QM_LANES; j++)
            qm_vec_store((float *)frames[i + j] + h, x[j]);
    }
}

/* What goes to the sides and back into the lines, frames from `i` on. */
QM_INLINE void qm_fdn_spread(QmFdnRow (*frames)[QM_FDN_ROWS],
                             float *const to[QM_FDN_LINES], uint32_t i, bool quiet,
                             float *const io[2])
{
    QmVec x[QM_FDN_LINES];
    for (uint32_t h = 0; h < QM_FDN_LINES; h += QM_LANES) {
        for (uint32_t j = 0; j < QM_LANES; j++)
            x[h + j] = qm_vec_load((const float *)frames[i + j] + h);
        qm_transpose(x + h);
    }
    const QmVec in[2] = {qm_vec_load(io[0] + i), qm_vec_load(io[1] + i)};
    QmVec out[2] = {0};
    for (uint32_t k = 0; k < QM_FDN_LINES; k++)
        out[k & 1] = QM_FDN_LEAVE >> k & 1 ? out[k & 1] - x[k] : out[k & 1] + x[k];
    qm_vec_store(io[0] + i, out[0]);
    qm_vec_store(io[1] + i, out[1]);
    qm_fdn_mix(x);
    for (uint32_t k = 0; k < QM_FDN_LINES; k++) {
        const QmVec y = QM_FDN_ENTER >> k & 1 ? x[k] - in[k & 1] : x[k] + in[k & 1];
        qm_vec_store(to[k] + i, quiet ? qm_vec_flush(y) : y);
    }
}

/* At the end of a call on the grid (R7). */
QM_INLINE void qm_fdn_flush(QmFdn *f)
{
    for (uint32_t k = 0; k < QM_FDN_LINES; k += QM_LANES) {
        qm_vec_store(f->low + k, qm_vec_flush(qm_vec_load(f->low + k)));
        qm_vec_store(f->high + k, qm_vec_flush(qm_vec_load(f->high + k)));
    }
}

/* Frames that can be done in one block: no more than `n`, not beyond the cell. */
QM_INLINE uint32_t qm_fdn_span(const QmFdn *f, uint32_t n)
{
    const uint32_t left = QM_FDN_CELL - f->in_cell;
    return left < n ? left : n;
}

/* To be called before every block: the beginning of a cell looks where to go. */
QM_INLINE void qm_fdn_begin(QmFdn *f, const float *coeffs)
{
    if (f->in_cell == 0)
        qm_fdn_move(f, coeffs[QM_FDN_DEPTH]);
}

/* The greater of `peak` and n frames of both sides. */
QM_INLINE float qm_fdn_peak(float peak, float *const io[2], uint32_t n)
{
    QmVec most = qm_vec(peak);
    for (uint32_t side = 0; side < 2; side++) {
        uint32_t i = 0;
        for (; i + QM_LANES <= n; i += QM_LANES)
            most = qm_vec_max(qm_vec_abs(qm_vec_load(io[side] + i)), most);
        for (; i < n; i++)
            most = qm_vec_max(qm_vec_abs(qm_vec(io[side][i])), most);
    }
    for (uint32_t k = 0; k < QM_LANES; k++)
        peak = most[k] > peak ? most[k] : peak;
    return peak;
}

/* n frames, within the span, of left and right through the network, in place; both have
 * room for whole vectors. */
QM_INLINE void qm_fdn_block(QmFdn *f, float *items, float *coeffs, const float *step,
                            uint32_t n, float *const io[2])
{
    float moved[QM_FDN_MOVING][QM_RING_BLOCK];
    const float *from[QM_FDN_LINES];
    float *to[QM_FDN_LINES];
    for (uint32_t k = 0; k < QM_FDN_LINES; k++) {
        from[k] = items + f->at[k] + qm_ring_back(&f->ring[k], f->delay[k]);
        to[k] = items + f->at[k] + f->ring[k].at;
    }
    for (uint32_t k = 0; k < QM_FDN_MOVING; k++) {
        const int32_t a = qm_fdn_place(f, k, 0), b = qm_fdn_place(f, k, n - 1);
        const int32_t away = (a > b ? a : b) >> QM_FDN_WHOLE;
        const uint32_t back = f->delay[k] + (uint32_t)away + 2;
        from[k] = items + f->at[k] + qm_ring_back(&f->ring[k], back);
        qm_fdn_tap(f, k, from[k], away, n, moved[k]);
        from[k] = moved[k];
    }
    QmFdnRow frames[QM_RING_BLOCK][QM_FDN_ROWS];
    for (uint32_t i = 0; i < n; i += QM_LANES)
        qm_fdn_gather(from, i, frames);
    if (step)
        qm_fdn_absorb(f, frames, n, coeffs, step);
    else
        qm_fdn_absorb(f, frames, n, coeffs, NULL);
    if (f->quiet)
        for (uint32_t i = 0; i < n; i += QM_LANES)
            qm_fdn_spread(frames, to, i, true, io);
    else
        for (uint32_t i = 0; i < n; i += QM_LANES)
            qm_fdn_spread(frames, to, i, false, io);
    for (uint32_t k = 0; k < QM_FDN_LINES; k++)
        qm_ring_written(&f->ring[k], items + f->at[k], sizeof *items, n);
    f->peak = qm_fdn_peak(f->peak, io, n);
    f->in_cell = (f->in_cell + n) % QM_FDN_CELL;
}

#endif
