/* A stem in which nothing reaches the absolute gate of BS.1770-5 is muted: raised to the
 * level of the others it would be noise. */
#include "mix/check.h"

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)settings, (void)n_groups;
    if (!strip->raw->silent)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "lufs", strip->raw->lufs, 1);
    qm_reason_measured(&reason, "peak", strip->raw->peak, 1);
    qm_reason_number(&reason, "gate", -70, 0);
    qm_check_mute(mix, rule, &reason, strip);
}

const QmRule qm_rule_check_silent = {
    .id = "check.silent",
    .key = "silent",
    .stage = QM_STAGE_CHECK,
    .passes = QM_PASS_STEMS,
    .reads = "silence, lufs, peak",
    .writes = "STRIP.fader.mute",
    .doc = "Mutes stems in which there is nothing.",
    .on = true,
    .strip = decide,
};
