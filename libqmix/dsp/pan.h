/* Pan: the matrix from a strip's two channels to the two of its bus.
 *
 * A law says what a position x, 0 left .. 1 right, leaves of a channel on either side:
 *
 *      0 dB   min(1, 2 - 2x), min(1, 2x)         the near side stands, the far one fades
 *     -3 dB   cos(pi x/2),    sin(pi x/2)        constant power
 *     -6 dB   1 - x,          x                  linear: constant sum in mono
 *   -4.5 dB   the geometric mean of the two      between them (the BBC's compromise)
 *
 * each named after the centre. `balance` weighs the two channels: left by what the law
 * leaves on the left, right likewise, and nothing crosses. `stereo` moves them: at pan 0
 * they are at their ends; panned left, the left one stays and the right one travels
 * across, so that nothing of the strip is lost. Width is mid and side before that. */
#ifndef QM_DSP_PAN_H
#define QM_DSP_PAN_H

#include "base/qmath.h"

typedef enum QmPanLaw {
    QM_PAN_0_DB,
    QM_PAN_3_DB,
    QM_PAN_4_5_DB,
    QM_PAN_6_DB,
    QM_PAN_LAWS
} QmPanLaw;

typedef enum QmPanMode { QM_PAN_BALANCE, QM_PAN_STEREO } QmPanMode;

/* What position x leaves on the left; the right is the left of 1 - x. */
static inline double qm_pan_left(QmPanLaw law, double x)
{
    const double line = 1.0 - x;
    switch (law) {
    case QM_PAN_3_DB:
        return line > 0.0 ? qm_cos_turns(0.25 * x) : 0.0;
    case QM_PAN_4_5_DB:
        return line > 0.0 ? qm_sqrt(line * qm_cos_turns(0.25 * x)) : 0.0;
    case QM_PAN_6_DB:
        return line;
    default:
        return line < 0.5 ? 2.0 * line : 1.0;
    }
}

/* What a channel of the output takes of the input's same channel, and of the other.
 * pan -1..1, width 0..2. */
typedef struct QmPanGains {
    double self, cross;
} QmPanGains;

static inline QmPanGains qm_pan_gains(QmPanLaw law, QmPanMode mode, double pan,
                                      double width, int channel)
{
    const double toward = channel ? -pan : pan; /* away from this channel: above zero */
    double near = qm_pan_left(law, 0.5 + 0.5 * toward), far = 0.0;
    if (mode == QM_PAN_STEREO) {
        near = qm_pan_left(law, toward > 0.0 ? toward : 0.0);
        far = qm_pan_left(law, toward < 0.0 ? 1.0 + toward : 1.0);
    }
    const double same = (1.0 + width) * 0.5, other = (1.0 - width) * 0.5;
    return (QmPanGains){near * same + far * other, near * other + far * same};
}

#endif
