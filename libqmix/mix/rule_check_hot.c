/* A stem far above the others was exported with another gain, and one above full scale
 * was cut by whatever plays it with integers. The trim brings both down: this only tells.
 *
 * The others' level is the median of their loudness, which one hot stem does not move. */
#include "base/sort.h"
#include "mix/mix.h"

enum { ABOVE, PEAK };

static const QmParam params[] = {
    [ABOVE] = {.name = "above",
               .help = "loudness over the median of the others from which a stem is told "
                       "of",
               .unit = QM_UNIT_DB,
               .max = 60,
               .def = 20},
    [PEAK] = {.name = "peak",
              .help = "highest sample from which a stem is told of",
              .unit = QM_UNIT_DB,
              .min = -20,
              .max = 40,
              .def = 0.01},
};

enum { LEAST_OTHERS = 2 /* of one it is not known which is wrong */ };

static QmMeasured median_of_others(QmMix *mix, const QmMixStrip *strip)
{
    double *const lufs = QM_NEW_ARRAY(mix->arena, double, mix->n_strips);
    uint32_t n = 0;
    for (uint32_t i = 0; lufs && i < mix->n_strips; i++)
        if (&mix->strips[i] != strip && !mix->strips[i].raw->lufs.why)
            lufs[n++] = mix->strips[i].raw->lufs.value;
    if (n < LEAST_OTHERS ||
        qm_sort(lufs, n, sizeof *lufs, qm_by_double, mix->arena) != QM_OK)
        return qm_unmeasured("too few others");
    return qm_measured(lufs[n / 2]);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmFacts *const raw = strip->raw;
    const QmMeasured others = median_of_others(mix, strip);
    const bool above = !raw->lufs.why && !others.why &&
                       raw->lufs.value >= others.value + settings[ABOVE];
    const bool over = !raw->peak.why && raw->peak.value >= settings[PEAK];
    if (!above && !over)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "lufs", raw->lufs, 1);
    qm_reason_measured(&reason, "others", others, 1);
    qm_reason_measured(&reason, "peak", raw->peak, 1);
    qm_note(mix, rule, &reason, strip->name);
}

const QmRule qm_rule_check_hot = {
    .id = "check.hot",
    .key = "hot",
    .stage = QM_STAGE_CHECK,
    .passes = QM_PASS_STEMS,
    .reads = "lufs, peak",
    .writes = "",
    .doc = "Tells of stems that are far louder than the others, or above full scale.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .strip = decide,
};
