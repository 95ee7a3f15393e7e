/* Elementary functions in plain IEEE arithmetic: the same bits on every machine (D5).
 *
 * Only + - * / sqrt and integer operations, round to nearest, no fused operations, no
 * tables; compile with -ffp-contract=off. Arguments outside a domain are clamped to it,
 * and NaN to its lower end: no function but sqrt returns NaN. Worst errors found in 10^6
 * arguments a function (tests/unit/test_qmath.c measures them against libm), in units of
 * the last place:
 *
 *   exp exp2 db_to_gain  1.2      sin_turns cos_turns  1.6      tanh       3.1
 *   ln log2 log10        0.6      sin cos              2.2      atan atan2 2.2
 *   gain_to_db           0.6      tan                  3.5      one_pole   3.0
 *   pow                  1.3 for results within 2^-64..2^64, 20 at the ends of the range
 *   sqrt                 correctly rounded
 *
 * sin, cos, tan keep that up to 10^9 radians; beyond, their error near a zero grows with
 * the argument. Count in turns where you can. */
#ifndef QM_BASE_QMATH_H
#define QM_BASE_QMATH_H

#include <stdint.h>

#define QM_PI 3.14159265358979323846

/* Domains: exp [-708, 709], exp2 [-1022, 1023], logarithms x > 0 (from 2^-1022 on), sin
 * and cos up to 2^50 turns, pow x > 0 and results within 2^-1022..2^1023. */
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
double qm_atan2(double y, double x); /* signed zeros as in C; atan2(0, 0) is 0 */
double qm_sqrt(double x);            /* IEEE, correctly rounded */

/* 10^(db/20) and back. Gain 0 is -inf in theory, here, as all gains below 1e-20, -400 dB;
 * the way back from there gives 1e-20, not 0. */
double qm_db_to_gain(double db);
double qm_gain_to_db(double gain);
/* 1 - exp(-1 / (seconds * rate)): the one-pole coefficient that reaches 63 % in
 * `seconds`; 1 for zero seconds. */
double qm_one_pole(double seconds, double rate_hz);

#endif
