/* Bands of sound level meters and of hearing, and the power in a band of a spectrum. */
#ifndef QM_ANALYSIS_BANDS_H
#define QM_ANALYSIS_BANDS_H

#include <stdint.h>

enum { QM_THIRDS = 31, QM_BARKS = 24 };

/* The 1/3-octave bands of IEC 61260-1, base ten: the middle of band i is
 * 1000 * 10^((i - 17) / 10) Hz, from 20 Hz (i = 0) to 20 kHz (i = 30). */
double qm_third_middle(uint32_t band);
/* The lower edge of band i, 10^(-1/20) of its middle; that of QM_THIRDS is where the last
 * one ends. */
double qm_third_edge(uint32_t band);
/* What people call it: 31.5, 1250. */
double qm_third_nominal(uint32_t band);

/* Critical-band rate of a frequency, z = 13 atan(0.00076 f) + 3.5 atan((f / 7500)^2)
 * (Zwicker and Terhardt, JASA 68, 1980), and the frequency of a rate from 0 to 24: band b
 * of QM_BARKS is from b to b + 1 Bark. */
double qm_bark(double hz);
double qm_bark_hz(double bark);

/* The power from `from` to `to` Hz in a spectrum of `bins` bins, bin k at k * bin_hz; the
 * last is at half the rate. A bin's power is spread evenly from half a bin below to half
 * a bin above it, and what lies beyond the ends back onto this side of them. */
double qm_band_power(const double *power, uint32_t bins, double bin_hz, double from,
                     double to);

#endif
