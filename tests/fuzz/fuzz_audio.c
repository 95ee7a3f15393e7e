/* links: formats */
/* Whatever bytes are taken for a sound file: a message, or sound of the promised length
 * and all finite. The first byte chooses between a file and a pipe. */
#include "formats/audio_read.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    CHUNK = 1024,
    CHANNELS = 32,
    MAX_FRAMES = 1 << 22, /* decoders may be asked for silence without end */
    PIPE_BYTES = 65536,   /* that a pipe takes without a reader */
};

static float audio[CHUNK * CHANNELS];

static void read_all(QmAudioReader *reader, QmDiag *diag)
{
    int64_t frames = 0;
    uint32_t got = CHUNK;
    QmStatus status = QM_OK;
    while (got && !status && frames < MAX_FRAMES) {
        status = reader->read(reader->self, frames, CHUNK, audio, &got, diag);
        for (uint32_t i = 0; !status && i < got * reader->info.channels; i++) {
            assert(audio[i] - audio[i] == 0.0f); /* finite */
        }
        frames += status ? 0 : got;
    }
    assert(status == (diag->status ? diag->status : QM_OK));
    assert(status || reader->info.frames < 0 || frames >= MAX_FRAMES ||
           frames == reader->info.frames);
    if (reader->info.seekable && reader->info.frames > 3 && !status) {
        status =
            reader->read(reader->self, reader->info.frames - 3, CHUNK, audio, &got, diag);
        assert(status || got == 3);
    }
}

static void try_descriptor(int fd)
{
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    static QmDiag diag;
    diag.status = QM_OK;
    diag.n_warnings = 0;
    QmAudioReader reader;
    if (qm_audio_open(NULL, name, (QmPlace){0}, &diag, &reader)) {
        assert(diag.status && diag.text[0]);
        return;
    }
    assert(reader.info.channels >= 1 && reader.info.channels <= CHANNELS &&
           reader.info.rate);
    read_all(&reader, &diag);
    reader.close(reader.self);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) {
        return 0;
    }
    const uint8_t *bytes = data + 1;
    if (data[0] & 1) {
        int ends[2];
        if (pipe(ends) != 0) {
            abort();
        }
        const size_t n = size - 1 < PIPE_BYTES ? size - 1 : PIPE_BYTES;
        assert(write(ends[1], bytes, n) == (ssize_t)n);
        close(ends[1]);
        try_descriptor(ends[0]);
        close(ends[0]);
    } else {
        const int fd = memfd_create("sound", MFD_CLOEXEC);
        assert(write(fd, bytes, size - 1) == (ssize_t)(size - 1));
        try_descriptor(fd);
        close(fd);
    }
    return 0;
}
