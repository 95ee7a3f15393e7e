/* A sound of a session, opened: a file, or two that are its left and its right. */
#ifndef QM_RENDER_JOINED_H
#define QM_RENDER_JOINED_H

#include "model/audio_reader.h"
#include "model/session.h"

/* Opens `sound` through `open`. With a right side the reader has two channels, the first
 * of each file; the shorter one is silent behind its end. Errors: the opener's;
 * QM_ERR_INPUT for sides of different rates; QM_ERR_MEMORY. */
QmStatus qm_open_sound(QmAudioOpen open, void *context, const QmSound *sound,
                       QmPlace place, QmDiag *diag, QmAudioReader *reader);

#endif
