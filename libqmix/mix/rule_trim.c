/* Every strip at one level in front of its chain, so that thresholds of compressors and
 * gates mean the same everywhere.
 *
 *     balanced   reference - loudness
 *     peak       min(ceiling, headroom) - peak
 *     layer      the role's own level - loudness
 *
 * The seed's formula for peaks, (ceiling - headroom) - peak, asks for +5 dB full scale;
 * STANDARDS.md has this one. What is too short for a loudness (BS.1770 needs 400 ms) is
 * brought to the same level by its RMS, or, where there is none, by its peak. `most`
 * bounds what a strip is raised by, for what comes up with it is noise; down it goes as
 * far as it must. */
#include "mix/mix.h"

enum { TARGET, REFERENCE, LAYER, HEADROOM, CEILING, MOST };
enum { BALANCED, PEAK, OF_LAYER };

static const char *const targets[] = {"balanced", "peak", "layer", NULL};

static const QmParam params[] = {
    [TARGET] = {.name = "target",
                .help = "what strips are brought to: a loudness, a peak, one of the role",
                .kind = QM_PARAM_CHOICE,
                .max = OF_LAYER,
                .choices = targets},
    [REFERENCE] = {.name = "reference",
                   .help = "loudness of every strip (balanced)",
                   .unit = QM_UNIT_LUFS,
                   .min = -40,
                   .max = -6,
                   .def = -18},
    [LAYER] = {.name = "layer",
               .help = "loudness of strips of this role (layer)",
               .unit = QM_UNIT_LUFS,
               .min = -40,
               .max = -6,
               .def = -18},
    [HEADROOM] = {.name = "headroom",
                  .help = "highest peak wanted (peak)",
                  .unit = QM_UNIT_DB,
                  .min = -40,
                  .max = 0,
                  .def = -6},
    [CEILING] = {.name = "ceiling",
                 .help = "highest peak allowed (peak)",
                 .unit = QM_UNIT_DB,
                 .min = -40,
                 .max = 0,
                 .def = -1},
    [MOST] = {.name = "most",
              .help = "most that a strip is raised by",
              .unit = QM_UNIT_DB,
              .max = 40,
              .def = 40},
};

/* What is known of how loud it is, the best first. */
typedef struct Level {
    const char *word;
    QmMeasured value;
} Level;

static Level level_of(const QmFacts *raw, bool by_peak)
{
    const Level levels[] = {{"lufs", raw->lufs},
                            {"rms", raw->rms},
                            {"true-peak", raw->true_peak},
                            {"peak", raw->peak}};
    uint32_t i = by_peak ? 2 : 0;
    while (i + 1 < QM_COUNT(levels) && levels[i].value.why)
        i++;
    return levels[i];
}

/* Where `word` is to be. */
static double wanted(const Level *level, bool by_peak, const double *s)
{
    const double peak = s[HEADROOM] < s[CEILING] ? s[HEADROOM] : s[CEILING];
    const bool has_no_power = level->word[0] != 'l' && level->word[0] != 'r';
    if (by_peak || has_no_power)
        return peak;
    return (int)s[TARGET] == OF_LAYER ? s[LAYER] : s[REFERENCE];
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip, const double *s,
                   uint32_t n_groups)
{
    (void)n_groups;
    const bool by_peak = (int)s[TARGET] == PEAK;
    if (!qm_mix_heard(mix, strip))
        return;
    const Level level = level_of(strip->raw, by_peak);
    const double target = wanted(&level, by_peak, s);
    double gain = target - level.value.value;
    if (level.value.why || (gain > -0.05 && gain < 0.05))
        return;
    QmReason reason = qm_reason(mix);
    if (!by_peak && strip->raw->lufs.why)
        qm_reason_word(&reason, "lufs", "unmeasured");
    qm_reason_measured(&reason, level.word, level.value, 1);
    qm_reason_number(&reason, "target", target, 1);
    if (gain > s[MOST]) {
        qm_reason_number(&reason, "most", s[MOST], 1);
        gain = s[MOST];
    }
    qm_decide(mix, rule, &reason, gain, "%s.trim.gain", strip->name);
}

const QmRule qm_rule_gain_trim = {
    .id = "gain.trim",
    .key = "trim",
    .stage = QM_STAGE_GAIN,
    .passes = QM_PASS_STEMS,
    .reads = "lufs, rms, true peak",
    .writes = "STRIP.trim.gain",
    .doc = "Brings every strip to one level in front of its chain.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .strip = decide,
};
