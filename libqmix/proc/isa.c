/* Which build of the processors runs. */
#include "proc/list.h"

static const QmProcDesc *const *list(QmIsa isa)
{
#if QM_HAVE_AVX2
    if (qm_isa_resolve(isa) == QM_ISA_AVX2)
        return qm_proc_list_avx2;
#endif
    (void)isa;
    return qm_proc_list_base;
}

uint32_t qm_proc_count(void) { return qm_proc_list_count; }

const QmProcDesc *qm_proc_at(uint32_t index)
{
    return index < qm_proc_count() ? list(QM_ISA_BEST)[index] : NULL;
}

const QmProcDesc *qm_proc_for_isa(const QmProcDesc *desc, QmIsa isa)
{
    for (uint32_t i = 0; i < qm_proc_count(); i++)
        if (desc == list(QM_ISA_BEST)[i] || desc == list(QM_ISA_BASE)[i])
            return list(isa)[i];
    return desc; /* not of the list: built in one way only */
}
