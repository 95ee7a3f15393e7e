/* Which build of the processors runs: asked of the CPU each time, so there is nothing to
 * set up and nothing global. The builds give the same bits; only the speed differs. */
#include "proc/list.h"

bool qm_isa_available(QmIsa isa)
{
    if (isa != QM_ISA_AVX2)
        return true;
#if QM_HAVE_AVX2
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
}

static const QmProcDesc *const *list(QmIsa isa)
{
#if QM_HAVE_AVX2
    if (isa != QM_ISA_BASE && qm_isa_available(QM_ISA_AVX2))
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
