/* The dry signal of a gang, as late as what was oversampled. Zero is rest. */
#ifndef QM_DSP_DRY_LINE_H
#define QM_DSP_DRY_LINE_H

#include "dsp/vec.h"

enum { QM_DRY_LATE = 64, QM_DRY_BLOCK = 64 }; /* most frames of delay, of a call */

typedef struct QmDryLine {
    QmVec last[QM_DRY_LATE];
} QmDryLine;

/* n frames in place, each becoming what was `late` frames before; `late` stays. */
QM_INLINE void qm_dry_line(QmDryLine *s, uint32_t late, QmVec *io, uint32_t n)
{
    QmVec line[QM_DRY_LATE + QM_DRY_BLOCK];
    memcpy(line, s->last, late * sizeof *line);
    memcpy(line + late, io, n * sizeof *line);
    memcpy(io, line, n * sizeof *line);
    memcpy(s->last, line + n, late * sizeof *line);
}

#endif
