/* Chorus, flanger or phaser in the chain of what is held: copies of hits that come a few
 * milliseconds later are no width but a flam. The swing is tied to a note where the tempo
 * of the session is that of the music. */
#include "mix/beat.h"
#include "mix/insert.h"
#include "proc/cycle.h"

enum { TYPE, MIX, RATE, SYNC, DEPTH, TRANSIENT_RATIO, STEREO, VOICES, FEEDBACK, STAGES };

static const char *const type_names[] = {"chorus", "flanger", "phaser", NULL};
static const char *const sync_names[] = QM_SYNC_NAMES;

static const QmParam params[] = {
    [TYPE] = {.name = "type",
              .help = "what moves",
              .kind = QM_PARAM_CHOICE,
              .max = 2,
              .choices = type_names},
    [MIX] = {.name = "mix",
             .help = "share of the moving copies",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 30},
    [RATE] = {.name = "rate",
              .help = "swings a second",
              .unit = QM_UNIT_HZ,
              .min = 0.01,
              .max = 20,
              .def = 0.5},
    [SYNC] = {.name = "sync",
              .help = "length of a swing as a note, where the tempo is known",
              .kind = QM_PARAM_CHOICE,
              .max = QM_SYNC_COUNT - 1,
              .choices = sync_names},
    [DEPTH] = {.name = "depth",
               .help = "chorus, flanger: ms; phaser: octaves; 0: as is usual",
               .max = 20},
    [TRANSIENT_RATIO] = {.name = "transient-ratio",
                         .help = "strips above that are left alone: hits smear",
                         .max = 1,
                         .def = 1},
    [STEREO] = {.name = "stereo",
                .help = "by which the right side is ahead of the left, degrees",
                .max = 360,
                .def = 90},
    [VOICES] = {.name = "voices",
                .help = "of a chorus",
                .kind = QM_PARAM_INTEGER,
                .min = 1,
                .max = 6,
                .def = 3},
    [FEEDBACK] = {.name = "feedback",
                  .help = "of flanger and phaser",
                  .unit = QM_UNIT_PERCENT,
                  .min = -90,
                  .max = 90,
                  .def = 50},
    [STAGES] = {.name = "stages",
                .help = "of a phaser, two for a notch",
                .kind = QM_PARAM_INTEGER,
                .min = 2,
                .max = 12,
                .def = 6},
};

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    QmBeat beat;
    const QmMeasured ratio = strip->raw ? strip->raw->transient_ratio : qm_measured(1);
    if (!qm_mix_heard(mix, strip) || ratio.why || ratio.value > settings[TRANSIENT_RATIO])
        return;
    const char *const slot = type_names[(uint32_t)settings[TYPE]];
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "transient-ratio", ratio, 2);
    qm_decide(mix, rule, &reason, settings[MIX], "%s.%s.mix", strip->name, slot);
    const QmReason said = qm_reason_template(mix, rule, strip);
    qm_decide(mix, rule, &said, settings[RATE], "%s.%s.rate", strip->name, slot);
    if (settings[SYNC] != QM_SYNC_OFF && qm_mix_beat(mix, QM_BEAT_CONFIDENCE, &beat) &&
        beat.synced)
        qm_decide(mix, rule, &said, settings[SYNC], "%s.%s.sync", strip->name, slot);
    if (settings[DEPTH] > 0)
        qm_decide(mix, rule, &said, settings[DEPTH], "%s.%s.depth", strip->name, slot);
    qm_insert_hand_on(mix, rule, strip, settings, STEREO, strip->name, slot);
}

const QmRule qm_rule_effects_modulate = {
    .id = "effects.modulate",
    .key = "modulate",
    .stage = QM_STAGE_EFFECTS,
    .passes = QM_PASS_STEMS,
    .reads = "transient ratio",
    .writes = "STRIP.chorus.*, STRIP.flanger.*, STRIP.phaser.*",
    .doc = "Chorus, flanger or phaser in the chain.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
