/* Haas widening of mono strips, as far as mono allows.
 *
 * The processor leaves a = (1 - mix) / n of the late side in time and b = mix / n late, n
 * making their powers one. Added in mono, a tooth of the comb at phase p has
 *
 *     |1 + a + b e^ip|^2 = (1 + a)^2 + b^2 + 2 (1 + a) b cos p
 *
 * of the 4 that the dry sound has. Worst is the octave around the first notch, p from pi
 * / sqrt 2 to pi sqrt 2, where the mean of cos p is -0.792; all higher ones hold whole
 * teeth. (In fact the processor's low cut spares most of it.) The mix is the largest, up
 * to what is asked for, at which that octave loses no more than `mono-loss`.
 *
 * Strips take turns in which of their sides is late, so that the field does not lean to
 * the early ones. What was panned away from the middle is left alone: there is nothing to
 * widen between the ears where one side is softer. */
#include "base/qmath.h"
#include "mix/field.h"

enum { DELAY, MIX, MONO_LOSS };

#define WORST_COSINE (-0.792) /* (sin(pi sqrt 2) - sin(pi / sqrt 2)) / (pi / sqrt 2) */
#define MIDDLE       0.2      /* a pan up to which a strip counts as in the middle */

static const QmParam params[] = {
    [DELAY] = {.name = "delay",
               .help = "by which one side is late",
               .unit = QM_UNIT_MS,
               .min = 5,
               .max = 35,
               .def = 15},
    [MIX] = {.name = "mix",
             .help = "share of the late sound, at most; 0: none",
             .unit = QM_UNIT_PERCENT,
             .max = 50,
             .def = 30},
    [MONO_LOSS] = {.name = "mono-loss",
                   .help = "most that an octave may lose when the channels are added",
                   .unit = QM_UNIT_DB,
                   .min = 0.1,
                   .max = 6,
                   .def = 1.5},
};

/* dB, of the worst octave against the dry sound, for a mix of 0..1. */
static double loss_of(double mix)
{
    const double norm = 1 / qm_sqrt((1 - mix) * (1 - mix) + mix * mix);
    const double a = (1 - mix) * norm, b = mix * norm;
    const double power = (1 + a) * (1 + a) + b * b + 2 * (1 + a) * b * WORST_COSINE;
    return 10 * qm_log10(4 / power);
}

static bool takes_part(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip)
{
    uint32_t n_groups;
    const double *const s = qm_mix_settings(mix, rule, strip, &n_groups);
    const double pan = qm_decided(mix, 0, "%s.fader.pan", strip->name);
    return s && s[MIX] > 0 && qm_mix_heard(mix, strip) &&
           strip->raw->kind == QM_CHANNELS_MONO && !qm_roles[strip->role].centred &&
           pan <= MIDDLE && pan >= -MIDDLE;
}

/* How many take part before it, by name. */
static uint32_t turn_of(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip)
{
    uint32_t turn = 0;
    for (uint32_t i = 0; i < mix->n_strips; i++)
        turn += takes_part(mix, rule, &mix->strips[i]) &&
                qm_field_before(&mix->strips[i], strip);
    return turn;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip, const double *s,
                   uint32_t n_groups)
{
    (void)n_groups;
    if (!takes_part(mix, rule, strip))
        return;
    double percent = (double)(int)s[MIX];
    while (percent > 0 && loss_of(percent / 100) > s[MONO_LOSS])
        percent -= 1;
    if (percent < 1)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "channels", "mono");
    qm_reason_number(&reason, "wanted", s[MIX], 0);
    qm_reason_number(&reason, "mono-loss", loss_of(percent / 100), 2);
    qm_decide(mix, rule, &reason, percent, "%s.haas.mix", strip->name);
    qm_decide(mix, rule, &reason, s[DELAY], "%s.haas.delay", strip->name);
    qm_decide_word(mix, rule, &reason, turn_of(mix, rule, strip) % 2 ? "left" : "right",
                   "%s.haas.side", strip->name);
}

const QmRule qm_rule_spatial_haas = {
    .id = "spatial.haas",
    .key = "haas",
    .stage = QM_STAGE_SPATIAL,
    .passes = QM_PASS_STEMS,
    .reads = "channels, pans as decided",
    .writes = "STRIP.haas.*",
    .doc =
        "Widens mono strips in the middle by delaying a part of one side, no more than "
        "mono allows.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
