/* tests: base/units base/number */
/* Numbers and quantities as text. The references are strtod and printf in the C locale,
 * which is where a program starts; the library itself uses neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double parsed(const char *text, QmUnit unit)
{
    double value = -12345;
    assert_true(qm_quantity_parse(text, unit, &value));
    return value;
}

static bool refused(const char *text, QmUnit unit)
{
    double value = 77;
    const bool read = qm_quantity_parse(text, unit, &value);
    assert_true(value == 77 || read); /* written only on success */
    return !read;
}

static void test_reads_quantities(void **unused)
{
    (void)unused;
    assert_true(parsed("-3.2 dB", QM_UNIT_DB) == -3.2);
    assert_true(parsed("-3.2", QM_UNIT_DB) == -3.2);
    assert_true(parsed("+2db", QM_UNIT_DB) == 2.0);
    assert_true(parsed("250 ms", QM_UNIT_MS) == 250.0);
    assert_true(parsed("250 ms", QM_UNIT_S) == 0.25);
    assert_true(parsed("2.5 s", QM_UNIT_MS) == 2500.0);
    assert_true(parsed("2 kHz", QM_UNIT_HZ) == 2000.0);
    assert_true(parsed("2.2k", QM_UNIT_HZ) == 2200.0);
    assert_true(parsed("4:1", QM_UNIT_RATIO) == 4.0);
    assert_true(parsed("4", QM_UNIT_RATIO) == 4.0);
    assert_true(parsed("50%", QM_UNIT_PERCENT) == 50.0);
    assert_true(parsed("480 samples", QM_UNIT_SAMPLES) == 480.0);
    assert_true(parsed("-14 LUFS", QM_UNIT_LUFS) == -14.0);
    assert_true(parsed("90\xc2\xb0", QM_UNIT_DEGREE) == 90.0);
    assert_true(parsed("+7 st", QM_UNIT_SEMITONE) == 7.0);
}

/* The point moves before rounding: 0.0003 s, not 0.3 times the double next to 0.001. */
static void test_conversion_rounds_once(void **unused)
{
    (void)unused;
    assert_true(parsed("0.3 ms", QM_UNIT_S) == 0.0003);
    assert_true(parsed("1.1 ms", QM_UNIT_S) == 0.0011);
    assert_true(parsed("0.0011 s", QM_UNIT_MS) == 1.1);
    assert_true(parsed("16.002 kHz", QM_UNIT_HZ) == 16002.0);
}

static void test_refuses_what_is_no_quantity(void **unused)
{
    (void)unused;
    assert_true(refused("loud", QM_UNIT_DB));
    assert_true(refused("", QM_UNIT_DB));
    assert_true(refused("dB", QM_UNIT_DB));
    assert_true(refused("3 Hz", QM_UNIT_DB)); /* another kind */
    assert_true(refused("480 samples", QM_UNIT_MS));
    assert_true(refused("2 k", QM_UNIT_NONE));
    assert_true(refused("3 ", QM_UNIT_DB));
    assert_true(refused(" 3", QM_UNIT_DB));
    assert_true(refused("3 dB loud", QM_UNIT_DB));
    assert_true(refused("3 d", QM_UNIT_DB));
    assert_true(refused("4:2", QM_UNIT_RATIO));
    assert_true(refused("3,5 dB", QM_UNIT_DB));
    assert_true(refused("1e308 s", QM_UNIT_MS)); /* finite in s only */
}

static void test_writes_quantities(void **unused)
{
    (void)unused;
    static const struct {
        double value;
        QmUnit unit;
        const char *text;
    } cases[] = {
        {-3.2, QM_UNIT_DB, "-3.2 dB"},
        {2000, QM_UNIT_HZ, "2000 Hz"},
        {4, QM_UNIT_RATIO, "4:1"},
        {0.5, QM_UNIT_NONE, "0.5"},
        {50, QM_UNIT_PERCENT, "50 %"},
        {-0.0, QM_UNIT_DB, "0 dB"},
        {48000, QM_UNIT_SAMPLES, "48000 samples"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[QM_NUMBER_TEXT + 16];
        assert_int_equal(qm_quantity_text(cases[i].value, cases[i].unit, text),
                         strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void test_every_unit_reads_what_it_writes(void **unused)
{
    (void)unused;
    for (int unit = 0; unit < QM_UNIT_COUNT; unit++) {
        char text[QM_NUMBER_TEXT + 16];
        qm_quantity_text(-1234.5678e-300, (QmUnit)unit, text);
        assert_true(parsed(text, (QmUnit)unit) == -1234.5678e-300);
    }
}

static void test_shortest_numbers(void **unused)
{
    (void)unused;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.1, "0.1"},
        {-0.0, "0"},
        {-12.5, "-12.5"},
        {1.0 / 3, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {100, "100"},
        {9007199254740993.0, "9007199254740992"},
        {1e15, "1000000000000000"},
        {1e16, "1e+16"},
        {1e30, "1e+30"},
        {1e22, "1e+22"},
        {1e23, "1e+23"},
        {0.0001, "0.0001"},
        {0.00001234, "1.234e-5"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {-1.7976931348623157e308, "-1.7976931348623157e+308"},
        {9.5367431640625e-07, "9.5367431640625e-7"},       /* 2^-20 */
        {5.684341886080802e-14, "5.684341886080802e-14"},  /* 2^-44, uneven neighbours */
        {2.9802322387695312e-08, "2.9802322387695312e-8"}, /* 2^-25 */
        {6.123233995736766e-17, "6.123233995736766e-17"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[QM_NUMBER_TEXT];
        assert_int_equal(qm_number_text(cases[i].value, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void check_parse(const char *text)
{
    double value = -1;
    const bool read = qm_number_parse(text, &value);
    if (!read || value != strtod(text, NULL)) {
        fail_msg("'%s' reads as %.17g", text, value);
    }
}

static void test_reads_hard_numbers_like_strtod(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "0", "-0", "+2", ".5", "5.", "1e3", "1E-3", "0e999999999999", "00012.500", "1e22",
        "1e23", "8.5e22", "123456789012345678901234567890",
        /* half way between two doubles, and a hair beside it */
        "9007199254740993", "9007199254740993.00000000000000000000000000000000000001",
        "9007199254740992.99999999999999999999999999999", "9007199254740995",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203126",
        /* ends of the range */
        "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1e-400",
        "2.2250738585072011e-308", "2.2250738585072014e-308", "4.9406564584124654e-324",
        "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623158079e308",
        "6.9294956446009195e15",
        "3.2378839133029012895883524125015321748630994684745e-319"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        check_parse(texts[i]);
    }
}

/* The longest decimals there are, and a digit more. */
static void test_reads_a_thousand_digits(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 200; i++) {
        char text[1200];
        const double value = (double)(qm_rand_bits(5, i) >> 12) * 0x1p-1074;
        int length = snprintf(text, sizeof text, "%.1074f", value);
        text[length++] = (char)('0' + i % 10);
        text[length] = '\0';
        check_parse(text);
        memset(text + length, '0', 20);
        strcpy(text + length + 20, "1e-3");
        check_parse(text);
    }
    char nines[5001];
    memset(nines, '9', sizeof nines - 1);
    memcpy(nines + 4990, "9e-4980\0", 8);
    check_parse(nines);
}

static void test_refuses_what_is_no_number(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"",       "-",
                                        "+",      ".",
                                        "-.",     "e5",
                                        "1e",     "1e+",
                                        " 1",     "1 ",
                                        "1.5.2",  "0x10",
                                        "nan",    "inf",
                                        "1e309",  "1.797693134862315808e308",
                                        "-1e400", "1,5",
                                        "--1",    "1e5.0",
                                        "1_000",  "1e999999999999"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        double value = 77;
        assert_false(qm_number_parse(texts[i], &value));
        assert_true(value == 77);
    }
}

static void test_scans_a_number_within_a_text(void **unused)
{
    (void)unused;
    double value;
    assert_string_equal(qm_number_scan("5.3.2", 0, &value), ".2");
    assert_true(value == 5.3);
    assert_string_equal(qm_number_scan("4 bars", 0, &value), " bars");
    assert_string_equal(qm_number_scan("2e", 0, &value), "e");
    assert_string_equal(qm_number_scan("1.5k", 3, &value), "k");
    assert_true(value == 1500);
    assert_null(qm_number_scan("bars", 0, &value));
}

/* A third decimals as people write them, a third of any magnitude that is heard, a third
 * of any bits at all. */
static double any_double(uint64_t index)
{
    const uint64_t bits = qm_rand_bits(11, index);
    if (index % 3 == 0) {
        return (double)((int64_t)(bits % 2000001) - 1000000) / 1000.0;
    }
    const uint64_t low_exponent = 0x3ff - 30, high_exponent = 0x3ff + 30;
    const uint64_t field =
        index % 3 == 1 ? low_exponent + (bits >> 52) % (high_exponent - low_exponent)
                       : (bits >> 52) % 0x7ff;
    const uint64_t made = (bits & 0x800fffffffffffff) | field << 52;
    double value;
    memcpy(&value, &made, sizeof value);
    return value;
}

static size_t digits_of(const char *text)
{
    size_t count = 0, trailing_zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9' && (count > 0 || *text != '0')) {
            count++;
            trailing_zeros = *text == '0' ? trailing_zeros + 1 : 0;
        }
    }
    return count - trailing_zeros;
}

static void check_round_trip(double value)
{
    char ours[QM_NUMBER_TEXT], theirs[64];
    double back = 0, from_theirs = 0;
    qm_number_text(value, ours);
    snprintf(theirs, sizeof theirs, "%.17g", value);
    const bool read =
        qm_number_parse(ours, &back) && qm_number_parse(theirs, &from_theirs);
    if (!read || back != value || from_theirs != value || strtod(ours, NULL) != value) {
        fail_msg("%s was written as %s", theirs, ours);
    }
    const int digits = (int)digits_of(ours);
    if (digits > 1) {
        snprintf(theirs, sizeof theirs, "%.*e", digits - 2, value);
        if (strtod(theirs, NULL) == value) {
            fail_msg("%s is shorter than %s", theirs, ours);
        }
    }
}

static void test_round_trip_of_a_million(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 1000000; i++) {
        check_round_trip(any_double(i));
    }
}

/* Every power of two: there the neighbour below is nearer than the one above. */
static void test_round_trip_of_powers_of_two(void **unused)
{
    (void)unused;
    double value = 0x1p-1074;
    for (int k = -1074; k < 1024; k++) {
        check_round_trip(value);
        value *= 2;
    }
}

static void test_fixed_decimals(void **unused)
{
    (void)unused;
    static const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {
        {-14.02, 2, "-14.02"},
        {-14.02, 0, "-14"},
        {0.125, 2, "0.13"},
        {-0.125, 2, "-0.13"},
        {0.5, 0, "1"},
        {2.5, 0, "3"},
        {-0.004, 2, "0.00"},
        {0, 3, "0.000"},
        {999.996, 2, "1000.00"},
        {0.05, 1, "0.1"},
        {0.15, 1, "0.1"}, /* 0.15 is a little less */
        {1e-300, 9, "0.000000000"},
        {123456.7, 3, "123456.700"},
        {-12345678901234567890.0, 9, "-12345678901234567168.000000000"},
        {1e20, 2, "1e+20"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[QM_NUMBER_TEXT];
        assert_int_equal(qm_fixed_text(cases[i].value, cases[i].decimals, text),
                         strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

/* printf rounds ties to even, otherwise as we do. */
static void test_fixed_decimals_like_printf(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 100000; i++) {
        const double value = any_double(3 * i + 1);
        char ours[QM_NUMBER_TEXT], theirs[64];
        qm_fixed_text(value, (int)(i % 10), ours);
        snprintf(theirs, sizeof theirs, "%.*f", (int)(i % 10), value);
        const bool zero = strspn(ours, "0.") == strlen(ours);
        assert_string_equal(ours, theirs + (zero && theirs[0] == '-'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_quantities),
        cmocka_unit_test(test_conversion_rounds_once),
        cmocka_unit_test(test_refuses_what_is_no_quantity),
        cmocka_unit_test(test_writes_quantities),
        cmocka_unit_test(test_every_unit_reads_what_it_writes),
        cmocka_unit_test(test_shortest_numbers),
        cmocka_unit_test(test_reads_hard_numbers_like_strtod),
        cmocka_unit_test(test_reads_a_thousand_digits),
        cmocka_unit_test(test_refuses_what_is_no_number),
        cmocka_unit_test(test_scans_a_number_within_a_text),
        cmocka_unit_test(test_round_trip_of_a_million),
        cmocka_unit_test(test_round_trip_of_powers_of_two),
        cmocka_unit_test(test_fixed_decimals),
        cmocka_unit_test(test_fixed_decimals_like_printf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
