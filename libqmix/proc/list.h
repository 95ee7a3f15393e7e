/* The lists of processors, one a build of the kernel files, for isa.c; everybody else
 * asks qm_proc_at and qm_proc_find (proc.h). */
#ifndef QM_PROC_LIST_H
#define QM_PROC_LIST_H

#include "proc/proc.h"

extern const uint32_t qm_proc_list_count;
extern const QmProcDesc *const qm_proc_list_base[];
#if QM_HAVE_AVX2
extern const QmProcDesc *const qm_proc_list_avx2[];
#endif

#endif
