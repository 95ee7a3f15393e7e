/* sounds DIR: the sounds of testdata/sessions, made of sweeps and noise: stereo, mono,
 * six channels, four rates, four formats. The same bytes everywhere. */
#include "base/qmath.h"
#include "base/rand.h"
#include "formats/audio_write.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Sound {
    const char *file;
    uint32_t rate, channels;
    QmBits bits;
    double seconds, from_hz, to_hz; /* an exponential sweep */
    double noise;                   /* share of noise */
    double decay;                   /* seconds to fall by 60 dB; 0: none */
} Sound;

static const Sound sounds[] = {
    {"kick.wav", 48000, 1, QM_BITS_24, 0.4, 140, 45, 0.02, 0.3},
    {"snare.wav", 44100, 1, QM_BITS_16, 0.3, 330, 180, 0.7, 0.2},
    {"hat.flac", 48000, 2, QM_BITS_16, 0.12, 9000, 7000, 0.9, 0.08},
    {"bass.wav", 48000, 2, QM_BITS_32F, 12, 41, 110, 0.01, 0},
    {"keys.wav", 96000, 2, QM_BITS_24, 11, 220, 880, 0.02, 0},
    {"pad.flac", 44100, 2, QM_BITS_24, 12, 110, 330, 0.1, 0},
    {"vox.aiff", 48000, 1, QM_BITS_24, 9.5, 180, 1200, 0.05, 0},
    {"room.wav", 48000, 6, QM_BITS_24, 12, 60, 6000, 0.3, 0},
    {"guitar.wav", 96000, 1, QM_BITS_24, 1.5, 165, 660, 0.1, 0},
};

/* One sample of a channel at frame i. */
static float sample(const Sound *s, uint64_t seed, uint32_t channel, int64_t i)
{
    const double t = (double)i / s->rate, span = s->seconds;
    const double k = qm_ln(s->to_hz / s->from_hz) / span;
    const double turns = s->from_hz * (qm_exp(k * t) - 1.0) / k;
    const double swept = qm_sin_turns(turns + 0.07 * channel);
    const double hiss = 2.0 * qm_rand(seed, channel, (uint64_t)i) - 1.0;
    const double fade = s->decay > 0 ? qm_exp(-6.9 * t / s->decay) : 1.0;
    return (float)(0.5 * fade * (swept * (1.0 - s->noise) + hiss * s->noise));
}

static QmStatus make(const char *folder, const Sound *s, uint64_t seed, QmDiag *diag)
{
    enum { BLOCK = 1024, CHANNELS = 8 };
    float block[BLOCK * CHANNELS];
    char path[4096];
    QmArena arena;
    QmSink sink;
    qm_arena_init(&arena);
    snprintf(path, sizeof path, "%s/%s", folder, s->file);
    const QmAudioFormat format = {s->rate, s->channels, s->bits, .seed = seed};
    QmStatus status = qm_audio_sink_open(path, &format, &arena, diag, &sink);
    if (status != QM_OK)
        goto out;
    const int64_t frames = (int64_t)(s->seconds * s->rate);
    for (int64_t at = 0; at < frames && status == QM_OK; at += BLOCK) {
        const uint32_t n = frames - at < BLOCK ? (uint32_t)(frames - at) : BLOCK;
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t c = 0; c < s->channels; c++)
                block[i * s->channels + c] = sample(s, seed, c, at + i);
        status = sink.write(sink.self, at, block, n, diag);
    }
    if (status == QM_OK)
        status = sink.finish(sink.self, diag);
    sink.close(sink.self);
out:
    qm_arena_release(&arena);
    return status;
}

int main(int argc, char **argv)
{
    QmDiag diag = {.status = QM_OK};
    if (argc != 2) {
        fprintf(stderr, "usage: sounds DIR\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof sounds / sizeof sounds[0]; i++)
        if (make(argv[1], &sounds[i], i + 1, &diag) != QM_OK) {
            fprintf(stderr, "sounds: %s\n", diag.text);
            return qm_status_exit(diag.status);
        }
    return 0;
}
