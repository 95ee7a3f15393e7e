/* Shapes of a slow swing, -1..1, as functions of the phase (in 2^-32 turns) and of the
 * number of the cycle: integers make them functions of the song position alone (R9). All
 * start at the phase where a player expects it: sine and triangle at 0 going up, saws at
 * the end they leave, the square high. */
#ifndef QM_DSP_LFO_H
#define QM_DSP_LFO_H

#include "base/rand.h"
#include "dsp/sine.h"

typedef enum QmLfoShape {
    QM_LFO_SINE,
    QM_LFO_TRIANGLE,
    QM_LFO_SAW_UP,
    QM_LFO_SAW_DOWN,
    QM_LFO_SQUARE,
    QM_LFO_SAMPLE_HOLD,
    QM_LFO_RANDOM, /* smooth: from draw to draw on half a cosine's curve */
    QM_LFO_SHAPES,
} QmLfoShape;

#define QM_LFO_NAMES                                                                     \
    {                                                                                    \
        "sine", "triangle", "saw-up", "saw-down", "square", "sample-hold", "random",     \
            NULL                                                                         \
    }

/* The draw of a cycle, in [-1, 1). `key` is qm_rand_key of the seed and of what draws. */
static inline double qm_lfo_draw(uint64_t key, uint32_t cycle)
{
    return (double)(int64_t)qm_rand_bits(key, cycle) * 0x1p-63;
}

static inline double qm_lfo_value(QmLfoShape shape, uint32_t phase, uint32_t cycle,
                                  uint64_t key)
{
    const double turn = phase * 0x1p-32;
    switch (shape) {
    case QM_LFO_TRIANGLE: {
        const double quarter = (uint32_t)(phase + 0x40000000u) * 0x1p-31;
        return quarter < 1 ? 2 * quarter - 1 : 3 - 2 * quarter;
    }
    case QM_LFO_SAW_UP:
        return 2 * turn - 1;
    case QM_LFO_SAW_DOWN:
        return 1 - 2 * turn;
    case QM_LFO_SQUARE:
        return turn < 0.5 ? 1 : -1;
    case QM_LFO_SAMPLE_HOLD:
        return qm_lfo_draw(key, cycle);
    case QM_LFO_RANDOM: {
        const double from = qm_lfo_draw(key, cycle), to = qm_lfo_draw(key, cycle + 1);
        return from +
               (to - from) * (0.5 - 0.5 * qm_sine_of_phase(phase / 2 + 0x40000000u));
    }
    default:
        return qm_sine_of_phase(phase);
    }
}

#endif
