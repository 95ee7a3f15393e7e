/* Steps as text: `X...x...`, `C2 . . Eb2`, and Euclid's even spread. */
#ifndef QM_MODEL_STEPS_H
#define QM_MODEL_STEPS_H

#include "base/text.h"
#include "model/session.h"

/* How loud a written step is, as linear gain; the one place where these numbers are.
 * Notes and Euclid's hits are normal steps. */
#define QM_VELOCITY_ACCENT 1.0f /* X */
#define QM_VELOCITY_NORMAL 0.7f /* x */

/* Reads `X`, `x` and `.`; white space is free. On failure *found is the byte that is no
 * step, or NUL for too many (QM_MAX_STEPS) or none at all. Errors: QM_ERR_INPUT,
 * QM_ERR_MEMORY. */
QmStatus qm_steps_parse(const char *text, QmArena *arena, QmStep **steps,
                        uint32_t *n_steps, char *found);
void qm_steps_print(const QmStep *steps, uint32_t n_steps, QmText *text);

/* Reads note names (C4 is 0 semitones, `#` and `b`, octaves -1 to 9) and `.`, parted by
 * white space. On failure `found` holds the word that is no note, "" for too many or
 * none. */
enum { QM_NOTE_TEXT = 24 };
QmStatus qm_notes_parse(const char *text, QmArena *arena, QmStep **steps,
                        uint32_t *n_steps, char found[QM_NOTE_TEXT]);
void qm_notes_print(const QmStep *steps, uint32_t n_steps, QmText *text);

/* Bjorklund's spread of |hits| over n steps (1..QM_MAX_STEPS), rotated left; negative
 * hits swap hits and rests. steps[n] is filled; |hits| <= n. */
void qm_euclid(int32_t hits, uint32_t n, int32_t rotation, QmStep *steps);

#endif
