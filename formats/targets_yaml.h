/* Loudness targets of platforms as text (templates/targets.yaml):
 *
 *     targets:
 *       spotify: {lufs: -14, ceiling: -1, date: 2024-05, source: "..."}
 *
 * lufs is integrated loudness from -70 to 0 LUFS, ceiling a true peak from -20 to 0 dBTP;
 * date is when the row was looked up, YYYY-MM. */
#ifndef QM_FORMATS_TARGETS_YAML_H
#define QM_FORMATS_TARGETS_YAML_H

#include "base/arena.h"
#include "base/diag.h"
#include "formats/schema.h"
#include "mix/template.h"

typedef struct QmTargets {
    const QmTemplateTarget *targets; /* in the order of the file */
    uint32_t n;
} QmTargets;

/* Everything lives in `arena`. Errors: QM_ERR_INPUT with file:line:column and the key
 * path, QM_ERR_MEMORY. */
QmStatus qm_targets_parse(const char *text, size_t size, const char *file_name,
                          QmArena *arena, QmDiag *diag, QmTargets *targets);
/* Those of the template targets.yaml (formats/templates.h). */
QmStatus qm_targets_load(QmArena *arena, QmDiag *diag, QmTargets *targets);

/* The target called `name`; QM_ERR_INPUT, with what was probably meant, if there is
 * none. */
QmStatus qm_targets_find(const QmTargets *targets, const char *name, QmPlace place,
                         const char *path, QmArena *arena, QmDiag *diag,
                         QmTemplateTarget *target);
/* What stands in its place in a template: a name, or {lufs: ..., ceiling: ...}. */
QmStatus qm_targets_read(QmReader *reader, const QmYamlNode *node,
                         const QmTargets *targets, QmTemplateTarget *target);

/* A target of targets.yaml by name ("spotify") or as a loudness ("-14", "-14 LUFS"; the
 * ceiling is then `ceiling`). */
QmStatus qm_target_find(const char *text, double ceiling, QmArena *arena, QmDiag *diag,
                        QmTemplateTarget *target);

#endif
