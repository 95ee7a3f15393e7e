/* Buses that many strips send to: one for each style of a rule, not one for each
 * strip. */
#ifndef QM_MIX_SPACE_H
#define QM_MIX_SPACE_H

#include "mix/mix.h"

typedef struct QmSpace {
    const char *bus; /* NULL: out of memory */
    bool made;       /* it is none of the session's own: its inserts may be decided */
    bool host;       /* this strip is the first of the session that sends there: its
                        settings are those of the bus */
} QmSpace;

/* The bus of the style that the strip's role has of the rule: called like the style
 * behind `prefix`, or `plain` where no style was named; "-bus" behind it where a source
 * has that name. */
QmSpace qm_space(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                 const char *prefix, const char *plain);

/* Below this a send is none. */
#define QM_SPACE_NONE (-60.0)

#endif
