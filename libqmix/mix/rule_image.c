/* Width by frequency: lows narrow, highs wide (slot `image`, the processor `width`). The
 * processor is an all-pass where it changes nothing, so it is put in only where there is
 * a side to change. No band gets wider than mono allows (mix/field.h); of the octaves
 * only the worst is known, and it stands for all. */
#include "mix/field.h"

enum { LOW, MID, HIGH, LOW_FREQ, HIGH_FREQ, MONO_LOSS, SIDE };

#define WIDTH_PARAM(which)                                                               \
    {                                                                                    \
        .name = which, .help = "width of the " which " band, 0: mono, 1: as it is",      \
        .max = 2, .def = 1                                                               \
    }

static const QmParam params[] = {
    [LOW] = WIDTH_PARAM("low"),
    [MID] = WIDTH_PARAM("mid"),
    [HIGH] = WIDTH_PARAM("high"),
    [LOW_FREQ] = {.name = "low-freq",
                  .help = "upper end of the low band",
                  .unit = QM_UNIT_HZ,
                  .min = 20,
                  .max = 2000,
                  .def = 200},
    [HIGH_FREQ] = {.name = "high-freq",
                   .help = "lower end of the high band",
                   .unit = QM_UNIT_HZ,
                   .min = 200,
                   .max = 20000,
                   .def = 2000},
    [MONO_LOSS] = {.name = "mono-loss",
                   .help = "most that an octave may lose when the channels are added",
                   .unit = QM_UNIT_DB,
                   .min = -3,
                   .max = 6,
                   .def = 1.5},
    [SIDE] = {.name = "side",
              .help = "sides against the middle below which there is nothing to change",
              .unit = QM_UNIT_DB,
              .min = -60,
              .max = 0,
              .def = -30},
};

/* No wider than is safe; what is narrowed stays so. */
static double safe(double width, double widest)
{
    const double most = widest > 1 ? widest : 1;
    return width < most ? width : most;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip, const double *s,
                   uint32_t n_groups)
{
    (void)n_groups;
    const QmFacts *const raw = strip->raw;
    const bool changes = s[LOW] != 1 || s[MID] != 1 || s[HIGH] != 1;
    if (!changes || !qm_mix_heard(mix, strip) || !qm_field_stereo(raw) ||
        raw->side.value < s[SIDE])
        return;
    const double widest = qm_field_widest(raw, s[MONO_LOSS]);
    QmReason reason = qm_reason(mix);
    reason.origin = QM_ORIGIN_TEMPLATE;
    qm_reason_measured(&reason, "side", raw->side, 1);
    qm_reason_measured(&reason, "side-low", raw->side_low, 1);
    for (uint32_t i = LOW; i <= HIGH; i++)
        if (safe(s[i], widest) != 1)
            qm_decide(mix, rule, &reason, safe(s[i], widest), "%s.image.%s", strip->name,
                      params[i].name);
    if (safe(s[LOW], widest) == 1 && safe(s[MID], widest) == 1 &&
        safe(s[HIGH], widest) == 1)
        return;
    for (uint32_t i = LOW_FREQ; i <= HIGH_FREQ; i++)
        qm_decide(mix, rule, &reason, s[i], "%s.image.%s", strip->name, params[i].name);
}

const QmRule qm_rule_spatial_image = {
    .id = "spatial.image",
    .key = "image",
    .stage = QM_STAGE_SPATIAL,
    .passes = QM_PASS_STEMS,
    .reads = "side against mid, mono loss by octave",
    .writes = "STRIP.image.*",
    .doc = "Sets the width of lows, mids and highs apart, on strips that have sides.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
