/* Sound in a row of channels, a piece at a time, as the EBU's test signals are made. */
#ifndef QM_TESTS_EBU_SIGNALS_H
#define QM_TESTS_EBU_SIGNALS_H

#include "tests/support/analyse_rig.h"

enum { SOUND_CHANNELS = 8 };

typedef struct Sound {
    double rate;
    uint32_t channels;
    int64_t frames, room;
    float *samples[SOUND_CHANNELS];
} Sound;

/* Room for so many seconds. */
Sound sound_new(double rate, uint32_t channels, double seconds);
void sound_free(Sound *sound);

/* Sine of `hz` at each channel's peak level in dBFS, from phase 0; NULL: silence. */
void sound_tones(Sound *sound, double seconds, double hz, const double *dbfs);
/* The same level in all channels; 1 kHz. */
void sound_tone(Sound *sound, double seconds, double dbfs);
void sound_silence(Sound *sound, double seconds);
/* White noise of peak `amplitude`, other in each channel. */
void sound_noise(Sound *sound, double seconds, double amplitude, uint64_t seed);

/* To be given back with qm_analysis_free. */
QmAnalysis *sound_analyse(const Sound *sound, const char *features,
                          const QmAnalysisOptions *options);

#endif
