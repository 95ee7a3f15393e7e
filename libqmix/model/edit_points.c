/* Points of lanes, set one by one. A point stands behind those that are before it, as far
 * as two places can be compared without a clock: bars with bars, seconds with seconds,
 * samples with samples. That times of different kinds rise is the timeline's to see. The
 * same place again replaces the point. */
#include "model/edit_parts.h"

#include <string.h>

/* <0, 0, >0; only for places of one kind. */
static int compare(QmPosition a, QmPosition b)
{
    const int32_t left[] = {a.bar, a.beat, a.sixteenth},
                  right[] = {b.bar, b.beat, b.sixteenth};
    if (a.kind != QM_POS_BARS) {
        return (a.value > b.value) - (a.value < b.value);
    }
    for (uint32_t i = 0; i < QM_COUNT(left); i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

static bool same_target(QmTarget a, QmTarget b)
{
    return a.strip == b.strip && a.slot == b.slot && a.param == b.param &&
           qm_target_is_modulator(a) == qm_target_is_modulator(b);
}

static QmLane *lane_of(const QmSession *session, QmTarget target)
{
    for (uint32_t i = 0; i < session->n_lanes; i++) {
        if (same_target(session->lanes[i].target, target)) {
            return &session->lanes[i];
        }
    }
    return NULL;
}

/* Where `at` belongs in a lane, and whether there is such a point. Points come in order
 * mostly, so the search begins at the end. */
static uint32_t find_point(const QmLane *lane, QmPosition at, bool *found)
{
    uint32_t before = lane->n_points;
    *found = false;
    for (uint32_t i = lane->n_points; i-- > 0;) {
        const QmPosition other = lane->points[i].at;
        if (other.kind != at.kind) {
            continue;
        }
        const int order = compare(other, at);
        *found = order == 0;
        if (order <= 0) {
            return *found ? i : i + 1;
        }
        before = i;
    }
    return before;
}

bool qm_edit_has_point(const QmSession *session, QmTarget target, QmPosition at)
{
    const QmLane *lane = lane_of(session, target);
    bool found = false;
    if (lane) {
        find_point(lane, at, &found);
    }
    return found;
}

static QmLane *make_lane(QmSession *session, QmTarget target, QmPlace place)
{
    const uint32_t n = session->n_lanes;
    QmLane *lanes =
        qm_arena_grow(session->arena, session->lanes, n, n + 1, sizeof *lanes);
    if (!lanes) {
        return NULL;
    }
    lanes[n] = (QmLane){.target = target, .place = place};
    session->lanes = lanes;
    session->n_lanes = n + 1;
    return &lanes[n];
}

QmStatus qm_edit_point(QmSession *session, QmTarget target, QmPoint point, QmPlace place,
                       QmDiag *diag)
{
    QmLane *lane = lane_of(session, target);
    if (!lane) {
        lane = make_lane(session, target, place);
    }
    if (!lane) {
        return qm_fail_memory(diag);
    }
    bool found;
    const uint32_t n = lane->n_points, at = find_point(lane, point.at, &found);
    if (found) {
        lane->points[at] = point;
        return QM_OK;
    }
    if (n >= lane->room) {
        const uint32_t room = n < 4 ? 8 : 2 * n;
        QmPoint *points =
            qm_arena_grow(session->arena, lane->points, n, room, sizeof *points);
        if (!points) {
            return qm_fail_memory(diag);
        }
        lane->points = points;
        lane->room = room;
    }
    memmove(lane->points + at + 1, lane->points + at, (n - at) * sizeof point);
    lane->points[at] = point;
    lane->n_points = n + 1;
    return QM_OK;
}
