/* Random sessions for properties that hold for all of them: every processor and
 * generator, keys, sends in front of and behind the fader, shares, latencies, solo and
 * mute, automation of everything, all modulators, tempo. Drawn from a seed, the same on
 * every machine. */
#ifndef QM_TESTS_RANDOM_SONG_H
#define QM_TESTS_RANDOM_SONG_H

#include "base/hash.h"
#include "tests/support/rig.h"

enum {
    SONG_MODULATORS = 5,
    SONG_ROUTES = 4,
    SONG_SOUNDS = 3,
    SONG_SOUND_FRAMES = 3000,
};

typedef struct RandomSong {
    Rig rig;
    uint64_t seed, drawn;
    int64_t frames; /* within which things happen */
    QmModulator modulators[SONG_MODULATORS];
    QmRoute routes[SONG_MODULATORS][SONG_ROUTES];
    double modulator_params[SONG_MODULATORS][QM_MAX_PARAMS];
    double input_params[RIG_STRIPS][QM_MAX_PARAMS];
    QmSound sounds[SONG_SOUNDS];
    QmAsset assets[SONG_SOUNDS];
    float audio[SONG_SOUNDS][2 * SONG_SOUND_FRAMES];
    char hash[SONG_SOUNDS][QM_SHA256_TEXT]; /* of the audio */
    const char *hashes[SONG_SOUNDS];
    QmTempo tempo[2];
} RandomSong;

/* Makes the session, timeline and clock; graph and plan are rig_build's. */
void random_song(RandomSong *song, uint64_t seed, int64_t frames);
void random_song_end(RandomSong *song);

/* The next draws. */
double song_draw(RandomSong *song);
uint32_t song_below(RandomSong *song, uint32_t n);
bool song_chance(RandomSong *song, double p);
double song_value(RandomSong *song, const QmParam *row);

/* Changes one thing, anything; gives its name. The session stays valid. */
const char *song_change(RandomSong *song);

#endif
