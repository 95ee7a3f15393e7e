/* tests: base/qmath base/fpmode */
/* How accurate the elementary functions are, and that they are the same bits everywhere.
 *
 * Each row of the table draws a million arguments, compares the results with the system's
 * libm in long double, and hashes them. Accuracy is a bound, the hash an equality: it
 * holds for every compiler, optimisation level and processor, and changes only when qmath
 * does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fpmode.h"
#include "base/hash.h"
#include "base/qmath.h"
#include "base/rand.h"

#include <math.h>
#include <string.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

enum { DRAWS = 1000000 };

static const long double PI = 3.14159265358979323846264338327950288L;

typedef struct Range {
    double low, high;
    int in_octaves; /* draw between 2^low and 2^high; 2: with either sign */
} Range;

typedef struct Row {
    const char *name;
    double (*ours)(double x, double y);
    long double (*exact)(long double x, long double y);
    Range x, y;
    double max_ulp;
    uint64_t hash;
} Row;

/* One function and its reference as functions of two arguments. */
#define UNARY(name, reference)                                                           \
    static double our_##name(double x, double y)                                         \
    {                                                                                    \
        (void)y;                                                                         \
        return qm_##name(x);                                                             \
    }                                                                                    \
    static long double exact_##name(long double x, long double y)                        \
    {                                                                                    \
        (void)y;                                                                         \
        return reference;                                                                \
    }

/* Exact where the sine is small: 2 pi times a half turn would be rounded. */
static long double sin_of_turns(long double part)
{
    const long double half = copysignl(0.5L, part);
    return sinl(2 * PI * (fabsl(part) > 0.25L ? half - part : part));
}

UNARY(exp, expl(x))
UNARY(exp2, exp2l(x))
UNARY(ln, logl(x))
UNARY(log2, log2l(x))
UNARY(log10, log10l(x))
UNARY(sin, sinl(x))
UNARY(cos, cosl(x))
UNARY(tan, tanl(x))
UNARY(sin_turns, sin_of_turns(x - rintl(x)))
UNARY(cos_turns, sin_of_turns(0.25L - fabsl(x - rintl(x))))
UNARY(tanh, tanhl(x))
UNARY(atan, atanl(x))
UNARY(sqrt, sqrtl(x))
UNARY(db_to_gain, powl(10, x / 20))
UNARY(gain_to_db, 20 * log10l(x))

static long double exact_one_pole(long double seconds, long double rate)
{
    return -expm1l(-1 / (seconds * rate));
}

#define ROW(name) #name, our_##name, exact_##name

static const Row ROWS[] = {
    {ROW(exp), {-708, 709, 0}, {0, 0, 0}, 1.25, 0x0d150d34a03e01e1},
    {ROW(exp), {-60, 0, 2}, {0, 0, 0}, 1.25, 0xac5cba5f7b7bc1a8},
    {ROW(exp2), {-1022, 1023, 0}, {0, 0, 0}, 1.25, 0x633a53da845fc9e1},
    {ROW(exp2), {-1, 1, 0}, {0, 0, 0}, 1.25, 0x0b6ff4e5c0cecb86},
    {ROW(ln), {-1022, 1023, 1}, {0, 0, 0}, 0.75, 0xa85e5bfbb85d99e5},
    {ROW(ln), {0.5, 2, 0}, {0, 0, 0}, 0.75, 0xd84f3c0f720dd526},
    {ROW(log2), {-1022, 1023, 1}, {0, 0, 0}, 0.75, 0x0741bcc825992a4d},
    {ROW(log2), {0.5, 2, 0}, {0, 0, 0}, 0.75, 0x57d3bd565357f588},
    {ROW(log10), {-1022, 1023, 1}, {0, 0, 0}, 0.75, 0xee32b44525f4d6eb},
    {ROW(log10), {0.5, 2, 0}, {0, 0, 0}, 0.75, 0x3936e68d222ab844},
    {"pow", qm_pow, powl, {-1, 1, 1}, {-32, 32, 0}, 1.5, 0x614136a81874768b},
    {"pow", qm_pow, powl, {-64, 64, 1}, {-4, 4, 0}, 1.5, 0xe8179e654ac449b1},
    {"pow", qm_pow, powl, {-1, 1, 1}, {-1000, 1000, 0}, 20, 0xc4fd841f685227f4},
    {ROW(sin), {-10, 10, 0}, {0, 0, 0}, 2.5, 0x805503289debc353},
    {ROW(sin), {-60, 30, 2}, {0, 0, 0}, 2.5, 0xa2e843366bcf8d0e},
    {ROW(cos), {-10, 10, 0}, {0, 0, 0}, 2.5, 0xf1ec9da9646503f1},
    {ROW(cos), {-60, 30, 2}, {0, 0, 0}, 2.5, 0xac06057591e3c6fe},
    {ROW(tan), {-10, 10, 0}, {0, 0, 0}, 4, 0xd19839a09857ff8d},
    {ROW(sin_turns), {-2, 2, 0}, {0, 0, 0}, 2, 0x48cd322bafcdb9c1},
    {ROW(sin_turns), {-60, 50, 2}, {0, 0, 0}, 2, 0x0dd4445f63cf906c},
    {ROW(cos_turns), {-2, 2, 0}, {0, 0, 0}, 2, 0x29e8b7c963246bd0},
    {ROW(cos_turns), {-60, 50, 2}, {0, 0, 0}, 2, 0xb49b4fe4bbcaec4b},
    {ROW(tanh), {-3, 3, 0}, {0, 0, 0}, 3.5, 0x009a4e97f0d209df},
    {ROW(tanh), {-60, 5, 2}, {0, 0, 0}, 3.5, 0x9582e2d528827299},
    {ROW(atan), {-4, 4, 0}, {0, 0, 0}, 2.5, 0xff4b45729c04e7c1},
    {ROW(atan), {-60, 60, 2}, {0, 0, 0}, 2.5, 0xcd93edc772cef217},
    {"atan2", qm_atan2, atan2l, {-1, 1, 0}, {-1, 1, 0}, 2.5, 0xa4cb97dbc83b40db},
    {"atan2", qm_atan2, atan2l, {-30, 30, 2}, {-30, 30, 2}, 2.5, 0x16215ff2b8673197},
    {ROW(sqrt), {-1022, 1023, 1}, {0, 0, 0}, 0.5, 0xac81d2a4d756b476},
    {ROW(db_to_gain), {-400, 100, 0}, {0, 0, 0}, 1.25, 0xc9bf228142ca3307},
    {ROW(gain_to_db), {-60, 20, 1}, {0, 0, 0}, 0.75, 0xc2f7ee8ab3307bdf},
    {ROW(gain_to_db), {0.5, 2, 0}, {0, 0, 0}, 0.75, 0x615e1efa31844113},
    {"one_pole",
     qm_one_pole,
     exact_one_pole,
     {-20, 10, 1},
     {44100, 96000, 0},
     3.5,
     0x704625d5f272144e},
};

enum { N_ROWS = sizeof ROWS / sizeof ROWS[0] };

static double draw(Range range, uint64_t stream, uint64_t index)
{
    const double at = range.low + (range.high - range.low) * qm_rand(7, stream, index);
    const double value = range.in_octaves ? qm_exp2(at) : at;
    return range.in_octaves == 2 && index % 2 == 1 ? -value : value;
}

static double error_in_ulp(double found, long double exact)
{
    int exponent = 0;
    (void)frexpl(exact, &exponent);
    const long double ulp = ldexpl(1.0L, exponent < -1021 ? -1074 : exponent - 53);
    return (double)(fabsl((long double)found - exact) / ulp);
}

static uint64_t hash_double(uint64_t hash, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return qm_mix64(hash ^ bits) + 1;
}

static void check_row(const Row *row)
{
    double worst = 0, worst_at = 0;
    uint64_t hash = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        const double x = draw(row->x, 1, i), y = draw(row->y, 2, i);
        const double found = row->ours(x, y);
        const double error = error_in_ulp(found, row->exact(x, y));
        hash = hash_double(hash, found);
        if (error > worst) {
            worst = error;
            worst_at = x;
        }
    }
    print_message("%-11s %9g..%-5g%s  worst %.3f ulp at %.17g, hash 0x%016llx\n",
                  row->name, row->x.low, row->x.high, row->x.in_octaves ? " oct" : "    ",
                  worst, worst_at, (unsigned long long)hash);
    assert_true(worst <= row->max_ulp);
    assert_int_equal(hash, row->hash);
}

static void test_accuracy_and_bits(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < N_ROWS; i++) {
        check_row(&ROWS[i]);
    }
}

static void test_exact_values(void **unused)
{
    (void)unused;
    for (int k = -1022; k <= 1023; k++) {
        assert_true(qm_exp2(k) == ldexp(1.0, k));
        assert_true(qm_log2(ldexp(1.0, k)) == k);
    }
    assert_true(qm_exp(0) == 1.0);
    assert_true(qm_ln(1) == 0.0);
    assert_true(qm_log10(1000) == 3.0);
    assert_true(qm_pow(3, 0) == 1.0);
    assert_true(qm_pow(1, 1e300) == 1.0);
    assert_true(qm_pow(3, 5) == 243.0);
    assert_true(qm_db_to_gain(0) == 1.0);
    assert_true(qm_db_to_gain(20) == 10.0);
    assert_true(qm_gain_to_db(1) == 0.0);
    assert_true(qm_gain_to_db(0.1) == -20.0);
}

static void test_the_circle(void **unused)
{
    (void)unused;
    for (int turn = -3; turn <= 3; turn++) {
        assert_true(qm_sin_turns(turn) == 0.0);
        assert_true(qm_sin_turns(turn + 0.25) == 1.0);
        assert_true(qm_sin_turns(turn + 0.5) == 0.0);
        assert_true(qm_sin_turns(turn + 0.75) == -1.0);
        assert_true(qm_cos_turns(turn) == 1.0);
        assert_true(qm_cos_turns(turn + 0.25) == 0.0);
        assert_true(qm_cos_turns(turn + 0.5) == -1.0);
    }
    assert_true(qm_atan2(0, 1) == 0.0);
    assert_true(qm_atan2(1, 0) == QM_PI / 2);
    assert_true(qm_atan2(-1, 0) == -QM_PI / 2);
    assert_true(qm_atan2(0, -1) == QM_PI);
    assert_true(qm_atan2(-0.0, -1) == -QM_PI);
    assert_true(qm_atan2(1, 1) == QM_PI / 4);
    assert_true(qm_atan2(0, 0) == 0.0);
    assert_true(qm_atan2(INFINITY, INFINITY) == QM_PI / 4);
    assert_true(qm_atan(-INFINITY) == -QM_PI / 2);
}

/* Outside a domain the nearest point of it answers; NaN counts as the low end. */
static void test_clamps(void **unused)
{
    (void)unused;
    assert_true(qm_exp(1e9) == qm_exp(709));
    assert_true(qm_exp(-INFINITY) == qm_exp(-708));
    assert_true(qm_exp(NAN) == qm_exp(-708));
    assert_true(qm_exp2(2000) == 0x1p1023);
    assert_true(qm_exp2(-2000) == 0x1p-1022);
    assert_true(qm_log2(0) == -1022);
    assert_true(qm_log2(-5) == -1022);
    assert_true(qm_log2(NAN) == -1022);
    assert_true(qm_log2(INFINITY) == 1024);
    assert_true(qm_pow(10, 1000) == 0x1p1023);
    assert_true(qm_pow(10, -INFINITY) == 0x1p-1022);
    assert_true(qm_sin_turns(1e300) == 0.0);
    assert_true(qm_sin_turns(NAN) == 0.0);
    assert_true(qm_cos_turns(INFINITY) == 1.0);
    assert_true(qm_tanh(INFINITY) == 1.0);
    assert_true(qm_tanh(-50) == -1.0);
    assert_true(qm_gain_to_db(0) == -400.0);
    assert_true(qm_gain_to_db(-1) == -400.0);
}

static void test_one_pole_reaches_63_percent(void **unused)
{
    (void)unused;
    const double factor = qm_one_pole(0.010, 48000);
    double value = 0;
    for (int frame = 0; frame < 480; frame++) {
        value += factor * (1.0 - value);
    }
    assert_true(fabs(value - (1.0 - exp(-1.0))) < 1e-9);
    assert_true(qm_one_pole(0, 48000) == 1.0);
    assert_true(qm_one_pole(-1, 48000) == 1.0);
    assert_true(qm_one_pole(NAN, 48000) == 1.0);
    assert_true(qm_one_pole(INFINITY, 48000) == 0.0);
}

/* A library left denormals switched off; inside the project's mode they are back. */
static void test_fpmode_keeps_denormals(void **unused)
{
    (void)unused;
    volatile double least = 0x1p-1022;
#if defined(__SSE2__)
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);
    assert_true(least * 0.5 == 0.0);
#endif
    const uint64_t saved = qm_fpmode_enter();
    assert_true(least * 0.5 == 0x1p-1023);
    qm_fpmode_restore(saved);
#if defined(__SSE2__)
    assert_true(least * 0.5 == 0.0);
    _mm_setcsr(before);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accuracy_and_bits),
        cmocka_unit_test(test_exact_values),
        cmocka_unit_test(test_the_circle),
        cmocka_unit_test(test_clamps),
        cmocka_unit_test(test_one_pole_reaches_63_percent),
        cmocka_unit_test(test_fpmode_keeps_denormals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
