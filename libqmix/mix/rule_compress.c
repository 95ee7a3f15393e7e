/* Compression of a strip, in three steps.
 *
 * STEMS. A strip whose levels and peaks hardly move has nothing to compress: what it
 * may lose is at most what its range or its PLR have beyond `even-range` and
 * `even-plr`, and `max-reduction`; below LEAST_DB it gets no compressor. Thresholds
 * are those of a strip at -18 LUFS and move with the loudness in front of the chain.
 * Attack: where most of the power is in transients (seed 003: above 0.7), another one.
 * Release: no shorter than `periods` of the lowest tone, else the gain follows the
 * wave. The mix is 0 %: the compressor listens and does nothing, so that CHAINS knows
 * both what it would take and how loud the chain is without it.
 *
 * CHAINS. The threshold rises until the largest reduction is what is permitted (one
 * step does it: beyond the knee a dB in is 1 - 1/ratio dB of reduction), and it starts
 * to work. One that would do next to nothing goes.
 *
 * AGAIN. Where the equalisers in front of it were changed since, the threshold is
 * looked at again. What the chain has lost in loudness since CHAINS is given back
 * (STANDARDS.md: makeup is matched loudness, no formula), without what unmasking has
 * cut since (foretold), and never more than the largest reduction. A mix below 100 %
 * takes correspondingly more makeup. */
#include "mix/insert.h"

enum {
    THRESHOLD,
    ATTACK,
    RELEASE,
    MIX,
    TRANSIENT_RATIO,
    TRANSIENT_ATTACK,
    MAX_REDUCTION,
    EVEN_RANGE,
    EVEN_PLR,
    PERIODS,
    MAKEUP,
    RATIO,
    KNEE,
    DETECTOR,
    RMS_TIME,
    KEY_LOW_CUT
};

static const char *const detector_names[] = {"peak", "rms", NULL};

static const QmParam params[] = {
    [THRESHOLD] = {.name = "threshold",
                   .help =
                       "of a strip at -18 LUFS; moves with the loudness that is measured",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 0,
                   .def = -18},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of a growing reduction",
                .unit = QM_UNIT_MS,
                .min = 0.01,
                .max = 500,
                .def = 20},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of a shrinking reduction; at least",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 100},
    [MIX] = {.name = "mix",
             .help = "share of the compressed signal",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 100},
    [TRANSIENT_RATIO] = {.name = "transient-ratio",
                         .help = "above that the attack is another",
                         .max = 1,
                         .def = 0.7},
    [TRANSIENT_ATTACK] = {.name = "transient-attack",
                          .help = "factor of the attack there",
                          .min = 0.1,
                          .max = 10,
                          .def = 0.5},
    [MAX_REDUCTION] = {.name = "max-reduction",
                       .help = "the threshold is raised until no more than that is taken",
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
    [PERIODS] = {.name = "periods",
                 .help = "of the lowest tone that a release lasts at least",
                 .max = 10,
                 .def = 2},
    [MAKEUP] = {.name = "makeup",
                .help = "whether what it takes is given back, by loudness",
                .kind = QM_PARAM_SWITCH,
                .max = 1,
                .def = 1},
    [RATIO] = {.name = "ratio",
               .help = "input over output, in dB above the threshold",
               .unit = QM_UNIT_RATIO,
               .min = 1,
               .max = 100,
               .def = 2},
    [KNEE] = {.name = "knee",
              .help = "width of the bend around the threshold",
              .unit = QM_UNIT_DB,
              .max = 24,
              .def = 6},
    [DETECTOR] = {.name = "detector",
                  .help = "what the level is taken from",
                  .kind = QM_PARAM_CHOICE,
                  .max = 1,
                  .choices = detector_names,
                  .def = 1},
    [RMS_TIME] = {.name = "rms-time",
                  .help = "over which rms averages, 63 % of a change",
                  .unit = QM_UNIT_MS,
                  .min = 0.1,
                  .max = 500,
                  .def = 5},
    [KEY_LOW_CUT] = {.name = "key-low-cut",
                     .help = "takes lows from what is listened to, 20 Hz: off",
                     .unit = QM_UNIT_HZ,
                     .min = 20,
                     .max = 10000,
                     .def = 20},
};

#define LEAST_DB     1.0  /* of reduction: less is not heard */
#define TOLERATED_DB 0.3  /* beyond what is permitted: rounding, and the knee */
#define LEAST_SHARE  0.25 /* of the mix: below it makeup would have to be huge */
#define SETTLED      0.07 /* LU; makeup is rounded to 0.1 dB */
#define TONE_DB      20.0 /* below the strongest third: no tone that counts */

/* Hz, of the lowest third that carries the sound; 0: there is none. */
static double lowest_tone(const QmFacts *raw)
{
    double most = QM_GAP;
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        most = raw->thirds[i] > most ? raw->thirds[i] : most;
    for (uint32_t i = 0; i < QM_THIRDS && most > QM_GAP; i++)
        if (raw->thirds[i] > most - TONE_DB)
            return qm_third_middle(i);
    return 0;
}

static void decide_times(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                         const double *settings)
{
    const QmMeasured ratio = strip->raw->transient_ratio;
    const bool hits = !ratio.why && ratio.value > settings[TRANSIENT_RATIO];
    QmReason attack = qm_reason(mix), release = qm_reason(mix);
    qm_reason_measured(&attack, "transient-ratio", ratio, 2);
    qm_decide(mix, rule, &attack,
              settings[ATTACK] * (hits ? settings[TRANSIENT_ATTACK] : 1),
              "%s.compressor.attack", strip->name);
    const double tone = lowest_tone(strip->raw);
    const double wave = tone > 0 ? settings[PERIODS] * 1000 / tone : 0;
    qm_reason_number(&release, "lowest-tone", tone, 0);
    qm_decide(mix, rule, &release, wave > settings[RELEASE] ? wave : settings[RELEASE],
              "%s.compressor.release", strip->name);
}

static void decide_threshold(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                             const double *settings)
{
    const QmMeasured loudness = qm_insert_loudness(mix, strip);
    if (loudness.why)
        return;
    QmReason reason = qm_reason(mix), listen = qm_reason(mix);
    qm_reason_measured(&reason, "lufs", loudness, 1);
    qm_reason_measured(&reason, "range", strip->raw->range, 1);
    qm_reason_measured(&reason, "plr", strip->raw->plr, 1);
    qm_decide(mix, rule, &reason,
              settings[THRESHOLD] + loudness.value - QM_REFERENCE_LUFS,
              "%s.compressor.threshold", strip->name);
    decide_times(mix, rule, strip, settings);
    qm_insert_hand_on(mix, rule, strip, settings, RATIO, strip->name, "compressor");
    qm_reason_word(&listen, "reduction", "unmeasured");
    qm_decide(mix, rule, &listen, 0, "%s.compressor.mix", strip->name);
}

/* What it measured of itself. */
static QmReason achieved(QmMix *mix, const QmMixStrip *strip)
{
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "reduction",
                       qm_mix_reading(strip, "compressor", "reduction"), 1);
    qm_reason_measured(&reason, "mean",
                       qm_mix_reading(strip, "compressor", "mean-reduction"), 1);
    return reason;
}

/* Raises the threshold where it takes more than is permitted; by how much, dB. */
static double limit(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                    const double *settings, double most)
{
    const double largest = qm_mix_reading(strip, "compressor", "reduction").value;
    const double up = qm_insert_raise(largest, most, settings[RATIO]);
    QmReason reason = achieved(mix, strip);
    qm_reason_number(&reason, "permitted", most, 1);
    if (up > TOLERATED_DB)
        qm_decide(mix, rule, &reason,
                  up + qm_decided(mix, 0, "%s.compressor.threshold", strip->name),
                  "%s.compressor.threshold", strip->name);
    return up > TOLERATED_DB ? up : 0;
}

static void decide_mix(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                       const double *settings, double most)
{
    if (qm_mix_reading(strip, "compressor", "reduction").value < LEAST_DB) {
        qm_take_back(mix, rule, "%s.compressor", strip->name);
        return;
    }
    limit(mix, rule, strip, settings, most);
    QmReason reason = achieved(mix, strip);
    qm_reason_number(&reason, "permitted", most, 1);
    qm_decide(mix, rule, &reason, settings[MIX], "%s.compressor.mix", strip->name);
}

static void decide_makeup(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                          const double *settings)
{
    const double lost = qm_insert_lost(mix, strip);
    const double most = qm_mix_reading(strip, "compressor", "reduction").value;
    if (settings[MAKEUP] == 0 || (lost < SETTLED && lost > -SETTLED))
        return;
    const double share = qm_decided(mix, 100, "%s.compressor.mix", strip->name) / 100;
    const double now = qm_decided(mix, 0, "%s.compressor.makeup", strip->name);
    const double makeup = now + lost / (share > LEAST_SHARE ? share : LEAST_SHARE);
    const double bounded = makeup < 0 ? 0 : makeup < most ? makeup : most;
    QmReason reason = achieved(mix, strip);
    qm_reason_measured(&reason, "lufs", strip->chain->lufs, 1);
    qm_reason_measured(&reason, "reference", qm_insert_reference(mix, strip), 1);
    qm_decide(mix, rule, &reason, bounded, "%s.compressor.makeup", strip->name);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    if (!qm_mix_heard(mix, strip))
        return;
    const double most = qm_insert_unevenness(strip, settings[EVEN_RANGE],
                                             settings[EVEN_PLR], settings[MAX_REDUCTION]);
    if (most < LEAST_DB)
        return;
    if (mix->pass == QM_PASS_STEMS)
        decide_threshold(mix, rule, strip, settings);
    else if (qm_mix_reading(strip, "compressor", "reduction").why)
        return;
    else if (mix->pass == QM_PASS_CHAINS)
        decide_mix(mix, rule, strip, settings, most);
    else if (limit(mix, rule, strip, settings, most) == 0)
        decide_makeup(mix, rule, strip, settings);
}

const QmRule qm_rule_dynamics_compress = {
    .id = "dynamics.compress",
    .key = "compress",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS | QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads =
        "lufs, transient ratio, range, plr, thirds; reduction, lufs behind the chain",
    .writes = "STRIP.compressor.*",
    .doc = "Compresses what moves, no more than it needs, and gives back the "
           "loudness that it took.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
