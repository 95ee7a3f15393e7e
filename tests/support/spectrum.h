/* The spectrum of a test signal, in double, and decibels. */
#ifndef QM_TESTS_SPECTRUM_H
#define QM_TESTS_SPECTRUM_H

#include "dsp/vec.h"

#include <math.h>

enum { SPECTRUM = 1 << 16 }; /* frames that are looked at */

/* power[k], k <= SPECTRUM / 2, of one lane of rows[SPECTRUM]: the mean square of what
 * lies in the bin of k * rate / SPECTRUM, as it is. Whole periods have one line each. */
void spectrum(const QmVec *rows, uint32_t lane, double *power);

/* The frequency of an odd bin near `hz`: its period and that of all its harmonics divides
 * SPECTRUM, and no two harmonics below SPECTRUM times it fold to the same bin. */
double spectrum_tone(double hz, double rate_hz);

/* Level in dB of the line in bin k: 0 for a sine with a peak of one. */
double spectrum_db(const double *power, uint32_t k);

/* The loudest line within bins [1, to] that is no multiple of `tone`: in dB as above. */
double spectrum_alias_db(const double *power, uint32_t tone, uint32_t to);

/* One line, at `turns` a frame, of left l + right r of rows[from, to): the sum of
 * (left l + right r) exp(-2 pi i turns k), k the row. Of whole periods, 2 / (to - from)
 * of it is the amplitude; of an answer to an impulse, it is the response. */
double _Complex spectrum_line(const QmVec *rows, uint32_t from, uint32_t to, double turns,
                              double left, double right);

static inline double db_of(double x) { return 20 * log10(fabs(x) + 1e-300); }
static inline double gain_of(double db) { return pow(10, db / 20); }

/* Mean square within bins [from, to]. */
double spectrum_sum(const double *power, uint32_t from, uint32_t to);

#endif
