/* Relations are of the middles of files: two that share their middle are the same only if
 * their sides are as strong, too. */
#include "mix/check.h"

#define WIDTH_APART 0.02

void qm_check_mute(QmMix *mix, const QmRule *rule, const QmReason *reason,
                   const QmMixStrip *strip)
{
    if (qm_decided(mix, 0, "%s.fader.mute", strip->name) == 0)
        qm_decide_word(mix, rule, reason, "yes", "%s.fader.mute", strip->name);
}

static double width_of(const QmFacts *facts)
{
    return facts->width.why ? 0 : facts->width.value;
}

bool qm_check_same(const QmMix *mix, const QmRelatedPair *pair, double shared,
                   double delay)
{
    const QmFacts *const a = mix->strips[pair->first_at].raw;
    const QmFacts *const b = mix->strips[pair->second_at].raw;
    const double apart = width_of(a) - width_of(b);
    if (apart > WIDTH_APART || apart < -WIDTH_APART)
        return false;
    if (qm_same(pair->relation, "duplicate"))
        return true;
    return qm_same(pair->relation, "copy") && !pair->shared.why && !pair->delay_ms.why &&
           pair->shared.value >= shared && pair->delay_ms.value <= delay &&
           pair->delay_ms.value >= -delay;
}

void qm_check_tell(QmReason *reason, const QmRelatedPair *pair)
{
    const char *const relation = pair->relation;
    qm_reason_word(reason, "of", pair->first);
    qm_reason_word(reason, "relation",
                   qm_same(relation, "shared source") ? "shared-source" : relation);
    qm_reason_measured(reason, "delay", pair->delay_ms, 2);
    qm_reason_measured(reason, "shared", pair->shared, 0);
}
