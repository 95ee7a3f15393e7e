/* When a strip plays: the tenths of a second that are less than QM_PLAYING_LU below its
 * integrated loudness. Softer ones are pauses, tails, and what spills in. */
#ifndef QM_MIX_PLAYING_H
#define QM_MIX_PLAYING_H

#include "mix/facts.h"

#define QM_PLAYING_LU 20.0

/* The energy from which on one of its tenths counts; 0 where it has no loudness. */
double qm_playing_from(const QmFacts *facts);
/* In how many tenths each plays, and both do; they begin together. */
typedef struct QmPlaying {
    uint64_t one, other, both;
} QmPlaying;
QmPlaying qm_playing(const QmFacts *one, const QmFacts *other);

#endif
