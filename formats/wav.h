/* Plain WAV and RF64, our own: the format nearly every stem and mix is in, read and
 * written without libsndfile because that is several times faster, and because libsndfile
 * can neither write WAV to a pipe nor tell a header that lies.
 *
 * Reading knows PCM of 8 to 32 bits and floats of 32 and 64. What else lies in WAV
 * (ADPCM, a-law, MP3...) is "foreign" and left to libsndfile. */
#ifndef QM_FORMATS_WAV_H
#define QM_FORMATS_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a sample lies in a file, little-endian. */
typedef enum QmWavSample {
    QM_WAV_U8,
    QM_WAV_S16,
    QM_WAV_S24,
    QM_WAV_S32,
    QM_WAV_F32,
    QM_WAV_F64,
} QmWavSample;

typedef struct QmWavFormat {
    uint32_t rate, channels;
    QmWavSample sample;
} QmWavFormat;

#define QM_WAV_UNKNOWN UINT64_MAX

/* Bytes of one sample; its name as in "WAV pcm24". */
uint32_t qm_wav_width(QmWavSample sample);
const char *qm_wav_name(QmWavSample sample);

/* An opened one. The descriptor is borrowed. */
typedef struct QmWav {
    int fd;
    bool piped; /* front to back only */
    bool rf64;
    QmWavFormat format;
    uint64_t claimed;    /* bytes of samples by the header; QM_WAV_UNKNOWN: not said */
    uint64_t bytes;      /* that are there: a file's; a pipe's claim, or QM_WAV_UNKNOWN */
    int64_t at;          /* where the first sample is in the file */
    int64_t here;        /* a pipe: how much of them was read */
    uint32_t begin, end; /* what of `buffer` is not used up */
    uint8_t buffer[16384];
} QmWav;

typedef enum QmWavResult {
    QM_WAV_OK,
    QM_WAV_FOREIGN, /* not WAV, or not plain */
    QM_WAV_BROKEN,  /* WAV, but wrong: *problem says how ("it ends within its header") */
} QmWavResult;

/* Reads the header of the file at `fd`'s position; `size`: of the whole file, -1: a
 * pipe. */
QmWavResult qm_wav_open(QmWav *wav, int fd, int64_t size, const char **problem);

/* Reads up to `size` bytes of samples from offset `from` among them (a pipe: where the
 * last call ended); less only at the end. -1: the system's error, in errno. */
int64_t qm_wav_read(QmWav *wav, int64_t from, uint8_t *out, size_t size);

enum { QM_WAV_HEADER = 128 }; /* bytes a header needs at most */

/* Makes the header in front of `bytes` bytes of samples; QM_WAV_UNKNOWN: for a pipe. RF64
 * when `rf64`, or when they are too many for WAV. With `patchable` its length does not
 * depend on `bytes`. Returns the length. */
size_t qm_wav_header(const QmWavFormat *format, uint64_t bytes, bool rf64, bool patchable,
                     uint8_t out[QM_WAV_HEADER]);

#endif
