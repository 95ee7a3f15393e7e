/* How much later the one of two recordings is. */
#ifndef QM_ANALYSIS_ALIGN_H
#define QM_ANALYSIS_ALIGN_H

#include "base/arena.h"
#include "dsp/isa.h"

#include <stdbool.h>
#include <stdint.h>

/* Below this correlation there is nothing to align: the deepest null that a delay and a
 * gain could make is 10 log10(1 - 0.5^2) = -1.2 dB. */
#define QM_ALIGNED 0.5

typedef struct QmAlignment {
    bool found;         /* else the rest is 0, but for gain, 1 */
    int64_t delay;      /* frames that B is later than A */
    double correlation; /* -1..1, of A and B so shifted */
    double gain;        /* B times that is closest to A; below 0: turned over */
} QmAlignment;

typedef struct QmAlign QmAlign;

/* Delays up to two seconds are found (above 130 kHz: 262144 frames). NULL: out of
 * memory. */
QmAlign *qm_align_new(double rate, uint32_t channels, QmIsa isa, QmArena *arena);
/* The furthest delay it can find, in frames. */
int64_t qm_align_reach(const QmAlign *align);
/* The next n interleaved frames of both; NULL: that file has ended. */
void qm_align_add(QmAlign *align, const float *a, const float *b, uint32_t n);
/* To be asked once, at the end. */
QmAlignment qm_align_find(QmAlign *align);

#endif
