/* Quantities as text, both ways, without a locale.
 *
 *   "-3.2 dB" <-> -3.2 dB     "250 ms" "2.5 s" "480 samples" -> time     "2 kHz" -> 2000
 *
 * A bare number takes the unit that its place in the table asks for; a written unit is
 * checked and converted (s and ms; Hz and kHz). The numbers themselves: see number.h. */
#ifndef QM_BASE_UNITS_H
#define QM_BASE_UNITS_H

#include "base/number.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum QmUnit {
    QM_UNIT_NONE,     /* a plain number */
    QM_UNIT_DB,       /* level or gain, decibel */
    QM_UNIT_HZ,       /* frequency, hertz ("k" and "kHz" are read) */
    QM_UNIT_MS,       /* time, milliseconds ("s" is read) */
    QM_UNIT_S,        /* time, seconds ("ms" is read) */
    QM_UNIT_PERCENT,  /* percent, 0..100 */
    QM_UNIT_RATIO,    /* compression ratio, "4:1" or 4 */
    QM_UNIT_SEMITONE, /* pitch, semitones ("st") */
    QM_UNIT_BPM,      /* tempo */
    QM_UNIT_LU,       /* loudness difference */
    QM_UNIT_LUFS,     /* loudness */
    QM_UNIT_SAMPLES,  /* frames */
    QM_UNIT_DEGREE,   /* phase */
    QM_UNIT_COUNT,
} QmUnit;

/* "dB", "Hz", ...; "" for none, ":1" for a ratio. */
const char *qm_unit_name(QmUnit unit);

/* The shortest number with the unit: "-3.2 dB", "4:1"; returns its length. `value` is
 * finite. */
size_t qm_quantity_text(double value, QmUnit unit, char text[QM_NUMBER_TEXT + 16]);

/* Reads a number with an optional unit after it, with or without spaces between, in any
 * case, converted to `unit`, correctly rounded. False if it is none, not finite, or the
 * unit is of another kind. */
bool qm_quantity_parse(const char *text, QmUnit unit, double *value);

#endif
