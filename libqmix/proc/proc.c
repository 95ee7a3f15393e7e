/* What can be said of every processor from its table alone.
 *
 * The flat index of a param counts the plain params first, then the group's rows once per
 * repetition: params[0..n_params), then group 1, group 2, ... */
#include "proc/proc.h"

#include "base/text.h"

uint32_t qm_proc_n_params(const QmProcDesc *desc, uint32_t n_groups)
{
    return desc->n_params + n_groups * desc->n_group;
}

uint32_t qm_proc_n_coeffs(const QmProcDesc *desc, uint32_t n_groups)
{
    return desc->n_coeffs + n_groups * desc->n_group_coeffs;
}

size_t qm_proc_state_size(const QmProcDesc *desc, const QmProcSpec *spec)
{
    return desc->size_state ? desc->size_state(spec) : desc->state_size;
}

const QmParam *qm_proc_param(const QmProcDesc *desc, uint32_t index)
{
    if (index < desc->n_params)
        return &desc->params[index];
    if (desc->n_group == 0)
        return NULL;
    const uint32_t in_groups = index - desc->n_params;
    if (in_groups / desc->n_group >= desc->max_groups)
        return NULL;
    return &desc->group[in_groups % desc->n_group];
}

static int find_row(const QmParam *rows, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (qm_same(rows[i].name, name))
            return (int)i;
    return -1;
}

int qm_proc_find_param(const QmProcDesc *desc, uint32_t group, const char *name)
{
    if (group == 0)
        return find_row(desc->params, desc->n_params, name);
    if (group > desc->max_groups)
        return -1;
    const int row = find_row(desc->group, desc->n_group, name);
    if (row < 0)
        return -1;
    return (int)(desc->n_params + (group - 1) * desc->n_group) + row;
}

void qm_proc_defaults(const QmProcDesc *desc, uint32_t n_groups, double *params)
{
    const uint32_t n = qm_proc_n_params(desc, n_groups);
    for (uint32_t i = 0; i < n; i++)
        params[i] = qm_proc_param(desc, i)->def;
}

static uint32_t count_choices(const QmParam *param)
{
    uint32_t n = 0;
    while (param->choices[n])
        n++;
    return n;
}

double qm_param_clamp(const QmParam *param, double value)
{
    if (value != value)
        return param->def;
    double min = param->min, max = param->max;
    if (param->kind == QM_PARAM_SWITCH) {
        min = 0;
        max = 1;
    } else if (param->kind == QM_PARAM_CHOICE) {
        min = 0;
        max = count_choices(param) - 1;
    }
    value = value < min ? min : value > max ? max : value;
    if (param->kind == QM_PARAM_NUMBER)
        return value;
    return (double)(int64_t)(value < 0 ? value - 0.5 : value + 0.5);
}

const QmProcDesc *qm_proc_find(const char *name)
{
    for (uint32_t i = 0; i < qm_proc_count(); i++)
        if (qm_same(qm_proc_at(i)->name, name))
            return qm_proc_at(i);
    return NULL;
}
