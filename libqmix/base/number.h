/* Decimal numbers as text, both ways, exact and without a locale (R14).
 *
 * Written numbers are the shortest that read back as the same double; -0 is written 0;
 * NaN and infinities are never written (asserted). Read numbers are correctly rounded. */
#ifndef QM_BASE_NUMBER_H
#define QM_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { QM_NUMBER_TEXT = 32 };

/* Writes the shortest decimal that reads back as `value` ("0.1", "-12.5", "48000",
 * "1e+30"); returns its length. From 1e-4 up to below 1e16 without an exponent. */
size_t qm_number_text(double value, char text[QM_NUMBER_TEXT]);

/* Fixed number of decimals (0..9), half away from zero, for tables people read
 * ("-14.02"). What rounds to zero has no sign. From 1e20 on as qm_number_text. */
size_t qm_fixed_text(double value, int decimals, char text[QM_NUMBER_TEXT]);

/* Reads one whole decimal number ("-1.5", "+2", ".5", "1e3"; nothing else around it).
 * False if it is none, or not finite; "-0" reads as 0. */
bool qm_number_parse(const char *text, double *value);

/* Reads the number that `text` begins with, times 10^`decades`, correctly rounded as a
 * whole. Returns the place after it; NULL if there is none or it is not finite. */
const char *qm_number_scan(const char *text, int decades, double *value);

#endif
