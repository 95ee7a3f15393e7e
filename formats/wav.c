/* RIFF/WAVE is chunks of (4 letters, 32-bit size, bytes, a pad byte if the size is odd):
 *
 *   'RIFF' size 'WAVE' ['ds64' 28 ...] 'fmt ' 16.. ... 'data' size samples...
 *
 * RF64 (EBU Tech 3306) puts 0xffffffff into the sizes and the true 64-bit ones into
 * 'ds64'. A file that may grow beyond 4 GiB reserves the place of 'ds64' with a 'JUNK'
 * chunk of its size.
 *
 * Sizes that mean "until the end", from writers that could not seek back: 0xffffffff
 * (ffmpeg), 0x7ffff000 less a little (sox), and 0 when RIFF's own size ends there too (a
 * recording that was cut off). Other sizes are believed, as a maximum; in a file, what is
 * there is what counts. Nothing is allocated for what a header says. */
#include "formats/wav.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    TAG_PCM = 1,
    TAG_FLOAT = 3,
    TAG_EXTENSIBLE = 0xfffe,
    CHUNK_HEAD = 8,
    FMT_MAX = 64, /* bytes of 'fmt ' that are looked at */
    DS64_SIZE = 28,
    PIPE_HEADER_LIMIT = 64 << 20, /* bytes in front of the samples */
    CHANNELS_MAX = 32,
    SOX_UNKNOWN_MIN = 0x7fff0000,
    SOX_UNKNOWN_MAX = 0x7fffffff,
};

static const struct {
    const char *name;
    uint16_t width, tag;
} SAMPLES[] = {
    [QM_WAV_U8] = {"pcm8", 1, TAG_PCM},       [QM_WAV_S16] = {"pcm16", 2, TAG_PCM},
    [QM_WAV_S24] = {"pcm24", 3, TAG_PCM},     [QM_WAV_S32] = {"pcm32", 4, TAG_PCM},
    [QM_WAV_F32] = {"float32", 4, TAG_FLOAT}, [QM_WAV_F64] = {"float64", 8, TAG_FLOAT},
};
enum { N_SAMPLES = sizeof SAMPLES / sizeof SAMPLES[0] };

/* The rest of a GUID whose first two bytes are a format tag. */
static const uint8_t GUID_TAIL[14] = {0, 0, 0,    0, 0x10, 0,    0x80,
                                      0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};

uint32_t qm_wav_width(QmWavSample sample) { return SAMPLES[sample].width; }
const char *qm_wav_name(QmWavSample sample) { return SAMPLES[sample].name; }

/* ---- bytes ------------------------------------------------------------------------- */

static uint32_t get16(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8; }
static uint32_t get32(const uint8_t *p) { return get16(p) | get16(p + 2) << 16; }
static uint64_t get64(const uint8_t *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

/* Exactly `size` bytes from where the descriptor stands, unless the end comes first. */
static int64_t take(QmWav *wav, uint8_t *out, size_t size)
{
    size_t done = 0;
    while (done < size) {
        if (wav->begin < wav->end) {
            const size_t have = wav->end - wav->begin, rest = size - done;
            const size_t n = have < rest ? have : rest;
            memcpy(out + done, wav->buffer + wav->begin, n);
            wav->begin += (uint32_t)n;
            done += n;
            continue;
        }
        const bool direct = size - done >= sizeof wav->buffer;
        const ssize_t got = direct ? read(wav->fd, out + done, size - done)
                                   : read(wav->fd, wav->buffer, sizeof wav->buffer);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -1 : (int64_t)done;
        }
        wav->begin = 0;
        wav->end = direct ? 0 : (uint32_t)got;
        done += direct ? (size_t)got : 0;
    }
    return (int64_t)done;
}

/* Passes over `size` bytes; a file is sought, so the end is met by the next take. */
static bool skip(QmWav *wav, uint64_t size)
{
    const uint64_t have = wav->end - wav->begin;
    if (size <= have || (!wav->piped && size > sizeof wav->buffer)) {
        wav->begin = size <= have ? wav->begin + (uint32_t)size : wav->end;
        return size <= have || lseek(wav->fd, (off_t)(size - have), SEEK_CUR) >= 0;
    }
    uint8_t waste[4096];
    while (size) {
        const size_t n = size < sizeof waste ? (size_t)size : sizeof waste;
        if (take(wav, waste, n) != (int64_t)n) {
            return false;
        }
        size -= n;
    }
    return true;
}

/* ---- reading ----------------------------------------------------------------------- */

static QmWavResult broken(const char **problem, const char *why)
{
    *problem = why;
    return QM_WAV_BROKEN;
}

static QmWavResult parse_fmt(const uint8_t *fmt, size_t size, QmWavFormat *format,
                             const char **problem)
{
    if (size < 16) {
        return broken(problem, "its format chunk is too short");
    }
    uint32_t tag = get16(fmt);
    const uint32_t channels = get16(fmt + 2), align = get16(fmt + 12),
                   bits = get16(fmt + 14);
    if (channels < 1 || channels > CHANNELS_MAX) {
        return broken(problem,
                      channels ? "it has more than 32 channels" : "it has 0 channels");
    }
    if (tag == TAG_EXTENSIBLE) {
        if (size < 40) {
            return broken(problem, "its format chunk is too short");
        }
        if (memcmp(fmt + 26, GUID_TAIL, sizeof GUID_TAIL) != 0) {
            return QM_WAV_FOREIGN;
        }
        tag = get16(fmt + 24);
    }
    if (tag != TAG_PCM && tag != TAG_FLOAT) {
        return QM_WAV_FOREIGN;
    }
    const uint32_t width = (bits + 7) / 8;
    if (align && align != channels * width) {
        return broken(problem, "its block size contradicts its channels and bits");
    }
    for (int i = 0; i < N_SAMPLES; i++) {
        if (SAMPLES[i].tag == tag && SAMPLES[i].width == width &&
            (tag == TAG_PCM || bits == 8 * width)) {
            *format = (QmWavFormat){get32(fmt + 4), channels, (QmWavSample)i};
            return format->rate ? QM_WAV_OK : broken(problem, "its sample rate is 0");
        }
    }
    return broken(problem, "its samples have an impossible number of bits");
}

/* What a 'data' chunk of 32-bit size `size` claims, its samples beginning at `at`. */
static uint64_t claimed_bytes(uint32_t size, uint64_t long_size, uint64_t riff_size,
                              int64_t at)
{
    if (size == UINT32_MAX) {
        return long_size;
    }
    const bool cut_off = size == 0 && riff_size + CHUNK_HEAD <= (uint64_t)at;
    const bool sox = size >= SOX_UNKNOWN_MIN && size <= SOX_UNKNOWN_MAX;
    return cut_off || sox ? QM_WAV_UNKNOWN : size;
}

/* Reads chunks until the samples begin at wav->at. */
static QmWavResult parse_chunks(QmWav *wav, uint64_t riff_size, const char **problem)
{
    bool have_fmt = false;
    uint64_t long_size = QM_WAV_UNKNOWN;
    while (!wav->piped || wav->at < PIPE_HEADER_LIMIT) {
        uint8_t head[CHUNK_HEAD], body[FMT_MAX];
        if (take(wav, head, sizeof head) != sizeof head) {
            return broken(problem, have_fmt ? "it ends before its samples"
                                            : "it ends within its header");
        }
        const uint32_t size = get32(head + 4);
        const bool is_fmt = memcmp(head, "fmt ", 4) == 0,
                   is_ds64 = memcmp(head, "ds64", 4) == 0;
        wav->at += CHUNK_HEAD;
        if (memcmp(head, "data", 4) == 0) {
            wav->claimed = claimed_bytes(size, long_size, riff_size, wav->at);
            return have_fmt ? QM_WAV_OK
                            : broken(problem, "its samples come before their format");
        }
        const size_t look = !is_fmt && !is_ds64  ? 0
                            : size < sizeof body ? size
                                                 : sizeof body;
        if (take(wav, body, look) != (int64_t)look ||
            !skip(wav, (uint64_t)size - look + size % 2)) {
            return broken(problem, "it ends within its header");
        }
        wav->at += (int64_t)size + size % 2;
        if (is_fmt && have_fmt) {
            return broken(problem, "it has two format chunks");
        }
        if (is_fmt) {
            const QmWavResult result = parse_fmt(body, look, &wav->format, problem);
            if (result != QM_WAV_OK) {
                return result;
            }
            have_fmt = true;
        } else if (is_ds64 && look >= 16) {
            long_size = get64(body + 8) ? get64(body + 8) : QM_WAV_UNKNOWN;
        }
    }
    return broken(problem, "it has no samples within 64 MiB");
}

QmWavResult qm_wav_open(QmWav *wav, int fd, int64_t size, const char **problem)
{
    wav->fd = fd;
    wav->piped = size < 0;
    wav->begin = wav->end = 0;
    wav->here = 0;
    const int64_t start = wav->piped ? 0 : lseek(fd, 0, SEEK_CUR);
    uint8_t head[12];
    const int64_t got = take(wav, head, sizeof head);
    if (got <= 0) {
        return broken(problem, got ? "the system cannot read it" : "it is empty");
    }
    if (got < 4 || (memcmp(head, "RIFF", 4) != 0 && memcmp(head, "RF64", 4) != 0)) {
        return QM_WAV_FOREIGN;
    }
    if (got < (int64_t)sizeof head) {
        return broken(problem, "it ends within its header");
    }
    if (memcmp(head + 8, "WAVE", 4) != 0) {
        return QM_WAV_FOREIGN;
    }
    wav->rf64 = head[1] == 'F';
    wav->at = sizeof head;
    const uint32_t riff_size = get32(head + 4);
    const QmWavResult result = parse_chunks(wav, riff_size, problem);
    if (result == QM_WAV_OK) {
        wav->at += start;
        const int64_t there = wav->piped       ? INT64_MAX
                              : size > wav->at ? size - wav->at
                                               : 0;
        wav->bytes =
            wav->claimed < (uint64_t)there || wav->piped ? wav->claimed : (uint64_t)there;
    }
    return result;
}

static int64_t read_at(int fd, int64_t at, uint8_t *out, size_t size)
{
    size_t done = 0;
    while (done < size) {
        const ssize_t got = pread(fd, out + done, size - done, at + (int64_t)done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -1 : (int64_t)done;
        }
        done += (size_t)got;
    }
    return (int64_t)done;
}

int64_t qm_wav_read(QmWav *wav, int64_t from, uint8_t *out, size_t size)
{
    const uint64_t begin = (uint64_t)(wav->piped ? wav->here : from);
    const uint64_t left = begin < wav->bytes ? wav->bytes - begin : 0;
    size = size < left ? size : (size_t)left;
    if (!wav->piped) {
        return read_at(wav->fd, wav->at + from, out, size);
    }
    const int64_t got = take(wav, out, size);
    wav->here += got > 0 ? got : 0;
    return got;
}

/* ---- writing ----------------------------------------------------------------------- */

static uint8_t *put(uint8_t *p, uint64_t value, int bytes)
{
    for (; bytes > 0; bytes--, value >>= 8) {
        *p++ = (uint8_t)value;
    }
    return p;
}

static uint8_t *put_name(uint8_t *p, const char *name)
{
    memcpy(p, name, 4);
    return p + 4;
}

static uint8_t *put_fmt(uint8_t *p, const QmWavFormat *format)
{
    const uint32_t width = qm_wav_width(format->sample), block = format->channels * width;
    const uint16_t tag = SAMPLES[format->sample].tag;
    const bool extensible = format->channels > 2;
    p = put(put_name(p, "fmt "), extensible ? 40 : tag == TAG_PCM ? 16 : 18, 4);
    p = put(put(p, extensible ? TAG_EXTENSIBLE : tag, 2), format->channels, 2);
    p = put(put(p, format->rate, 4), (uint64_t)format->rate * block, 4);
    p = put(put(p, block, 2), 8 * width, 2);
    if (extensible) {
        p = put(put(put(p, 22, 2), 8 * width, 2), 0,
                4); /* no channel is meant for a speaker */
        p = put(p, tag, 2);
        memcpy(p, GUID_TAIL, sizeof GUID_TAIL);
        return p + sizeof GUID_TAIL;
    }
    return tag == TAG_PCM ? p : put(p, 0, 2);
}

size_t qm_wav_header(const QmWavFormat *format, uint64_t bytes, bool rf64, bool patchable,
                     uint8_t out[QM_WAV_HEADER])
{
    const bool unknown = bytes == QM_WAV_UNKNOWN;
    const uint64_t frames = bytes / (format->channels * qm_wav_width(format->sample));
    rf64 = !unknown && (rf64 || bytes > UINT32_MAX - QM_WAV_HEADER);
    const bool no_sizes = unknown || rf64;
    uint8_t *const ds64 = out + 12;
    uint8_t *p = ds64;
    if (rf64 || patchable) {
        p = put(put_name(p, rf64 ? "ds64" : "JUNK"), DS64_SIZE, 4);
        memset(p, 0, DS64_SIZE);
        p += DS64_SIZE;
    }
    p = put_fmt(p, format);
    if (SAMPLES[format->sample].tag != TAG_PCM) {
        p = put(put(put_name(p, "fact"), 4, 4), no_sizes ? UINT32_MAX : frames, 4);
    }
    p = put(put_name(p, "data"), no_sizes ? UINT32_MAX : bytes, 4);

    const size_t length = (size_t)(p - out);
    const uint64_t riff = length - CHUNK_HEAD + bytes + bytes % 2;
    if (rf64) {
        put(put(put(ds64 + CHUNK_HEAD, riff, 8), bytes, 8), frames, 8);
    }
    p = put(put_name(out, rf64 ? "RF64" : "RIFF"), no_sizes ? UINT32_MAX : riff, 4);
    put_name(p, "WAVE");
    return length;
}
