/* libsamplerate's sinc converters keep time by themselves: input frame 0 is output frame
 * 0, the filter's first half sees silence before it, and the end is flushed with silence.
 * What comes out is a frame more or less than frames * ratio; here it is cut or filled to
 * exactly that.
 *
 * Determinism: the library's sinc code calls no libm function but lrint, which is exact,
 * and its tables are constants; the feed size is fixed because the position is
 * accumulated per call. */
#include "render/resample.h"

#include <samplerate.h>

#include <assert.h>
#include <string.h>

struct QmResampler {
    SRC_STATE *state;
    uint32_t from, to, channels;
    int64_t taken, made; /* frames in, frames out */
    float *out;
    uint32_t room; /* frames of `out` */
};

int64_t qm_resampled_frames(int64_t frames, uint32_t from, uint32_t to)
{
    const int64_t whole = frames / from, rest = frames % from;
    return whole * to + (rest * to + from / 2) / from;
}

QmStatus qm_resampler_open(uint32_t from, uint32_t to, uint32_t channels, QmArena *arena,
                           QmDiag *diag, QmResampler **resampler)
{
    QmResampler *r = QM_NEW(arena, QmResampler);
    const uint32_t room = (uint32_t)qm_resampled_frames(QM_RESAMPLE_FEED, from, to) + 16;
    float *out = QM_NEW_ARRAY(arena, float, (size_t)room *channels);
    int error = 0;
    SRC_STATE *state =
        r && out ? src_new(SRC_SINC_BEST_QUALITY, (int)channels, &error) : NULL;
    if (!state) {
        return error
                   ? qm_fail_plain(diag, QM_ERR_INPUT, "cannot convert sample rates: %s",
                                   src_strerror(error))
                   : qm_fail_memory(diag);
    }
    *r = (QmResampler){.state = state,
                       .from = from,
                       .to = to,
                       .channels = channels,
                       .out = out,
                       .room = room};
    *resampler = r;
    return QM_OK;
}

/* Hands out n frames, but not beyond `end`. */
static QmStatus hand_out(QmResampler *r, uint32_t n, int64_t end, QmResampled out,
                         void *context, QmDiag *diag)
{
    n = n < end - r->made ? n : (uint32_t)(end - r->made);
    r->made += n;
    return n ? out(context, r->out, n, diag) : QM_OK;
}

static QmStatus fill_up(QmResampler *r, int64_t end, QmResampled out, void *context,
                        QmDiag *diag)
{
    memset(r->out, 0, (size_t)r->room * r->channels * sizeof(float));
    while (r->made < end) {
        const QmStatus status = hand_out(r, r->room, end, out, context, diag);
        if (status) {
            return status;
        }
    }
    return QM_OK;
}

QmStatus qm_resampler_feed(QmResampler *r, const float *audio, uint32_t n, bool last,
                           QmResampled out, void *context, QmDiag *diag)
{
    assert(n <= QM_RESAMPLE_FEED && (last || n == QM_RESAMPLE_FEED));
    r->taken += n;
    const int64_t end = last ? qm_resampled_frames(r->taken, r->from, r->to) : INT64_MAX;
    SRC_DATA data = {.data_in = audio,
                     .input_frames = n,
                     .data_out = r->out,
                     .output_frames = r->room,
                     .end_of_input = last,
                     .src_ratio = (double)r->to / (double)r->from};
    do {
        const int error = src_process(r->state, &data);
        if (error) {
            return qm_fail_plain(diag, QM_ERR_INPUT, "cannot convert sample rates: %s",
                                 src_strerror(error));
        }
        data.data_in += data.input_frames_used * (long)r->channels;
        data.input_frames -= data.input_frames_used;
        const QmStatus status =
            hand_out(r, (uint32_t)data.output_frames_gen, end, out, context, diag);
        if (status) {
            return status;
        }
    } while (data.input_frames_used || data.output_frames_gen);
    return last ? fill_up(r, end, out, context, diag) : QM_OK;
}

void qm_resampler_close(QmResampler *r)
{
    if (r && r->state) {
        src_delete(r->state);
        r->state = NULL;
    }
}
