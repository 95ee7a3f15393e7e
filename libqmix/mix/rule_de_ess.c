/* De-essing where the long-term spectrum has too many sibilants:
 *
 *     sibilance = power in the thirds of 5 to 10 kHz beside those of 1 to 4 kHz, dB
 *
 * The average of talkers is -8.8 dB (Byrne et al., "An international comparison of
 * long-term average speech spectra", JASA 96, 1994, table II). Esses are where the
 * power of the thirds from 5 to 12.5 kHz has its middle, counted in thirds. The
 * de-esser compares the band with the voice itself, so its threshold needs no level.
 * One that works more often than on esses, by its mean reduction, gets a higher
 * threshold in CHAINS: over the 6 dB of its knee the reduction goes from all to
 * nothing. One that never worked goes. */
#include "base/qmath.h"
#include "mix/insert.h"

enum { RANGE, SIBILANCE, FREQ, MAX_MEAN, THRESHOLD, Q, ATTACK, RELEASE };

static const QmParam params[] = {
    [RANGE] = {.name = "range",
               .help = "largest reduction",
               .unit = QM_UNIT_DB,
               .max = 30,
               .def = 6},
    [SIBILANCE] = {.name = "sibilance",
                   .help = "5 to 10 kHz beside 1 to 4 kHz, from which on it is too much",
                   .unit = QM_UNIT_DB,
                   .min = -40,
                   .max = 40,
                   .def = -7},
    [FREQ] = {.name = "freq",
              .help = "centre of the band of sibilants, 0: where their middle is",
              .unit = QM_UNIT_HZ,
              .max = 16000},
    [MAX_MEAN] = {.name = "max-mean",
                  .help = "mean reduction beyond which the threshold is raised: no lisp",
                  .unit = QM_UNIT_DB,
                  .max = 30,
                  .def = 1.5},
    [THRESHOLD] = {.name = "threshold",
                   .help = "level of the band beside all where it begins",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 0,
                   .def = -10},
    [Q] = {.name = "q",
           .help = "of the band: the higher, the narrower",
           .min = 0.3,
           .max = 8,
           .def = 1},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of the way down",
                .unit = QM_UNIT_MS,
                .min = 0.1,
                .max = 100,
                .def = 1},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of the way up",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 1000,
                 .def = 50},
};

#define LEAST_DB 1.0 /* of reduction: less is not heard */
#define KNEE_DB  6.0 /* of the de-esser */

enum { VOICE = 17, VOICE_END = 24, ESS = 24, ESS_END = 28, BAND_END = 29 }; /* thirds */

static double power_in(const QmFacts *raw, uint32_t third)
{
    if (raw->thirds[third] <= QM_GAP)
        return 0;
    const double gain = qm_db_to_gain(raw->thirds[third]);
    return gain * gain;
}

/* dB; QM_GAP: nothing there. */
static double level_of(const QmFacts *raw, uint32_t from, uint32_t end)
{
    double sum = 0;
    for (uint32_t i = from; i < end; i++)
        sum += power_in(raw, i);
    return sum > 0 ? qm_gain_to_db(qm_sqrt(sum)) : QM_GAP;
}

/* Hz, where there is any power. */
static double middle_of_esses(const QmFacts *raw)
{
    double sum = 0, moment = 0;
    for (uint32_t i = ESS; i < BAND_END; i++) {
        sum += power_in(raw, i);
        moment += power_in(raw, i) * (i - ESS);
    }
    const double thirds = sum > 0 ? moment / sum : 0;
    return qm_third_middle(ESS) * qm_pow(10, thirds / 10);
}

static void listen(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                   const double *settings)
{
    const double voice = level_of(strip->raw, VOICE, VOICE_END);
    const double esses = level_of(strip->raw, ESS, ESS_END);
    if (voice <= QM_GAP || esses <= QM_GAP || esses - voice < settings[SIBILANCE])
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "sibilance", esses - voice, 1);
    qm_reason_number(&reason, "limit", settings[SIBILANCE], 1);
    qm_decide(mix, rule, &reason,
              settings[FREQ] >= 1000 ? settings[FREQ] : middle_of_esses(strip->raw),
              "%s.de-esser.freq", strip->name);
    qm_decide(mix, rule, &reason, settings[RANGE], "%s.de-esser.range", strip->name);
    qm_decide(mix, rule, &reason, settings[THRESHOLD], "%s.de-esser.threshold",
              strip->name);
    qm_insert_hand_on(mix, rule, strip, settings, Q, strip->name, "de-esser");
}

static void check(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                  const double *settings)
{
    const QmMeasured largest = qm_mix_reading(strip, "de-esser", "reduction");
    const QmMeasured mean = qm_mix_reading(strip, "de-esser", "mean-reduction");
    if (largest.why || mean.why)
        return;
    if (largest.value < LEAST_DB) {
        qm_take_back(mix, rule, "%s.de-esser", strip->name);
        return;
    }
    if (mean.value <= settings[MAX_MEAN])
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "mean", mean, 1);
    qm_reason_number(&reason, "permitted", settings[MAX_MEAN], 1);
    qm_decide(mix, rule, &reason,
              qm_decided(mix, settings[THRESHOLD], "%s.de-esser.threshold", strip->name) +
                  KNEE_DB * (1 - settings[MAX_MEAN] / mean.value),
              "%s.de-esser.threshold", strip->name);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    if (!qm_mix_heard(mix, strip))
        return;
    if (mix->pass == QM_PASS_STEMS)
        listen(mix, rule, strip, settings);
    else
        check(mix, rule, strip, settings);
}

const QmRule qm_rule_dynamics_de_ess = {
    .id = "dynamics.de-ess",
    .key = "de-ess",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS | QM_PASS_CHAINS,
    .reads = "thirds; reduction",
    .writes = "STRIP.de-esser.*",
    .doc = "Turns sibilants down, where the spectrum has too much of them.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
