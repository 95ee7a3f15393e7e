/* Numbers and quantities as text, both ways, without a locale.
 *
 *   "-3.2 dB" <-> -3.2 dB      "250 ms" "2.5 s" "480 samples" -> time      "2 kHz" -> 2000 Hz
 *
 * A bare number takes the unit that its place in the table asks for; a written unit is
 * checked and converted (s and ms; Hz and kHz). Written numbers are the shortest that
 * read back as the same double; -0 is written 0; NaN and infinities are never written
 * (asserted). */
#ifndef QM_BASE_UNITS_H
#define QM_BASE_UNITS_H

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

enum { QM_NUMBER_TEXT = 32 };

/* "dB", "Hz", ...; "" for none. */
const char *qm_unit_name(QmUnit unit);

/* Writes the shortest decimal that reads back as `value` ("0.1", "-12.5", "1e+30");
 * returns its length. `value` is finite. */
size_t qm_number_text(double value, char text[QM_NUMBER_TEXT]);
/* The same with the unit: "-3.2 dB". */
size_t qm_quantity_text(double value, QmUnit unit, char text[QM_NUMBER_TEXT + 16]);
/* Fixed number of decimals (0..9), half away from zero, for tables people read
 * ("-14.02"). */
size_t qm_fixed_text(double value, int decimals, char text[QM_NUMBER_TEXT]);

/* Reads one whole decimal number ("-1.5", "+2", ".5", "1e3"; nothing else around it),
 * correctly rounded. False if it is none, or not finite. */
bool qm_number_parse(const char *text, double *value);
/* Reads a number with an optional unit, converted to `unit`. False if it is none or the
 * unit is of another kind. */
bool qm_quantity_parse(const char *text, QmUnit unit, double *value);

#endif
