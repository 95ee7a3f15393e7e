/* reader -> [4096 frames] -> picked channels -> (resampler) -> write(2)
 *
 * What a render writes to it goes straight to the end of the line. */
#include "render/spool.h"

#include "render/nameless.h"
#include "render/resample.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { FEED = QM_RESAMPLE_FEED };

static QmStatus cannot_write(QmDiag *diag, int error)
{
    return qm_fail_plain(diag, QM_ERR_IO, "cannot write a temporary file in '%s': %s",
                         qm_nameless_folder(), strerrordesc_np(error));
}

static QmStatus append(void *context, const float *audio, uint32_t n, QmDiag *diag)
{
    QmSpool *spool = context;
    const char *bytes = (const char *)audio;
    size_t left = (size_t)n * spool->width * sizeof *audio;
    while (left) {
        const ssize_t done = write(spool->fd, bytes, left);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return cannot_write(diag, done ? errno : ENOSPC);
        }
        bytes += done;
        left -= (size_t)done;
    }
    spool->frames += n;
    return QM_OK;
}

/* Fills in[FEED] unless the end comes first. */
static QmStatus read_feed(const QmAudioReader *reader, int64_t frame, float *in,
                          uint32_t *n, QmDiag *diag)
{
    uint32_t got = 1;
    for (*n = 0; *n < FEED && got; *n += got) {
        const QmStatus status =
            reader->read(reader->self, frame + *n, FEED - *n,
                         in + (size_t)*n * reader->info.channels, &got, diag);
        if (status) {
            return status;
        }
    }
    return QM_OK;
}

static void pick(const float *in, uint32_t channels, const uint32_t *picked,
                 uint32_t width, uint32_t n, float *out)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t c = 0; c < width; c++) {
            out[i * width + c] = in[(size_t)i * channels + picked[c]];
        }
    }
}

static QmStatus copy_all(const QmAudioReader *reader, const uint32_t *picked,
                         QmResampler *resampler, float *in, float *out, QmSpool *spool,
                         QmDiag *diag)
{
    int64_t frame = 0;
    for (uint32_t n = FEED; n == FEED;) {
        QmStatus status = read_feed(reader, frame, in, &n, diag);
        if (status) {
            return status;
        }
        frame += n;
        pick(in, reader->info.channels, picked, spool->width, n, out);
        status = resampler
                     ? qm_resampler_feed(resampler, out, n, n < FEED, append, spool, diag)
                     : append(spool, out, n, diag);
        if (status) {
            return status;
        }
    }
    return QM_OK;
}

QmStatus qm_spool_make(const QmAudioReader *reader, const uint32_t *picked,
                       uint32_t width, uint32_t rate, QmDiag *diag, QmSpool *spool)
{
    QmSpool made = {qm_nameless_open(NULL), width, 0};
    if (made.fd < 0) {
        return cannot_write(diag, errno);
    }
    QmArena arena;
    qm_arena_init(&arena);
    QmResampler *resampler = NULL;
    float *in = QM_NEW_ARRAY(&arena, float, (size_t)FEED * reader->info.channels);
    float *out = QM_NEW_ARRAY(&arena, float, (size_t)FEED *width);
    QmStatus status = in && out ? QM_OK : qm_fail_memory(diag);
    if (!status && reader->info.rate != rate) {
        status =
            qm_resampler_open(reader->info.rate, rate, width, &arena, diag, &resampler);
    }
    if (!status) {
        status = copy_all(reader, picked, resampler, in, out, &made, diag);
    }
    qm_resampler_close(resampler);
    qm_arena_release(&arena);
    if (status) {
        qm_spool_close(&made);
        return status;
    }
    *spool = made;
    return QM_OK;
}

/* ---- as a sink, and as a sound ---- */

static QmStatus take(void *self, int64_t frame, const float *audio, uint32_t n,
                     QmDiag *diag)
{
    (void)frame; /* sinks are written in order */
    return append(self, audio, n, diag);
}

static QmStatus finish(void *self, QmDiag *diag)
{
    (void)self;
    (void)diag;
    return QM_OK;
}

static void leave(void *self) { (void)self; }

QmStatus qm_spool_open(uint32_t width, QmDiag *diag, QmSpool *spool, QmSink *sink)
{
    *spool = (QmSpool){qm_nameless_open(NULL), width, 0};
    *sink = (QmSink){take, finish, leave, spool, width};
    return spool->fd < 0 ? cannot_write(diag, errno) : QM_OK;
}

static QmStatus read_back(void *self, int64_t frame, uint32_t n, float *out,
                          uint32_t *got, QmDiag *diag)
{
    const QmSpool *const spool = self;
    const int64_t left = spool->frames - frame;
    const uint32_t there = left > n ? n : left > 0 ? (uint32_t)left : 0;
    *got = qm_spool_read(spool, frame, there, out);
    return *got == there ? QM_OK
                         : qm_fail_plain(diag, QM_ERR_IO, "cannot read a temporary file");
}

static uint64_t none(const void *self)
{
    (void)self;
    return 0;
}

QmAudioReader qm_spool_reader(QmSpool *spool, uint32_t rate)
{
    return (QmAudioReader){.info = {.rate = rate,
                                    .channels = spool->width,
                                    .frames = spool->frames,
                                    .seekable = true,
                                    .format = "float"},
                           .read = read_back,
                           .close = leave,
                           .not_finite = none,
                           .self = spool};
}

uint32_t qm_spool_read(const QmSpool *spool, int64_t frame, uint32_t n, float *out)
{
    const size_t block = spool->width * sizeof *out, size = n * block;
    size_t done = 0;
    while (done < size) {
        const ssize_t got = pread(spool->fd, (char *)out + done, size - done,
                                  frame * (int64_t)block + (int64_t)done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        done += (size_t)got;
    }
    return (uint32_t)(done / block);
}

void qm_spool_close(QmSpool *spool)
{
    if (spool->fd >= 0) {
        close(spool->fd);
    }
    spool->fd = -1;
}
