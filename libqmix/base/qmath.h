/* Elementary functions in plain IEEE arithmetic: the same bits on every machine (D5).
 *
 * Only + - * / sqrt and integer operations, round to nearest, no fused operations, no
 * tables, no branches on data; compile with -ffp-contract=off. Arguments outside a domain
 * are clamped to it. docs/DETERMINISM.md states the accuracy; tests/unit/test_qmath.c
 * measures it against libm. */
#ifndef QM_BASE_QMATH_H
#define QM_BASE_QMATH_H

#include <stdint.h>

#define QM_PI 3.14159265358979323846

/* Double. Domains: exp [-708, 709], exp2 [-1022, 1023], log* x > 0 (smaller: 2^-1022),
 * sin/cos |x| < 2^50 turns, pow x > 0. */
double qm_exp(double x);
double qm_exp2(double x);
double qm_ln(double x);
double qm_log2(double x);
double qm_log10(double x);
double qm_pow(double x, double y);
double qm_sin(double radians);
double qm_cos(double radians);
double qm_tan(double radians);
double qm_sin_turns(double turns); /* sin(2 pi x), exact argument reduction */
double qm_cos_turns(double turns);
double qm_tanh(double x);
double qm_atan(double x);
double qm_atan2(double y, double x);
double qm_sqrt(double x); /* IEEE, correctly rounded */

/* 10^(db/20) and back; gain 0 is -inf in theory, here the floor of -400 dB. */
double qm_db_to_gain(double db);
double qm_gain_to_db(double gain);
/* 1 - exp(-1 / (seconds * rate)): the one-pole coefficient that reaches 63 % in
 * `seconds`; 1 for zero seconds. */
double qm_one_pole(double seconds, double rate_hz);

#endif
