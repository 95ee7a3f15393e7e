/* Gain sharing: microphones that are open for one talker at a time, as if a hand were on
 * every fader (Dan Dugan, "Automatic Microphone Mixing", JAES 23, 1975).
 *
 *     g_i = sqrt(w_i p_i / sum of w_j p_j),    w = 10^(weight / 10)
 *
 * Powers are shared, not amplitudes: the squares of all gains add up to one, so a bus
 * that shares has the noise and the room of one open microphone however many there are,
 * N equal voices that are not the same get -10 log10 N dB each, and a voice that is alone
 * gets 0 dB. While all of them are below the floor the gains stay as they are.
 *
 * p is the mean square of left and right between two grid lines, followed with an attack
 * where it rises and a release where it falls. */
#ifndef QM_DSP_GAIN_SHARE_H
#define QM_DSP_GAIN_SHARE_H

#include "base/qmath.h"

#include <stdint.h>

typedef struct QmGainShare {
    double attack, release; /* one-pole shares of a quantum */
    double floor;           /* of the weighted power of all together */
} QmGainShare;

/* One who shares. */
typedef struct QmGainShareVoice {
    double weight; /* of its power */
    double heard;  /* sum of squares since the last grid line */
    double power;  /* followed */
    double gain;
} QmGainShareVoice;

/* `quantum_hz`: grid lines a second. */
static inline void qm_gain_share_set(QmGainShare *share, double attack_ms,
                                     double release_ms, double floor_db,
                                     double quantum_hz)
{
    share->attack = qm_one_pole(attack_ms / 1000, quantum_hz);
    share->release = qm_one_pole(release_ms / 1000, quantum_hz);
    share->floor = qm_db_to_gain(2 * floor_db);
}

/* Silence, and equal gains until something is heard. Weights stay as they are: the caller
 * sets them, once, to 10^(weight_db / 10). */
static inline void qm_gain_share_reset(QmGainShareVoice *voices, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        voices[i].heard = voices[i].power = 0;
        voices[i].gain = 1 / qm_sqrt(n);
    }
}

/* n pairs that lie `stride` floats apart. */
static inline void qm_gain_share_listen(QmGainShareVoice *voice, const float *pairs,
                                        uint32_t stride, uint32_t n)
{
    double heard = voice->heard;
    for (uint32_t i = 0; i < n; i++, pairs += stride)
        heard +=
            (double)pairs[0] * (double)pairs[0] + (double)pairs[1] * (double)pairs[1];
    voice->heard = heard;
}

/* The grid line after `frames` frames: new gains. */
static inline void qm_gain_share_update(const QmGainShare *share,
                                        QmGainShareVoice *voices, uint32_t n,
                                        uint32_t frames)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        QmGainShareVoice *const v = &voices[i];
        const double mean = v->heard / (2.0 * frames);
        const double now = mean < 1e6 ? mean : 0; /* what is absurd is not shared */
        v->power += (now > v->power ? share->attack : share->release) * (now - v->power);
        v->heard = 0;
        sum += v->weight * v->power;
    }
    for (uint32_t i = 0; sum > share->floor && i < n; i++)
        voices[i].gain = qm_sqrt(voices[i].weight * voices[i].power / sum);
}

#endif
