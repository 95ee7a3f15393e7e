/* Mix templates as text (templates/mix/NAME.yaml), and what goes with them: styles and
 * targets (formats/roles_yaml.h: what strips are called).
 *
 *     template: edm
 *     about: four on the floor ...
 *     base: base                  # what it builds upon; none: nothing
 *     sources: [...]              # where its numbers come from
 *     target: club                # of targets.yaml, or {lufs: -9, ceiling: -1}
 *     curve: pink                 # of curves.yaml
 *     styles:
 *       compress: {pumping: {threshold: -20, ratio: 6, why: ...}}
 *       master: {limit: {warm: {...}}}
 *     all: {pan: {strategy: role}}
 *     families:
 *       drums: {group: yes}
 *     roles:
 *       kick: {level: 0, pan: 0, compress: none, why: "seed 003, edm"}
 *       bass: {level: -3, compress: glue, duck: {by: kick}}
 *     master: {limit: loud}
 *
 * Keys of all, families and roles are those of the rules; of master, those of the rules
 * of the stage "master". Behind a key: `none`, `off` or `no` (the rule is off), `yes` or
 * `on`, a style, a value of the rule's first setting, or a map of settings, which may
 * have a `style:` and a `why:`. A `why:` beside the keys is for all of them.
 *
 * What is said later goes first: all, then families, then roles, and in each of them the
 * base before what builds upon it. A style that is named takes back what an earlier style
 * said and puts its own; other settings stay. Styles with the same name: the last one is
 * meant everywhere, also by bases. */
#ifndef QM_FORMATS_TEMPLATE_YAML_H
#define QM_FORMATS_TEMPLATE_YAML_H

#include "formats/curves_yaml.h"
#include "formats/targets_yaml.h"
#include "formats/yaml_tree.h"
#include "mix/template.h"

/* The template called `name` in the folder of templates, or a file, if `name` has a '.'
 * or '/'. With its bases, styles, target, curve, roles' names. Everything lives in
 * `arena`. Errors: QM_ERR_INPUT with file:line:column and the key path (for a name, what
 * was probably meant), QM_ERR_IO, QM_ERR_MEMORY. */
QmStatus qm_template_load(const char *name, QmArena *arena, QmDiag *diag,
                          const QmTemplate **template);

/* The names of those in the folder, sorted, ended by NULL. */
QmStatus qm_template_names(QmArena *arena, QmDiag *diag, const char *const **names);

/* A file of the above form: a template, or one that has nothing but styles. */
typedef struct QmTemplateDocument {
    const char *file;
    const QmYamlNode *root;
} QmTemplateDocument;

/* What a template is made of. */
typedef struct QmTemplateMakings {
    const QmTemplateDocument *documents; /* bases first; files of styles before all */
    uint32_t n;
    const QmTargets *targets;
    const QmTargetCurves *curves;
    const QmRoleAlias *aliases;
    uint32_t n_aliases;
} QmTemplateMakings;

/* Makes it; the last document is the template itself. What load() does without files. */
QmStatus qm_template_make(const QmTemplateMakings *makings, QmArena *arena, QmDiag *diag,
                          const QmTemplate **template);

#endif
