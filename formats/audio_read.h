/* Sound files: WAV, RF64, W64, AIFF, AU, CAF, FLAC, Ogg (Vorbis, Opus, FLAC), MP3 through
 * libsndfile; WAV from a pipe by ourselves. */
#ifndef QM_FORMATS_AUDIO_READ_H
#define QM_FORMATS_AUDIO_READ_H

#include "model/audio_reader.h"

/* A QmAudioOpen; `context` is not used. `name` is a path (a FIFO too) or "-", standard
 * input.
 *
 * info.frames is only said where the file's size proves it, else -1 (compressed, or a
 * pipe); read to the end then. Only what has a known length is seekable. Nothing is
 * allocated or looped in proportion to what a header claims.
 *
 * Samples: integers become x / 2^(bits-1) exactly; floats are kept, also beyond 1; what
 * is not finite becomes 0 and is counted; |x| < 1e-30 becomes 0. Errors: QM_ERR_INPUT for
 * what cannot be opened or understood, QM_ERR_IO when the system fails while reading,
 * QM_ERR_MEMORY. */
QmStatus qm_audio_open(void *context, const char *name, QmPlace place, QmDiag *diag,
                       QmAudioReader *reader);

#endif
