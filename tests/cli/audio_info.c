/* Opens a sound file, reads all of it and says what it is on one line:
 *
 *   audio_info FILE|-
 *   WAV pcm24, 48000 Hz, 2 channels, 144000 frames, 0 not finite, hash 3f...
 *
 * Exit codes as the tools'. For tests over hostile files. */
#include "base/hash.h"
#include "formats/audio_read.h"

#include <stdio.h>

enum { CHUNK = 4096, CHANNELS = 32 };

static float buffer[CHUNK * CHANNELS];

static QmStatus read_all(QmAudioReader *reader, int64_t *frames, uint64_t *hash,
                         QmDiag *diag)
{
    uint32_t got = CHUNK;
    while (got == CHUNK) {
        const QmStatus status =
            reader->read(reader->self, *frames, CHUNK, buffer, &got, diag);
        if (status) {
            return status;
        }
        *hash = qm_mix64(*hash ^
                         qm_hash64(buffer, got * reader->info.channels * sizeof(float)));
        *frames += got;
    }
    return QM_OK;
}

int main(int argc, char **argv)
{
    static QmDiag diag;
    QmAudioReader reader;
    if (argc != 2) {
        fputs("usage: audio_info FILE|-\n", stderr);
        return QM_ERR_USAGE;
    }
    QmStatus status = qm_audio_open(NULL, argv[1], (QmPlace){0}, &diag, &reader);
    if (!status) {
        int64_t frames = 0;
        uint64_t hash = 0;
        status = read_all(&reader, &frames, &hash, &diag);
        const QmAudioInfo *info = &reader.info;
        if (!status && info->frames >= 0 && info->frames != frames) {
            fprintf(stderr, "audio_info: %lld frames promised, %lld read\n",
                    (long long)info->frames, (long long)frames);
            status = QM_ERR_IO;
        }
        if (!status) {
            printf("%s, %u Hz, %u channels, %lld frames, %llu not finite, hash %016llx\n",
                   info->format, info->rate, info->channels, (long long)frames,
                   (unsigned long long)reader.not_finite(reader.self),
                   (unsigned long long)hash);
        }
        reader.close(reader.self);
    }
    if (diag.status) {
        fprintf(stderr, "audio_info: %s\n", diag.text);
    }
    return qm_status_exit(status);
}
