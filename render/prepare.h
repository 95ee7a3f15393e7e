/* From the session's pool of sounds to assets the graph can play: stereo pairs at the
 * session's rate, in memory or streamed.
 *
 *   used by          seekable, session's rate   all else (compressed, pipe, other rate)
 *   clips only       streamed from its file     decoded once into a temporary file,
 *                                               streamed from there
 *   a sampler, or    in memory                  the same, then in memory
 *   `resident`
 *   nobody           not opened, length 0
 *
 * Channels: what `channels:` says; else mono is doubled, stereo is as it is, more than
 * two are cut to the first pair with a warning. */
#ifndef QM_RENDER_PREPARE_H
#define QM_RENDER_PREPARE_H

#include "model/audio_reader.h"
#include "model/session.h"
#include "proc/asset.h"

typedef struct QmPrepared QmPrepared;

/* Opens the sounds of a validated session through `open`, which is given the names of
 * files and is called one at a time, later too, when a second strip streams a sound.
 * `resident`: all in memory (live). Memory is of `arena`; session and arena outlive it;
 * qm_prepared_release gives back files. Errors: the opener's; QM_ERR_INPUT for channels
 * and rates that cannot be, and for more than 2 GiB to be held in memory; QM_ERR_IO for
 * temporary files. */
QmStatus qm_prepare(const QmSession *session, QmAudioOpen open, void *context,
                    bool resident, QmArena *arena, QmDiag *diag, QmPrepared **prepared);

/* [session->n_sounds], in session order. An asset's `read` may be called by several
 * threads at once for different readers; a reader is the number of a strip that has clips
 * of the sound. */
const QmAsset *qm_prepared_assets(const QmPrepared *prepared);
/* Their lengths in session frames, for the timeline. */
const int64_t *qm_prepared_frames(const QmPrepared *prepared);

/* Whether all that was streamed so far could be read; what could not became silence. Any
 * thread. */
QmStatus qm_prepared_check(QmPrepared *prepared, QmDiag *diag);
/* Adds a warning for each sound with samples that are not numbers. When nothing reads. */
void qm_prepared_warnings(const QmPrepared *prepared, QmDiag *diag);

void qm_prepared_release(QmPrepared *prepared); /* NULL is fine */

#endif
