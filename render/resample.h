/* Rate conversion while sounds are prepared (D8): libsamplerate's best sinc, fed in
 * pieces of one size, so that the same sound gives the same bits whatever reads it. */
#ifndef QM_RENDER_RESAMPLE_H
#define QM_RENDER_RESAMPLE_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stdint.h>

enum { QM_RESAMPLE_FEED = 4096, QM_RESAMPLE_MAX_RATIO = 192 };

typedef struct QmResampler QmResampler;

/* Takes what comes out: n frames. */
typedef QmStatus (*QmResampled)(void *context, const float *audio, uint32_t n,
                                QmDiag *diag);

/* `channels` interleaved. `from` and `to` are Hz and differ by QM_RESAMPLE_MAX_RATIO at
 * most. */
QmStatus qm_resampler_open(uint32_t from, uint32_t to, uint32_t channels, QmArena *arena,
                           QmDiag *diag, QmResampler **resampler);
/* Feeds n frames: QM_RESAMPLE_FEED every time but the last. Frame 0 comes out as frame 0;
 * `last` makes the whole qm_resampled_frames() of what went in. */
QmStatus qm_resampler_feed(QmResampler *resampler, const float *audio, uint32_t n,
                           bool last, QmResampled out, void *context, QmDiag *diag);
void qm_resampler_close(QmResampler *resampler); /* NULL is fine */

/* round(frames * to / from) */
int64_t qm_resampled_frames(int64_t frames, uint32_t from, uint32_t to);

#endif
