/* An opened sound file, as the preparation sees it. Made by formats/audio_read, used by
 * render/prepare: the two never include each other. */
#ifndef QM_MODEL_AUDIO_READER_H
#define QM_MODEL_AUDIO_READER_H

#include "base/diag.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct QmAudioInfo {
    uint32_t rate;     /* Hz, 1..4294967295 as the file says; the preparation checks it */
    uint32_t channels; /* 1..32 */
    int64_t frames;    /* what can really be read; -1: not known before the end (pipe) */
    bool seekable;     /* may be read at any frame, again and again, at the same cost */
    char format[48];   /* "WAV pcm24" */
    int64_t announced; /* frames that the header speaks of, for progress; 0: none */
} QmAudioInfo;

typedef struct QmAudioReader {
    QmAudioInfo info;
    /* Reads up to n frames at `frame` (or wherever a pipe stands: then frame must follow
     * on) into out[n][channels]; *got < n only at the end. Non-finite samples come as 0
     * and are counted. */
    QmStatus (*read)(void *self, int64_t frame, uint32_t n, float *out, uint32_t *got,
                     QmDiag *diag);
    void (*close)(void *self);
    uint64_t (*not_finite)(
        const void *self); /* how many samples were taken as 0 so far */
    void *self;
} QmAudioReader;

/* How to open one: supplied by the tool. `name` is a path or "-". */
typedef QmStatus (*QmAudioOpen)(void *context, const char *name, QmPlace place,
                                QmDiag *diag, QmAudioReader *reader);

#endif
