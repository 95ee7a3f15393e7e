/* Mix templates as text (templates/mix/NAME.yaml), and what goes with them: styles,
 * targets, names of roles.
 *
 *     template: edm
 *     base: base                  # what it builds upon; none: nothing
 *     about: Four on the floor ...
 *     sources: [...]              # where its numbers come from
 *     target: club                # of targets.yaml, or {lufs: -9, ceiling: -1}
 *     curve: pink                 # of curves.yaml
 *     styles: {compress: {pumping: {threshold: -20, ratio: 6, why: ...}}}
 *     all: {pan: {strategy: role}}
 *     families: {drums: {group: yes}}
 *     roles:
 *       kick: {level: 0, pan: 0, compress: none, why: "seed 003, edm"}
 *       bass: {level: -3, compress: glue, duck: {by: kick}}
 *
 * Keys of all, families and roles are those of the rules. Behind a key: `none`, `off` or
 * `no` (the rule is off), `yes`, a style, a value of the rule's first setting, or a map of
 * settings, which may begin with `style:`. */
#ifndef QM_FORMATS_TEMPLATE_YAML_H
#define QM_FORMATS_TEMPLATE_YAML_H

#include "mix/template.h"

/* The template called `name` in the folder of templates, or a file, if `name` has a '.'
 * or '/'. With its bases, styles, target, curve, roles' names. Everything lives in
 * `arena`. Errors: QM_ERR_INPUT with file:line:column and the key path (for a name, what
 * was probably meant), QM_ERR_IO, QM_ERR_MEMORY. */
QmStatus qm_template_load(const char *name, QmArena *arena, QmDiag *diag,
                          const QmTemplate **template);

/* The names of those in the folder, sorted, ended by NULL. */
QmStatus qm_template_names(QmArena *arena, QmDiag *diag, const char *const **names);

/* A target by name ("spotify") or as a loudness ("-14", "-14 LUFS"; the ceiling is then
 * `ceiling`). */
QmStatus qm_target_find(const char *text, double ceiling, QmArena *arena, QmDiag *diag,
                        QmTemplateTarget *target);

#endif
