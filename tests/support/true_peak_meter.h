/* A true-peak meter to hold a limiter against: slow, in double, made in another way than
 * anything in the library. */
#ifndef QM_TESTS_TRUE_PEAK_METER_H
#define QM_TESTS_TRUE_PEAK_METER_H

#include "dsp/vec.h"

enum { METER_MOST_SIDE = 128 };

/* The greatest magnitude of one lane of rows[n] and between: 16 points a frame by a sinc
 * of `side` zero crossings to a side under a Hann window, silence before and after. That
 * reads within 0.042 dB below what is there (BS.1770-5, annex 2, for 16 points). */
double true_peak_16x(const QmVec *rows, uint32_t n, uint32_t lane, uint32_t side);

#endif
