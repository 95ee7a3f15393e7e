/* Each unit has one word that is written and some that are read; those that are read may
 * stand for a power of ten of it, which moves the decimal point before anything is
 * rounded: "250.1 ms" is the same double as "0.2501 s". Case does not matter when
 * reading. */
#include "base/units.h"

#include <string.h>

static const char *const NAMES[QM_UNIT_COUNT] = {
    [QM_UNIT_NONE] = "",      [QM_UNIT_DB] = "dB",       [QM_UNIT_HZ] = "Hz",
    [QM_UNIT_MS] = "ms",      [QM_UNIT_S] = "s",         [QM_UNIT_PERCENT] = "%",
    [QM_UNIT_RATIO] = ":1",   [QM_UNIT_SEMITONE] = "st", [QM_UNIT_BPM] = "bpm",
    [QM_UNIT_LU] = "LU",      [QM_UNIT_LUFS] = "LUFS",   [QM_UNIT_SAMPLES] = "samples",
    [QM_UNIT_DEGREE] = "deg",
};

/* Words that are read beside the names. */
static const struct Alias {
    const char *word;
    QmUnit unit;
    int decades;
} ALIASES[] = {
    {"kHz", QM_UNIT_HZ, 3},
    {"k", QM_UNIT_HZ, 3},
    {"s", QM_UNIT_MS, 3},
    {"ms", QM_UNIT_S, -3},
    {"semitones", QM_UNIT_SEMITONE, 0},
    {"semitone", QM_UNIT_SEMITONE, 0},
    {"sample", QM_UNIT_SAMPLES, 0},
    {"\xc2\xb0", QM_UNIT_DEGREE, 0}, /* the degree sign */
};

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool same_word(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

static bool find_word(const char *word, QmUnit unit, int *decades)
{
    if (*word == '\0' || same_word(word, NAMES[unit])) {
        *decades = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof ALIASES / sizeof ALIASES[0]; i++) {
        if (ALIASES[i].unit == unit && same_word(word, ALIASES[i].word)) {
            *decades = ALIASES[i].decades;
            return true;
        }
    }
    return false;
}

const char *qm_unit_name(QmUnit unit) { return NAMES[unit]; }

size_t qm_quantity_text(double value, QmUnit unit, char text[QM_NUMBER_TEXT + 16])
{
    size_t length = qm_number_text(value, text);
    if (unit != QM_UNIT_NONE && unit != QM_UNIT_RATIO) {
        text[length++] = ' ';
    }
    const size_t name = strlen(NAMES[unit]);
    memcpy(text + length, NAMES[unit], name + 1);
    return length + name;
}

bool qm_quantity_parse(const char *text, QmUnit unit, double *value)
{
    double found;
    const char *word = qm_number_scan(text, 0, &found);
    if (!word) {
        return false;
    }
    const bool spaced = *word == ' ';
    word += strspn(word, " ");
    int decades;
    if ((spaced && *word == '\0') || !find_word(word, unit, &decades)) {
        return false;
    }
    if (decades != 0 && !qm_number_scan(text, decades, &found)) {
        return false;
    }
    *value = found;
    return true;
}
