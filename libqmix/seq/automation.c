/* Automation lanes as events, one a segment.
 *
 *   value |        2───╮            point 1: a jump (its curve hold, or the lane's first)
 *         |       /    │4           1-2: one event {from 1, to 2, frames}
 *         |──────1     3            3, 4: jumps again, one event each
 *         +--------------------> frame
 *
 * Before its first point a parameter has the session's own value. A segment towards a
 * point whose curve is `hold` is none: the point's own jump is all there is. Switches
 * and choices only jump. Levels in dB move in straight lines, which are exponential
 * lines of gain: for them both curves are the same.
 *
 * The exponential curve is  from (to / from)^x  between values of one sign; an end at
 * zero is taken as 0.001 of the other's sign (the end itself is then met by the last
 * step), and between values of opposite sign, where there is none, the line is
 * straight. */
#include "base/qmath.h"
#include "model/address.h"
#include "seq/build.h"

#define FLOOR 0.001

static bool jumps_only(const QmParam *row)
{
    return row->kind == QM_PARAM_SWITCH || row->kind == QM_PARAM_CHOICE;
}

static QmCurve curve_of(const QmParam *row, const QmPoint *point)
{
    if (jumps_only(row)) {
        return QM_CURVE_HOLD;
    }
    const bool same = row->unit == QM_UNIT_DB && point->curve == QM_CURVE_EXP;
    return same ? QM_CURVE_LINEAR : point->curve;
}

static QmStatus move(QmBuild *build, const QmLane *lane, int64_t frame, int64_t frames,
                     QmCurve curve, double from, double to)
{
    const QmEvent event = {
        .frame = frame,
        .rank = QM_RANK_PARAM,
        .strip = qm_target_is_modulator(lane->target) ? QM_NONE : lane->target.strip,
        .param = {lane->target, frames == 0 ? QM_CURVE_HOLD : curve, frames, from, to},
    };
    return qm_build_event(build, lane->place, &event, frame + frames);
}

static QmStatus fail_lane(QmBuild *build, const QmLane *lane, uint32_t point,
                          const char *message)
{
    QmText text;
    qm_text_init(&text, build->arena);
    qm_text_add(&text, "automation.");
    qm_address_print(build->session, lane->target, &text);
    return qm_fail(build->diag, QM_ERR_INPUT, lane->place, text.failed ? NULL : text.data,
                   "point %u %s", point + 1, message);
}

/* Point `i`, which stands at `frame`, and the way to it from the point before. */
static QmStatus lay_point(QmBuild *build, const QmLane *lane, uint32_t i, int64_t before,
                          int64_t frame)
{
    const QmParam *row = qm_address_param(build->session, lane->target);
    const QmPoint *point = &lane->points[i];
    const QmCurve curve = curve_of(row, point);
    if (i > 0 && curve != QM_CURVE_HOLD && frame > before) {
        return move(build, lane, before, frame - before, curve, point[-1].value,
                    point->value);
    }
    return move(build, lane, frame, 0, curve, point->value, point->value);
}

static QmStatus lay_lane(QmBuild *build, const QmLane *lane)
{
    int64_t before = 0;
    for (uint32_t i = 0; i < lane->n_points; i++) {
        const QmPosition at = lane->points[i].at;
        int64_t frame;
        QmStatus status = qm_build_frame(build, at, lane->place, &frame);
        if (status == QM_OK && frame < before) {
            status = fail_lane(build, lane, i, "is before the one in front of it");
        }
        if (status == QM_OK) {
            status = lay_point(build, lane, i, before, frame);
        }
        if (status != QM_OK) {
            return status;
        }
        before = frame;
    }
    return QM_OK;
}

QmStatus qm_build_automation(QmBuild *build)
{
    QmStatus status = QM_OK;
    for (uint32_t i = 0; status == QM_OK && i < build->session->n_lanes; i++) {
        status = lay_lane(build, &build->session->lanes[i]);
    }
    return status;
}

/* The ends of an exponential line, both of one sign and none at zero; false: there is
 * none, the line is straight. */
static bool ends(double from, double to, double *side, double *low, double *high)
{
    *side = from < 0.0 || to < 0.0 ? -1.0 : 1.0;
    const double a = *side * from, b = *side * to;
    *low = a > 0.0 ? a : FLOOR;
    *high = b > 0.0 ? b : FLOOR;
    return a >= 0.0 && b >= 0.0;
}

double qm_curve_value(QmCurve curve, double from, double to, double x)
{
    double side, low, high;
    if (curve == QM_CURVE_EXP && ends(from, to, &side, &low, &high))
        return side * low * qm_pow(high / low, x);
    return curve == QM_CURVE_HOLD ? from : from + (to - from) * x;
}

double qm_event_value(const QmEvent *event, int64_t frame)
{
    const int64_t passed = frame - event->frame, frames = event->param.frames;
    const double from = event->param.from, to = event->param.to;
    if (passed >= frames)
        return to;
    if (passed <= 0)
        return from;
    return qm_curve_value(event->param.curve, from, to, (double)passed / (double)frames);
}

/* Of one whole curve's way from 0 to x, as a part of the way. */
static double curve_integral(QmCurve curve, double from, double to, double x)
{
    double side, low, high;
    if (curve == QM_CURVE_EXP && ends(from, to, &side, &low, &high)) {
        const double rise = qm_ln(high / low);
        const double gained = qm_pow(high / low, x) - 1.0;
        return rise > 1e-6 || rise < -1e-6 ? side * low * gained / rise : side * low * x;
    }
    return from * x + (curve == QM_CURVE_HOLD ? 0.0 : 0.5 * (to - from) * x * x);
}

double qm_event_integral(const QmEvent *event, int64_t frame)
{
    const double passed = (double)(frame - event->frame);
    const double frames = (double)event->param.frames;
    const double from = event->param.from, to = event->param.to;
    if (passed < frames)
        return frames * curve_integral(event->param.curve, from, to, passed / frames);
    const double way =
        frames > 0.0 ? frames * curve_integral(event->param.curve, from, to, 1.0) : 0.0;
    return way + to * (passed - frames);
}
