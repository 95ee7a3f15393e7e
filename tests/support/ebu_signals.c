/* Whole frames are rounded to the nearest; samples to float. */
#include "tests/support/ebu_signals.h"

#include "base/rand.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Sound sound_new(double rate, uint32_t channels, double seconds)
{
    Sound s = {.rate = rate, .channels = channels};
    s.room = llrint(rate * seconds) + 64;
    for (uint32_t c = 0; c < channels; c++)
        s.samples[c] = calloc((size_t)s.room, sizeof *s.samples[c]);
    return s;
}

void sound_free(Sound *sound)
{
    for (uint32_t c = 0; c < sound->channels; c++)
        free(sound->samples[c]);
    memset(sound, 0, sizeof *sound);
}

static int64_t grow(Sound *sound, double seconds)
{
    const int64_t n = llrint(sound->rate * seconds);
    assert(sound->frames + n <= sound->room);
    sound->frames += n;
    return n;
}

void sound_tones(Sound *sound, double seconds, double hz, const double *dbfs)
{
    const int64_t at = sound->frames, n = grow(sound, seconds);
    double gains[SOUND_CHANNELS];
    for (uint32_t c = 0; dbfs && c < sound->channels; c++)
        gains[c] = pow(10, dbfs[c] / 20);
    for (int64_t i = 0; dbfs && i < n; i++) {
        const double sine = sin(2 * M_PI * hz / sound->rate * (double)i);
        for (uint32_t c = 0; c < sound->channels; c++)
            sound->samples[c][at + i] = (float)(gains[c] * sine);
    }
}

void sound_tone(Sound *sound, double seconds, double dbfs)
{
    double all[SOUND_CHANNELS];
    for (uint32_t c = 0; c < SOUND_CHANNELS; c++)
        all[c] = dbfs;
    sound_tones(sound, seconds, 1000, all);
}

void sound_silence(Sound *sound, double seconds)
{
    sound_tones(sound, seconds, 1000, NULL);
}

void sound_noise(Sound *sound, double seconds, double amplitude, uint64_t seed)
{
    const int64_t at = sound->frames, n = grow(sound, seconds);
    for (uint32_t c = 0; c < sound->channels; c++)
        for (int64_t i = 0; i < n; i++)
            sound->samples[c][at + i] =
                (float)(amplitude * (2 * qm_rand(seed, c, (uint64_t)i) - 1));
}

QmAnalysis *sound_analyse(const Sound *sound, const char *features,
                          const QmAnalysisOptions *options)
{
    const AnalyseRig rig = {.channels = (const float *const *)sound->samples,
                            .n_channels = sound->channels,
                            .frames = sound->frames,
                            .rate = sound->rate,
                            .features = features,
                            .options = options};
    return analyse(&rig);
}
