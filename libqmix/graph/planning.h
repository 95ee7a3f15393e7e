/* The parts of making a plan (private to graph/plan.c and graph/agenda.c). */
#ifndef QM_GRAPH_PLANNING_H
#define QM_GRAPH_PLANNING_H

#include "graph/plan.h"

/* Whether a frozen strip still has what a target moves in it. */
bool qm_frozen_has(const QmFrozen *frozen, QmTarget target);

/* Somebody reads a tap of a strip, up to `delay` frames late. */
void qm_plan_keep(QmPlan *plan, uint16_t strip, QmTapPoint point, uint32_t delay);

/* agenda.c. What modulators move comes first: the agenda's items refer to it. Errors:
 * QM_ERR_MEMORY. */
QmStatus qm_plan_moved(QmPlan *plan, QmArena *arena);
QmStatus qm_plan_agendas(QmPlan *plan, QmArena *arena);

#endif
