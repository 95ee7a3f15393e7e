/* Reverb: rooms that strips send to, one bus a style. The reverb gives wet sound
 * alone; an equaliser in front of it keeps lows and mud out of the room.
 *
 * Decay follows tempo and density where `adapt` says so: music that is fast or dense
 * wants shorter rooms,
 *
 *     decay * ((120 / bpm)^(1/2) * (4 / onsets a second)^(1/4)) ^ adapt
 *
 * between half and one and a half times what the style says. The direction is that of
 * engineers' practice (P. Pestana, J. Reiss, "Intelligent Audio Production Strategies
 * Informed by Best Practices", AES 53rd Int. Conf., 2014: reverberation time goes with
 * tempo); the exponents are ours, and mild: twice the tempo and twice the density make
 * a room 0.6 times as long.
 *
 * A strip that is wide and diffuse by itself (its sides hardly correlate) has a room
 * of its own, or needs none: it sends up to `roomy` dB less. */
#include "base/qmath.h"
#include "mix/beat.h"
#include "mix/insert.h"
#include "mix/space.h"

enum {
    LEVEL,
    DECAY,
    ADAPT,
    ROOMY,
    LOW_CUT,
    HIGH_CUT,
    MUD,
    MUD_FREQ,
    TYPE,
    SIZE,
    PREDELAY,
    DAMPING,
    LOW_DECAY,
    HIGH_DECAY,
    LOW_CROSSOVER,
    HIGH_CROSSOVER,
    DIFFUSION,
    MODULATION,
    WIDTH
};

static const char *const type_names[] = {"small", "medium", "large", "hall",
                                         "plate", "spring", NULL};

static const QmParam params[] = {
    [LEVEL] = {.name = "level",
               .help = "of the send; below -60: none",
               .unit = QM_UNIT_DB,
               .min = -120,
               .max = 12,
               .def = -14},
    [DECAY] = {.name = "decay",
               .help = "time to fall by 60 dB in the middle of the spectrum",
               .unit = QM_UNIT_S,
               .min = 0.1,
               .max = 20,
               .def = 1.8},
    [ADAPT] = {.name = "adapt",
               .help = "how far decay follows tempo and density",
               .max = 1},
    [ROOMY] = {.name = "roomy",
               .help =
                   "what the send of a strip loses that is wide and diffuse by itself",
               .unit = QM_UNIT_DB,
               .max = 24},
    [LOW_CUT] = {.name = "low-cut",
                 .help = "takes lows from what is sent, 10 Hz: off",
                 .unit = QM_UNIT_HZ,
                 .min = 10,
                 .max = 2000,
                 .def = 10},
    [HIGH_CUT] = {.name = "high-cut",
                  .help = "takes highs from what is sent, 20 kHz: off",
                  .unit = QM_UNIT_HZ,
                  .min = 500,
                  .max = 20000,
                  .def = 20000},
    [MUD] = {.name = "mud",
             .help = "gain of the room around mud-freq",
             .unit = QM_UNIT_DB,
             .min = -12,
             .max = 0},
    [MUD_FREQ] = {.name = "mud-freq",
                  .help = "where rooms are muddy",
                  .unit = QM_UNIT_HZ,
                  .min = 100,
                  .max = 1000,
                  .def = 350},
    [TYPE] = {.name = "type",
              .help = "structure of the reverb",
              .kind = QM_PARAM_CHOICE,
              .max = 5,
              .choices = type_names,
              .def = 3},
    [SIZE] = {.name = "size",
              .help = "of the room, from a closet to a cathedral",
              .max = 1,
              .def = 0.6},
    [PREDELAY] = {.name = "predelay",
                  .help = "time before the first reflection",
                  .unit = QM_UNIT_MS,
                  .max = 250},
    [DAMPING] = {.name = "damping",
                 .help = "how much faster the highs fall, 1: ten times",
                 .max = 1,
                 .def = 0.5},
    [LOW_DECAY] = {.name = "low-decay",
                   .help = "decay of the lows, 0: 1.1 times decay",
                   .unit = QM_UNIT_S,
                   .max = 20},
    [HIGH_DECAY] = {.name = "high-decay",
                    .help = "decay of the highs, 0: as damping says",
                    .unit = QM_UNIT_S,
                    .max = 20},
    [LOW_CROSSOVER] = {.name = "low-crossover",
                       .help = "below an octave under it are the lows",
                       .unit = QM_UNIT_HZ,
                       .min = 50,
                       .max = 1000,
                       .def = 250},
    [HIGH_CROSSOVER] = {.name = "high-crossover",
                        .help = "above an octave over it are the highs",
                        .unit = QM_UNIT_HZ,
                        .min = 1000,
                        .max = 16000,
                        .def = 3000},
    [DIFFUSION] = {.name = "diffusion",
                   .help = "how soon echoes become dense",
                   .max = 1,
                   .def = 0.85},
    [MODULATION] = {.name = "modulation",
                    .help = "slow movement inside the room",
                    .max = 1,
                    .def = 0.5},
    [WIDTH] = {.name = "width",
               .help = "of the wet stereo image, 0: mono",
               .max = 2,
               .def = 1},
};

#define SHORTEST   0.5
#define LONGEST    1.5
#define COHERENT   0.7   /* correlation of a source without a room of its own */
#define LOW_OFF    10.0  /* Hz */
#define HIGH_OFF   20000 /* Hz */
#define MUD_Q      1.0   /* an octave and a half */
#define USUAL_BPM  120.0
#define USUAL_RATE 4.0 /* onsets a second: eighths at 120 */

enum { LOW_BAND = 1, MUD_BAND, HIGH_BAND };

static double adapted(const QmMix *mix, double adapt, QmReason *reason)
{
    const QmSongFacts *const song = mix->song;
    double factor = 1;
    if (!song || adapt == 0)
        return 1;
    if (!song->bpm.why && song->bpm_confidence >= QM_BEAT_CONFIDENCE &&
        song->bpm.value > 0) {
        factor *= qm_sqrt(USUAL_BPM / song->bpm.value);
        qm_reason_number(reason, "bpm", song->bpm.value, 1);
    }
    if (!song->sum.onset_rate.why && song->sum.onset_rate.value > 0) {
        factor *= qm_sqrt(qm_sqrt(USUAL_RATE / song->sum.onset_rate.value));
        qm_reason_number(reason, "onset-rate", song->sum.onset_rate.value, 1);
    }
    factor = qm_pow(factor, adapt);
    return factor < SHORTEST ? SHORTEST : factor > LONGEST ? LONGEST : factor;
}

static void decide_band(QmMix *mix, const QmRule *rule, const QmReason *reason,
                        const char *bus, uint32_t band, const char *type, double freq)
{
    qm_decide_word(mix, rule, reason, type, "%s.eq.%u.type", bus, band);
    qm_decide(mix, rule, reason, freq, "%s.eq.%u.freq", bus, band);
}

static void decide_eq(QmMix *mix, const QmRule *rule, const QmReason *reason,
                      const double *settings, const char *bus)
{
    if (settings[LOW_CUT] > LOW_OFF)
        decide_band(mix, rule, reason, bus, LOW_BAND, "high-pass", settings[LOW_CUT]);
    if (settings[MUD] < 0) {
        decide_band(mix, rule, reason, bus, MUD_BAND, "bell", settings[MUD_FREQ]);
        qm_decide(mix, rule, reason, settings[MUD], "%s.eq.%u.gain", bus, MUD_BAND);
        qm_decide(mix, rule, reason, MUD_Q, "%s.eq.%u.q", bus, MUD_BAND);
    }
    if (settings[HIGH_CUT] < HIGH_OFF)
        decide_band(mix, rule, reason, bus, HIGH_BAND, "low-pass", settings[HIGH_CUT]);
}

static void decide_room(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                        const double *settings, const char *bus)
{
    QmReason said = qm_reason_template(mix, rule, strip), decay = qm_reason(mix);
    if (!qm_decide_word(mix, rule, &said, "master", "%s.to", bus))
        return;
    decide_eq(mix, rule, &said, settings, bus);
    const double factor = adapted(mix, settings[ADAPT], &decay);
    qm_decide(mix, rule, decay.text.length ? &decay : &said, settings[DECAY] * factor,
              "%s.reverb.decay", bus);
    qm_decide(mix, rule, &said, 1, "%s.reverb.mix", bus);
    qm_insert_hand_on(mix, rule, strip, settings, TYPE, bus, "reverb");
}

/* What the send loses because the strip has a room of its own, dB. */
static double loss(const QmFacts *raw, double roomy)
{
    if (raw->kind != QM_CHANNELS_STEREO || raw->correlation.why ||
        raw->correlation.value >= COHERENT)
        return 0;
    const double diffuse = (COHERENT - raw->correlation.value) / COHERENT;
    return roomy * (diffuse < 1 ? diffuse : 1);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    if (!qm_mix_heard(mix, strip) || settings[LEVEL] <= QM_SPACE_NONE)
        return;
    const QmSpace space = qm_space(mix, rule, strip, "", "reverb");
    if (space.bus && space.made && space.host)
        decide_room(mix, rule, strip, settings, space.bus);
    if (!space.bus || qm_session_strip(mix->session, space.bus) == QM_NONE)
        return;
    const double less = loss(strip->raw, settings[ROOMY]);
    QmReason reason = qm_reason_template(mix, rule, strip);
    if (less > 0) {
        reason.origin = QM_ORIGIN_AUTO;
        qm_reason_number(&reason, "level", settings[LEVEL], 1);
        qm_reason_measured(&reason, "correlation", strip->raw->correlation, 2);
    }
    qm_decide(mix, rule, &reason, settings[LEVEL] - less, "%s.send.%s", strip->name,
              space.bus);
}

const QmRule qm_rule_effects_reverb = {
    .id = "effects.reverb",
    .key = "reverb",
    .stage = QM_STAGE_EFFECTS,
    .passes = QM_PASS_STEMS,
    .reads = "correlation, tempo, onset rate",
    .writes = "STRIP.send.ROOM, ROOM.to, ROOM.reverb.*, ROOM.eq.*",
    .doc = "Sends strips into rooms: one bus for all that have the same style.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
