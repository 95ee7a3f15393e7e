/* The answer of a processor to an impulse, and what is measured of a decay. */
#ifndef QM_TESTS_RESPONSE_H
#define QM_TESTS_RESPONSE_H

#include <stdint.h>

enum { RESPONSE = 48000 * 12 };
typedef struct Response {
    double side[2][RESPONSE];
    uint32_t n; /* frames of it */
    double rate;
} Response;

/* n frames of the answer of processor `name` with these params to an impulse of these
 * heights. */
void respond(Response *r, const char *name, const double *params, double rate, uint32_t n,
             float left, float right);

/* Sum of squares in [from, to). */
double response_energy(const double *x, uint32_t from, uint32_t to);

/* T60 of a side around `hz`: a band-pass of second order, twice; Schroeder's integral
 * (JASA 37, 1965); the line through what lies between -5 and -35 dB (ISO 3382, T30). q:
 * 1.4 is an octave. */
double response_t60(const Response *r, uint32_t side, double hz, double q);

/* Normalised echo density of a side at `at` seconds (Abel, Huang, AES 121, 2006): the
 * part of the samples beyond one standard deviation, within a Hann window of 20 ms, over
 * that of noise. 1 is dense. */
double response_density(const Response *r, uint32_t side, double at);

/* power[k] of the frequencies from + k * step, of a second from `at` seconds on through a
 * Hann window. */
void response_spectrum(const Response *r, uint32_t side, double at, double from,
                       double step, uint32_t count, double *power);

/* Correlation of both sides in [from, to) seconds. */
double response_correlation(const Response *r, double from, double to);

#endif
