/* A signal's two halves that are a quarter of a turn apart, over lanes: as one complex
 * number re + i im, a tone is a pointer that turns one way, its length the level.
 *
 *     re[n] = A0(x)[n]        im[n] = A1(x)[n - 1]
 *
 * A0 and A1 are chains of all-passes (a - z^-2) / (1 - a z^-2): the branches of an
 * elliptic half-band filter, turned by a quarter of the rate. From 0.003 to 0.497 of the
 * rate (144 Hz to 23.9 kHz at 48 kHz) the pointer that turns the wrong way is below
 * -93 dB. Both halves are all-passes of x: levels are kept, phases are not.
 *
 * The a's of a half-band filter of order 25 with a transition 0.006 of the rate wide, by
 * the theta series of its elliptic functions; tests/unit/test_hilbert.c computes them
 * again and measures the response.
 *
 * Source: Ansari, "Elliptic filter design for a class of generalized halfband filters",
 * IEEE Trans. ASSP 33 (1985). */
#ifndef QM_DSP_HILBERT_H
#define QM_DSP_HILBERT_H

#include "dsp/vec.h"

enum { QM_HILBERT_SECTIONS = 12 };

/* In rising order; even ones are of A0, odd ones of A1. */
static const float qm_hilbert_a[QM_HILBERT_SECTIONS] = {
    0.0445633349f, 0.163379757f, 0.321456617f, 0.483013497f, 0.624623556f, 0.737067418f,
    0.820795974f,  0.880730288f, 0.922844311f, 0.952576901f, 0.974391119f, 0.991891852f};

/* What entered each section in the last two frames, and at the end what left it; im waits
 * for one frame more. Zero is rest. */
typedef struct QmHilbert {
    QmVec last[2][2][QM_HILBERT_SECTIONS / 2 + 1], im;
} QmHilbert;

QM_INLINE QmVec qm_hilbert_chain(QmVec (*last)[QM_HILBERT_SECTIONS / 2 + 1],
                                 const uint32_t first, QmVec x)
{
    for (uint32_t k = 0; k < QM_HILBERT_SECTIONS / 2; k++) {
        const QmVec a = qm_vec(qm_hilbert_a[first + 2 * k]);
        const QmVec y = a * (x + last[1][k + 1]) - last[1][k];
        last[1][k] = last[0][k];
        last[0][k] = x;
        x = y;
    }
    last[1][QM_HILBERT_SECTIONS / 2] = last[0][QM_HILBERT_SECTIONS / 2];
    last[0][QM_HILBERT_SECTIONS / 2] = x;
    return x;
}

/* One frame. */
QM_INLINE void qm_hilbert_tick(QmHilbert *s, QmVec x, QmVec *re, QmVec *im)
{
    *re = qm_hilbert_chain(s->last[0], 0, x);
    *im = s->im;
    s->im = qm_hilbert_chain(s->last[1], 1, x);
}

/* Once at each grid line. */
QM_INLINE void qm_hilbert_flush(QmHilbert *s)
{
    QmVec *const all = &s->last[0][0][0];
    for (uint32_t k = 0; k < sizeof *s / sizeof(QmVec); k++)
        all[k] = qm_vec_flush(all[k]);
}

#endif
