/* Stereo stems that are none:
 *
 *     one side only      made mono by the fader's width, so that a pan moves all of it
 *     opposite           the sides are the same but for the polarity: told of, for in
 *                        mono nothing is left, and no width or pan changes that
 *     works against      correlation below the limit: told of; how much of it is let
 *                        through in mono is spatial.width's
 *
 * More than two channels: the first two were taken, which is told of. */
#include "mix/mix.h"

enum { MONO, CORRELATION };

static const QmParam params[] = {
    [MONO] = {.name = "mono",
              .help = "a stem that has one side only is made mono",
              .kind = QM_PARAM_SWITCH,
              .max = 1,
              .def = 1},
    [CORRELATION] = {.name = "correlation",
                     .help = "of left and right, below which a stem is told of",
                     .min = -1,
                     .max = 1,
                     .def = -0.3},
};

static void make_mono(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                      bool wanted)
{
    const bool left = strip->raw->kind == QM_CHANNELS_LEFT_ONLY;
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "channels", left ? "left-only" : "right-only");
    if (wanted && mix->base->strips[strip->at].fader.width == 1)
        qm_decide(mix, rule, &reason, 0, "%s.fader.width", strip->name);
    else
        qm_note(mix, rule, &reason, strip->name);
}

static void tell(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                 const char *channels)
{
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "channels", channels);
    qm_reason_measured(&reason, "correlation", strip->raw->correlation, 2);
    qm_note(mix, rule, &reason, strip->name);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmFacts *const raw = strip->raw;
    if (raw->channels > 2) {
        QmReason reason = qm_reason(mix);
        qm_reason_number(&reason, "channels", (double)raw->channels, 0);
        qm_reason_word(&reason, "taken", "1-2");
        qm_note(mix, rule, &reason, strip->name);
    }
    if (raw->silent)
        return;
    if (raw->kind == QM_CHANNELS_LEFT_ONLY || raw->kind == QM_CHANNELS_RIGHT_ONLY)
        make_mono(mix, rule, strip, settings[MONO] != 0);
    else if (raw->kind == QM_CHANNELS_OPPOSITE)
        tell(mix, rule, strip, "opposite");
    else if (raw->kind == QM_CHANNELS_STEREO && !raw->correlation.why &&
             raw->correlation.value < settings[CORRELATION])
        tell(mix, rule, strip, "against-each-other");
}

const QmRule qm_rule_check_channels = {
    .id = "check.channels",
    .key = "channels",
    .stage = QM_STAGE_CHECK,
    .passes = QM_PASS_STEMS,
    .reads = "channels, correlation",
    .writes = "STRIP.fader.width",
    .doc = "Makes stems mono that have one side only; tells of channels that cancel.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .strip = decide,
};
