/* A constant offset costs headroom and clicks where a clip begins. It is told of here;
 * eq.clean takes it away. */
#include "mix/mix.h"

enum { OFFSET };

static const QmParam params[] = {
    /* -46 dBFS: converters have a hundredth of it */
    [OFFSET] = {.name = "offset",
                .help = "mean of the samples, 1 is full scale, from which a stem is told "
                        "of",
                .min = 0.0001,
                .max = 1,
                .def = 0.005},
};

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmMeasured dc = strip->raw->dc;
    if (dc.why || (dc.value < settings[OFFSET] && dc.value > -settings[OFFSET]))
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "dc", dc, 4);
    qm_reason_measured(&reason, "rms", strip->raw->rms, 1);
    qm_note(mix, rule, &reason, strip->name);
}

const QmRule qm_rule_check_dc = {
    .id = "check.dc",
    .key = "dc",
    .stage = QM_STAGE_CHECK,
    .passes = QM_PASS_STEMS,
    .reads = "dc, rms",
    .writes = "",
    .doc = "Tells of stems with a constant offset.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .strip = decide,
};
