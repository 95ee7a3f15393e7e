/* What a strip is, from what it sounds like. */
#ifndef QM_MIX_ROLE_SOUND_H
#define QM_MIX_ROLE_SOUND_H

#include "mix/facts.h"
#include "mix/role.h"

typedef struct QmRoleHeard {
    QmRole role;       /* QM_ROLE_OTHER: silence */
    double confidence; /* 0..1 */
    QmRole next;       /* what it would be otherwise */
} QmRoleHeard;

/* One of: kick, snare, hats, percussion, drums, bass, pad, harmony (all that is pitched
 * and not bass), speech, music (a whole mix). Who sings, and which instrument plays, is
 * not told by these facts. What is unmeasured is left out. */
QmRoleHeard qm_role_by_sound(const QmFacts *facts);

#endif
