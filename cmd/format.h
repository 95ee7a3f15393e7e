/* --bits and --dither: how samples are written. */
#ifndef QM_CMD_FORMAT_H
#define QM_CMD_FORMAT_H

#include "formats/audio_write.h"

/* Reads both (NULL: not said) into format->bits (24) and format->dither (auto). Errors:
 * QM_ERR_USAGE. */
QmStatus format_read(const char *bits, const char *dither, QmDiag *diag,
                     QmAudioFormat *format);

#endif
