/* Lows in mono, strip by strip: where the sides carry more of what is below 120 Hz than
 * the mix is allowed, and the strip has anything there at all. What all strips keep below
 * `side` their sum keeps, too, as long as nothing with lows is panned. */
#include "base/qmath.h"
#include "mix/field.h"

enum { FREQ, SIDE, FLOOR };

static const QmParam params[] = {
    [FREQ] = {.name = "freq",
              .help = "below it the strip is mono",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 1000,
              .def = 120},
    [SIDE] = {.name = "side",
              .help = "most that its sides may have below 120 Hz, against the middle",
              .unit = QM_UNIT_DB,
              .min = -60,
              .max = 0,
              .def = -20},
    [FLOOR] = {.name = "floor",
               .help = "lows against the whole below which they do not matter",
               .unit = QM_UNIT_DB,
               .min = -80,
               .max = 0,
               .def = -30},
};

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip, const double *s,
                   uint32_t n_groups)
{
    (void)n_groups;
    const QmFacts *const raw = strip->raw;
    if (!qm_mix_heard(mix, strip) || !qm_field_stereo(raw) || raw->side_low.why ||
        raw->side_low.value <= s[SIDE])
        return;
    const double lows = qm_field_lows(raw);
    const double part = lows > 0 ? 10 * qm_log10(lows) : QM_GAP;
    if (part < s[FLOOR] || qm_decided(mix, 1, "%s.fader.width", strip->name) == 0)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "side-low", raw->side_low, 1);
    qm_reason_number(&reason, "most", s[SIDE], 0);
    qm_reason_number(&reason, "lows", part, 1);
    qm_decide(mix, rule, &reason, s[FREQ], "%s.mono-bass.freq", strip->name);
}

const QmRule qm_rule_spatial_mono_bass = {
    .id = "spatial.mono-bass",
    .key = "mono-bass",
    .stage = QM_STAGE_SPATIAL,
    .passes = QM_PASS_STEMS,
    .reads = "side against mid below 120 Hz, 1/3 octaves",
    .writes = "STRIP.mono-bass.freq",
    .doc = "Makes the lows of a stereo strip mono where its sides carry too much there.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
