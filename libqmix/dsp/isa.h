/* Which build of the inner loops runs: every kernel is compiled plain and, on x86-64,
 * once more with AVX2 (dsp/vec.h). The bits are equal. */
#ifndef QM_DSP_ISA_H
#define QM_DSP_ISA_H

#include <stdbool.h>

/* Whether the library holds a second build of the kernel files. */
#if defined(__x86_64__) && !defined(QM_NO_AVX2)
#define QM_HAVE_AVX2 1
#else
#define QM_HAVE_AVX2 0
#endif

typedef enum QmIsa { QM_ISA_BEST, QM_ISA_BASE, QM_ISA_AVX2 } QmIsa;

/* Whether this CPU can run `isa`. Asked of the CPU each time, so there is nothing to set
 * up and nothing global. */
bool qm_isa_available(QmIsa isa);
/* What `isa` comes down to here: QM_ISA_BASE or QM_ISA_AVX2. */
QmIsa qm_isa_resolve(QmIsa isa);

#endif
