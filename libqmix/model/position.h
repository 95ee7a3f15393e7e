/* Places and lengths in a song as text, both ways.
 *
 *   positions  5  5.3  5.3.2  2.5 s  250 ms  480 samples
 *   lengths    4 bars  1 bar  2 beats  3/16  250 ms  2.5 s  480 samples
 *
 * print(parse(x)) is canonical and stable; what the words mean in frames is
 * seq/clock's. */
#ifndef QM_MODEL_POSITION_H
#define QM_MODEL_POSITION_H

#include "base/text.h"
#include "model/session.h"

enum {
    QM_MAX_BAR = 1000000,
    QM_NOTE_GRID = 80640, /* a whole note in ticks; a written note length divides it */
};

/* False if `text` is none, or out of range. Trailing ones are not printed: 5.1.1 is
 * `5`. */
bool qm_position_parse(const char *text, QmPosition *position);
void qm_position_print(QmPosition position, QmText *text);

/* A length may be written with a sign; callers that want none check
 * qm_length_negative. */
bool qm_length_parse(const char *text, QmLength *length);
void qm_length_print(QmLength length, QmText *text);
bool qm_length_negative(QmLength length);
bool qm_length_zero(QmLength length);

#endif
