/* What a strip gives behind its fader, from what was kept in front of it: the fader's
 * width and pan at a gain of 1, as the executor applies them. Only a render moves what
 * automation moves. */
#ifndef QM_RENDER_FADED_H
#define QM_RENDER_FADED_H

#include "base/arena.h"
#include "model/audio_reader.h"
#include "model/session.h"
#include "proc/asset.h"

/* Frames [0, frames) of an asset that can be read from any thread (a frozen one), through
 * `fader`; NULL: as they are. The asset is borrowed, `arena` owns the rest: closing does
 * nothing. Errors: QM_ERR_MEMORY. */
QmStatus qm_faded_reader(const QmAsset *asset, int64_t frames, uint32_t rate,
                         const QmFader *fader, QmArena *arena, QmDiag *diag,
                         QmAudioReader *reader);

#endif
