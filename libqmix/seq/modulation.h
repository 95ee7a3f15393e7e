/* What the modulators of a session say, as a function of the song position.
 *
 * Computed once from session, clock and timeline, and read-only afterwards (any thread):
 * the automation of the modulators' own numbers, and the notes that gate them. What an
 * envelope has heard is its listener's to keep; everything else needs no memory, so that
 * a render may begin anywhere (D2, R9).
 *
 * A param that is moved is what the session, then a lock, then automation says, or of the
 * routes with `from` and `to` the last one in session order; to which all amounts are
 * added; kept within its range. */
#ifndef QM_SEQ_MODULATION_H
#define QM_SEQ_MODULATION_H

#include "seq/timeline.h"

typedef struct QmModulation QmModulation;

/* All pointers are borrowed. Errors: QM_ERR_MEMORY. */
QmStatus qm_modulation_new(const QmSession *session, const QmClock *clock,
                           const QmTimeline *timeline, QmArena *arena, QmDiag *diag,
                           QmModulation **modulation);

/* What a modulator says at a song frame; `heard`: the state of one that listens. */
QmModValue qm_modulation_value(const QmModulation *modulation, uint32_t modulator,
                               int64_t frame, double heard);
/* The state of one that listens after n frames of sound, with its numbers as they are at
 * song frame `frame`. */
double qm_modulation_hear(const QmModulation *modulation, uint32_t modulator,
                          int64_t frame, double heard, const float *left,
                          const float *right, uint32_t n);

/* A param on its way from what it would be to what modulators make of it. */
typedef struct QmMove {
    double value;  /* in its unit */
    double amount; /* that is added, in parts of its range */
} QmMove;

/* Takes in what one route of a modulator does at a song frame. */
void qm_modulation_add(const QmModulation *modulation, uint32_t modulator, uint32_t route,
                       int64_t frame, QmModValue said, QmMove *move);

#endif
