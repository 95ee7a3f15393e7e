/* What differs between two mixes: their decision logs, compared by what they do.
 *
 * A decision is known by its target, whatever line it stands on and whichever rule made
 * it; values that say the same number in the same unit are the same ("-3 dB", "-3.0 dB").
 * Notes change nothing and are left out. */
#ifndef QM_MIX_MIX_DIFF_H
#define QM_MIX_MIX_DIFF_H

#include "mix/decision.h"

typedef enum QmChange { QM_ADDED, QM_REMOVED, QM_CHANGED } QmChange;
extern const char *const qm_change_names[4]; /* "added", "removed", "changed", NULL */

typedef struct QmMixChange {
    QmChange kind;
    const char *strip;           /* what the target begins with; "" of the song (tempo) */
    const QmDecision *from, *to; /* NULL: there is none */
} QmMixChange;

/* Of the head: what the mixes were made from. */
typedef struct QmHeadChange {
    const char *what;      /* "template", "seed", "input kick" */
    const char *from, *to; /* NULL: there is none */
} QmHeadChange;

typedef struct QmMixDiff {
    QmList heads;   /* of QmHeadChange: as logs say them, then inputs */
    QmList changes; /* of QmMixChange: by strip (inputs, what else there is as it comes,
                       the master), stage, place in the log */
} QmMixDiff;

/* From `a` to `b`. It lives in `arena` and refers to both. False: out of memory. */
bool qm_mix_diff(const QmDecisionLog *a, const QmDecisionLog *b, QmArena *arena,
                 QmMixDiff *diff);

static inline bool qm_mix_same(const QmMixDiff *diff)
{
    return !diff->heads.count && !diff->changes.count;
}

#endif
