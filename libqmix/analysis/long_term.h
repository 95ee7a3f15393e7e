/* What is read off the long-term spectrum of a file: the mean power in each bin. */
#ifndef QM_ANALYSIS_LONG_TERM_H
#define QM_ANALYSIS_LONG_TERM_H

#include <stdint.h>

typedef struct QmLongTerm {
    const double *power; /* [bins]: bin k at k * bin_hz, the last at half the rate */
    uint32_t bins;
    double bin_hz;
} QmLongTerm;

/* The power from `from` to `to` Hz. */
double qm_long_term_band(const QmLongTerm *spectrum, double from, double to);

/* Of a spectrum with power from `from` to `to` Hz: the mean frequency, weighted by power;
 * the frequency below which `part` of the power lies; */
double qm_long_term_centroid(const QmLongTerm *spectrum, double from, double to);
double qm_long_term_rolloff(const QmLongTerm *spectrum, double from, double to,
                            double part);
/* geometric over arithmetic mean of the power in bins, 1e-12 where all of it is in one.
 */
double qm_long_term_flatness(const QmLongTerm *spectrum, double from, double to);

/* The frequency where the spectrum breaks off as behind a codec or a rate converter; 0:
 * it does not. */
double qm_long_term_edge(const QmLongTerm *spectrum);

#endif
