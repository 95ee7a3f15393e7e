/* The executor: runs a plan's ops, quantum by quantum.
 *
 * It owns everything that changes while audio is made: current params, coeffs, states,
 * taps. Ops are independent objects: any thread may run any op, as long as the ops it
 * needs have computed the span before, it has itself computed everything up to the span,
 * and nobody is more than `window` frames behind the newest frame of a tap (render/engine
 * keeps these rules).
 *
 * Invariants: D2 (control moves on grid lines, events split a quantum), D4 (an op alone
 * writes its taps), R7 (states are flushed on the grid). Real time: qm_exec_run never
 * allocates, locks, logs or waits, unless an asset is streamed. */
#ifndef QM_GRAPH_EXEC_H
#define QM_GRAPH_EXEC_H

#include "graph/meter.h"
#include "graph/plan.h"

typedef struct QmExec QmExec;

/* `window`: frames that the newest and the slowest op may lie apart (a multiple of
 * QM_QUANTUM). The plan is borrowed. Errors: QM_ERR_MEMORY. */
QmStatus qm_exec_new(const QmPlan *plan, uint32_t window, QmArena *arena, QmDiag *diag,
                     QmExec **exec);

/* Puts everything into the state of a render that starts at `song_frame` (a multiple of
 * QM_QUANTUM): params as the session and the automation before have them, running clips
 * entered, processors at rest. Real time. */
void qm_exec_locate(QmExec *exec, int64_t song_frame);

/* Computes `n_quanta` quanta of one op from engine frame `frame` (a multiple of
 * QM_QUANTUM, right after what it computed last). */
void qm_exec_run(QmExec *exec, uint32_t op, int64_t frame, uint32_t n_quanta);

/* Copies n frames of a pickup, as it stands at engine frame `frame`, into out[i *
 * stride], out[i * stride + 1]. */
void qm_exec_pick_up(const QmExec *exec, const QmPickup *pickup, int64_t frame,
                     uint32_t n, float *out, uint32_t stride);

/* What a strip's meter has seen since the last locate, if the plan has meters. While no
 * op runs. */
QmMeter qm_exec_meter(const QmExec *exec, uint16_t strip);

/* What every insert that was run and has readings measured since the last locate, in
 * session order;
 * gives how many there are. list NULL: only that. While no op runs. */
uint32_t qm_exec_readings(const QmExec *exec, QmSlotReadings *list);

#endif
