/* The sine of a phase counted in 2^-32 turns: integers make it a function of the frame
 * alone.
 *
 * Folded to a quarter turn and summed to the 15th power (Taylor): |error| < 1e-11,
 * far below the last bit of a float. Without branches, so that loops over it run in
 * vectors. */
#ifndef QM_DSP_SINE_H
#define QM_DSP_SINE_H

#include <stdint.h>

static inline double qm_sine_of_phase(uint32_t phase)
{
    const double half = 0.5 * ((phase >> 31) ? -1.0 : 1.0);
    const double turns = (double)(int32_t)phase * 0x1p-32;
    const double folded = turns > 0.25 || turns < -0.25 ? half - turns : turns;
    const double z = folded * folded;
    double p = -0.7181223017785001;
    p = p * z + 3.8199525848482803;
    p = p * z - 15.094642576822984;
    p = p * z + 42.058693944897634;
    p = p * z - 76.70585975306136;
    p = p * z + 81.60524927607504;
    p = p * z - 41.341702240399755;
    p = p * z + 6.283185307179586;
    return p * folded;
}

#endif
