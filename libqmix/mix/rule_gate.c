/* A gate where pauses can be heard: the noise floor (RMS of the quietest parts) is loud
 * enough to matter, the sound is far above it, and there are pauses at all.
 *
 *     threshold = noise floor + above, in front of the fader
 *
 * The gate listens to peaks: those of noise are some 11 dB above its RMS for most of the
 * time (Gauss), so `above` is no less than that if noise is not to open it. Ratio and
 * depth are those of an expander: pauses get softer, they do not fall silent, and what
 * decays through the threshold is not cut off. The hysteresis is the seed's. */
#include "mix/insert.h"

enum { DEPTH, ABOVE, AUDIBLE, APART, PAUSES, RATIO, HYSTERESIS, ATTACK, HOLD, RELEASE };

static const QmParam params[] = {
    [DEPTH] = {.name = "depth",
               .help = "how far pauses are turned down",
               .unit = QM_UNIT_DB,
               .max = 80,
               .def = 12},
    [ABOVE] = {.name = "above",
               .help = "threshold above the noise floor",
               .unit = QM_UNIT_DB,
               .min = 3,
               .max = 40,
               .def = 12},
    [AUDIBLE] = {.name = "audible",
                 .help =
                     "noise floor below which it does not matter, in front of the fader",
                 .unit = QM_UNIT_DB,
                 .min = -120,
                 .max = 0,
                 .def = -66},
    [APART] = {.name = "apart",
               .help = "least distance from the noise floor to the loudness",
               .unit = QM_UNIT_DB,
               .max = 80,
               .def = 24},
    [PAUSES] = {.name = "pauses",
                .help = "least share of the time in which nothing plays",
                .max = 1,
                .def = 0.1},
    [RATIO] = {.name = "ratio",
               .help = "dB out for each dB in, below the threshold",
               .min = 1,
               .max = 100,
               .def = 4},
    [HYSTERESIS] = {.name = "hysteresis",
                    .help = "how far below the threshold it closes",
                    .unit = QM_UNIT_DB,
                    .max = 24,
                    .def = 6},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of an opening",
                .unit = QM_UNIT_MS,
                .min = 0.01,
                .max = 500,
                .def = 1},
    [HOLD] = {.name = "hold",
              .help = "time to stay open",
              .unit = QM_UNIT_MS,
              .max = 2000,
              .def = 50},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of a closing",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 100},
};

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmMeasured loudness = qm_insert_loudness(mix, strip);
    if (!qm_mix_heard(mix, strip) || loudness.why || strip->raw->noise_floor.why)
        return;
    const double trim = loudness.value - strip->raw->lufs.value;
    const double floor = strip->raw->noise_floor.value + trim;
    const double pauses = 1.0 - strip->raw->active;
    if (floor < settings[AUDIBLE] || loudness.value - floor < settings[APART] ||
        pauses < settings[PAUSES])
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "floor", floor, 1);
    qm_reason_number(&reason, "lufs", loudness.value, 1);
    qm_reason_number(&reason, "pauses", pauses, 2);
    qm_decide(mix, rule, &reason, floor + settings[ABOVE], "%s.gate.threshold",
              strip->name);
    qm_decide(mix, rule, &reason, settings[DEPTH], "%s.gate.range", strip->name);
    qm_insert_hand_on(mix, rule, strip, settings, RATIO, strip->name, "gate");
}

const QmRule qm_rule_dynamics_gate = {
    .id = "dynamics.gate",
    .key = "gate",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS,
    .reads = "noise floor, lufs, active",
    .writes = "STRIP.gate.*",
    .doc = "Turns down what is heard in pauses, where a noise floor is measured "
           "that matters.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
