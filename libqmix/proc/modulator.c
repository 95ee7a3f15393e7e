/* The list of modulation sources, one line each, in the order in which they are told, and
 * what can be said of each from its table. */
#include "proc/modulator.h"

#include "base/qmath.h"
#include "base/text.h"

extern const QmModDesc qm_mod_lfo, qm_mod_envelope, qm_mod_adsr, qm_mod_steps,
    qm_mod_macro;

static const QmModDesc *const modulators[] = {
    &qm_mod_lfo, &qm_mod_envelope, &qm_mod_adsr, &qm_mod_steps, &qm_mod_macro,
};

uint32_t qm_mod_count(void) { return QM_COUNT(modulators); }

const QmModDesc *qm_mod_at(uint32_t index) { return modulators[index]; }

const QmModDesc *qm_mod_find(const char *name)
{
    for (uint32_t i = 0; i < QM_COUNT(modulators); i++)
        if (qm_same(modulators[i]->name, name))
            return modulators[i];
    return NULL;
}

const QmParam *qm_mod_param(const QmModDesc *desc, uint32_t index)
{
    return index < desc->n_params ? &desc->params[index] : desc->group;
}

int qm_mod_find_param(const QmModDesc *desc, const char *name)
{
    for (uint32_t i = 0; i < desc->n_params; i++)
        if (qm_same(desc->params[i].name, name))
            return (int)i;
    return -1;
}

void qm_mod_defaults(const QmModDesc *desc, uint32_t n_groups, double *params)
{
    for (uint32_t i = 0; i < desc->n_params + n_groups; i++)
        params[i] = qm_mod_param(desc, i)->def;
}

bool qm_mod_is_log(const QmParam *row)
{
    return row->min > 0.0 && row->max >= 10.0 * row->min;
}

double qm_mod_move(const QmParam *row, double value, double amount)
{
    const double moved = qm_mod_is_log(row) ? value * qm_pow(row->max / row->min, amount)
                                            : value + amount * (row->max - row->min);
    return qm_param_clamp(row, moved);
}
