/* Elementary functions that every machine computes alike.
 *
 * A fused multiply-add, a table, a libm or a reordered sum would each change last bits
 * from one machine to the next; here are only + - * / and sqrt, in the order in which
 * they are written. Three cores do the work:
 *
 *   2^f - 1      = f ln 2 + f^2 P(f)                             |f| <= 1/2
 *   log2(m)      = s 2/ln 2 + s^3 Q(s^2), s = (m - 1)/(m + 1)    m in [0.707, 1.414]
 *   sin(2 pi q)  = q 2 pi + q^3 S(q^2),
 *   cos(2 pi q)  = 1 + q^2 C(q^2)                                |q| <= 1/8
 *
 * and atan stands by itself. The rest is a change of base. A factor such as 1/ln 2
 * rounded to 53 bits would lose as many bits as the result of exp has before its point,
 * so factors and logarithms are unevaluated sums hi + lo of two doubles, and products
 * with them keep their rounding error (Dekker 1971, Veltkamp's splitting).
 *
 * P, Q, S, C and the atan polynomial are least-maximum-error fits (Remez, coefficients
 * rounded within the fit); each keeps below 2^-54 of its function.
 *
 * Adding and taking away 1.5 * 2^52 rounds to an integer, which then also stands in the
 * low bits of the sum. Clamps are written so that NaN becomes the lower bound. */
#include "base/qmath.h"

#include <string.h>

#if defined(__FAST_MATH__)
#error "qmath needs IEEE arithmetic: no -ffast-math"
#endif
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0
#error "qmath needs doubles computed as doubles: no x87"
#endif

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* hi + lo, not evaluated; |lo| is at most an ulp or so of hi. */
typedef struct Sum {
    double hi, lo;
} Sum;

static const Sum LN_2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
static const Sum LOG2_E = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
static const Sum TWO_LOG2_E = {0x1.71547652b82fep+1, 0x1.777d0ffda0d24p-55};
static const Sum LOG10_2 = {0x1.34413509f79ffp-2, -0x1.9dc1da994fd21p-59};
static const Sum DB_PER_OCTAVE = {0x1.8151824c7587fp+2, -0x1.40a64a27f478dp-52};
static const Sum OCTAVES_PER_DB = {0x1.542a5a12e1c5bp-3, -0x1.33e2bb36cd142p-57};
static const Sum TURNS_PER_RADIAN = {0x1.45f306dc9c883p-3, -0x1.6b01ec5417056p-57};
static const Sum TWO_PI = {0x1.921fb54442d18p+2, 0x1.1a62633145c07p-52};
static const Sum HALF_PI = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

static const double ROUNDER = 0x1.8p52;

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double absolute(double x) { return from_bits(bits_of(x) & 0x7fffffffffffffff); }

static double with_sign_of(double magnitude, double sign)
{
    return from_bits(bits_of(magnitude) | (bits_of(sign) & 0x8000000000000000));
}

static double clamp(double x, double low, double high)
{
    const double raised = x > low ? x : low;
    return raised < high ? raised : high;
}

/* c[0] + c[1] x + c[2] x^2 + ... */
static double polynomial(const double *c, int count, double x)
{
    double sum = c[count - 1];
    for (int i = count - 2; i >= 0; i--) {
        sum = sum * x + c[i];
    }
    return sum;
}

/* The upper 26 bits of a double, so that products of halves are exact. */
static double upper_half(double x)
{
    const double shifted = x * 134217729.0; /* 2^27 + 1 */
    return shifted - (shifted - x);
}

/* a * b without error. */
static Sum product(double a, double b)
{
    const double a_hi = upper_half(a), a_lo = a - a_hi;
    const double b_hi = upper_half(b), b_lo = b - b_hi;
    const double p = a * b;
    const double error = ((a_hi * b_hi - p) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo;
    return (Sum){p, error};
}

static Sum scale(Sum a, double b)
{
    const Sum p = product(a.hi, b);
    return (Sum){p.hi, p.lo + a.lo * b};
}

static double scaled(Sum a, Sum b)
{
    const Sum p = product(a.hi, b.hi);
    return p.hi + (p.lo + (a.hi * b.lo + a.lo * b.hi));
}

/* ---- powers ---- */

/* (2^k, 2^f - 1) with x = k + f, k an integer, |f| <= 1/2. */
typedef struct Power {
    double whole, rest;
} Power;

static Power power_of_two(Sum x)
{
    static const double P[] = {
        0x1.ebfbdff82c59p-3,   0x1.c6b08d704a0c3p-5,  0x1.3b2ab6fba39cap-7,
        0x1.5d87fe78a48a3p-10, 0x1.4309130326acep-13, 0x1.ffcbfc6b97492p-17,
        0x1.62bfe53a9b461p-20, 0x1.b524eea0bc98p-24,  0x1.e5e872b2ced6fp-28,
        0x1.e9ea00e31067p-32,
    };
    const double hi = clamp(x.hi, -1022.0, 1023.0);
    const double rounded = hi + ROUNDER;
    const double f = (hi - (rounded - ROUNDER)) + (hi == x.hi ? x.lo : 0.0);
    const double rest = f * LN_2.hi + f * (LN_2.lo + f * polynomial(P, COUNT(P), f));
    return (Power){from_bits((bits_of(rounded) + 1023) << 52), rest};
}

static double exp2_of(Sum x)
{
    const Power p = power_of_two(x);
    return p.whole * (1.0 + p.rest);
}

/* 2^x - 1, accurate near 0 as well. */
static double exp2_minus_1(Sum x)
{
    const Power p = power_of_two(x);
    return (p.whole - 1.0) + p.whole * p.rest;
}

double qm_exp2(double x) { return exp2_of((Sum){x, 0.0}); }

double qm_exp(double x) { return exp2_of(scale(LOG2_E, clamp(x, -708.0, 709.0))); }

double qm_db_to_gain(double db)
{
    return exp2_of(scale(OCTAVES_PER_DB, clamp(db, -6000.0, 6000.0)));
}

double qm_one_pole(double seconds, double rate_hz)
{
    const double frames = seconds * rate_hz;
    const double exponent = frames > 0.0 ? -1.0 / frames : -708.0;
    return 0.0 - exp2_minus_1(scale(LOG2_E, clamp(exponent, -708.0, 0.0)));
}

/* tanh(a) = (e^2a - 1) / (e^2a + 1); from 22 on it rounds to 1. */
double qm_tanh(double x)
{
    const double a = clamp(absolute(x), 0.0, 22.0);
    const double e = exp2_minus_1(scale(TWO_LOG2_E, a));
    return with_sign_of(e / (e + 2.0), x);
}

/* ---- logarithms ---- */

/* c / (c + 2) for c = m - 1, as a sum: quotient and remainder of one long division. */
static Sum log_argument(double m)
{
    const double c = m - 1.0; /* exact */
    const double d = m + 1.0;
    const double d_lo = m - (d - 1.0);
    const double s = c / d;
    const Sum back = product(s, d);
    return (Sum){s, ((c - back.hi) - back.lo - s * d_lo) / d};
}

static Sum log2_of(double x)
{
    static const double Q[] = {
        0x1.ec709dc3a03fdp-1, 0x1.2776c50ef9e92p-1, 0x1.a61762a7246b6p-2,
        0x1.484b143fa6596p-2, 0x1.0c9a5aaf401a4p-2, 0x1.c6a29ba48e75dp-3,
        0x1.876d215fd2dfbp-3, 0x1.8843a80500456p-3,
    };
    const uint64_t bits = bits_of(clamp(x, 0x1p-1022, 0x1.fffffffffffffp1023));
    /* Moving the exponent's step from 1 to sqrt(2) splits x = m * 2^e around m = 1. */
    const uint64_t moved = bits - 0x3fe6a09e00000000;
    const double m = from_bits(bits - (moved & 0xfff0000000000000));
    const double e = (double)((int)((moved >> 52) ^ 0x800) - 0x800); /* 12-bit signed */

    const Sum s = log_argument(m);
    const double z = s.hi * s.hi;
    const Sum head = scale(TWO_LOG2_E, s.hi);
    const double tail = TWO_LOG2_E.hi * s.lo + s.hi * z * polynomial(Q, COUNT(Q), z);
    const double hi = e + head.hi; /* |e| >= |head.hi|, or e is 0: the rest is exact */
    const double lo = ((e - hi) + head.hi) + (head.lo + tail);
    return (Sum){hi + lo, (hi - (hi + lo)) + lo};
}

double qm_log2(double x) { return log2_of(x).hi; }

double qm_ln(double x) { return scaled(log2_of(x), LN_2); }

double qm_log10(double x) { return scaled(log2_of(x), LOG10_2); }

double qm_gain_to_db(double gain)
{
    return clamp(scaled(log2_of(gain), DB_PER_OCTAVE), -400.0, 6200.0);
}

double qm_pow(double x, double y)
{
    return exp2_of(scale(log2_of(x), clamp(y, -0x1p60, 0x1p60)));
}

/* ---- circles ---- */

static double sine_core(double q)
{
    static const double S[] = {
        -0x1.4abbce625be53p5,  0x1.466bc6775abc6p6,  -0x1.32d2cce6483b3p6,
        0x1.507834b834908p5,   -0x1.e3079f3606d3dp3, 0x1.e931df8aa50c1p1,
        -0x1.80f9dfbfd3d18p-1,
    };
    const double z = q * q;
    return q * TWO_PI.hi + q * (TWO_PI.lo + z * polynomial(S, COUNT(S), z));
}

static double cosine_core(double q)
{
    static const double C[] = {
        -0x1.3bd3cc9be45dep4, 0x1.03c1f081b5a23p6,  -0x1.55d3c7e3b7785p6,
        0x1.e1f50664cd653p5,  -0x1.a6d1d2d6fa55dp4, 0x1.f9b7a5bf41d31p2,
        -0x1.ac07ecb7fc3a8p0,
    };
    const double z = q * q;
    return 1.0 + z * polynomial(C, COUNT(C), z);
}

/* The sine of `turns` and `quarters` more. Whole turns, then quarters are taken away,
 * without error, so that a result near 0 is as accurate as any. */
static double sine(Sum turns, int quarters)
{
    const double hi = clamp(turns.hi, -0x1p50, 0x1p50);
    const double part = hi - ((hi + ROUNDER) - ROUNDER);     /* [-1/2, 1/2] */
    const double quarter = (4.0 * part + ROUNDER) - ROUNDER; /* -2..2 */
    const double q = (part - 0.25 * quarter) + turns.lo;
    const int quadrant = ((int)quarter + quarters) & 3;
    const double value = quadrant & 1 ? cosine_core(q) : sine_core(q);
    return quadrant & 2 ? 0.0 - value : value;
}

static Sum turns_of(double radians)
{
    return scale(TURNS_PER_RADIAN, clamp(radians, -0x1p52, 0x1p52));
}

double qm_sin(double radians) { return sine(turns_of(radians), 0); }

double qm_cos(double radians) { return sine(turns_of(radians), 1); }

double qm_tan(double radians)
{
    const Sum turns = turns_of(radians);
    return sine(turns, 0) / sine(turns, 1);
}

double qm_sin_turns(double turns) { return sine((Sum){turns, 0.0}, 0); }

double qm_cos_turns(double turns) { return sine((Sum){turns, 0.0}, 1); }

/* atan(y / x) for y, x >= 0, in three steps that each halve the range: y <= x by
 * mirroring at pi/4, and y/x <= tan(pi/8) by turning by pi/4. */
static double first_quadrant(double y, double x)
{
    static const double T[] = {
        -0x1.5555555555555p-2, 0x1.9999999999452p-3,  -0x1.249249243faa8p-3,
        0x1.c71c718a1a80ep-4,  -0x1.745d0bd21e6eap-4, 0x1.3b12709f90fd6p-4,
        -0x1.10fb24631823bp-4, 0x1.dff0fee7a7de5p-5,  -0x1.a0cd519eca1e7p-5,
        0x1.41eda3f8489f5p-5,  -0x1.3b6fea68a0facp-6,
    };
    const double TAN_PI_8 = 0x1.a827999fcef32p-2;
    const double large = y > x ? y : x, small = y > x ? x : y;
    const int turned = small > TAN_PI_8 * large;
    const double above = turned ? small - large : small;
    const double below = turned ? small + large : large;
    const double q = above / (below > 0.0 ? below : 1.0);
    const double z = q * q;
    const double rest = q + q * z * polynomial(T, COUNT(T), z);
    const double angle = turned ? 0.5 * HALF_PI.hi + (rest + 0.5 * HALF_PI.lo) : rest;
    return y > x ? HALF_PI.hi - (angle - HALF_PI.lo) : angle;
}

/* The sum of arguments must not overflow: from 2^1022 on, huge and infinite are the
 * same. */
double qm_atan2(double y, double x)
{
    const double a = first_quadrant(clamp(absolute(y), 0.0, 0x1p1022),
                                    clamp(absolute(x), 0.0, 0x1p1022));
    const int left = (bits_of(x) >> 63) != 0;
    return with_sign_of(left ? 2.0 * HALF_PI.hi - (a - 2.0 * HALF_PI.lo) : a, y);
}

double qm_atan(double x)
{
    return with_sign_of(first_quadrant(clamp(absolute(x), 0.0, 0x1p1022), 1.0), x);
}

/* One machine instruction, and never a call to libm, because math errno is off. */
double qm_sqrt(double x) { return __builtin_sqrt(x); }
