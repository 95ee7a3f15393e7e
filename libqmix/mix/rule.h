/* READ FIRST. A rule of the mix: one file with one table, and a line in list.c.
 *
 * A rule sees measurements (facts.h) and what the template wants (template.h), and
 * decides (mix.h): it writes addresses and values with a reason. It never touches audio,
 * and reads nothing else: the same facts, template and seed make the same log.
 *
 * What it may be told is its table of settings, rows as a processor's params have them:
 * templates, `--describe`, range checks and the documentation are made from it. Numbers
 * in it are defaults that change nothing or are neutral; what is good for which music
 * stands in templates/.
 *
 * Passes. The mix is made in steps, and audio is measured in between:
 *
 *   STEMS   stems as they came are known: roles, checks, trims, tone, dynamics, places
 *   CHAINS  what leaves the inserts is known (strip->chain): balance, masking, makeup
 *   AGAIN   chains that changed were measured again: balance again; what did not help
 *           is taken back. Repeated until no chain changes, four times at most
 *   SUM     what the master is fed is known (mix->sum): the master's tone and dynamics
 *   MASTER  what the master gives is known (mix->out): its gain, again and again until
 *           the target is met, eight times at most
 *
 * A decision on the same target replaces the one before. */
#ifndef QM_MIX_RULE_H
#define QM_MIX_RULE_H

#include "mix/decision.h"
#include "proc/proc.h"

typedef struct QmMix QmMix;           /* mix.h */
typedef struct QmMixStrip QmMixStrip; /* mix.h */

typedef enum QmPass {
    QM_PASS_STEMS = 1,
    QM_PASS_CHAINS = 2,
    QM_PASS_AGAIN = 4,
    QM_PASS_SUM = 8,
    QM_PASS_MASTER = 16,
} QmPass;

typedef struct QmRule {
    const char *id;  /* "dynamics.compress": its stage, a dot, its key */
    const char *key; /* in templates: "compress" */
    QmStage stage;
    uint32_t passes;       /* in which it is asked: QM_PASS_* */
    const char *reads;     /* for people: "lufs, transient ratio" */
    const char *writes;    /* patterns of addresses: "STRIP.eq.*, BUS.to"; "": it notes */
    const char *doc;       /* one or two sentences */
    const QmParam *params; /* its settings; the first may be said alone: `level: -3` */
    uint32_t n_params;
    const char *group_name; /* "bands"; NULL: none */
    const QmParam *group;
    uint32_t n_group, max_groups;
    bool on; /* unless a template says otherwise; `off` and `none` in templates */
    /* Either of them: for each source strip in session order, with the settings of its
     * role, when they are on; or once, with those of the mix. */
    void (*strip)(QmMix *mix, const struct QmRule *rule, QmMixStrip *strip,
                  const double *settings, uint32_t n_groups);
    void (*mix)(QmMix *mix, const struct QmRule *rule, const double *settings,
                uint32_t n_groups);
} QmRule;

/* The list (list.c): stage by stage. */
uint32_t qm_rule_count(void);
const QmRule *qm_rule_at(uint32_t index);
const QmRule *qm_rule_find(const char *id); /* NULL: none */
uint32_t qm_rule_index(const QmRule *rule);

#endif
