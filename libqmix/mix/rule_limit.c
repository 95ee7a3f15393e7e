/* The last insert of the master: a true-peak limiter at the target's ceiling. What it
 * lets through between samples, by a finer meter than its own, is taken off its ceiling.
 */
#include "mix/mix.h"

enum { KIND, MARGIN, RELEASE, LOOKAHEAD };

static const char *const kinds[] = {"transparent", "loud", NULL};
static const QmParam params[] = {
    {.name = "kind",
     .help = "what the limiter does below the ceiling",
     .kind = QM_PARAM_CHOICE,
     .max = 1,
     .choices = kinds},
    {.name = "margin",
     .help = "kept below the target's ceiling",
     .unit = QM_UNIT_DB,
     .max = 6},
    {.name = "release",
     .help = "of the limiter",
     .unit = QM_UNIT_MS,
     .min = 1,
     .max = 2000,
     .def = 100},
    {.name = "lookahead",
     .help = "of the limiter",
     .unit = QM_UNIT_MS,
     .min = 3,
     .max = 20,
     .def = 5},
};

static void lower(QmMix *mix, const QmRule *rule)
{
    const double over = mix->out->true_peak.value - mix->ceiling;
    if (mix->out->true_peak.why || over <= 0)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "ceiling", mix->ceiling, 1);
    qm_reason_measured(&reason, "delivered", mix->out->true_peak, 2);
    qm_decide_step(mix, rule, &reason,
                   qm_decided(mix, mix->ceiling, "master.limiter.ceiling") - over - 0.01,
                   0.01, "master.limiter.ceiling");
}

static void decide(QmMix *mix, const QmRule *rule, const double *settings,
                   uint32_t n_groups)
{
    (void)n_groups;
    if (mix->pass == QM_PASS_MASTER) {
        lower(mix, rule);
        return;
    }
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "ceiling", mix->ceiling, 1);
    qm_reason_measured(&reason, "true-peak", mix->sum->true_peak, 1);
    qm_decide_step(mix, rule, &reason, mix->ceiling - settings[MARGIN], 0.01,
                   "master.limiter.ceiling");
    reason.origin = QM_ORIGIN_TEMPLATE;
    qm_decide(mix, rule, &reason, settings[LOOKAHEAD], "master.limiter.lookahead");
    qm_decide(mix, rule, &reason, settings[RELEASE], "master.limiter.release");
    qm_decide_word(mix, rule, &reason, kinds[(uint32_t)settings[KIND]],
                   "master.limiter.style");
}

const QmRule qm_rule_master_limit = {
    .id = "master.limit",
    .key = "limit",
    .stage = QM_STAGE_MASTER,
    .passes = QM_PASS_SUM | QM_PASS_MASTER,
    .reads = "true peak of what the master delivers",
    .writes = "master.limiter.*",
    .doc = "No true peak above the target's ceiling.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .mix = decide,
};
