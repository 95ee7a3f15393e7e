/* Narrow peaks that belong to the recording (a room, a drum's ring, a nose), not to what
 * is played: what a surgical cut is for.
 *
 * A resonance of quality Q that adds `prominence` P dB is undone by a peaking cut (RBJ)
 * of -P dB whose Q is Q / 10^(P / 40). */
#ifndef QM_ANALYSIS_RESONANCE_H
#define QM_ANALYSIS_RESONANCE_H

#include "analysis/feature.h"

enum { QM_MAX_RESONANCES = 12 };

typedef struct QmResonance {
    QmMeasured freq;        /* Hz */
    QmMeasured prominence;  /* dB over what is around it; at least 6 */
    QmMeasured q;           /* frequency / width of what it adds, at half power */
    QmMeasured persistence; /* % of the time in which it stood out; at least 70 */
} QmResonance;

typedef struct QmResonances {
    QmMeasured count;
    QmList resonances; /* of QmResonance, the most prominent first */
} QmResonances;

extern const QmFeature qm_feature_resonance;

#endif
