/* floats -> (dither, shaped noise) -> integers
 *
 *   -> WAV:     packed bytes -> write(2) in large pieces; the header is patched with the
 *               sizes at the end
 *   -> others:  libsndfile, which is given integers, because its own conversion wraps or
 *               truncates (R15)
 *
 * WAV is written without libsndfile for the speed (packing in kernels) and because a pipe
 * needs it anyway; tests compare its samples with libsndfile's. */
#include "formats/audio_write.h"

#include "base/text.h"
#include "dsp/dither.h"
#include "formats/file_out.h"
#include "formats/wav.h"

#include <errno.h>
#include <sndfile.h>
#include <string.h>

enum {
    CHUNK = 4096, /* frames quantised at a time, and least that are written at a time */
    CHANNELS_MAX = 64,
};
#define OGG_QUALITY 0.6

typedef struct Kind {
    const char *ending;
    int container; /* libsndfile's; 0: ours */
    bool rf64, floats;
    bool lossy; /* takes floats, whatever the bits */
} Kind;

static const Kind KINDS[] = {
    {".wav", 0, .floats = true},
    {".rf64", 0, .rf64 = true, .floats = true},
    {".w64", SF_FORMAT_W64, .floats = true},
    {".aiff", SF_FORMAT_AIFF, .floats = true},
    {".aif", SF_FORMAT_AIFF, .floats = true},
    {".flac", SF_FORMAT_FLAC, .floats = false},
    {".ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, .floats = true, .lossy = true},
};
enum { N_KINDS = sizeof KINDS / sizeof KINDS[0] };

typedef struct Out {
    const Kind *kind;
    QmFileOut file;
    const QmPcm *pcm;
    uint32_t rate, channels;
    QmBits bits;
    bool as_floats;
    QmPcmStats stats;
    uint64_t *keys; /* [channels] of dither; NULL: none */
    float *noise;   /* [CHUNK][channels] */
    QmShape *shape; /* [channels / QM_LANES, up]; NULL: noise is not shaped */
    union {
        int32_t *ints;
        float *floats;
    } work;         /* [CHUNK][channels] */
    SNDFILE *sound; /* others */
    QmWavFormat wav;
    uint8_t *bytes; /* WAV: [2 * CHUNK frames + 1], `used` of them waiting */
    size_t used;
    uint64_t written; /* WAV: bytes of samples handed to the system */
} Out;

/* ---- writing ----------------------------------------------------------------------- */

static QmStatus flush_bytes(Out *out, QmDiag *diag)
{
    const QmStatus status = qm_file_out_write(&out->file, out->bytes, out->used, diag);
    out->written += out->used;
    out->used = 0;
    return status;
}

static QmStatus put_wav(Out *out, uint32_t n, QmDiag *diag)
{
    const size_t samples = (size_t)n * out->channels;
    uint8_t *to = out->bytes + out->used;
    switch (out->bits) {
    case QM_BITS_16:
        out->pcm->pack16(out->work.ints, samples, to);
        break;
    case QM_BITS_24:
        out->pcm->pack24(out->work.ints, samples, to);
        break;
    case QM_BITS_32F:
        memcpy(to, out->work.floats, samples * sizeof(float));
        break;
    }
    const size_t width = qm_wav_width(out->wav.sample);
    out->used += samples * width;
    return out->used >= width * CHUNK * out->channels ? flush_bytes(out, diag) : QM_OK;
}

static QmStatus sound_failed(const Out *out, const char *why, QmDiag *diag)
{
    return errno ? qm_file_out_fail(&out->file, errno, diag)
                 : qm_fail_plain(diag, QM_ERR_IO, "cannot write '%s': %s", out->file.name,
                                 why);
}

static QmStatus put_sound(Out *out, uint32_t n, QmDiag *diag)
{
    errno = 0;
    const sf_count_t done = out->as_floats
                                ? sf_writef_float(out->sound, out->work.floats, n)
                                : sf_writef_int(out->sound, out->work.ints, n);
    return done == n ? QM_OK : sound_failed(out, sf_strerror(out->sound), diag);
}

/* Noise becomes what noise and errors before make of the samples: the whole numbers that
 * the shaped quantiser gives, less the samples in units of the last bit. */
static void shape_noise(Out *out, const float *audio, uint32_t n)
{
    const float scale = (float)(1 << (out->bits - 1));
    QmVec taps[QM_SHAPE_TAPS];
    for (uint32_t k = 0; k < QM_SHAPE_TAPS; k++) {
        taps[k] = qm_vec(qm_shape_taps[k]);
    }
    for (uint32_t first = 0; first < out->channels; first += QM_LANES) {
        const uint32_t rest = out->channels - first;
        const uint32_t lanes = rest < QM_LANES ? rest : QM_LANES;
        QmShape shape = out->shape[first / QM_LANES];
        for (uint32_t i = 0; i < n; i++) {
            const float *from = audio + (size_t)i * out->channels + first;
            float *noise = out->noise + (size_t)i * out->channels + first;
            QmVec x = {0}, u = {0};
            memcpy(&x, from, lanes * sizeof(float));
            memcpy(&u, noise, lanes * sizeof(float));
            x = qm_vec_flush(x) * qm_vec(scale);
            u = qm_shape_tick(&shape, taps, x, u) - x;
            memcpy(noise, &u, lanes * sizeof(float));
        }
        out->shape[first / QM_LANES] = shape;
    }
}

/* Fills out->work with `n` <= CHUNK frames as they go to the file. */
static void convert(Out *out, int64_t frame, const float *audio, uint32_t n)
{
    const size_t samples = (size_t)n * out->channels;
    if (out->as_floats) {
        memcpy(out->work.floats, audio, samples * sizeof *audio);
        out->pcm->clean(out->work.floats, samples, 0.0f, &out->stats);
        return;
    }
    if (out->keys) {
        qm_dither(out->keys, out->channels, frame, n, out->noise);
    }
    if (out->shape) {
        shape_noise(out, audio, n);
    }
    out->pcm->quantise(audio, out->noise, samples, out->bits, out->work.ints,
                       &out->stats);
    for (size_t i = 0; out->sound && i < samples;
         i++) { /* libsndfile's full scale is 2^31 */
        out->work.ints[i] = (int32_t)((uint32_t)out->work.ints[i] << (32 - out->bits));
    }
}

static QmStatus write_frames(void *self, int64_t frame, const float *audio, uint32_t n,
                             QmDiag *diag)
{
    Out *out = self;
    while (n) {
        const uint32_t piece = n < CHUNK ? n : CHUNK;
        convert(out, frame, audio, piece);
        const QmStatus status =
            out->sound ? put_sound(out, piece, diag) : put_wav(out, piece, diag);
        if (status) {
            return status;
        }
        frame += piece;
        n -= piece;
        audio += (size_t)piece * out->channels;
    }
    return QM_OK;
}

static QmStatus finish_wav(Out *out, QmDiag *diag)
{
    QmStatus status = flush_bytes(out, diag);
    const uint64_t bytes = out->written;
    if (status || !out->file.seekable) {
        return status;
    }
    uint8_t header[QM_WAV_HEADER];
    const size_t size = qm_wav_header(&out->wav, bytes, out->kind->rf64, true, header);
    status = bytes % 2 ? qm_file_out_write(&out->file, "", 1, diag) : QM_OK;
    return status ? status : qm_file_out_patch(&out->file, header, size, diag);
}

static QmStatus finish(void *self, QmDiag *diag)
{
    Out *out = self;
    QmStatus status;
    if (out->sound) {
        errno = 0;
        const int error = sf_close(out->sound);
        out->sound = NULL;
        status = error ? sound_failed(out, sf_error_number(error), diag) : QM_OK;
    } else {
        status = finish_wav(out, diag);
    }
    return status ? status : qm_file_out_commit(&out->file, diag);
}

static void close_out(void *self)
{
    Out *out = self;
    if (out->sound) {
        sf_close(out->sound);
    }
    qm_file_out_close(&out->file);
}

/* ---- opening ----------------------------------------------------------------------- */

static const Kind *kind_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (int i = 0; i < N_KINDS && dot; i++) {
        if (strcasecmp(dot, KINDS[i].ending) == 0) {
            return &KINDS[i];
        }
    }
    return NULL;
}

static QmStatus choose_kind(Out *out, const char *name, QmDiag *diag)
{
    out->kind = kind_of(name);
    if (!out->file.seekable && (!out->kind || out->kind->container)) {
        if (out->kind) {
            return qm_fail_plain(diag, QM_ERR_USAGE,
                                 "cannot write '%s': only WAV can be written to a pipe",
                                 name);
        }
        out->kind = &KINDS[0];
    }
    if (!out->kind) {
        return qm_fail_plain(
            diag, QM_ERR_USAGE,
            "cannot write '%s': expected a name that ends in .wav, .rf64, .w64, "
            ".aiff, .aif, .flac or .ogg",
            name);
    }
    if (out->bits == QM_BITS_32F && !out->kind->floats) {
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "cannot write '%s': %s holds 16 or 24 bits", name,
                             out->kind->ending);
    }
    out->as_floats = out->bits == QM_BITS_32F || out->kind->lossy;
    return QM_OK;
}

/* What AUTO means; refuses what cannot be. */
static QmStatus choose_dither(Out *out, const char *name, QmDitherKind *dither,
                              QmDiag *diag)
{
    if (*dither == QM_DITHER_AUTO) {
        const bool drops = out->bits == QM_BITS_16 && !out->as_floats;
        *dither = drops ? QM_DITHER_TPDF : QM_DITHER_NONE;
    }
    if (*dither != QM_DITHER_NONE && out->as_floats) {
        return qm_fail_plain(
            diag, QM_ERR_USAGE,
            "cannot dither '%s': it takes floats, expected 16 or 24 bits", name);
    }
    if (*dither == QM_DITHER_SHAPED && !qm_shape_defined(out->rate)) {
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "cannot shape the dither of '%s': expected a rate of 44100 "
                             "or 48000 Hz, found %u",
                             name, out->rate);
    }
    return QM_OK;
}

static bool take_dither(Out *out, QmDitherKind dither, uint64_t seed, QmArena *arena)
{
    if (dither == QM_DITHER_NONE) {
        return true;
    }
    out->keys = QM_NEW_ARRAY(arena, uint64_t, out->channels);
    out->noise = QM_NEW_ARRAY(arena, float, (size_t)CHUNK * out->channels);
    if (dither == QM_DITHER_SHAPED) {
        const size_t n = (out->channels + QM_LANES - 1) / QM_LANES;
        out->shape = qm_arena_alloc(arena, n, sizeof *out->shape);
    }
    if (!out->keys || !out->noise || (dither == QM_DITHER_SHAPED && !out->shape)) {
        return false;
    }
    for (uint32_t c = 0; c < out->channels; c++) {
        out->keys[c] = qm_dither_key(seed, c);
    }
    return true;
}

static QmStatus take_memory(Out *out, QmArena *arena, QmDiag *diag)
{
    const size_t samples = (size_t)CHUNK * out->channels;
    out->work.floats = QM_NEW_ARRAY(arena, float, samples);
    bool whole = out->work.floats != NULL;
    if (!out->kind->container) {
        out->bytes = qm_arena_alloc(arena, 2 * samples + 1, sizeof(float));
        whole = whole && out->bytes;
    }
    return whole ? QM_OK : qm_fail_memory(diag);
}

static QmStatus start_wav(Out *out, QmDiag *diag)
{
    out->wav = (QmWavFormat){out->rate, out->channels,
                             out->bits == QM_BITS_16   ? QM_WAV_S16
                             : out->bits == QM_BITS_24 ? QM_WAV_S24
                                                       : QM_WAV_F32};
    const bool whole = out->file.seekable;
    uint8_t header[QM_WAV_HEADER];
    const size_t size = qm_wav_header(&out->wav, whole ? 0 : QM_WAV_UNKNOWN,
                                      out->kind->rf64, whole, header);
    return qm_file_out_write(&out->file, header, size, diag);
}

static QmStatus start_sound(Out *out, QmDiag *diag)
{
    int format = out->kind->container;
    if (!out->kind->lossy) {
        format |= out->bits == QM_BITS_16   ? SF_FORMAT_PCM_16
                  : out->bits == QM_BITS_24 ? SF_FORMAT_PCM_24
                                            : SF_FORMAT_FLOAT;
    }
    SF_INFO info = {.samplerate = (int)out->rate,
                    .channels = (int)out->channels,
                    .format = format};
    if (!sf_format_check(&info)) {
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "cannot write '%s': %s does not hold %u channels",
                             out->file.name, out->kind->ending, out->channels);
    }
    errno = 0;
    out->sound = sf_open_fd(out->file.fd, SFM_WRITE, &info, SF_FALSE);
    if (!out->sound) {
        return sound_failed(out, sf_strerror(NULL), diag);
    }
    sf_command(out->sound, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    if (out->kind->lossy) {
        double quality = OGG_QUALITY;
        sf_command(out->sound, SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof quality);
    }
    return QM_OK;
}

QmStatus qm_audio_sink_open(const char *name, const QmAudioFormat *format, QmArena *arena,
                            QmDiag *diag, QmSink *sink)
{
    const uint32_t channels = format->channels;
    QmDitherKind dither = format->dither;
    if (channels < 1 || channels > CHANNELS_MAX) {
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "cannot write '%s': expected 1 to %d channels, "
                             "found %u",
                             name, CHANNELS_MAX, channels);
    }
    Out *out = QM_NEW(arena, Out);
    if (!out) {
        return qm_fail_memory(diag);
    }
    *out = (Out){.pcm = qm_pcm_best(),
                 .rate = format->rate,
                 .channels = channels,
                 .bits = format->bits};
    QmStatus status = qm_file_out_open(name, arena, diag, &out->file);
    status = status ? status : choose_kind(out, name, diag);
    status = status ? status : choose_dither(out, name, &dither, diag);
    status = status ? status : take_memory(out, arena, diag);
    if (!status && !take_dither(out, dither, format->seed, arena)) {
        status = qm_fail_memory(diag);
    }
    if (!status) {
        status = out->kind->container ? start_sound(out, diag) : start_wav(out, diag);
    }
    if (status) {
        close_out(out);
        return status;
    }
    *sink = (QmSink){write_frames, finish, close_out, out, channels};
    return QM_OK;
}

QmPcmStats qm_audio_sink_stats(const QmSink *sink)
{
    return ((const Out *)sink->self)->stats;
}
