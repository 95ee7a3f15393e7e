/* Positions and lengths are words: a number and a unit, or numbers with dots or a slash.
 *
 * Whole numbers are read digit by digit (no sign, no leading zero), so that a place has
 * one spelling; everything else goes through qm_number_parse. The ranges keep every later
 * product (beats of a bar, samples of a second at 192 kHz) inside 53 bits. */
#include "model/position.h"

#include <string.h>

enum { MAX_BEAT = 128, MAX_SIXTEENTH = 64, MAX_DENOMINATOR = 128, MAX_NUMERATOR = 4096 };

typedef struct LengthUnit {
    const char *name, *plural; /* plural NULL: the same */
    int kind;
    double max;
    bool whole;
} LengthUnit;

static const LengthUnit length_units[] = {
    {"bar", "bars", QM_LEN_BARS, QM_MAX_BAR, false},
    {"beat", "beats", QM_LEN_BEATS, 1e7, false},
    {"ms", NULL, QM_LEN_MS, 1e9, false},
    {"s", NULL, QM_LEN_S, 1e6, false},
    {"sample", "samples", QM_LEN_SAMPLES, 1e12, true},
};

/* Reads digits of a number from 1 to `max`; the rest of the text, or NULL. */
static const char *read_whole(const char *text, int32_t max, int32_t *value)
{
    int32_t number = 0;
    if (*text < '1' || *text > '9') {
        return NULL;
    }
    for (; *text >= '0' && *text <= '9'; text++) {
        number = 10 * number + (*text - '0');
        if (number > max) {
            return NULL;
        }
    }
    *value = number;
    return text;
}

/* "NUMBER UNIT" with one of the units above; white space between them is free. */
static const LengthUnit *read_quantity(const char *text, double *value)
{
    char number[QM_NUMBER_TEXT];
    const size_t digits = strspn(text, "+-.0123456789eE");
    if (digits == 0 || digits >= sizeof number) {
        return NULL;
    }
    memcpy(number, text, digits);
    number[digits] = '\0';
    const char *word = text + digits + strspn(text + digits, " ");
    for (size_t i = 0; i < QM_COUNT(length_units); i++) {
        const LengthUnit *unit = &length_units[i];
        if (!qm_same(word, unit->name) &&
            !(unit->plural && qm_same(word, unit->plural))) {
            continue;
        }
        if (!qm_number_parse(number, value) ||
            !(*value >= -unit->max && *value <= unit->max)) {
            return NULL;
        }
        return unit->whole && *value != (double)(int64_t)*value ? NULL : unit;
    }
    return NULL;
}

static bool read_bars(const char *text, QmPosition *position)
{
    QmPosition read = {QM_POS_BARS, 1, 1, 1, 0};
    text = read_whole(text, QM_MAX_BAR, &read.bar);
    if (text && *text == '.') {
        text = read_whole(text + 1, MAX_BEAT, &read.beat);
        if (text && *text == '.') {
            text = read_whole(text + 1, MAX_SIXTEENTH, &read.sixteenth);
        }
    }
    if (!text || *text != '\0') {
        return false;
    }
    *position = read;
    return true;
}

bool qm_position_parse(const char *text, QmPosition *position)
{
    double value;
    if (read_bars(text, position)) {
        return true;
    }
    const LengthUnit *unit = read_quantity(text, &value);
    if (!unit || !(value >= 0)) {
        return false;
    }
    value += 0.0; /* -0 is 0 */
    switch (unit->kind) {
    case QM_LEN_S:
        *position = (QmPosition){.kind = QM_POS_SECONDS, .value = value};
        return true;
    case QM_LEN_MS:
        *position = (QmPosition){.kind = QM_POS_SECONDS, .value = value / 1000};
        return true;
    case QM_LEN_SAMPLES:
        *position = (QmPosition){.kind = QM_POS_SAMPLES, .value = value};
        return true;
    default:
        return false;
    }
}

static void print_quantity(double value, const char *unit, QmText *text)
{
    char number[QM_NUMBER_TEXT];
    qm_number_text(value, number);
    qm_text_printf(text, "%s %s", number, unit);
}

void qm_position_print(QmPosition position, QmText *text)
{
    if (position.kind == QM_POS_SECONDS) {
        print_quantity(position.value, "s", text);
    } else if (position.kind == QM_POS_SAMPLES) {
        print_quantity(position.value, "samples", text);
    } else if (position.sixteenth != 1) {
        qm_text_printf(text, "%d.%d.%d", position.bar, position.beat, position.sixteenth);
    } else if (position.beat != 1) {
        qm_text_printf(text, "%d.%d", position.bar, position.beat);
    } else {
        qm_text_printf(text, "%d", position.bar);
    }
}

static bool read_note(const char *text, QmLength *length)
{
    QmLength read = {.kind = QM_LEN_NOTE};
    const bool negative = *text == '-';
    text =
        read_whole(text + (*text == '-' || *text == '+'), MAX_NUMERATOR, &read.numerator);
    if (!text || *text != '/') {
        return false;
    }
    text = read_whole(text + 1, MAX_DENOMINATOR, &read.denominator);
    if (!text || *text != '\0' || QM_NOTE_GRID % read.denominator != 0) {
        return false;
    }
    read.numerator = negative ? -read.numerator : read.numerator;
    *length = read;
    return true;
}

bool qm_length_parse(const char *text, QmLength *length)
{
    double value;
    if (read_note(text, length)) {
        return true;
    }
    const LengthUnit *unit = read_quantity(text, &value);
    if (!unit) {
        return false;
    }
    *length = (QmLength){.value = value + 0.0};
    length->kind = unit->kind;
    return true;
}

void qm_length_print(QmLength length, QmText *text)
{
    if (length.kind == QM_LEN_NOTE) {
        qm_text_printf(text, "%d/%d", length.numerator, length.denominator);
        return;
    }
    for (size_t i = 0; i < QM_COUNT(length_units); i++) {
        const LengthUnit *unit = &length_units[i];
        if (unit->kind == (int)length.kind) {
            const bool many = unit->plural && length.value != 1 && length.value != -1;
            print_quantity(length.value, many ? unit->plural : unit->name, text);
        }
    }
}

bool qm_length_negative(QmLength length)
{
    return length.kind == QM_LEN_NOTE ? length.numerator < 0 : length.value < 0;
}

bool qm_length_zero(QmLength length)
{
    return length.kind == QM_LEN_NOTE ? length.numerator == 0 : length.value == 0;
}
