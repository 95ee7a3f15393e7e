/* A fader's coefficients: out = self * in + cross * the other channel, in floats. */
#ifndef QM_GRAPH_FADER_H
#define QM_GRAPH_FADER_H

#include "graph/kernels.h"
#include "model/session.h"

/* By channel. `gain` is linear; `law` and mode are the fader's own. */
static inline void qm_fader_coeffs(const QmFader *fader, double gain, double pan,
                                   double width, float coeffs[2][QM_FADER_COEFFS])
{
    for (int c = 0; c < 2; c++) {
        const QmPanGains gains =
            qm_pan_gains(fader->pan_law, fader->pan_mode, pan, width, c);
        coeffs[c][QM_FADER_SELF] = (float)(gain * gains.self);
        coeffs[c][QM_FADER_CROSS] = (float)(gain * gains.cross);
    }
}

#endif
