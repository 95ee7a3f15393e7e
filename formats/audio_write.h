/* Sound files and WAV streams as sinks. The name tells the format:
 *
 *   .wav              16, 24, 32f; becomes RF64 by itself when it grows beyond 4 GiB
 *   .rf64 .w64        16, 24, 32f
 *   .aiff .aif        16, 24, 32f
 *   .flac             16, 24
 *   .ogg              Vorbis, whatever the bits (not the same bits twice: a random serial
 *                     number, and the encoder uses libm)
 *   -, a FIFO, /dev/fd/N...   WAV with unknown sizes, as sox and ffmpeg read it
 *
 * The file appears under its name when finish succeeded, never in part (file_out.h).
 * Integers are quantised by ourselves (dsp/quantise.h): rounded half to even, clamped and
 * counted beyond full scale. Dither (dsp/dither.h) is keyed by (seed, channel, absolute
 * frame); the memory of shaped noise begins with the first frame that is written. What is
 * not finite is written as 0 and counted. No time stamps, no
 * peak chunks: equal audio gives equal files. */
#ifndef QM_FORMATS_AUDIO_WRITE_H
#define QM_FORMATS_AUDIO_WRITE_H

#include "base/arena.h"
#include "dsp/quantise.h"
#include "graph/sink.h"

typedef enum QmBits {
    QM_BITS_16 = 16,
    QM_BITS_24 = 24,
    QM_BITS_32F = 32, /* floats */
} QmBits;

typedef enum QmDitherKind {
    QM_DITHER_AUTO, /* triangular where bits drop: at 16 bits */
    QM_DITHER_NONE,
    QM_DITHER_TPDF,
    QM_DITHER_SHAPED, /* at 44.1 and 48 kHz */
} QmDitherKind;

typedef struct QmAudioFormat {
    uint32_t rate, channels;
    QmBits bits;
    QmDitherKind dither;
    uint64_t seed; /* of the dither */
} QmAudioFormat;

/* Memory is of `arena`; the sink's close gives back the rest. Errors: QM_ERR_USAGE for a
 * name or a combination that no format has, QM_ERR_IO, QM_ERR_MEMORY. Ignore SIGPIPE and
 * SIGXFSZ to get their failures as QM_ERR_IO. */
QmStatus qm_audio_sink_open(const char *name, const QmAudioFormat *format, QmArena *arena,
                            QmDiag *diag, QmSink *sink);

/* Peak, clipped and not finite samples of what was written so far. Of a sink of the
 * above. */
QmPcmStats qm_audio_sink_stats(const QmSink *sink);

#endif
