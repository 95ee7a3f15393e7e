/* The width of a stereo strip as a whole, on its fader.
 *
 * Wider than what keeps every octave in mono within `mono-loss` it does not get, whatever
 * is asked for; what loses more as it came is made narrower, down to `least` (an octave
 * that hardly sounds must not empty the rest). What belongs into the middle but leans to
 * a side, or has one side only, is made mono. A width that the session has stays. */
#include "mix/field.h"

enum { WIDTH, MONO_LOSS, LEAST, LEAN };

static const QmParam params[] = {
    [WIDTH] = {.name = "width",
               .help = "0: mono, 1: as it is, 2: sides doubled",
               .max = 2,
               .def = 1},
    [MONO_LOSS] = {.name = "mono-loss",
                   .help = "most that an octave may lose when the channels are added",
                   .unit = QM_UNIT_DB,
                   .min = -3,
                   .max = 6,
                   .def = 1.5},
    [LEAST] = {.name = "least",
               .help = "width that a strip is left for the sake of mono",
               .max = 1,
               .def = 0.5},
    [LEAN] = {.name = "lean",
              .help = "one side above the other from which what belongs into the middle "
                      "is made mono",
              .unit = QM_UNIT_DB,
              .max = 40,
              .def = 3},
};

static bool is_to_be_centred(const QmMixStrip *strip, double lean)
{
    return qm_roles[strip->role].centred && qm_field_leans(strip->raw, lean);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmFacts *const raw = strip->raw;
    if (!qm_mix_heard(mix, strip) || mix->base->strips[strip->at].fader.width != 1)
        return;
    double width = settings[WIDTH];
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "role", qm_role_names[strip->role]);
    if (is_to_be_centred(strip, settings[LEAN])) {
        width = 0;
        qm_reason_measured(&reason, "balance", raw->balance, 1);
    } else if (qm_field_stereo(raw)) {
        const double widest = qm_field_widest(raw, settings[MONO_LOSS]);
        const double safe = widest > settings[LEAST] ? widest : settings[LEAST];
        reason.origin = QM_ORIGIN_TEMPLATE;
        qm_reason_number(&reason, "width", raw->width.value, 2);
        if (width > safe) {
            reason.origin = QM_ORIGIN_AUTO;
            qm_reason_number(&reason, "wanted", width, 2);
            qm_reason_measured(&reason, "mono-loss", raw->mono_loss_max, 1);
            qm_reason_measured(&reason, "at", raw->mono_loss_freq, 0);
            width = safe;
        }
    } else {
        return;
    }
    if (width < 0.995 || width > 1.005)
        qm_decide(mix, rule, &reason, width, "%s.fader.width", strip->name);
}

const QmRule qm_rule_spatial_width = {
    .id = "spatial.width",
    .key = "width",
    .stage = QM_STAGE_SPATIAL,
    .passes = QM_PASS_STEMS,
    .reads = "channels, width, balance, mono loss by octave",
    .writes = "STRIP.fader.width",
    .doc = "Sets the width of stereo strips, no wider than mono allows.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .strip = decide,
};
