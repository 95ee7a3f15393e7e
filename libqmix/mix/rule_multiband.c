/* Multiband compression, in the steps of dynamics.compress: a strip that moves gets one
 * whose mix is 0 %, its readings say how far each band's threshold has to rise, then it
 * works, and what the chain lost in loudness all bands get back alike (where a compressor
 * stands in the same chain, its makeup does that). How many bands there are, and what
 * they do, templates say: a row a band. */
#include "mix/insert.h"

enum { MIX, MAX_REDUCTION, EVEN_RANGE, EVEN_PLR, MAKEUP, DETECTOR };
enum { G_UPTO, G_THRESHOLD, G_RATIO, G_ATTACK, G_RELEASE, G_KNEE };

static const char *const detector_names[] = {"peak", "rms", NULL};

static const QmParam params[] = {
    [MIX] = {.name = "mix",
             .help = "share of the compressed signal",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 100},
    [MAX_REDUCTION] = {.name = "max-reduction",
                       .help = "thresholds are raised until no band loses more than that",
                       .unit = QM_UNIT_DB,
                       .min = 0.5,
                       .max = 40,
                       .def = 12},
    [EVEN_RANGE] = {.name = "even-range",
                    .help = "levels of 400 ms that move less than that need none",
                    .unit = QM_UNIT_DB,
                    .max = 40},
    [EVEN_PLR] = {.name = "even-plr",
                  .help = "and true peaks that are less than that above the loudness",
                  .unit = QM_UNIT_DB,
                  .max = 40},
    [MAKEUP] = {.name = "makeup",
                .help = "whether what it takes is given back, by loudness",
                .kind = QM_PARAM_SWITCH,
                .max = 1,
                .def = 1},
    [DETECTOR] = {.name = "detector",
                  .help = "what the levels are taken from",
                  .kind = QM_PARAM_CHOICE,
                  .max = 1,
                  .choices = detector_names,
                  .def = 1},
};

static const QmParam group[] = {
    [G_UPTO] = {.name = "upto",
                .help =
                    "upper end of the band, 0: as suits their number; none for the last",
                .unit = QM_UNIT_HZ,
                .max = 20000},
    [G_THRESHOLD] =
        {.name = "threshold",
         .help = "of a strip at -18 LUFS; moves with the loudness that is measured",
         .unit = QM_UNIT_DB,
         .min = -80,
         .max = 0,
         .def = -18},
    [G_RATIO] = {.name = "ratio",
                 .help = "input over output, in dB above the threshold",
                 .unit = QM_UNIT_RATIO,
                 .min = 1,
                 .max = 100,
                 .def = 3},
    [G_ATTACK] = {.name = "attack",
                  .help = "time to cover 63 % of a growing reduction",
                  .unit = QM_UNIT_MS,
                  .min = 0.01,
                  .max = 500,
                  .def = 10},
    [G_RELEASE] = {.name = "release",
                   .help = "time to cover 63 % of a shrinking reduction",
                   .unit = QM_UNIT_MS,
                   .min = 1,
                   .max = 5000,
                   .def = 100},
    [G_KNEE] = {.name = "knee",
                .help = "width of the bend around the threshold",
                .unit = QM_UNIT_DB,
                .max = 24,
                .def = 6},
};

#define LEAST_DB 1.0  /* of reduction: less is not heard */
#define SETTLED  0.07 /* LU; gains are rounded to 0.1 dB */

static const char *const reductions[] = {"reduction-1", "reduction-2", "reduction-3",
                                         "reduction-4", "reduction-5"};

static void decide_bands(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                         const double *settings, uint32_t n_groups)
{
    const QmMeasured loudness = qm_insert_loudness(mix, strip);
    QmReason reason = qm_reason(mix), listen = qm_reason(mix);
    if (loudness.why)
        return;
    qm_reason_measured(&reason, "lufs", loudness, 1);
    qm_reason_measured(&reason, "range", strip->raw->range, 1);
    qm_reason_measured(&reason, "plr", strip->raw->plr, 1);
    const QmReason said = qm_reason_template(mix, rule, strip);
    for (uint32_t b = 0; b < n_groups; b++) {
        const double *const band = settings + QM_COUNT(params) + b * QM_COUNT(group);
        for (uint32_t i = 0; i < QM_COUNT(group); i++) {
            const bool level = i == G_THRESHOLD;
            const double move = level ? loudness.value - QM_REFERENCE_LUFS : 0;
            if (i != G_UPTO || band[i] > 0)
                qm_decide(mix, rule, level ? &reason : &said, band[i] + move,
                          "%s.multiband.%u.%s", strip->name, b + 1, group[i].name);
        }
    }
    qm_insert_hand_on(mix, rule, strip, settings, DETECTOR, strip->name, "multiband");
    qm_reason_word(&listen, "reduction", "unmeasured");
    qm_decide(mix, rule, &listen, 0, "%s.multiband.mix", strip->name);
}

static double largest_reduction(const QmMixStrip *strip, uint32_t n_groups)
{
    double largest = 0;
    for (uint32_t b = 0; b < n_groups; b++) {
        const QmMeasured reduction = qm_mix_reading(strip, "multiband", reductions[b]);
        if (!reduction.why && reduction.value > largest)
            largest = reduction.value;
    }
    return largest;
}

static void decide_mix(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                       const double *settings, uint32_t n_groups, double most)
{
    if (largest_reduction(strip, n_groups) < LEAST_DB) {
        qm_take_back(mix, rule, "%s.multiband", strip->name);
        return;
    }
    for (uint32_t b = 0; b < n_groups; b++) {
        const double *const band = settings + QM_COUNT(params) + b * QM_COUNT(group);
        const QmMeasured reduction = qm_mix_reading(strip, "multiband", reductions[b]);
        const double up = qm_insert_raise(reduction.value, most, band[G_RATIO]);
        QmReason reason = qm_reason(mix);
        qm_reason_measured(&reason, "reduction", reduction, 1);
        qm_reason_number(&reason, "permitted", most, 1);
        if (up > 0)
            qm_decide(mix, rule, &reason,
                      up + qm_decided(mix, 0, "%s.multiband.%u.threshold", strip->name,
                                      b + 1),
                      "%s.multiband.%u.threshold", strip->name, b + 1);
    }
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "reduction", largest_reduction(strip, n_groups), 1);
    qm_decide(mix, rule, &reason, settings[MIX], "%s.multiband.mix", strip->name);
}

static void decide_gain(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                        const double *settings, uint32_t n_groups, double most)
{
    const double lost = qm_insert_lost(mix, strip);
    if (settings[MAKEUP] == 0 || (lost < SETTLED && lost > -SETTLED) ||
        !qm_mix_reading(strip, "compressor", "reduction").why)
        return;
    const double share = qm_decided(mix, 100, "%s.multiband.mix", strip->name) / 100;
    const double gain = qm_decided(mix, 0, "%s.multiband.1.gain", strip->name) +
                        lost / (share > 0.25 ? share : 0.25);
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "lufs", strip->chain->lufs, 1);
    qm_reason_measured(&reason, "reference", qm_insert_reference(mix, strip), 1);
    for (uint32_t b = 0; b < n_groups; b++)
        qm_decide(mix, rule, &reason, gain < most ? gain : most, "%s.multiband.%u.gain",
                  strip->name, b + 1);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    if (!qm_mix_heard(mix, strip) || n_groups < 2)
        return;
    const double most = qm_insert_unevenness(strip, settings[EVEN_RANGE],
                                             settings[EVEN_PLR], settings[MAX_REDUCTION]);
    if (most < LEAST_DB)
        return;
    if (mix->pass == QM_PASS_STEMS)
        decide_bands(mix, rule, strip, settings, n_groups);
    else if (qm_mix_reading(strip, "multiband", reductions[0]).why)
        return;
    else if (mix->pass == QM_PASS_CHAINS)
        decide_mix(mix, rule, strip, settings, n_groups, most);
    else
        decide_gain(mix, rule, strip, settings, n_groups, most);
}

const QmRule qm_rule_dynamics_multiband = {
    .id = "dynamics.multiband",
    .key = "multiband",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS | QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads = "lufs, range, plr; reductions, lufs behind the chain",
    .writes = "STRIP.multiband.*",
    .doc = "Compresses bands apart from each other, where their levels move.",
    .params = params,
    .n_params = QM_COUNT(params),
    .group_name = "bands",
    .group = group,
    .n_group = QM_COUNT(group),
    .max_groups = 5,
    .strip = decide,
};
