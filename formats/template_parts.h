/* Between the files that read templates; nobody else includes it.
 *
 * What a template says about a rule is read into a QmSaid, wherever it stands; styles are
 * kept in a list (template_styles.c), the rest is laid over what was said before
 * (template_settings.c). */
#ifndef QM_FORMATS_TEMPLATE_PARTS_H
#define QM_FORMATS_TEMPLATE_PARTS_H

#include "analysis/measure.h"
#include "formats/schema.h"
#include "formats/template_yaml.h"

/* The rules that a map may name: those of the master, or the others. */
typedef enum QmRuleSet { QM_RULES_OF_STRIPS, QM_RULES_OF_MASTER } QmRuleSet;

/* Settings of a rule, and which of them were said. */
typedef struct QmSaid {
    double *values;    /* [n_params] */
    bool *is_said;     /* [n_params] */
    double *groups;    /* n_groups times n_group */
    uint32_t n_groups; /* said: has_groups */
    bool has_groups;
    const char *why; /* NULL: nothing was said */
} QmSaid;

typedef struct QmStyle {
    const QmRule *rule;
    const char *name;
    QmSaid said;
} QmStyle;

/* The rule that a key names. Errors: a near miss, or that it is of the other set. */
QmStatus qm_rule_read(QmReader *reader, const QmYamlNode *node, QmRuleSet set,
                      const QmRule **rule);

QmStatus qm_said_new(QmReader *reader, const QmRule *rule, QmSaid *said);
/* A map of settings; keys in `taken` (ended by NULL) are the caller's. */
QmStatus qm_said_read(QmReader *reader, const QmYamlNode *map, const QmRule *rule,
                      const char *const *taken, QmSaid *said);

/* Adds the styles of a map `styles:` to a list of QmStyle; one of the same name is
 * replaced. */
QmStatus qm_styles_read(QmReader *reader, const QmYamlNode *node, QmList *styles);
/* NULL: the rule has no style of that name. */
const QmStyle *qm_styles_find(const QmList *styles, const QmRule *rule, const char *name);
/* "unknown style ...", with what was probably meant: also `words`, ended by NULL. */
QmStatus qm_styles_unknown(QmReader *reader, const QmYamlNode *node, const QmList *styles,
                           const QmRule *rule, const char *const *words);

/* Words for a rule that is off, and on. */
bool qm_word_is_off(const char *word);
bool qm_word_is_on(const char *word);

/* All settings: [qm_rule_count()][QM_ROLE_COUNT + 1], from the maps all, families, roles
 * and master of all documents. */
QmStatus qm_settings_read(const QmTemplateMakings *makings, const QmList *styles,
                          QmArena *arena, QmDiag *diag, const QmSettings **settings);

#endif
