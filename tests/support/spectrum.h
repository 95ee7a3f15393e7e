/* The spectrum of a test signal, in double. */
#ifndef QM_TESTS_SPECTRUM_H
#define QM_TESTS_SPECTRUM_H

#include "dsp/vec.h"

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

/* Mean square within bins [from, to]. */
double spectrum_sum(const double *power, uint32_t from, uint32_t to);

#endif
