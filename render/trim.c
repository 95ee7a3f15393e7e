/* Frames go through one of two doors: loud ones, and all before `from`, are written after
 * what is held; quiet ones are held. Runs of either kind are handled whole. */
#include "render/trim.h"

#include <stdbool.h>
#include <string.h>

static QmStatus pass(QmTrim *trim, int64_t frame, const float *audio, uint32_t n,
                     QmDiag *diag)
{
    for (uint32_t i = 0; i < trim->n_inner; i++) {
        const QmStatus status =
            trim->inner[i].write(trim->inner[i].self, frame, audio, n, diag);
        if (status != QM_OK)
            return status;
    }
    trim->written = frame + n;
    return QM_OK;
}

static QmStatus let_go(QmTrim *trim, QmDiag *diag)
{
    const uint32_t n = trim->n_held;
    trim->n_held = 0;
    return n ? pass(trim, trim->held_at, trim->held, n, diag) : QM_OK;
}

static QmStatus hold(QmTrim *trim, int64_t frame, const float *audio, uint32_t n,
                     QmDiag *diag)
{
    while (n) {
        if (trim->n_held == trim->capacity) {
            const QmStatus status = let_go(trim, diag);
            if (status != QM_OK)
                return status;
        }
        const uint32_t room = trim->capacity - trim->n_held;
        const uint32_t take = n < room ? n : room;
        if (trim->n_held == 0)
            trim->held_at = frame;
        memcpy(trim->held + (size_t)trim->n_held * trim->channels, audio,
               (size_t)take * trim->channels * sizeof(float));
        trim->n_held += take;
        audio += (size_t)take * trim->channels;
        frame += take;
        n -= take;
    }
    return QM_OK;
}

static bool quiet(const QmTrim *trim, int64_t frame, const float *audio)
{
    if (frame < trim->from)
        return false;
    for (uint32_t c = 0; c < trim->channels; c++)
        if (!(audio[c] < QM_TRIM_LEVEL && audio[c] > -QM_TRIM_LEVEL))
            return false;
    return true;
}

static QmStatus write(void *self, int64_t frame, const float *audio, uint32_t n,
                      QmDiag *diag)
{
    QmTrim *trim = self;
    for (uint32_t at = 0, run; at < n; at += run) {
        const float *first = audio + (size_t)at * trim->channels;
        const bool is_quiet = quiet(trim, frame + at, first);
        for (run = 1; at + run < n; run++)
            if (quiet(trim, frame + at + run, first + (size_t)run * trim->channels) !=
                is_quiet)
                break;
        QmStatus status = is_quiet ? QM_OK : let_go(trim, diag);
        if (status == QM_OK)
            status = (is_quiet ? hold : pass)(trim, frame + at, first, run, diag);
        if (status != QM_OK)
            return status;
    }
    return QM_OK;
}

static QmStatus finish(void *self, QmDiag *diag)
{
    const QmTrim *trim = self;
    for (uint32_t i = 0; i < trim->n_inner; i++) {
        const QmStatus status = trim->inner[i].finish(trim->inner[i].self, diag);
        if (status != QM_OK)
            return status;
    }
    return QM_OK;
}

static void close_nothing(void *self) { (void)self; }

QmStatus qm_trim_open(QmTrim *trim, QmSink *inner, uint32_t n_inner, uint32_t channels,
                      int64_t from, uint32_t capacity, QmArena *arena, QmDiag *diag,
                      QmSink *sink)
{
    *trim = (QmTrim){.inner = inner,
                     .n_inner = n_inner,
                     .channels = channels,
                     .from = from,
                     .capacity = capacity};
    trim->held = QM_NEW_ARRAY(arena, float, (size_t)capacity *channels);
    if (!trim->held)
        return qm_fail_memory(diag);
    *sink = (QmSink){.write = write,
                     .finish = finish,
                     .close = close_nothing,
                     .self = trim,
                     .channels = channels};
    return QM_OK;
}
