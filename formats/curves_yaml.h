/* Target curves as text: what `qanalyze` compares a spectrum with.
 *
 *     curves:
 *       pink:
 *         source: "by definition: equal power in every octave"
 *         points: {20: 0, 20000: 0}     # Hz: dB of the 1/3-octave band around it
 *
 * A curve has 2 to 1000 points, from 1 Hz to 1 MHz, going up, within +-200 dB. */
#ifndef QM_FORMATS_CURVES_YAML_H
#define QM_FORMATS_CURVES_YAML_H

#include "analysis/curve.h"
#include "base/arena.h"
#include "base/diag.h"

typedef struct QmTargetCurves {
    const QmTargetCurve *curves; /* in the order of the file */
    uint32_t n;
    const char *file; /* for messages */
} QmTargetCurves;

/* Everything lives in `arena`; `file_name` is what messages call the text. Errors:
 * QM_ERR_INPUT with file:line:column and the key path, QM_ERR_MEMORY. */
QmStatus qm_curves_parse(const char *text, size_t size, const char *file_name,
                         QmArena *arena, QmDiag *diag, QmTargetCurves *curves);

/* The curve called `name`; QM_ERR_INPUT, with what was probably meant, if there is none.
 */
QmStatus qm_curves_find(const QmTargetCurves *curves, const char *name, QmArena *arena,
                        QmDiag *diag, const QmTargetCurve **curve);

/* Those of the template curves.yaml (formats/templates.h). */
QmStatus qm_curves_load(QmArena *arena, QmDiag *diag, QmTargetCurves *curves);

#endif
