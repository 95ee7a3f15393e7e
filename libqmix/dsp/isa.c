/* The CPU is asked each time: it is a look into a table of the compiler's. */
#include "dsp/isa.h"

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

QmIsa qm_isa_resolve(QmIsa isa)
{
    return isa != QM_ISA_BASE && qm_isa_available(QM_ISA_AVX2) ? QM_ISA_AVX2
                                                               : QM_ISA_BASE;
}
