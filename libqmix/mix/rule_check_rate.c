/* Files of another rate are converted when they are played. That is told of, for it may
 * be a file that says a wrong rate, and is in another key then. */
#include "mix/mix.h"

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)settings, (void)n_groups;
    if (strip->raw->rate == mix->base->rate)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "rate", (double)strip->raw->rate, 0);
    qm_reason_number(&reason, "converted-to", (double)mix->base->rate, 0);
    qm_note(mix, rule, &reason, strip->name);
}

const QmRule qm_rule_check_rate = {
    .id = "check.rate",
    .key = "rate",
    .stage = QM_STAGE_CHECK,
    .passes = QM_PASS_STEMS,
    .reads = "rate",
    .writes = "",
    .doc = "Tells of stems that are not at the session's rate.",
    .on = true,
    .strip = decide,
};
