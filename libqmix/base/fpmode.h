/* The floating-point environment every render thread must have (rule R7): round to
 * nearest, denormals kept, no traps. Some libraries and fast-math objects flip it behind
 * one's back. */
#ifndef QM_BASE_FPMODE_H
#define QM_BASE_FPMODE_H

#include <stdint.h>

/* Sets this thread's environment to the project's; returns what it was, to restore it. */
uint64_t qm_fpmode_enter(void);
void qm_fpmode_restore(uint64_t saved);

#endif
