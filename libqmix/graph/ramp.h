/* Coeffs on their way: from where they are to where the params want them, in a straight
 * line over QM_RAMP frames, and then exactly there. One ramp serves one chain slot of a
 * gang; each member (strip) moves on its own.
 *
 * Memory is laid out as the processor reads it: by lane for gangs ([n][QM_LANES]), or by
 * member ([QM_GANG][n]). */
#ifndef QM_GRAPH_RAMP_H
#define QM_GRAPH_RAMP_H

#include "base/arena.h"
#include "proc/proc.h"

typedef struct QmRamp {
    uint32_t n;
    bool by_lane;
    float *now, *step, *target;
    uint32_t left[QM_GANG]; /* frames until the member has arrived; 0: standing still */
} QmRamp;

/* False: out of memory. */
bool qm_ramp_init(QmRamp *ramp, uint32_t n, bool by_lane, QmArena *arena);

/* Sends a member to new coeffs (one set for each of its channels; by member: `left`
 * counts). With `jump` the coeffs that changed are there at once. */
void qm_ramp_to(QmRamp *ramp, uint32_t member, const float *left, const float *right,
                bool jump);

/* Everything arrives now. */
void qm_ramp_finish(QmRamp *ramp);

/* Frames (at most n) for which all members' steps stay as they are. */
uint32_t qm_ramp_span(const QmRamp *ramp, uint32_t n);
uint32_t qm_ramp_member_span(const QmRamp *ramp, uint32_t member, uint32_t n);

/* After the processor advanced `now` by n frames: members that arrived stand exactly. */
void qm_ramp_passed(QmRamp *ramp, uint32_t n);
void qm_ramp_member_passed(QmRamp *ramp, uint32_t member, uint32_t n);

/* What `process` is given. */
QmVec *qm_ramp_coeffs(const QmRamp *ramp);
const QmVec *qm_ramp_steps(const QmRamp *ramp); /* NULL: nothing moves */
float *qm_ramp_member_coeffs(const QmRamp *ramp, uint32_t member);
const float *qm_ramp_member_steps(const QmRamp *ramp, uint32_t member);

#endif
