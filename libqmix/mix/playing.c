/* Energies of tenths are compared with the one that a loudness stands for (BS.1770's
 * offset of 0.691 dB). */
#include "mix/playing.h"

#include "base/qmath.h"

#define OFFSET_LU 0.691

double qm_playing_from(const QmFacts *facts)
{
    const double lufs = facts->lufs.value - QM_PLAYING_LU;
    return facts->lufs.why ? 0 : qm_pow(10, (lufs + OFFSET_LU) / 10);
}

QmPlaying qm_playing(const QmFacts *one, const QmFacts *other)
{
    const double a = qm_playing_from(one), b = qm_playing_from(other);
    QmPlaying playing = {0, 0, 0};
    for (uint64_t i = 0; i < one->n_tenths || i < other->n_tenths; i++) {
        const bool x = i < one->n_tenths && one->tenths[i] >= a;
        const bool y = i < other->n_tenths && other->tenths[i] >= b;
        playing.one += x;
        playing.other += y;
        playing.both += x && y;
    }
    return playing;
}
