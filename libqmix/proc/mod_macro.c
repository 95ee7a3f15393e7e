/* macro: one number that moves many. It has no life of its own: automation and --set
 * move it. */
#include "proc/modulator.h"

static const QmParam params_table[] = {
    {.name = "value", .help = "what all its targets follow", .max = 1},
};

static QmModValue value(const QmModCall *call)
{
    return (QmModValue){call->params[0], call->params[0]};
}

const QmModDesc qm_mod_macro = {
    .name = "macro",
    .summary = "one number that moves many",
    .params = params_table,
    .n_params = QM_COUNT(params_table),
    .value = value,
};
