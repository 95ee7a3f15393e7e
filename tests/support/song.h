/* A small song made by hand, for tests of the model:
 *
 *   0 kick   sampler, inserts eq (two bands), eq, compressor; to drums, send to hall
 *   1 bass   tone, insert compressor keyed by kick
 *   2 vox    one clip
 *   3 drums  bus, limiter
 *   4 hall   bus, output none
 *   5 master
 *
 * sounds: boom, voice; pattern: verse, on kick. Valid as it is; tests bend it. */
#ifndef QM_TESTS_SONG_H
#define QM_TESTS_SONG_H

#include "model/session.h"

enum { SONG_KICK, SONG_BASS, SONG_VOX, SONG_DRUMS, SONG_HALL, SONG_MASTER, SONG_STRIPS };

QmSession *song_new(QmArena *arena);

#endif
