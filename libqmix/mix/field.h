/* The stereo field: what the rules that place strips in it have in common. */
#ifndef QM_MIX_FIELD_H
#define QM_MIX_FIELD_H

#include "mix/mix.h"

/* Two channels that differ: a side that is less than 40 dB below the middle. */
bool qm_field_stereo(const QmFacts *raw);
/* How far a pan can move it without taking one of its sides away: 1 for mono, 0 from
 * where its channels are unrelated. */
double qm_field_movable(const QmFacts *raw);
/* Whether it leans to a side by itself, by `lean` dB or more. */
bool qm_field_leans(const QmFacts *raw, double lean);
/* The largest width at which no octave of it loses more than `loss` dB in mono;
 * QM_FIELD_WIDEST where that is all the same; 1 where one loses more that hardly
 * sounds. */
#define QM_FIELD_WIDEST 2.0
double qm_field_widest(const QmFacts *raw, double loss);
/* The part of its power that is below 120 Hz, 0..1. */
double qm_field_lows(const QmFacts *raw);
/* Whether a rule may pan it: it is to be heard, neither of a role that stays in the
 * middle nor, whatever it is called, more than half lows; the session did not pan it, it
 * does not lean by `lean`, and can be moved. */
bool qm_field_is_free(const QmMix *mix, const QmMixStrip *strip, double lean);
/* The order of strips that does not depend on that of the session: by name. */
bool qm_field_before(const QmMixStrip *a, const QmMixStrip *b);

#endif
