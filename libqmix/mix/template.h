/* Templates: mixing knowledge as data. A rule has a table of settings; a template says
 * what they are, for all strips, for families, for roles. No such number is in C but the
 * tables' defaults.
 *
 *     all < family < role, and within each the template over its base; a style is a
 *     bundle of a rule's settings with a name, what is said beside it goes first
 *
 * Everything is resolved when a template is read: rules get rows of numbers. */
#ifndef QM_MIX_TEMPLATE_H
#define QM_MIX_TEMPLATE_H

#include "analysis/curve.h"
#include "mix/role.h"
#include "mix/rule.h"

/* What a rule is to do for a role. */
typedef struct QmSettings {
    bool on;
    const char *style;    /* "glue"; "": none was named */
    const double *values; /* as a processor's: params, then n_groups groups */
    uint32_t n_groups;
    const char *why; /* as the template says; "" */
} QmSettings;

typedef struct QmTemplateTarget {
    const char *name, *source; /* "spotify"; dated, from where */
    double lufs, ceiling;      /* LUFS, dBTP */
} QmTemplateTarget;

/* What strips are called: a word of a name, and the role that it stands for. */
typedef struct QmRoleAlias {
    const char *word; /* lower case: "bd", "kick", "lead vox" */
    QmRole role;
    double weight; /* 0..1: how surely */
} QmRoleAlias;

typedef struct QmTemplate {
    const char *name, *about;
    const char *file;           /* where it was read */
    const char *const *sources; /* where its numbers come from, ended by NULL */
    QmTemplateTarget target;    /* of the master, unless the user says another */
    const QmTargetCurve *curve; /* that the mix's long-term spectrum is to follow */
    const QmRoleAlias *aliases;
    uint32_t n_aliases;
    /* [qm_rule_count()][QM_ROLE_COUNT + 1]: the last is for what is no strip's */
    const QmSettings *settings;
} QmTemplate;

/* `role` QM_ROLE_COUNT: the settings for the mix as a whole ("all"). */
const QmSettings *qm_template_settings(const QmTemplate *template, const QmRule *rule,
                                       QmRole role);

#endif
