/* The beat that echoes, swings and pumping are tied to. */
#ifndef QM_MIX_BEAT_H
#define QM_MIX_BEAT_H

#include "mix/mix.h"

typedef struct QmBeat {
    double bpm;   /* quarter notes a minute */
    double first; /* s: a beat is there */
    bool synced;  /* the session's own tempo is that of the music: `sync` may be used */
} QmBeat;

/* A tempo that was measured counts where it is steady and at least this sure. */
#define QM_BEAT_CONFIDENCE 0.5

/* False: there is none to rely on. Where a tempo was measured it is that one, and the
 * session has it if it says the same, or half, or twice as much; where none was measured,
 * that of a session that somebody wrote. */
bool qm_mix_beat(const QmMix *mix, double least_confidence, QmBeat *beat);

#endif
