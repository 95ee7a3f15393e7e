/* Clipping is told of, and left as it is: what was cut off is not there any more. So are
 * samples that are no numbers, which were taken as silence. */
#include "mix/mix.h"

enum { RUNS };

static const QmParam params[] = {
    [RUNS] = {.name = "runs",
              .help = "runs of clipped samples from which a stem is told of",
              .min = 1,
              .max = 1000000,
              .def = 1},
};

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmFacts *const raw = strip->raw;
    const bool clipped = (double)raw->clipped_runs >= settings[RUNS];
    if (!clipped && raw->not_finite == 0)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "runs", (double)raw->clipped_runs, 0);
    qm_reason_number(&reason, "longest", (double)raw->clipped_longest, 0);
    qm_reason_measured(&reason, "true-peak", raw->true_peak, 1);
    if (raw->not_finite > 0)
        qm_reason_number(&reason, "not-finite", (double)raw->not_finite, 0);
    qm_note(mix, rule, &reason, strip->name);
}

const QmRule qm_rule_check_clipped = {
    .id = "check.clipped",
    .key = "clipped",
    .stage = QM_STAGE_CHECK,
    .passes = QM_PASS_STEMS,
    .reads = "runs of clipped samples, samples that are no numbers",
    .writes = "",
    .doc = "Tells of stems that were clipped, or are broken otherwise.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .strip = decide,
};
