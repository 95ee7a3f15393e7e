/* What rules of the fader's gain mind. */
#ifndef QM_MIX_FADER_H
#define QM_MIX_FADER_H

#include "mix/mix.h"

/* Whether the session by itself has a lane of the strip's fader gain. */
static inline bool qm_fader_is_automated(const QmMix *mix, const QmMixStrip *strip)
{
    for (uint32_t i = 0; i < mix->base->n_lanes; i++) {
        const QmTarget target = mix->base->lanes[i].target;
        if (target.strip == strip->at && target.slot == QM_SLOT_FADER &&
            target.param == QM_FADER_GAIN)
            return true;
    }
    return false;
}

#endif
