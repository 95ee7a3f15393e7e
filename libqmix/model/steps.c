/* Pattern text and Bjorklund's algorithm.
 *
 * Bjorklund (as in TidalCycles): begin with k groups [1] and n - k groups [0]; as long as
 * more than one group of the second kind is left, append one of them to each of the first
 * kind as far as they go; what is left over is the new second kind. All groups of one
 * kind are equal at any time, so a kind is one group and a count, and the result is their
 * concatenation:
 *
 *   (5, 8):  5 [1] 3 [0]  ->  3 [10] 2 [1]  ->  2 [101] 1 [10]  ->  10110110
 *
 * Other spellings of "evenly" (Bresenham's line) differ in phase. Source: G. Toussaint,
 * "The Euclidean algorithm generates traditional musical rhythms", 2005. */
#include "model/steps.h"

#include <string.h>

static const char white[] = " \t\r\n";

static const char *const note_names[12] = {"C",  "C#", "D",  "Eb", "E",  "F",
                                           "F#", "G",  "Ab", "A",  "Bb", "B"};

QmStatus qm_steps_parse(const char *text, QmArena *arena, QmStep **steps,
                        uint32_t *n_steps, char *found)
{
    uint32_t n = 0;
    *found = '\0';
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr("Xx.", *c)) {
            n++;
        } else if (!strchr(white, *c)) {
            *found = *c;
            return QM_ERR_INPUT;
        }
        if (n > QM_MAX_STEPS) {
            return QM_ERR_INPUT;
        }
    }
    if (n == 0) {
        return QM_ERR_INPUT;
    }
    QmStep *read = QM_NEW_ARRAY(arena, QmStep, n);
    if (!read) {
        return QM_ERR_MEMORY;
    }
    uint32_t at = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (!strchr(white, *c)) {
            read[at++].velocity = *c == 'X'   ? QM_VELOCITY_ACCENT
                                  : *c == 'x' ? QM_VELOCITY_NORMAL
                                              : 0;
        }
    }
    *steps = read;
    *n_steps = n;
    return QM_OK;
}

void qm_steps_print(const QmStep *steps, uint32_t n_steps, QmText *text)
{
    for (uint32_t i = 0; i < n_steps; i++) {
        const float velocity = steps[i].velocity;
        qm_text_add(text, velocity == 0                    ? "."
                          : velocity >= QM_VELOCITY_ACCENT ? "X"
                                                           : "x");
    }
}

/* One word of `length` bytes: a rest or a note. */
static bool read_note(const char *word, size_t length, QmStep *step)
{
    static const char letters[] = "CDEFGAB";
    static const int8_t semitones[] = {0, 2, 4, 5, 7, 9, 11};
    if (length == 1 && word[0] == '.') {
        *step = (QmStep){0};
        return true;
    }
    const char *letter = word[0] != '\0' ? strchr(letters, word[0]) : NULL;
    if (!letter) {
        return false;
    }
    int note = semitones[letter - letters];
    size_t at = 1;
    if (at < length && (word[at] == '#' || word[at] == 'b')) {
        note += word[at++] == '#' ? 1 : -1;
    }
    const bool below = at < length && word[at] == '-';
    at += below;
    if (at + 1 != length || word[at] < '0' || word[at] > '9' ||
        (below && word[at] != '1')) {
        return false;
    }
    const int octave = below ? -1 : word[at] - '0';
    const int from_c4 = note + 12 * (octave - 4);
    if (from_c4 < -60 || from_c4 > 71) {
        return false; /* Cb-1, B#9: no name to print them by */
    }
    *step = (QmStep){.velocity = QM_VELOCITY_NORMAL, .semitones = (int8_t)from_c4};
    return true;
}

/* How many words there are, at most one more than may be. */
static uint32_t count_words(const char *text)
{
    uint32_t n = 0;
    for (text += strspn(text, white); *text != '\0' && n <= QM_MAX_STEPS; n++) {
        text += strcspn(text, white);
        text += strspn(text, white);
    }
    return n;
}

QmStatus qm_notes_parse(const char *text, QmArena *arena, QmStep **steps,
                        uint32_t *n_steps, char found[QM_NOTE_TEXT])
{
    const uint32_t n = count_words(text);
    found[0] = '\0';
    if (n == 0 || n > QM_MAX_STEPS) {
        return QM_ERR_INPUT;
    }
    QmStep *read = QM_NEW_ARRAY(arena, QmStep, n);
    if (!read) {
        return QM_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < n; i++) {
        text += strspn(text, white);
        const size_t length = strcspn(text, white);
        if (!read_note(text, length, &read[i])) {
            const size_t shown = length < QM_NOTE_TEXT ? length : QM_NOTE_TEXT - 1;
            memcpy(found, text, shown);
            found[shown] = '\0';
            return QM_ERR_INPUT;
        }
        text += length;
    }
    *steps = read;
    *n_steps = n;
    return QM_OK;
}

void qm_notes_print(const QmStep *steps, uint32_t n_steps, QmText *text)
{
    for (uint32_t i = 0; i < n_steps; i++) {
        const int note = steps[i].semitones + 60; /* from C-1 */
        qm_text_add(text, i == 0 ? "" : " ");
        if (steps[i].velocity == 0) {
            qm_text_add(text, ".");
        } else {
            qm_text_printf(text, "%s%d", note_names[note % 12], note / 12 - 1);
        }
    }
}

/* A group of hits and rests, and how many of it there are. */
typedef struct Group {
    uint8_t steps[QM_MAX_STEPS];
    uint32_t length, count;
} Group;

static void append(Group *group, const Group *tail)
{
    memcpy(group->steps + group->length, tail->steps, tail->length);
    group->length += tail->length;
}

static void bjorklund(uint32_t hits, uint32_t n, uint8_t *out)
{
    Group first = {.steps = {1}, .length = 1, .count = hits};
    Group second = {.steps = {0}, .length = 1, .count = n - hits};
    while (first.count > 0 && second.count > 1) {
        const uint32_t joined = first.count < second.count ? first.count : second.count;
        Group rest = first.count > second.count ? first : second;
        rest.count -= joined;
        append(&first, &second);
        first.count = joined;
        second = rest;
        if (second.count == 0) {
            break;
        }
    }
    for (uint32_t i = 0; i < first.count; i++, out += first.length) {
        memcpy(out, first.steps, first.length);
    }
    for (uint32_t i = 0; i < second.count; i++, out += second.length) {
        memcpy(out, second.steps, second.length);
    }
}

void qm_euclid(int32_t hits, uint32_t n, int32_t rotation, QmStep *steps)
{
    uint8_t spread[QM_MAX_STEPS];
    const bool inverted = hits < 0;
    bjorklund((uint32_t)(inverted ? -hits : hits), n, spread);
    const int64_t turn = ((int64_t)rotation % n + n) % n;
    for (uint32_t i = 0; i < n; i++) {
        const bool hit = (spread[(i + (uint32_t)turn) % n] != 0) != inverted;
        steps[i] = (QmStep){.velocity = hit ? QM_VELOCITY_NORMAL : 0};
    }
}
