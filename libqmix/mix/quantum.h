/* How finely decisions are written (D7): text that a person can say, and that small
 * differences of a measurement do not change. */
#ifndef QM_MIX_QUANTUM_H
#define QM_MIX_QUANTUM_H

#include "base/text.h"
#include "proc/proc.h"

/* `value` in the row's unit as decisions have it: within the row's range, rounded to what
 * is usual for the unit, or to multiples of `step` if that is not 0. */
double qm_quantum(const QmParam *row, double value, double step);

/* As a log has it: "-3.2 dB", "yes", "glue". */
void qm_value_print(const QmParam *row, double value, QmText *text);

#endif
