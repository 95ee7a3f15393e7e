/* Two ways from bytes to floats, behind one reader:
 *
 *   wav      plain WAV and RF64, in a file or from a pipe: read by ourselves (wav.h),
 *            converted by our own kernels
 *   sndfile  everything else that libsndfile knows, as floats, in calls as large as the
 *            caller's
 *
 * libsndfile is given a descriptor, never a name: it then judges by content alone, and we
 * have looked at what the name is (a folder, a device) before it does. Its frame count is
 * believed only where bytes per frame are constant and the last of them could be read;
 * otherwise it comes from the header, and headers lie. */
#include "formats/audio_read.h"

#include "base/arena.h"
#include "base/text.h"
#include "dsp/quantise.h"
#include "formats/wav.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 4096 /* frames converted at a time */, CHANNELS_MAX = 32 };
#define INAUDIBLE   1e-30f
#define MOST_FRAMES ((sf_count_t)1 << 48) /* that anybody would announce */

typedef struct Reader {
    QmArena arena; /* holds this */
    char *name;
    QmPlace place;
    int fd;
    bool owns_fd;
    SNDFILE *file; /* or */
    QmWav *wav;
    QmAudioInfo info;
    int64_t next;   /* the frame where it stands */
    uint8_t *bytes; /* wav: [1 + CHUNK frames]; the first is unpack24's */
    QmPcmStats stats;
    const QmPcm *pcm;
    bool cut; /* said to be */
} Reader;

/* ---- what is what ------------------------------------------------------------------ */

typedef struct Word {
    int code;
    const char *name;
} Word;

static const Word CONTAINERS[] = {
    {SF_FORMAT_WAV, "WAV"},   {SF_FORMAT_WAVEX, "WAV"}, {SF_FORMAT_RF64, "RF64"},
    {SF_FORMAT_W64, "W64"},   {SF_FORMAT_AIFF, "AIFF"}, {SF_FORMAT_AU, "AU"},
    {SF_FORMAT_CAF, "CAF"},   {SF_FORMAT_FLAC, "FLAC"}, {SF_FORMAT_OGG, "Ogg"},
    {SF_FORMAT_MPEG, "MPEG"}, {SF_FORMAT_SVX, "SVX"},   {SF_FORMAT_VOC, "VOC"},
};

/* `constant`: every sample takes the same number of bytes. */
static const struct {
    int code;
    const char *name;
    bool constant;
} CODINGS[] = {
    {SF_FORMAT_PCM_S8, "pcm8", true},
    {SF_FORMAT_PCM_U8, "pcm8", true},
    {SF_FORMAT_PCM_16, "pcm16", true},
    {SF_FORMAT_PCM_24, "pcm24", true},
    {SF_FORMAT_PCM_32, "pcm32", true},
    {SF_FORMAT_FLOAT, "float32", true},
    {SF_FORMAT_DOUBLE, "float64", true},
    {SF_FORMAT_ULAW, "mu-law", true},
    {SF_FORMAT_ALAW, "a-law", true},
    {SF_FORMAT_VORBIS, "Vorbis", false},
    {SF_FORMAT_OPUS, "Opus", false},
    {SF_FORMAT_MPEG_LAYER_I, "layer 1", false},
    {SF_FORMAT_MPEG_LAYER_II, "layer 2", false},
    {SF_FORMAT_MPEG_LAYER_III, "layer 3", false},
};

static const char *container_name(int format)
{
    for (size_t i = 0; i < sizeof CONTAINERS / sizeof CONTAINERS[0]; i++) {
        if (CONTAINERS[i].code == (format & SF_FORMAT_TYPEMASK)) {
            return CONTAINERS[i].name;
        }
    }
    return NULL;
}

/* Fills info->format; returns whether every sample takes the same number of bytes. */
static bool describe(int format, const char *container, QmAudioInfo *info)
{
    const char *coding = "compressed";
    bool constant = false;
    for (size_t i = 0; i < sizeof CODINGS / sizeof CODINGS[0]; i++) {
        if (CODINGS[i].code == (format & SF_FORMAT_SUBMASK)) {
            coding = CODINGS[i].name;
            constant = CODINGS[i].constant;
        }
    }
    snprintf(info->format, sizeof info->format, "%s %s", container, coding);
    const int type = format & SF_FORMAT_TYPEMASK;
    return constant && type != SF_FORMAT_FLAC && type != SF_FORMAT_OGG;
}

static QmStatus cannot_open(const Reader *r, QmDiag *diag, const char *why)
{
    return qm_fail(diag, QM_ERR_INPUT, r->place, NULL, "cannot open '%s': %s", r->name,
                   why);
}

/* What `error` (an errno) means to a person. */
static const char *system_error(int error)
{
    static const struct {
        int error;
        const char *text;
    } TEXTS[] = {
        {ENOENT, "not found"},
        {ENOTDIR, "not found"},
        {EACCES, "not allowed to read it"},
        {ELOOP, "a link that leads to itself"},
        {EMFILE, "too many open files (see 'ulimit -n')"},
        {ENAMETOOLONG, "the name is too long"},
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        if (TEXTS[i].error == error) {
            return TEXTS[i].text;
        }
    }
    const char *text = strerrordesc_np(error);
    return text ? text : "unknown error";
}

/* ---- bytes to floats --------------------------------------------------------------- */

static void decode_u8(const uint8_t *in, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (float)(in[i] - 128) * 0x1p-7f;
    }
}

static void decode_s32(const uint8_t *in, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        int32_t x;
        memcpy(&x, in + 4 * i, sizeof x);
        out[i] = (float)x * 0x1p-31f;
    }
}

static void decode_f64(const uint8_t *in, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        double x;
        memcpy(&x, in + 8 * i, sizeof x);
        out[i] = (float)x;
    }
}

/* n samples at `in`, which is `out` for those that are floats already. */
static void decode(Reader *r, const uint8_t *in, size_t n, float *out)
{
    switch (r->wav->format.sample) {
    case QM_WAV_U8:
        decode_u8(in, n, out);
        return;
    case QM_WAV_S16:
        r->pcm->unpack16(in, n, out);
        return;
    case QM_WAV_S24:
        r->pcm->unpack24(in, n, out);
        return;
    case QM_WAV_S32:
        decode_s32(in, n, out);
        return;
    case QM_WAV_F32:
        break;
    case QM_WAV_F64:
        decode_f64(in, n, out);
        break;
    }
    r->pcm->clean(out, n, INAUDIBLE, &r->stats);
}

/* ---- reading ----------------------------------------------------------------------- */

static QmStatus cannot_read(const Reader *r, QmDiag *diag, const char *why)
{
    return qm_fail(diag, QM_ERR_IO, r->place, NULL, "cannot read '%s' at frame %lld: %s",
                   r->name, (long long)r->next, why);
}

/* `frames` are all there are. Says so once, if the header claims more. */
static void warn_of_cut(Reader *r, int64_t frames, QmDiag *diag)
{
    const QmWavFormat *const format = &r->wav->format;
    const uint64_t claimed =
        r->wav->claimed / (format->channels * qm_wav_width(format->sample));
    if (r->wav->claimed == QM_WAV_UNKNOWN || (uint64_t)frames >= claimed || r->cut) {
        return;
    }
    r->cut = true;
    qm_warn(diag, r->place, NULL, "'%s' is cut off: it has %lld of %llu frames", r->name,
            (long long)frames, (unsigned long long)claimed);
}

static QmStatus read_wav(Reader *r, uint32_t n, float *out, uint32_t *got, QmDiag *diag)
{
    const QmWavSample sample = r->wav->format.sample;
    const uint32_t channels = r->info.channels, block = channels * qm_wav_width(sample);
    while (*got < n) {
        const uint32_t want = n - *got < CHUNK ? n - *got : CHUNK;
        float *to = out + (size_t)*got * channels;
        uint8_t *bytes = sample == QM_WAV_F32 ? (uint8_t *)to : r->bytes + 1;
        const int64_t size =
            qm_wav_read(r->wav, r->next * block, bytes, (size_t)want * block);
        if (size < 0) {
            return cannot_read(r, diag, system_error(errno));
        }
        const uint32_t frames = (uint32_t)(size / block);
        decode(r, bytes, (size_t)frames * channels, to);
        *got += frames;
        r->next += frames;
        if (frames < want) {
            warn_of_cut(r, r->next, diag);
            break;
        }
    }
    return QM_OK;
}

static QmStatus read_sndfile(Reader *r, uint32_t n, float *out, uint32_t *got,
                             QmDiag *diag)
{
    const sf_count_t frames = sf_readf_float(r->file, out, n);
    if (frames < 0 || (frames == 0 && sf_error(r->file) == SF_ERR_SYSTEM)) {
        return cannot_read(r, diag, sf_strerror(r->file));
    }
    *got = (uint32_t)frames;
    r->next += frames;
    r->pcm->clean(out, (size_t)frames * r->info.channels, INAUDIBLE, &r->stats);
    return QM_OK;
}

static QmStatus read_frames(void *self, int64_t frame, uint32_t n, float *out,
                            uint32_t *got, QmDiag *diag)
{
    Reader *r = self;
    *got = 0;
    if (frame != r->next) {
        assert(r->info.seekable);
        if (frame >= r->info.frames) {
            return QM_OK;
        }
        if (r->file && sf_seek(r->file, frame, SEEK_SET) != frame) {
            return cannot_read(r, diag, sf_strerror(r->file));
        }
        r->next = frame;
    }
    return r->wav ? read_wav(r, n, out, got, diag) : read_sndfile(r, n, out, got, diag);
}

static uint64_t not_finite(const void *self)
{
    return ((const Reader *)self)->stats.not_finite;
}

static void close_reader(void *self)
{
    Reader *r = self;
    if (!r) {
        return;
    }
    if (r->file) {
        sf_close(r->file);
    }
    if (r->owns_fd && r->fd >= 0) {
        close(r->fd);
    }
    QmArena arena = r->arena;
    qm_arena_release(&arena);
}

/* ---- opening ----------------------------------------------------------------------- */

/* `size` of the file; -1: a pipe. *foreign: libsndfile's business. */
static QmStatus open_wav(Reader *r, int64_t size, bool *foreign, QmDiag *diag)
{
    QmWav *wav = QM_NEW(&r->arena, QmWav);
    if (!wav) {
        return qm_fail_memory(diag);
    }
    const char *problem = NULL;
    const QmWavResult result = qm_wav_open(wav, r->fd, size, &problem);
    *foreign = result == QM_WAV_FOREIGN;
    if (result != QM_WAV_OK) {
        return *foreign ? QM_OK : cannot_open(r, diag, problem);
    }
    const QmWavFormat *format = &wav->format;
    const uint32_t block = format->channels * qm_wav_width(format->sample);
    r->info = (QmAudioInfo){.rate = format->rate,
                            .channels = format->channels,
                            .frames = size < 0 ? -1 : (int64_t)(wav->bytes / block),
                            .announced = size < 0 ? 0 : (int64_t)(wav->bytes / block),
                            .seekable = size >= 0 && r->owns_fd};
    snprintf(r->info.format, sizeof r->info.format, "%s %s", wav->rf64 ? "RF64" : "WAV",
             qm_wav_name(format->sample));
    r->wav = wav;
    if (size >= 0) {
        warn_of_cut(r, r->info.frames, diag);
    }
    r->bytes = qm_arena_alloc(&r->arena, 1 + (size_t)CHUNK * format->channels,
                              qm_wav_width(format->sample));
    return r->bytes ? QM_OK : qm_fail_memory(diag);
}

/* Whether the last of `frames` is there; leaves the file at its start. */
static bool has_last_frame(Reader *r, int64_t frames)
{
    float frame[CHANNELS_MAX];
    const bool there =
        frames == 0 || (sf_seek(r->file, frames - 1, SEEK_SET) == frames - 1 &&
                        sf_readf_float(r->file, frame, 1) == 1);
    return sf_seek(r->file, 0, SEEK_SET) == 0 && there;
}

static QmStatus open_sndfile(Reader *r, QmDiag *diag)
{
    static const char *const UNKNOWN = "not a sound file, or of a kind we do not know";
    SF_INFO sf = {0};
    r->file = sf_open_fd(r->fd, SFM_READ, &sf, SF_FALSE);
    if (!r->file) {
        const int error = sf_error(NULL);
        return cannot_open(r, diag,
                           error == SF_ERR_UNRECOGNISED_FORMAT ? UNKNOWN
                                                               : sf_error_number(error));
    }
    const char *container = container_name(sf.format);
    if (!container) {
        return cannot_open(r, diag, UNKNOWN);
    }
    if (sf.channels < 1 || sf.channels > CHANNELS_MAX) {
        return cannot_open(r, diag, "it does not have 1 to 32 channels");
    }
    if (sf.samplerate < 1) {
        return cannot_open(r, diag, "its sample rate is 0 or beyond all reason");
    }
    r->info =
        (QmAudioInfo){.rate = (uint32_t)sf.samplerate, .channels = (uint32_t)sf.channels};
    const bool constant = describe(sf.format, container, &r->info);
    const bool known = constant && sf.seekable && has_last_frame(r, sf.frames);
    r->info.seekable = known && r->owns_fd;
    r->info.frames = known ? sf.frames : -1;
    r->info.announced = sf.frames > 0 && sf.frames < MOST_FRAMES ? sf.frames : 0;
    return QM_OK;
}

static QmStatus open_file(Reader *r, int64_t size, QmDiag *diag)
{
    const off_t start = lseek(r->fd, 0, SEEK_CUR);
    bool foreign;
    const QmStatus status = open_wav(r, size, &foreign, diag);
    if (status || !foreign) {
        return status;
    }
    return lseek(r->fd, start, SEEK_SET) == start
               ? open_sndfile(r, diag)
               : cannot_open(r, diag, system_error(errno));
}

static QmStatus open_pipe(Reader *r, QmDiag *diag)
{
    bool foreign;
    const QmStatus status = open_wav(r, -1, &foreign, diag);
    return status || !foreign ? status
                              : cannot_open(r, diag,
                                            "a pipe must carry plain WAV, and this is "
                                            "something else");
}

static QmStatus open_kind(Reader *r, QmDiag *diag)
{
    struct stat about;
    if (fstat(r->fd, &about) != 0) {
        return cannot_open(r, diag, system_error(errno));
    }
    if (S_ISREG(about.st_mode)) {
        return open_file(r, about.st_size, diag);
    }
    if (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode)) {
        return open_pipe(r, diag);
    }
    return cannot_open(r, diag,
                       S_ISDIR(about.st_mode) ? "it is a folder"
                                              : "it is a device, not a sound file");
}

QmStatus qm_audio_open(void *context, const char *name, QmPlace place, QmDiag *diag,
                       QmAudioReader *reader)
{
    (void)context;
    QmArena arena;
    qm_arena_init(&arena);
    Reader *r = QM_NEW(&arena, Reader);
    char *own_name =
        qm_arena_strdup(&arena, qm_same(name, "-") ? "standard input" : name);
    if (!r || !own_name) {
        qm_arena_release(&arena);
        return qm_fail_memory(diag);
    }
    *r = (Reader){.arena = arena, .name = own_name, .place = place, .pcm = qm_pcm_best()};
    r->owns_fd = !qm_same(name, "-");
    r->fd = r->owns_fd ? open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
    QmStatus status;
    if (r->fd >= 0)
        status = open_kind(r, diag);
    else if (errno == EINTR) /* by a signal, while a FIFO waited for its writer */
        status = qm_fail_plain(diag, QM_ERR_IO, "interrupted");
    else
        status = cannot_open(r, diag, system_error(errno));
    if (status) {
        close_reader(r);
        return status;
    }
    *reader = (QmAudioReader){r->info, read_frames, close_reader, not_finite, r};
    return QM_OK;
}
