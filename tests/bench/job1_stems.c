/* Stereo stems for the mixing benchmark, the same on every machine:
 *
 *   job1_stems FOLDER COUNT SECONDS     stem000.wav ... (48 kHz, 24 bit) and ir.wav, the
 *                 decaying noise that a peer without a reverb convolves with
 *
 * A stem is a row of decaying hits (a tone with overtones, and noise) of many pitches, so
 * that equalisers and compressors have something to do. A file that is there stays. */
#include "base/arena.h"
#include "base/hash.h"
#include "base/qmath.h"
#include "base/rand.h"
#include "base/text.h"
#include "formats/audio_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RATE = 48000, BLOCK = 4096, HIT = RATE / 4, TAIL_S = 2 };

static float block[2 * BLOCK];

static double noise(uint64_t key, int64_t index)
{
    return 2 * (double)(qm_rand_bits(key, (uint64_t)index) >> 11) * 0x1p-53 - 1;
}

static void stem_frame(uint64_t stem, int64_t frame, float out[2])
{
    const uint64_t key = qm_rand_key(stem, qm_hash64_string("stem"));
    const int64_t hit = frame / HIT, since = frame % HIT;
    const double t = (double)since / RATE;
    const double loud = 0.1 + 0.3 * (1 + noise(key, hit));
    const double hz = 55 * qm_exp2((double)(qm_rand_bits(key, (uint64_t)hit) % 60) / 12);
    const double shape = loud * qm_exp(-t * (4 + (double)(stem % 5) * 4)) *
                         (since < 96 ? (double)since / 96 : 1);
    const double tone = qm_sin_turns(hz * t) + 0.4 * qm_sin_turns(2.01 * hz * t) +
                        0.2 * qm_sin_turns(3.02 * hz * t);
    const double grain = 0.05 + 0.3 * (double)(stem % 3);
    out[0] = (float)(0.5 * shape * (tone + grain * noise(key + 1, frame)));
    out[1] = (float)(0.5 * shape * (tone + grain * noise(key + 2, frame)));
}

static void response_frame(uint64_t unused, int64_t frame, float out[2])
{
    (void)unused;
    const uint64_t key = qm_rand_key(0, qm_hash64_string("response"));
    const double level = 0.02 * qm_exp(-(double)frame / RATE * 3.84);
    out[0] = (float)(level * noise(key, frame));
    out[1] = (float)(level * noise(key + 1, frame));
}

static QmStatus write_file(const char *path, int64_t frames, uint64_t number,
                           void (*make)(uint64_t, int64_t, float[2]), QmDiag *diag)
{
    QmArena arena;
    QmSink sink;
    if (access(path, R_OK) == 0) {
        return QM_OK;
    }
    qm_arena_init(&arena);
    const QmAudioFormat format = {RATE, 2, QM_BITS_24};
    QmStatus status = qm_audio_sink_open(path, &format, &arena, diag, &sink);
    if (status) {
        goto out;
    }
    for (int64_t at = 0; !status && at < frames; at += BLOCK) {
        const uint32_t n = (uint32_t)(frames - at < BLOCK ? frames - at : BLOCK);
        for (uint32_t i = 0; i < n; i++) {
            make(number, at + i, block + 2 * i);
        }
        status = sink.write(sink.self, at, block, n, diag);
    }
    if (!status) {
        status = sink.finish(sink.self, diag);
    }
    sink.close(sink.self);
out:
    qm_arena_release(&arena);
    return status;
}

static QmStatus make_all(const char *folder, int count, int64_t seconds, QmDiag *diag)
{
    QmArena arena;
    QmStatus status = QM_OK;
    qm_arena_init(&arena);
    for (int i = -1; !status && i < count; i++) {
        QmText path;
        qm_text_init(&path, &arena);
        if (i < 0) {
            qm_text_printf(&path, "%s/ir.wav", folder);
        } else {
            qm_text_printf(&path, "%s/stem%03d.wav", folder, i);
        }
        if (path.failed) {
            status = qm_fail_memory(diag);
        } else if (i < 0) {
            status = write_file(path.data, TAIL_S * RATE, 0, response_frame, diag);
        } else {
            status = write_file(path.data, seconds * RATE, (uint64_t)i, stem_frame, diag);
        }
    }
    qm_arena_release(&arena);
    return status;
}

int main(int argc, char **argv)
{
    static QmDiag diag;
    const int count = argc == 4 ? atoi(argv[2]) : 0;
    const int seconds = argc == 4 ? atoi(argv[3]) : 0;
    if (count < 1 || count > 1000 || seconds < 1 || seconds > 36000) {
        fputs("usage: job1_stems FOLDER COUNT SECONDS\n", stderr);
        return QM_ERR_USAGE;
    }
    const QmStatus status = make_all(argv[1], count, seconds, &diag);
    if (status) {
        fprintf(stderr, "job1_stems: %s\n", diag.text);
    }
    return (int)status;
}
