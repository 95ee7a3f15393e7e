/* Levels of mid and side of a stereo strip. What a louder side would lose in mono bounds
 * it, as it does widths: a side-gain above mid-gain is a width above 1. */
#include "base/qmath.h"
#include "mix/field.h"

enum { MID_GAIN, SIDE_GAIN, SIDE_LOW_CUT, MONO_LOSS };

static const QmParam params[] = {
    [MID_GAIN] = {.name = "mid-gain",
                  .help = "level of what both channels share",
                  .unit = QM_UNIT_DB,
                  .min = -12,
                  .max = 12},
    [SIDE_GAIN] = {.name = "side-gain",
                   .help = "level of what sets them apart",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 12},
    [SIDE_LOW_CUT] = {.name = "side-low-cut",
                      .help = "takes lows from the side, 0: none",
                      .unit = QM_UNIT_HZ,
                      .max = 2000},
    [MONO_LOSS] = {.name = "mono-loss",
                   .help = "most that an octave may lose when the channels are added",
                   .unit = QM_UNIT_DB,
                   .min = -3,
                   .max = 6,
                   .def = 1.5},
};

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip, const double *s,
                   uint32_t n_groups)
{
    (void)n_groups;
    if (!qm_mix_heard(mix, strip) || !qm_field_stereo(strip->raw))
        return;
    const double most =
        s[MID_GAIN] + qm_gain_to_db(qm_field_widest(strip->raw, s[MONO_LOSS]));
    const double side =
        s[SIDE_GAIN] > 0 && s[SIDE_GAIN] > most ? (most > 0 ? most : 0) : s[SIDE_GAIN];
    QmReason reason = qm_reason(mix);
    reason.origin = side == s[SIDE_GAIN] ? QM_ORIGIN_TEMPLATE : QM_ORIGIN_AUTO;
    qm_reason_measured(&reason, "side", strip->raw->side, 1);
    qm_reason_measured(&reason, "mono-loss", strip->raw->mono_loss_max, 1);
    if (s[MID_GAIN] != 0)
        qm_decide(mix, rule, &reason, s[MID_GAIN], "%s.mid-side.mid-gain", strip->name);
    if (side >= 0.05 || side <= -0.05)
        qm_decide(mix, rule, &reason, side, "%s.mid-side.side-gain", strip->name);
    if (s[SIDE_LOW_CUT] > 0)
        qm_decide(mix, rule, &reason, s[SIDE_LOW_CUT], "%s.mid-side.side-low-cut",
                  strip->name);
}

const QmRule qm_rule_spatial_mid_side = {
    .id = "spatial.mid-side",
    .key = "mid-side",
    .stage = QM_STAGE_SPATIAL,
    .passes = QM_PASS_STEMS,
    .reads = "side against mid, mono loss by octave",
    .writes = "STRIP.mid-side.*",
    .doc = "Sets the levels of mid and side of stereo strips.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
