/* The discrete Fourier transform of complex floats, the same bits on every machine.
 *
 *     X[k] = sum over i of x[i] exp(-2 pi i k / n)
 *
 * A sequence of n = rows * columns is taken as a matrix: transforms down the columns,
 * a turn of every element, transforms along the rows, and the result comes out in order
 * (Gentleman and Sande 1966; Bailey 1990). Both times eight columns or rows lie side by
 * side in the lanes, so all of it runs at full width and what is worked on stays small.
 * The short transforms are Stockham's, by fours.
 *
 * Two real signals go through at once, as x = a + j b: A[k] = (X[k] + conj X[n-k]) / 2,
 * B[k] = (X[k] - conj X[n-k]) / 2j. The way back is the same function with re and im
 * exchanged, and n times as large. */
#ifndef QM_DSP_FFT_H
#define QM_DSP_FFT_H

#include "base/arena.h"
#include "dsp/isa.h"

enum { QM_FFT_MIN = 64, QM_FFT_MAX = 1 << 20 };

/* Tables for one length; read only, so threads may share them. */
typedef struct QmFft {
    uint32_t n, rows, columns;
    float *turn_re, *turn_im; /* [rows][columns]: exp(-2 pi row column / n) */
    float *row_re, *row_im;   /* [rows]: exp(-2 pi i / rows) */
    float *column_re, *column_im;
} QmFft;

/* `n`: a power of two, QM_FFT_MIN to QM_FFT_MAX. NULL: out of memory. */
QmFft *qm_fft_new(uint32_t n, QmArena *arena);
/* How many floats of work a transform needs. */
size_t qm_fft_work(const QmFft *fft);
/* In place: re[n], im[n]; `work` aligned to 64. `isa`: base or avx2. */
void qm_fft(const QmFft *fft, QmIsa isa, float *re, float *im, float *work);

void qm_fft_base(const QmFft *fft, float *re, float *im, float *work);
void qm_fft_avx2(const QmFft *fft, float *re, float *im, float *work);

#endif
