/* Doubles and decimals, by exact arithmetic on large integers.
 *
 * A double is m * 2^e, a decimal d * 10^E; both are ratios of two integers, and every
 * question of rounding is a comparison of integers.
 *
 * Reading: the ratio N/S is divided until 53 bits are known, and the remainder decides
 * the last one. Up to 2^53 and 10^22 numerator and denominator are doubles themselves,
 * and one IEEE operation rounds correctly.
 *
 * Writing (Steele and White 1990, Burger and Dybvig 1996): with R/S the value and M/S
 * half the distance to its neighbours, digits of R/S are taken off until what is left is
 * less than M: then no shorter decimal lies within the half distances, which is where all
 * decimals that read back as the value lie. At a power of two the lower neighbour is
 * twice as near. */
#include "base/number.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum {
    LIMBS = 128,           /* of 32 bits; 10^1124, the largest power met, has 3734 bits */
    KEPT_DIGITS = 780,     /* a point half way between two doubles has at most 767 */
    MAX_DIGITS = 20,       /* that are ever written */
    LEAST_EXPONENT = -1074 /* of the last bit of a double */
};

/* A natural number, lowest limb first; the highest is not 0. */
typedef struct Big {
    int count;
    uint32_t limb[LIMBS];
} Big;

/* ---- large integers ---- */

static void big_set(Big *a, uint64_t value)
{
    a->limb[0] = (uint32_t)value;
    a->limb[1] = (uint32_t)(value >> 32);
    a->count = value >> 32 ? 2 : value != 0;
}

static void big_trim(Big *a)
{
    while (a->count > 0 && a->limb[a->count - 1] == 0) {
        a->count--;
    }
}

static void big_multiply_add(Big *a, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (int i = 0; i < a->count; i++) {
        carry += (uint64_t)a->limb[i] * factor;
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        assert(a->count < LIMBS);
        a->limb[a->count++] = (uint32_t)carry;
    }
}

static void big_times_power_of_ten(Big *a, int power)
{
    for (; power >= 9; power -= 9) {
        big_multiply_add(a, 1000000000, 0);
    }
    for (; power > 0; power--) {
        big_multiply_add(a, 10, 0);
    }
}

static uint32_t big_divide_by_ten(Big *a)
{
    uint64_t rest = 0;
    for (int i = a->count - 1; i >= 0; i--) {
        rest = rest << 32 | a->limb[i];
        a->limb[i] = (uint32_t)(rest / 10);
        rest %= 10;
    }
    big_trim(a);
    return (uint32_t)rest;
}

static void big_shift_left(Big *a, int bits)
{
    const int limbs = bits / 32;
    big_multiply_add(a, (uint32_t)1 << bits % 32, 0);
    if (a->count == 0 || limbs == 0) {
        return;
    }
    assert(a->count + limbs <= LIMBS);
    memmove(a->limb + limbs, a->limb, (size_t)a->count * sizeof a->limb[0]);
    memset(a->limb, 0, (size_t)limbs * sizeof a->limb[0]);
    a->count += limbs;
}

static void big_shift_right(Big *a, int bits)
{
    const int limbs = bits / 32 < a->count ? bits / 32 : a->count;
    a->count -= limbs;
    memmove(a->limb, a->limb + limbs, (size_t)a->count * sizeof a->limb[0]);
    for (int i = 0; i < a->count; i++) {
        const uint64_t above = i + 1 < a->count ? a->limb[i + 1] : 0;
        a->limb[i] = (uint32_t)((above << 32 | a->limb[i]) >> bits % 32);
    }
    big_trim(a);
}

static void big_add(Big *a, const Big *b)
{
    uint64_t carry = 0;
    for (int i = 0; i < a->count || i < b->count || carry != 0; i++) {
        assert(i < LIMBS);
        carry += i < a->count ? a->limb[i] : 0;
        carry += i < b->count ? b->limb[i] : 0;
        a->count = i < a->count ? a->count : i + 1;
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* a -= b, a >= b. */
static void big_subtract(Big *a, const Big *b)
{
    uint64_t borrow = 0;
    for (int i = 0; i < a->count; i++) {
        const uint64_t taken = (i < b->count ? b->limb[i] : 0) + borrow;
        borrow = taken > a->limb[i];
        a->limb[i] = (uint32_t)(a->limb[i] - taken);
    }
    big_trim(a);
}

static int big_compare(const Big *a, const Big *b)
{
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (int i = a->count - 1; i >= 0; i--) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

/* a + b against c. */
static int big_compare_sum(const Big *a, const Big *b, const Big *c)
{
    Big sum = *a;
    big_add(&sum, b);
    return big_compare(&sum, c);
}

static int big_bits(const Big *a)
{
    int bits = 32 * a->count;
    for (uint32_t top = a->limb[a->count - 1]; !(top >> 31); top <<= 1) {
        bits--;
    }
    return bits;
}

/* a / b, which is below 2^53; the remainder stays in a. b ends as it began. */
static uint64_t big_divide(Big *a, Big *b)
{
    uint64_t quotient = 0;
    big_shift_left(b, 52);
    for (int bit = 52; bit >= 0; bit--) {
        quotient <<= 1;
        if (big_compare(a, b) >= 0) {
            big_subtract(a, b);
            quotient |= 1;
        }
        big_shift_right(b, bit > 0);
    }
    return quotient;
}

/* ---- doubles ---- */

/* |value| = m * 2^e. */
typedef struct Binary {
    uint64_t m;
    int e;
    bool negative;
} Binary;

static Binary binary_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint64_t fraction = bits & 0xfffffffffffff;
    const int field = (int)(bits >> 52 & 0x7ff);
    assert(field != 0x7ff); /* a number that is written is finite */
    if (field == 0) {
        return (Binary){fraction, LEAST_EXPONENT, bits >> 63};
    }
    return (Binary){fraction | 1ull << 52, LEAST_EXPONENT + field - 1, bits >> 63};
}

/* ---- reading ---- */

/* digits * 10^exponent */
typedef struct Decimal {
    Big digits;
    int n_digits; /* leading zeros not counted */
    int exponent;
    bool negative;
} Decimal;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits beyond those that matter only say whether there is anything more. */
static void add_digit(Decimal *decimal, char c, bool *more)
{
    if (decimal->n_digits < KEPT_DIGITS) {
        big_multiply_add(&decimal->digits, 10, (uint32_t)(c - '0'));
        decimal->n_digits += decimal->digits.count != 0;
    } else {
        *more = *more || c != '0';
        decimal->exponent += decimal->exponent < INT32_MAX / 4;
    }
}

/* "[+-]digits"; NULL if it is none. Far beyond any double it stops counting. */
static const char *scan_exponent(const char *text, int *exponent)
{
    const bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    if (!is_digit(*text)) {
        return NULL;
    }
    int magnitude = 0;
    for (; is_digit(*text); text++) {
        magnitude =
            magnitude < INT32_MAX / 40 ? 10 * magnitude + (*text - '0') : magnitude;
    }
    *exponent = negative ? -magnitude : magnitude;
    return text;
}

static const char *scan_decimal(const char *text, Decimal *decimal)
{
    bool any = false, more = false;
    *decimal = (Decimal){.negative = *text == '-'};
    text += *text == '-' || *text == '+';
    for (; is_digit(*text); text++, any = true) {
        add_digit(decimal, *text, &more);
    }
    if (*text == '.' && (any || is_digit(text[1]))) {
        for (text++; is_digit(*text); text++, any = true) {
            add_digit(decimal, *text, &more);
            decimal->exponent -= decimal->exponent > -INT32_MAX / 4;
        }
    }
    if (more) {
        big_multiply_add(&decimal->digits, 10, 1);
        decimal->n_digits++;
        decimal->exponent--;
    }
    int exponent = 0;
    const char *after =
        *text == 'e' || *text == 'E' ? scan_exponent(text + 1, &exponent) : NULL;
    decimal->exponent += exponent;
    return !any ? NULL : after ? after : text;
}

/* n / s, rounded to nearest, ties to even; false: too large. n > 0; both are used up. */
static bool round_ratio(Big *n, Big *s, double *value)
{
    /* 2^top <= n / s < 2^(top + 1) */
    int top = big_bits(n) - big_bits(s);
    Big scaled = top < 0 ? *n : *s;
    big_shift_left(&scaled, top < 0 ? -top : top);
    top -= top < 0 ? big_compare(&scaled, s) < 0 : big_compare(n, &scaled) < 0;

    const int e = top - 52 > LEAST_EXPONENT ? top - 52 : LEAST_EXPONENT;
    big_shift_left(e > 0 ? s : n, e > 0 ? e : -e);
    uint64_t m = big_divide(n, s);
    big_shift_left(n, 1);
    const int half = big_compare(n, s);
    m += half > 0 || (half == 0 && m % 2 == 1);

    /* A carry out of m counts the exponent up, as it should; a subnormal m has none. */
    const uint64_t bits = ((uint64_t)(e - LEAST_EXPONENT) << 52) + m;
    memcpy(value, &bits, sizeof bits);
    return bits < 0x7ff0000000000000;
}

/* Whether digits and power of ten are doubles, so that one operation rounds once. */
static bool round_small(const Decimal *decimal, double *value)
{
    static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int power = decimal->exponent;
    if (decimal->n_digits > 15 || power < -22 || power > 22) {
        return false;
    }
    uint64_t digits = 0;
    for (int i = decimal->digits.count - 1; i >= 0; i--) {
        digits = digits << 32 | decimal->digits.limb[i];
    }
    *value = power < 0 ? (double)digits / POWERS[-power] : (double)digits * POWERS[power];
    return true;
}

static bool round_decimal(Decimal *decimal, double *value)
{
    const int magnitude = decimal->n_digits + decimal->exponent;
    if (decimal->n_digits == 0 || magnitude < -330) {
        *value = 0.0;
        return true;
    }
    if (magnitude > 310) {
        return false;
    }
    if (round_small(decimal, value)) {
        return true;
    }
    Big s;
    big_set(&s, 1);
    const int power = decimal->exponent;
    big_times_power_of_ten(power < 0 ? &s : &decimal->digits, power < 0 ? -power : power);
    return round_ratio(&decimal->digits, &s, value);
}

const char *qm_number_scan(const char *text, int decades, double *value)
{
    Decimal decimal;
    double magnitude;
    const char *after = scan_decimal(text, &decimal);
    if (!after) {
        return NULL;
    }
    decimal.exponent += decades;
    if (!round_decimal(&decimal, &magnitude)) {
        return NULL;
    }
    *value = decimal.negative && magnitude > 0.0 ? -magnitude : magnitude;
    return after;
}

bool qm_number_parse(const char *text, double *value)
{
    double found;
    const char *after = qm_number_scan(text, 0, &found);
    if (!after || *after != '\0') {
        return false;
    }
    *value = found;
    return true;
}

/* ---- writing ---- */

/* 0.d1 d2 d3 ... * 10^point */
typedef struct Digits {
    char digit[MAX_DIGITS];
    int count, point;
} Digits;

/* The value r/s and the half distances below/s and above/s to its neighbours. */
typedef struct Span {
    Big r, s, below, above;
    bool inclusive; /* the ends read back as the value: ties go to even */
} Span;

static void set_span(Span *span, Binary value)
{
    /* A power of two, but for the least: the neighbour below is half as far. */
    const int uneven = value.m == 1ull << 52 && value.e > LEAST_EXPONENT;
    big_set(&span->r, value.m);
    big_set(&span->s, 1);
    big_set(&span->below, 1);
    big_shift_left(value.e > 0 ? &span->r : &span->s, value.e > 0 ? value.e : -value.e);
    big_shift_left(&span->below, value.e > 0 ? value.e : 0);
    big_shift_left(&span->r, 1 + uneven);
    big_shift_left(&span->s, 1 + uneven);
    span->above = span->below;
    big_shift_left(&span->above, uneven);
    span->inclusive = value.m % 2 == 0;
}

/* Whether the upper end lies beyond s, so that a digit more would be carried. */
static bool reaches_one(const Span *span)
{
    return big_compare_sum(&span->r, &span->above, &span->s) >= !span->inclusive;
}

static void times_power_of_ten(Span *span, int power)
{
    big_times_power_of_ten(&span->r, power);
    big_times_power_of_ten(&span->below, power);
    big_times_power_of_ten(&span->above, power);
}

/* Scales the span so that its upper end is just below 1; returns the power of ten. */
static int normalise(Span *span, Binary value)
{
    int top = value.e - 1; /* value >= 2^top */
    for (uint64_t m = value.m; m != 0; m >>= 1) {
        top++;
    }
    int point = top * 30103 / 100000 - (top < 0); /* log10(2^top), at most 1 too low */
    if (point < 0) {
        times_power_of_ten(span, -point);
    } else {
        big_times_power_of_ten(&span->s, point);
    }
    for (; reaches_one(span); point++) {
        big_multiply_add(&span->s, 10, 0);
    }
    return point;
}

static int next_digit(Span *span)
{
    int digit = 0;
    times_power_of_ten(span, 1);
    for (; big_compare(&span->r, &span->s) >= 0; digit++) {
        big_subtract(&span->r, &span->s);
    }
    return digit;
}

static void shortest_digits(Binary value, Digits *digits)
{
    Span span;
    set_span(&span, value);
    digits->count = 0;
    digits->point = normalise(&span, value);
    bool low = false, high = false;
    int digit = 0;
    while (!low && !high) {
        digit = next_digit(&span);
        low = big_compare(&span.r, &span.below) < span.inclusive;
        high = reaches_one(&span);
        digits->digit[digits->count++] = (char)('0' + digit);
    }
    const int half = big_compare_sum(&span.r, &span.r, &span.s);
    const bool up = low && high ? half > 0 || (half == 0 && digit % 2 == 1) : high;
    digits->digit[digits->count - 1] = (char)('0' + digit + up);
}

/* A text of QM_NUMBER_TEXT bytes under construction. */
typedef struct Writer {
    char *text;
    size_t length;
} Writer;

static void put(Writer *out, char c)
{
    assert(out->length < QM_NUMBER_TEXT - 1);
    out->text[out->length++] = c;
}

/* Digits from `from` to `to` of an endless row of zeros around the known ones. */
static void put_digits(Writer *out, const Digits *digits, int from, int to)
{
    for (int i = from; i < to; i++) {
        put(out, i >= 0 && i < digits->count ? digits->digit[i] : '0');
    }
}

static void put_plain(Writer *out, const Digits *digits)
{
    put_digits(out, digits, digits->point > 0 ? 0 : -1,
               digits->point > 0 ? digits->point : 0);
    if (digits->count > digits->point) {
        put(out, '.');
        put_digits(out, digits, digits->point, digits->count);
    }
}

static void put_exponent(Writer *out, int exponent)
{
    const int magnitude = exponent < 0 ? -exponent : exponent;
    put(out, 'e');
    put(out, exponent < 0 ? '-' : '+');
    for (int unit = magnitude >= 100  ? 100
                    : magnitude >= 10 ? 10
                                      : 1;
         unit > 0; unit /= 10) {
        put(out, (char)('0' + magnitude / unit % 10));
    }
}

static void put_scientific(Writer *out, const Digits *digits)
{
    put_digits(out, digits, 0, 1);
    if (digits->count > 1) {
        put(out, '.');
        put_digits(out, digits, 1, digits->count);
    }
    put_exponent(out, digits->point - 1);
}

static size_t end_text(Writer *out)
{
    out->text[out->length] = '\0';
    return out->length;
}

size_t qm_number_text(double value, char text[QM_NUMBER_TEXT])
{
    const Binary binary = binary_of(value);
    Writer out = {text, 0};
    Digits digits = {.digit = "0", .count = 1, .point = 1};
    if (binary.m != 0) {
        shortest_digits(binary, &digits);
    }
    if (binary.negative && binary.m != 0) {
        put(&out, '-');
    }
    if (digits.point > -4 && digits.point <= 16) {
        put_plain(&out, &digits);
    } else {
        put_scientific(&out, &digits);
    }
    return end_text(&out);
}

/* value * 10^decimals as an integer, half away from zero (both are magnitudes). */
static void round_fixed(Binary value, int decimals, Big *scaled)
{
    big_set(scaled, value.m);
    big_times_power_of_ten(scaled, decimals);
    if (value.e >= 0) {
        big_shift_left(scaled, value.e);
        return;
    }
    Big half;
    big_set(&half, 1);
    big_shift_left(&half, -value.e - 1);
    big_add(scaled, &half);
    big_shift_right(scaled, -value.e);
}

size_t qm_fixed_text(double value, int decimals, char text[QM_NUMBER_TEXT])
{
    assert(decimals >= 0 && decimals <= 9);
    const Binary binary = binary_of(value);
    if (value >= 1e20 || value <= -1e20) {
        return qm_number_text(value, text);
    }
    Big scaled;
    round_fixed(binary, decimals, &scaled);
    Writer out = {text, 0};
    if (binary.negative && scaled.count != 0) {
        put(&out, '-');
    }
    char backwards[QM_NUMBER_TEXT];
    int count = 0;
    while (scaled.count != 0 || count <= decimals) {
        backwards[count++] = (char)('0' + big_divide_by_ten(&scaled));
    }
    while (count > 0) {
        put(&out, backwards[--count]);
        if (count == decimals && count > 0) {
            put(&out, '.');
        }
    }
    return end_text(&out);
}
