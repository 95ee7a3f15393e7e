/* Ducking: a compressor that listens to another strip, the loudest of a role; or, where
 * all strips of the role and nobody else feed one bus, to that: music steps back for
 * whoever speaks. Nobody listens to itself, nor to who (over others) depends on it. Who
 * speaks is often called a voice: where there is no speech, the vocal stands for it.
 *
 * The threshold is that of a key at -18 LUFS and moves with the key's loudness. The
 * release lasts at most `beat` of a beat: with a third of it 95 % of the reduction are
 * gone before the next one. `amount` is the mix: with half of it no reduction is deeper
 * than 6 dB. In CHAINS the threshold rises until the largest reduction (before the mix)
 * is `max-reduction`; if the key never got there, there is nothing to duck. */
#include "mix/beat.h"
#include "mix/insert.h"

enum {
    BY,
    AMOUNT,
    THRESHOLD,
    RELEASE,
    BEAT,
    MAX_REDUCTION,
    RATIO,
    ATTACK,
    KNEE,
    KEY_LOW_CUT,
    KEY_HIGH_CUT
};

static const QmParam params[] = {
    [BY] = {.name = "by",
            .help = "role of who is listened to: the bus of them all, or the loudest",
            .kind = QM_PARAM_CHOICE,
            .max = QM_ROLE_COUNT - 1,
            .choices = qm_role_names,
            .def = QM_ROLE_KICK},
    [AMOUNT] = {.name = "amount",
                .help = "share of the ducked signal",
                .unit = QM_UNIT_PERCENT,
                .max = 100,
                .def = 50},
    [THRESHOLD] = {.name = "threshold",
                   .help =
                       "of a key at -18 LUFS; moves with the loudness that is measured",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 0,
                   .def = -20},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of the way up",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 150},
    [BEAT] = {.name = "beat",
              .help = "part of a beat that the release lasts at most; 0: any",
              .max = 4,
              .def = 0.33},
    [MAX_REDUCTION] = {.name = "max-reduction",
                       .help = "the threshold is raised until no more than that is taken",
                       .unit = QM_UNIT_DB,
                       .min = 0.5,
                       .max = 40,
                       .def = 18},
    [RATIO] = {.name = "ratio",
               .help = "input over output, in dB above the threshold",
               .unit = QM_UNIT_RATIO,
               .min = 1,
               .max = 100,
               .def = 8},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of the way down",
                .unit = QM_UNIT_MS,
                .min = 0.01,
                .max = 500,
                .def = 1},
    [KNEE] = {.name = "knee",
              .help = "width of the bend around the threshold",
              .unit = QM_UNIT_DB,
              .max = 24,
              .def = 6},
    [KEY_LOW_CUT] = {.name = "key-low-cut",
                     .help = "takes lows from what is listened to, 20 Hz: off",
                     .unit = QM_UNIT_HZ,
                     .min = 20,
                     .max = 10000,
                     .def = 20},
    [KEY_HIGH_CUT] = {.name = "key-high-cut",
                      .help = "takes highs from what is listened to, 20 kHz: off",
                      .unit = QM_UNIT_HZ,
                      .min = 50,
                      .max = 20000,
                      .def = 20000},
};

#define LEAST_DB 1.0 /* of reduction: less is not heard */

enum { DEEPEST = 6 };

/* The strip that `name` listens to in order to duck; QM_NONE: none. */
static uint16_t key_of(const QmSession *session, uint16_t at)
{
    const QmStrip *const strip = &session->strips[at];
    for (uint32_t i = 0; i < strip->n_inserts; i++)
        if (qm_same(strip->inserts[i].name, "duck"))
            return strip->inserts[i].key;
    return QM_NONE;
}

/* Whether what `from` gives depends on `to`: it is the same, it listens to it, or it is a
 * bus that something of the kind feeds. Longer ways than DEEPEST count as one. */
static bool depends(const QmSession *session, uint16_t from, uint16_t to, uint32_t deep)
{
    if (from == QM_NONE)
        return false;
    if (from == to || deep == DEEPEST ||
        depends(session, key_of(session, from), to, deep + 1))
        return true;
    for (uint32_t i = 0; i < session->n_strips; i++)
        if (session->strips[i].to == from && depends(session, (uint16_t)i, to, deep + 1))
            return true;
    return false;
}

typedef struct Key {
    const char *name; /* NULL: there is none */
    QmMeasured loudness;
} Key;

/* The bus that strips of the role, and nobody else, feed; QM_NONE: there is none. */
static uint16_t common_bus(const QmMix *mix, QmRole role)
{
    const QmSession *const session = mix->session;
    uint16_t bus = QM_NONE;
    uint32_t n = 0;
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        const uint16_t to = session->strips[mix->strips[i].at].to;
        if (mix->strips[i].role != role || !qm_mix_heard(mix, &mix->strips[i]))
            continue;
        if ((n > 0 && to != bus) || to == QM_NONE ||
            session->strips[to].kind != QM_STRIP_BUS)
            return QM_NONE;
        bus = to;
        n++;
    }
    for (uint32_t i = 0; i < mix->n_strips; i++)
        if (mix->strips[i].role != role && session->strips[mix->strips[i].at].to == bus)
            return QM_NONE;
    return n > 1 ? bus : QM_NONE;
}

static Key find_key(const QmMix *mix, const QmMixStrip *strip, QmRole role)
{
    const QmMixStrip *loudest = NULL;
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        const QmMixStrip *const other = &mix->strips[i];
        if (other->role == role && other != strip && qm_mix_heard(mix, other) &&
            !other->raw->lufs.why && !depends(mix->session, other->at, strip->at, 0) &&
            (!loudest || other->raw->lufs.value > loudest->raw->lufs.value))
            loudest = other;
    }
    if (!loudest)
        return (Key){NULL, {0, NULL}};
    const uint16_t bus = common_bus(mix, role);
    const bool together = bus != QM_NONE && !depends(mix->session, bus, strip->at, 0);
    return (Key){together ? mix->session->strips[bus].name : loudest->name,
                 qm_insert_loudness(mix, loudest)};
}

static void decide_release(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                           const double *settings)
{
    QmBeat beat;
    QmReason reason = qm_reason_template(mix, rule, strip);
    double release = settings[RELEASE];
    if (settings[BEAT] > 0 && qm_mix_beat(mix, QM_BEAT_CONFIDENCE, &beat) &&
        release > settings[BEAT] * 60000 / beat.bpm) {
        release = settings[BEAT] * 60000 / beat.bpm;
        reason = qm_reason(mix);
        qm_reason_number(&reason, "bpm", beat.bpm, 1);
    }
    qm_decide(mix, rule, &reason, release, "%s.duck.release", strip->name);
}

static void decide_key(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                       const double *settings)
{
    Key key = find_key(mix, strip, (QmRole)settings[BY]);
    if (!key.name && (QmRole)settings[BY] == QM_ROLE_SPEECH)
        key = find_key(mix, strip, QM_ROLE_VOCAL);
    if (!key.name || key.loudness.why)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "key", key.name);
    qm_reason_measured(&reason, "lufs", key.loudness, 1);
    if (!qm_decide_word(mix, rule, &reason, key.name, "%s.duck.key", strip->name))
        return;
    qm_decide(mix, rule, &reason,
              settings[THRESHOLD] + key.loudness.value - QM_REFERENCE_LUFS,
              "%s.duck.threshold", strip->name);
    decide_release(mix, rule, strip, settings);
    const QmReason said = qm_reason_template(mix, rule, strip);
    qm_decide(mix, rule, &said, settings[AMOUNT], "%s.duck.mix", strip->name);
    qm_insert_hand_on(mix, rule, strip, settings, RATIO, strip->name, "duck");
}

static void limit(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                  const double *settings)
{
    const QmMeasured largest = qm_mix_reading(strip, "duck", "reduction");
    if (largest.why)
        return;
    if (largest.value < LEAST_DB) {
        qm_take_back(mix, rule, "%s.duck", strip->name);
        return;
    }
    const double up =
        qm_insert_raise(largest.value, settings[MAX_REDUCTION], settings[RATIO]);
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "reduction", largest, 1);
    qm_reason_number(&reason, "permitted", settings[MAX_REDUCTION], 1);
    if (up > 0)
        qm_decide(mix, rule, &reason,
                  up + qm_decided(mix, 0, "%s.duck.threshold", strip->name),
                  "%s.duck.threshold", strip->name);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    if (!qm_mix_heard(mix, strip))
        return;
    if (mix->pass == QM_PASS_STEMS)
        decide_key(mix, rule, strip, settings);
    else
        limit(mix, rule, strip, settings);
}

const QmRule qm_rule_dynamics_duck = {
    .id = "dynamics.duck",
    .key = "duck",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS | QM_PASS_CHAINS,
    .reads = "roles, lufs of the key, tempo; reduction",
    .writes = "STRIP.duck.*",
    .doc = "Turns a strip down while another one is heard.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
