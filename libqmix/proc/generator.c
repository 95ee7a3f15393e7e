/* The list of generators: one line each, in the order in which they are told. They work
 * on one strip at a time and are built once, unlike the processors (list.c). */
#include "proc/generator.h"

#include "base/text.h"

static const QmGenDesc *const generators[] = {
    &qm_gen_clip,
    &qm_gen_sampler,
    &qm_gen_tone,
    &qm_gen_click,
};

uint32_t qm_gen_count(void) { return QM_COUNT(generators); }

const QmGenDesc *qm_gen_at(uint32_t index) { return generators[index]; }

const QmGenDesc *qm_gen_find(const char *name)
{
    for (uint32_t i = 0; i < QM_COUNT(generators); i++) {
        if (qm_same(generators[i]->name, name)) {
            return generators[i];
        }
    }
    return NULL;
}

void qm_gen_defaults(const QmGenDesc *desc, double *params)
{
    for (uint32_t i = 0; i < desc->n_params; i++) {
        params[i] = desc->params[i].def;
    }
}

int qm_gen_find_param(const QmGenDesc *desc, const char *name)
{
    for (uint32_t i = 0; i < desc->n_params; i++) {
        if (qm_same(desc->params[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}
