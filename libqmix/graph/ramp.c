/* `step` is fixed when a ramp starts and `now` is advanced by whoever uses the coeffs,
 * frame by frame, so that a span of frames gives the same values however it is split; the
 * last frame sets `target` itself, so that nothing is left of the rounding. */
#include "graph/ramp.h"

#include <string.h>

bool qm_ramp_init(QmRamp *ramp, uint32_t n, bool by_lane, QmArena *arena)
{
    const size_t size = (size_t)n * (by_lane ? (size_t)QM_LANES : (size_t)QM_GANG);
    *ramp = (QmRamp){.n = n, .by_lane = by_lane};
    ramp->now = QM_NEW_ARRAY(arena, float, size + QM_LANES);
    ramp->step = QM_NEW_ARRAY(arena, float, size + QM_LANES);
    ramp->target = QM_NEW_ARRAY(arena, float, size + QM_LANES);
    return ramp->now && ramp->step && ramp->target;
}

/* Where coeff k of a member's channel lives. */
static size_t place(const QmRamp *ramp, uint32_t member, uint32_t k, uint32_t channel)
{
    return ramp->by_lane ? (size_t)k * QM_LANES + 2 * member + channel
                         : (size_t)member * ramp->n + k;
}

static void send(QmRamp *ramp, size_t at, float value, bool jump)
{
    if (jump) {
        if (ramp->target[at] == value)
            return;
        ramp->now[at] = ramp->target[at] = value;
        ramp->step[at] = 0.0f;
        return;
    }
    ramp->target[at] = value;
    ramp->step[at] = (value - ramp->now[at]) * (1.0f / QM_RAMP);
}

void qm_ramp_to(QmRamp *ramp, uint32_t member, const float *left, const float *right,
                bool jump)
{
    for (uint32_t k = 0; k < ramp->n; k++) {
        send(ramp, place(ramp, member, k, 0), left[k], jump);
        if (ramp->by_lane)
            send(ramp, place(ramp, member, k, 1), right[k], jump);
    }
    if (!jump)
        ramp->left[member] = QM_RAMP;
}

static void arrive(QmRamp *ramp, uint32_t member)
{
    const size_t channels = ramp->by_lane ? 2 : 1;
    for (uint32_t k = 0; k < ramp->n; k++) {
        const size_t at = place(ramp, member, k, 0);
        memcpy(ramp->now + at, ramp->target + at, channels * sizeof(float));
        memset(ramp->step + at, 0, channels * sizeof(float));
    }
    ramp->left[member] = 0;
}

void qm_ramp_finish(QmRamp *ramp)
{
    for (uint32_t m = 0; m < QM_GANG; m++)
        arrive(ramp, m);
}

uint32_t qm_ramp_member_span(const QmRamp *ramp, uint32_t member, uint32_t n)
{
    const uint32_t left = ramp->left[member];
    return left && left < n ? left : n;
}

uint32_t qm_ramp_span(const QmRamp *ramp, uint32_t n)
{
    for (uint32_t m = 0; m < QM_GANG; m++)
        n = qm_ramp_member_span(ramp, m, n);
    return n;
}

void qm_ramp_member_passed(QmRamp *ramp, uint32_t member, uint32_t n)
{
    if (ramp->left[member] == 0)
        return;
    ramp->left[member] -= n;
    if (ramp->left[member] == 0)
        arrive(ramp, member);
}

void qm_ramp_passed(QmRamp *ramp, uint32_t n)
{
    for (uint32_t m = 0; m < QM_GANG; m++)
        qm_ramp_member_passed(ramp, m, n);
}

QmVec *qm_ramp_coeffs(const QmRamp *ramp) { return (QmVec *)ramp->now; }

const QmVec *qm_ramp_steps(const QmRamp *ramp)
{
    for (uint32_t m = 0; m < QM_GANG; m++)
        if (ramp->left[m])
            return (const QmVec *)ramp->step;
    return NULL;
}

float *qm_ramp_member_coeffs(const QmRamp *ramp, uint32_t member)
{
    return ramp->now + (size_t)member * ramp->n;
}

const float *qm_ramp_member_steps(const QmRamp *ramp, uint32_t member)
{
    return ramp->left[member] ? ramp->step + (size_t)member * ramp->n : NULL;
}
