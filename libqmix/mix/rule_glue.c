/* Glue: a compressor on the bus of a family, which hears its strips together and so
 * lets each of them move the others.
 *
 * A bus is not measured on its own; what it carries is the sum of the powers of what
 * feeds it (strips that are not alike, of which none is much in phase with another):
 *
 *     carried = 10 log10 sum 10^((chain's LUFS + fader) / 10)
 *     threshold = setting + carried + 18
 *
 * A setting above -18 dB so is above the mean level, and only what stands out is
 * taken. One below takes something of the mean level as well, and gives back what the
 * curve of a compressor says it takes there. The first strip of the session that feeds
 * the bus speaks for all of it. A bus with one strip needs no glue. */
#include "base/qmath.h"
#include "mix/insert.h"

enum { THRESHOLD, RATIO, ATTACK, RELEASE, KNEE, DETECTOR, MIX, KEY_LOW_CUT };

static const char *const detector_names[] = {"peak", "rms", NULL};

static const QmParam params[] = {
    [THRESHOLD] = {.name = "threshold",
                   .help = "of a bus at -18 LUFS; moves with what the bus carries",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 0,
                   .def = -18},
    [RATIO] = {.name = "ratio",
               .help = "input over output, in dB above the threshold",
               .unit = QM_UNIT_RATIO,
               .min = 1,
               .max = 100,
               .def = 2},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of a growing reduction",
                .unit = QM_UNIT_MS,
                .min = 0.01,
                .max = 500,
                .def = 30},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of a shrinking reduction",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 150},
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
    [MIX] = {.name = "mix",
             .help = "share of the compressed signal",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 100},
    [KEY_LOW_CUT] = {.name = "key-low-cut",
                     .help = "takes lows from what is listened to, 20 Hz: off",
                     .unit = QM_UNIT_HZ,
                     .min = 20,
                     .max = 10000,
                     .def = 20},
};

#define LEAST_DB 0.1 /* of makeup */

/* The power sum of what feeds a bus, and how many do. */
static QmMeasured carried_by(const QmMix *mix, uint16_t bus, uint32_t *n)
{
    double power = 0;
    *n = 0;
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        const QmMixStrip *const strip = &mix->strips[i];
        const QmMeasured loudness = qm_mix_loudness(mix, strip);
        if (mix->session->strips[strip->at].to != bus || !qm_mix_heard(mix, strip) ||
            loudness.why)
            continue;
        const double gain = qm_db_to_gain(loudness.value);
        power += gain * gain;
        (*n)++;
    }
    return power > 0 ? qm_measured(qm_gain_to_db(qm_sqrt(power)))
                     : qm_unmeasured("nothing feeds it");
}

/* Whether this strip speaks for its bus. */
static bool is_first(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                     uint16_t bus)
{
    for (const QmMixStrip *other = mix->strips; other < strip; other++) {
        uint32_t n_groups;
        if (mix->session->strips[other->at].to == bus && qm_mix_heard(mix, other) &&
            qm_mix_settings(mix, rule, other, &n_groups))
            return false;
    }
    return true;
}

/* What the curve takes from a level that is `over` dB above the threshold
 * (proc/compressor.c). */
static double taken(double over, double ratio, double knee)
{
    const double slope = 1 - 1 / ratio, bent = over + knee / 2;
    if (bent <= 0)
        return 0;
    return bent < knee ? slope * bent * bent / (2 * knee) : slope * over;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    uint32_t n;
    const uint16_t to = mix->session->strips[strip->at].to;
    if (to == QM_NONE || mix->session->strips[to].kind != QM_STRIP_BUS ||
        !qm_mix_heard(mix, strip) || !is_first(mix, rule, strip, to))
        return;
    const char *const bus = mix->session->strips[to].name;
    const QmMeasured carried = carried_by(mix, to, &n);
    if (carried.why || n < 2)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "carried", carried, 1);
    qm_reason_number(&reason, "strips", n, 0);
    qm_decide(mix, rule, &reason, settings[THRESHOLD] + carried.value - QM_REFERENCE_LUFS,
              "%s.compressor.threshold", bus);
    const double makeup =
        taken(QM_REFERENCE_LUFS - settings[THRESHOLD], settings[RATIO], settings[KNEE]);
    qm_reason_number(&reason, "taken", makeup, 1);
    if (makeup >= LEAST_DB)
        qm_decide(mix, rule, &reason, makeup, "%s.compressor.makeup", bus);
    qm_insert_hand_on(mix, rule, strip, settings, RATIO, bus, "compressor");
}

const QmRule qm_rule_dynamics_glue = {
    .id = "dynamics.glue",
    .key = "glue",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads = "lufs of the strips of a bus",
    .writes = "BUS.compressor.*",
    .doc = "A compressor on the bus of a family.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
